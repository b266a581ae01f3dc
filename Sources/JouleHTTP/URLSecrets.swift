import Foundation

/// The parts of a URL that must never be printed.
enum URLSecrets {
    /// The URL without user, password, query and fragment, which may hold keys.
    static func hidden(_ url: String) -> String {
        var text = url[...]
        if let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) { text = text[..<end] }
        guard let user = userInfo(of: text) else { return String(text) }
        return String(text[..<user.lowerBound] + text[text.index(after: user.upperBound)...])
    }

    /// The URL as it may go over the wire, and user and password as basic authentication writes them (RFC 7617).
    static func split(_ url: String) -> (url: String, credentials: String?) {
        guard let user = userInfo(of: url[...]) else { return (url, nil) }
        let plain = url[user].removingPercentEncoding ?? String(url[user])
        let rest = url[..<user.lowerBound] + url[url.index(after: user.upperBound)...]
        return (String(rest), Data(plain.utf8).base64EncodedString())
    }

    /// What stands before the `@` of the authority; the range ends at the sign.
    private static func userInfo(of url: Substring) -> Range<String.Index>? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        return rest[..<end].lastIndex(of: "@").map { rest.startIndex..<$0 }
    }
}

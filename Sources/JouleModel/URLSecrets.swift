/// The parts of a URL that must never be written down: user, password, query and fragment, which may hold keys.
package enum URLSecrets {
    /// Stands in the place of what is not shown.
    package static let mask = "***"

    /// The URL without these parts. A scheme may be missing, as in the address of a meter.
    package static func hidden(_ url: String) -> String {
        let parts = Parts(url[...])
        return String(url[..<parts.host.lowerBound].dropLast(parts.user?.count ?? 0) + url[parts.host])
    }

    /// The URL with a mask in the place of these parts: one that cannot be used any more, and that looks like it.
    ///
    /// - Parameter isSecret: whether the value of a parameter is one. Without it nothing of the query is shown.
    package static func masked(_ url: String, where isSecret: ((String) -> Bool)? = nil) -> String {
        String(masked(url[...], where: isSecret))
    }

    /// A text with every URL in it masked.
    package static func masked(in text: String, where isSecret: ((String) -> Bool)? = nil) -> String {
        guard text.contains("://") else { return text }
        var result = ""
        var rest = text[...]
        while let url = next(in: rest) {
            result += rest[..<url.lowerBound]
            result += masked(rest[url], where: isSecret)
            rest = rest[url.upperBound...]
        }
        return result + rest
    }

    /// Whether a URL has a mask in it, as `masked` writes it.
    package static func isMasked(_ url: String) -> Bool { isMasked(url[...]) }

    /// Whether a text has such a URL in it.
    package static func isMasked(in text: String) -> Bool {
        guard text.contains(mask) else { return false }
        var rest = text[...]
        while let url = next(in: rest) {
            if isMasked(rest[url]) { return true }
            rest = rest[url.upperBound...]
        }
        return false
    }

    /// What stands before the `@` of the host; the range ends at the sign.
    package static func userInfo(of url: String) -> Range<String.Index>? {
        Parts(url[...]).user.map { $0.startIndex..<url.index(before: $0.endIndex) }
    }

    // MARK: Parts

    private struct Parts {
        /// With the `@` behind it.
        var user: Substring?
        /// From the host to the end of the path.
        var host: Range<String.Index>
        /// From the `?` or the `#` to the end.
        var query: Substring

        init(_ url: Substring) {
            var start = url.startIndex
            if let mark = url.firstRange(of: "://"), url[..<mark.lowerBound].allSatisfy(URLSecrets.isOfScheme) { start = mark.upperBound }
            let rest = url[start...]
            let authority = rest.prefix { !"/?#".contains($0) }
            var at = authority.lastIndex(of: "@")
            if at == nil, Self.hasStrangePort(authority) {
                // A password with a `/` in it ends the authority too early; a port is a number.
                at = rest.lastIndex(of: "@")
            }
            let host = at.map { url.index(after: $0) } ?? start
            user = at.map { _ in url[start..<host] }
            let end = url[host...].firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
            self.host = host..<end
            query = url[end...]
        }

        private static func hasStrangePort(_ authority: Substring) -> Bool {
            guard !authority.hasPrefix("["), let colon = authority.firstIndex(of: ":") else { return false }
            let port = authority[authority.index(after: colon)...]
            return port.isEmpty || !port.allSatisfy { $0.isASCII && $0.isNumber }
        }
    }

    private static func masked(_ url: Substring, where isSecret: ((String) -> Bool)?) -> Substring {
        let parts = Parts(url)
        var result = url[..<parts.host.lowerBound]
        if let user = parts.user { result = result.dropLast(user.count) + mask + "@" }
        return result + url[parts.host] + masked(query: parts.query, where: isSecret)
    }

    /// A query or a fragment with its first character. Where some parameters may be shown, those without a name may not.
    private static func masked(query: Substring, where isSecret: ((String) -> Bool)?) -> String {
        guard let sign = query.first, query.count > 1 else { return String(query) }
        guard let isSecret else { return "\(sign)\(mask)" }
        let pairs = query.dropFirst().split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
            let name = String(pair[..<equals])
            return isSecret(name) ? "\(name)=\(mask)" : String(pair)
        }
        return "\(sign)\(pairs.joined(separator: "&"))"
    }

    private static func isMasked(_ url: Substring) -> Bool {
        let parts = Parts(url)
        return parts.user == "\(mask)@" || parts.query.contains(mask)
    }

    private static func isOfScheme(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+-.".contains(character))
    }

    /// The next URL of a text, scheme included.
    private static func next(in text: Substring) -> Range<String.Index>? {
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].reversed().prefix(while: isOfScheme)
        let end = text[mark.upperBound...].firstIndex { $0.isWhitespace || "\"'`<>".contains($0) } ?? text.endIndex
        return text.index(mark.lowerBound, offsetBy: -scheme.count)..<end
    }
}

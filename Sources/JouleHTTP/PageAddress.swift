import Foundation
import JouleModel

/// Where the pages of one source are: `http://HOST:PORT/PATH`, `https://…`, or the Unix socket of a daemon on this machine.
package struct PageAddress: Hashable, Sendable {
    /// Everything before the path, with user and password if there are any.
    private let base: String
    /// Path and query as they were given; empty when nothing but a host was.
    private let given: String
    /// The host's name or address without brackets; nil for a Unix socket.
    package let host: String?
    /// The address for people, without user, password and query.
    package let shown: String

    /// Reads an address; one without a scheme is HTTP, one that begins with `unix:` or `/` a socket.
    ///
    /// - Throws: `http.url`.
    package init(_ text: String) throws(Failure) {
        let text = text.trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("/") || text.hasPrefix("unix:") {
            var path = text
            if text.hasPrefix("unix:") { path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5)) }
            let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
            guard path.hasPrefix("/"), path.count > 1, let escaped = path.addingPercentEncoding(withAllowedCharacters: plain) else {
                throw Self.malformed(text)
            }
            base = "http+unix://\(escaped)"
            given = ""
            host = nil
            shown = "unix:\(path)"
            return
        }
        let whole = text.contains("://") ? text : "http://\(text)"
        guard let scheme = whole.firstRange(of: "://"), ["http", "https"].contains(whole[..<scheme.lowerBound].lowercased()) else {
            throw Self.malformed(text)
        }
        let rest = whole[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard let host = Self.host(of: place), !whole.contains(where: \.isWhitespace) else { throw Self.malformed(text) }
        base = String(whole[..<end])
        given = rest[end...].split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        self.host = host
        shown = URLSecrets.hidden(whole)
    }

    /// The page that was given, or another one when only a host was.
    package func url(orPage page: String) -> String { base + (hasPage ? given : page) }

    /// A page of the same host, whatever was given.
    package func url(page: String) -> String { base + page }

    /// Whether more than a host was given.
    package var hasPage: Bool { given.count > 1 }

    private static func host(of place: Substring) -> String? {
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else { return nil }
            let port = place[place.index(after: end)...]
            guard port.isEmpty || port.hasPrefix(":") && UInt16(port.dropFirst()) != nil else { return nil }
            return String(place[place.index(after: place.startIndex)..<end])
        }
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count == 1 || parts.count == 2 && UInt16(parts[1]) != nil else { return nil }
        return String(name)
    }

    private static func malformed(_ text: String) -> Failure {
        Failure("http.url", "`\(URLSecrets.hidden(text))` is no URL", remedy: "write it as http://HOST:PORT/PATH")
    }
}

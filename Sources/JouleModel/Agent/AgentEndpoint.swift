/// Where an agent listens: `HOST:PORT`, `[IPV6]:PORT`, or an address with a scheme where a proxy adds TLS.
package struct AgentEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// The port that is meant where none is named.
    package static let defaultPort = 9_430

    package let scheme: String
    /// A name or an address; IPv6 without its brackets.
    package let host: String
    package let port: Int

    /// - Throws: `config.agent-endpoint` when the text is none.
    package init(_ text: String) throws(Failure) {
        let wrong = Failure(
            "config.agent-endpoint", "`\(URLSecrets.hidden(text))` is no address of an agent",
            remedy: "write HOST:PORT, such as gpu-host:\(Self.defaultPort)")
        var rest = text[...]
        var scheme = "http"
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            guard scheme == "http" || scheme == "https" else { throw wrong }
            rest = rest[mark.upperBound...]
            if rest.hasSuffix("/") { rest = rest.dropLast() }
        }
        var port: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw wrong }
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw wrong }
            port = tail.isEmpty ? nil : tail.dropFirst()
            host = String(rest[rest.index(after: rest.startIndex)..<end])
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw wrong }
            host = String(parts[0])
            port = parts.count == 2 ? parts[1] : nil
        }
        let allowed = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"): true
            default: false
            }
        }
        guard !host.isEmpty, allowed else { throw wrong }
        if let port {
            guard let number = Int(port), (0...65_535).contains(number) else { throw wrong }
            self.port = number
        } else {
            self.port = scheme == "https" ? 443 : Self.defaultPort
        }
        self.scheme = scheme
    }

    /// The host as it stands in a URL.
    private var literal: String { host.contains(":") ? "[\(host)]" : host }
    package var description: String { (scheme == "https" ? "https://" : "") + "\(literal):\(port)" }
    package var url: String { "\(scheme)://\(literal):\(port)" }

    /// Whether only this machine can reach it. A name other than `localhost` may lead anywhere and counts as reachable.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

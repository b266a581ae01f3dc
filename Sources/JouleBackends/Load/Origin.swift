/// Scheme, host and port: what connections may be shared for, and the bound that a key does not cross.
struct Origin: Hashable, Sendable {
    var isSecure: Bool
    /// In lower case, an IPv6 address without brackets.
    var host: String
    var port: Int

    init(isSecure: Bool, host: String, port: Int) {
        self.isSecure = isSecure
        self.host = host.lowercased()
        self.port = port
    }

    /// As the field `Host` wants it: brackets round IPv6, the port only where it is not the scheme's own.
    var hostField: String {
        // The zone of a link-local address has a meaning on this machine only.
        let name = host.contains(":") ? "[\(host.prefix { $0 != "%" })]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    var description: String { "\(isSecure ? "https" : "http")://\(hostField)" }

    /// Whether what was meant for this origin may be shown to the other: itself, or itself behind TLS.
    func trusts(_ other: Origin) -> Bool { self == other || (host == other.host && !isSecure && other.isSecure) }

    /// Where a `Location` leads from a path of this origin (RFC 3986, 5.2, without dot segments); nil for what is neither http nor https.
    func resolve(_ location: String, from path: String) -> (origin: Origin, path: String)? {
        let location = location.prefix { $0 != "#" }
        if location.hasPrefix("//") { return Origin.split((isSecure ? "https:" : "http:") + location) }
        if location.hasPrefix("/") { return (self, String(location)) }
        if location.lowercased().hasPrefix("http://") || location.lowercased().hasPrefix("https://") {
            return Origin.split(String(location))
        }
        guard !location.isEmpty, !location.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else { return nil }
        let plain = path.prefix { $0 != "?" }
        if location.hasPrefix("?") { return (self, String(plain + location)) }
        return (self, String(plain.prefix(through: plain.lastIndex(of: "/") ?? plain.startIndex) + location))
    }

    private static func split(_ url: String) -> (origin: Origin, path: String)? {
        guard let colon = url.firstIndex(of: ":") else { return nil }
        let isSecure = url[..<colon].lowercased() == "https"
        let rest = url[colon...].dropFirst(3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        // A user and a password in a redirect are not for us.
        var authority = rest[..<end]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        var host = authority
        var port = isSecure ? 443 : 80
        let name = authority.hasPrefix("[") ? authority[(authority.firstIndex(of: "]") ?? authority.startIndex)...] : authority
        if let mark = name.lastIndex(of: ":") {
            guard let number = Int(authority[authority.index(after: mark)...]), (1...65_535).contains(number) else { return nil }
            port = number
            host = authority[..<mark]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let path = rest[end...]
        return (Origin(isSecure: isSecure, host: String(host), port: port), path.hasPrefix("/") ? String(path) : "/" + path)
    }
}

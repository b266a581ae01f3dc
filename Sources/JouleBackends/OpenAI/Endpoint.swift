import JouleModel

/// The base URL of a server, taken apart.
///
/// A `/v1` at its end is dropped, for every path of the API brings its own: requests go to `<base>/v1/…` exactly once.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable {
        case http, https

        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// What stands before every path, without a slash at its end; mostly empty.
    package let prefix: String

    /// The dialect's port on this machine.
    package init(standardFor dialect: ServerDialect) {
        scheme = .http
        host = "localhost"
        port = dialect.defaultPort
        prefix = ""
    }

    /// Reads `http://host`, `https://host:port/prefix/v1/`, `http://[::1]:8000` and the like.
    ///
    /// - Throws: `endpoint.*`, never with the user name or password of the text in it.
    package init(_ text: String) throws(Failure) {
        let trimmed = Self.trimmed(text)
        guard let separator = Self.split(trimmed, at: "://") else {
            throw Self.failure(
                "endpoint.scheme", "has no scheme", trimmed, remedy: "write the base URL with its scheme, such as http://localhost:8000")
        }
        guard let scheme = Scheme(rawValue: separator.before.lowercased()) else {
            throw Self.failure(
                "endpoint.scheme", "has a scheme other than http and https", trimmed, remedy: "servers are reached by http or https")
        }
        let rest = separator.after
        let authorityEnd = rest.firstIndex { "/?#\\".contains($0) } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        guard !authority.contains("@") else {
            throw Failure(
                "endpoint.user", "the endpoint holds a user name or a password",
                remedy: "leave it out of the URL; a key is taken from the environment variable that `backend.api_key_env` names")
        }
        let (host, port) = try Self.hostAndPort(authority, in: trimmed)
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.defaultPort
        prefix = try Self.prefix(String(rest[authorityEnd...]), in: trimmed)
    }

    // MARK: Rendering

    /// What goes into a request's first line: the prefix and the path, which begins with a slash or gets one.
    package func target(_ path: String) -> String { prefix + (path.hasPrefix("/") ? path : "/" + path) }

    /// The target of the requests of an API, or of the path that the configuration gives in its place.
    package func target(_ api: ServerSpec.API, path: String? = nil) -> String { target(path ?? api.path) }

    /// A page's whole URL.
    package func url(path: String) -> String { "\(scheme.rawValue)://\(authority)\(target(path))" }

    /// Host and port as the header `Host` has them: brackets around IPv6, the port unless it is the scheme's own.
    package var authority: String {
        // A zone has a meaning on this machine only.
        let name = host.contains(":") ? "[\(host.prefix { $0 != "%" })]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    package var description: String { "\(scheme.rawValue)://\(authority)\(prefix)" }

    // MARK: Parsing

    private static func hostAndPort(_ authority: Substring, in text: String) throws(Failure) -> (String, Int?) {
        let host: Substring
        var rest: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                throw failure("endpoint.host", "has an IPv6 address without its closing bracket", text, remedy: "write http://[::1]:8000")
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            let address = host.prefix { $0 != "%" }
            guard address.contains(":"),
                address.utf8.allSatisfy({ $0.hexDigit != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { throw failure("endpoint.host", "has no IPv6 address between its brackets", text, remedy: "write http://[::1]:8000") }
        } else {
            let end = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<end]
            rest = authority[end...]
            guard rest.dropFirst().contains(":") == false else {
                throw failure(
                    "endpoint.host", "has more than one colon in its host", text,
                    remedy: "put an IPv6 address into brackets: http://[::1]:8000")
            }
            guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else {
                throw failure("endpoint.host", "has no host name that can be looked up", text, remedy: "write it as http://host:port")
            }
        }
        guard !rest.isEmpty else { return (host.lowercased(), nil) }
        guard rest.removeFirst() == ":" else {
            throw failure(
                "endpoint.port", "has something else than a port after its address", text, remedy: "write it as http://[::1]:8000")
        }
        // `http://host:/` is a URL with the scheme's own port.
        if rest.isEmpty { return (host.lowercased(), nil) }
        guard rest.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), let port = Int(rest), (1...65_535).contains(port) else {
            throw failure("endpoint.port", "has the port `\(rest)`", text, remedy: "a port is a number from 1 to 65535")
        }
        return (host.lowercased(), port)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func prefix(_ path: String, in text: String) throws(Failure) -> String {
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw failure(
                "endpoint.path", "has a path with spaces or characters that a URL does not have", text, remedy: "percent-encode them")
        }
        guard !path.contains("?"), !path.contains("#") else {
            throw failure("endpoint.path", "has a query or a fragment", text, remedy: "end the base URL before `?` and `#`")
        }
        var segments = path.split(separator: "/")
        if segments.last == "completions" || segments.last == "models" {
            throw failure(
                "endpoint.path", "names a page of the API", text, remedy: "give the base URL alone; `/v1/…` is added to it")
        }
        if segments.last == "v1" { segments.removeLast() }
        return segments.map { "/" + $0 }.joined()
    }

    private static func split(_ text: String, at separator: String) -> (before: Substring, after: Substring)? {
        let utf8 = Array(separator.utf8)
        var start = text.utf8.startIndex
        while start < text.utf8.endIndex {
            if text.utf8[start...].starts(with: utf8) { return (text[..<start], text[text.utf8.index(start, offsetBy: utf8.count)...]) }
            start = text.utf8.index(after: start)
        }
        return nil
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// A failure that shows the URL, without anything that could be a password.
    private static func failure(_ code: String, _ what: String, _ text: String, remedy: String) -> Failure {
        let shown: Substring
        if let at = text.lastIndex(of: "@") { shown = text[text.index(after: at)...] } else { shown = text[...] }
        return Failure(code, "the endpoint `\(shown)` \(what)", remedy: remedy)
    }
}

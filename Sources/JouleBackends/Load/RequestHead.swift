import JouleModel
import NIOCore

/// What the requests of a load have in common: where they go, and their header fields, rendered once.
struct RequestHead: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    let method: Method
    let origin: Origin
    let path: String
    private let common: String
    /// What is meant for the origin alone: the key, and the user's own fields, among which there may be another one.
    private let own: String
    private let rendered: [UInt8]

    /// - Parameter fields: the user's, which replace ours of the same name.
    init(_ method: Method, _ path: String, at server: LoadServer, fields extra: [String: String] = [:]) throws(Failure) {
        self.method = method
        self.origin = server.origin
        self.path = path
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure(
                "client.path", "`\(URLSecrets.hidden(path))` is no path of a request",
                remedy: "begin it with a slash, and write blanks and other characters as %20")
        }
        let own = server.fields.merging(extra) { $1 }.sorted { $0.key < $1.key }
        for (name, value) in own { try Self.check(name, value) }
        let names = Set(own.map { $0.key.lowercased() })
        var common: [(String, String)] = [
            ("User-Agent", "joulebench/\(server.clientVersion)"), ("Accept", "text/event-stream, application/json, */*"),
            ("Accept-Encoding", "identity"), ("Connection", "keep-alive"),
        ]
        if method == .post { common.append(("Content-Type", "application/json")) }
        common.removeAll { names.contains($0.0.lowercased()) }
        self.common = Self.lines(common)
        var ownFields = own.map { ($0.key, $0.value) }
        if let key = server.key, !names.contains("authorization") {
            try Self.check("Authorization", key)
            ownFields.append(("Authorization", "Bearer \(key)"))
        }
        self.own = Self.lines(ownFields)
        rendered = Self.beginning(method, path, origin, self.common + self.own)
    }

    /// The whole request.
    func bytes(to destination: Origin, path: String, body: [UInt8]) -> ByteBuffer {
        let isHome = destination == origin && path == self.path
        let fields = origin.trusts(destination) ? common + own : common
        let head = isHome ? rendered : Self.beginning(method, path, destination, fields)
        var buffer = ByteBufferAllocator().buffer(capacity: head.count + 32 + body.count)
        buffer.writeBytes(head)
        if method == .post { buffer.writeString("Content-Length: \(body.count)\r\n") }
        buffer.writeString("\r\n")
        buffer.writeBytes(body)
        return buffer
    }

    private static func beginning(_ method: Method, _ path: String, _ origin: Origin, _ fields: String) -> [UInt8] {
        Array("\(method.rawValue) \(path) HTTP/1.1\r\nHost: \(origin.hostField)\r\n\(fields)".utf8)
    }

    private static func lines(_ fields: [(String, String)]) -> String { fields.map { "\($0): \($1)\r\n" }.joined() }

    /// A line end in a value would begin a field of its own, or a second request.
    private static func check(_ name: String, _ value: String) throws(Failure) {
        let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
        // The value stays out of the text: it may be a secret.
        guard isToken, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw Failure(
                "client.header", "the header field `\(name)` cannot be sent",
                cause: "its name or value has characters that are not allowed",
                remedy: "take line ends and control characters out of it")
        }
        guard !["host", "content-length", "transfer-encoding"].contains(name.lowercased()) else {
            throw Failure("client.header", "the header field `\(name)` is the client's own", remedy: "leave it out")
        }
    }
}

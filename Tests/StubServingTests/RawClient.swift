import Dispatch
import Foundation
import StubServing

/// A TCP client that knows nothing of HTTP, so that tests see what is really on the wire.
struct RawClient {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
    }

    /// What came, and how it ended.
    struct Received {
        enum Ending { case closed, reset, quiet }
        var bytes: [UInt8] = []
        /// Sizes of the single reads.
        var reads: [Int] = []
        /// TCP segments with data that came, as the kernel counted them: whoever reads late reads several at once. nil where it does
        /// not say.
        var segments: Int?
        var ending = Ending.quiet
        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The text with the time of creation masked.
        var masked: String { text.replacing(/"created":\d+/, with: "\"created\":0") }
    }

    /// Sends a text and reads until the server ends the connection, the text is complete, or nothing has come for the patience.
    func exchange(_ text: String, until mark: String? = nil, patience: Duration = .seconds(10)) async -> Received {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var received = Received()
                let bytes = Array(text.utf8)
                // Even an empty send would take a pending reset away from the read.
                if !bytes.isEmpty { _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
                var buffer = [UInt8](repeating: 0, count: 1 << 18)
                while true {
                    if let mark, received.text.contains(mark) { break }
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    guard poll(&waiting, 1, Int32(patience / .milliseconds(1))) > 0 else { break }
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    guard count > 0 else {
                        received.ending = count == 0 ? .closed : .reset
                        break
                    }
                    received.bytes += buffer[..<count]
                    received.reads.append(count)
                }
                received.segments = segments
                continuation.resume(returning: received)
            }
        }
    }

    /// `tcpi_data_segs_in` of `struct tcp_info` in `linux/tcp.h`, which Glibc's own header does not have.
    private var segments: Int? {
        #if os(Linux)
        let place = 152
        var facts = [UInt8](repeating: 0, count: place + 4)
        var length = socklen_t(facts.count)
        guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &facts, &length) == 0, length == facts.count else { return nil }
        return Int(facts.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) })
        #else
        return nil
        #endif
    }

    /// Reads a flood up to so many bytes and hangs up.
    func swallow(_ text: String, upTo limit: Int) async -> Int {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let bytes = Array(text.utf8)
                _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                var buffer = [UInt8](repeating: 0, count: 1 << 18)
                var total = 0
                while total < limit {
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    total += count
                }
                close(descriptor)
                continuation.resume(returning: total)
            }
        }
    }

    func hangUp() { close(descriptor) }
}

/// A server of its own for one test, quick enough to wait for.
struct Stand {
    let server: StubServer
    var port: Int { server.port }

    init(_ script: String = "[]", _ change: (inout Settings) -> Void = { _ in }) async throws {
        var settings = Settings()
        settings.rates.firstToken = 2_000_000
        settings.rates.interToken = 1_000_000
        settings.rates.tokens = 3
        change(&settings)
        server = try await StubServer.start(settings, scenario: try Scenario(Data(script.utf8), rates: settings.rates))
    }

    /// One request on a connection of its own that ends with it.
    func ask(_ body: String = Stand.stream, path: String = "/v1/chat/completions", headers: String = "connection: close\r\n") async throws
        -> RawClient.Received
    {
        let client = try RawClient(port: port)
        defer { client.hangUp() }
        return await client.exchange(Self.post(path, body, headers: headers))
    }

    func get(_ path: String, method: String = "GET") async throws -> RawClient.Received {
        let client = try RawClient(port: port)
        defer { client.hangUp() }
        return await client.exchange("\(method) \(path) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    }

    static let stream = #"{"stream":true,"messages":[{"role":"user","content":"say a few words"}]}"#

    static func post(_ path: String, _ body: String, headers: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nhost: x\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

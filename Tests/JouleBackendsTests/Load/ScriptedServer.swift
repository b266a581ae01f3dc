import Foundation
import JouleUnits
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A TCP server on this machine whose every connection follows a script, on a thread of its own with blocking sockets.
final class ScriptedServer: Sendable {
    /// A request as it came.
    struct Request: Sendable {
        var head: String
        var body: [UInt8]

        /// The value of a field, its name in any case.
        func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts[0].lowercased() == name.lowercased() { return parts[1].trimmingCharacters(in: .whitespaces) }
            }
            return nil
        }
    }

    /// The server's end of one connection; used by its script's thread alone.
    final class Peer {
        let number: Int
        /// For the script's own use.
        var isUsed = false
        private let descriptor: Int32
        private let server: ScriptedServer
        private var unread: [UInt8] = []

        fileprivate init(_ descriptor: Int32, number: Int, of server: ScriptedServer) {
            self.descriptor = descriptor
            self.number = number
            self.server = server
        }

        /// The next request, nil when the client has closed.
        func request() -> Request? {
            let mark = Array("\r\n\r\n".utf8)
            while true {
                if let end = unread.indices.first(where: { unread[$0...].starts(with: mark) }) {
                    var request = Request(head: String(decoding: unread[..<end], as: UTF8.self), body: [])
                    let length = request.field("content-length").flatMap { Int($0) } ?? 0
                    unread.removeFirst(end + 4)
                    while unread.count < length { guard readMore() else { return nil } }
                    request.body = Array(unread.prefix(length))
                    unread.removeFirst(length)
                    server.requests.withLock { $0.append(request) }
                    return request
                }
                guard readMore() else { return nil }
            }
        }

        private func readMore() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            unread += buffer.prefix(count)
            return true
        }

        /// Waits until the client closes.
        func waitForClose() { while readMore() { unread = [] } }

        func write(_ text: String) { write(Array(text.utf8)) }

        func write(_ bytes: [UInt8]) {
            var offset = 0
            while offset < bytes.count {
                let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return }
                offset += count
            }
        }

        /// Ends the connection as a crash does, not in order.
        func reset() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        }

        fileprivate func close() { _ = Glibc.close(descriptor) }
    }

    let port: Int
    /// All requests so far, in the order in which they were read.
    let requests = Guarded<[Request]>([])
    private let accepted = Atomic(0)
    private let listener: Listener

    /// Shut at most once, and never after it is closed: its number may belong to a connection of another test by then.
    private final class Listener: Sendable {
        private let descriptor: Guarded<Int32?>
        init(_ descriptor: Int32) { self.descriptor = Guarded(descriptor) }
        func shut() { descriptor.withLock { if let open = $0 { shutdown(open, Int32(SHUT_RDWR)) } } }
        func close() {
            descriptor.withLock {
                if let open = $0 { _ = Glibc.close(open) }
                $0 = nil
            }
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var connections: Int { accepted.load(ordering: .relaxed) }

    /// - Parameter script: one connection's life; it is closed in order when the script returns.
    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout.size(ofValue: address))
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(listener, $0, length) == 0 && listen(listener, 512) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let owner = Listener(listener)
        self.listener = owner
        // The thread does not keep the server alive; its end shuts the listener, and that ends the thread.
        let thread = Thread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0, let self else {
                    if descriptor >= 0 { _ = Glibc.close(descriptor) }
                    break
                }
                let number = accepted.add(1, ordering: .relaxed).oldValue
                var on: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
                let one = Thread { [self] in
                    let peer = Peer(descriptor, number: number, of: self)
                    script(peer)
                    peer.close()
                }
                one.stackSize = 1 << 18
                one.start()
            }
            owner.close()
        }
        thread.start()
    }

    deinit { listener.shut() }
}

/// Answers of a server, as text.
enum Answer {
    static func event(_ text: String) -> String {
        let data = "data: \(text)\n\n"
        return String(data.utf8.count, radix: 16) + "\r\n\(data)\r\n"
    }

    static func token(_ text: String = "a") -> String {
        event(#"{"choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#)
    }

    static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    static let finish =
        event(#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#)
    static let done = event("[DONE]") + "0\r\n\r\n"
    /// Two tokens and their end.
    static let whole = head + token() + token("b") + finish + done

    static func page(_ status: String, _ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }
}

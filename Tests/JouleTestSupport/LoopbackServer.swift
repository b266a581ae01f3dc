import Foundation
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A small HTTP server on a loopback port or a Unix socket, with a thread for each connection: what it answers is a closure.
///
/// `@unchecked Sendable`: all that changes lies behind the mutex; the closure is Sendable.
package final class LoopbackServer: @unchecked Sendable {
    package struct Request: Sendable {
        package let method: String
        /// Path and query as they came.
        package let target: String
        package let headers: [String: String]
        package let body: [UInt8]
        /// Counts from 1 over the life of the server.
        package let number: Int

        package var path: String { String(target.prefix { $0 != "?" }) }
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    package struct Reply: Sendable {
        package var status = 200
        package var headers: [String: String] = [:]
        package var body: [UInt8] = []
        /// How long the answer is held back.
        package var delay: Duration = .zero
        /// The connection is closed instead of an answer.
        package var hangsUp = false

        package init(_ text: String = "", status: Int = 200, headers: [String: String] = [:], delay: Duration = .zero) {
            body = Array(text.utf8)
            self.status = status
            self.headers = headers
            self.delay = delay
        }

        package static var hangUp: Reply {
            var reply = Reply()
            reply.hangsUp = true
            return reply
        }
    }

    private struct State {
        var listener: Int32 = -1
        var connections: Set<Int32> = []
        var requests: [Request] = []
    }

    private let state = Guarded(State())
    private let answer: @Sendable (Request) -> Reply
    private let socketPath: String?
    /// The port; 0 for a Unix socket.
    package private(set) var port: UInt16 = 0

    package init(_ answer: @escaping @Sendable (Request) -> Reply) {
        self.answer = answer
        socketPath = nil
        port = listen(on: 0)
    }

    /// - Parameter socketPath: short, as the system's addresses are.
    package init(socketPath: String, _ answer: @escaping @Sendable (Request) -> Reply) {
        self.answer = answer
        self.socketPath = socketPath
        _ = listen(on: 0)
    }

    deinit { stop() }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Request] { state.withLock { $0.requests } }

    /// Stops listening and cuts every connection; `restart` brings it back at the same port.
    package func stop() {
        // Under the lock, as the closing is: a number that is closed may belong to a connection of another test.
        state.withLock { state in
            for descriptor in state.connections { shutdown(descriptor, Int32(SHUT_RDWR)) }
            if state.listener >= 0 { shutdown(state.listener, Int32(SHUT_RDWR)) }
            state.listener = -1
        }
    }

    package func restart() { _ = listen(on: port) }

    // MARK: Sockets

    private func listen(on port: UInt16) -> UInt16 {
        #if canImport(Darwin)
        let stream = SOCK_STREAM
        #else
        let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        let listener = socket(socketPath == nil ? AF_INET : AF_UNIX, stream, 0)
        precondition(listener >= 0, "no socket")
        let bound: UInt16
        if let socketPath {
            bound = 0
            bindUnix(listener, socketPath)
        } else {
            bound = bindLoopback(listener, port)
        }
        precondition(systemListen(listener, 64) == 0, "cannot listen")
        state.withLock { $0.listener = listener }
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { break }
                let isWanted = self.state.withLock { state in
                    guard state.listener == listener else { return false }
                    state.connections.insert(connection)
                    return true
                }
                guard isWanted else {
                    close(connection)
                    break
                }
                Thread.detachNewThread { self.serve(connection) }
            }
            guard let self else {
                close(listener)
                return
            }
            self.state.withLock { state in
                if state.listener == listener { state.listener = -1 }
                close(listener)
            }
        }
        return bound
    }

    private func bindLoopback(_ listener: Int32, _ port: UInt16) -> UInt16 {
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        precondition(done, "cannot bind port \(port): errno \(errno)")
        return UInt16(bigEndian: address.sin_port)
    }

    private func bindUnix(_ listener: Int32, _ path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        precondition(bytes.count < MemoryLayout.size(ofValue: address.sun_path), "the socket's path is too long")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let done = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 }
        }
        precondition(done, "cannot bind \(path): errno \(errno)")
    }

    // MARK: HTTP

    private func serve(_ connection: Int32) {
        var buffer: [UInt8] = []
        while let request = read(connection, &buffer) {
            let reply = answer(request)
            // A server that takes its time is what some tests are about; nothing waits here that the client does not wait for.
            if reply.delay > .zero {
                Thread.sleep(forTimeInterval: Double(reply.delay.components.attoseconds) * 1e-18 + Double(reply.delay.components.seconds))
            }
            guard !reply.hangsUp, write(reply, to: connection) else { break }
        }
        state.withLock {
            $0.connections.remove(connection)
            close(connection)
        }
    }

    private func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
        while true {
            if let end = buffer.firstRange(of: [13, 10, 13, 10]) {
                let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let words = lines.first?.split(separator: " ").map(String.init) ?? []
                guard words.count == 3 else { return nil }
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                    if parts.count == 2 { headers[parts[0].lowercased()] = parts[1] }
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                if buffer.count >= end.upperBound + length {
                    let body = Array(buffer[end.upperBound..<end.upperBound + length])
                    buffer.removeFirst(end.upperBound + length)
                    return state.withLock { state in
                        let request = Request(
                            method: words[0], target: words[1], headers: headers, body: body, number: state.requests.count + 1)
                        state.requests.append(request)
                        return request
                    }
                }
            }
            var chunk = [UInt8](repeating: 0, count: 4_096)
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }

    private func write(_ reply: Reply, to connection: Int32) -> Bool {
        var head = "HTTP/1.1 \(reply.status) X\r\nContent-Length: \(reply.body.count)\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + reply.body
        var sent = 0
        while sent < bytes.count {
            #if canImport(Darwin)
            let flags: Int32 = 0
            #else
            let flags = Int32(MSG_NOSIGNAL)
            #endif
            let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

/// The system's `listen`, whose name a method of the class has too.
private func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { listen(descriptor, backlog) }

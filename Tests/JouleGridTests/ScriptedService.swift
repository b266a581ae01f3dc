import Foundation

#if canImport(Glibc)
import Glibc
import JouleUnits
#endif

/// A service on the loopback interface that says what a script tells it: a stand-in for the carbon-intensity APIs at the true boundary.
final class ScriptedService: Sendable {
    struct Answer: Sendable {
        var status = 200
        var headers: [String: String] = [:]
        var body = ""
        /// Whether the connection is left open and silent instead.
        var isSilent = false
    }

    struct Request: Sendable, Hashable {
        let target: String
        let headers: [String: String]
    }

    let url: String
    private let socket: Int32
    private let seen = Guarded<[Request]>([])
    private let held = Guarded<[Int32]>([])
    private let isStopped = Guarded(false)

    /// - Parameter script: the answer to the n-th request, counted from 0.
    init(_ script: @escaping @Sendable (_ number: Int, _ request: Request) -> Answer) throws {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let listener = Foundation.socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, raw, &length) == 0
            }
        }
        guard listener >= 0, bound else { throw POSIXError(.EADDRNOTAVAIL) }
        socket = listener
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let thread = Thread { [self] in
            var number = 0
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { break }
                guard let request = Self.read(connection) else {
                    close(connection)
                    continue
                }
                seen.withLock { $0.append(request) }
                let answer = script(number, request)
                number += 1
                if answer.isSilent {
                    held.withLock { $0.append(connection) }
                    continue
                }
                let headers = answer.headers.map { "\($0.key): \($0.value)\r\n" }.joined()
                let text =
                    "HTTP/1.1 \(answer.status) Said\r\n\(headers)Content-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n\r\n"
                let bytes = Array((text + answer.body).utf8)
                _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                close(connection)
            }
            // Here alone: whoever closes a number that another thread waits on gives that thread a stranger's.
            close(socket)
        }
        thread.start()
    }

    /// What was asked, in order.
    var requests: [Request] { seen.withLock { $0 } }

    func stop() {
        isStopped.withLock { stopped in
            if !stopped { shutdown(socket, Int32(SHUT_RDWR)) }
            stopped = true
        }
        held.withLock { connections in
            connections.forEach { close($0) }
            connections = []
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.contains("\r\n\r\n") else { continue }
            let lines = text.components(separatedBy: "\r\n")
            let target = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            }
            return Request(target: target, headers: headers)
        }
    }
}

import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What arrives through a pipe, cut into lines.
struct PipeLines {
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private(set) var isAtEnd = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Waits for bytes and gives the instant at which they were there; nil when the deadline passes or the pipe has ended.
    mutating func receive(until deadline: Instant) -> Instant? {
        while !isAtEnd {
            let left = Swift.max((deadline - .now).milliseconds.rounded(.up), 0)
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&request, 1, Int32(left))
            let instant = Instant.now
            if ready < 0 && errno == EINTR { continue }
            if ready == 0 { return nil }
            if take() { return instant }
        }
        return nil
    }

    private mutating func take() -> Bool {
        let chunk = withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer -> Int in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { pending.append(contentsOf: buffer.prefix(count)) }
            return count
        }
        if chunk < 0 && (errno == EINTR || errno == EAGAIN) { return false }
        isAtEnd = chunk <= 0
        return chunk > 0
    }

    /// The next whole line, without its end.
    mutating func next() -> String? {
        guard let end = pending.firstIndex(of: 10) else { return nil }
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        return line
    }

    /// Forgets whole lines that nobody waited for: when they arrived is not known.
    mutating func discardStale() {
        while receive(until: .now) != nil {}
        if let end = pending.lastIndex(of: 10) { pending.removeFirst(end + 1) }
    }

    mutating func takeRemainder() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}

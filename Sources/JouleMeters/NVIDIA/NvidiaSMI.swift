import JouleModel
import JouleProcess
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The driver's command-line tool, where it lies on this machine.
package struct NvidiaSMI: Hashable, Sendable {
    package let executable: String

    package init(executable: String) { self.executable = executable }

    /// Nil when no folder of the search path has it; WSL's is looked into last.
    package init?(searchPath: String? = getenv("PATH").map({ String(cString: $0) })) {
        let folders = (searchPath ?? "").split(separator: ":").map(String.init) + ["/usr/lib/wsl/lib"]
        guard let folder = folders.first(where: { access("\($0)/nvidia-smi", X_OK) == 0 }) else { return nil }
        executable = "\(folder)/nvidia-smi"
    }

    /// Without persistence mode the driver initialises each GPU anew for a first question, which takes seconds.
    static let patience = Duration.seconds(30)

    /// What the tool prints, once. Blocks the calling thread.
    func output(_ arguments: [String]) throws(Failure) -> String {
        let child = try ChildPipe.start(executable: executable, arguments: arguments)
        var lines = PipeLines(descriptor: child.readDescriptor)
        let deadline = Instant.now + Self.patience
        while !lines.isAtEnd {
            guard lines.receive(until: deadline) != nil || lines.isAtEnd else {
                child.terminate()
                throw Failure(
                    "meter.timeout", "nvidia-smi has not answered for \(Self.patience.seconds) s",
                    remedy: "run `\(executable) \(arguments.joined(separator: " "))` by hand and look at `dmesg`")
            }
        }
        return lines.takeRemainder()
    }
}

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

import CPlatform
import JouleModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A signal that reached this process.
package struct CaughtSignal: Sendable, Hashable {
    package let number: Int32
    /// The terminal sends Ctrl-C to the whole foreground group: a child there has received it already and must not get it twice.
    package let fromTerminal: Bool

    package static let interrupt = SIGINT
    package static let terminate = SIGTERM
    package static let hangUp = SIGHUP
}

/// Catches signals of this process and hands them on as a stream; one at a time exists, made by the composition root.
package struct SignalStream: Sendable {
    package let signals: AsyncStream<CaughtSignal>

    /// Catches the numbers from now on until the process ends.
    package init(catching numbers: [Int32]) throws(Failure) {
        let ends = try pipePair()
        for number in numbers { _ = jb_signal_catch(number, ends.write) }
        let (stream, continuation) = AsyncStream.makeStream(of: CaughtSignal.self)
        signals = stream
        let reader = SignalReader(descriptor: ends.read, continuation: continuation)
        guard onOwnThread({ reader.run() }) else {
            throw Failure("process.thread", "no thread to receive signals", remedy: "raise the limit `ulimit -u`")
        }
    }
}

/// Sends a signal to a process.
package func sendSignal(_ number: Int32, to pid: Int32) { kill(pid, number) }

private final class SignalReader: Sendable {
    let descriptor: Int32
    let continuation: AsyncStream<CaughtSignal>.Continuation
    init(descriptor: Int32, continuation: AsyncStream<CaughtSignal>.Continuation) {
        self.descriptor = descriptor
        self.continuation = continuation
    }

    func run() {
        var caught = jb_signal()
        while true {
            let count = read(descriptor, &caught, MemoryLayout<jb_signal>.size)
            if count == MemoryLayout<jb_signal>.size {
                continuation.yield(CaughtSignal(number: caught.number, fromTerminal: caught.from_terminal))
            } else if count == 0 || (count < 0 && errno != EINTR) {
                continuation.finish()
                return
            }
        }
    }
}

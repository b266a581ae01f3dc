import Foundation
import JouleProcess

/// The lines of the worker's standard output, read by a thread that blocks, as a stream.
///
/// The stamps that count are the worker's own, so it does not matter when a line is decoded.
struct WorkerLines: Sendable {
    let lines: AsyncStream<[UInt8]>
    private let continuation: AsyncStream<[UInt8]>.Continuation

    /// A line longer than this is no protocol any more.
    static let longestLine = 64 * 1_048_576

    /// The thread reads a descriptor of its own: the given one may be closed, and its number reused, while the thread still reads.
    init(descriptor: Int32) {
        (lines, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let continuation = continuation
        let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        let started =
            own >= 0
            && onOwnThread {
                var splitter = LineSplitter()
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = read(own, &buffer, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0, splitter.pending.count < Self.longestLine else { break }
                    splitter.split(buffer[..<count]) { continuation.yield($0) }
                }
                close(own)
                continuation.finish()
            }
        if !started {
            if own >= 0 { close(own) }
            continuation.finish()
        }
    }

    /// Ends the stream whatever the worker still says.
    func finish() { continuation.finish() }
}

/// Cuts bytes at line feeds; each byte is looked at once, however long its line grows.
private struct LineSplitter {
    /// The beginning of a line whose end has not come yet.
    private(set) var pending: [UInt8] = []

    mutating func split(_ bytes: ArraySlice<UInt8>, _ line: ([UInt8]) -> Void) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            pending += rest[..<end]
            line(pending)
            pending = []
            rest = rest[(end + 1)...]
        }
        pending += rest
    }
}

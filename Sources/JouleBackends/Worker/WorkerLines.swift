import Foundation
import JouleProcess

/// The lines of the worker's standard output, read by a thread that blocks, as a stream.
///
/// The stamps that count are the worker's own, so it does not matter when a line is decoded.
struct WorkerLines {
    let lines: AsyncStream<[UInt8]>

    /// A line longer than this is no protocol any more.
    static let longestLine = 256 * 1_048_576

    init(descriptor: Int32) {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        lines = stream
        let started = onOwnThread {
            var pending: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0, pending.count < Self.longestLine else { break }
                pending += buffer[..<count]
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(Array(pending[..<end]))
                    pending.removeSubrange(...end)
                }
            }
            continuation.finish()
        }
        if !started { continuation.finish() }
    }
}

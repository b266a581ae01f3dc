import Foundation
import JouleModel

/// An append-only log that survives a kill: whole lines are handed to the kernel, nothing is rewritten.
///
/// Not Sendable: owned by one recorder.
package final class AppendLog {
    package let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private static let flushSize = 1 << 15

    package init(path: String) throws(Failure) {
        // A limit on the size of files is a failure to report like a full disk, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileSystem.failure("cannot create", path, errno) }
        buffer.reserveCapacity(Self.flushSize * 2)
    }

    deinit { close(descriptor) }

    /// Adds bytes that end in a newline; they reach the kernel at the next flush.
    package func append(_ write: (inout [UInt8]) -> Void) throws(Failure) {
        write(&buffer)
        if buffer.count >= Self.flushSize { try flush() }
    }

    /// Hands the buffer to the kernel. What a full disk did not take stays in the buffer, so that a later flush goes on in the middle of
    /// the line where this one stopped.
    package func flush() throws(Failure) {
        var written = 0
        defer { buffer.removeFirst(written) }
        try FileSystem.writeAll(buffer, to: descriptor, path: path, written: &written)
    }

    /// Flushes and waits until the disk has it.
    package func sync() throws(Failure) {
        try flush()
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileSystem.failure("cannot sync", path, errno) }
    }
}

extension [UInt8] {
    mutating func append(text: String) { append(contentsOf: text.utf8) }
}

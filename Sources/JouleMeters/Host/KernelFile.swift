import JouleModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A file of sysfs or procfs, kept open and read again from its start; owned by one reader on its sampling thread.
///
/// The kernel makes the content anew at every read from position 0, so nothing is opened, allocated or closed while measuring.
final class KernelFile {
    let path: String
    private let descriptor: Int32

    init(path: String) throws(FileFailure) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: path, number: errno) }
    }

    deinit { close(descriptor) }

    /// What a read of one number gave.
    enum Number: Equatable {
        case value(UInt64)
        /// The system's error number.
        case failed(Int32)
        /// The file does not begin with digits, or they do not fit.
        case malformed
    }

    /// Reads from the start of the file; the bytes read, or the error number.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, error: Int32?) {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return (count, nil) }
            if errno != EINTR { return (0, errno) }
        }
    }

    /// The unsigned number that the file holds.
    func number() -> Number {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { buffer in
            let (count, error) = read(into: buffer)
            if let error { return .failed(error) }
            var scanner = ByteScanner(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return scanner.unsigned().map { .value($0) } ?? .malformed
        }
    }
}

extension ReadStatus {
    /// What a system's error means for the reads to come.
    static func failed(_ number: Int32, reading what: StaticString) -> ReadStatus {
        let reason = "\(what): \(SystemError.text(number))"
        return number == ENODEV || number == ENXIO ? .gone(reason) : .retry(reason)
    }
}

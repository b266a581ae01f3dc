#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Bytes that must outlive the read they came in: the beginning of a line or of an event, an error's body.
///
/// The memory is its own and does not move between two appends, so that what it holds can be lent out without a closure.
struct CarriedBytes: ~Copyable {
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0

    /// Memory up to this size is kept for the next use; a single huge frame does not stay for the rest of the stream.
    private static let keptCapacity = 64 * 1_024

    /// Valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: count) }

    /// Appends a copy of the bytes; amortised linear.
    mutating func append(_ added: UnsafeRawBufferPointer) {
        guard let source = added.baseAddress, added.count > 0 else { return }
        reserve(count + added.count)
        if let storage { memcpy(storage + count, source, added.count) }
        count += added.count
    }

    mutating func append(_ byte: UInt8) {
        withUnsafeBytes(of: byte) { append($0) }
    }

    mutating func removeAll() {
        count = 0
        guard capacity > Self.keptCapacity else { return }
        free(storage)
        storage = nil
        capacity = 0
    }

    private mutating func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        capacity = max(wanted, capacity * 2, 256)
        guard let grown = realloc(storage, capacity) else { fatalError("no memory for \(capacity) bytes of a response") }
        storage = grown
    }

    deinit { free(storage) }
}

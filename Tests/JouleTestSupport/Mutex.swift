import Foundation

/// A lock for values that tests share between threads. It has the name and the use of `Synchronization.Mutex` and stands in its place in
/// tests, because the thread sanitizer, which runs these tests too, sees this lock and not that one.
///
/// `@unchecked Sendable`: the value is touched inside `withLock` only.
package final class Mutex<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    package init(_ value: Value) { self.value = value }

    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A value that threads share, touched inside `withLock` only.
///
/// It has the use of `Synchronization.Mutex` and stands in its place in this project: on Linux that one is a futex inside the standard
/// library, which the thread sanitizer cannot see, so that every correct use of it is a possible report. This one is a lock of the
/// system, which it can see.
///
/// `@unchecked Sendable`: the value and the lock are reached through `withLock` alone.
package final class Guarded<Value>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    package init(_ value: consuming sending Value) {
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        let result = pthread_mutex_init(lock, nil)
        precondition(result == 0, "a mutex without attributes can always be made")
        self.value = value
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deinitialize(count: 1)
        lock.deallocate()
    }

    /// The body must not lock the same value again, and not wait for anything.
    package func withLock<Result: ~Copyable, Problem: Error>(
        _ body: (inout sending Value) throws(Problem) -> sending Result
    ) throws(Problem) -> sending Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value)
    }
}

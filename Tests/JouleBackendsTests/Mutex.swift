import JouleTestSupport

/// The lock that the thread sanitizer sees, before the one of `Synchronization`.
typealias Mutex = JouleTestSupport.Mutex

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Starts an operating-system thread that blocks, so that the cooperative pool does not have to.
package func onOwnThread(_ work: @escaping @Sendable () -> Void) -> Bool {
    let box = Unmanaged.passRetained(Work(work))
    let result = startDetached(box.toOpaque())
    if result != 0 { box.release() }
    return result == 0
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func startDetached(_ argument: UnsafeMutableRawPointer) -> Int32 {
    #if canImport(Darwin)
    var thread: pthread_t?
    let result = pthread_create(
        &thread, nil,
        {
            Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body(); return nil
        }, argument)
    if let thread { pthread_detach(thread) }
    return result
    #else
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        }, argument)
    if result == 0 { pthread_detach(thread) }
    return result
    #endif
}

/// Blocks the calling thread; for the moments after a cancellation, when a task cannot sleep any more.
package func blockingSleep(_ duration: Duration) {
    let parts = duration.components
    usleep(UInt32(parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000))
}

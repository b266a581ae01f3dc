import Dispatch
import JouleUnits

/// Runs the parts of tasks on one thread of its own, in the order in which they come.
///
/// For tasks that threads wait for: where every thread of the cooperative pool is busy, or waits itself, such a task would be started late or
/// never, and the patience of whoever waits would run out meanwhile.
final class ThreadExecutor: TaskExecutor {
    private let jobs = Guarded<[UnownedJob]>([])
    private let arrived = DispatchSemaphore(value: 0)

    /// The one that starts children and hears how they end; nil where the system gives no further thread.
    static let children: ThreadExecutor? = {
        let executor = ThreadExecutor()
        return onOwnThread { executor.work() } ? executor : nil
    }()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrived.signal()
    }

    private func work() -> Never {
        while true {
            arrived.wait()
            let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            job?.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

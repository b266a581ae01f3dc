import CPlatform
import JouleModel
import JouleProcess
import JouleUnits
import Synchronization

/// A thread that wakes to the sampler's schedule and reads nothing: what no sampler at this rate can fall below on a machine.
///
/// It waits, stamps and counts as `SamplingThread` does, with the same preparation of its thread.
package final class BareTimer: Sendable {
    private let period: Duration
    private let missed = Atomic<Int>(0)
    private let taken = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)
    /// `nonisolated(unsafe)`: made in `init`, destroyed in `deinit`; its functions may be called from any thread.
    private nonisolated(unsafe) let alarm: OpaquePointer

    /// - Throws: `meter.thread` when the system gives no thread.
    package init(period: Duration) throws(Failure) {
        self.period = period
        guard let alarm = jb_alarm_create() else { fatalError("out of memory for a condition variable") }
        self.alarm = alarm
        guard onOwnThread({ [self] in run() }) else {
            throw Failure("meter.thread", "no thread for a timer", remedy: "raise the limit `ulimit -u`")
        }
    }

    deinit { jb_alarm_destroy(alarm) }

    /// Ticks whose time had passed before the thread got to run.
    package var missedTicks: Int { missed.load(ordering: .relaxed) }
    package var takenTicks: Int { taken.load(ordering: .relaxed) }

    /// Ends the thread, and waits until it is done.
    package func stop() {
        stopping.store(true, ordering: .releasing)
        jb_alarm_ring(alarm)
        while !ended.load(ordering: .acquiring) { blockingSleep(.microseconds(200)) }
    }

    private func run() {
        _ = jb_prepare_sampling_thread("joule-timer")
        var next = Instant.now
        while !stopping.load(ordering: .acquiring) {
            if Instant.now < next { _ = jb_alarm_wait_until(alarm, next.nanoseconds) }
            let now = Instant.now
            guard now >= next else { continue }
            taken.add(1, ordering: .relaxed)
            let late = Int((now - next).nanoseconds / period.nanoseconds)
            if late > 0 { missed.add(late, ordering: .relaxed) }
            next = next + period * (late + 1)
        }
        ended.store(true, ordering: .releasing)
    }
}

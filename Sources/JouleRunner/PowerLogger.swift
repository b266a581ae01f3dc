import Dispatch
import JouleMeters
import JouleModel
import JouleProcess
import JouleUnits
import Synchronization

/// Meters that are read to a schedule and handed on as they come: no windows, nothing kept in memory.
///
/// The samples are taken out of the rings on a thread of its own that sleeps in between: at ten readings a second a task on the cooperative
/// pool, with its timer and its threads, costs half as much as the sampling itself.
package final class PowerLogger: Sendable {
    private let sampler: Sampler
    private let period: Duration
    private let wake = DispatchSemaphore(value: 0)
    private let stopped = Atomic<Bool>(false)

    package var channels: [MeterChannel] { sampler.channels }
    /// Meters that were found but did not open.
    package var failures: [Failure] { sampler.failures }

    /// What is known of the agents; whole after the log's end.
    package var agentRecords: [AgentRecord] { sampler.agentRecords }

    package init(meters: [any Meter], agents: [AgentSource] = [], period: Duration) {
        self.period = period
        sampler = Sampler(meters: meters, agents: agents, period: period, followsUpdates: false)
    }

    /// Ends the log before its time.
    package func stop() {
        stopped.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Samples until `end` or until it is stopped.
    ///
    /// - Parameters:
    ///   - pause: time between two calls of `write`.
    ///   - write: takes the samples since the last call, in the order of time, with the indices of their channels, and the watts at the moment.
    package func run(
        until end: Instant, pause: Duration,
        write: @escaping @Sendable (_ samples: [(sample: Sample, channel: Int)], _ watts: Watts?) throws -> Void
    ) async throws -> SamplingStatistics {
        try await withCheckedThrowingContinuation { continuation in
            let started = onOwnThread { [self] in
                continuation.resume(with: Result { try log(until: end, pause: pause, write: write) })
            }
            if !started {
                continuation.resume(throwing: Failure("meter.thread", "no thread to write the log", remedy: "raise the limit `ulimit -u`"))
            }
        }
    }

    private func log(
        until end: Instant, pause: Duration, write: (_ samples: [(sample: Sample, channel: Int)], _ watts: Watts?) throws -> Void
    ) throws -> SamplingStatistics {
        var live = LivePower(channels: channels)
        var schedule = LogSchedule(channels: channels, period: period)
        var taken = 0
        func takeNew() throws {
            var samples: [(sample: Sample, channel: Int)] = []
            sampler.drain { raw in
                let sample = raw.sample
                live.note(sample, channel: Int(raw.channel))
                guard schedule.takes(sample, channel: Int(raw.channel)) else { return }
                samples.append((sample, Int(raw.channel)))
            }
            taken += samples.count
            samples.sort { $0.sample.instant < $1.sample.instant }
            try write(samples, live.total)
        }
        defer { sampler.stop() }
        while !stopped.load(ordering: .acquiring) {
            let left = end - .now
            if left <= .zero { break }
            _ = wake.wait(timeout: .now() + .nanoseconds(Int(min(pause, left).nanoseconds)))
            try takeNew()
        }
        sampler.stop()
        try takeNew()
        return SamplingStatistics(samples: taken, ticks: sampler.takenTicks, missedTicks: sampler.missedTicks, lost: sampler.lostSamples)
    }
}

/// Which samples a log has: all of this machine's meters, which are read to its schedule; of an agent's, which are read to the agent's own and
/// around every update of a counter besides, those that keep to the log's period.
struct LogSchedule {
    private let channels: [MeterChannel]
    private let period: Duration
    private var due: [Instant?]

    init(channels: [MeterChannel], period: Duration) {
        self.channels = channels
        self.period = period
        due = channels.map { _ in nil }
    }

    mutating func takes(_ sample: Sample, channel: Int) -> Bool {
        guard channels[channel].host != nil else { return true }
        if sample.status.isOK, channels[channel].hasPower, sample.power == nil { return false }
        guard let next = due[channel] else {
            due[channel] = sample.instant + period
            return true
        }
        // Ticks of the same period come some microseconds early or late.
        guard sample.instant >= next - period / 4 else { return false }
        due[channel] = max(next + period, sample.instant + period / 2)
        return true
    }
}

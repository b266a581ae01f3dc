import JouleModel
import JouleUnits

/// All meters of a run at work: one thread for those that answer at once, one more for each slow meter.
package final class Sampler: Sendable {
    /// The streams of all meters that opened, in the order of `RawSample.channel`.
    package let channels: [MeterChannel]
    /// Meters that were found but did not open.
    package let failures: [Failure]
    private let threads: [SamplingThread]

    /// Opens every meter and starts sampling.
    ///
    /// - Parameters:
    ///   - period: distance between the ticks.
    ///   - followsUpdates: follow the update instants of counters, as windows of less than about 10 s need it.
    package init(meters: [any Meter], period: Duration, followsUpdates: Bool) {
        var groups: [[any Meter]] = meters.filter(\.isSlow).map { [$0] }
        let fast = meters.filter { !$0.isSlow }
        if !fast.isEmpty { groups.insert(fast, at: 0) }
        var channels: [MeterChannel] = []
        var threads: [SamplingThread] = []
        var failures: [Failure] = []
        for group in groups {
            var firsts: [Int] = []
            for meter in group {
                firsts.append(channels.count)
                channels += meter.channels
            }
            let isSlow = group.contains(where: \.isSlow)
            // What takes long to ask is not polled around its updates: five thousand requests a second are no measurement.
            let settings = SamplingThread.Settings(
                period: group.reduce(period) { max($0, $1.shortestPeriod) }, followsUpdates: followsUpdates && !isSlow,
                sourceSetsPace: isSlow)
            let thread = SamplingThread(meters: group, firstChannels: firsts, settings: settings)
            failures += thread.start().compactMap(\.self)
            threads.append(thread)
        }
        self.channels = channels
        self.threads = threads
        self.failures = failures
    }

    /// A sampler that nobody holds any more has nobody to sample for.
    deinit { stop() }

    /// Hands every waiting sample to `body`; within a channel the order is that of time. One consumer only.
    package func drain(_ body: (RawSample) -> Void) {
        for thread in threads { thread.ring.drain(body) }
    }

    /// Marks an edge of a window now: counters are read at once and polled until three updates lie behind the edge.
    @discardableResult
    package func markEdge() -> Instant {
        let now = Instant.now
        for thread in threads { thread.markEdge(at: now) }
        return now
    }

    /// Whether every meter has been read behind the edge, often enough for a sharp energy at it.
    package func isBracketed(_ edge: Instant) -> Bool {
        threads.allSatisfy { $0.bracketedUntil >= edge }
    }

    /// How long an edge is worth waiting for: a second, and two updates of the slowest meter whose period is known.
    package var patience: Duration {
        .seconds(1) + (channels.filter(\.countsInTotals).compactMap(\.updatePeriod).max() ?? .zero) * 2
    }

    /// Whether update periods of counters are still being looked for, a second after the start at most.
    package var isLearning: Bool { threads.contains { $0.isLearning } }

    /// Samples that exist nowhere: ticks the machine was too busy for, and samples that found the ring full.
    package var lostSamples: Int { threads.reduce(0) { $0 + $1.missedTicks * channelsOf($1) + $1.ring.overflowCount } }
    package var missedTicks: Int { threads.reduce(0) { $0 + $1.missedTicks } }
    /// Ticks of the thread that keeps the schedule; that of a slow meter counts only where there is no other.
    package var takenTicks: Int { threads.first?.takenTicks ?? 0 }
    package var hasRealtimePriority: Bool { threads.contains { $0.hasRealtimePriority } }

    /// Ends the threads after a last read of every meter; what is in the rings can still be drained.
    package func stop() {
        for thread in threads { thread.stop() }
    }

    private func channelsOf(_ thread: SamplingThread) -> Int { thread.meters.reduce(0) { $0 + $1.channels.count } }
}

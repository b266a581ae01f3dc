import JouleModel
import JouleUnits

/// All meters of a run at work: one thread for those that answer at once, one more for each slow meter and for each agent.
package final class Sampler: Sendable {
    /// The streams of all meters that opened, in the order of `RawSample.channel`.
    package let channels: [MeterChannel]
    /// Meters that were found but did not open.
    package let failures: [Failure]
    private let sources: [any SampleSource]
    private let connections: [AgentConnection]

    /// Opens every meter and starts sampling.
    ///
    /// - Parameters:
    ///   - period: distance between the ticks.
    ///   - followsUpdates: follow the update instants of counters, as windows of less than about 10 s need it.
    ///   - agents: agents whose samples are fetched; their channels come behind those of the meters.
    package init(meters: [any Meter], agents: [AgentSource] = [], period: Duration, followsUpdates: Bool) {
        var groups: [[any Meter]] = meters.filter(\.isSlow).map { [$0] }
        let fast = meters.filter { !$0.isSlow }
        if !fast.isEmpty { groups.insert(fast, at: 0) }
        var channels: [MeterChannel] = []
        var sources: [any SampleSource] = []
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
                longestSilence: group.compactMap(\.longestSilence).min(), sourceSetsPace: isSlow)
            let thread = SamplingThread(meters: group, firstChannels: firsts, settings: settings)
            failures += thread.start().compactMap(\.self)
            sources.append(thread)
        }
        var connections: [AgentConnection] = []
        for agent in agents {
            let connection = AgentConnection(agent, firstChannel: channels.count)
            channels += agent.channels
            if let failure = connection.start() { failures.append(failure) }
            connections.append(connection)
        }
        self.channels = channels
        self.sources = sources + connections
        self.connections = connections
        self.failures = failures
    }

    /// A sampler that nobody holds any more has nobody to sample for.
    deinit { stop() }

    /// Hands every waiting sample to `body`; within a channel the order is that of time. One consumer only.
    package func drain(_ body: (RawSample) -> Void) {
        for source in sources { source.drain(body) }
    }

    /// Marks an edge of a window now: counters are read at once and polled until three updates lie behind the edge.
    @discardableResult
    package func markEdge() -> Instant {
        let now = Instant.now
        for source in sources { source.markEdge(at: now) }
        return now
    }

    /// Whether every meter has been read behind the edge, often enough for a sharp energy at it.
    package func isBracketed(_ edge: Instant) -> Bool {
        sources.allSatisfy { $0.bracketedUntil >= edge }
    }

    /// The latest edge that every source has read on behind.
    package var bracketedUntil: Instant { sources.map(\.bracketedUntil).min() ?? Instant(nanoseconds: .max) }

    /// How long an edge is worth waiting for: what its sources want, and two updates of the slowest meter whose period is known.
    package var patience: Duration {
        let slowest = channels.filter(\.countsInTotals).compactMap(\.updatePeriod).max() ?? .zero
        return (sources.map(\.patience).max() ?? .zero) + slowest * 2
    }

    /// What is known of the agents so far; whole after `stop`.
    package var agentRecords: [AgentRecord] { connections.map(\.record) }

    /// Whether update periods of counters are still being looked for, a second after the start at most.
    package var isLearning: Bool { sources.contains { $0.isLearning } }

    /// Samples that exist nowhere: ticks the machine was too busy for, and samples that found the ring full.
    package var lostSamples: Int { sources.reduce(0) { $0 + $1.lostSamples } }
    package var missedTicks: Int { sources.reduce(0) { $0 + $1.missedTicks } }
    /// Ticks of the thread that keeps the schedule; that of a slow meter counts only where there is no other.
    package var takenTicks: Int { sources.first?.takenTicks ?? 0 }
    package var hasRealtimePriority: Bool { sources.contains { $0.hasRealtimePriority } }

    /// Ends the threads after a last read of every meter; what is in the rings can still be drained.
    package func stop() {
        for source in sources { source.stop() }
    }
}

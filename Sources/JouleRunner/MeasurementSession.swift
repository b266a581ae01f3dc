import JouleAnalysis
import JouleMeters
import JouleModel
import JouleUnits

/// Meters at work for one program: windows are opened and closed at any time, their energy is asked for afterwards.
///
/// Owns the sampler and keeps the samples in memory; `measure` and `JouleKit` stand on it.
package actor MeasurementSession {
    private let sampler: Sampler
    private let period: Duration
    /// The instant from which texts count their seconds.
    package nonisolated let start = Instant.now
    /// This machine's own name, under which an agent may read the same devices; nil where it has none.
    package nonisolated let localHost: String?
    private var series: [SampleSeries]
    private var taken = 0
    /// As the readings showed them before the first were thinned: what is left tells no more how often a counter is renewed.
    private var sensorsBeforeThinning: [Summary.Sensor]?
    /// Every edge so far, in the order of time: around them the samples stay as dense as they came.
    private let edges = Guarded<[Instant]>([])
    /// Empties the rings while a long window lasts; they hold 60 s.
    private var keeper: Task<Void, Never>?

    private static let keepingInterval: Duration = .seconds(5)
    /// Older than this nothing is changed by an edge that is still to be bracketed.
    private static let thinningAge: Duration = .seconds(15)
    /// Reads around an edge reach from 200 ms before it to three updates behind it.
    private static let reachOfEdge: Duration = .seconds(2)

    package nonisolated var channels: [MeterChannel] { sampler.channels }
    /// Meters that were found but did not open.
    package nonisolated var failures: [Failure] { sampler.failures }

    /// - Parameters:
    ///   - localHost: this machine's own name.
    ///   - followsUpdates: follow the update instants of counters, as windows with unknown ends need it.
    package init(
        meters: [any Meter], agents: [AgentSource] = [], localHost: String? = nil, period: Duration, followsUpdates: Bool = true
    ) {
        sampler = Sampler(meters: meters, agents: agents, period: period, followsUpdates: followsUpdates)
        self.period = period
        self.localHost = localHost
        series = sampler.channels.map { SampleSeries(channel: $0) }
    }

    /// Everything that was found, here and at agents.
    package init(_ selection: MeterSelection, period: Duration, followsUpdates: Bool = true) {
        self.init(
            meters: selection.meters, agents: selection.agents, localHost: selection.hostname, period: period,
            followsUpdates: followsUpdates)
    }

    /// An edge of a window, now. Synchronous and cheap: the stamp is taken in the caller's thread.
    package nonisolated func edge() -> Instant {
        edges.withLock {
            let edge = sampler.markEdge()
            $0.append(edge)
            return edge
        }
    }

    /// Takes what waits in the rings. The first call also sees to it that this goes on by itself until `stop`.
    package func drain() {
        keep()
        sampler.drain { raw in
            let sample = raw.sample
            taken += 1
            series[Int(raw.channel)].samples.append(sample)
        }
    }

    private func keep() {
        guard keeper == nil else { return }
        keeper = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.keepingInterval)
                guard let self else { return }
                await drain()
                await thin()
            }
        }
    }

    /// Forgets the fast reads of counters far from any edge: the counter's sum holds what they added, and an hour of them is large.
    private func thin() {
        let limit = Instant.now - Self.thinningAge
        if sensorsBeforeThinning == nil, limit > start { sensorsBeforeThinning = traces.sensors }
        let edges = edges.withLock { $0 }
        for index in series.indices where channels[index].kind == .counter && channels[index].hasPower {
            var next = edges.startIndex
            series[index].samples.removeAll { sample in
                guard sample.instant < limit, sample.power == nil, sample.status.isOK else { return false }
                while next < edges.endIndex, edges[next] + Self.reachOfEdge < sample.instant { next += 1 }
                return next == edges.endIndex || sample.instant < edges[next] - Self.reachOfEdge
            }
        }
    }

    /// Drops samples from before an instant, for who looks at the last moments only and may do so for days.
    package func forget(before limit: Instant) {
        edges.withLock { $0.removeAll { $0 < limit } }
        for index in series.indices { series[index].samples.removeAll { $0.instant < limit } }
    }

    /// Waits until samples lie behind the edge, a second at most, and longer for agents whose link may come back.
    package func settle(_ edge: Instant) async {
        let limit = Instant.now + sampler.patience
        while !sampler.isBracketed(edge), Instant.now < limit {
            guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { break }
            drain()
        }
        drain()
    }

    /// The ledger of a window that has been settled.
    package func ledger(of window: Range<Instant>) -> Ledger { account(of: window).ledger }

    /// Idle power of the whole machine, as `Ledger.whole` names it, over a window that has been settled.
    package func idlePower(in window: Range<Instant>) -> Reading<IdlePower> {
        let account = account(of: window)
        return account.idlePower(of: account.ledger.whole, in: window)
    }

    /// Energy of the window less what the same would have used idling.
    package func net(of window: Range<Instant>, over idle: IdlePower) -> Reading<Measured<Joules>> {
        account(of: window).net(of: idle.power.scope, over: idle)
    }

    /// The ledger of a window that has been settled, with what its channels have against them.
    ///
    /// Clocks and gaps of agents are taken as they are known now.
    package func account(of window: Range<Instant>) -> WindowAccount {
        traces.account(of: window)
    }

    private var traces: MeterTraces {
        MeterTraces(series, samplePeriod: period, agents: sampler.agentRecords, start: start, localHost: localHost)
    }

    /// How the sensors behaved so far.
    package var sensors: [Summary.Sensor] {
        let now = traces.sensors
        guard let before = sensorsBeforeThinning else { return now }
        return now.map { sensor in
            var sensor = sensor
            let same = before.first { ($0.meter, $0.device, $0.scope, $0.host) == (sensor.meter, sensor.device, sensor.scope, sensor.host) }
            if let period = same?.counterPeriod { sensor.counterPeriod = period }
            return sensor
        }
    }

    /// What is known of the agents so far; whole after `stop`.
    package var agentRecords: [AgentRecord] { sampler.agentRecords }

    package var statistics: SamplingStatistics {
        SamplingStatistics(samples: taken, ticks: sampler.takenTicks, missedTicks: sampler.missedTicks, lost: sampler.lostSamples)
    }

    /// Ends sampling; windows of the past can still be asked for.
    package func stop() {
        sampler.stop()
        drain()
        keeper?.cancel()
    }
}

/// How complete a recording is: what was taken, and what was not.
package struct SamplingStatistics: Sendable, Hashable, Codable {
    package let samples: Int
    package let ticks: Int
    package let missedTicks: Int
    package let lost: Int

    private enum CodingKeys: String, CodingKey { case samples, ticks, missedTicks = "ticks_missed", lost = "samples_lost" }
}

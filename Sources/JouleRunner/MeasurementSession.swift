import JouleAnalysis
import JouleMeters
import JouleModel
import JouleUnits

/// Meters at work for one program: windows are opened and closed at any time, their energy is asked for afterwards.
///
/// Owns the sampler and keeps the samples in memory; `measure`, `log-power` and `JouleKit` stand on it.
package actor MeasurementSession {
    private let sampler: Sampler
    private let period: Duration
    private var series: [SampleSeries]
    private var taken = 0
    private var live: LivePower

    package nonisolated var channels: [MeterChannel] { sampler.channels }
    /// Meters that were found but did not open.
    package nonisolated var failures: [Failure] { sampler.failures }

    /// - Parameter followsUpdates: follow the update instants of counters, as windows with unknown ends need it.
    package init(meters: [any Meter], period: Duration, followsUpdates: Bool = true) {
        sampler = Sampler(meters: meters, period: period, followsUpdates: followsUpdates)
        self.period = period
        series = sampler.channels.map { SampleSeries(channel: $0) }
        live = LivePower(channels: sampler.channels)
    }

    /// An edge of a window, now. Synchronous and cheap: the stamp is taken in the caller's thread.
    package nonisolated func edge() -> Instant { sampler.markEdge() }

    /// Keeps the rings from filling up; to be called now and then while a long window lasts.
    package func drain() {
        sampler.drain { raw in
            let sample = raw.sample
            taken += 1
            live.note(sample, channel: Int(raw.channel))
            series[Int(raw.channel)].samples.append(sample)
        }
    }

    /// Takes the samples since the last call out of the session, in the order of time; no window can be asked of them.
    package func takeNew() -> [(sample: Sample, channel: Int)] {
        drain()
        var result: [(sample: Sample, channel: Int)] = []
        for index in series.indices {
            result += series[index].samples.map { (sample: $0, channel: index) }
            series[index].samples.removeAll(keepingCapacity: true)
        }
        return result.sorted { $0.sample.instant < $1.sample.instant }
    }

    /// Waits until samples lie behind the edge, a second at most.
    package func settle(_ edge: Instant) async {
        let limit = Instant.now + .seconds(1)
        while !sampler.isBracketed(edge), Instant.now < limit {
            guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { break }
        }
        drain()
    }

    /// The ledger of a window that has been settled.
    package func ledger(of window: Range<Instant>) -> Ledger {
        Ledger.build(from: series, in: window, samplePeriod: period)
    }

    /// Idle power of the whole system over a window that has been settled.
    package func idlePower(in window: Range<Instant>) -> Reading<IdlePower> { account(of: window).idlePower(of: .system, in: window) }

    /// Energy of the window less what the system would have used idling.
    package func net(of window: Range<Instant>, over idle: IdlePower) -> Reading<Measured<Joules>> {
        account(of: window).net(of: .system, over: idle)
    }

    private func account(of window: Range<Instant>) -> WindowAccount {
        WindowAccount(series.map { MeterTrace($0, samplePeriod: period) }, in: window)
    }

    package var watts: Watts? { live.total }
    package var statistics: SamplingStatistics {
        SamplingStatistics(samples: taken, ticks: sampler.takenTicks, missedTicks: sampler.missedTicks, lost: sampler.lostSamples)
    }

    /// Ends sampling; windows of the past can still be asked for.
    package func stop() {
        sampler.stop()
        drain()
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

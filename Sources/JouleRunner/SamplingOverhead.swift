import JouleAnalysis
import JouleMeters
import JouleModel
import JouleUnits

/// Measures what sampling costs on this machine, at several rates, against a timer that wakes as often and reads nothing (ADR 0010).
///
/// Reading alone is measured: what is done with the samples afterwards is the caller's. Meters that ask another program or a network
/// have a pace and processes of their own, which the account of this process does not show; they are left out and named.
package struct SamplingOverhead: Sendable {
    /// What one rate came to.
    package struct Row: Sendable, Encodable {
        /// Ticks a second; nil where nothing is sampled.
        package let rateHertz: Double?
        package let use: ToolUse
        /// The resident set at the end.
        package let resident: ByteCount?
        package let ticks: Int
        package let missedTicks: Int
        /// The timer at the same rate; nil where nothing is sampled.
        package let timer: ToolUse?
        package let timerMissedTicks: Int?
        /// Mean power of the processor meanwhile.
        package let power: Figure
        /// Its difference to the power without sampling.
        package let powerAboveNone: Figure

        /// Percent of one core above the timer.
        package var corePercentAboveTimer: Double? {
            guard let own = use.corePercent, let bare = timer?.corePercent else { return nil }
            return own - bare
        }

        private enum CodingKeys: String, CodingKey {
            case sampler, timer, ticks, power
            case rateHertz = "rate_hertz"
            case resident = "rss_bytes"
            case missedTicks = "ticks_missed"
            case timerMissedTicks = "timer_ticks_missed"
            case corePercentAboveTimer = "core_percent_above_timer"
            case powerAboveNone = "power_above_none"
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(rateHertz, forKey: .rateHertz)
            try container.encode(use, forKey: .sampler)
            try container.encode(timer, forKey: .timer)
            try container.encode(corePercentAboveTimer, forKey: .corePercentAboveTimer)
            try container.encode(resident, forKey: .resident)
            try container.encode(ticks, forKey: .ticks)
            try container.encode(missedTicks, forKey: .missedTicks)
            try container.encode(timerMissedTicks, forKey: .timerMissedTicks)
            try container.encode(power, forKey: .power)
            try container.encode(powerAboveNone, forKey: .powerAboveNone)
        }
    }

    package struct Report: Sendable, Encodable {
        package let durationSeconds: Double
        /// The channels that were sampled.
        package let channels: [String]
        /// Meters that have a pace of their own.
        package let leftOut: [String]
        package let rows: [Row]

        private enum CodingKeys: String, CodingKey {
            case channels, rows
            case durationSeconds = "duration_seconds_each"
            case leftOut = "left_out"
        }
    }

    package static let rates: [Double] = [1, 10, 100, 1_000]

    private let meters: [any Meter]
    private let leftOut: [String]
    private let duration: Duration
    /// For so long, and at this rate, meters are read before and after a time without sampling.
    private static let burst: Duration = .milliseconds(100)
    private static let burstPeriod: Duration = .milliseconds(10)

    /// - Parameter duration: of each of the nine measurements.
    /// - Throws: `meter.none` when no meter can be read within this process.
    package init(meters: [any Meter], duration: Duration) throws(Failure) {
        self.meters = meters.filter { !$0.isSlow }
        leftOut = meters.filter(\.isSlow).flatMap(\.channels).map { "\($0.meter) (\($0.name))" }
        self.duration = duration
        guard !self.meters.isEmpty else {
            throw Failure(
                "meter.none", "no meter here is read by this program itself, so there is no sampling to measure",
                cause: leftOut.isEmpty ? nil : "left out, for their own pace: \(leftOut.joined(separator: ", "))",
                remedy: "see `joulebench doctor`, or name meters with --meters")
        }
    }

    /// - Parameters:
    ///   - rates: in ticks a second.
    ///   - progress: told before each step: its number from 1, how many there are, what it is.
    package func run(
        rates: [Double] = SamplingOverhead.rates, progress: (_ step: Int, _ steps: Int, _ what: String) -> Void = { _, _, _ in }
    ) async throws -> Report {
        let steps = 1 + rates.count * 2
        progress(1, steps, "no sampling")
        let none = try await unsampled()
        var rows = [
            Row(
                rateHertz: nil, use: none.use, resident: none.resident, ticks: 0, missedTicks: 0, timer: nil, timerMissedTicks: nil,
                power: Self.figure(none.power), powerAboveNone: .absent(unit: Watts.symbol, reason: "what the others are compared with"))
        ]
        for (number, rate) in rates.enumerated() {
            let period = Duration.seconds(1 / rate)
            progress(2 + number * 2, steps, "a timer at \(Self.text(rate)) Hz")
            let timer = try await timed(period)
            progress(3 + number * 2, steps, "sampling at \(Self.text(rate)) Hz")
            let sampled = try await sampled(period)
            rows.append(
                Row(
                    rateHertz: rate, use: sampled.use, resident: sampled.resident, ticks: sampled.ticks, missedTicks: sampled.missed,
                    timer: timer.use, timerMissedTicks: timer.missed, power: Self.figure(sampled.power),
                    powerAboveNone: difference(sampled.power, none.power)))
        }
        return Report(
            durationSeconds: duration.seconds, channels: meters.flatMap(\.channels).map { "\($0.meter) (\($0.name))" }, leftOut: leftOut,
            rows: rows)
    }

    // MARK: One measurement

    private struct Measurement {
        var use: ToolUse
        var resident: ByteCount?
        var ticks = 0
        var missed = 0
        var power: Reading<IdlePower> = .absent(reason: "not read")
    }

    /// Nothing but waiting; the meters are read for a moment before and after it, for their energy in between.
    private func unsampled() async throws -> Measurement {
        let before = Series(channels: meters)
        let (start, _) = try await reading(into: before, period: Self.burstPeriod, for: Self.burst)
        let (use, resident) = try await cost { try await Task.sleep(for: duration) }
        let (_, end) = try await reading(into: before, period: Self.burstPeriod, for: Self.burst)
        let margin = Self.burst / 2
        return Measurement(
            use: use, resident: resident, power: power(of: before, in: start + margin..<end - margin, period: Self.burstPeriod))
    }

    private func sampled(_ period: Duration) async throws -> Measurement {
        let sampler = Sampler(meters: meters, period: period, followsUpdates: false)
        let start = Instant.now
        let (use, resident) = try await cost { try await Task.sleep(for: duration) }
        let end = Instant.now
        sampler.stop()
        let series = Series(channels: meters)
        series.take(from: sampler)
        return Measurement(
            use: use, resident: resident, ticks: sampler.takenTicks, missed: sampler.missedTicks,
            power: power(of: series, in: start..<end, period: period))
    }

    private func timed(_ period: Duration) async throws -> Measurement {
        let timer = try BareTimer(period: period)
        let (use, resident) = try await cost { try await Task.sleep(for: duration) }
        timer.stop()
        return Measurement(use: use, resident: resident, ticks: timer.takenTicks, missed: timer.missedTicks)
    }

    private func reading(into series: Series, period: Duration, for length: Duration) async throws -> (start: Instant, end: Instant) {
        let sampler = Sampler(meters: meters, period: period, followsUpdates: false)
        let start = Instant.now
        try await Task.sleep(for: length)
        let end = Instant.now
        sampler.stop()
        series.take(from: sampler)
        return (start, end)
    }

    private func cost(of work: () async throws -> Void) async throws -> (ToolUse, ByteCount?) {
        guard let before = OwnCost.now else { throw Self.noAccount }
        try await work()
        guard let after = OwnCost.now else { throw Self.noAccount }
        return (after.use(since: before), after.resident)
    }

    private static let noAccount = Failure("doctor.account", "the system gives no account of this process")

    // MARK: Power

    private func power(of series: Series, in window: Range<Instant>, period: Duration) -> Reading<IdlePower> {
        let scopes: [Scope] = [.package, .psys, .module, .cpu]
        let channels = meters.flatMap(\.channels).filter { $0.countsInTotals && $0.host == nil }
        guard let scope = scopes.first(where: { scope in channels.contains { $0.scope == scope && $0.kind != .model } }) else {
            let isModelled = channels.contains { scopes.contains($0.scope) }
            return .absent(reason: isModelled ? "the processor is modelled here, not measured" : "no meter measures the processor")
        }
        let traces = series.all.map { MeterTrace($0, samplePeriod: period) }
        return WindowAccount(traces, in: window).idlePower(of: scope, in: window)
    }

    private static func figure(_ power: Reading<IdlePower>) -> Figure {
        switch power {
        case .value(let power): power.power.figure
        case .absent(let reason): .absent(unit: Watts.symbol, reason: reason)
        }
    }

    /// The gain of the sensor is the same in both and stays as a share of the difference; scatter and edges are each one's own.
    private func difference(_ power: Reading<IdlePower>, _ none: Reading<IdlePower>) -> Figure {
        switch (power, none) {
        case (.absent(let reason), _), (_, .absent(let reason)): return .absent(unit: Watts.symbol, reason: reason)
        case (.value(let power), .value(let none)):
            let difference = power.power.value - none.power.value
            var gain: Double?
            if let systematic = power.power.systematic, power.power.value > .zero {
                gain = (difference * (systematic / power.power.value)).magnitude.rawValue
            }
            let random = (power.scatter.rawValue * power.scatter.rawValue + none.scatter.rawValue * none.scatter.rawValue).squareRoot()
            let interval = gain.map { (random * random + $0 * $0).squareRoot() } ?? random
            return Figure(
                value: difference.rawValue, unit: Watts.symbol, plusMinus: interval, systematic: gain,
                method: power.power.method.weaker(none.power.method).rawValue, scope: power.power.scope,
                flags: power.power.flags.union(none.power.flags))
        }
    }

    static func text(_ rate: Double) -> String { rate == rate.rounded() ? "\(Int(rate))" : "\(rate)" }
}

/// What was read, over one or several samplers; owned by the one measurement that makes it.
private final class Series {
    private(set) var all: [SampleSeries]

    init(channels meters: [any Meter]) { all = meters.flatMap(\.channels).map { SampleSeries(channel: $0) } }

    func take(from sampler: Sampler) {
        sampler.drain { raw in all[Int(raw.channel)].samples.append(raw.sample) }
    }
}

import JouleModel
import JouleUnits

/// What the readings of a channel show of its sensor: how often it is renewed, and what a power reading is the mean of.
///
/// NVIDIA's power registers differ between architectures in exactly this, and no query tells: Z. Yang, K. Adamek, W. Armour,
/// "Part-time Power Measurements", SC 2024, who find the averaging window from known loads. Here the device's own energy counter
/// stands in for the known load: the window whose trailing mean follows the power readings best is the sensor's.
struct SensorCharacter {
    typealias Source = Summary.Sensor.UpdatePeriod.Source

    /// The shortest distance between changes of a value that came again and again.
    struct Period: Hashable {
        let distance: Duration
        let isLimitedByReads: Bool
        var isLimitedByLoad = false
        var source = Source.run
    }

    /// A trailing mean over `window`, `delay` before the reading, and the part of the readings' variance that it explains.
    struct Averaging: Hashable {
        let window: Duration
        let delay: Duration
        let rSquared: Double
    }

    enum Fit {
        case found(Averaging, resolution: Duration)
        case none(reason: String)
    }

    /// The longest averaging window and delay that are tried.
    static let longest = Duration.milliseconds(1_500)
    static let longestDelay = Duration.milliseconds(500)
    /// The finest step of both.
    static let step = Duration.milliseconds(10)

    let counterPeriod: Period?
    let powerPeriod: Period?
    /// How often the power reading changed; nil where there is none.
    let powerChanges: Int?
    let fit: Fit

    /// Linear in the readings, but for sorting: a fit looks at 2,000 of them, at those with the most movement around them.
    ///
    /// - Parameter quiet: the times without requests before the load, in which only the sensor's own noise moves a value.
    init(_ trace: MeterTrace, quiet: [Range<Instant>] = []) {
        let counter = trace.counters.max { $0.updates.count < $1.updates.count }
        let renewals = counter.map { Array($0.updates.dropFirst()) } ?? []
        counterPeriod = Self.period(of: renewals.map { Change(seen: $0.seen, unread: $0.timing) }, quiet: quiet)
        var changes: [Reading] = []
        var readings: [Reading] = []
        var last: (instant: Instant, power: Watts)?
        for sample in trace.samples {
            guard let power = sample.power, power.isFinite else { continue }
            if let last, power != last.power {
                changes.append(Reading(seen: sample.instant, unread: sample.instant - last.instant, power: power))
                readings.append(changes[changes.count - 1])
            } else if let changed = changes.last, sample.instant - changed.seen >= Self.held {
                readings.append(Reading(seen: sample.instant, unread: .zero, power: power))
            }
            last = (sample.instant, power)
        }
        powerPeriod = Self.period(of: changes.map { Change(seen: $0.seen, unread: $0.unread, power: $0.power) }, quiet: quiet)
        powerChanges = last == nil ? nil : changes.count
        fit = Self.fit(readings, renewals, hasPower: last != nil, period: counterPeriod?.distance)
    }

    /// A reading whose moment is known: that of a new value, or of an old one that has stood for so long that it has been renewed.
    private struct Reading {
        let seen: Instant
        /// How long before it was seen it had not been read.
        let unread: Duration
        let power: Watts
    }

    /// Registers are renewed more often than this, so a value that stands for longer is a power that stands.
    private static let held = Duration.milliseconds(250)
    /// Two sensors of one device agree within this; more is no gain but another averaging.
    fileprivate static let gains = 0.9...1.1

    // MARK: The averaging window

    private static func fit(_ readings: [Reading], _ renewals: [CounterCurve.Update], hasPower: Bool, period: Duration?) -> Fit {
        guard hasPower else { return .none(reason: "there are no power readings") }
        guard renewals.count >= 30, let period, let first = renewals.first?.seen, let last = renewals.last?.seen else {
            return .none(reason: "there is no counter, or it moved too rarely, to hold the power readings against")
        }
        guard period <= .milliseconds(500) else {
            return .none(
                reason: "the counter moves every \(decimal(period.seconds, 2)) s only, too rarely to tell what a power reading averages")
        }
        // An hour tells as much as a day, and its grid is small.
        let reach = longest + longestDelay
        let end = min(last, first + .seconds(3_600))
        let usable = readings.filter { $0.unread <= .milliseconds(250) && $0.seen >= first + reach + step && $0.seen <= end }
        guard usable.count >= 30 else {
            return .none(reason: "the power reading changed \(usable.count) times only while the counter was read")
        }
        let chosen = liveliest(usable)
        let powers = chosen.map(\.power.rawValue)
        let mean = powers.reduce(0, +) / Double(powers.count)
        let variance = powers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(powers.count)
        guard mean > 0, variance.squareRoot() >= mean * 0.05 else {
            let share = mean > 0 ? decimal(variance.squareRoot() / mean * 100, 1) : "0"
            return .none(reason: "the power varied too little to tell, by \(share) % of its mean")
        }
        let grid = CurveGrid(renewals, from: first, to: end, step: step)
        let places = chosen.map { grid.place(of: $0.seen) }
        let steps = Int(longest / step)
        let delays = Int(longestDelay / step)
        /// The best delay for each window.
        func search(_ windows: some Sequence<Int>, _ delays: some Collection<Int>) -> [Candidate] {
            windows.compactMap { window in
                delays.map { delay in
                    Candidate(
                        window: window, delay: delay, left: grid.residue(of: powers, at: places, window: max(window, 1), delay: delay))
                }.min { $0.left < $1.left }
            }
        }
        let coarse = 5
        let rough = search(stride(from: 0, through: steps, by: coarse), Array(stride(from: 0, through: delays, by: coarse)))
        guard let start = rough.min(by: { $0.left < $1.left }) else { return .none(reason: "the counter did not move") }
        let fine = search(
            max(0, start.window - coarse)...min(steps, start.window + coarse),
            max(0, start.delay - coarse)...min(delays, start.delay + coarse))
        guard let best = fine.min(by: { $0.left < $1.left }) else { return .none(reason: "the counter did not move") }
        let total = variance * Double(powers.count)
        let rSquared = 1 - best.left / total
        guard rSquared >= 0.8 else {
            return .none(reason: "the power readings follow no trailing mean of the counter (R² \(decimal(rSquared, 2)))")
        }
        guard best.window < steps else {
            return .none(reason: "the power readings average over \(decimal(longest.seconds, 1)) s or longer")
        }
        // What leaves hardly more of the readings unexplained explains them as well.
        let alike = (rough + fine).filter { $0.left <= max(best.left * 1.5, best.left + total * 0.003) }.map(\.window)
        let spread = step * ((alike.max() ?? best.window) - (alike.min() ?? best.window)) / 2
        guard spread <= .milliseconds(250) else {
            let ends = [alike.min(), alike.max()].compactMap { $0.map { decimal((step * $0).seconds, 2) } }
            return .none(reason: "windows from \(ends.joined(separator: " to ")) s fit the power readings alike")
        }
        return .found(
            Averaging(window: step * best.window, delay: step * best.delay, rSquared: rSquared), resolution: max(step, period, spread))
    }

    private struct Candidate {
        let window: Int
        let delay: Int
        /// The sum of squares that it leaves unexplained.
        let left: Double
    }

    /// At most 2,000 readings, in runs of twenty, of those runs whose power varies most: a steady hour says nothing about averaging.
    private static func liveliest(_ readings: [Reading]) -> [Reading] {
        let (most, run) = (2_000, 20)
        guard readings.count > most else { return readings }
        let runs = stride(from: 0, to: readings.count, by: run).map { start -> (range: Range<Int>, spread: Double) in
            let range = start..<min(start + run, readings.count)
            let powers = readings[range].map(\.power)
            return (range, ((powers.max() ?? .zero) - (powers.min() ?? .zero)).rawValue)
        }
        return runs.sorted { ($1.spread, $0.range.lowerBound) < ($0.spread, $1.range.lowerBound) }.prefix(most / run)
            .sorted { $0.range.lowerBound < $1.range.lowerBound }.flatMap { readings[$0.range] }
    }
}

/// The cumulative energy of a counter at equal distances: straight lines between its updates.
private struct CurveGrid {
    private let start: Instant
    private let step: Duration
    private var joules: [Double] = []

    init(_ updates: [CounterCurve.Update], from start: Instant, to end: Instant, step: Duration) {
        self.start = start
        self.step = step
        let count = Int((end - start) / step) + 1
        joules.reserveCapacity(count)
        var index = 0
        for tick in 0..<count {
            let instant = start + step * tick
            while index + 2 < updates.count, updates[index + 1].seen <= instant { index += 1 }
            let (left, right) = (updates[index], updates[index + 1])
            let share = min((instant - left.seen) / (right.seen - left.seen), 1)
            joules.append(left.energy.rawValue + (right.energy - left.energy).rawValue * share)
        }
    }

    /// Where an instant lies, in steps.
    func place(of instant: Instant) -> Double { (instant - start) / step }

    private func value(_ place: Double) -> Double {
        let index = min(max(Int(place), 0), joules.count - 2)
        return joules[index] + (joules[index + 1] - joules[index]) * (place - Double(index))
    }

    /// The squares that powers leave over, in all, of the mean power over `window` steps that ends `delay` steps before each, times a
    /// gain by which the two sensors may differ.
    ///
    /// The gain is bounded: under a load that repeats itself, the mean over w is that over the rest of the period but for its size.
    func residue(of powers: [Double], at places: [Double], window: Int, delay: Int) -> Double {
        let seconds = step.seconds * Double(window)
        var (squares, products, own) = (0.0, 0.0, 0.0)
        for (power, place) in zip(powers, places) {
            let end = place - Double(delay)
            let mean = (value(end) - value(end - Double(window))) / seconds
            squares += mean * mean
            products += mean * power
            own += power * power
        }
        guard squares > 0 else { return own }
        let gain = min(max(products / squares, SensorCharacter.gains.lowerBound), SensorCharacter.gains.upperBound)
        return max(0, own - 2 * gain * products + gain * gain * squares)
    }
}

extension MeterTraces {
    /// The character of every sensor that was read; models have none.
    package var sensors: [Summary.Sensor] { Summary.Sensor.sensors(of: all) }
}

extension Summary.Sensor {
    /// The character of every sensor that was read, in the order of the ledger; models have none.
    ///
    /// - Parameter quiet: the times without requests before the load.
    static func sensors(of traces: [MeterTrace], quiet: [Range<Instant>] = []) -> [Summary.Sensor] {
        traces.filter { $0.channel.kind != .model && !$0.samples.isEmpty }.map { trace in
            let channel = trace.channel
            let character = SensorCharacter(trace, quiet: quiet)
            var sensor = Summary.Sensor(scope: channel.scope, device: channel.device, meter: channel.meter, host: channel.host)
            func period(_ period: SensorCharacter.Period?) -> UpdatePeriod? {
                period.map {
                    UpdatePeriod(
                        seconds: $0.distance.seconds, isLimitedByReads: $0.isLimitedByReads, isLimitedByLoad: $0.isLimitedByLoad,
                        source: $0.source)
                }
            }
            sensor.counterPeriod = period(character.counterPeriod)
            sensor.powerPeriod = period(character.powerPeriod)
            if sensor.powerPeriod == nil, let changes = character.powerChanges {
                sensor.powerPeriodReason =
                    changes == 0
                    ? "the value was not seen to move" : "the value moved \(changes) times only, and at no distance again and again"
            }
            switch character.fit {
            case .found(let averaging, let resolution):
                sensor.averagingWindow = averaging.window.seconds
                sensor.averagingResolution = resolution.seconds
                sensor.delay = averaging.delay.seconds
                sensor.rSquared = averaging.rSquared
            case .none(let reason): sensor.reason = reason
            }
            if let declared = channel.averagingWindow {
                sensor.averagingWindow = declared.seconds
                sensor.isDeclared = true
                sensor.averagingResolution = nil
                sensor.reason = nil
            }
            return sensor
        }.sorted { ($0.scope.rank, $0.host ?? "", $0.device, $0.meter) < ($1.scope.rank, $1.host ?? "", $1.device, $1.meter) }
    }
}

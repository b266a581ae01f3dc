import JouleModel
import JouleUnits

/// What the readings of a channel show of its sensor: how often it is renewed, and what a power reading is the mean of.
///
/// NVIDIA's power registers differ between architectures in exactly this, and no query tells: Z. Yang, K. Adamek, W. Armour,
/// "Part-time Power Measurements", SC 2024, who find the averaging window from known loads. Here the device's own energy counter
/// stands in for the known load: the window whose trailing mean follows the power readings best is the sensor's.
struct SensorCharacter {
    /// The median distance between changes of a value.
    struct Period {
        let distance: Duration
        let isLimitedByReads: Bool
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
    let fit: Fit

    /// Linear in the readings, but for sorting: a fit looks at 2,000 of them, at those with the most movement around them.
    init(_ trace: MeterTrace) {
        let counter = trace.counters.max { $0.updates.count < $1.updates.count }
        let renewals = counter.map { Array($0.updates.dropFirst()) } ?? []
        counterPeriod = Self.period(of: renewals.map { ($0.seen, $0.timing) })
        var changes: [Change] = []
        var last: (instant: Instant, power: Watts)?
        for sample in trace.samples {
            guard let power = sample.power, power.isFinite else { continue }
            if let last, power != last.power {
                changes.append(Change(seen: sample.instant, unread: sample.instant - last.instant, power: power))
            }
            last = (sample.instant, power)
        }
        powerPeriod = Self.period(of: changes.map { ($0.seen, $0.unread) })
        fit = Self.fit(changes, renewals, hasPower: last != nil, period: counterPeriod?.distance)
    }

    /// A new value of the power reading, and how long before it was seen the old one still stood.
    private struct Change {
        let seen: Instant
        let unread: Duration
        let power: Watts

        /// Where the change lies on average.
        var instant: Instant { seen - unread / 2 }
    }

    private static func period(of changes: [(seen: Instant, unread: Duration)]) -> Period? {
        guard changes.count >= 5 else { return nil }
        let distances = zip(changes.dropFirst(), changes).map { $0.seen - $1.seen }.sorted()
        let unread = changes.map(\.unread).sorted()
        let median = distances[distances.count / 2]
        return Period(distance: median, isLimitedByReads: median < unread[unread.count / 2] * 1.5)
    }

    // MARK: The averaging window

    private static func fit(_ changes: [Change], _ renewals: [CounterCurve.Update], hasPower: Bool, period: Duration?) -> Fit {
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
        let usable = changes.filter { $0.unread <= .milliseconds(250) && $0.instant >= first + reach + step && $0.instant <= end }
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
        let places = chosen.map { grid.place(of: $0.instant) }
        let steps = Int(longest / step)
        let delays = Int(longestDelay / step)
        func search(_ windows: some Sequence<Int>, _ delays: some Collection<Int>) -> Candidate? {
            var best: Candidate?
            for window in windows {
                for delay in delays {
                    let score = grid.correlation(of: powers, at: places, window: max(window, 1), delay: delay)
                    if score > best?.score ?? -1 { best = Candidate(window: window, delay: delay, score: score) }
                }
            }
            return best
        }
        let coarse = 5
        guard let rough = search(stride(from: 0, through: steps, by: coarse), Array(stride(from: 0, through: delays, by: coarse))),
            let best = search(
                max(0, rough.window - coarse)...min(steps, rough.window + coarse),
                max(0, rough.delay - coarse)...min(delays, rough.delay + coarse))
        else { return .none(reason: "the counter did not move") }
        guard best.score >= 0.8 else {
            return .none(reason: "the power readings follow no trailing mean of the counter (R² \(decimal(best.score, 2)))")
        }
        guard best.window < steps else {
            return .none(reason: "the power readings average over \(decimal(longest.seconds, 1)) s or longer")
        }
        return .found(
            Averaging(window: step * best.window, delay: step * best.delay, rSquared: best.score), resolution: max(step, period))
    }

    private struct Candidate {
        let window: Int
        let delay: Int
        let score: Double
    }

    /// At most 2,000 changes, in runs of twenty, of those runs whose power varies most: a steady hour says nothing about averaging.
    private static func liveliest(_ changes: [Change]) -> [Change] {
        let (most, run) = (2_000, 20)
        guard changes.count > most else { return changes }
        let runs = stride(from: 0, to: changes.count, by: run).map { start -> (range: Range<Int>, spread: Double) in
            let range = start..<min(start + run, changes.count)
            let powers = changes[range].map(\.power)
            return (range, ((powers.max() ?? .zero) - (powers.min() ?? .zero)).rawValue)
        }
        return runs.sorted { ($1.spread, $0.range.lowerBound) < ($0.spread, $1.range.lowerBound) }.prefix(most / run)
            .sorted { $0.range.lowerBound < $1.range.lowerBound }.flatMap { changes[$0.range] }
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

    /// R² of powers against the mean power over `window` steps that ends `delay` steps before each; a gain and an offset between the
    /// two sensors do not matter to it.
    func correlation(of powers: [Double], at places: [Double], window: Int, delay: Int) -> Double {
        var (sumX, sumY, squareX, squareY, product) = (0.0, 0.0, 0.0, 0.0, 0.0)
        // From the first of each, so that the sums of squares do not cancel.
        var origin: (x: Double, y: Double)?
        for (power, place) in zip(powers, places) {
            let end = place - Double(delay)
            let mean = value(end) - value(end - Double(window))
            let base = origin ?? (mean, power)
            origin = base
            let (x, y) = (mean - base.x, power - base.y)
            sumX += x
            sumY += y
            squareX += x * x
            squareY += y * y
            product += x * y
        }
        let count = Double(powers.count)
        let (spreadX, spreadY) = (squareX - sumX * sumX / count, squareY - sumY * sumY / count)
        let together = product - sumX * sumY / count
        // Readings that fall where the counter rises follow nothing.
        guard spreadX > 0, spreadY > 0, together > 0 else { return 0 }
        return together * together / (spreadX * spreadY)
    }
}

extension Summary.Sensor {
    /// The character of every sensor that was read, in the order of the ledger; models have none.
    static func sensors(of traces: [MeterTrace]) -> [Summary.Sensor] {
        traces.filter { $0.channel.kind != .model && !$0.samples.isEmpty }.map { trace in
            let channel = trace.channel
            let character = SensorCharacter(trace)
            var sensor = Summary.Sensor(scope: channel.scope, device: channel.device, meter: channel.meter, host: channel.host)
            func period(_ period: SensorCharacter.Period?) -> UpdatePeriod? {
                period.map { UpdatePeriod(seconds: $0.distance.seconds, isLimitedByReads: $0.isLimitedByReads) }
            }
            sensor.counterPeriod = period(character.counterPeriod)
            sensor.powerPeriod = period(character.powerPeriod)
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

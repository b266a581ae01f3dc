import JouleModel
import JouleUnits

/// Cumulative energy as a function of time, rebuilt from the readings of a counter between two resets.
///
/// A counter moves only at its own update instants. The curve runs through the points at which each new value was first seen; what
/// lies between two points is a guess about the shape of the power, never about the energy, which the counter has settled.
struct CounterCurve: Sendable {
    /// What the readings of a channel mean.
    enum Source: Sendable {
        /// A sensor's counter: a repeated value says that no update came in between.
        case counter(updatePeriod: Duration?)
        /// A model's sum: every reading is a point of the curve.
        case model
    }

    /// A new value, when it was first seen, and how long before that the old one still stood there.
    struct Update: Sendable {
        let seen: Instant
        let timing: Duration
        let energy: Joules
    }

    /// The energy up to an instant, and half the 95 % interval of what the update instants leave open.
    struct Point: Hashable, Sendable {
        let energy: Joules
        let resolution: Joules
    }

    /// Two readings of one register that lie closer than this may be the same reading twice: GPUs renew their power every 20 to
    /// 100 ms (Z. Yang, K. Adamek, W. Armour, "Part-time Power Measurements", SC 2024). Only longer update intervals are shaped by them.
    static let longInterval = Duration.milliseconds(500)

    let source: Source
    /// The first element is the first read, whose value was set at an unknown earlier instant; the others are updates.
    private(set) var updates: [Update] = []
    private(set) var reads: [Instant] = []
    private var lattice = UpdateLattice()

    init(source: Source) { self.source = source }

    /// Takes the next reading; false, and nothing taken, when the counter went backwards.
    mutating func append(_ energy: Joules, at instant: Instant) -> Bool {
        guard let last = updates.last, let lastRead = reads.last else {
            updates.append(Update(seen: instant, timing: .zero, energy: energy))
            reads.append(instant)
            return true
        }
        guard energy >= last.energy else { return false }
        reads.append(instant)
        switch source {
        case .model:
            updates.append(Update(seen: instant, timing: .zero, energy: energy))
        case .counter(let period):
            if energy > last.energy {
                let unread = instant - lastRead
                let placed = lattice.place(sightedAt: instant, after: max(lastRead, last.seen))
                updates.append(Update(seen: placed, timing: min(unread, period ?? unread), energy: energy))
            }
        }
        return true
    }

    func covers(_ instant: Instant) -> Bool {
        guard let first = reads.first, let last = reads.last else { return false }
        return first <= instant && instant <= last
    }

    /// Whether the counter kept one value through all reads, for so long that it must have been renewed in between.
    var stoodStill: Bool {
        guard updates.count == 1, case .counter(let period?) = source, let first = reads.first, let last = reads.last else { return false }
        return last - first >= period * 2
    }

    /// The energy up to an instant that the reads cover; nil when the counter has moved too rarely to say.
    ///
    /// - Parameter power: the channel's own power readings; they shape long intervals and reach beyond the first and the last update.
    func point(at instant: Instant, power: PowerCurve) -> Point? {
        if stoodStill { return Point(energy: updates[0].energy, resolution: .zero) }
        let next = updates.partitioningIndex { $0.seen > instant }
        switch source {
        case .model:
            guard next < updates.count else { return Point(energy: updates[next - 1].energy, resolution: .zero) }
            let before = updates[next - 1]
            let share = (instant - before.seen) / (updates[next].seen - before.seen)
            return Point(energy: before.energy + (updates[next].energy - before.energy) * share, resolution: .zero)
        case .counter:
            if next == updates.count { return afterLastUpdate(instant, power) }
            if next == 1 { return beforeFirstUpdate(instant, power) }
            return inside(next - 1, instant, power)
        }
    }

    // MARK: Between two updates

    private func inside(_ index: Int, _ instant: Instant, _ power: PowerCurve) -> Point {
        let begin = updates[index]
        let end = updates[index + 1]
        let length = end.seen - begin.seen
        let gained = end.energy - begin.energy
        let elapsed = instant - begin.seen
        let mean = gained / length
        let share = elapsed / length
        let straight = gained * share
        if let shaped = shapedByPower(begin, end, instant, power) {
            return Point(energy: begin.energy + shaped, resolution: mean * max(begin.timing, end.timing))
        }
        let left = meanPower(from: max(1, index - 2), to: index)
        let right = meanPower(from: index + 1, to: min(updates.count - 1, index + 3))
        var energy = straight
        var level = mean
        // Not more than what two levels around the mean can differ from a straight line at this share of the interval.
        var shape = Joules.zero
        if let left, let right {
            if min(left, right) < mean, mean < max(left, right) {
                // left · x + right · (length − x) = gained
                let kink = length.scaled(by: (right - mean) / (right - left))
                level = elapsed < kink ? left : right
                energy = elapsed < kink ? left * elapsed : gained - right * (length - elapsed)
                shape = (energy - straight).magnitude / 2
            } else {
                shape = max((left - mean).magnitude, (right - mean).magnitude) * length * (share * (1 - share))
            }
        }
        let timing = level * max(begin.timing, end.timing)
        return Point(energy: begin.energy + energy, resolution: rootSumSquare(timing, shape))
    }

    /// Mean power between two updates; nil when they are one, or when the first is only a read.
    private func meanPower(from first: Int, to last: Int) -> Watts? {
        guard first >= 1, last > first else { return nil }
        return (updates[last].energy - updates[first].energy) / (updates[last].seen - updates[first].seen)
    }

    /// The energy from the begin of a long interval to an instant in it, following the power readings inside, scaled so that the
    /// interval keeps the energy that the counter says; nil when there are fewer than two.
    private func shapedByPower(_ begin: Update, _ end: Update, _ instant: Instant, _ power: PowerCurve) -> Joules? {
        guard end.seen - begin.seen >= Self.longInterval else { return nil }
        let insideRange = power.indices(in: (begin.seen + .nanoseconds(1))..<end.seen)
        guard insideRange.count >= 2, power.brackets(begin.seen..<end.seen) else { return nil }
        let whole = power.energy(in: begin.seen..<end.seen)
        guard whole > .zero else { return nil }
        return (end.energy - begin.energy) * (power.energy(in: begin.seen..<instant) / whole)
    }

    // MARK: Beyond the outermost updates

    /// After the last update the counter was still read at one value, so what has been used since is less than what makes it move:
    /// the power readings tell it where there are any, else the last interval's mean power up to that interval's energy, with an
    /// interval as wide as the estimate itself.
    private func afterLastUpdate(_ instant: Instant, _ power: PowerCurve) -> Point? {
        guard updates.count > 1 else { return nil }
        let last = updates[updates.count - 1]
        if instant == last.seen { return Point(energy: last.energy, resolution: timingOfLast) }
        if power.brackets(last.seen..<instant) {
            let used = power.energy(in: last.seen..<instant)
            return Point(energy: last.energy + used, resolution: power.power(at: last.seen) * last.timing)
        }
        guard updates.count > 2 else { return nil }
        let before = updates[updates.count - 2]
        let increment = last.energy - before.energy
        let used = min(increment / (last.seen - before.seen) * (instant - last.seen), increment)
        return Point(energy: last.energy + used, resolution: used)
    }

    /// The mirror image: at the first read the first value had already been reached.
    private func beforeFirstUpdate(_ instant: Instant, _ power: PowerCurve) -> Point? {
        let first = updates[1]
        let bound = first.energy - updates[0].energy
        if power.brackets(instant..<first.seen) {
            let used = min(power.energy(in: instant..<first.seen), bound)
            return Point(energy: first.energy - used, resolution: power.power(at: first.seen) * first.timing)
        }
        guard updates.count > 2 else { return nil }
        let mean = (updates[2].energy - first.energy) / (updates[2].seen - first.seen)
        let used = min(mean * (first.seen - instant), bound)
        return Point(energy: first.energy - used, resolution: used)
    }

    private var timingOfLast: Joules {
        guard let mean = meanPower(from: updates.count - 2, to: updates.count - 1) else { return .zero }
        return mean * updates[updates.count - 1].timing
    }

    // MARK: Mean power over stretches

    /// The mean power of stretches of updates inside a window, each at least as long as `shortest`, by the middle of the stretch.
    ///
    /// Around edges a counter is polled so densely that a single update interval is mostly timing error; joined ones are not.
    func stretches(in window: Range<Instant>, shortest: Duration) -> [(middle: Instant, power: Watts)] {
        var result: [(middle: Instant, power: Watts)] = []
        let firstUpdate: Int
        switch source {
        case .model: firstUpdate = 0
        case .counter: firstUpdate = 1
        }
        var start = max(firstUpdate, updates.partitioningIndex { $0.seen >= window.lowerBound })
        var index = start + 1
        while index < updates.count, updates[index].seen <= window.upperBound {
            let length = updates[index].seen - updates[start].seen
            if length >= shortest {
                result.append((updates[start].seen + length / 2, (updates[index].energy - updates[start].energy) / length))
                start = index
            }
            index += 1
        }
        return result
    }
}

extension Duration {
    /// A part of the duration, to the nanosecond.
    func scaled(by factor: Double) -> Duration { .nanoseconds(Int64((Double(nanoseconds) * factor).rounded())) }
}

/// Independent errors combine as variances.
func rootSumSquare<Value: Quantity>(_ parts: Value...) -> Value {
    Value(parts.reduce(0) { $0 + $1.rawValue * $1.rawValue }.squareRoot())
}

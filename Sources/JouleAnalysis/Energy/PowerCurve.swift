import JouleModel
import JouleUnits

/// Power as a function of time: the readings joined by straight lines, with the running integral at each.
///
/// Repeated values are kept: dropping them would turn a step into a ramp.
struct PowerCurve: Sendable {
    private(set) var instants: [Instant] = []
    private(set) var readings: [Watts] = []
    /// Energy from the first reading up to each, by trapezoids.
    private var integral: [Joules] = []

    /// Takes the next reading; its instant must lie after all before it.
    mutating func append(_ power: Watts, at instant: Instant) {
        if let last = instants.last, let lastPower = readings.last, let sum = integral.last {
            integral.append(sum + (lastPower + power) / 2 * (instant - last))
        } else {
            integral.append(.zero)
        }
        instants.append(instant)
        readings.append(power)
    }

    func brackets(_ window: Range<Instant>) -> Bool {
        guard let first = instants.first, let last = instants.last else { return false }
        return first <= window.lowerBound && window.upperBound <= last
    }

    /// Energy from the first reading to an instant that the readings bracket. O(log n).
    func energy(upTo instant: Instant) -> Joules {
        let index = instants.partitioningIndex { $0 > instant } - 1
        let elapsed = instant - instants[index]
        return integral[index] + (readings[index] + power(at: instant)) / 2 * elapsed
    }

    func energy(in window: Range<Instant>) -> Joules { energy(upTo: window.upperBound) - energy(upTo: window.lowerBound) }

    /// Power at an instant that the readings bracket. O(log n).
    func power(at instant: Instant) -> Watts {
        let index = instants.partitioningIndex { $0 > instant } - 1
        guard index + 1 < instants.count, instants[index] < instant else { return readings[index] }
        let share = (instant - instants[index]) / (instants[index + 1] - instants[index])
        return readings[index] + (readings[index + 1] - readings[index]) * share
    }

    /// What the unknown moment of a change between two readings can move across an edge: the time between them, or the register's
    /// own update period where that is longer, times the change of power.
    func edgeResolution(at instant: Instant, updatePeriod: Duration?) -> Joules {
        let index = instants.partitioningIndex { $0 > instant } - 1
        guard index + 1 < instants.count else { return .zero }
        let spacing = instants[index + 1] - instants[index]
        return (readings[index + 1] - readings[index]).magnitude * (updatePeriod.map { max($0, spacing) } ?? spacing)
    }

    /// The indices of the readings inside a window.
    func indices(in window: Range<Instant>) -> Range<Int> {
        let lower = instants.partitioningIndex { $0 >= window.lowerBound }
        return lower..<max(lower, instants.partitioningIndex { $0 >= window.upperBound })
    }
}

extension Array {
    /// The first index whose element satisfies the predicate, in an array where all that do come last. O(log n).
    func partitioningIndex(where isInUpperPart: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isInUpperPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

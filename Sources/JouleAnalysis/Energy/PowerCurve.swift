import JouleModel
import JouleUnits

/// Power as a function of time: the readings joined by straight lines, with the running integral at each.
///
/// Repeated values are kept: dropping them would turn a step into a ramp.
///
/// A reading that is the trailing mean over some time tells of the middle of that time: its curve is shifted back by half of it. The
/// integral of a trailing mean over w, shifted by w/2, is the mean of the true integral over w around each instant: exact where the
/// power stays, and wrong by at most an eighth of w times a step of it.
struct PowerCurve: Sendable {
    /// Over which each reading is the trailing mean; zero for a reading of its own moment.
    let averagingWindow: Duration
    private let lag: Duration
    private(set) var instants: [Instant] = []
    private(set) var readings: [Watts] = []
    /// Energy from the first reading up to each, by trapezoids.
    private var integral: [Joules] = []

    init(averagingWindow: Duration = .zero) {
        self.averagingWindow = max(averagingWindow, .zero)
        lag = self.averagingWindow / 2
    }

    /// Takes the next reading; its instant must lie after all before it.
    mutating func append(_ power: Watts, at reading: Instant) {
        let instant = reading - lag
        if let last = instants.last, let lastPower = readings.last, let sum = integral.last {
            integral.append(sum + (lastPower + power) / 2 * (instant - last))
        } else {
            integral.append(.zero)
        }
        instants.append(instant)
        readings.append(power)
    }

    /// Whether readings were taken before and after a window. In the half averaging window that lies between the last reading and the
    /// middle of what it tells of, its value is held.
    func brackets(_ window: Range<Instant>) -> Bool {
        guard let first = instants.first, let last = instants.last else { return false }
        return first <= window.lowerBound && window.upperBound <= last + lag
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
    ///
    /// What an averaged reading smears across the edge comes on top: the change over the time that the readings around it average.
    func edgeResolution(at instant: Instant, updatePeriod: Duration?) -> Joules {
        rootSumSquare(change(at: instant, updatePeriod: updatePeriod), smear(at: instant))
    }

    private func change(at instant: Instant, updatePeriod: Duration?) -> Joules {
        let index = instants.partitioningIndex { $0 > instant } - 1
        guard index + 1 < instants.count else { return .zero }
        let spacing = instants[index + 1] - instants[index]
        return (readings[index + 1] - readings[index]).magnitude * (updatePeriod.map { max($0, spacing) } ?? spacing)
    }

    private func smear(at instant: Instant) -> Joules {
        guard averagingWindow > .zero, let first = instants.first, let last = instants.last else { return .zero }
        let before = power(at: max(instant - lag, first))
        let after = power(at: min(instant + lag, last))
        // Where the curve ends before the averaging does, half of the window is unseen instead of an eighth of it left open.
        let share = instant + lag <= last ? 0.125 : 0.5
        return (after - before).magnitude * averagingWindow.scaled(by: share)
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

import JouleModel
import JouleUnits

/// How often a sensor is renewed, from the moments at which its value was seen to change.
///
/// A renewal that brings the old value again is not seen, so distances between changes are the period or longer, and their median is the
/// load's as often as the sensor's. The shortest that comes again and again is the closest that a recording gets to the period from above.
extension SensorCharacter {
    /// One change of a value.
    struct Change {
        let seen: Instant
        /// How long before it was seen it had not been read.
        let unread: Duration
        /// The new value; nil for a counter, which moves with every renewal while anything is drawn.
        var power: Watts?
    }

    /// Fewer changes say nothing.
    private static let leastChanges = 5
    /// A distance counts as the same up to half as long again: reads see both of its ends late.
    private static let cluster = 1.5

    /// The period as the quiet readings have it, where they have one and the whole run shows none that is clearly shorter.
    static func period(of changes: [Change], quiet: [Range<Instant>]) -> Period? {
        let whole = period(of: [changes[...]], source: .run)
        let calm = period(
            of: quiet.filter { !$0.isEmpty }.map { range in
                let start = changes.partitioningIndex { $0.seen >= range.lowerBound }
                return changes[start..<max(start, changes.partitioningIndex { $0.seen >= range.upperBound })]
            }, source: .idle)
        guard let calm else { return whole }
        guard let whole else { return calm }
        // Another's load may run before ours.
        if calm.isLimitedByLoad != whole.isLimitedByLoad { return calm.isLimitedByLoad ? whole : calm }
        return calm.distance <= whole.distance * cluster ? calm : whole
    }

    private struct Distance {
        let length: Duration
        /// How long the value had not been read when its end was seen.
        let unread: Duration
    }

    /// - Parameter stretches: distances are taken inside of each, and not from one to the next.
    private static func period(of stretches: [ArraySlice<Change>], source: Source) -> Period? {
        let distances = stretches.flatMap { changes in
            zip(changes.dropFirst(), changes).map { Distance(length: $0.seen - $1.seen, unread: $0.unread) }
        }
        guard let alike = recurring(distances.sorted { $0.length < $1.length }) else { return nil }
        let length = alike[alike.startIndex + alike.count / 2].length
        let unread = alike.map(\.unread).sorted()
        return Period(
            distance: length, isLimitedByReads: length < unread[unread.count / 2] * 1.5,
            isLimitedByLoad: isPattern(stretches.joined().compactMap(\.power)), source: source)
    }

    /// The shortest distances that are alike and not rare.
    private static func recurring(_ sorted: [Distance]) -> ArraySlice<Distance>? {
        let enough = max(leastChanges - 1, sorted.count / 10)
        var end = 0
        for start in sorted.indices {
            while end < sorted.count, sorted[end].length <= sorted[start].length * cluster { end += 1 }
            if end - start >= enough { return sorted[start..<end] }
        }
        return nil
    }

    /// Whether values jump between a few levels: a load that repeats itself, and no noise that would show each renewal.
    private static func isPattern(_ powers: [Watts]) -> Bool {
        guard powers.count >= leastChanges - 1 else { return false }
        let jumps = zip(powers.dropFirst(), powers).map { ($0 - $1).magnitude }.sorted()
        let mean = powers.sum() / Double(powers.count)
        guard mean > .zero else { return false }
        // A thousandth is the rounding of a sum, and no level of its own.
        let levels = Set(powers.map { ($0 / mean * 1_000).rounded() })
        return levels.count <= max(2, powers.count / 4) && jumps[jumps.count / 2] >= mean.magnitude * 0.05
    }
}

extension Recording {
    /// The times before the load in which nothing is asked: that before the first phase, in which counters are read fast, and the idle
    /// phases.
    var quietTimes: [Range<Instant>] {
        let start = environment.start.monotonic
        let before = state.phases.first.map { max(start, $0.start) }.map { [start..<$0] } ?? []
        return before + [Phase.idleHost, .idleLoaded].compactMap { window(of: $0) }
    }
}

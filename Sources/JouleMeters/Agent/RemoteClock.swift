import JouleUnits

/// The monotonic clock of another machine in terms of ours, from round trips.
///
/// While a question was on its way and its answer came back, the other clock was read once: somewhere between the two stamps. The middle
/// is the estimate, half the round trip the bound (F. Cristian, "Probabilistic clock synchronization", Distributed Computing 3, 1989). An
/// estimate ages: two clocks run apart by up to `drift`. For each instant the estimate counts whose aged bound is the smallest there, so of
/// round trips close together the shortest one wins.
package struct RemoteClock: Sendable {
    /// What two clocks run apart at most, nanoseconds in a nanosecond: crystals keep ± 50 ppm each.
    package static let drift = 100e-6

    /// One round trip.
    struct Fix: Sendable, Hashable {
        /// The other clock's reading.
        let remote: Int64
        /// What is added to it to get ours, nanoseconds.
        let offset: Int64
        /// How wrong the offset can be at that reading, nanoseconds.
        let bound: Int64

        func bound(at instant: Int64) -> Double { Double(bound) + abs(Double(instant - remote)) * RemoteClock.drift }
    }

    private(set) var fixes: [Fix] = []
    package private(set) var roundTrips = 0
    /// How often a round trip contradicted the ones before it: the other clock was set, or stood still.
    package private(set) var steps = 0
    private static let mostFixes = 256

    package init() {}

    /// Takes note of a round trip, both stamps on our clock.
    package mutating func note(sent: Instant, received: Instant, remote: Instant) {
        guard received >= sent else { return }
        roundTrips += 1
        let half = (received.nanoseconds - sent.nanoseconds + 1) / 2
        let fix = Fix(remote: remote.nanoseconds, offset: sent.nanoseconds + half - remote.nanoseconds, bound: half)
        if let best = best(at: fix.remote), Double(abs(best.offset - fix.offset)) > best.bound(at: fix.remote) + Double(fix.bound) {
            fixes.removeAll()
            steps += 1
        }
        // An estimate that is nowhere better than another one is not kept.
        if fixes.contains(where: { $0.bound(at: fix.remote) <= Double(fix.bound) }) { return }
        fixes.removeAll { fix.bound(at: $0.remote) <= Double($0.bound) }
        fixes.append(fix)
        if fixes.count > Self.mostFixes { fixes.removeFirst() }
    }

    /// The other machine was started anew: its clock is another one.
    package mutating func forget() { fixes.removeAll() }

    private func best(at instant: Int64) -> Fix? {
        fixes.min { $0.bound(at: instant) < $1.bound(at: instant) }
    }

    /// An instant of the other clock on ours, and how wrong that can be; nil before the first round trip.
    package func place(_ remote: Instant) -> (instant: Instant, bound: Duration)? {
        guard let fix = best(at: remote.nanoseconds) else { return nil }
        return (
            Instant(nanoseconds: remote.nanoseconds + fix.offset),
            .nanoseconds(Int64(fix.bound(at: remote.nanoseconds).rounded(.up)))
        )
    }

    /// What is added to the other clock to get ours, by the estimate of the latest reading.
    package var offset: Duration? {
        guard let latest = fixes.map(\.remote).max(), let fix = best(at: latest) else { return nil }
        return .nanoseconds(fix.offset)
    }
}

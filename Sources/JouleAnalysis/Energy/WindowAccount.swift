import JouleModel
import JouleUnits

/// The ledger of one window together with the curves it was added up from, so that baselines can be cut from the very same ones.
package struct WindowAccount: Sendable {
    /// One channel that counts into a total.
    struct Part: Sendable {
        let trace: MeterTrace
        let energy: WindowEnergy
        /// The machine that the device is in; nil for this one.
        var host: String?
    }

    /// Every channel's energy and the totals.
    package let ledger: Ledger
    /// What the channels that count and the totals have against them.
    package let flags: [Summary.RaisedFlag]
    /// For each scope with a total the channels that make it up; for `system` all siblings.
    let parts: [Scope: [Part]]
    /// What each node used beside its parts, where it was metered and no meter says it itself.
    let remainders: [(host: String?, energy: Measured<Joules>)]

    /// The window that was cut.
    package var window: Range<Instant> { ledger.window }

    /// The largest power of a scope inside the window: that of its one device, or of the sum over its devices.
    package func peakPower(of scope: Scope) -> Reading<Measured<Watts>> {
        guard case .value(let energy) = ledger.total(of: scope) else { return .absent(reason: ledger.reasonWithout(scope)) }
        let parts = parts[scope] ?? []
        let profiles = parts.map { $0.trace.profile(in: window) }
        guard !parts.isEmpty, profiles.allSatisfy({ !$0.isEmpty }), let peak = largestSum(of: profiles) else {
            return .absent(reason: "no power reading inside the window")
        }
        // A sensor's gain holds for its power as for its energy; the edges of the window do not matter to a peak.
        let gain = combine(parts.map { ($0.trace.channel.meter, $0.energy.systematic, .zero) }).systematic
        let relative = energy.value > .zero ? gain / energy.value : nil
        let interval = relative.map { peak * $0 }
        return .value(
            Measured(peak, plusMinus: interval, systematic: interval, method: energy.method, scope: scope, flags: energy.flags))
    }

    /// The largest value of a sum of piecewise linear functions, which lies at a corner of one of them.
    private func largestSum(of profiles: [[(instant: Instant, power: Watts)]]) -> Watts? {
        guard profiles.count > 1 else { return profiles.first?.map(\.power).max() }
        var positions = Array(repeating: 0, count: profiles.count)
        let corners = profiles.flatMap { $0.map(\.instant.nanoseconds) }.sorted()
        var peak = -Double.infinity
        // Bare numbers: an hour of eight devices has hundreds of thousands of corners.
        for corner in corners {
            var sum = 0.0
            for index in profiles.indices {
                var position = positions[index]
                while position + 1 < profiles[index].count, profiles[index][position + 1].instant.nanoseconds <= corner { position += 1 }
                positions[index] = position
                let left = profiles[index][position]
                let begin = left.instant.nanoseconds
                guard begin < corner, position + 1 < profiles[index].count else {
                    sum += left.power.rawValue
                    continue
                }
                let right = profiles[index][position + 1]
                let share = Double(corner - begin) / Double(right.instant.nanoseconds - begin)
                sum += left.power.rawValue + (right.power.rawValue - left.power.rawValue) * share
            }
            peak = max(peak, sum)
        }
        return peak.isFinite ? Watts(peak) : nil
    }
}

/// Adds intervals up: gains of one meter family err together and add linearly, everything else as variances.
func combine<Value: Quantity>(
    _ parts: [(family: String, systematic: Value, random: Value)]
) -> (systematic: Value, random: Value, total: Value) {
    var systematic = 0.0
    var random = 0.0
    // In the order of names: a sum must not depend on the order in which meters were found.
    for family in Set(parts.map(\.family)).sorted() {
        let gain = parts.filter { $0.family == family }.map(\.systematic).sum().rawValue
        systematic += gain * gain
    }
    for part in parts { random += part.random.rawValue * part.random.rawValue }
    return (Value(systematic.squareRoot()), Value(random.squareRoot()), Value((systematic + random).squareRoot()))
}

/// Adds the intervals of channels up. A clock that is wrong moves all channels of its machine alike, so that their parts of it add
/// linearly, as gains of one meter family do; they are in `random` all the same, for they differ from window to window.
///
/// - Parameter systematic: of each part, where it is not that of its energy.
func combine(
    _ parts: [WindowAccount.Part], systematic: [Joules]? = nil
) -> (systematic: Joules, random: Joules, total: Joules) {
    let gains = systematic ?? parts.map(\.energy.systematic)
    let own = combine(zip(parts, gains).map { ($0.trace.channel.meter, $1, $0.energy.random) })
    let clocks = combine(parts.map { ($0.trace.channel.host ?? "", $0.energy.clock, .zero) }).systematic
    return (own.systematic, rootSumSquare(own.random, clocks), rootSumSquare(own.total, clocks))
}

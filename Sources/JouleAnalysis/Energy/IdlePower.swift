import JouleModel
import JouleStatistics
import JouleUnits

/// The mean power of a scope over an idle window, with the interval of that mean.
package struct IdlePower: Hashable, Sendable {
    /// The mean with its full interval: the sensor's gain and the scatter.
    package let power: Measured<Watts>
    /// Half the 95 % interval of the mean from scatter alone: what a difference to another window of the same sensor has.
    package let scatter: Watts
    /// How far the baseline had moved when it was checked again after the run, where that is more than scatter.
    package internal(set) var drift: Watts?
    /// The mean of each channel, in the order of the account's parts.
    let means: [Watts]

    /// Half the 95 % interval of a difference to another window of the same sensor: scatter, and drift where there was some.
    var unsteadiness: Watts { drift.map { rootSumSquare(scatter, $0) } ?? scatter }
}

/// `net = gross − P_idle · Δt`; keeps its sign.
package func netEnergy(gross: Joules, idle: Watts, over duration: Duration) -> Joules { gross - idle * duration }

extension WindowAccount {
    /// Idle power of a scope, from the same channels that make up its total in this account.
    ///
    /// Power readings follow one another too closely to be independent, so their plain standard error would be far too small. The
    /// window is cut into at most 20 blocks of half a second or more, and the scatter of the blocks' means, themselves integrals,
    /// gives the standard error (method of batch means: A. M. Law, "Simulation Modeling and Analysis", 5th ed., 9.5.3). What
    /// correlation is left between blocks is not corrected for.
    package func idlePower(of scope: Scope, in idle: Range<Instant>) -> Reading<IdlePower> {
        guard let parts = parts[scope] else { return .absent(reason: "no idle power: \(ledger.reasonWithout(scope))") }
        let energies = parts.map { $0.trace.energy(in: idle) }
        let readings = energies.compactMap(\.energy.value)
        guard readings.count == parts.count else {
            let reasons = zip(parts, energies).compactMap { part, energy in
                energy.energy.reason.map { "\(part.trace.channel.label): \($0)" }
            }
            return .absent(reason: "no idle power: \(reasons.joined(separator: "; "))")
        }
        let means = readings.map { $0.value / idle.duration }
        let edges = combine(zip(parts, energies).map { Part(trace: $0.trace, energy: $1, host: $0.host) })
        let blocks = blockMeans(of: parts, in: idle)
        var scatter = edges.random / idle.duration
        // With one block there is no scatter to see, and of a constant model only the rounding of its integrals; the edges alone stay.
        if let blocks = Moments(blocks.map(\.rawValue))?.plusMinus95.map({ Watts($0) }), blocks > means.sum().magnitude * 1e-12 {
            scatter = rootSumSquare(scatter, blocks)
        }
        return .value(
            IdlePower(
                power: Measured(
                    means.sum(), plusMinus: rootSumSquare(edges.systematic / idle.duration, scatter),
                    systematic: edges.systematic / idle.duration,
                    method: readings.map(\.method).reduce(.measuredCounter) { $0.weaker($1) }, scope: scope,
                    flags: readings.map(\.flags).reduce([]) { $0.union($1) }),
                scatter: scatter, drift: nil, means: means))
    }

    private func blockMeans(of parts: [Part], in idle: Range<Instant>) -> [Watts] {
        let shortest = parts.map { $0.trace.period * 4 }.reduce(.milliseconds(500), max)
        let count = min(20, Int(idle.duration / shortest))
        guard count >= 2 else { return [] }
        return idle.parts(count).compactMap { meanPower(of: parts, in: $0) }
    }

    private func meanPower(of parts: [Part], in window: Range<Instant>) -> Watts? {
        let energies = parts.compactMap { $0.trace.energy(in: window).energy.value?.value }
        return energies.count == parts.count && !energies.isEmpty ? energies.sum() / window.duration : nil
    }

    /// The mean powers of a scope over equal parts of the window; empty where a part has none.
    func meanPowers(of scope: Scope, parts count: Int) -> [Watts] {
        let means = window.parts(count).compactMap { meanPower(of: parts[scope] ?? [], in: $0) }
        return means.count == count ? means : []
    }

    /// The difference between idle power after the run and before it, when it is more than their scatter and more than 2 %.
    ///
    /// The sensor's gain is the same in both and does not excuse a difference.
    package func drift(from before: IdlePower, to after: IdlePower) -> Watts? {
        let difference = (after.power.value - before.power.value).magnitude
        let isLarge = difference > rootSumSquare(before.scatter, after.scatter) && difference > before.power.value.magnitude * 0.02
        return isLarge ? difference : nil
    }

    /// Energy over an idle baseline. The gain cancels as far as baseline and window share a sensor, so it is taken of each
    /// channel's net; scatter and drift of the baseline grow with the length of the window.
    package func net(of scope: Scope, over idle: IdlePower) -> Reading<Measured<Joules>> {
        guard case .value(let gross) = ledger.total(of: scope), let parts = parts[scope] else {
            return .absent(reason: ledger.reasonWithout(scope))
        }
        let errors = errors(of: parts, idle) { gross, idle in netEnergy(gross: gross, idle: idle, over: window.duration) }
        let value = netEnergy(gross: gross.value, idle: idle.power.value, over: window.duration)
        var flags = gross.flags.union(idle.power.flags)
        // A constant model nets to nothing; what is below a millionth of the gross is the rounding of a subtraction.
        if value < gross.value.magnitude * -1e-6 { flags.insert(.negativeNet) }
        if idle.drift != nil { flags.insert(.baselineDrift) }
        return .value(
            Measured(
                value, plusMinus: rootSumSquare(errors.total, idle.unsteadiness * window.duration), systematic: errors.systematic,
                method: gross.method.weaker(idle.power.method), scope: scope, flags: flags))
    }

    /// The part of the gross energy that the idle machine would have used too, in percent.
    ///
    /// Numerator and denominator come from the same sensors, so the gain of one alone cancels. Of several, each moves the share as far as
    /// its own idle energy differs from the common share of its gross energy; how their gains hang together nobody knows, so that they
    /// are taken as though they added up.
    func idleShare(of gross: Measured<Joules>, over idle: IdlePower) -> Figure {
        let share = idle.power.value * window.duration / gross.value
        let errors = errors(of: parts[gross.scope] ?? [], idle) { gross, idle in idle * window.duration - gross * share }
        let scatter = rootSumSquare(idle.unsteadiness * window.duration, errors.random * share)
        return Figure(
            value: share * 100, unit: "%", plusMinus: rootSumSquare(scatter, errors.systematic) / gross.value * 100,
            systematic: errors.systematic / gross.value * 100, method: gross.method.weaker(idle.power.method).rawValue,
            scope: gross.scope, flags: gross.flags)
    }

    /// The errors of a difference between gross energies and idle powers, of which each sensor's gain moves its own difference.
    private func errors(
        of parts: [Part], _ idle: IdlePower, difference: (_ gross: Joules, _ idle: Watts) -> Joules
    ) -> (systematic: Joules, random: Joules, total: Joules) {
        let energies = parts.compactMap(\.energy.energy.value?.value)
        return combine(
            parts,
            systematic: zip(parts, zip(energies, idle.means)).map { part, pair in
                difference(pair.0, pair.1).magnitude * part.trace.channel.gain
            })
    }
}

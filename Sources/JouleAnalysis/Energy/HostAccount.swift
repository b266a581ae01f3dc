import JouleModel
import JouleUnits

/// What the channels of one machine come to: containment and the difference to a node meter hold within a machine only.
struct HostAccount {
    /// nil: the machine that ran the tool.
    let host: String?
    let parts: [Scope: [WindowAccount.Part]]
    let totals: [Scope: Reading<Measured<Joules>>]
    let siblings: Siblings
    /// The channels that count into `system`.
    let members: [WindowAccount.Part]
    let system: Reading<Measured<Joules>>?
    /// What the node used beside its parts; nil without a node meter or without a sum of parts.
    let remainder: Measured<Joules>?

    /// - Parameter best: for each device and scope the one channel that counts.
    init(_ host: String?, _ best: [WindowAccount.Part]) {
        self.host = host
        let parts = Dictionary(grouping: best, by: \.trace.channel.scope)
        let totals = parts.reduce(into: [:]) { $0[$1.key] = energyTotal(of: $1.key, $1.value) }
        let modelled = parts.filter { $0.value.allSatisfy { $0.trace.channel.kind == .model } }
        let siblings = Siblings(totals, modelled: Set(modelled.keys))
        let members = Scope.allCases.filter { siblings.scopes.contains($0) }.flatMap { parts[$0] ?? [] }
        if let reason = siblings.absentReason {
            system = .absent(reason: reason)
        } else {
            system =
                members.isEmpty ? nil : energyTotal(of: .system, members, extra: siblings.missing.isEmpty ? [] : [.energyUnavailable])
        }
        if case .value(let node)? = totals[.node], case .value(let sum)? = system, totals[.other] == nil {
            // Node and parts are different meters, so their intervals combine as variances.
            let errors = combine((parts[.node] ?? []) + members)
            remainder = Measured(
                node.value - sum.value, plusMinus: errors.total, systematic: errors.systematic, method: node.method.weaker(sum.method),
                scope: .other,
                flags: node.flags.union(sum.flags))
        } else {
            remainder = nil
        }
        self.parts = parts
        self.totals = totals
        self.siblings = siblings
        self.members = members
    }

    /// Whether nothing but the whole machine, or the site, was metered: there are no parts to add up, and none to miss.
    var isMeteredAsWhole: Bool { !parts.isEmpty && parts.keys.allSatisfy { $0 == .node || $0 == .facility } }

    func isCounted(_ part: WindowAccount.Part) -> Bool { siblings.scopes.contains(part.trace.channel.scope) }
}

/// The sum of parts as one figure; absent, with the names, when one of them has none.
func energyTotal(of scope: Scope, _ parts: [WindowAccount.Part], extra: Set<Flag> = []) -> Reading<Measured<Joules>> {
    let without = parts.compactMap { part in part.energy.energy.reason.map { "\(part.trace.channel.label): \($0)" } }
    guard without.isEmpty else { return .absent(reason: without.joined(separator: "; ")) }
    let readings = parts.compactMap(\.energy.energy.value)
    let errors = combine(parts)
    return .value(
        Measured(
            readings.map(\.value).sum(), plusMinus: errors.total, systematic: errors.systematic,
            method: readings.map(\.method).reduce(.measuredCounter) { $0.weaker($1) }, scope: scope,
            flags: readings.map(\.flags).reduce(extra) { $0.union($1) }))
}

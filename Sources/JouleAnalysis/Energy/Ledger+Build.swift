import JouleModel
import JouleUnits

extension Ledger {
    /// The containment ledger of a window, from the readings of all channels; their order does not matter.
    package static func build(from series: [SampleSeries], in window: Range<Instant>, samplePeriod: Duration) -> Ledger {
        WindowAccount(series.map { MeterTrace($0, samplePeriod: samplePeriod) }, in: window).ledger
    }

    /// Why a scope has no total.
    func reasonWithout(_ scope: Scope) -> String { total(of: scope).reason ?? "the scope \(scope.rawValue) is not made of channels" }
}

extension WindowAccount {
    /// Cuts one window out of every channel and decides what counts.
    ///
    /// 1. Of several meters on one device and scope the best counts: counter before power before model, then the narrower interval.
    /// 2. A scope's total is the sum over its devices. One device without energy leaves the scope without a total: half of two
    ///    GPUs must not pass for both.
    /// 3. `system` adds siblings only. A module stands for its GPU and CPU; for the processors `psys`, else `package`, else the
    ///    model of the CPU. Where a wider scope has no total, the next one stands in for it; where none has, `system` has none.
    /// 4. Node and facility are reported apart, and `other` is what the node used beside its parts.
    package init(_ traces: [MeterTrace], in window: Range<Instant>) {
        let candidates = traces.filter(\.channel.countsInTotals).map { Part(trace: $0, energy: $0.energy(in: window)) }.sorted(by: isBefore)
        var best: [Part] = []
        var spare: [(part: Part, better: String)] = []
        for candidate in candidates {
            if let last = best.last, last.trace.channel.scope == candidate.trace.channel.scope,
                last.trace.channel.device == candidate.trace.channel.device
            {
                spare.append((candidate, last.trace.channel.meter))
            } else {
                best.append(candidate)
            }
        }
        var parts: [Scope: [Part]] = [:]
        for part in best { parts[part.trace.channel.scope, default: []].append(part) }
        var totals = Dictionary(uniqueKeysWithValues: parts.map { ($0.key, total(of: $0.key, $0.value)) })

        let system = Siblings(totals)
        let members = Scope.allCases.filter { system.scopes.contains($0) }.flatMap { parts[$0] ?? [] }
        if let reason = system.absentReason {
            totals[.system] = .absent(reason: reason)
        } else if !members.isEmpty {
            totals[.system] = total(of: .system, members, extra: system.missing.isEmpty ? [] : [.energyUnavailable])
            parts[.system] = members
        }

        var entries = best.map { part in
            let isIn = system.scopes.contains(part.trace.channel.scope)
            return LedgerEntry(part, inTotal: isIn, whyNot: isIn ? nil : system.reasonAgainst(part.trace.channel.scope))
        }
        entries += spare.map { LedgerEntry($0.part, inTotal: false, whyNot: "\($0.better) counts this device") }
        if case .value(let node)? = totals[.node], case .value(let sum)? = totals[.system], totals[.other] == nil {
            let other = Self.other(node, sum, parts[.node] ?? [], members)
            totals[.other] = .value(other)
            entries.append(
                LedgerEntry(
                    scope: .other, device: "node", meter: "difference", energy: other.value, plusMinus: other.plusMinus,
                    meanPower: other.value / window.duration, peakPower: nil, method: other.method, flags: other.flags,
                    reason: "node less its parts", inTotal: false))
        }
        entries.sort { ($0.scope.rank, $0.device, $0.meter) < ($1.scope.rank, $1.device, $1.meter) }

        ledger = Ledger(window: window, entries: entries, totals: totals)
        self.parts = parts
        flags = Self.raise(best, counted: system.scopes, missing: system.missing)
    }

    /// What the node used beside its parts. Node and parts are different meters, so their intervals combine as variances.
    private static func other(_ node: Measured<Joules>, _ sum: Measured<Joules>, _ nodes: [Part], _ members: [Part]) -> Measured<Joules> {
        let errors = combine((nodes + members).map { ($0.trace.channel.meter, $0.energy.systematic, $0.energy.random) })
        return Measured(
            node.value - sum.value, plusMinus: errors.total, method: node.method.weaker(sum.method), scope: .other,
            flags: node.flags.union(sum.flags))
    }

    /// Flags of the best channel of every device, but not those of a model whose place a sensor has taken.
    private static func raise(_ best: [Part], counted: Set<Scope>, missing: [String]) -> [Summary.RaisedFlag] {
        var raised: [Summary.RaisedFlag] = []
        for part in best where counted.contains(part.trace.channel.scope) || part.trace.channel.kind != .model {
            for (flag, detail) in part.energy.flags.sorted(by: { $0.key < $1.key }) {
                raised.append(Summary.RaisedFlag(flag, detail: "\(part.trace.channel.name): \(detail)"))
            }
        }
        return raised + missing.map { Summary.RaisedFlag(.energyUnavailable, detail: "the system total lacks \($0)") }
    }
}

/// The sum of parts as one figure; absent, with the names, when one of them has none.
private func total(of scope: Scope, _ parts: [WindowAccount.Part], extra: Set<Flag> = []) -> Reading<Measured<Joules>> {
    let without = parts.compactMap { part in part.energy.energy.reason.map { "\(part.trace.channel.name): \($0)" } }
    guard without.isEmpty else { return .absent(reason: without.joined(separator: "; ")) }
    let readings = parts.compactMap(\.energy.energy.value)
    let errors = combine(parts.map { ($0.trace.channel.meter, $0.energy.systematic, $0.energy.random) })
    return .value(
        Measured(
            readings.map(\.value).sum(), plusMinus: errors.total, systematic: errors.systematic,
            method: readings.map(\.method).reduce(.measuredCounter) { $0.weaker($1) }, scope: scope,
            flags: readings.map(\.flags).reduce(extra) { $0.union($1) }))
}

/// By scope, then device, then the better meter first; a total order, so that nothing depends on how channels were found.
private func isBefore(_ left: WindowAccount.Part, _ right: WindowAccount.Part) -> Bool {
    func key(_ part: WindowAccount.Part) -> (Int, String, Int, Double, String) {
        let width = part.energy.energy.value?.plusMinus?.rawValue ?? .infinity
        let channel = part.trace.channel
        return (channel.scope.rank, channel.device, part.energy.method.rank, width, channel.meter)
    }
    return key(left) < key(right)
}

extension LedgerEntry {
    fileprivate init(_ part: WindowAccount.Part, inTotal: Bool, whyNot: String?) {
        let channel = part.trace.channel
        let measured = part.energy.energy.value
        self.init(
            scope: channel.scope, device: channel.device, meter: channel.meter, energy: measured?.value, plusMinus: measured?.plusMinus,
            meanPower: part.energy.meanPower, peakPower: part.energy.peakPower, method: part.energy.method,
            flags: Set(part.energy.flags.keys), reason: part.energy.energy.reason ?? whyNot, inTotal: inTotal)
    }
}

extension Scope {
    /// The place in the order in which scopes are listed.
    var rank: Int { Scope.allCases.firstIndex(of: self) ?? Scope.allCases.count }
}

extension EnergyMethod {
    var rank: Int { EnergyMethod.allCases.firstIndex(of: self) ?? EnergyMethod.allCases.count }
}

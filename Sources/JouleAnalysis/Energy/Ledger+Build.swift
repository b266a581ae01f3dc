import JouleModel
import JouleUnits

extension Ledger {
    /// Why a scope has no total.
    func reasonWithout(_ scope: Scope) -> String { total(of: scope).reason ?? "the scope \(scope.rawValue) is not made of channels" }
}

extension WindowAccount {
    /// Cuts one window out of every channel and decides what counts.
    ///
    /// 1. Of several meters on one device and scope the best counts: counter before power before model, then the narrower interval.
    ///    A model does not count beside a sensor of its scope and machine.
    /// 2. A scope's total is the sum over its devices, of all machines. One device without energy leaves the scope without a total:
    ///    half of two GPUs must not pass for both.
    /// 3. `system` adds siblings only, those of each machine. A module stands for its GPU and CPU; for the processors `psys`, else
    ///    `package`, else the model of the CPU. Where a wider scope has no total, the next one stands in for it; where none has,
    ///    `system` has none.
    /// 4. Node and facility are reported apart, and `other` is what a node used beside its parts.
    ///
    /// - Parameter localHost: this machine's own name; an agent that runs on it reads the same devices as we do.
    package init(_ traces: [MeterTrace], in window: Range<Instant>, localHost: String? = nil) {
        func part(_ trace: MeterTrace) -> Part {
            Part(trace: trace, energy: trace.energy(in: window), host: trace.channel.host(seenFrom: localHost))
        }
        let candidates = traces.filter(\.channel.countsInTotals).map(part).sorted(by: isBefore)
        // A channel without energy and power, such as the share of a process, has no line in a ledger.
        let shown = traces.filter { !$0.channel.countsInTotals && ($0.channel.hasEnergy || $0.channel.hasPower) }.map(part)
        var best: [Part] = []
        var spare: [(part: Part, whyNot: String)] = []
        for candidate in candidates {
            if let last = best.last, last.identity == candidate.identity {
                spare.append((candidate, "\(last.trace.channel.meter) counts this device"))
            } else if let sensor = Self.sensor(beside: candidate, among: candidates) {
                spare.append((candidate, "\(sensor.trace.channel.meter) measures the \(candidate.trace.channel.scope.rawValue)"))
            } else {
                best.append(candidate)
            }
        }
        let names = Set(best.map(\.host))
        let hosts = (names.isEmpty ? [nil] : names.sorted { ($0 ?? "") < ($1 ?? "") }).map { host in
            HostAccount(host, best.filter { $0.host == host })
        }
        func name(_ host: HostAccount) -> String { host.host ?? "this machine" }

        var parts = Dictionary(grouping: best, by: \.trace.channel.scope)
        var totals = parts.reduce(into: [:]) { $0[$1.key] = energyTotal(of: $1.key, $1.value) }
        // A meter that this machine asks over the network may stand for another one; it takes nothing from the sum of the parts.
        let summed = hosts.filter { !$0.isMeteredAsWhole }
        var missing = summed.flatMap { host in host.siblings.missing.map { hosts.count > 1 ? "\($0) of \(name(host))" : $0 } }
        // Where only wholes were metered there is no sum that could lack something.
        if !summed.isEmpty { missing += hosts.filter(\.isMeteredAsWhole).map { "the parts of \(name($0))" } }
        let members = summed.flatMap(\.members)
        let absent = summed.compactMap { host in
            host.siblings.absentReason.map { hosts.count > 1 ? "\(name(host)): \($0)" : $0 }
        }
        if !absent.isEmpty || summed.isEmpty {
            let asWhole = "no meter covers a part of the system, only the \(Scope.whole(of: parts.keys).rawValue) as a whole"
            totals[.system] = .absent(reason: summed.isEmpty ? asWhole : absent.joined(separator: "; "))
        } else if !members.isEmpty {
            totals[.system] = energyTotal(of: .system, members, extra: missing.isEmpty ? [] : [.energyUnavailable])
            parts[.system] = members
        }

        var entries = hosts.flatMap { host in
            best.filter { $0.host == host.host }.map { part in
                LedgerEntry(
                    part, inTotal: host.isCounted(part), inScopeTotal: true,
                    whyNot: host.isCounted(part) ? nil : host.siblings.reasonAgainst(part.trace.channel.scope))
            }
        }
        entries += spare.map { LedgerEntry($0.part, inTotal: false, inScopeTotal: false, whyNot: $0.whyNot) }
        entries += shown.map { LedgerEntry($0, inTotal: false, inScopeTotal: false, whyNot: $0.trace.channel.whyNotAdded) }
        for host in hosts {
            guard let other = host.remainder else { continue }
            entries.append(
                LedgerEntry(
                    scope: .other, device: "node", meter: "difference", energy: other.value, plusMinus: other.plusMinus,
                    meanPower: other.value / window.duration, peakPower: nil, method: other.method, flags: other.flags,
                    reason: "node less its parts", inTotal: false, host: host.host, inScopeTotal: true))
        }
        if let other = Self.remainders(of: hosts, beside: totals[.other]) { totals[.other] = other }
        // Of one scope the rows that make it up come first.
        func place(_ entry: LedgerEntry) -> (Int, String, Int, String, String) {
            (entry.scope.rank, entry.host ?? "", entry.isPartOfScope ? 0 : 1, entry.device, entry.meter)
        }
        entries.sort { place($0) < place($1) }

        ledger = Ledger(window: window, entries: entries, totals: totals)
        self.parts = parts
        remainders = hosts.compactMap { host in host.remainder.map { (host.host, $0) } }
        flags = Self.raise(hosts, missing: missing)
    }

    /// The sensor that reads what a model only estimates: the same scope of the same machine, whatever each calls its devices.
    private static func sensor(beside part: Part, among parts: [Part]) -> Part? {
        guard part.trace.channel.kind == .model else { return nil }
        return parts.first {
            $0.trace.channel.kind != .model && $0.trace.channel.scope == part.trace.channel.scope && $0.host == part.host
        }
    }

    /// What all nodes used beside their parts, with what a meter says of it itself; nil without a difference.
    private static func remainders(
        of hosts: [HostAccount], beside metered: Reading<Measured<Joules>>?
    ) -> Reading<Measured<Joules>>? {
        let known = hosts.filter { $0.remainder != nil }
        guard !known.isEmpty else { return nil }
        if let reason = metered?.reason { return .absent(reason: reason) }
        let parts = known.flatMap { ($0.parts[.node] ?? []) + $0.members } + hosts.flatMap { $0.parts[.other] ?? [] }
        let errors = combine(parts)
        let figures = known.compactMap(\.remainder) + (metered?.value.map { [$0] } ?? [])
        return .value(
            Measured(
                figures.map(\.value).sum(), plusMinus: errors.total, systematic: errors.systematic,
                method: figures.map(\.method).reduce(.measuredCounter) { $0.weaker($1) }, scope: .other,
                flags: figures.map(\.flags).reduce([]) { $0.union($1) }))
    }

    /// Flags of the best channel of every device, but not those of a model whose place a sensor has taken.
    private static func raise(_ hosts: [HostAccount], missing: [String]) -> [Summary.RaisedFlag] {
        var raised: [Summary.RaisedFlag] = []
        // All channels of an agent miss the same seconds. They matter as much as they cost: what a counter went on counting is
        // there, what only power readings would have told is not.
        var gaps: [String: Flag.Grade] = [:]
        for host in hosts {
            for part in host.parts.values.joined().sorted(by: isBefore) where host.isCounted(part) || part.trace.channel.kind != .model {
                for (flag, detail) in part.energy.flags.sorted(by: { $0.key < $1.key }) {
                    guard flag == .agentGap else {
                        raised.append(Summary.RaisedFlag(flag, detail: "\(part.trace.channel.label): \(detail)"))
                        continue
                    }
                    gaps[detail] = max(gaps[detail] ?? .doubt, part.energy.energy.value == nil ? .invalid : .doubt)
                }
            }
        }
        for (detail, grade) in gaps.sorted(by: { $0.key < $1.key }) {
            var flag = Summary.RaisedFlag(.agentGap, detail: detail)
            flag.grade = grade
            raised.append(flag)
        }
        return raised + missing.map { Summary.RaisedFlag(.energyUnavailable, detail: "the system total lacks \($0)") }
    }
}

/// By scope, then device, then the better meter first; a total order, so that nothing depends on how channels were found.
private func isBefore(_ left: WindowAccount.Part, _ right: WindowAccount.Part) -> Bool {
    let (one, other) = (left.identity, right.identity)
    if one != other { return (one.scope.rank, one.host ?? "", one.device) < (other.scope.rank, other.host ?? "", other.device) }
    func quality(_ part: WindowAccount.Part) -> (Int, Int, Double, String, String) {
        let width = part.energy.energy.value?.plusMinus?.rawValue ?? .infinity
        // A counter that its own power reading contradicts has lost its label, not its place: another power reading of the device
        // would only hide the contradiction.
        let kind = part.energy.method == .measuredPower && part.energy.basis == .counter ? .measuredCounter : part.energy.method
        return (kind.rank, part.energy.basis.rawValue, width, part.trace.channel.meter, part.trace.channel.host ?? "")
    }
    return quality(left) < quality(right)
}

extension WindowAccount.Part {
    /// What two channels have in common that tell of the same thing.
    struct Identity: Hashable {
        let scope: Scope
        let host: String?
        let device: String
    }

    /// A GPU's UUID names it on every machine; any other device is one of its own machine.
    var identity: Identity {
        let channel = trace.channel
        return Identity(scope: channel.scope, host: channel.device.isGPUIdentifier ? nil : host, device: channel.device)
    }
}

extension String {
    /// `GPU-5d2c8b1e-0a4f-4c0f-9a57-3d1f5b6a7c01`.
    fileprivate var isGPUIdentifier: Bool {
        guard hasPrefix("GPU-") else { return false }
        let groups = dropFirst(4).split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy(\.isHexDigit)
    }
}

extension LedgerEntry {
    fileprivate init(_ part: WindowAccount.Part, inTotal: Bool, inScopeTotal: Bool, whyNot: String?) {
        let channel = part.trace.channel
        let measured = part.energy.energy.value
        let remarks = [whyNot, part.energy.labelReason].compactMap(\.self)
        self.init(
            scope: channel.scope, device: channel.device, meter: channel.meter, energy: measured?.value, plusMinus: measured?.plusMinus,
            meanPower: part.energy.meanPower, peakPower: part.energy.peakPower, method: part.energy.method,
            flags: Set(part.energy.flags.keys),
            reason: part.energy.energy.reason ?? (remarks.isEmpty ? nil : remarks.joined(separator: "; ")),
            inTotal: inTotal, host: part.host, inScopeTotal: inScopeTotal)
    }
}

extension Scope {
    /// The place in the order in which scopes are listed.
    var rank: Int { Scope.allCases.firstIndex(of: self) ?? Scope.allCases.count }
}

extension EnergyMethod {
    var rank: Int { EnergyMethod.allCases.firstIndex(of: self) ?? EnergyMethod.allCases.count }
}

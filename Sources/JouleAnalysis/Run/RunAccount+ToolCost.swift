import JouleModel
import JouleUnits

extension RunAccount {
    /// What the tool used in the measured phase, and the power that goes with it; nil where its edges were not noted.
    var toolCost: Summary.ToolCost? {
        guard let marks = recording.state.costMarks, let begin = marks.lastIndex(where: { $0.phase == .measure }),
            marks.indices.contains(begin + 1), marks[begin + 1].instant > marks[begin].instant
        else { return nil }
        let use = marks[begin + 1].use(since: marks[begin])
        var busy: Double?
        if let before = marks[begin].machineBusySeconds, let after = marks[begin + 1].machineBusySeconds, after >= before {
            busy = after - before
        }
        return Summary.ToolCost(use: use, machineBusySeconds: busy, power: toolPower(use, busy: busy))
    }

    /// The tool's part of the busy processor time, times the processor's energy over idle, over time.
    ///
    /// That a second of processor time costs the same whoever uses it is an assumption: cores run at different clocks and do different
    /// work. The interval is therefore that of a model of the processor, 50 %, beside that of the energy itself.
    private func toolPower(_ use: ToolUse, busy: Double?) -> Figure {
        let unit = Watts.symbol
        func absent(_ reason: String, _ scope: Scope? = nil) -> Figure { .absent(unit: unit, scope: scope, reason: reason) }
        guard let span = recording.window(of: .measure) else { return absent("the measure phase was not run to its end") }
        // The meters of other machines say nothing of this one.
        let local = WindowAccount(traces.filter { $0.channel.host == nil }, in: span)
        let scopes: [Scope] = [.package, .cpu]
        guard let scope = scopes.first(where: { local.ledger.totals[$0]?.value != nil }) ?? scopes.first(where: { local.parts[$0] != nil })
        else { return absent("no meter and no model covers the processor") }
        guard let busy else { return absent("the machine's busy processor time was not read", scope) }
        // The kernel counts the machine in ticks of 10 ms, and the tool to the microsecond.
        guard busy >= 0.1 else { return absent("the processors were busy for less than 0.1 s", scope) }
        guard let idle = recording.window(of: .idleLoaded) ?? recording.window(of: .idleHost) else {
            return absent("no idle phase was run, so there is no energy over idle", scope)
        }
        let net: Measured<Joules>
        switch local.idlePower(of: scope, in: idle) {
        case .absent(let reason): return absent(reason, scope)
        case .value(let baseline):
            switch local.net(of: scope, over: baseline) {
            case .absent(let reason): return absent(reason, scope)
            case .value(let energy): net = energy
            }
        }
        guard net.value > .zero else { return absent("the processor used no more than when it was idle", scope) }
        let share = min(use.cpuSeconds / busy, 1) / span.duration.seconds
        let value = net.value.rawValue * share
        let interval = net.plusMinus.map { rootSumSquare(Joules($0.rawValue * share), Joules(value * 0.5)).rawValue }
        return Figure(
            value: value, unit: unit, plusMinus: interval, method: EnergyMethod.modelled.rawValue, scope: scope,
            flags: net.flags.subtracting([.negativeNet]))
    }
}

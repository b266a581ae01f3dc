import Foundation
import JouleAnalysis
import JouleMeters
import JouleModel
import JouleProcess
import JouleRunner
import JouleUnits

/// What `measure --json` prints: for one run its fields at the top, for several a list of them with the spread.
struct MeasureResult: Encodable {
    struct Mark: Encodable {
        let name: String
        let startUnixSeconds: Double
        let durationSeconds: Double
        let ledger: [LedgerEntry]
        private enum CodingKeys: String, CodingKey {
            case name, ledger
            case startUnixSeconds = "start_unix_seconds"
            case durationSeconds = "duration_seconds"
        }
    }
    struct Run: Encodable {
        let startUnixSeconds: Double
        let endUnixSeconds: Double
        let durationSeconds: Double
        let exitStatus: Int32
        /// Of the system, or of the node or the site where nothing else was metered.
        let total: Figure
        /// Of every scope that was metered, by its name.
        let totals: [String: Figure]
        let net: Figure?
        let ledger: [LedgerEntry]
        /// What the devices and the total have against them.
        let flags: [Summary.RaisedFlag]
        let marks: [Mark]
        private enum CodingKeys: String, CodingKey {
            case total, totals, net, ledger, flags, marks
            case startUnixSeconds = "start_unix_seconds"
            case endUnixSeconds = "end_unix_seconds"
            case durationSeconds = "duration_seconds"
            case exitStatus = "exit_status"
        }
    }
    /// Mean over the repetitions with its 95 % interval: the scatter of the runs (Student t), and the gain of the sensors, which
    /// repetitions do not shrink.
    struct Spread: Encodable {
        let energy: RepeatedFigure
        let meanSeconds: Double

        private enum CodingKeys: String, CodingKey {
            case count = "n"
            case meanJoules = "mean_energy_joules"
            case plusMinusJoules = "plus_minus_joules"
            case random = "plus_minus_random_joules"
            case systematic = "plus_minus_systematic_joules"
            case meanSeconds = "mean_duration_seconds"
            case method, scope, flags, reason
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(energy.count, forKey: .count)
            try container.encode(energy.mean, forKey: .meanJoules)
            try container.encode(energy.plusMinus, forKey: .plusMinusJoules)
            try container.encodeIfPresent(energy.random, forKey: .random)
            try container.encodeIfPresent(energy.systematic, forKey: .systematic)
            try container.encode(meanSeconds, forKey: .meanSeconds)
            try container.encode(energy.method, forKey: .method)
            try container.encodeIfPresent(energy.scope, forKey: .scope)
            try container.encode(energy.flags, forKey: .flags)
            try container.encodeIfPresent(energy.reason, forKey: .reason)
        }
    }

    var runs: [Run] = []
    var idlePower: Figure?
    var spread: Spread?
    var sampling: SamplingStatistics
    /// How the sensors behaved over all runs.
    var sensors: [Summary.Sensor] = []
    /// What measuring took, from before the idle phase to after the last run; the command's own use is not in it.
    var ownCost: ToolUse?
    var unavailable: [RunEnvironment.Unavailable]
    /// How well the clocks of agents were known, and what of their samples is missing.
    var agents: [AgentRecord]?
    /// The signal that ended the measurement before or between its runs; the exit status says it, the JSON does not.
    var interruptedBy: Int32?

    private enum CodingKeys: String, CodingKey {
        case runs, sampling, sensors, spread, agents
        case idlePower = "idle_power"
        case ownCost = "own_cost"
        case unavailable = "unavailable_meters"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if runs.count == 1 { try runs[0].encode(to: encoder) } else { try container.encode(runs, forKey: .runs) }
        try container.encodeIfPresent(idlePower, forKey: .idlePower)
        try container.encodeIfPresent(spread, forKey: .spread)
        try container.encode(sampling, forKey: .sampling)
        try container.encode(sensors, forKey: .sensors)
        try container.encodeIfPresent(ownCost, forKey: .ownCost)
        try container.encode(unavailable, forKey: .unavailable)
        try container.encodeIfPresent(agents, forKey: .agents)
    }
}

/// Runs a command between two edges of a window, as often as asked.
struct CommandMeasurement {
    let session: MeasurementSession
    let selection: MeterSelection
    let command: [String]
    let period: Duration

    func run(idle: Duration?, times: Int, say: (String) -> Void) async throws -> MeasureResult {
        let child = ForwardedChild()
        let interruption = Interruption { child.forward($0) }
        let anchor = ClockAnchor.now
        let costBefore = OwnCost.now
        var baseline: Reading<IdlePower>?
        if let idle {
            say("measuring idle power for \(idle)")
            let start = session.edge()
            while Instant.now < start + idle, interruption.signal == nil {
                try? await Task.sleep(for: min(.milliseconds(50), max(start + idle - .now, .milliseconds(1))))
            }
            let end = session.edge()
            await session.settle(end)
            if interruption.signal == nil { baseline = await session.idlePower(in: start..<end) }
        }
        var runs: [MeasureResult.Run] = []
        for number in 1...times {
            if times > 1, interruption.signal == nil { say("run \(number) of \(times)") }
            guard let run = try await once(anchor: anchor, baseline: baseline, child: child, unless: interruption) else { break }
            runs.append(run)
        }
        await session.stop()
        let ownCost = costBefore.flatMap { OwnCost.now?.use(since: $0) }
        let unopened = session.failures.map { RunEnvironment.Unavailable(unopened: $0) }
        var result = MeasureResult(sampling: await session.statistics, unavailable: selection.unavailable + unopened)
        result.runs = runs
        result.sensors = await session.sensors
        let agents = await session.agentRecords
        result.agents = agents.isEmpty ? nil : agents
        result.ownCost = ownCost
        result.interruptedBy = interruption.signal
        let metered = session.channels.filter(\.countsInTotals).map(\.scope)
        result.idlePower = baseline?.map(\.power).figure(scope: .whole(of: metered))
        if times > 1, !runs.isEmpty {
            result.spread = MeasureResult.Spread(
                energy: RepeatedFigure(joining: runs.map(\.total), unit: Joules.symbol),
                meanSeconds: runs.map(\.durationSeconds).reduce(0, +) / Double(runs.count))
        }
        return result
    }

    /// Nil when a signal came before the command was started.
    private func once(
        anchor: ClockAnchor, baseline: Reading<IdlePower>?, child: ForwardedChild, unless interruption: Interruption
    ) async throws -> MeasureResult.Run? {
        guard interruption.signal == nil else { return nil }
        // The counters' update instants must be known before the edge, or the first interval has no left neighbour.
        await session.settle(session.edge())
        // In this order: a signal is seen here, or it is kept for the command.
        child.starts()
        guard interruption.signal == nil else {
            child.ended()
            return nil
        }
        let marks = try MarkPipe()
        let spec = ChildSpec(
            executable: command[0], arguments: Array(command.dropFirst()), environment: ["JOULEBENCH_MARKS": marks.path])
        let start = session.edge()
        let exit: ChildExit
        do {
            exit = try await runForeground(spec) { child.started($0) }
        } catch {
            _ = marks.finish(end: .now)
            throw error
        }
        let end = session.edge()
        child.ended()
        await session.settle(end)
        let account = await session.account(of: start..<end)
        var marked: [MeasureResult.Mark] = []
        for mark in marks.finish(end: end) where mark.window.upperBound > mark.window.lowerBound {
            marked.append(
                MeasureResult.Mark(
                    name: mark.name, startUnixSeconds: anchor.unixSeconds(at: mark.window.lowerBound),
                    durationSeconds: mark.window.duration.seconds, ledger: await session.ledger(of: mark.window).entries))
        }
        let whole = account.ledger.whole
        let totals = Dictionary(uniqueKeysWithValues: account.ledger.totals.map { ($0.rawValue, $1.figure(scope: $0)) })
        return MeasureResult.Run(
            startUnixSeconds: anchor.unixSeconds(at: start), endUnixSeconds: anchor.unixSeconds(at: end),
            durationSeconds: (end - start).seconds, exitStatus: exit.shellStatus,
            total: account.ledger.total(of: whole).figure(scope: whole), totals: totals,
            net: await net(of: start..<end, whole, baseline: baseline), ledger: account.ledger.entries,
            flags: account.flags(of: selection.gpus), marks: marked)
    }

    private func net(of window: Range<Instant>, _ scope: Scope, baseline: Reading<IdlePower>?) async -> Figure? {
        switch baseline {
        case nil: nil
        case .absent(let reason): .absent(unit: Joules.symbol, scope: scope, reason: reason)
        case .value(let idle): await session.net(of: window, over: idle).figure(scope: scope)
        }
    }
}

extension Reading {
    func figure<Unit>(scope: Scope) -> Figure where Value == Measured<Unit> {
        switch self {
        case .value(let measured): measured.figure
        case .absent(let reason): .absent(unit: Unit.symbol, scope: scope, reason: reason)
        }
    }
}

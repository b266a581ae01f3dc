import Foundation
import JouleAnalysis
import JouleMeters
import JouleModel
import JouleProcess
import JouleRunner
import JouleStatistics
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
        let total: Figure
        let net: Figure?
        let ledger: [LedgerEntry]
        /// What the devices and the total have against them.
        let flags: [Summary.RaisedFlag]
        let marks: [Mark]
        private enum CodingKeys: String, CodingKey {
            case total, net, ledger, flags, marks
            case startUnixSeconds = "start_unix_seconds"
            case endUnixSeconds = "end_unix_seconds"
            case durationSeconds = "duration_seconds"
            case exitStatus = "exit_status"
        }
    }
    /// Mean over the repetitions with its 95 % interval (Student t).
    struct Spread: Encodable {
        let count: Int
        let meanJoules: Double
        let plusMinusJoules: Double?
        let meanSeconds: Double
        private enum CodingKeys: String, CodingKey {
            case count = "n"
            case meanJoules = "mean_energy_joules"
            case plusMinusJoules = "plus_minus_joules"
            case meanSeconds = "mean_duration_seconds"
        }
    }

    var runs: [Run] = []
    var idlePower: Figure?
    var spread: Spread?
    var sampling: SamplingStatistics
    /// What measuring took, from before the idle phase to after the last run; the command's own use is not in it.
    var ownCost: ToolUse?
    var unavailable: [RunEnvironment.Unavailable]
    /// How well the clocks of agents were known, and what of their samples is missing.
    var agents: [AgentRecord]?
    /// The signal that ended the measurement before or between its runs; the exit status says it, the JSON does not.
    var interruptedBy: Int32?

    private enum CodingKeys: String, CodingKey {
        case runs, sampling, spread, agents
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
            guard interruption.signal == nil else { break }
            if times > 1 { say("run \(number) of \(times)") }
            runs.append(try await once(anchor: anchor, baseline: baseline, child: child))
        }
        await session.stop()
        let ownCost = costBefore.flatMap { OwnCost.now?.use(since: $0) }
        var result = MeasureResult(sampling: await session.statistics, unavailable: selection.unavailable)
        result.runs = runs
        let agents = await session.agentRecords
        result.agents = agents.isEmpty ? nil : agents
        result.ownCost = ownCost
        result.interruptedBy = interruption.signal
        result.idlePower = baseline?.map(\.power).figure(scope: .system)
        if times > 1 { result.spread = Self.spread(of: runs) }
        return result
    }

    private func once(anchor: ClockAnchor, baseline: Reading<IdlePower>?, child: ForwardedChild) async throws -> MeasureResult.Run {
        let marks = try MarkPipe()
        // The counters' update instants must be known before the edge, or the first interval has no left neighbour.
        await session.settle(session.edge())
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
        let total = account.ledger.total(of: .system)
        return MeasureResult.Run(
            startUnixSeconds: anchor.unixSeconds(at: start), endUnixSeconds: anchor.unixSeconds(at: end),
            durationSeconds: (end - start).seconds, exitStatus: exit.shellStatus, total: total.figure(scope: .system),
            net: await net(of: start..<end, baseline: baseline), ledger: account.ledger.entries, flags: account.flags, marks: marked)
    }

    private func net(of window: Range<Instant>, baseline: Reading<IdlePower>?) async -> Figure? {
        switch baseline {
        case nil: nil
        case .absent(let reason): .absent(unit: Joules.symbol, scope: .system, reason: reason)
        case .value(let idle): await session.net(of: window, over: idle).figure(scope: .system)
        }
    }

    private static func spread(of runs: [MeasureResult.Run]) -> MeasureResult.Spread? {
        let energies = runs.compactMap(\.total.value)
        guard energies.count == runs.count, let moments = Moments(energies) else { return nil }
        return MeasureResult.Spread(
            count: runs.count, meanJoules: moments.mean, plusMinusJoules: moments.plusMinus95,
            meanSeconds: runs.map(\.durationSeconds).reduce(0, +) / Double(runs.count))
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

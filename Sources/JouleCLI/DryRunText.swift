import JouleConfiguration
import JouleModel
import JouleRunner
import JouleUnits
import JouleWorkload

/// What `--dry-run` shows: the resolved configuration, the plan and the meters.
enum DryRunText {
    static func render(_ prepared: PreparedRun) -> String {
        var lines = ["# resolved configuration, digest \(ConfigurationRenderer.digest(of: prepared.experiment))"]
        lines.append(ConfigurationRenderer.yaml(prepared.experiment))
        switch prepared.work {
        case .worker(let plan, _):
            lines.append("# plan: \(plan.requests.count) requests in \(plan.batches.count) batches of up to \(plan.batchSize)")
            lines += requests(plan.requests.prefix(3))
            if plan.requests.count > 3 { lines.append("#   … and \(plan.requests.count - 3) more") }
        case .server(let target, let plan):
            if let simulation = prepared.simulation {
                lines.append("# server: \(InProcessServer.place), no model runs: \(simulation.source)")
            } else {
                lines.append("# server: \(target.endpoint)\(place(target.isLocal))")
            }
            if let warmup = plan.warmup { lines.append("# warm-up: \(describe(warmup))") }
            lines.append("# measure: \(describe(plan.measure))")
            let shown = min(3, plan.measure.plannedRequests ?? plan.measure.stop.requests ?? 3)
            lines += requests((0..<shown).map { plan.measure.feed.request(number: $0) }[...])
        }
        lines.append("# meters:")
        let channels = (prepared.meters.meters.flatMap(\.channels) + prepared.meters.agents.flatMap(\.channels)).filter(\.countsInTotals)
        if channels.isEmpty { lines.append("#   none: energy will be absent") }
        for channel in channels {
            let place = channel.host.map { ", at the agent of \($0)" } ?? ""
            lines.append("#   \(channel.meter): \(channel.scope.rawValue), \(channel.name) (\(channel.kind.rawValue))\(place)")
        }
        return lines.joined(separator: "\n")
    }

    private static func place(_ isLocal: Bool?) -> String {
        switch isLocal {
        case true?: ", on this machine"
        case false?: ", on another machine"
        case nil: ", which has no address"
        }
    }

    private static func requests(_ requests: ArraySlice<Plan.Request>) -> [String] {
        requests.map { request in
            let text = request.text.prefix(70).replacing("\n", with: " ")
            return "#   \(request.index): \(request.promptID): \(text)\(request.text.count > 70 ? "…" : "")"
        }
    }

    private static func describe(_ program: LoadPlan.Program) -> String {
        var parts: [String] = []
        switch program.pacing {
        case .closed(let concurrency): parts.append("closed loop, \(concurrency) in flight")
        case .open(let schedule, let most, let queues):
            parts.append("open loop, \(schedule.count) arrivals")
            if let last = schedule.offsets.last { parts.append("the last after \(Int(last.seconds.rounded())) s") }
            if let most { parts.append("at most \(most) in flight, \(queues ? "queued" : "dropped") past that") }
        }
        if program.feed.turns > 1 { parts.append("conversations of \(program.feed.turns) turns") }
        if let requests = program.stop.requests { parts.append("\(requests) requests") }
        if let duration = program.stop.duration { parts.append("\(Int(duration.seconds.rounded())) s") }
        return parts.joined(separator: ", ")
    }
}

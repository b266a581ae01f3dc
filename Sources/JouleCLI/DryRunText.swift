import JouleConfiguration
import JouleModel
import JouleRunner
import JouleWorkload

/// What `run --dry-run` shows: the resolved configuration, the plan and the meters.
enum DryRunText {
    static func render(_ experiment: Experiment, plan: Plan, selection: MeterSelection) -> String {
        var lines = ["# resolved configuration, digest \(ConfigurationRenderer.digest(of: experiment))"]
        lines.append(ConfigurationRenderer.yaml(experiment))
        lines.append("# plan: \(plan.requests.count) requests in \(plan.batches.count) batches of up to \(plan.batchSize)")
        for request in plan.requests.prefix(3) {
            let text = request.text.prefix(70).replacing("\n", with: " ")
            lines.append("#   \(request.index): \(request.promptID): \(text)\(request.text.count > 70 ? "…" : "")")
        }
        if plan.requests.count > 3 { lines.append("#   … and \(plan.requests.count - 3) more") }
        lines.append("# meters:")
        let channels = selection.meters.flatMap(\.channels).filter(\.countsInTotals)
        if channels.isEmpty { lines.append("#   none: energy will be absent") }
        for channel in channels {
            lines.append("#   \(channel.meter): \(channel.scope.rawValue), \(channel.name) (\(channel.kind.rawValue))")
        }
        return lines.joined(separator: "\n")
    }
}

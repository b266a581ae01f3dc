import Foundation
import JouleModel
import JouleRunner
import JouleUnits

extension MeterOptions {
    /// The agents of the command line, beside or in place of the configuration's meters.
    ///
    /// An agent that is named alone is all that is read: the meters of this machine do not see what it measures. With `--meters auto` they are
    /// read as well.
    func addAgents(to metrics: inout MetricsSpec) throws(Failure) {
        guard !agent.isEmpty else {
            guard agentTokenEnv == nil else {
                throw Failure(
                    "usage.agent", "--agent-token-env names the token of no agent", remedy: "name the agent with --agent HOST:PORT")
            }
            return
        }
        var named = metrics.meters.filter { $0.family != .none }
        if meters == "auto" { named = MeterSelection.automaticFamilies.map { MeterSelector($0) } }
        for text in agent {
            // A wrong address is told as such before anything is asked.
            let endpoint = try AgentEndpoint(text)
            var selector = MeterSelector(.agent)
            selector.url = endpoint.description
            selector.tokenVariable = agentTokenEnv
            named.append(selector)
        }
        metrics.meters = named
    }
}

/// What a person should know of the agents after a measurement.
enum AgentNotes {
    static func lines(of records: [AgentRecord], since start: Instant) -> [String] {
        records.map { record in
            var parts: [String] = []
            if record.instances.isEmpty {
                parts.append("no sample came")
            } else if record.gaps.isEmpty {
                parts.append("no samples are missing")
            } else {
                let stretches = record.gaps.map { gap in
                    "\(seconds(gap.start - start))–\(seconds(gap.end - start)) s"
                }
                parts.append("no samples of \(stretches.joined(separator: ", ")) after the start")
            }
            if record.reconnects > 0 {
                parts.append("link lost and found \(record.reconnects == 1 ? "once" : "\(record.reconnects) times")")
            }
            if record.instances.count > 1 { parts.append("started anew \(record.instances.count - 1) times") }
            if record.duplicatesDropped > 0 { parts.append("\(record.duplicatesDropped) samples that came twice were dropped") }
            parts.append("clock known to ± \(String(format: "%.2f", record.clockBound.milliseconds)) ms")
            return "agent \(record.host) (\(record.endpoint)): \(parts.joined(separator: "; "))"
        }
    }

    private static func seconds(_ duration: Duration) -> String { String(format: "%.1f", duration.seconds) }
}

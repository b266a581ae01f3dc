import JouleModel
import JouleUnits

/// The agent's page for scrapers: Prometheus text 0.0.4, or OpenMetrics 1.0 where that is asked for.
package struct AgentMetrics: Sendable {
    package var description: AgentDescription
    package var tallies: [ChannelTally]
    package var samples: Int64
    package var lostSamples: Int
    package var missedTicks: Int
    package var requests: [(path: String, count: Int)]
    package var now: Instant

    package init(
        description: AgentDescription, tallies: [ChannelTally], samples: Int64, lostSamples: Int, missedTicks: Int,
        requests: [(path: String, count: Int)], now: Instant
    ) {
        self.description = description
        self.tallies = tallies
        self.samples = samples
        self.lostSamples = lostSamples
        self.missedTicks = missedTicks
        self.requests = requests
        self.now = now
    }

    package enum Format: Sendable, Hashable {
        case text, openMetrics

        /// By the `Accept` header of the scraper.
        package init(accept: String?) { self = accept?.contains("application/openmetrics-text") == true ? .openMetrics : .text }

        package var contentType: String {
            switch self {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    private enum Kind: String { case counter, gauge }

    package func text(_ format: Format) -> String {
        var page = ""
        func family(_ name: String, _ kind: Kind, unit: String?, _ help: String, _ series: [(labels: String, value: String)]) {
            guard !series.isEmpty else { return }
            // OpenMetrics names a counter's family without the ending that its series have.
            let series = series.map { "\(name)\(kind == .counter ? "_total" : "")\($0.labels) \($0.value)\n" }
            let title = kind == .counter && format == .text ? name + "_total" : name
            page += "# HELP \(title) \(help)\n# TYPE \(title) \(kind.rawValue)\n"
            if format == .openMetrics, let unit { page += "# UNIT \(title) \(unit)\n" }
            page += series.joined()
        }
        let counted = tallies.filter(\.channel.countsInTotals)
        family(
            "joulebench_energy_joules", .counter, unit: "joules", "Cumulative energy by the meter of this device.",
            counted.compactMap { tally in tally.energy.map { (labels(of: tally), "\($0.rawValue)") } })
        family(
            "joulebench_power_watts", .gauge, unit: "watts", "Power at the latest reading.",
            counted.compactMap { tally in tally.power(at: now).map { (labels(of: tally), "\($0.rawValue)") } })
        family(
            "joulebench_failed_reads", .counter, unit: nil, "Reads of a meter that gave nothing.",
            tallies.map { (labels(of: $0), "\($0.failedReads)") })
        family("joulebench_samples", .counter, unit: nil, "Samples taken and stored.", [("", "\(samples)")])
        family("joulebench_samples_lost", .counter, unit: nil, "Samples that exist nowhere.", [("", "\(lostSamples)")])
        family(
            "joulebench_ticks_missed", .counter, unit: nil, "Ticks of the sampling schedule that the machine was too busy for.",
            [("", "\(missedTicks)")])
        family(
            "joulebench_agent_requests", .counter, unit: nil, "Requests that were answered, by path.",
            requests.map { ("{path=\"\(Self.escaped($0.path))\"}", "\($0.count)") })
        let build = [("version", description.version), ("instance_id", description.instance), ("host", description.host)]
        family("joulebench_build_info", .gauge, unit: nil, "The program and this process of it.", [(Self.labels(build), "1")])
        if format == .openMetrics { page += "# EOF\n" }
        return page
    }

    /// A GPU is known by its UUID and called by its name; every other device is called what it is.
    private func labels(of tally: ChannelTally) -> String {
        let channel = tally.channel
        let isGPU = channel.scope == .gpu
        return Self.labels([
            ("scope", channel.scope.rawValue), ("device", isGPU ? channel.name : channel.device), ("uuid", isGPU ? channel.device : ""),
            ("method", tally.method.rawValue), ("meter", channel.meter),
        ])
    }

    private static func labels(_ pairs: [(String, String)]) -> String {
        "{" + pairs.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

import JouleModel
import JouleReport
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

    package typealias Format = MetricsPage.Format

    package func text(_ format: Format) -> String {
        var page = MetricsPage(format)
        let counted = tallies.filter(\.channel.countsInTotals)
        page.add(
            "joulebench_energy_joules", .counter, unit: "joules", "Cumulative energy by the meter of this device.",
            counted.compactMap { tally in tally.energy.map { (labels(of: tally), "\($0.rawValue)") } })
        page.add(
            "joulebench_power_watts", .gauge, unit: "watts", "Power at the latest reading.",
            counted.compactMap { tally in tally.power(at: now).map { (labels(of: tally), "\($0.rawValue)") } })
        page.add(
            "joulebench_failed_reads", .counter, unit: nil, "Reads of a meter that gave nothing.",
            tallies.map { (labels(of: $0), "\($0.failedReads)") })
        page.add("joulebench_samples", .counter, unit: nil, "Samples taken and stored.", [([], "\(samples)")])
        page.add("joulebench_samples_lost", .counter, unit: nil, "Samples that exist nowhere.", [([], "\(lostSamples)")])
        page.add(
            "joulebench_ticks_missed", .counter, unit: nil, "Ticks of the sampling schedule that the machine was too busy for.",
            [([], "\(missedTicks)")])
        page.add(
            "joulebench_agent_requests", .counter, unit: nil, "Requests that were answered, by path.",
            requests.map { ([("path", $0.path)], "\($0.count)") })
        let build: MetricsPage.Labels = [
            ("version", description.version), ("instance_id", description.instance), ("host", description.host),
        ]
        page.add("joulebench_build_info", .gauge, unit: nil, "The program and this process of it.", [(build, "1")])
        return page.text
    }

    /// A GPU is known by its UUID and called by its name; every other device is called what it is.
    private func labels(of tally: ChannelTally) -> MetricsPage.Labels {
        let channel = tally.channel
        let isGPU = channel.scope == .gpu
        return [
            ("scope", channel.scope.rawValue), ("device", isGPU ? channel.name : channel.device), ("uuid", isGPU ? channel.device : ""),
            ("method", tally.method.rawValue), ("meter", channel.meter),
        ]
    }
}

import JouleModel
import JouleUnits

/// The figures of one run as a page of metrics, under the names that scrapers know from the agent too.
package enum RunPage {
    /// Upper ends of the latency buckets in seconds: three for each factor of ten, from 10 ms to 10 min.
    package static let latencyBounds: [Double] = [
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 600,
    ]

    package static func text(_ format: MetricsPage.Format, summary: Summary, recording: Recording) -> String {
        var page = MetricsPage(format)
        energy(summary, to: &page)
        work(summary, recording, to: &page)
        facts(summary, recording, to: &page)
        return page.text
    }

    private static func energy(_ summary: Summary, to page: inout MetricsPage) {
        let entries = counted(summary.ledger).map { (labels: labels(of: $0, in: summary), entry: $0) }
        page.add(
            "joulebench_energy_joules", .counter, unit: "joules", "Energy of the measured window by the meter of this device.",
            entries.compactMap { labels, entry in entry.energy.map { (labels, "\($0.rawValue)") } })
        page.add(
            "joulebench_energy_plus_minus_joules", .gauge, unit: "joules", "Half the 95 % interval of this energy.",
            entries.compactMap { labels, entry in entry.energy == nil ? nil : entry.plusMinus.map { (labels, "\($0.rawValue)") } })
        page.add(
            "joulebench_power_watts", .gauge, unit: "watts", "Mean power over the measured window.",
            entries.compactMap { labels, entry in entry.meanPower.map { (labels, "\($0.rawValue)") } })
        for (name, key, help) in [
            ("joulebench_joules_per_output_token", "joules_per_output_token", "Energy of the headline scope for each output token."),
            ("joulebench_joules_per_request", "joules_per_request", "Energy of the headline scope for each request."),
        ] {
            guard let figure = summary.figures[key], let value = figure.value else { continue }
            let scope = figure.scope ?? summary.headlineScope
            page.add(name, .gauge, help, [([("scope", scope.rawValue), ("method", figure.method)], "\(value)")])
        }
    }

    private static func work(_ summary: Summary, _ recording: Recording, to page: inout MetricsPage) {
        let requests = summary.requests
        let tokens: [(String, Int?)] = [
            ("input", requests.inputTokens), ("cached_input", requests.cachedInputTokens), ("output", requests.outputTokens),
            ("reasoning", requests.reasoningTokens), ("wasted", requests.wastedTokens),
        ]
        page.add(
            "joulebench_tokens", .counter,
            "Tokens of the measured window; cached ones are among the input, reasoning and wasted ones among the output.",
            tokens.compactMap { kind, count in count.map { ([("kind", kind)], "\($0)") } })
        page.add(
            "joulebench_requests", .counter, "Requests of the measured phase by their end.",
            requests.outcomes.sorted { $0.key < $1.key }.map { ([("outcome", $0.key)], "\($0.value)") })
        page.addHistogram(
            "joulebench_request_latency_seconds", unit: "seconds",
            "Time from the scheduled start of a completed request to the end of its answer.",
            latencies(of: recording), bounds: latencyBounds)
        if let seconds = summary.windowDurationSeconds {
            page.add("joulebench_window_seconds", .gauge, unit: "seconds", "Length of the measured window.", [([], "\(seconds)")])
        }
    }

    private static func facts(_ summary: Summary, _ recording: Recording, to page: inout MetricsPage) {
        page.add(
            "joulebench_run_flag", .gauge, "A reason to trust the figures of this run less.",
            Set(summary.flags.map(\.flag)).sorted().map { ([("flag", $0.rawValue), ("grade", $0.grade.rawValue)], "1") })
        let info: MetricsPage.Labels = [
            ("run_id", summary.runID), ("name", summary.name), ("model", summary.model),
            ("backend", recording.experiment.backend.kind.rawValue), ("status", summary.status.rawValue),
            ("window", summary.windowVerdict.rawValue), ("headline_scope", summary.headlineScope.rawValue),
            ("version", recording.environment.joulebench),
        ]
        page.add("joulebench_run_info", .gauge, "The run that these figures are of.", [(info, "1")])
        let end = recording.environment.end?.unixSeconds
        page.add(
            "joulebench_run_end_timestamp_seconds", .gauge, unit: "seconds", "When the recording ended.",
            [end.map { ([], "\($0)") }].compactMap(\.self))
    }

    /// From the schedule, so that waiting for a turn counts. Those that the charts of the report show.
    static func latencies(of recording: Recording) -> [Double] {
        recording.requests.compactMap { request in
            request.phase == .measure && request.outcome == .completed ? request.responseLatency?.seconds : nil
        }
    }

    /// One entry for each device: where several meters read it, the one that counts in the total.
    private static func counted(_ ledger: [LedgerEntry]) -> [LedgerEntry] {
        struct Device: Hashable {
            let scope: Scope
            let device: String
            let host: String?
        }
        var chosen: [Device: Int] = [:]
        for (index, entry) in ledger.enumerated() where entry.isPartOfScope {
            let device = Device(scope: entry.scope, device: entry.device, host: entry.host)
            guard let other = chosen[device] else {
                chosen[device] = index
                continue
            }
            if entry.inTotal, !ledger[other].inTotal { chosen[device] = index }
        }
        return chosen.values.sorted().map { ledger[$0] }
    }

    /// A GPU is known by its UUID and called by its name; every other device is called what it is.
    private static func labels(of entry: LedgerEntry, in summary: Summary) -> MetricsPage.Labels {
        let isGPU = entry.scope == .gpu
        let name = isGPU ? summary.gpus.first { $0.device == entry.device }?.name : nil
        var labels: MetricsPage.Labels = [
            ("scope", entry.scope.rawValue), ("device", name ?? entry.device), ("uuid", isGPU ? entry.device : ""),
            ("method", entry.method.rawValue), ("meter", entry.meter),
        ]
        if let host = entry.host { labels.append(("host", host)) }
        return labels
    }
}

import JouleModel

/// What only a run against a server has: the load, what became of it, the shares of its energy, and the checks on both ends.
extension TerminalSummary {
    /// Replaces the note of the headline: how the load was made and which window was cut from it come before every figure.
    static func load(_ summary: Summary, _ serving: Summary.Serving, on page: inout TerminalText) {
        let requests = summary.requests
        page.heading("Load")
        entry("arrival", ServingText.load(serving), on: &page)
        let verdict = summary.windowVerdict
        entry("window", "\(verdict.word): \(TerminalText.safe(summary.windowText)); \(verdict.meaning)", styles(verdict.tone), on: &page)
        var counts = "\(NumberText.count(requests.completed)) of \(NumberText.count(requests.planned)) completed"
        if let others = ServingText.counts(ServingText.shortfalls(requests)) { counts += "; \(others)" }
        if serving.crossing > 0 { counts += "; \(NumberText.count(serving.crossing)) cross an edge of the window" }
        entry("requests", TerminalText.safe(counts), on: &page)
        if let reasons = ServingText.counts(serving.finishReasons) { entry("finished", TerminalText.safe(reasons), on: &page) }
        if let lengths = summary.promptLengths { entry("prompts", TerminalText.safe(ServingText.promptLengths(lengths)), on: &page) }
        if let turns = serving.turns { entry("turns", ServingText.turns(turns), on: &page) }
        if let energy = serving.serverEnergy { entry("reported", TerminalText.safe(ServingText.serverEnergy(energy)), on: &page) }
        if let anomalies = ServingText.counts(serving.anomalies) { entry("anomalies", TerminalText.safe(anomalies), on: &page) }
    }

    /// The rows of goodput, below those of throughput.
    static func goodput(_ summary: Summary, to table: inout TextTable) {
        guard let goodput = summary.serving?.goodput else { return }
        for (label, figure) in [("goodput", goodput.requestsPerSecond), ("goodput per joule", goodput.requestsPerJoule)] {
            let text = FigureFormat.text(figure)
            table.add(.text(label), .figure(text), .text(text.isAbsent ? "" : text.unit), .text(FigureFormat.method(figure)))
        }
    }

    /// The view in which a failure is an infinite latency; nothing without failures, for then it is the table above.
    static func censored(_ summary: Summary, on page: inout TerminalText) {
        guard let serving = summary.serving, summary.requests.failed > 0 else { return }
        let parts = [("time_to_first_token", "TTFT"), ("service_latency", "service")].compactMap { key, name -> String? in
            guard let all = serving.censoredLatencies[key], all.count > 0 else { return nil }
            func text(_ seconds: Double?) -> String { seconds.map(ServingText.duration) ?? "∞" }
            return "\(name) p50 \(text(all.p50)), p90 \(text(all.p90)), p99 \(text(all.p99))"
        }
        if !parts.isEmpty { page.paragraph("failures counted as infinite: \(parts.joined(separator: "; "))", hanging: 2) }
    }

    static func attribution(_ summary: Summary, on page: inout TerminalText) {
        guard let attribution = summary.attribution else { return }
        if let reason = attribution.reason {
            page.heading("Attribution", note: TerminalText.safe(reason))
            return
        }
        page.heading("Attribution", note: TerminalText.safe(ServingText.method(attribution)))
        let parts = attribution.parts
        let unit = UnitScale.common(for: parts.map(\.figure))
        var table = TextTable([.init()] + parts.map { .init($0.name, .right) })
        table.rows.append([.text("energy, \(unit?.unit ?? "J")")] + parts.map { .text(FigureFormat.text($0.figure, in: unit).value) })
        if let gross = attribution.gross.value, gross > 0 {
            table.rows.append(
                [.text("share of the window")]
                    + parts.map { part in .text(part.figure.value.map { NumberText.percent($0 / gross) } ?? FigureFormat.absent) })
        }
        table.write(to: &page)
        let each = attribution.perRequest
        guard let mean = each.mean, let p50 = each.p50, let p99 = each.p99 else { return }
        let scale = UnitScale.best(for: p99, unit: "J")
        func text(_ value: Double) -> String { "\(NumberText.significant(value * scale.factor, digits: 3)) \(scale.unit)" }
        page.paragraph("a completed request: mean \(text(mean)), p50 \(text(p50)), p99 \(text(p99))", hanging: 2)
    }

    /// The load client's own error, and the server's counters beside ours.
    static func checks(_ serving: Summary.Serving, gpus: [Summary.GPUStatistics], on page: inout TerminalText) {
        page.heading("Checks")
        // A table of its own is worth its lines from three devices on.
        if gpus.count <= 2 { for gpu in gpus { entry("GPU \(gpu.index)", sentence(of: gpu), on: &page) } }
        entry("client", ServingText.client(serving.client), serving.client.isLimiting ? [.bold, .red] : [], on: &page)
        guard let check = serving.server else { return }
        let state = ServingText.server(check).map { "; \($0)" } ?? ""
        entry("server", ServingText.scrapes(check) + state, check.restarted ? [.bold, .red] : [], on: &page)
        let pairs = check.pairs.map { pair in
            let difference = pair.difference.map { $0 == 0 ? "" : " (\($0 > 0 ? "+" : "")\(NumberText.percent($0)))" } ?? " (none)"
            return "\(TerminalText.safe(pair.name)) \(NumberText.fixed(pair.ours, decimals: 0))"
                + " / \(NumberText.fixed(pair.server, decimals: 0))\(difference)"
        }
        if !pairs.isEmpty { entry("ours / its", pairs.joined(separator: ", "), on: &page) }
    }

    /// `NVIDIA H200, 412 of 700 W, 97 % busy, 69,632 of 143,771 MiB, 54 °C, 1,830 MHz`.
    private static func sentence(of gpu: Summary.GPUStatistics) -> String {
        func text(_ value: Double?, _ limit: Double?, _ unit: String) -> String? {
            value.map { value in
                "\(NumberText.fixed(value, decimals: 0))\(limit.map { " of \(NumberText.fixed($0, decimals: 0))" } ?? "") \(unit)"
            }
        }
        let parts = [
            TerminalText.shortened(TerminalText.safe(gpu.name + (gpu.host.map { " of \($0)" } ?? "")), to: 32),
            text(gpu.powerWatts, gpu.powerLimitWatts, "W"),
            text(gpu.utilizationPercent, nil, "% busy"), text(gpu.memoryUsedMebibytes, gpu.memoryTotalMebibytes, "MiB"),
            text(gpu.temperatureCelsius, nil, "°C"), text(gpu.smClockMHz, nil, "MHz"),
        ]
        let events = gpu.throttleReasons.isEmpty ? [] : ["clock events: \(gpu.throttleReasons.joined(separator: " "))"]
        return (parts.compactMap(\.self) + events).joined(separator: ", ")
    }

    /// A word in the margin and a paragraph beside it.
    private static func entry(_ label: String, _ text: String, _ styles: [TerminalText.Style] = [], on page: inout TerminalText) {
        let indent = 13
        for (number, line) in TerminalText.wrapped(text, width: page.width, indent: indent, hanging: 0).enumerated() {
            let content = page.paint(String(line.dropFirst(indent)), styles)
            let margin = number == 0 ? page.paint(label.padding(to: indent - 2), [.dim]) : String(repeating: " ", count: indent - 2)
            page.add("  " + margin + content)
        }
    }

    private static func styles(_ tone: RunVerdict.Tone?) -> [TerminalText.Style] {
        switch tone {
        case .good: [.green]
        case .caution: [.yellow]
        case .bad: [.bold, .red]
        case nil: []
        }
    }
}

extension Summary.Attribution {
    /// The parts that are there, each with its name; reasoning and answer are parts of decode, wasted is part of all but unattributed.
    var parts: [(name: String, figure: Figure)] {
        var parts = [(name: "prefill", figure: prefill), (name: "decode", figure: decode)]
        if let value = reasoning.value, value != 0 { parts += [(name: "reasoning", figure: reasoning), (name: "answer", figure: answer)] }
        parts.append((name: "unattributed", figure: unattributed))
        if let value = wasted.value, value != 0 { parts.append((name: "wasted", figure: wasted)) }
        return parts.filter { $0.figure.value != nil }
    }
}

extension Summary.ServerCheck.Pair {
    /// `generation tokens`.
    var name: String { metric.split(separator: "_").joined(separator: " ") }

    /// How far our count lies above the server's, as a share of it; nil where the server counted nothing.
    var difference: Double? { server == 0 ? (ours == 0 ? 0 : nil) : ours / server - 1 }
}

import JouleModel

/// The sections that only a run against a server has.
extension HTMLReport {
    static func load(_ summary: Summary, _ serving: Summary.Serving, to page: inout Markup) {
        section("Load", to: &page) { page in
            let verdict = summary.windowVerdict
            page.element("dl", ["class": "facts wide one"]) { page in
                fact("arrival", ServingText.load(serving), to: &page)
                page.element("div") { page in
                    page.element("dt", text: "window")
                    page.element("dd") { page in
                        page.element("span", ["class": "tag \(verdict.tone?.name ?? "")"], text: verdict.word)
                        page.write(" \(summary.windowText): \(verdict.meaning).")
                    }
                }
                if let goodput = serving.goodput {
                    fact("goodput", ServingText.goodput(goodput, completed: summary.requests.completed) + ".", to: &page)
                }
                if let lengths = summary.promptLengths { fact("prompts", ServingText.promptLengths(lengths) + ".", to: &page) }
                if let turns = serving.turns { fact("turns", ServingText.turns(turns) + ".", to: &page) }
                if let energy = serving.serverEnergy { fact("server reports", ServingText.serverEnergy(energy) + ".", to: &page) }
                if serving.crossing > 0 {
                    fact(
                        "crossing",
                        "\(NumberText.count(serving.crossing)) requests cross an edge of the window: their tokens and energy inside it count, "
                            + "their latencies do not.", to: &page)
                }
            }
            page.element("div", ["class": "pairs"]) { page in
                let outcomes = ServingText.ordered(summary.requests.outcomes)
                counts("Outcomes", outcomes, meaning: { RequestOutcome(rawValue: $0)?.label ?? "" }, to: &page)
                counts("Finish reasons", ServingText.ordered(serving.finishReasons), to: &page)
                counts("Anomalies of responses", ServingText.ordered(serving.anomalies), to: &page)
            }
        }
    }

    static func servingCharts(_ summary: Summary, _ recording: Recording, to page: inout Markup) {
        guard let power = PowerChart.chart(summary: summary, recording: recording) ?? requestAxis(recording) else { return }
        let charts = [
            ServingCharts.tokenRate(recording, below: power),
            ServingCharts.scatter(recording, \.timeToFirstToken, title: "TTFT", color: .series(1), below: power),
            ServingCharts.scatter(recording, \.serviceLatency, title: "service latency", color: .series(0), below: power),
        ].compactMap(\.self)
        guard !charts.isEmpty else { return }
        section("Throughput and latency over time", note: "On the same axis as the power above.", to: &page) { page in
            for chart in charts { figure(chart, to: &page) }
        }
    }

    static func distributions(_ summary: Summary, _ recording: Recording, to page: inout Markup) {
        let measured = recording.requests.filter { $0.phase == .measure && ($0.sent ?? $0.started) != nil }
        let objectives = summary.serving?.goodput?.objectives ?? [:]
        let charts = [
            DistributionChart.chart(
                measured, \.timeToFirstToken, title: "TTFT", summary: summary.latencies["time_to_first_token"],
                objective: objectives["ttft"]),
            DistributionChart.chart(
                measured, \.timePerOutputToken, title: "TPOT", summary: summary.latencies["time_per_output_token"],
                objective: objectives["tpot"]),
            DistributionChart.chart(
                measured, \.serviceLatency, title: "service latency", summary: summary.latencies["service_latency"],
                objective: objectives["e2el"]),
            DistributionChart.chart(
                measured, \.responseLatency, title: "response latency", summary: summary.latencies["response_latency"], objective: nil),
        ].compactMap(\.self)
        guard !charts.isEmpty else { return }
        let note = "All requests of the measured phase; one that did not complete never has its answer, so a curve may end below 100 %."
        section("Distribution of latencies", note: note, to: &page) { figures(charts, to: &$0) }
    }

    static func attribution(_ summary: Summary, to page: inout Markup) {
        guard let attribution = summary.attribution else { return }
        if let reason = attribution.reason {
            return section("Attribution", to: &page) { $0.element("p", ["class": "absent"]) { $0.write(quoting: reason) } }
        }
        let note =
            "Where the energy of the window went: \(ServingText.method(attribution)). Requests and what is unattributed add up to the window."
        section("Attribution", note: note, to: &page) { page in
            if let chart = AttributionChart.chart(attribution) { figure(chart, to: &page) }
            let parts =
                [(name: "window, gross", figure: attribution.gross), (name: "all requests", figure: attribution.requests)]
                + attribution.parts
            let unit = UnitScale.common(for: parts.map(\.figure))
            var table = HTMLTable([
                .text("part"), .figure("energy, \(unit?.unit ?? "J")"), .number("share of the window"), .text("method"),
            ])
            for part in parts {
                let share = attribution.gross.value.flatMap { gross in gross > 0 ? part.figure.value.map { $0 / gross } : nil }
                let method = FigureFormat.method(part.figure)
                table.add(
                    .text(part.name), .figure(FigureFormat.text(part.figure, in: unit)),
                    .text(share.map(NumberText.percent) ?? FigureFormat.absent), .tag(method, tone: methodTone(method)))
            }
            table.write(to: &page)
            perRequest(attribution.perRequest, to: &page)
        }
    }

    private static func perRequest(_ distribution: Summary.Distribution, to page: inout Markup) {
        guard distribution.count > 0, let highest = distribution.maximum ?? distribution.mean else { return }
        page.element("h3", text: "Energy of a completed request")
        let scale = UnitScale.best(for: abs(highest), unit: "J")
        var table = HTMLTable(
            [.text("unit")] + ["mean", "sd", "min", "p50", "p90", "p95", "p99", "max", "n"].map { .number($0) })
        let values = [
            distribution.mean, distribution.standardDeviation, distribution.minimum, distribution.p50, distribution.p90, distribution.p95,
            distribution.p99, distribution.maximum,
        ]
        let smallest = distribution.p50 ?? highest
        let decimals = max(0, NumberText.decimals(forSignificant: 3, of: smallest * scale.factor))
        table.rows.append(
            [.text(scale.unit)]
                + values.map { .text($0.map { NumberText.fixed($0 * scale.factor, decimals: decimals) } ?? FigureFormat.absent) }
                + [.text(NumberText.count(distribution.count))])
        table.write(to: &page)
    }

    static func server(_ summary: Summary, _ serving: Summary.Serving, _ recording: Recording, to page: inout Markup) {
        guard serving.server != nil || recording.serverMetrics != nil else { return }
        let state = serving.server.map { check in
            "\(ServingText.scrapes(check))\(ServingText.server(check).map { "; \($0)" } ?? "")."
        }
        section("Server", note: state, to: &page) { page in
            if let metrics = recording.serverMetrics {
                let frame = PowerChart.chart(summary: summary, recording: recording) ?? requestAxis(recording)
                for chart in ServingCharts.server(metrics, start: recording.environment.start.monotonic, below: frame) {
                    figure(chart, to: &page)
                }
            }
            guard let pairs = serving.server?.pairs, !pairs.isEmpty else { return }
            page.element("h3", text: "Its own counters beside ours, over the whole measured phase")
            var table = HTMLTable([.text("counter"), .number("ours"), .number("the server's"), .number("difference")])
            for pair in pairs {
                let difference = pair.difference.map { ($0 > 0 ? "+" : "") + NumberText.percent($0) } ?? FigureFormat.absent
                table.add(
                    .text(pair.name), .text(NumberText.fixed(pair.ours, decimals: 0)), .text(NumberText.fixed(pair.server, decimals: 0)),
                    .text(difference))
            }
            table.write(to: &page)
        }
    }

    static func client(_ serving: Summary.Serving, to page: inout Markup) {
        let audit = serving.client
        let note = "What the load client saw of itself; an error here is an error of every latency above."
        section("Load client", note: note, to: &page) { page in
            page.element("p") { page in
                page.element(
                    "span", ["class": "tag \(audit.isLimiting ? "bad" : "good")"],
                    text: audit.isLimiting ? "limited the load" : "did not limit the load")
            }
            var rows: [(String, String)] = []
            func add(_ name: String, _ value: String?) { if let value { rows.append((name, value)) } }
            let lateness = audit.lateness
            if lateness.count > 0 {
                let parts = [("p50", lateness.p50), ("p99", lateness.p99), ("max", lateness.maximum)].compactMap { name, value in
                    value.map { "\(name) \(ServingText.duration($0))" }
                }
                add("sent after schedule", parts.joined(separator: ", "))
            }
            if let report = audit.report {
                let lag = [("p50", report.loopLagP50), ("p99", report.loopLagP99), ("max", report.loopLagMaximum)].compactMap {
                    name, value in
                    value.map { "\(name) \(ServingText.duration($0))" }
                }
                add("loop lag", lag.isEmpty ? nil : lag.joined(separator: ", "))
                add("stalls over 500 ms", NumberText.count(report.stalls))
                add("processor time", report.coreShare.map { "\(NumberText.percent($0)) of a core" })
                add(
                    "connections",
                    "\(NumberText.count(report.connectionsOpened)) opened, \(NumberText.count(report.connectionsReused)) requests on one that stood"
                )
                if report.resentOnStaleConnection > 0 {
                    add("sent once more on a stale connection", NumberText.count(report.resentOnStaleConnection))
                }
                add("most in flight", NumberText.count(report.mostInFlight))
                let received = UnitScale.best(for: Double(report.bytesReceived), unit: "B")
                add("received", "\(NumberText.significant(Double(report.bytesReceived) * received.factor)) \(received.unit)")
                if report.repeatedPrompts > 0 { add("prompts used again", NumberText.count(report.repeatedPrompts)) }
            }
            page.element("dl", ["class": "facts wide"]) { page in for (name, value) in rows { fact(name, value, to: &page) } }
        }
    }

    private static func counts(
        _ title: String, _ entries: [(name: String, count: Int)], meaning: ((String) -> String)? = nil, to page: inout Markup
    ) {
        guard !entries.isEmpty else { return }
        page.element("div") { page in
            page.element("h3", text: title)
            var table = HTMLTable([.number("count"), .text("name")] + (meaning == nil ? [] : [.text("meaning")]))
            for (name, count) in entries {
                table.rows.append([.text(NumberText.count(count)), .code(name)] + (meaning.map { [.text($0(name))] } ?? []))
            }
            table.write(to: &page)
        }
    }

    /// An empty chart with the time of the requests, where no power gives one.
    private static func requestAxis(_ recording: Recording) -> Chart? {
        RequestChart.chart(recording: recording).map { chart in
            var frame = Chart(title: "", x: chart.x, y: chart.y)
            frame.bands = chart.bands
            return frame
        }
    }
}

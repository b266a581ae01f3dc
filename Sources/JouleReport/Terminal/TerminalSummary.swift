import JouleModel

/// The summary of a run on the console.
///
/// The first line says how the run ended and where its energy comes from, for these decide how everything below is to be read.
package enum TerminalSummary {
    /// Lines of at most `width` and never more than 100 characters, with ANSI colours only where asked.
    package static func render(_ summary: Summary, runDirectory: String? = nil, width: Int = 100, color: Bool = false) -> String {
        var page = TerminalText(width: width, color: color)
        opening(summary, on: &page)
        if let serving = summary.serving { load(summary, serving, on: &page) }
        headline(summary, on: &page)
        speed(summary, on: &page)
        energy(summary, on: &page)
        idle(summary, on: &page)
        carbon(summary, on: &page)
        // A run against a server has more to say; its table of phases is in the report.
        if summary.serving == nil { phases(summary, on: &page) }
        attribution(summary, on: &page)
        compute(summary, on: &page)
        if let serving = summary.serving { checks(serving, gpus: summary.gpus, on: &page) }
        if summary.serving == nil || summary.gpus.count > 2 { gpus(summary, on: &page) }
        failures(summary, on: &page)
        flags(summary, on: &page)
        closing(summary, runDirectory: runDirectory, on: &page)
        return page.text
    }

    private static func opening(_ summary: Summary, on page: inout TerminalText) {
        let verdict = RunVerdict(summary)
        let first = page.paint(verdict.status, verdict.tone.styles)
        let second = page.paint(verdict.energy, verdict.energyTone.styles)
        if verdict.status.count + 3 + verdict.energy.count <= page.width {
            page.add(first + " · " + second)
        } else {
            page.add(first)
            page.add(second)
        }
        if let simulation = summary.simulation {
            page.paragraph("simulated: \(RunVerdict.noModel): \(TerminalText.safe(simulation.source))", hanging: 2)
        }
        if let reason = verdict.statusReason { page.paragraph("run: \(TerminalText.safe(reason))", hanging: 2) }
        let why = [verdict.energyReason.map { TerminalText.safe($0) }, verdict.energyRemedy].compactMap(\.self)
        if !why.isEmpty { page.paragraph("energy: \(why.joined(separator: "; "))", hanging: 2) }
        let identity = [TerminalText.safe(summary.name), TerminalText.safe(summary.model), summary.runID, summary.startedText]
        page.paragraph(identity.joined(separator: " · "), indent: 0, hanging: 2, .dim)
    }

    private static func headline(_ summary: Summary, on page: inout TerminalText) {
        let requests = summary.requests
        let window = summary.serving == nil ? "window: \(summary.windowText)" : "over the window"
        page.heading("Headline", note: "scope \(summary.headlineScope.rawValue), gross; \(window)")
        if requests.completed == 0 {
            page.paragraph("No request completed: there is no figure per token or per request, no throughput and no latency.", hanging: 2)
        }
        // Against a server there is more to say; reciprocals and what the table of scopes repeats are left to the report.
        let isServing = summary.serving != nil
        let perWork =
            ["joules_per_output_token"] + (isServing ? [] : ["output_tokens_per_joule"])
            + ["joules_per_request", "watt_hours_per_1000_requests"]
        let always = isServing ? ["mean_power"] : ["mean_power", "peak_power"]
        // Without waste a useful token costs what any token costs.
        let useful = requests.wastedTokens > 0 ? ["joules_per_useful_token"] : []
        let wholes = requests.completed == 0 ? [] : FigureNames.perTokenOfWholes
        let beside = (wholes + ["net_joules_per_output_token"] + useful + ["idle_share"]).filter { summary.figures[$0]?.value != nil }
        var table = figureTable()
        for key in (requests.completed == 0 ? [] : perWork) + always + beside { add(key, of: summary, to: &table) }
        table.write(to: &page)
    }

    private static func speed(_ summary: Summary, on page: inout TerminalText) {
        let requests = summary.requests
        guard requests.completed > 0 else { return }
        let cached = requests.cachedInputTokens.map { $0 > 0 ? " (\(NumberText.count($0)) cached)" : "" } ?? ""
        let reasoning = requests.reasoningTokens.map { $0 > 0 ? " (\(NumberText.count($0)) reasoning)" : "" } ?? ""
        let tokens =
            "\(NumberText.count(requests.inputTokens)) tokens in\(cached), \(NumberText.count(requests.outputTokens)) out\(reasoning)"
        page.heading("Throughput and latency", note: "\(NumberText.count(requests.completed)) requests completed; \(tokens)")
        var rates = figureTable()
        for key in ["output_tokens_per_second", "total_tokens_per_second", "requests_per_second"] where summary.figures[key] != nil {
            add(key, of: summary, to: &rates)
        }
        goodput(summary, to: &rates)
        if !rates.rows.isEmpty { rates.write(to: &page) }
        if let goodput = summary.serving?.goodput {
            page.paragraph(ServingText.goodput(goodput, completed: requests.completed), hanging: 2)
        }
        if requests.wastedTokens > 0 {
            page.paragraph("\(NumberText.count(requests.wastedTokens)) output tokens belong to requests that did not complete (wasted).")
        }
        let latencies = summary.shownLatencies
        let keys = FigureNames.ordered(latencies: latencies.keys)
        guard !keys.isEmpty else { return censored(summary, on: &page) }
        let common = LatencyFormat(latencies.values)
        // A queue of minutes and gaps of milliseconds have no unit in common.
        let isMixed = summary.serving != nil
        var table = TextTable(
            (isMixed ? [.init("latency"), .init()] : [.init("latency, \(common.unit)")]) + [
                .init("mean", .right), .init("p50", .right), .init("p90", .right),
                .init("p95", .right, dropRank: 1), .init("p99", .right), .init("max", .right, dropRank: 2), .init("n", .right),
            ])
        for key in keys {
            guard let distribution = latencies[key] else { continue }
            let values = [distribution.mean, distribution.p50, distribution.p90, distribution.p95, distribution.p99, distribution.maximum]
            let format = isMixed ? LatencyFormat([distribution]) : common
            table.rows.append(
                [.text(FigureNames.label(of: key))] + (isMixed ? [.text(format.unit)] : []) + values.map { .text(format.text($0)) }
                    + [.text(NumberText.count(distribution.count))])
        }
        page.gap()
        table.write(to: &page)
        censored(summary, on: &page)
    }

    private static func energy(_ summary: Summary, on page: inout TerminalText) {
        page.heading("Energy by scope", note: "over the window; net = gross − idle power × duration")
        guard !summary.energies.isEmpty else {
            page.paragraph("No meter delivered energy: \(TerminalText.safe(summary.energyReason ?? "no reason was recorded")).")
            return
        }
        let energies = summary.energies
        let unit = UnitScale.common(for: energies.flatMap { [$0.gross, $0.netOverIdleHost, $0.netOverIdleLoaded] })
        let watts = UnitScale.common(for: energies.flatMap { [$0.meanPower, $0.peakPower] })
        var table = TextTable([
            .init("scope"), .init("gross\n\(unit?.unit ?? "J")", .right), .init("net over idle\nhost, \(unit?.unit ?? "J")", .right),
            .init("net over idle\nloaded, \(unit?.unit ?? "J")", .right),
            .init("mean\n\(watts?.unit ?? "W")", .right, dropRank: 1), .init("peak\n\(watts?.unit ?? "W")", .right, dropRank: 2),
            .init("method", isDim: true),
        ])
        for energy in energies {
            table.add(
                .text(energy.scope.rawValue), .figure(FigureFormat.text(energy.gross, in: unit)),
                .figure(FigureFormat.text(energy.netOverIdleHost, in: unit)),
                .figure(FigureFormat.text(energy.netOverIdleLoaded, in: unit)),
                .figure(FigureFormat.text(energy.meanPower, in: watts)), .figure(FigureFormat.text(energy.peakPower, in: watts)),
                .text(FigureFormat.method(energy.gross)))
        }
        table.write(to: &page)
    }

    /// The baselines that net energy is over, and whether they moved.
    private static func idle(_ summary: Summary, on page: inout TerminalText) {
        guard let row = summary.headlineEnergy else { return }
        let baselines = IdleText.baselines(row)
        guard baselines.contains(where: { $0.power.value != nil }) else { return }
        guard summary.serving == nil else {
            return page.paragraph(IdleText.sentence(row, of: summary) ?? "", hanging: 2)
        }
        page.heading("Idle power", note: "scope \(row.scope.rawValue); ± with the sensor's gain, scatter without it")
        let watts = UnitScale.common(for: baselines.map(\.power))
        let joules = UnitScale.common(for: baselines.map(\.net))
        var table = TextTable([
            .init("baseline"), .init("power\n\(watts?.unit ?? "W")", .right), .init("scatter\n± W", .right, dropRank: 1),
            .init("net energy over it\n\(joules?.unit ?? "J")", .right),
        ])
        for baseline in baselines where baseline.power.value != nil {
            table.add(
                .text(baseline.name), .figure(FigureFormat.text(baseline.power, in: watts)), .text(baseline.scatterText),
                .text(FigureFormat.text(baseline.net, in: joules).number))
        }
        table.write(to: &page)
        if let drift = IdleText.drift(row, of: summary) { page.paragraph(drift, hanging: 2) }
    }

    private static func phases(_ summary: Summary, on page: inout TerminalText) {
        guard !summary.phases.isEmpty else { return }
        page.heading("Phases", note: "scope \(summary.headlineScope.rawValue)")
        let energy = UnitScale.common(for: summary.phases.map(\.energy))
        let watts = UnitScale.common(for: summary.phases.map(\.meanPower))
        var table = TextTable([
            .init("phase"), .init("start\ns", .right), .init("duration\ns", .right), .init("mean power\n\(watts?.unit ?? "W")", .right),
            .init("energy\n\(energy?.unit ?? "J")", .right), .init("method", dropRank: 1, isDim: true),
        ])
        for row in summary.phases {
            table.add(
                .text(row.phase.label), .text(NumberText.fixed(row.startSeconds, decimals: 1)),
                .text(NumberText.fixed(row.durationSeconds, decimals: 1)), .figure(FigureFormat.text(row.meanPower, in: watts)),
                .figure(FigureFormat.text(row.energy, in: energy)), .text(FigureFormat.method(row.energy)))
        }
        table.write(to: &page)
    }

    private static func figureTable() -> TextTable {
        TextTable([.init(), .init("", .right), .init(), .init(isDim: true)])
    }

    private static func add(_ key: String, of summary: Summary, to table: inout TextTable) {
        let figure = summary.figure(key)
        let text = FigureFormat.text(figure)
        let scope = figure.scope.map { $0 == summary.headlineScope ? "" : "\($0.rawValue), " } ?? ""
        table.add(
            .text(FigureNames.label(of: key)), .figure(text), .text(text.isAbsent ? "" : text.unit),
            .text(scope + FigureFormat.method(figure)))
    }
}

extension RunVerdict.Tone {
    fileprivate var styles: [TerminalText.Style] {
        switch self {
        case .good: [.bold, .green]
        case .caution: [.bold, .yellow]
        case .bad: [.bold, .red]
        }
    }
}

import JouleModel

/// A run as Markdown: what a person pastes into an issue, a notebook or the appendix of a paper.
///
/// The same words and the same rounding as on the console; unrounded figures are in `summary.json`.
package enum MarkdownReport {
    /// One section, with a heading of the second level, so that several make a page.
    ///
    /// - Parameter configuration: as resolved, without secrets.
    package static func section(_ summary: Summary, recording: Recording, digests: RunDigests, configuration: String) -> String {
        let parts = [
            opening(summary, recording), figures(summary), latencies(summary), energies(summary), flags(summary), failures(summary),
            environment(recording), self.configuration(configuration, digests), footer(summary, recording),
        ]
        return parts.compactMap(\.self).joined(separator: "\n")
    }

    private static func opening(_ summary: Summary, _ recording: Recording) -> String {
        let verdict = RunVerdict(summary)
        var text = "## \(MarkdownText.escaped(summary.name))\n\n"
        text += "**\(MarkdownText.escaped(verdict.status))** · \(MarkdownText.escaped(verdict.energy))\n\n"
        if let reason = verdict.statusReason { text += "Run: \(MarkdownText.escaped(ended(reason)))\n\n" }
        if let reason = verdict.energyReason { text += "Energy: \(MarkdownText.escaped(ended(reason)))\n\n" }
        var table = factTable()
        table.add("run", MarkdownText.code(summary.runID))
        table.add("model", MarkdownText.escaped(summary.model))
        table.add("device", MarkdownText.escaped(recording.environment.devicesText))
        table.add("started", MarkdownText.escaped(summary.startedText))
        table.add("window", MarkdownText.escaped(summary.windowText))
        let requests = summary.requests
        let tokens = "\(NumberText.count(requests.inputTokens)) tokens in, \(NumberText.count(requests.outputTokens)) out"
        table.add("requests", "\(NumberText.count(requests.completed)) completed, \(NumberText.count(requests.failed)) failed; \(tokens)")
        if let serving = summary.serving {
            table.add("load", MarkdownText.escaped(ServingText.load(serving)))
            table.add("window verdict", MarkdownText.escaped("\(summary.windowVerdict.word): \(summary.windowVerdict.meaning)"))
            if let goodput = serving.goodput {
                table.add("goodput", MarkdownText.escaped(ServingText.goodput(goodput, completed: requests.completed)))
            }
        }
        if let carbon = summary.carbon {
            table.add("carbon intensity", MarkdownText.escaped(CarbonText.intensity(carbon)))
            table.add("site", MarkdownText.escaped(CarbonText.site(carbon.record)))
        }
        return text + table.text
    }

    private static func ended(_ sentence: String) -> String { sentence.hasSuffix(".") ? sentence : sentence + "." }

    private static func figures(_ summary: Summary) -> String? {
        guard !summary.figures.isEmpty else { return nil }
        var table = MarkdownTable([
            ("figure", .left), ("value", .right), ("±", .right), ("unit", .left), ("scope", .left), ("method", .left), ("flags", .left),
        ])
        for key in FigureNames.ordered(figures: summary.figures.keys) {
            let figure = summary.figure(key)
            let text = FigureFormat.text(figure)
            table.add(
                MarkdownText.escaped(FigureNames.label(of: key)), text.value, text.plusMinus ?? "", MarkdownText.escaped(text.unit),
                figure.scope?.rawValue ?? "", FigureFormat.method(figure), remarks(figure))
        }
        return "### Figures\n\n" + table.text
    }

    /// The flags of a figure, or why there is none.
    private static func remarks(_ figure: Figure) -> String {
        let flags = figure.flags.sorted().map { MarkdownText.code($0.rawValue) }
        let reason = figure.value == nil ? [MarkdownText.sentence(figure.reason ?? "not recorded")] : []
        return (reason + flags).joined(separator: ", ")
    }

    private static func latencies(_ summary: Summary) -> String? {
        let latencies = summary.shownLatencies.filter { $0.value.count > 0 }
        guard !latencies.isEmpty else { return nil }
        var table = MarkdownTable(
            [("latency", .left), ("unit", .left)] + ["mean", "p50", "p90", "p95", "p99", "max", "n"].map { ($0, .right) })
        for key in FigureNames.ordered(latencies: latencies.keys) {
            guard let row = latencies[key] else { continue }
            let format = LatencyFormat([row])
            table.add(
                MarkdownText.escaped(FigureNames.label(of: key)), format.unit, format.text(row.mean), format.text(row.p50),
                format.text(row.p90), format.text(row.p95), format.text(row.p99), format.text(row.maximum), NumberText.count(row.count))
        }
        return "### Latency of completed requests\n\n" + table.text
    }

    private static func energies(_ summary: Summary) -> String? {
        let energies = summary.energies
        guard !energies.isEmpty else { return nil }
        let joules = UnitScale.common(for: energies.flatMap { [$0.gross, $0.netOverIdleHost, $0.netOverIdleLoaded] })
        let watts = UnitScale.common(for: energies.flatMap { [$0.meanPower, $0.peakPower] })
        let (j, w) = (joules?.unit ?? "J", watts?.unit ?? "W")
        var table = MarkdownTable([
            ("scope", .left), ("gross, \(j)", .right), ("net over idle host, \(j)", .right), ("net over idle loaded, \(j)", .right),
            ("mean power, \(w)", .right), ("peak power, \(w)", .right), ("method", .left), ("flags", .left),
        ])
        for row in energies {
            table.add(
                row.scope.rawValue, FigureFormat.text(row.gross, in: joules).number,
                FigureFormat.text(row.netOverIdleHost, in: joules).number, FigureFormat.text(row.netOverIdleLoaded, in: joules).number,
                FigureFormat.text(row.meanPower, in: watts).number, FigureFormat.text(row.peakPower, in: watts).number,
                FigureFormat.method(row.gross), remarks(row.gross))
        }
        return "### Energy by scope\n\n" + table.text
    }

    private static func flags(_ summary: Summary) -> String? {
        guard !summary.flags.isEmpty || !summary.notes.isEmpty else { return nil }
        var text = "### Flags\n\n"
        for raised in summary.flagGroups {
            let detail = raised.detail.isEmpty ? "" : " \(MarkdownText.sentence(ended(raised.detail)))"
            text +=
                "- \(MarkdownText.code(raised.flag.rawValue)) (\(raised.grade.rawValue)): \(MarkdownText.sentence(raised.flag.sentence))"
            text += "\(detail) \(MarkdownText.sentence(raised.flag.remedy))\n"
        }
        for note in summary.notes { text += "- \(MarkdownText.sentence(note))\n" }
        return text
    }

    private static func failures(_ summary: Summary) -> String? {
        let errors = summary.requests.errorsByCount
        guard !errors.isEmpty else { return nil }
        var table = MarkdownTable([("count", .right), ("error", .left)])
        for (text, count) in errors { table.add(NumberText.count(count), MarkdownText.code(text)) }
        return "### Failed requests\n\n" + table.text
    }

    private static func environment(_ recording: Recording) -> String {
        let environment = recording.environment
        var table = factTable()
        for (name, value) in recording.environmentFacts { table.add(name, value.map(MarkdownText.escaped) ?? "— (not read)") }
        for gpu in environment.gpus {
            let parts = [
                gpu.name, gpu.host.map { "of \($0)" }, gpu.memoryBytes.map(\.text),
                gpu.powerLimitWatts.map { "limit \(NumberText.fixed($0, decimals: 0)) W" },
            ]
            table.add("GPU \(gpu.index)", MarkdownText.escaped(parts.compactMap(\.self).joined(separator: ", ")))
        }
        for meter in environment.meters {
            let host = meter.host.map { " of \($0)" } ?? ""
            let text = "\(meter.scope.rawValue), \(meter.name)\(host), \(meter.kind.rawValue), ± \(NumberText.percent(meter.gain))"
            table.add("meter \(MarkdownText.escaped(meter.meter))", MarkdownText.escaped(text))
        }
        return "### Environment\n\n" + table.text
    }

    private static func configuration(_ text: String, _ digests: RunDigests) -> String {
        var table = factTable()
        table.add("configuration", MarkdownText.code(digests.configuration))
        if let digest = digests.prompts { table.add("prompts", MarkdownText.code(digest)) }
        if let digest = digests.arrivals { table.add("arrivals", MarkdownText.code(digest)) }
        return "### Configuration\n\nSHA-256 of what was asked for: equal digests are equal settings, prompts and send times.\n\n"
            + table.text
            + "\n<details><summary>Every key with its value</summary>\n\n"
            + MarkdownText.block(text, language: "yaml") + "\n</details>\n"
    }

    private static func footer(_ summary: Summary, _ recording: Recording) -> String {
        "± is half of a 95 % interval; — could not be had and never counts as zero; net is gross less idle power times duration.\n"
            + "Made by joulebench \(MarkdownText.escaped(recording.environment.joulebench)).\n"
    }

    private static func factTable() -> MarkdownTable { MarkdownTable([("", .left), ("", .left)]) }
}

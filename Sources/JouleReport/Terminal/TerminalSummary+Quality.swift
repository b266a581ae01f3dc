import JouleModel

/// The parts of the summary that say how far it may be trusted: devices, failed requests, flags, and the tool's own cost.
extension TerminalSummary {
    static func gpus(_ summary: Summary, on page: inout TerminalText) {
        guard !summary.gpus.isEmpty else { return }
        page.heading("GPUs", note: "means over the window")
        var table = TextTable([
            .init("#", .right), .init("device"), .init("power\nW", .right), .init("limit\nW", .right), .init("use\n%", .right),
            .init("memory\nMiB", .right), .init("of\nMiB", .right), .init("temp.\n°C", .right), .init("SM clock\nMHz", .right),
            .init("mem. clock\nMHz", .right, dropRank: 1),
        ])
        func text(_ value: Double?, decimals: Int) -> TextTable.Cell {
            .text(value.map { NumberText.fixed($0, decimals: decimals) } ?? FigureFormat.absent)
        }
        for gpu in summary.gpus {
            table.add(
                .text("\(gpu.index)"),
                .text(TerminalText.shortened(TerminalText.safe(gpu.name + (gpu.host.map { " of \($0)" } ?? "")), to: 24)),
                text(gpu.powerWatts, decimals: 1),
                text(gpu.powerLimitWatts, decimals: 0), text(gpu.utilizationPercent, decimals: 0),
                text(gpu.memoryUsedMebibytes, decimals: 0),
                text(gpu.memoryTotalMebibytes, decimals: 0), text(gpu.temperatureCelsius, decimals: 0), text(gpu.smClockMHz, decimals: 0),
                text(gpu.memoryClockMHz, decimals: 0))
        }
        table.write(to: &page)
        for gpu in summary.gpus where !gpu.throttleReasons.isEmpty {
            page.paragraph("#\(gpu.index) clock events: \(gpu.throttleReasons.joined(separator: ", "))", hanging: 2)
        }
    }

    static func failures(_ summary: Summary, on page: inout TerminalText) {
        guard summary.requests.failed > 0 || !summary.requests.errors.isEmpty else { return }
        let planned = NumberText.count(summary.requests.planned)
        page.heading("Failed requests", note: "\(NumberText.count(summary.requests.failed)) of \(planned)")
        let errors = summary.requests.errorsByCount
        for (text, count) in errors.prefix(5) {
            page.paragraph("\(NumberText.count(count)) × \(TerminalText.safe(text))", hanging: 4)
        }
        if errors.count > 5 { page.paragraph("and \(errors.count - 5) more kinds of error, see requests.jsonl") }
        if errors.isEmpty { page.paragraph("No reason was recorded.") }
    }

    static func flags(_ summary: Summary, on page: inout TerminalText) {
        guard !summary.flags.isEmpty || !summary.notes.isEmpty else { return }
        page.heading("Flags", note: "reasons to trust a figure less")
        for raised in summary.flagGroups {
            let detail = raised.detail.isEmpty ? "" : " \(TerminalText.safe(raised.detail))"
            item(raised.grade.rawValue, raised.grade.styles, "\(raised.flag.rawValue): \(raised.flag.sentence)\(detail)", on: &page)
            page.paragraph("→ \(raised.flag.remedy)", indent: 11, hanging: 2, .dim)
        }
        for note in summary.notes { item("file", [.dim], TerminalText.safe(note), on: &page) }
    }

    /// A word in the margin and a paragraph beside it.
    private static func item(_ label: String, _ styles: [TerminalText.Style], _ text: String, on page: inout TerminalText) {
        for (number, line) in TerminalText.wrapped(text, width: page.width, indent: 11, hanging: 0).enumerated() {
            page.add(number == 0 ? "  " + page.paint(label.padding(to: 7), styles) + "  " + line.dropFirst(11) : line)
        }
    }

    static func closing(_ summary: Summary, runDirectory: String?, on page: inout TerminalText) {
        if let cost = summary.ownCostText {
            page.gap()
            page.paragraph("joulebench itself: \(cost)", indent: 0, hanging: 2, .dim)
        }
        if let runDirectory {
            page.heading("Files", note: "in \(TerminalText.safe(runDirectory))")
            guard summary.serving == nil else { return }
            page.paragraph("report.html, summary.json, samples.csv, requests.jsonl, experiment.json, environment.json")
        }
    }
}

extension Summary.Requests {
    /// Most frequent first; equal counts by text, so that reports are the same each time.
    var errorsByCount: [(text: String, count: Int)] {
        errors.map { (text: $0.key, count: $0.value) }.sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    }
}

extension String {
    func padding(to count: Int) -> String { self + String(repeating: " ", count: max(0, count - self.count)) }
}

extension Flag.Grade {
    fileprivate var styles: [TerminalText.Style] {
        switch self {
        case .note: [.cyan]
        case .doubt: [.yellow]
        case .invalid: [.bold, .red]
        }
    }
}

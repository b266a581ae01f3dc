import JouleModel

/// The result of `analyze` with captured logs for people.
package enum CapturedText {
    package static func render(_ summary: CapturedSummary, width: Int = 100, color: Bool = false) -> String {
        var page = TerminalText(width: width, color: color)
        page.add("Energy of requests, from captured logs (scope \(summary.scope.rawValue))", .bold)
        page.paragraph(requests(summary.requests), indent: 0)
        page.paragraph(window(summary), indent: 0, hanging: 2, .dim)
        page.gap()
        var table = TextTable([.init(), .init("", .right), .init(), .init("", isDim: true)])
        for name in CapturedSummary.FigureName.allCases {
            guard let figure = summary[name] else { continue }
            let text = FigureFormat.text(figure)
            table.add(
                .text(label(name)), .figure(text), .text(text.isAbsent ? "" : text.unit),
                .text(text.isAbsent ? "" : FigureFormat.method(figure)))
        }
        table.write(to: &page)
        let flags = Set(summary.figures.values.flatMap(\.flags)).sorted()
        if !flags.isEmpty || !summary.notes.isEmpty {
            page.gap()
            for flag in flags { page.paragraph("\(flag.grade.rawValue): \(flag.rawValue): \(flag.sentence)", indent: 0, hanging: 2) }
            for note in summary.notes { page.paragraph("note: \(TerminalText.safe(note))", indent: 0, hanging: 2, .dim) }
        }
        return page.text
    }

    private static func requests(_ requests: CapturedSummary.Requests) -> String {
        let unsent = requests.unsent > 0 ? ", \(NumberText.count(requests.unsent)) never sent" : ""
        return "requests: \(NumberText.count(requests.succeeded)) succeeded, \(NumberText.count(requests.failed)) failed\(unsent)"
    }

    private static func window(_ summary: CapturedSummary) -> String {
        guard let window = summary.window else { return "window: none, no request has a length" }
        let begin = window.startedAt ?? "\(FigureFormat.seconds(window.startSeconds)) s"
        let end = window.endedAt ?? "\(FigureFormat.seconds(window.endSeconds)) s"
        return "window: first start to last end, \(FigureFormat.seconds(window.durationSeconds)) s, \(begin) to \(end)"
    }

    private static func label(_ name: CapturedSummary.FigureName) -> String {
        switch name {
        case .energy: "energy"
        case .activeEnergy: "active energy (over idle)"
        case .meanPower: "mean power"
        case .idlePower: "idle power"
        case .inputTokens: "input tokens"
        case .outputTokens: "output tokens"
        case .joulesPerOutputToken: "per output token"
        case .activeJoulesPerOutputToken: "per output token, active"
        case .outputTokensPerSecond: "output rate"
        }
    }
}

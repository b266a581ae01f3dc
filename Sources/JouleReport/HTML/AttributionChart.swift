import JouleModel

/// The energy of the window as one bar cut by stage, and as another cut by what became of the requests.
enum AttributionChart {
    static func chart(_ attribution: Summary.Attribution) -> Chart? {
        guard let gross = attribution.gross.value, gross > 0 else { return nil }
        let scale = UnitScale.best(for: gross, unit: attribution.gross.unit)
        let reasons = attribution.reasoning.value.map { $0 > 0 } ?? false
        let useful = attribution.requests.value.flatMap { all in attribution.wasted.value.map { all - $0 } }
        let byStage: [Part] =
            [Part("prefill", .series(1), attribution.prefill.value)]
            + (reasons
                ? [Part("reasoning", .series(4), attribution.reasoning.value), Part("answer", .series(0), attribution.answer.value)]
                : [Part("decode", .series(0), attribution.decode.value)])
            + [Part("unattributed", .muted, attribution.unattributed.value)]
        let byFate = [
            Part("completed requests", .series(2), useful), Part("wasted", .bad, attribution.wasted.value),
            Part("unattributed", .muted, attribution.unattributed.value),
        ]
        var chart = Chart(
            title: "Energy of the window by stage and by outcome",
            x: Axis(title: "energy of the window, \(scale.unit)", over: 0...(gross * scale.factor), ticks: 8),
            y: Axis(title: "", over: 0...2, labelled: [.init(value: 0.5, label: "stage"), .init(value: 1.5, label: "outcome")]))
        chart.yDirection = .down
        chart.plotHeight = 78
        for (row, parts) in [byStage, byFate].enumerated() {
            var from = 0.0
            for part in parts {
                // A part below zero (noise around an idle baseline) has no length; the table shows it.
                guard let value = part.value, value > 0 else { continue }
                let share = NumberText.percent(value / gross)
                let bar = ChartLayer.Bar(
                    x: (from * scale.factor)...((from + value) * scale.factor), y: (Double(row) + 0.16)...(Double(row) + 0.84),
                    title: "\(part.name), \(share)")
                // Named once: the second bar ends with the same part as the first.
                let name = row == 1 && part.name == "unattributed" ? "" : "\(part.name) \(share)"
                chart.layers.append(.bars(name: name, color: part.color, bars: [bar]))
                from += value
            }
        }
        return chart.layers.isEmpty ? nil : chart
    }

    private struct Part {
        let name: String
        let color: ChartColor
        let value: Double?

        init(_ name: String, _ color: ChartColor, _ value: Double?) {
            self.name = name
            self.color = color
            self.value = value
        }
    }
}

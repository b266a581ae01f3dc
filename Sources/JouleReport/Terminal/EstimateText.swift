import JouleModel
import JouleUnits

/// What `estimate` prints.
package enum EstimateText {
    package static func render(_ estimate: EnergyEstimate, width: Int, color: Bool) -> String {
        var page = TerminalText(width: width, color: color)
        page.add(page.paint("assumed", [.bold, .yellow]) + " · no measurement: what such a run would use")
        let counts = estimate.gpuCounts.map { "\($0)" }.joined(separator: " or ")
        page.paragraph(
            [
                TerminalText.safe(estimate.model), "\(counts) × \(estimate.gpu)", estimate.precision,
                "batch \(Int(exactly: estimate.batch).map(NumberText.count) ?? NumberText.significant(estimate.batch, digits: 3))",
            ].joined(separator: " · "), indent: 0, hanging: 2, .dim)
        let lengths =
            estimate.inputTokens > 0
            ? "\(NumberText.count(estimate.outputTokens)) tokens out, \(NumberText.count(estimate.inputTokens)) in"
            : "\(NumberText.count(estimate.outputTokens)) tokens out"
        page.heading("Energy", note: "scope \(estimate.scope.rawValue), gross; \(lengths)")
        var table = TextTable([.init(), .init("low", .right), .init("high", .right), .init()])
        for (label, range) in [
            ("energy per output token", estimate.perToken), ("energy", estimate.energy), ("energy", estimate.wattHours),
        ] {
            let scale = UnitScale.best(for: range.high, unit: range.unit)
            func text(_ value: Double) -> TextTable.Cell { .text(NumberText.significant(value * scale.factor, digits: 3)) }
            table.add(.text(label), text(range.low), text(range.high), .text(scale.unit))
        }
        table.write(to: &page)
        page.heading("Method", note: estimate.basis == .referenceBands ? "reference measurements" : "peaks of the device")
        for sentence in estimate.method { page.paragraph(TerminalText.safe(sentence), hanging: 2) }
        page.paragraph("source: \(estimate.source)", hanging: 2)
        for note in estimate.notes { page.paragraph("note: \(TerminalText.safe(note))", hanging: 2) }
        return page.text
    }
}

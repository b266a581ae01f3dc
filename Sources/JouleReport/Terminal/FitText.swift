import JouleModel

/// A fit of prefill and decode energy on the console: its coefficients, how good it is, and what it leaves over at each run.
package enum FitText {
    package static func render(_ fit: EnergyFit, width: Int = 100, color: Bool = false) -> String {
        var page = TerminalText(width: width, color: color)
        let identity = [fit.model, fit.device, fit.precision].map { TerminalText.safe($0) } + ["scope \(fit.scope.rawValue)"]
        page.add("Energy of prefill and decode, fitted over \(NumberText.count(fit.observations.count)) runs", .bold)
        page.paragraph(identity.joined(separator: " · "), indent: 0, hanging: 2, .dim)
        page.paragraph("E = \(fit.baseline == nil ? "" : "P0 · duration + ")α · uncached prompt tokens + β · output tokens", indent: 0)
        page.heading("Coefficients")
        var table = TextTable([
            .init(), .init(), .init("value", .right), .init("std. error", .right), .init("relative", .right), .init("unit"),
        ])
        if let baseline = fit.baseline { add("P0", "power without tokens", baseline, to: &table) }
        add("α", "per uncached prompt token", fit.alpha, to: &table)
        add("β", "per output token", fit.beta, to: &table)
        table.write(to: &page)
        let coefficients = [fit.baseline, fit.alpha, fit.beta].compactMap(\.self)
        if coefficients.contains(where: { $0.standardError == nil }) {
            page.paragraph("— no standard error: the coefficient lies at its bound of zero, or there are too few runs.", hanging: 2)
        }
        if let rSquared = fit.rSquared { page.paragraph("R² \(NumberText.fixed(rSquared, decimals: 5))") }
        residuals(fit, on: &page)
        return page.text
    }

    private static func add(_ symbol: String, _ meaning: String, _ coefficient: EnergyFit.Coefficient, to table: inout TextTable) {
        let scale = UnitScale.best(for: abs(coefficient.value), unit: coefficient.unit)
        // As many decimals as the error supports, with two digits of it.
        let error = coefficient.standardError.map { abs($0) * scale.factor }
        let decimals = error.map { max(0, NumberText.decimals(forSignificant: 2, of: $0)) }
        let value = coefficient.value * scale.factor
        let relative = coefficient.standardError.flatMap { coefficient.value == 0 ? nil : abs($0 / coefficient.value) }
        table.add(
            .text(symbol), .text(meaning),
            .text(decimals.map { NumberText.fixed(value, decimals: min($0, 6)) } ?? NumberText.significant(value)),
            .text(error.flatMap { error in decimals.map { NumberText.fixed(error, decimals: min($0, 6)) } } ?? FigureFormat.absent),
            .text(relative.map(NumberText.percent) ?? FigureFormat.absent), .text(scale.unit))
    }

    private static func residuals(_ fit: EnergyFit, on page: inout TerminalText) {
        guard !fit.observations.isEmpty else { return }
        page.heading("Residuals", note: "measured less fitted")
        let largest = fit.observations.map { abs($0.energy) }.max() ?? 0
        let scale = UnitScale.best(for: largest, unit: "J")
        let smallest = fit.residuals.map { abs($0) * scale.factor }.filter { $0 > 0 }.max() ?? 1
        let decimals = min(max(0, NumberText.decimals(forSignificant: 3, of: smallest)), 4)
        func joules(_ value: Double) -> TextTable.Cell { .text(NumberText.fixed(value * scale.factor, decimals: decimals)) }
        var table = TextTable([
            .init("run"), .init("duration\ns", .right), .init("uncached\nprompt tokens", .right), .init("output\ntokens", .right),
            .init("measured\n\(scale.unit)", .right), .init("fitted\n\(scale.unit)", .right, dropRank: 1),
            .init("residual\n\(scale.unit)", .right), .init("\nshare", .right),
        ])
        for (observation, residual) in zip(fit.observations, fit.residuals) {
            let share = observation.energy == 0 ? FigureFormat.absent : NumberText.percent(residual / observation.energy)
            table.add(
                .text(TerminalText.shortened(TerminalText.safe(observation.label), to: 32)),
                .text(NumberText.fixed(observation.seconds, decimals: 1)), .text(NumberText.fixed(observation.prefillTokens, decimals: 0)),
                .text(NumberText.fixed(observation.outputTokens, decimals: 0)), joules(observation.energy),
                joules(observation.energy - residual), joules(residual), .text(share))
        }
        table.write(to: &page)
    }
}

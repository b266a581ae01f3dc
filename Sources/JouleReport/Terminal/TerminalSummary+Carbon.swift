import JouleModel

extension TerminalSummary {
    static func carbon(_ summary: Summary, on page: inout TerminalText) {
        guard let carbon = summary.carbon else { return }
        let rows = CarbonText.shown(summary, carbon).filter { $0.emissions.value != nil }
        guard !rows.isEmpty else { return }
        page.heading("Carbon", note: "of the site's energy: that of the machines times the PUE")
        page.paragraph(TerminalText.safe(CarbonText.intensity(carbon)), hanging: 2)
        page.paragraph(TerminalText.safe(CarbonText.site(carbon.record)), hanging: 2)
        let hasCost = carbon.record.price != nil
        let hasWater = rows.contains { $0.water.value != nil }
        let joules = UnitScale.common(for: rows.flatMap { [$0.itEnergy, $0.facilityEnergy] })
        let mass = UnitScale.common(for: rows.map(\.emissions))
        let request = UnitScale.common(for: rows.map(\.perRequest))
        let tokens = UnitScale.common(for: rows.map(\.perThousandOutputTokens))
        let money = UnitScale.common(for: rows.map(\.costPerThousandRequests))
        let litres = UnitScale.common(for: rows.map(\.water))
        func unit(_ scale: UnitScale?) -> String { scale.map { String($0.unit.prefix { $0 != "/" }) } ?? "" }
        var columns: [TextTable.Column] = [
            .init("scope"), .init("machines\n\(unit(joules))", .right), .init("site\n\(unit(joules))", .right),
            .init("carbon\n\(unit(mass))", .right), .init("a request\n\(unit(request))", .right),
            .init("1,000 tokens out\n\(unit(tokens))", .right),
        ]
        if hasWater { columns.append(.init("water\n\(unit(litres))", .right, dropRank: 2)) }
        if hasCost { columns.append(.init("1,000 requests\n\(unit(money))", .right, dropRank: 1)) }
        columns.append(.init("method", dropRank: 3, isDim: true))
        var table = TextTable(columns)
        for row in rows {
            var cells: [TextTable.Cell] = [
                .text(row.scope.rawValue), .figure(FigureFormat.text(row.itEnergy, in: joules)),
                .figure(FigureFormat.text(row.facilityEnergy, in: joules)), .figure(FigureFormat.text(row.emissions, in: mass)),
                .figure(FigureFormat.text(row.perRequest, in: request)),
                .figure(FigureFormat.text(row.perThousandOutputTokens, in: tokens)),
            ]
            if hasWater { cells.append(.figure(FigureFormat.text(row.water, in: litres))) }
            if hasCost { cells.append(.figure(FigureFormat.text(row.costPerThousandRequests, in: money))) }
            table.rows.append(cells + [.text(FigureFormat.method(row.emissions))])
        }
        table.write(to: &page)
        if let embodied = CarbonText.embodied(carbon) { page.paragraph("embodied: \(TerminalText.safe(embodied))", hanging: 2) }
        for score in carbon.scores where score.score.value != nil {
            page.paragraph("SCI for \(score.functionalUnit): \(FigureFormat.text(score.score).sentence)", hanging: 2)
        }
        for warning in carbon.record.warnings { page.paragraph(TerminalText.safe(warning), hanging: 2, .dim) }
    }
}

import JouleModel

/// What is shown of a member over its repetitions: one row for each figure.
struct RepeatedRow {
    let label: String
    let repeated: RepeatedFigure
    private let scale: UnitScale

    private init(_ label: String, _ repeated: RepeatedFigure) {
        self.label = label
        self.repeated = repeated
        scale = .best(for: repeated.figure.magnitude, unit: repeated.unit)
    }

    var unit: String { scale.unit }
    var mean: FigureText { FigureFormat.text(repeated.figure, in: scale) }
    var scatter: String { text(repeated.random) }
    var gain: String { text(repeated.systematic) }
    var deviation: String { text(repeated.standardDeviation) }
    var variation: String { repeated.coefficientOfVariation.map { NumberText.percent($0) } ?? FigureFormat.absent }

    private func text(_ value: Double?) -> String {
        // What is far below anything that is shown is the rounding of a sum.
        value.map { abs($0 * scale.factor) < 1e-6 ? "0" : NumberText.significant($0 * scale.factor, digits: 2) } ?? FigureFormat.absent
    }

    private static let order = [
        "joules_per_output_token", "net_joules_per_output_token", "output_tokens_per_joule", "joules_per_request",
        "watt_hours_per_1000_requests", "mean_power", "idle_share", "net_energy_over_idle_host", "net_energy_over_idle_loaded",
        "output_tokens_per_second", "requests_per_second", "time_to_first_token_p50", "time_to_first_token_p99",
        "time_per_output_token_p50", "time_per_output_token_p99", "grams_co2e", "grams_co2e_per_request",
        "grams_co2e_per_1000_output_tokens", "site_energy", "water", "cost", "cost_per_1000_requests",
    ]

    private static let latencyNames = [
        "time_to_first_token_p50": "TTFT p50", "time_to_first_token_p99": "TTFT p99", "time_per_output_token_p50": "TPOT p50",
        "time_per_output_token_p99": "TPOT p99", "net_energy_over_idle_host": "net energy over idle host",
        "net_energy_over_idle_loaded": "net energy over idle loaded", "site_energy": "energy of the site, with PUE",
        "water": "water", "cost": "cost", "cost_per_1000_requests": "cost of 1,000 requests",
    ]

    /// The figures of a member by name, in the order of reading, then its energies by scope.
    static func keyed(_ member: StudySummary.Member) -> [(key: String, row: RepeatedRow)] {
        let names = order.filter { member.figures[$0] != nil } + member.figures.keys.filter { !order.contains($0) }.sorted()
        let figures = names.compactMap { name in
            member.figures[name].map { (name, RepeatedRow(latencyNames[name] ?? FigureNames.label(of: name), $0)) }
        }
        let energies = Scope.allCases.compactMap { scope in
            member.energies[scope.rawValue].map { ("energy_\(scope.rawValue)", RepeatedRow("energy, \(scope.rawValue)", $0)) }
        }
        return figures + energies
    }
}

extension StudySummary {
    /// Whether anything was run more than once, so that there is a spread to speak of.
    var isRepeated: Bool { members.contains { $0.completed + $0.failed > 1 } }

    /// Whether one experiment was repeated and nothing varied.
    var isRepetition: Bool { members.count == 1 && members.allSatisfy(\.values.isEmpty) }

    static let meaningOfMean =
        "± is half of the 95 % interval of the mean: the scatter of the runs (Student's t over n runs) and the gain of the sensors, which "
        + "more runs do not shrink and which cancels in a ratio on the same device and meter. Intensity, PUE, water usage and price are the "
        + "same in every run and have no interval that anybody states."

    /// What a reader of the means should know.
    var remarksOnMeans: [String] {
        var remarks = [Self.meaningOfMean]
        let single = members.filter { $0.completed == 1 }
        if !single.isEmpty, let reason = single.lazy.flatMap(\.figures.values).first(where: { $0.count == 1 })?.reason {
            remarks.append("\(single.count == members.count ? "" : single.map(\.name).joined(separator: ", ") + ": ")\(reason).")
        }
        return remarks
    }
}

extension StudyReport {
    /// The means in the console: all figures of one experiment, or the headlines of several.
    static func means(_ study: StudySummary, on page: inout TerminalText) {
        // The points of a curve are means already.
        guard study.isRepeated, study.curve == nil, study.members.contains(where: { $0.completed > 0 }) else { return }
        let counts = Set(study.members.map(\.completed)).sorted()
        let runs = counts.count == 1 ? "\(counts[0])" : "\(counts[0])–\(counts[counts.count - 1])"
        page.heading("Over the repetitions", note: "mean of \(runs) completed run\(runs == "1" ? "" : "s")")
        (study.isRepetition ? figures(of: study.members[0]) : headlines(of: study)).write(to: &page)
        for remark in study.remarksOnMeans { page.paragraph(TerminalText.safe(remark), hanging: 2, .dim) }
    }

    private static func figures(of member: StudySummary.Member) -> TextTable {
        var table = TextTable([
            .init(), .init("mean", .right), .init("unit"), .init("scatter\n±", .right, dropRank: 2), .init("gain\n±", .right, dropRank: 3),
            .init("CV", .right), .init("n", .right),
        ])
        for (_, row) in RepeatedRow.keyed(member) {
            table.add(
                .text(row.label), .figure(row.mean), .text(row.unit), .text(row.scatter), .text(row.gain), .text(row.variation),
                .text("\(row.repeated.count)"))
        }
        return table
    }

    private static func headlines(of study: StudySummary) -> TextTable {
        let keys = [
            ("energy", "joules_per_output_token", "J/token"), ("mean", "mean_power", "W"),
            ("output", "output_tokens_per_second", "token/s"),
        ]
        let figures = keys.map { _, key, unit in
            study.members.map { $0.figures[key]?.figure ?? .absent(unit: unit, reason: "no run came to its end") }
        }
        let scales = figures.map(UnitScale.common)
        var table = TextTable(
            [.init("member")] + zip(keys, scales).map { key, scale in .init("\(key.0)\n\(scale?.unit ?? key.2)", .right) }
                + [.init("CV\nenergy", .right, dropRank: 1), .init("n", .right)])
        for (number, member) in study.members.enumerated() {
            let cells = zip(figures, scales).map { TextTable.Cell.figure(FigureFormat.text($0[number], in: $1)) }
            let variation = member.figures["joules_per_output_token"]?.coefficientOfVariation.map { NumberText.percent($0) }
            table.rows.append(
                [.text(TerminalText.shortened(TerminalText.safe(member.name), to: 30))] + cells
                    + [.text(variation ?? FigureFormat.absent), .text("\(member.completed)")])
        }
        return table
    }

    /// The means in the report: every figure of every member.
    static func means(_ study: StudySummary, to page: inout Markup) {
        guard study.isRepeated, study.members.contains(where: { $0.completed > 0 }) else { return }
        HTMLReport.section("Over the repetitions", note: StudySummary.meaningOfMean, to: &page) { page in
            let names: [HTMLTable.Column] = study.isRepetition ? [] : [.text("member")]
            var table = HTMLTable(
                names + [
                    .text("figure"), .figure("mean"), .text("unit"), .number("scatter ±"), .number("gain ±"), .number("sd"), .number("CV"),
                    .number("n"),
                ])
            for member in study.members {
                for (number, (_, row)) in RepeatedRow.keyed(member).enumerated() {
                    let name: [HTMLTable.Cell] = study.isRepetition ? [] : [.text(number == 0 ? member.name : "")]
                    table.rows.append(
                        name + [
                            .text(row.label), .figure(row.mean), .text(row.unit), .text(row.scatter), .text(row.gain), .text(row.deviation),
                            .text(row.variation), .text("\(row.repeated.count)"),
                        ])
                }
            }
            table.write(to: &page)
            for remark in study.remarksOnMeans.dropFirst() { page.element("p", ["class": "remark"]) { $0.write(quoting: remark) } }
        }
    }

    /// `members.csv` of a study: one row for each figure of each member over its repetitions, with all digits; `NA` where there is nothing.
    package static func membersCSV(_ study: StudySummary) -> String {
        let keys = StudyLine.keys(of: study)
        var lines: [String] = []
        for member in study.members {
            for (key, row) in RepeatedRow.keyed(member) {
                let columns = columns(of: row.repeated, named: key, member, keys: keys)
                if lines.isEmpty { lines.append(CSVLine.join(columns.map(\.0))) }
                lines.append(CSVLine.join(columns.map(\.1)))
            }
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    private static func columns(
        of repeated: RepeatedFigure, named key: String, _ member: StudySummary.Member, keys: [String]
    ) -> [(String, String)] {
        var row = CSVRow()
        row.add("member", member.name)
        for key in keys { row.add(key, member.values.first { $0.key == key }?.value) }
        row.add("completed_runs", member.completed)
        row.add("failed_runs", member.failed)
        row.add("figure", key)
        row.add("unit", repeated.unit)
        row.add("scope", repeated.scope?.rawValue)
        row.add("n", repeated.count)
        row.add("mean", repeated.mean)
        row.add("standard_deviation", repeated.standardDeviation)
        row.add("coefficient_of_variation", repeated.coefficientOfVariation)
        row.add("plus_minus", repeated.plusMinus)
        row.add("plus_minus_random", repeated.random)
        row.add("plus_minus_systematic", repeated.systematic)
        row.add("method", repeated.method)
        row.add("reason", repeated.reason)
        row.add("ending", member.ending)
        return row.columns
    }
}

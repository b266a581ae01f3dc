import JouleModel

extension StudyReport {
    /// The report of a study as one file, of the same make as that of a run.
    package static func html(_ study: StudySummary, version: String? = nil) -> String {
        let lines = StudyLine.lines(of: study)
        return HTMLReport.document(study.name, version: version) { page in
            page.element("header") { page in
                page.element("h1", text: study.name)
                page.element("p", ["class": "badges"]) { page in
                    page.element(
                        "span", ["class": "badge \(study.done == study.rows.count ? "good" : "caution")"],
                        text: "\(NumberText.count(study.done)) of \(NumberText.count(study.rows.count)) runs")
                    if let model = study.rows.lazy.compactMap({ $0.summary?.model }).first {
                        page.element("span", ["class": "badge"], text: model)
                    }
                }
            }
            let charts = StudyCharts.charts(study, lines)
            if !charts.isEmpty {
                let title = study.curve == nil ? "Figures over the study" : "Energy and latency against load"
                HTMLReport.section(title, note: note(study, lines), to: &page) { page in
                    HTMLReport.figures(charts, to: &page)
                    for remark in study.remarks { page.element("p", ["class": "remark"]) { $0.write(quoting: remark) } }
                }
            }
            table(study, lines, to: &page)
            means(study, to: &page)
            runs(study, to: &page)
            list(study.endings, "Runs enough", to: &page)
            list(study.failures, "Failed runs", to: &page)
            list(study.notRun, "Not run", to: &page)
            list(study.retried, "Run again", note: "The failed attempts are kept and in no figure.", to: &page)
            page.element("footer") { page in
                page.element(
                    "p",
                    text: "± is half of a 95 % interval. — is a figure that could not be had; it is never counted as zero. "
                        + "Unrounded figures are in table.csv, members.csv and summary.json beside this file.")
            }
        }
    }

    private static func note(_ study: StudySummary, _ lines: [StudyLine]) -> String {
        if study.curve != nil { return "Points in red are saturated loads: no server could keep them." }
        return StudyCharts.isCounted(study, lines) ? "Runs by their number in the table below." : "Every run of the study."
    }

    private static func table(_ study: StudySummary, _ lines: [StudyLine], to page: inout Markup) {
        guard !lines.isEmpty else { return }
        let shared = StudyColumns(lines)
        let isCounted = StudyCharts.isCounted(study, lines)
        HTMLReport.section(study.curve == nil ? "Runs" : "Loads", to: &page) { page in
            var columns: [(column: HTMLTable.Column, cell: (StudyLine) -> HTMLTable.Cell)] = []
            func add(_ column: HTMLTable.Column, _ cell: @escaping (StudyLine) -> HTMLTable.Cell) { columns.append((column, cell)) }
            if isCounted { add(.number("#")) { .text(NumberText.trimmed($0.x)) } }
            for (number, header) in StudyLine.headers(of: study).enumerated() { add(.number(header)) { .text($0.values[number]) } }
            if shared.hasRepetitions { add(.number("repetition")) { .text("\($0.repetition)") } }
            if shared.hasVerdicts {
                add(.text("window")) { line in
                    line.verdict.map { .tag($0.word, tone: $0.tone?.name ?? "") } ?? .text(FigureFormat.absent)
                }
            }
            if lines.contains(where: { !$0.mark.isEmpty }) {
                add(.text("")) { $0.mark.isEmpty ? .text("") : .tag($0.mark, tone: "note") }
            }
            add(.figure("energy, \(shared.energy?.unit ?? "J/token")")) {
                .figure(FigureFormat.text($0.joulesPerOutputToken, in: shared.energy))
            }
            add(.figure("mean power, \(shared.power?.unit ?? "W")")) { .figure(FigureFormat.text($0.meanPower, in: shared.power)) }
            if shared.hasFirstToken {
                add(.number("TTFT p99, \(shared.firstToken.unit)")) { .text(shared.firstToken.digits($0.timeToFirstTokenP99)) }
            }
            if shared.hasPerToken {
                add(.number("TPOT p99, \(shared.perToken.unit)")) { .text(shared.perToken.digits($0.timePerOutputTokenP99)) }
            }
            add(.figure("output, token/s")) { .figure(FigureFormat.text($0.outputTokensPerSecond)) }
            if shared.hasGoodput {
                add(.number("goodput, /s")) { .text(StudyColumns.number($0.goodput)) }
                add(.number("goodput, /\(shared.joule.unit)")) { .text(shared.joule.text($0.goodputPerJoule)) }
            }
            var table = HTMLTable(columns.map(\.column))
            table.rows = lines.map { line in columns.map { $0.cell(line) } }
            table.write(to: &page)
            if let loads = study.loads { page.element("p", ["class": "remark"], text: loads) }
            if charts(study, lines).isEmpty {
                for remark in study.remarks { page.element("p", ["class": "remark"]) { $0.write(quoting: remark) } }
            }
        }
    }

    /// Every run of an energy curve with its repetitions; other studies have them in the table above.
    private static func runs(_ study: StudySummary, to page: inout Markup) {
        guard study.curve != nil, !study.rows.isEmpty else { return }
        HTMLReport.section("Runs", to: &page) { page in
            let keys = StudyLine.keys(of: study)
            let energies = study.rows.map { row in
                row.summary?.figure("joules_per_output_token", unit: "J/token")
                    ?? .absent(unit: "J/token", reason: row.failure ?? "no run")
            }
            let scale = UnitScale.common(for: energies)
            var table = HTMLTable(
                [.text("member")] + keys.map { .number($0) }
                    + [
                        .number("repetition"), .text("run"), .text("window"), .figure("energy, \(scale?.unit ?? "J/token")"),
                        .text("flags"),
                    ])
            for (row, energy) in zip(study.rows, energies) {
                let flags = row.summary?.flagGroups.map(\.flag.rawValue).joined(separator: ", ") ?? ""
                table.rows.append(
                    [.text(row.member)] + keys.map { key in .text(row.values.first { $0.key == key }?.value ?? FigureFormat.absent) }
                        + [
                            .text("\(row.repetition)"), row.runID.map { .code($0) } ?? .text(FigureFormat.absent),
                            row.summary.map { .tag($0.windowVerdict.word, tone: $0.windowVerdict.tone?.name ?? "") }
                                ?? .text(FigureFormat.absent),
                            .figure(FigureFormat.text(energy, in: scale)), .text(flags),
                        ])
            }
            table.write(to: &page)
        }
    }

    private static func list(_ lines: [String], _ title: String, note: String? = nil, to page: inout Markup) {
        guard !lines.isEmpty else { return }
        HTMLReport.section(title, note: note, to: &page) { page in
            page.element("ul") { page in for line in lines { page.element("li") { $0.write(quoting: line) } } }
        }
    }

    private static func charts(_ study: StudySummary, _ lines: [StudyLine]) -> [Chart] { StudyCharts.charts(study, lines) }
}

import JouleModel

/// What a study came to, for the console (`terminal`), for a browser (`html`) and for other programs (`csv`).
package enum StudyReport {
    /// One line for each load of an energy curve, or for each run of any other study. Lines of at most `width` and 100 characters.
    package static func terminal(_ study: StudySummary, width: Int = 100, color: Bool = false) -> String {
        var page = TerminalText(width: width, color: color)
        page.add("\(TerminalText.safe(study.name)): \(NumberText.count(study.done)) of \(NumberText.count(study.rows.count)) runs", .bold)
        page.gap()
        table(study).write(to: &page)
        for remark in study.remarks {
            page.paragraph(TerminalText.safe(remark), hanging: 2)
        }
        if let loads = study.loads { page.paragraph(loads, hanging: 2, .dim) }
        means(study, on: &page)
        let count = study.rows.count
        let missing = study.rows.count { $0.notRun != nil }
        list(study.endings, "Runs enough", on: &page)
        list(study.failures, "Failed runs", note: "\(study.failures.count) of \(count)", on: &page)
        list(study.notRun, "Not run", note: "\(missing) of \(count)", on: &page)
        list(study.retried, "Run again", note: "the failed attempts are kept and in no figure", on: &page)
        return page.text
    }

    private static func list(_ lines: [String], _ title: String, note: String = "", on page: inout TerminalText) {
        guard !lines.isEmpty else { return }
        page.heading(title, note: note)
        for line in lines { page.paragraph(TerminalText.safe(line), hanging: 2) }
    }

    private static func table(_ study: StudySummary) -> TextTable {
        let lines = StudyLine.lines(of: study)
        let shared = StudyColumns(lines)
        var columns: [(column: TextTable.Column, cell: (StudyLine) -> TextTable.Cell)] = []
        func add(_ header: String, dropRank: Int? = nil, _ cell: @escaping (StudyLine) -> TextTable.Cell) {
            columns.append((.init(header, .right, dropRank: dropRank), cell))
        }
        func short(_ text: String) -> String { TerminalText.shortened(TerminalText.safe(text), to: 18) }
        for (number, header) in StudyLine.headers(of: study).enumerated() { add(short(header)) { .text(short($0.values[number])) } }
        if shared.hasRepetitions { add("rep.") { .text("\($0.repetition)") } }
        if shared.hasVerdicts { columns.append((.init("window"), { .text($0.verdict?.word ?? FigureFormat.absent) })) }
        add("energy\n\(shared.energy?.unit ?? "J/token")") { .figure(FigureFormat.text($0.joulesPerOutputToken, in: shared.energy)) }
        add("mean\n\(shared.power?.unit ?? "W")") { .text(FigureFormat.text($0.meanPower, in: shared.power).value) }
        if shared.hasFirstToken {
            add("TTFT p99\n\(shared.firstToken.unit)") { .text(shared.firstToken.digits($0.timeToFirstTokenP99)) }
        }
        if shared.hasPerToken { add("TPOT p99\n\(shared.perToken.unit)") { .text(shared.perToken.digits($0.timePerOutputTokenP99)) } }
        add("output\ntoken/s") { .text(FigureFormat.text($0.outputTokensPerSecond).value) }
        if shared.hasGoodput {
            add("goodput\nreq/s", dropRank: 1) { .text(StudyColumns.number($0.goodput)) }
            add("goodput\nreq/\(shared.joule.unit)", dropRank: 2) { .text(shared.joule.text($0.goodputPerJoule)) }
        }
        columns.append((.init(), { .text($0.mark) }))
        var table = TextTable(columns.map(\.column))
        table.rows = lines.map { line in columns.map { $0.cell(line) } }
        return table
    }
}

/// What the columns of a study's table have in common: which are there, and in which units.
struct StudyColumns {
    /// Requests per joule are small numbers; per kilojoule they can be read.
    struct PerJoule {
        let unit: String
        let factor: Double

        func text(_ figure: Figure?) -> String { StudyColumns.number(figure, factor: factor) }
    }

    let energy: UnitScale?
    let power: UnitScale?
    let firstToken: LatencyFormat
    let perToken: LatencyFormat
    let joule: PerJoule
    let hasRepetitions: Bool
    /// Whether a steady window was looked for in any of them.
    let hasVerdicts: Bool
    let hasGoodput: Bool
    let hasFirstToken: Bool
    let hasPerToken: Bool

    init(_ lines: [StudyLine]) {
        energy = UnitScale.common(for: lines.map(\.joulesPerOutputToken))
        power = UnitScale.common(for: lines.map(\.meanPower))
        firstToken = Self.format(lines.map(\.timeToFirstTokenP99))
        perToken = Self.format(lines.map(\.timePerOutputTokenP99))
        let most = lines.compactMap { $0.goodputPerJoule?.value }.max() ?? 1
        joule = most < 0.1 ? PerJoule(unit: "kJ", factor: 1e3) : PerJoule(unit: "J", factor: 1)
        hasRepetitions = lines.contains { $0.repetition > 1 }
        hasVerdicts = lines.contains { $0.verdict != nil && $0.verdict != .wholePhase }
        hasGoodput = lines.contains { $0.goodput != nil }
        hasFirstToken = lines.contains { $0.timeToFirstTokenP99 != nil }
        hasPerToken = lines.contains { $0.timePerOutputTokenP99 != nil }
    }

    static func number(_ figure: Figure?, factor: Double = 1) -> String {
        figure?.value.map { $0 == 0 ? "0" : NumberText.significant($0 * factor, digits: 3) } ?? FigureFormat.absent
    }

    private static func format(_ seconds: [Double?]) -> LatencyFormat {
        LatencyFormat(
            seconds.compactMap(\.self).map { value in
                var distribution = Summary.Distribution(count: 1)
                (distribution.p50, distribution.maximum) = (value, value)
                return distribution
            })
    }
}

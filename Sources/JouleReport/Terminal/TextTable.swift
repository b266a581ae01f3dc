/// Aligned columns of text and figures; the intervals of a column stand below each other, and absent figures point to their reason.
struct TextTable {
    enum Alignment { case left, right }

    struct Column {
        /// Lines of the header, separated by line feeds; the unit of the column stands here.
        var header: String
        var alignment: Alignment
        /// Columns with a rank are left out, highest first, when the table is too wide. What they show must stand elsewhere too.
        var dropRank: Int?
        var isDim: Bool

        init(_ header: String = "", _ alignment: Alignment = .left, dropRank: Int? = nil, isDim: Bool = false) {
            self.header = header
            self.alignment = alignment
            self.dropRank = dropRank
            self.isDim = isDim
        }
    }

    enum Cell {
        case text(String)
        case figure(FigureText)
    }

    let columns: [Column]
    var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    /// Appends the table and, below it, the reasons of what is absent.
    func write(to page: inout TerminalText, indent: Int = 2, spacing: Int = 2) {
        var notes: [String] = []
        let texts = columns.indices.map { column in Self.aligned(rows.map { $0[column] }, columns[column].alignment, notes: &notes) }
        let widths = zip(texts, columns).map { cells, column in
            max(cells.map(\.count).max() ?? 0, column.header.split(separator: "\n").map(\.count).max() ?? 0)
        }
        let shown = fitting(widths, width: page.width - indent, spacing: spacing)
        let headers = shown.map { columns[$0].header.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        let headerHeight = columns.allSatisfy(\.header.isEmpty) ? 0 : headers.map(\.count).max() ?? 0

        func line(_ cells: [String], styled: Bool) -> String {
            var line = String(repeating: " ", count: indent)
            for (position, column) in shown.enumerated() {
                let isLast = position == shown.count - 1
                let padded = Self.padded(cells[position], widths[column], columns[column].alignment, trailing: !isLast)
                line += styled && columns[column].isDim ? page.paint(padded, [.dim]) : padded
                if !isLast { line += String(repeating: " ", count: spacing) }
            }
            // Painted lines end in an escape; only plain ones can have blanks to strip.
            while line.last == " " { line.removeLast() }
            return line
        }

        for row in 0..<headerHeight {
            // Short headers hang on the last line, above their column.
            let cells = headers.map { lines in
                let offset = row - (headerHeight - lines.count)
                return offset >= 0 ? lines[offset] : ""
            }
            page.add(line(cells, styled: false), .dim)
        }
        for row in rows.indices { page.add(line(shown.map { texts[$0][row] }, styled: true)) }
        for (number, note) in notes.enumerated() {
            page.paragraph("\(Self.superscript(number + 1)) \(note)", indent: indent, hanging: 2, .dim)
        }
    }

    private func fitting(_ widths: [Int], width: Int, spacing: Int) -> [Int] {
        var shown = Array(columns.indices)
        func total() -> Int { shown.map { widths[$0] }.reduce(0, +) + spacing * (shown.count - 1) }
        while total() > width, let drop = shown.filter({ columns[$0].dropRank != nil }).max(by: { dropRank($0) < dropRank($1) }) {
            shown.removeAll { $0 == drop }
        }
        return shown
    }

    private func dropRank(_ column: Int) -> Int { columns[column].dropRank ?? .min }

    /// The cells of one column as texts of one shape: values end, and intervals begin, at the same place.
    private static func aligned(_ cells: [Cell], _ alignment: Alignment, notes: inout [String]) -> [String] {
        var values: [String] = []
        for cell in cells {
            switch cell {
            case .text(let text): values.append(text)
            case .figure(let figure):
                guard let reason = figure.reason else {
                    values.append(figure.value)
                    continue
                }
                let known = notes.firstIndex(of: reason)
                if known == nil { notes.append(reason) }
                values.append(figure.value + superscript((known ?? notes.count - 1) + 1))
            }
        }
        let intervals = cells.map { cell in if case .figure(let figure) = cell { figure.plusMinus } else { String?.none } }
        guard let intervalWidth = intervals.compactMap({ $0?.count }).max() else { return values }
        let valueWidth = values.map(\.count).max() ?? 0
        return zip(values, intervals).map { value, interval in
            let tail = interval.map { " ± " + $0 } ?? ""
            return padded(value, valueWidth, .right) + padded(tail, intervalWidth + 3, .left)
        }
    }

    private static func padded(_ text: String, _ width: Int, _ alignment: Alignment, trailing: Bool = true) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        switch alignment {
        case .right: return blanks + text
        case .left: return trailing ? text + blanks : text
        }
    }

    private static func superscript(_ number: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return String(String(number).compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }
}

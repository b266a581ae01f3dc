import JouleModel

/// A table of a report. The intervals of a column of figures stand below each other; what is absent shows its reason in place.
struct HTMLTable {
    enum Column {
        case text(String)
        /// Plain numbers, to the right.
        case number(String)
        /// A value and its interval: two cells under one header.
        case figure(String)
    }

    enum Cell {
        case text(String)
        /// A sentence, in which backquotes mark what is typed or named.
        case prose(String)
        /// Text in the type of code: identifiers, methods.
        case code(String)
        case figure(FigureText)
        case tag(String, tone: String)
    }

    let columns: [Column]
    var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    func write(to page: inout Markup) {
        page.element("div", ["class": "scroll"]) { page in
            page.element("table") { page in
                page.element("thead") { page in
                    page.element("tr") { page in
                        for column in columns {
                            switch column {
                            case .text(let title): page.element("th", ["scope": "col"], text: title)
                            case .number(let title): page.element("th", ["scope": "col", "class": "n"], text: title)
                            case .figure(let title): page.element("th", ["scope": "col", "class": "fig", "colspan": "2"], text: title)
                            }
                        }
                    }
                }
                page.element("tbody") { page in
                    for row in rows {
                        page.element("tr") { page in
                            for (cell, column) in zip(row, columns) { write(cell, column, to: &page) }
                        }
                        page.lineBreak()
                    }
                }
            }
        }
        page.lineBreak()
    }

    private func write(_ cell: Cell, _ column: Column, to page: inout Markup) {
        let isNumber = if case .number = column { true } else { false }
        switch cell {
        case .text(let text): page.element("td", ["class": isNumber ? "n" : nil], text: text)
        case .prose(let text): page.element("td") { $0.write(quoting: text) }
        case .code(let text): page.element("td", ["class": isNumber ? "n" : nil]) { $0.element("code", text: text) }
        case .tag(let text, let tone): page.element("td") { $0.element("span", ["class": "tag \(tone)"], text: text) }
        case .figure(let figure):
            if let reason = figure.reason {
                page.element("td", ["class": "absent", "colspan": "2"]) { page in
                    page.write(figure.value + " ")
                    page.element("small") { $0.write(quoting: reason) }
                }
            } else {
                page.element("td", ["class": "n v"], text: figure.value)
                page.element("td", ["class": "pm"], text: figure.plusMinus.map { "± \($0)" } ?? "")
            }
        }
    }
}

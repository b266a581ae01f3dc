/// Text that reads in Markdown (CommonMark and GitHub's tables) as it was written, whatever is in it.
enum MarkdownText {
    /// A text inside a line: nothing in it makes emphasis, a link, HTML or a new cell.
    static func escaped(_ text: String) -> String {
        let scalars = Array(TerminalText.safe(text).unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\\", "`", "*", "[", "]", "<", "|", "~", "&": result += "\\"
            case "_":
                // Between letters it is one of a name, and reads better bare.
                let isInside = [index - 1, index + 1].allSatisfy { scalars.indices.contains($0) && isPartOfWord(scalars[$0]) }
                if !isInside { result += "\\" }
            case "#" where index == 0: result += "\\"
            default: break
            }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// A name in the type of code. A bar inside ends a cell even there, and is escaped; one behind a backslash cannot be, and makes it plain text.
    static func code(_ text: String) -> String {
        let text = TerminalText.safe(text)
        guard !text.isEmpty else { return "" }
        guard !text.contains("\\|") else { return escaped(text) }
        let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
        let padding = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        return fence + padding + text.replacing("|", with: "\\|") + padding + fence
    }

    /// A sentence of ours, in which backquotes mark what is typed.
    static func sentence(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? escaped(String($0.element)) : code(String($0.element)) }.joined()
    }

    /// Lines of a file, as they are.
    static func block(_ text: String, language: String) -> String {
        let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
        return "\(fence)\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
    }

    private static func longestRun(of character: Character, in text: String) -> Int {
        var (longest, run) = (0, 0)
        for next in text {
            run = next == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}

/// A table as GitHub, GitLab and Pandoc read it; columns are padded, so that it reads in an editor too.
struct MarkdownTable {
    enum Alignment { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private(set) var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    /// - Parameter cells: Markdown without line breaks, one for each column.
    mutating func add(_ cells: String...) { rows.append(cells) }

    var text: String {
        // The last column may hold sentences, and is as wide as each of them.
        let widths = columns.indices.map { index in
            index == columns.count - 1 ? 0 : max(3, ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 3)
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, zip(widths, columns)).map { cell, column in
                let (width, (_, alignment)) = column
                let space = String(repeating: " ", count: max(0, width - cell.count))
                return alignment == .right ? space + cell : cell + space
            }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }
        let rule = zip(widths, columns).map { width, column in
            let dashes = String(repeating: "-", count: max(3, width) - (column.alignment == .right ? 1 : 0))
            return column.alignment == .right ? dashes + ":" : dashes
        }
        return line(columns.map(\.title)) + "| " + rule.joined(separator: " | ") + " |\n" + rows.map(line).joined()
    }
}

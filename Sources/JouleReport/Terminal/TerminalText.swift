/// Text that is safe to print, fits a width, and carries colour only where it is asked for.
struct TerminalText {
    enum Style: String { case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36" }

    /// The narrowest and the widest line that is laid out; a narrower terminal wraps by itself.
    static let widths = 60...100

    let width: Int
    let color: Bool
    private(set) var lines: [String] = []

    init(width: Int, color: Bool) {
        self.width = min(max(width, Self.widths.lowerBound), Self.widths.upperBound)
        self.color = color
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func add(_ line: String, _ styles: Style...) { lines.append(paint(line, styles)) }

    mutating func gap() { lines.append("") }

    mutating func heading(_ title: String, note: String = "") {
        gap()
        guard !note.isEmpty, title.count + 2 + note.count > width else {
            return lines.append(paint(title, [.bold]) + (note.isEmpty ? "" : paint("  " + note, [.dim])))
        }
        lines.append(paint(title, [.bold]))
        paragraph(note, .dim)
    }

    /// A paragraph broken at spaces; every line after the first is indented by `hanging` more.
    mutating func paragraph(_ text: String, indent: Int = 2, hanging: Int = 0, _ styles: Style...) {
        for line in Self.wrapped(text, width: width, indent: indent, hanging: hanging) { lines.append(paint(line, styles)) }
    }

    func paint(_ text: String, _ styles: [Style]) -> String {
        guard color, !styles.isEmpty, !text.isEmpty else { return text }
        return "\u{1B}[\(styles.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    static func wrapped(_ text: String, width: Int, indent: Int, hanging: Int) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent + hanging)
                isEmpty = true
            }
            line += isEmpty ? String(word) : " " + word
            isEmpty = false
        }
        lines.append(line)
        return lines
    }

    /// The text without control and direction-changing characters: a model's name or a worker's message must not steer the terminal.
    static func safe(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmless($0) ? $0 : " " }))
    }

    /// The text shortened in its middle, where names differ least, to a number of characters.
    static func shortened(_ text: String, to count: Int) -> String {
        guard text.count > count, count > 3 else { return text }
        let tail = (count - 1) / 2
        return "\(text.prefix(count - 1 - tail))…\(text.suffix(tail))"
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}

/// Text of an HTML page or an SVG drawing under construction.
///
/// Names of elements come from this program and everything else is escaped on the way in, so no name, prompt or error text can
/// become markup. Elements are always closed: the result is also well-formed XML.
package struct Markup: Sendable {
    package private(set) var text = ""

    package init() {}

    package typealias Attributes = KeyValuePairs<String, String?>

    /// An element with content; an attribute that is nil is left out.
    package mutating func element(_ name: String, _ attributes: Attributes = [:], _ content: (inout Markup) -> Void) {
        open(name, attributes)
        text += ">"
        content(&self)
        text += "</\(name)>"
    }

    /// An element that holds only text.
    package mutating func element(_ name: String, _ attributes: Attributes = [:], text content: String) {
        element(name, attributes) { $0.write(content) }
    }

    /// An element without content.
    package mutating func leaf(_ name: String, _ attributes: Attributes = [:]) {
        open(name, attributes)
        text += "/>"
    }

    /// Text, escaped.
    package mutating func write(_ content: String) { text += Self.escaped(content) }

    /// Text in which pairs of backquotes enclose code, as in the sentences of flags and failures.
    package mutating func write(quoting content: String) {
        let parts = content.split(separator: "`", omittingEmptySubsequences: false)
        // Without its partner a backquote is an ordinary character.
        guard !parts.count.isMultiple(of: 2) else { return write(content) }
        for (number, part) in parts.enumerated() {
            if number.isMultiple(of: 2) { write(String(part)) } else { element("code", text: String(part)) }
        }
    }

    package mutating func lineBreak() { text += "\n" }

    package mutating func append(_ other: Markup) { text += other.text }

    /// A style sheet of our own; style sheets must not be escaped and so never hold foreign text.
    package mutating func style(_ sheet: StaticString) { text += "<style>\n\(sheet)\n</style>" }

    /// The text with the five special characters replaced; characters that XML forbids become the replacement character.
    package static func escaped(_ content: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(content.utf8.count)
        for scalar in content.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\r": escaped += "&#13;"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            // Overrides of the writing direction can make a name read as another one.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private mutating func open(_ name: String, _ attributes: Attributes) {
        text += "<\(name)"
        for (key, value) in attributes {
            guard let value else { continue }
            text += " \(key)=\"\(Self.escaped(value))\""
        }
    }
}

extension Double {
    /// A coordinate of a drawing, to a tenth of a unit: finer than any screen, and short.
    var coordinate: String {
        let text = NumberText.fixed(self, decimals: 1, separator: "")
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

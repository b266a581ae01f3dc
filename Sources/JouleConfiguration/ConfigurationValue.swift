import Yams

/// A value on its way out: the ordered tree from which `config show`, `experiment.json` and defaults in texts are made.
enum ConfigurationValue: Hashable, Sendable {
    case null
    case flag(Bool)
    case integer(Int)
    case natural(UInt64)
    case number(Double)
    /// A number or a switch as somebody wrote it: `0.50`, `1_000`, `on`.
    case literal(String)
    case text(String)
    case list([ConfigurationValue])
    case map([Pair])

    struct Pair: Hashable, Sendable {
        let key: String
        var value: ConfigurationValue
    }

    /// The tree with `value` at `path`, sections made as needed.
    func setting(_ value: ConfigurationValue, at path: ArraySlice<String>) -> ConfigurationValue {
        guard let key = path.first else { return value }
        var pairs: [Pair] = []
        if case .map(let existing) = self { pairs = existing }
        if let index = pairs.firstIndex(where: { $0.key == key }) {
            pairs[index].value = pairs[index].value.setting(value, at: path.dropFirst())
        } else {
            pairs.append(Pair(key: key, value: ConfigurationValue.map([]).setting(value, at: path.dropFirst())))
        }
        return .map(pairs)
    }

    /// The same tree with every text changed; keys stay.
    func mappingTexts(_ change: (String) -> String) -> ConfigurationValue {
        switch self {
        case .null, .flag, .integer, .natural, .number, .literal: self
        case .text(let text): .text(change(text))
        case .list(let items): .list(items.map { $0.mappingTexts(change) })
        case .map(let pairs): .map(pairs.map { Pair(key: $0.key, value: $0.value.mappingTexts(change)) })
        }
    }

    /// The value in one line, as texts about it quote it.
    var inline: String {
        switch self {
        case .null: "null"
        case .flag(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .natural(let value): "\(value)"
        case .number(let value): "\(value)"
        case .literal(let text), .text(let text): text
        case .list(let items): items.map(\.inline).joined(separator: ", ")
        case .map(let pairs): pairs.map { "\($0.key): \($0.value.inline)" }.joined(separator: ", ")
        }
    }
}

extension ConfigurationValue {
    /// YAML in block style.
    func yaml() -> String {
        do {
            return try serialize(node: node, indent: 2, width: -1, allowUnicode: true)
        } catch {
            // The emitter fails on memory and on texts that are no Unicode; a Swift string cannot hold the latter.
            preconditionFailure("a tree of plain values could not be written as YAML: \(error)")
        }
    }

    private var node: Node {
        switch self {
        case .null, .flag, .integer, .natural, .number, .literal: Node(inline, .implicit, .plain)
        case .text(let text): Node(text, .implicit, Self.needsQuotes(text) ? .doubleQuoted : .plain)
        case .list(let items): Node(items.map(\.node), .implicit, items.isEmpty ? .flow : .block)
        case .map(let pairs): Node(pairs.map { (Self.text($0.key).node, $0.value.node) }, .implicit, pairs.isEmpty ? .flow : .block)
        }
    }

    /// Texts that would read as something else, here or in a reader that follows YAML 1.1, or that plain style would bend.
    private static func needsQuotes(_ text: String) -> Bool {
        let words = ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "="]
        let isPlainLetters = text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) }
        let looksNumeric = text.first.map { $0.isNumber || "+-.".contains($0) } ?? true
        return !isPlainLetters || looksNumeric && Double(text.filter { $0 != "_" && $0 != ":" }) != nil || words.contains(text.lowercased())
    }

    /// JSON with two spaces of indentation, or in one line without spaces when `isCompact`: then equal values give equal bytes.
    func json(isCompact: Bool = false) -> String { json(indent: isCompact ? nil : "") }

    private func json(indent: String?) -> String {
        switch self {
        case .null, .flag, .integer, .natural, .number: inline
        case .literal(let text): Self.plain(text)
        case .text(let text): Self.quoted(text)
        case .list(let items): Self.enclosed("[", items.map { $0.json(indent: indent.map { $0 + "  " }) }, "]", indent: indent)
        case .map(let pairs):
            Self.enclosed(
                "{",
                pairs.map {
                    Self.quoted($0.key) + (indent == nil ? ":" : ": ") + $0.value.json(indent: indent.map { $0 + "  " })
                }, "}", indent: indent)
        }
    }

    /// A number or a switch in JSON's spelling, as it was written where that is one already.
    private static func plain(_ text: String) -> String {
        if ["true", "yes", "on"].contains(text.lowercased()) { return "true" }
        if ["false", "no", "off"].contains(text.lowercased()) { return "false" }
        if text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil { return text }
        let bare = text.filter { $0 != "_" }
        if let whole = Int(bare) { return "\(whole)" }
        guard let number = Double(bare), number.isFinite else { return quoted(text) }
        return "\(number)"
    }

    private static func enclosed(_ open: String, _ items: [String], _ close: String, indent: String?) -> String {
        guard let indent, !items.isEmpty else { return open + items.joined(separator: ",") + close }
        let inner = items.map { "\(indent)  \($0)" }.joined(separator: ",\n")
        return "\(open)\n\(inner)\n\(indent)\(close)"
    }

    /// A JSON string (RFC 8259, section 7): only what must be escaped is.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || [0x2028, 0x2029].contains(scalar.value):
                // Beyond what RFC 8259 asks for: characters that YAML, as which the file is read back, takes for line ends or refuses.
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

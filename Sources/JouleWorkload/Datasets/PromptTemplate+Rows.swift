import JouleModel

/// What a template makes of one row.
package enum TemplateOutcome: Hashable, Sendable {
    case prompt(String)
    /// What the person says in each turn, as many turns as were wanted.
    case conversation([String])
    /// The template leaves such rows out.
    case dropped
    /// What is wrong with the row, as the end of a sentence that begins with the row.
    case unusable(reason: String, remedy: String?)
}

extension PromptTemplate {
    /// The columns that usually hold a prompt, the likeliest first.
    package static let usualColumns = ["text", "prompt", "instruction", "input", "question"]
    private static let conversationColumns = ["conversations", "messages"]

    /// A template with a column in the place of a guess, from the data set's first row.
    ///
    /// - Throws: `workload.no-column` when the row has none of the usual columns with a text in it.
    package func settled(by row: DatasetRow) throws(Failure) -> PromptTemplate {
        guard case .detected = self else { return self }
        if let name = Self.usualColumns.first(where: { if case .string? = row.fields[$0] { true } else { false } }) { return .column(name) }
        if Self.conversationColumns.contains(where: { if case .array? = row.fields[$0] { true } else { false } }) { return .conversation }
        throw Failure(
            "workload.no-column", "none of its fields is a prompt (it has: \(row.columns))",
            remedy: "name the field in scenario.text_column_name; looked for \(Self.usualColumns.joined(separator: ", "))")
    }

    /// O(length of the row). A template that is not `settled` makes nothing of any row.
    ///
    /// - Parameter turns: of a conversation. Templates that make one prompt of a row do not heed it.
    package func apply(to row: DatasetRow, turns: Int = 1) -> TemplateOutcome {
        switch self {
        case .detected: return .unusable(reason: "its column is not chosen", remedy: nil)
        case .column(let name): return column(name, of: row)
        case .alpaca: return alpaca(row)
        case .conversation: return conversation(row, turns)
        case .pattern(let parts):
            var text = ""
            for part in parts {
                switch part {
                case .literal(let literal): text += literal
                case .column(let name):
                    guard let value = row.fields[name] else { return missing(name, row) }
                    guard let word = Self.word(value) else { return .unusable(reason: "its field `\(name)` is no text", remedy: nil) }
                    text += word
                }
            }
            return .prompt(text)
        }
    }

    private func column(_ name: String, of row: DatasetRow) -> TemplateOutcome {
        guard let value = row.fields[name] else { return missing(name, row) }
        guard case .string(let text) = value else { return .unusable(reason: "its field `\(name)` is no text", remedy: nil) }
        guard text.contains(where: { !$0.isWhitespace }) else { return .unusable(reason: "its field `\(name)` is empty", remedy: nil) }
        return .prompt(text)
    }

    private func alpaca(_ row: DatasetRow) -> TemplateOutcome {
        guard let instruction = row.fields["instruction"] else { return missing("instruction", row) }
        guard let output = row.fields["output"] else { return missing("output", row) }
        let words = Self.collapsed(instruction)
        guard !words.isEmpty, !Self.collapsed(output).isEmpty else { return .dropped }
        let input = row.fields["input"].map(Self.collapsed) ?? ""
        return .prompt(input.isEmpty ? words : words + " " + input)
    }

    private func conversation(_ row: DatasetRow, _ wanted: Int) -> TemplateOutcome {
        guard let name = Self.conversationColumns.first(where: { row.fields[$0] != nil }), case .array(let turns)? = row.fields[name] else {
            return missing("conversations", row)
        }
        var said: [String] = []
        for turn in turns {
            guard case .string(let speaker)? = turn["from"] ?? turn["role"], ["human", "user"].contains(speaker.lowercased()) else {
                continue
            }
            guard case .string(let text)? = turn["value"] ?? turn["content"], text.contains(where: { !$0.isWhitespace }) else {
                return .dropped
            }
            said.append(text)
            if said.count == wanted { return wanted == 1 ? .prompt(text) : .conversation(said) }
        }
        return .dropped
    }

    private func missing(_ name: String, _ row: DatasetRow) -> TemplateOutcome {
        .unusable(reason: "it has no field `\(name)` (it has: \(row.columns))", remedy: "every line needs the same field")
    }

    /// A value inside a text; nil where it is a list or an object. Nothing is the empty text.
    private static func word(_ value: JSONValue) -> String? {
        switch value {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): "\(value)"
        case .string(let value): value
        case .array, .object: nil
        }
    }

    /// The text with each run of white space as one space, and none at its ends; empty for what is no text.
    private static func collapsed(_ value: JSONValue) -> String {
        guard case .string(let text) = value else { return "" }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

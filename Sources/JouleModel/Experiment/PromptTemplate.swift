/// How a row of a data set becomes a prompt.
package enum PromptTemplate: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case literal(String)
        /// The text of a column.
        case column(String)
    }

    /// The first of the usual columns that the first row has.
    case detected
    /// The column as it is.
    case column(String)
    /// Instruction and input; rows without an instruction or an output are left out.
    case alpaca
    /// The first turn of the user in `conversations` or `messages`; rows without one are left out.
    case conversation
    case pattern([Part])

    /// Names that stand for a template, for people.
    package static let names = ["alpaca", "gsm8k", "sharegpt"]

    /// Reads `scenario.template`: a name, or a text with `{column}` in it. `{{` and `}}` are braces.
    ///
    /// - Throws: `workload.template`.
    package init(parsing text: String) throws(Failure) {
        switch text {
        case "alpaca": self = .alpaca
        case "gsm8k": self = .column("question")
        case "sharegpt": self = .conversation
        default:
            let parts = try Self.parts(of: text)
            guard parts.contains(where: { if case .column = $0 { true } else { false } }) else {
                throw Failure(
                    "workload.template", "the template `\(text)` has no place for a column",
                    remedy:
                        "write the name of a column in braces, such as \"Summarize: {text}\", or one of \(Self.names.joined(separator: ", "))"
                )
            }
            if parts.count == 1, case .column(let name) = parts[0] { self = .column(name) } else { self = .pattern(parts) }
        }
    }

    /// The template of a scenario: its own, else its column, else that of its data set, else the usual columns.
    package init(_ scenario: ScenarioSpec) throws(Failure) {
        if let template = scenario.template {
            self = try PromptTemplate(parsing: template)
        } else if let column = scenario.textColumnName {
            self = .column(column)
        } else if let known = KnownDataset.named(scenario.datasetName) {
            self = try PromptTemplate(parsing: known.template)
        } else {
            self = .detected
        }
    }

    private static func parts(of text: String) throws(Failure) -> [Part] {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        func bad(_ problem: String) -> Failure {
            Failure(
                "workload.template", "the template `\(text)` \(problem)", remedy: "a brace of the text itself is written twice: {{ or }}")
        }
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                literal.append(character)
                rest.removeFirst()
            case "{":
                guard let end = rest.firstIndex(where: { $0 == "}" || $0 == "{" }), rest[end] == "}" else {
                    throw bad("has a `{` that is not closed")
                }
                let name = rest[..<end]
                guard name.contains(where: { !$0.isWhitespace }) else { throw bad("has a `{}` without a name") }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(.column(String(name)))
                rest = rest[rest.index(after: end)...]
            case "}": throw bad("has a `}` that closes nothing")
            default: literal.append(character)
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }
}

extension PromptTemplate {
    /// The columns that every row must have.
    package var columns: [String] {
        switch self {
        case .detected, .conversation: []
        case .column(let name): [name]
        case .alpaca: ["instruction", "output"]
        case .pattern(let parts): parts.compactMap { if case .column(let name) = $0 { name } else { nil } }
        }
    }
}

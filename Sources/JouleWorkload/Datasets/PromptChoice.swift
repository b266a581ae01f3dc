import JouleModel

/// What of a row becomes the prompt, and by whose word.
package struct PromptChoice: Hashable, Sendable, Encodable {
    /// The column that is the prompt as it is; nil where the prompt is put together.
    package let column: String?
    /// What is done with the row, for people: "column `question`".
    package let what: String
    package let because: String

    /// - Parameter template: settled by the first row.
    package init(_ template: PromptTemplate, for scenario: ScenarioSpec) {
        let known = KnownDataset.named(scenario.datasetName)
        switch template {
        case .column(let name): (column, what) = (name, "column `\(name)`")
        case .alpaca: (column, what) = (nil, "columns `instruction` and `input`, joined")
        case .conversation: (column, what) = (nil, "the user's first turn in `conversations` or `messages`")
        case .pattern: (column, what) = (nil, "template \"\(scenario.template ?? known?.template ?? "")\"")
        case .detected: (column, what) = (nil, "not chosen")
        }
        if scenario.template != nil || scenario.textColumnName != nil {
            because = "as asked for"
        } else if let known {
            because = "as is usual for \(known.id)"
        } else if case .column = template {
            because = "the first of \(PromptTemplate.usualColumns.joined(separator: ", ")) that holds a text"
        } else {
            because = "no column is called \(PromptTemplate.usualColumns.joined(separator: ", "))"
        }
    }

    package var words: String { "\(what) (\(because))" }
}

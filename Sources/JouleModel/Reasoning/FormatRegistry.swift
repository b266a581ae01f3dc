/// The formats that are known, in the order in which their patterns are tried.
package struct FormatRegistry: Hashable, Sendable {
    package let formats: [ReasoningFormat]

    package init(_ formats: [ReasoningFormat]) { self.formats = formats }

    /// The format of a model: one that names it exactly, else the first whose pattern is found in its name; nil when there is none.
    ///
    /// Names are compared without regard to case. O(formats · patterns) searches.
    package func format(of model: String) -> FormatMatch? {
        let name = model.lowercased()
        for format in formats {
            guard let override = format.overrides.first(where: { $0.model.lowercased() == name }) else { continue }
            return FormatMatch(format: format, words: override.words, reason: .name(override.model))
        }
        for format in formats {
            for pattern in format.patterns where Self.finds(pattern, in: name) {
                return FormatMatch(format: format, words: format.words, reason: .pattern(pattern))
            }
        }
        return nil
    }

    /// Patterns are checked when they are read, so one that cannot be compiled finds nothing.
    private static func finds(_ pattern: String, in name: String) -> Bool {
        guard let expression = try? Regex(pattern) else { return false }
        return name.firstMatch(of: expression.wordBoundaryKind(.simple)) != nil
    }
}

/// The format of a model, and why it is that one.
package struct FormatMatch: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// An entry of `model_overrides` has the model's name.
        case name(String)
        case pattern(String)
    }

    package let format: ReasoningFormat
    package let words: ReasoningFormat.Words
    package let reason: Reason
}

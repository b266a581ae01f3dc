/// How the models of one family are told to think.
package struct ReasoningFormat: Hashable, Sendable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// An effort: a member of the request, or a system message where the text is all there is.
        case harmony
        /// A flag in a line before the prompt.
        case systemPrompt = "system_prompt"
        /// An argument of the chat template.
        case parameter
        /// A text around the prompt.
        case prefix
    }

    /// What is said to one model.
    package struct Words: Hashable, Sendable {
        package var kind: Kind
        /// The flag that asks for thinking; of a `parameter` family the name of the argument.
        package var enableFlag: String?
        package var disableFlag: String?
        /// What such a model does when it is told nothing.
        package var thinksByDefault: Bool
        package var prefix: String?
        package var suffix: String?
        package var description: String?

        package init(
            kind: Kind, enableFlag: String? = nil, disableFlag: String? = nil, thinksByDefault: Bool = false, prefix: String? = nil,
            suffix: String? = nil, description: String? = nil
        ) {
            self.kind = kind
            self.enableFlag = enableFlag
            self.disableFlag = disableFlag
            self.thinksByDefault = thinksByDefault
            self.prefix = prefix
            self.suffix = suffix
            self.description = description
        }
    }

    /// Words of a single model, by its exact name.
    package struct Override: Hashable, Sendable {
        package let model: String
        package let words: Words

        package init(model: String, words: Words) {
            self.model = model
            self.words = words
        }
    }

    package let family: String
    /// Regular expressions, searched for in the lower-cased name of a model.
    package let patterns: [String]
    package let words: Words
    package let overrides: [Override]
    /// The file that it comes from; nil for those built in.
    package let source: String?

    package init(family: String, patterns: [String], words: Words, overrides: [Override] = [], source: String? = nil) {
        self.family = family
        self.patterns = patterns
        self.words = words
        self.overrides = overrides
        self.source = source
    }
}

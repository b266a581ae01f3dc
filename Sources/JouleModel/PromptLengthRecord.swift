/// How the lengths of synthetic prompts were made before the run, in `environment.json`.
package struct PromptLengthRecord: Hashable, Sendable, Codable {
    /// What has the length that was drawn.
    package enum Extent: String, Hashable, Sendable, Codable {
        /// All that the model reads: the text and the special tokens around it. A server reports the same number.
        case prompt
        /// The text alone; the chat template's tokens come on top in what a server reports.
        case text
    }

    /// Prompts that are made of words and not counted may differ from their length by this part of it, and always by `leastTolerance`:
    /// in the ten vocabularies of docs/datasets.md only the first word was ever more than one token.
    package static let tolerance = 0.02
    /// In tokens: of the first word one more, and a beginning of text.
    package static let leastTolerance = 2

    /// `/tokenize` of the server, or `worker`; nil: a word was taken for a token.
    package var countedBy: String?
    /// Why nothing was counted; nil where it was.
    package var reason: String?
    package var extent: Extent
    /// Prompts of the measured phase that were counted before it.
    package var counted = 0
    /// Those of them that only had their length after another try.
    package var mended = 0
    /// Those of them that could not be given their length; they have the nearest that was found.
    package var unreached = 0
    /// Words, of the list, that are one token each.
    package var wholeWords: Int?
    /// What the chat template puts around a prompt, in tokens, as `/tokenize` counts it; nil where that is not told.
    package var templateTokens: Int?

    package init(countedBy: String? = nil, extent: Extent, reason: String? = nil) {
        self.countedBy = countedBy
        self.extent = extent
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case reason, extent, counted, mended, unreached
        case countedBy = "counted_by"
        case wholeWords = "whole_words"
        case templateTokens = "template_tokens"
    }
}

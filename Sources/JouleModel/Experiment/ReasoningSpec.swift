/// Whether and how much the model is asked to think before it answers; nothing is added to a prompt unless something is asked.
package struct ReasoningSpec: Hashable, Sendable {
    package enum Effort: String, Sendable, Hashable, Codable, CaseIterable {
        case none, low, medium, high

        /// What the effort means to a family that only knows on and off.
        package var thinks: Bool { self == .medium || self == .high }
    }

    /// `scenario.reasoning`; nil leaves it to the parameters.
    package var isRequested: Bool?
    package var effort: Effort?
    package var enableThinking: Bool?
    /// The most tokens of thinking.
    package var thinkingBudget: Int?
    /// How deep a chain of thought may go, for templates that know it.
    package var depth: Int?
    /// The parameter of that name, which some templates have in the place of `enable_thinking`.
    package var reasoning: Bool?
    /// The user's own formats, in the place of those in the configuration folder.
    package var formatsFile: String?

    package init() {}

    package var hasParameters: Bool {
        effort != nil || enableThinking != nil || thinkingBudget != nil || depth != nil || reasoning != nil
    }

    /// Whether anything is asked of the model; if not, prompts go out as they are.
    package var asks: Bool { isRequested ?? hasParameters }

    /// Whether the model is to think: what is said outright, else what the effort means.
    package var thinks: Bool { enableThinking ?? reasoning ?? effort?.thinks ?? true }
}

/// How a worker puts its prompts into the tokenizer's chat template; where there is nothing to ask, it takes prompts as they are.
package struct ChatTemplateRequest: Hashable, Sendable {
    /// Text around a prompt that no template frames.
    package struct Frame: Hashable, Sendable {
        package var before: String
        package var after: String

        package init(before: String = "", after: String = "") {
            self.before = before
            self.after = after
        }
    }

    /// Given to the template by name.
    package var arguments: [String: JSONValue]
    /// An argument without which the template is no use.
    package var needed: String?
    /// What takes the template's place where the tokenizer has none, or none that knows the needed argument; nil: then nothing does.
    package var otherwise: Frame?
    /// The most tokens of thinking; the worker closes the block behind them.
    package var thinkingBudget: Int?

    package init(arguments: [String: JSONValue] = [:], needed: String? = nil, otherwise: Frame? = nil, thinkingBudget: Int? = nil) {
        self.arguments = arguments
        self.needed = needed
        self.otherwise = otherwise
        self.thinkingBudget = thinkingBudget
    }
}

/// What a run asked of the model besides its prompts: a part of `environment.json`, so that figures can be read without the formats file of the day.
package struct ReasoningRecord: Hashable, Sendable, Codable {
    /// nil where no format is known for the model.
    package var family: String?
    package var kind: ReasoningFormat.Kind?
    /// The file of the format; `built-in` for those of the tool.
    package var source: String?
    package var isOn: Bool
    package var effort: ReasoningSpec.Effort?
    /// Put around each prompt.
    package var before: String?
    package var after: String?
    /// Members that each request's body has for it, or the arguments of the worker's chat template.
    package var parameters: JSONValue?
    /// The most tokens of thinking.
    package var thinkingBudget: Int?
    /// Whether the worker used the tokenizer's chat template; nil where there was none to be asked.
    package var usesTemplate: Bool?
    /// Arguments that the worker's chat template does not know.
    package var unusedArguments: [String]?

    package init(isOn: Bool) { self.isOn = isOn }

    private enum CodingKeys: String, CodingKey {
        case family, source, effort, before, after, parameters
        case kind = "type"
        case isOn = "thinking"
        case thinkingBudget = "thinking_budget"
        case usesTemplate = "uses_chat_template"
        case unusedArguments = "unused_arguments"
    }
}

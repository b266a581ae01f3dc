import JouleBackends
import JouleModel
import JouleWorkload

/// The bodies of a run's requests: what is the same for all is written once.
package struct ServingRequests: Sendable {
    private let body: RequestBody
    private let api: ServerSpec.API
    private let reasoning: ReasoningInstruction?

    /// - Throws: what the server has no word for.
    package init(_ experiment: Experiment, target: ServerTarget, reasoning: ReasoningInstruction?) throws(Failure) {
        var generation = experiment.scenario.generation
        // Forced lengths mean nothing where the model may end before.
        let isForced = experiment.scenario.outputLengths != nil || experiment.load.arrival == .trace
        if isForced, target.dialect.supportsIgnoreEOS { generation.ignoreEOS = true }
        api = target.spec.api
        self.reasoning = reasoning
        body = try RequestBody(
            model: target.model, dialect: target.dialect, api: api, generation: generation,
            seed: generation.samples ? Int(truncatingIfNeeded: experiment.seed & 0x7FFF_FFFF) : nil,
            extraBody: Self.cut(
                reasoning?.body(under: target.spec.extraBody) ?? target.spec.extraBody, to: experiment.scenario.inputLength))
    }

    /// vLLM cuts a prompt by its tokens where it is asked to; the user's own member of that name is the last word.
    private static func cut(_ body: JSONValue, to length: Int?) -> JSONValue {
        guard let length, case .object(var members) = body, members["truncate_prompt_tokens"] == nil else { return body }
        members["truncate_prompt_tokens"] = .integer(Int64(length))
        return .object(members)
    }

    package func bytes(_ prompt: String, outputTokens: Int? = nil, identifier: String? = nil) -> [UInt8] {
        body.bytes(EncodedPrompt(text: words(prompt), api: api), outputTokens: outputTokens, identifier: identifier)
    }

    /// A later turn of a conversation; for the chat API alone.
    package func bytes(
        _ prompt: String, after said: [(prompt: String, answer: String)], outputTokens: Int? = nil, identifier: String? = nil
    ) -> [UInt8] {
        let history = said.flatMap { turn in
            [EncodedPrompt.Message(role: "user", content: words(turn.prompt)), .init(role: "assistant", content: turn.answer)]
        }
        return body.bytes(
            EncodedPrompt(messages: history + [EncodedPrompt.Message(role: "user", content: words(prompt))]), outputTokens: outputTokens,
            identifier: identifier)
    }

    private func words(_ prompt: String) -> String { reasoning?.text(prompt) ?? prompt }
}

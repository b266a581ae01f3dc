/// The `config.json` of the model that was run, from which its operations are counted: `model_config.json`.
package struct ModelConfiguration: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    package var schemaVersion = ModelConfiguration.schemaVersion
    /// `worker`, or the file it was copied from.
    package var source: String?
    package var config: JSONValue?
    /// Why there is none.
    package var reason: String?

    package init(source: String, config: JSONValue) {
        self.source = source
        self.config = config
    }

    package init(reason: String) { self.reason = reason }

    private enum CodingKeys: String, CodingKey {
        case source, config, reason
        case schemaVersion = "schema_version"
    }
}

/// Operations as the worker counted them while its model ran once more, after everything that is measured.
package struct OperationProfile: Hashable, Sendable, Codable {
    /// Tokens of the prompt that was read, one row.
    package var promptTokens: Int
    /// FLOPs of reading it, up to the logits of its last position.
    package var prefill: Double
    /// Steps after it, and the FLOPs of all of them.
    package var decodeSteps: Int
    package var decode: Double
    /// What counted.
    package var tool: String

    package init(promptTokens: Int, prefill: Double, decodeSteps: Int, decode: Double, tool: String) {
        self.promptTokens = promptTokens
        self.prefill = prefill
        self.decodeSteps = decodeSteps
        self.decode = decode
        self.tool = tool
    }

    private enum CodingKeys: String, CodingKey {
        case tool
        case promptTokens = "prompt_tokens"
        case prefill = "prefill_flops"
        case decodeSteps = "decode_steps"
        case decode = "decode_flops"
    }
}

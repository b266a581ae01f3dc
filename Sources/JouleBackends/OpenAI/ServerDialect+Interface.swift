import JouleModel

/// What servers of each family understand beyond the interface they share, and where their pages are.
extension ServerDialect {
    /// Whether the length of answers can be forced: `ignore_eos`.
    package var supportsIgnoreEOS: Bool {
        switch self {
        case .vllm, .sglang, .llamacpp, .trtllm: true
        case .openai, .tgi, .ollama: false
        }
    }

    package var supportsMinTokens: Bool {
        switch self {
        case .vllm, .sglang, .trtllm: true
        case .openai, .llamacpp, .tgi, .ollama: false
        }
    }

    /// Whether usage can be asked for with each chunk rather than at the end alone.
    package var supportsContinuousUsage: Bool {
        switch self {
        case .vllm, .sglang: true
        case .openai, .llamacpp, .tgi, .ollama, .trtllm: false
        }
    }

    package var supportsTopK: Bool {
        switch self {
        case .vllm, .sglang, .llamacpp, .trtllm: true
        case .openai, .tgi, .ollama: false
        }
    }

    /// Whether the completions API takes a prompt as token ids.
    package var supportsTokenPrompts: Bool {
        switch self {
        case .vllm, .sglang, .llamacpp, .trtllm, .openai: true
        case .tgi, .ollama: false
        }
    }

    /// The name of the repetition penalty; nil where there is none.
    package var repetitionPenaltyKey: String? {
        switch self {
        case .vllm, .sglang, .trtllm: "repetition_penalty"
        case .llamacpp: "repeat_penalty"
        case .openai, .tgi, .ollama: nil
        }
    }

    /// The name of the limit on output tokens.
    package func maxTokensKey(_ api: ServerSpec.API) -> String {
        self == .openai && api == .chat ? "max_completion_tokens" : "max_tokens"
    }

    /// The page that says whether the server can answer; nil where there is none.
    package var healthPath: String? {
        switch self {
        case .vllm, .sglang, .llamacpp, .tgi, .trtllm: "/health"
        case .openai, .ollama: nil
        }
    }

    /// Pages that describe the server, beside the list of models that all have.
    package var infoPaths: [String] {
        switch self {
        case .vllm, .trtllm: ["/version"]
        case .sglang: ["/get_server_info"]
        case .llamacpp: ["/props"]
        case .tgi: ["/info"]
        case .ollama: ["/api/version"]
        case .openai: []
        }
    }

    /// The page with metrics in Prometheus' text format; nil where there is none.
    package var metricsPath: String? {
        switch self {
        case .vllm, .sglang, .llamacpp, .tgi: "/metrics"
        case .trtllm: "/prometheus/metrics"
        case .openai, .ollama: nil
        }
    }

    /// The list of models.
    package static let modelsPath = "/v1/models"
}

extension ServerSpec.API {
    /// The path below the base URL.
    package var path: String {
        switch self {
        case .chat: "/v1/chat/completions"
        case .completions: "/v1/completions"
        }
    }
}

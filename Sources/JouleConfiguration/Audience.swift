import JouleModel

/// Which backends carry out a key: the others refuse it, and do not show it.
struct Audience: Sendable {
    struct Refusal: Sendable {
        let reason: String
        let remedy: String
    }

    /// nil when a backend of this kind honours the key.
    let refusal: @Sendable (BackendSpec.Kind) -> Refusal?

    func includes(_ kind: BackendSpec.Kind) -> Bool { refusal(kind) == nil }

    static let all = Audience { _ in nil }

    /// Workers, which load the model themselves.
    static func workers(
        _ reason: String = "a server has loaded its model before requests reach it",
        remedy: String = "remove it, or say it to the server: in `backend.launch.command` when the run starts it"
    ) -> Audience {
        Audience { kind in kind.isServer ? Refusal(reason: reason, remedy: remedy) : nil }
    }

    /// Servers, which are reached over HTTP.
    static func servers(_ reason: String = "a worker is not reached over HTTP", remedy: String = "remove it") -> Audience {
        Audience { kind in kind.isServer ? nil : Refusal(reason: reason, remedy: remedy) }
    }

    /// Servers that are somewhere: not those inside this process.
    static func reachedServers(_ reason: String = "a worker is not reached over HTTP", remedy: String = "remove it") -> Audience {
        Audience { kind in
            if kind.isSimulation {
                return Refusal(
                    reason: "`\(kind.rawValue)` answers inside this process, and no server is reached or started", remedy: remedy)
            }
            return kind.isServer ? nil : Refusal(reason: reason, remedy: remedy)
        }
    }

    /// One kind of backend alone.
    static func only(_ only: BackendSpec.Kind, _ reason: String) -> Audience {
        Audience { kind in
            kind == only
                ? nil
                : Refusal(reason: "\(reason) by the backend `\(kind.rawValue)`", remedy: "set backend.type: \(only.rawValue), or remove it")
        }
    }

    /// Workers, and the servers whose interface knows the parameter.
    static func workersAnd(_ dialects: Set<ServerDialect>, remedy: String = "remove it") -> Audience {
        Audience { kind in
            guard let dialect = kind.dialect, !dialects.contains(dialect) else { return nil }
            return Refusal(reason: "the interface of \(kind.title) has no such parameter", remedy: remedy)
        }
    }
}

extension BackendSpec.Kind {
    /// The name by which people know it.
    var title: String {
        switch self {
        case .pytorch: "PyTorch"
        case .command: "command"
        case .vllm: "vLLM"
        case .openai: "OpenAI"
        case .llamacpp: "llama.cpp"
        case .sglang: "SGLang"
        case .tgi: "TGI"
        case .ollama: "Ollama"
        case .trtllm: "TensorRT-LLM"
        case .simulated: "simulated"
        case .replay: "replay"
        }
    }
}

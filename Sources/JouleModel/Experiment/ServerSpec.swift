import JouleUnits

/// How the servers of one family differ from the interface they all share.
package enum ServerDialect: String, Sendable, Hashable, Codable, CaseIterable {
    case vllm, openai, llamacpp, sglang, tgi, ollama, trtllm

    /// The port on which such a server listens unless it is told otherwise.
    package var defaultPort: Int {
        switch self {
        case .vllm, .openai, .trtllm: 8_000
        case .llamacpp: 8_080
        case .sglang: 30_000
        case .tgi: 3_000
        case .ollama: 11_434
        }
    }
}

/// How a server is reached, and how it is started where that is our job.
package struct ServerSpec: Hashable, Sendable {
    package enum API: String, Sendable, Hashable, CaseIterable { case chat, completions }

    /// The base URL; nil means the dialect's port on this machine.
    package var endpoint: String?
    /// What the server calls the model; nil: as `backend.model` does.
    package var servedModelName: String?
    package var api: API = .chat
    /// Path of the API below the base URL where it is not the usual one, such as `/v1/completions`.
    package var path: String?
    /// The environment variable that holds the key; nil takes `OPENAI_API_KEY` where it is set. The key itself is never written down.
    package var apiKeyVariable: String?
    package var headers: [String: String] = [:]
    /// Merged into the top level of each request's body.
    package var extraBody: JSONValue = .object([:])
    /// Accept certificates that cannot be verified.
    package var insecure = false
    package var timeouts = RequestTimeouts()
    package var launch: LaunchSpec?

    package init() {}
}

/// How long each step of a request may take.
package struct RequestTimeouts: Hashable, Sendable {
    /// Until the connection stands, TLS included.
    package var connect: Duration = .seconds(10)
    /// From the written request to the head of the response.
    package var headers: Duration = .seconds(300)
    /// From the written request to the first token.
    package var firstToken: Duration = .seconds(300)
    /// Between two reads of the body.
    package var idle: Duration = .seconds(120)
    /// From the start of the request to its end.
    package var total: Duration = .seconds(3_600)

    package init() {}
}

/// A server that is started for the run and stopped after it.
package struct LaunchSpec: Hashable, Sendable {
    /// Program and arguments.
    package var command: [String]
    package var environment: [String: String] = [:]
    package var workingDirectory: String?
    /// The longest that is waited until the server answers.
    package var readyTimeout: Duration = .seconds(600)

    package init(command: [String]) { self.command = command }
}

import Foundation
import JouleModel
import JouleUnits

/// A page that a server gave.
package struct ServerPage: Sendable {
    package let status: Int
    package let body: [UInt8]
    /// When it was asked for and when it had come.
    package let asked: Instant
    package let answered: Instant

    package init(status: Int, body: [UInt8], asked: Instant, answered: Instant) {
        self.status = status
        self.body = body
        self.asked = asked
        self.answered = answered
    }

    var text: String { String(decoding: body.prefix(2_048), as: UTF8.self) }
    func json() -> JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(body)) }
}

/// Looks at a server before anything is measured: is it well, does it have the model, what is it.
package struct ServerProbe: Sendable {
    /// Fetches a page below the base URL; throws when no answer came.
    package typealias Fetch = @Sendable (_ path: String, _ limit: Duration) async throws -> ServerPage

    private let dialect: ServerDialect
    private let endpoint: String
    private let fetch: Fetch

    /// - Parameter endpoint: how failures call the server.
    package init(dialect: ServerDialect, endpoint: String, fetch: @escaping Fetch) {
        self.dialect = dialect
        self.endpoint = endpoint
        self.fetch = fetch
    }

    private static let patience: Duration = .seconds(10)

    /// Whether the server would take requests now; the reason when it would not.
    package func health() async -> String? {
        do {
            // A server without a page for its health still lists its models.
            let page = try await fetch(dialect.healthPath ?? ServerDialect.modelsPath, Self.patience)
            if page.status == 200 { return nil }
            // A key may be needed for the list of models; then the server is at least there.
            if dialect.healthPath == nil, page.status == 401 || page.status == 403 { return nil }
            return page.status == 503 ? "it says 503: still loading, or dead" : "it says \(page.status): \(page.text.prefix(200))"
        } catch {
            return Self.reason(error)
        }
    }

    /// Checks that the server answers and serves the model, and describes it.
    ///
    /// - Throws: `server.unhealthy`, `server.models` and `server.model-unknown` with what the server said.
    package func describe(model: String) async throws(Failure) -> RunEnvironment.Server {
        if let reason = await health() {
            throw Failure(
                "server.unhealthy", "the server at \(endpoint) is not ready", cause: reason,
                remedy: "start it, or correct the endpoint; `backend.launch` has this tool start it")
        }
        var server = RunEnvironment.Server(endpoint: endpoint, dialect: dialect, model: model)
        try await checkModels(model, &server)
        for path in dialect.infoPaths {
            guard let page = try? await fetch(path, Self.patience), page.status == 200, let facts = page.json() else { continue }
            server.details = server.details ?? facts
            server.version = server.version ?? Self.version(in: facts)
        }
        return server
    }

    private func checkModels(_ model: String, _ server: inout RunEnvironment.Server) async throws(Failure) {
        let page: ServerPage
        do {
            page = try await fetch(ServerDialect.modelsPath, Self.patience)
        } catch {
            throw Failure("server.models", "the server at \(endpoint) does not list its models", cause: Self.reason(error))
        }
        guard page.status == 200 else {
            let isKey = page.status == 401 || page.status == 403
            // TGI and some gateways have no such page; requests will show whether the model is right.
            if page.status == 404 || page.status == 405 { return }
            throw Failure(
                "server.models", "the server at \(endpoint) does not list its models: status \(page.status)", cause: page.text,
                remedy: isKey ? "put the key into the variable that `backend.api_key_env` names (OPENAI_API_KEY unless set)" : nil)
        }
        guard case .array(let entries)? = page.json()?["data"] else {
            throw Failure(
                "server.models", "the list of models at \(endpoint)\(ServerDialect.modelsPath) cannot be read", cause: page.text,
                remedy: "check that the endpoint is an OpenAI-compatible server")
        }
        for entry in entries {
            guard case .string(let name)? = entry["id"] else { continue }
            server.listedModels.append(name)
            if name == model, case .integer(let length)? = entry["max_model_len"] { server.maxModelLength = Int(length) }
        }
        // Ollama lists `name:latest` for what is asked for as `name`; llama.cpp serves its one model under any name.
        let isListed = server.listedModels.contains { $0 == model || $0 == model + ":latest" }
        guard isListed || dialect == .llamacpp || server.listedModels.isEmpty else {
            throw Failure(
                "server.model-unknown", "the server at \(endpoint) does not serve `\(model)`",
                cause: "it lists: \(server.listedModels.joined(separator: ", "))",
                remedy: "ask for one of these, or start the server with `\(model)`")
        }
    }

    private static func version(in facts: JSONValue?) -> String? {
        for key in ["version", "build_info"] {
            if case .string(let text)? = facts?[key] { return text }
        }
        return nil
    }

    static func reason(_ error: any Error) -> String {
        guard let failure = error as? Failure else { return "\(error)" }
        return failure.cause.map { "\(failure.message): \($0)" } ?? failure.message
    }
}

import JouleHTTP
import JouleModel

/// A server as a run sees it: where it is, how it is spoken to, with which key.
package struct ServerTarget: Sendable {
    package private(set) var endpoint: Endpoint
    package let dialect: ServerDialect
    /// What the server calls it.
    package let model: String
    package let spec: ServerSpec
    /// Sent as a bearer token; never written down.
    package let apiKey: String?
    /// Whether the server's address is one of this machine; nil when its host has no address.
    package let isLocal: Bool?

    /// - Parameter variables: the environment that may hold the key.
    /// - Throws: `server.endpoint` for no URL, `server.key` when the named variable is not set.
    package init(_ backend: BackendSpec, variables: [String: String]) throws(Failure) {
        guard let dialect = backend.kind.dialect else {
            throw Failure("server.dialect", "the backend `\(backend.kind.rawValue)` is no server")
        }
        var spec = backend.server
        spec.launch?.command += backend.parallelArguments
        self.spec = spec
        self.dialect = dialect
        model = spec.servedModelName ?? backend.model
        endpoint = try spec.endpoint.map { text throws(Failure) in try Endpoint(text) } ?? Endpoint(standardFor: dialect)
        if backend.kind.isSimulation {
            // It asks for no key, and a real one has no business there.
            apiKey = nil
        } else if let name = spec.apiKeyVariable {
            guard let key = variables[name], !key.isEmpty else {
                throw Failure(
                    "server.key", "the variable `\(name)` is not set", remedy: "put the server's key into it, or remove backend.api_key_env"
                )
            }
            apiKey = key
        } else {
            apiKey = variables["OPENAI_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        }
        isLocal = backend.kind.isSimulation ? true : HostAddresses.isLocal(endpoint.host)
    }

    /// The same server where it was found to listen.
    package func listening(at endpoint: Endpoint) -> ServerTarget {
        var target = self
        target.endpoint = endpoint
        return target
    }

    /// - Throws: `server.address` for a host without an address.
    package func requireAddress() throws(Failure) {
        guard isLocal == nil else { return }
        throw Failure(
            "server.address", "the host `\(endpoint.host)` of the endpoint has no address",
            remedy: "check its spelling and the name service")
    }
}

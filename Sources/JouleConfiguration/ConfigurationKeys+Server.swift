import JouleModel
import JouleUnits

extension ConfigurationKeys {
    /// How a server is reached, and how it is started where that is our job.
    static let server: [ConfigurationKey] = reaching + timeouts + launch

    private static let reaching: [ConfigurationKey] = [
        ConfigurationKey(
            "backend.endpoint", .endpoint, \.backend.server.endpoint, fallback: "the dialect's port on localhost", for: .reachedServers(),
            "Base URL of the server, with or without /v1; a key that is given and empty is a mistake."),
        ConfigurationKey(
            "backend.served_model_name", Shape<String>.text().optional, \.backend.server.servedModelName, fallback: "`backend.model`",
            for: .reachedServers(), "What the server calls the model, where `backend.model` is its folder or its name elsewhere."),
        ConfigurationKey(
            "backend.api", .choice(ServerSpec.API.self), \.backend.server.api, for: .servers(), "Chat messages, or prompts as plain text."),
        ConfigurationKey(
            "backend.path", Shape<String>.apiPath.optional, \.backend.server.path, fallback: "the API's own", for: .reachedServers(),
            "Path of the API below the base URL."),
        ConfigurationKey(
            "backend.api_key_env", Shape<String>.variableName.optional, \.backend.server.apiKeyVariable,
            fallback: "OPENAI_API_KEY when set", for: .reachedServers(), "The environment variable that holds the key."),
        ConfigurationKey(
            "backend.headers", .headers, \.backend.server.headers, fallback: "–", for: .reachedServers(),
            "Headers of every request. What looks like a secret (Authorization, X-API-Key, …) is shown as `***` and never written down."),
        extraBody,
        ConfigurationKey(
            "backend.insecure", .flag, \.backend.server.insecure, for: .reachedServers(), "Accept certificates that cannot be verified."),
    ]

    private static let extraBody = ConfigurationKey(
        "backend.extra_body", type: Shape<JSONValue>.object.description, schema: Shape<JSONValue>.object.schema, fallback: "–",
        for: .servers(),
        "Members added to the top level of each request's body; values of names that speak of keys are shown as `***`.",
        decode: { setting, experiment, reading in
            guard let value = Shape<JSONValue>.secretiveObject.decode(setting, &reading), case .object(let members) = value else { return }
            for refusal in ExtraBody.refusals(of: members) {
                let origin = setting.node[refusal.member]?.origin ?? setting.node.origin
                reading.report("config.not-honoured", refusal.message, at: origin, remedy: refusal.remedy)
            }
            for (member, key) in ExtraBody.shadowed(by: members) {
                reading.warn(
                    "config.overridden", "`\(member)` of the extra body takes the place of `\(key)`, which the record of the run names",
                    at: setting.node[member]?.origin ?? setting.node.origin, remedy: "set \(key) instead")
            }
            experiment.backend.server.extraBody = value
        },
        render: { Shape<JSONValue>.secretiveObject.render($0.backend.server.extraBody) })

    private static let patience: ClosedRange<Duration> = .milliseconds(1)...(.seconds(7 * 86_400))

    private static func timeout(
        _ name: String, _ target: any WritableKeyPath<Experiment, Duration> & Sendable, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey("backend.timeouts.\(name)", .duration(patience), target, for: .servers(), summary)
    }

    private static let timeouts: [ConfigurationKey] = [
        timeout("connect", \.backend.server.timeouts.connect, "Until the connection stands, TLS included."),
        timeout("headers", \.backend.server.timeouts.headers, "From the written request to the head of the response."),
        timeout("first_token", \.backend.server.timeouts.firstToken, "From the written request to the first token."),
        timeout("idle", \.backend.server.timeouts.idle, "Between two reads of an answer."),
        timeout("total", \.backend.server.timeouts.total, "From the start of a request to its end."),
    ]

    private static let launch: [ConfigurationKey] = [
        launching(
            "command", .launchCommand, fallback: "–", "Program and arguments of a server that the run starts and stops.",
            read: { $0.command.isEmpty ? nil : $0.command }, write: { $0.command = $1 }),
        launching(
            "env", .environment, fallback: "–", "Variables of the server's environment, besides our own; secrets are shown as `***`.",
            read: { $0.environment.isEmpty ? nil : $0.environment }, write: { $0.environment = $1 }),
        launching(
            "ready_timeout", .duration(patience), fallback: "600s", "The longest wait until the server answers.",
            read: { $0.readyTimeout }, write: { $0.readyTimeout = $1 }),
        launching(
            "working_directory", .text("path"), fallback: "the current one", "The server's working directory.",
            read: { $0.workingDirectory }, write: { $0.workingDirectory = $1 }),
    ]

    /// A key of a server that need not be launched at all: the first one given makes the specification.
    private static func launching<Value>(
        _ name: String, _ shape: Shape<Value>, fallback: String, _ summary: String,
        read: @escaping @Sendable (LaunchSpec) -> Value?, write: @escaping @Sendable (inout LaunchSpec, Value) -> Void
    ) -> ConfigurationKey {
        ConfigurationKey(
            "backend.launch.\(name)", type: shape.description, schema: shape.schema, fallback: fallback, for: .reachedServers(), summary,
            decode: { setting, experiment, reading in
                guard let value = shape.decode(setting, &reading) else { return }
                var launch = experiment.backend.server.launch ?? LaunchSpec(command: [])
                write(&launch, value)
                experiment.backend.server.launch = launch
            },
            render: { $0.backend.server.launch.flatMap(read).flatMap(shape.render) })
    }
}

import JouleBackends
import JouleConfiguration
import JouleModel
import JouleWorkload

/// What would be sent to a model that is asked to think, and why: what `formats explain` shows.
package struct FormatExplanation: Encodable, Sendable {
    private let model: String
    private let family: String?
    private let type: ReasoningFormat.Kind?
    private let source: String?
    private let reason: String
    private let thinking: String
    private let effort: String?
    private let backend: String
    /// Where the bytes go: method and path, or the worker's input.
    private let destination: String
    /// The bytes, which are UTF-8.
    private let sent: String
    /// What takes the place of the tokenizer's chat template in a worker, with the prompt in it.
    private let withoutTemplate: String?
    package let warnings: [Failure]

    private enum CodingKeys: String, CodingKey {
        case model, family, type, source, reason, thinking, effort, backend, destination, sent
        case withoutTemplate = "without_chat_template"
    }

    /// - Parameter prompt: the user's words.
    /// - Throws: mistakes of the formats file, and what the backend has no way to say.
    package init(_ experiment: Experiment, prompt: String, variables: [String: String]) throws {
        let instruction = try ReasoningInstruction.resolve(experiment, variables: variables)
        model = experiment.backend.model
        let match = instruction?.match
        family = match?.format.family
        type = match?.words.kind
        source = match.map { $0.format.source ?? "built-in" }
        reason =
            switch match?.reason {
            case .name(let name): "`model_overrides` names \(name)"
            case .pattern(let pattern): "the pattern `\(pattern)` is in `\(experiment.backend.model.lowercased())`"
            case nil: instruction == nil ? "nothing is asked" : "no family has a pattern in `\(experiment.backend.model.lowercased())`"
            }
        thinking = instruction.map { $0.isOn ? "on" : "off" } ?? "as the model does by itself"
        effort = instruction?.effort?.rawValue
        backend = experiment.backend.kind.rawValue
        warnings = instruction?.warnings ?? []
        if experiment.backend.kind.isServer {
            // The key is of no matter here, and need not be there.
            var backend = experiment.backend
            backend.server.extraBody = Secrets.masked(backend.server.extraBody)
            backend.server.path = backend.server.path.map { Secrets.masked(path: $0) }
            let target = try ServerTarget(backend, variables: [:])
            let requests = try ServingRequests(experiment, target: target, reasoning: instruction)
            destination = "POST \(target.endpoint.target(target.spec.api, path: target.spec.path))"
            sent = String(decoding: requests.bytes(prompt), as: UTF8.self)
            withoutTemplate = nil
        } else {
            destination = "the worker's standard input"
            let words = instruction?.text(prompt) ?? prompt
            let line = try WorkerSession.generateLine(
                [.init(index: 0, text: words)], scenario: experiment.scenario, seed: experiment.seed, template: instruction?.template, id: 1
            )
            sent = String(decoding: line, as: UTF8.self)
            withoutTemplate = instruction?.template?.otherwise.map { $0.before + words + $0.after }
        }
    }

    package var text: String {
        var lines = ["model     \(model)"]
        if let family, let type, let source {
            lines.append("family    \(family) (\(type.rawValue), \(source))")
        } else {
            lines.append("family    none")
        }
        lines.append("because   \(reason)")
        lines.append("thinking  \(thinking)\(effort.map { ", effort \($0)" } ?? "")")
        lines.append("sent to   \(destination) (\(backend))")
        lines += ["", sent]
        if let withoutTemplate {
            lines += ["", "where the tokenizer has no chat template for it, the prompt is", Self.quoted(withoutTemplate)]
        }
        return lines.joined(separator: "\n")
    }

    /// A text in one line, with marks where it begins and ends if it has spaces or line ends.
    static func quoted(_ text: String) -> String {
        guard text.contains(where: \.isWhitespace) else { return text }
        let escapes = [("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n"), ("\t", "\\t")]
        return "\"" + escapes.reduce(text) { $0.replacing($1.0, with: $1.1) } + "\""
    }
}

import Foundation
import JouleModel

/// JSON that stands in one argument of a command line or in one text of a file.
package enum JSONArgument {
    /// - Throws: `json.invalid` with the place of the flaw.
    package static func parse(_ text: String) throws(Failure) -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            let flaw = JSONFlaw(in: text)
            let whole = Secrets.masked(command: [text]).joined()
            let shown = whole.count > 60 ? whole.prefix(60) + "…" : whole[...]
            throw Failure(
                "json.invalid", "`\(shown)` is no JSON", cause: flaw.map { "\($0)" },
                remedy: "names and texts go in double quotes: {\"top_k\": 20}")
        }
    }

    /// What `--extra-body` may hold: an object whose members may be merged into the body of a request.
    ///
    /// - Throws: `json.invalid`, or why a member is refused.
    package static func extraBody(_ text: String) throws(Failure) -> JSONValue {
        let value = try parse(text)
        guard case .object(let members) = value else {
            throw Failure("json.invalid", "the extra body is no object", remedy: "write {\"name\": value}")
        }
        if let refusal = ExtraBody.refusals(of: members).first {
            throw Failure("config.not-honoured", refusal.message, remedy: refusal.remedy)
        }
        return value
    }
}

/// Members of a request's body that are not free for users to set.
enum ExtraBody {
    private static let refused: [(name: String, why: String, remedy: String)] = [
        (
            "extra_body", "it is a notion of the Python SDK, which merges what is in it; servers never see a member of this name",
            "put what is in it directly below `backend.extra_body`"
        ),
        ("model", "it is `backend.model`", "set backend.model"),
        ("messages", "it is the prompt", "set scenario.dataset_name"),
        ("prompt", "it is the prompt", "set scenario.dataset_name"),
        ("stream_options", "the token counts come from it", "remove it"),
        ("stream", "without a stream there is no time to the first token", "remove it"),
    ]

    /// The key by which a member is set otherwise.
    private static let generation: [String: String] = [
        "max_tokens": "max_new_tokens", "max_completion_tokens": "max_new_tokens", "min_tokens": "min_new_tokens",
        "temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "repetition_penalty": "repetition_penalty",
        "repeat_penalty": "repetition_penalty", "ignore_eos": "ignore_eos", "stop": "stop",
    ]

    static func refusals(of members: [String: JSONValue]) -> [(member: String, message: String, remedy: String)] {
        refused.compactMap { entry in
            guard let value = members[entry.name], !(entry.name == "stream" && value == .bool(true)) else { return nil }
            return (entry.name, "`\(entry.name)` cannot be set in the extra body: \(entry.why)", entry.remedy)
        }
    }

    /// Members that another key sets, with its name; sorted.
    static func shadowed(by members: [String: JSONValue]) -> [(member: String, key: String)] {
        members.keys.sorted().compactMap { member in generation[member].map { (member, "scenario.generate_kwargs.\($0)") } }
    }
}

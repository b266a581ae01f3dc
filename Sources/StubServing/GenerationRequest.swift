import Foundation
import JouleModel
import NIOCore

/// What a client asks for, as far as the stand-in heeds it.
package struct GenerationRequest: Hashable, Sendable {
    package enum API: Hashable, Sendable { case chat, completions }

    package var api: API
    package var model: String?
    package var stream = false
    package var maxTokens: Int?
    package var minTokens: Int?
    package var ignoresEnd = false
    package var choices = 1
    package var includesUsage = false
    package var continuousUsage = false
    /// All texts of the prompt, one a line.
    package var prompt: String
    package var promptTokens: Int
    /// The client's own name for the request.
    package var identifier: String?

    /// Tokens of each answer and why it ends there.
    package func length(natural: Int?, dialect: ServerDialect) -> (tokens: Int, finish: String) {
        let honoursEnd = dialect.heedsIgnoreEnd && ignoresEnd
        guard let natural, !honoursEnd else { return (maxTokens ?? natural ?? 128, maxTokens == nil ? "stop" : "length") }
        let wanted = dialect.heedsMinTokens ? max(natural, minTokens ?? natural) : natural
        if let maxTokens, maxTokens <= wanted { return (maxTokens, "length") }
        return (wanted, "stop")
    }
}

extension ServerDialect {
    fileprivate var heedsIgnoreEnd: Bool {
        switch self {
        case .vllm, .sglang, .llamacpp, .trtllm: true
        case .openai, .tgi, .ollama: false
        }
    }

    fileprivate var heedsMinTokens: Bool {
        switch self {
        case .vllm, .sglang, .trtllm: true
        case .llamacpp, .openai, .tgi, .ollama: false
        }
    }
}

extension GenerationRequest {
    /// vLLM's own limit (`VLLM_MAX_N_SEQUENCES`).
    private static let mostChoices = 16_384

    /// Reads a request's body.
    ///
    /// - Throws: `Failure` with the words for the client.
    package init(_ api: API, body: Data, tokenizer: StubTokenizer = StubTokenizer()) throws {
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: body)
        } catch {
            throw Failure("stub.bad-request", "the body cannot be read: \(error)")
        }
        let limit = wire.max_completion_tokens ?? wire.max_tokens
        if let limit, limit < 1 { throw Failure("stub.bad-request", "max_tokens must be at least 1, got \(limit)") }
        if let choices = wire.n, choices > Self.mostChoices {
            throw Failure("stub.bad-request", "n must be at most \(Self.mostChoices), got \(choices)")
        }
        let texts: [String]
        switch api {
        case .chat:
            guard let messages = wire.messages, !messages.isEmpty else { throw Failure("stub.bad-request", "messages is missing or empty") }
            texts = messages.map { $0.content?.text ?? "" }
        case .completions:
            guard let prompt = wire.prompt else { throw Failure("stub.bad-request", "prompt is missing") }
            texts = prompt.texts
        }
        self.api = api
        model = wire.model
        stream = wire.stream ?? false
        maxTokens = limit.map { min($0, 1 << 40) }
        minTokens = wire.min_tokens
        ignoresEnd = wire.ignore_eos ?? false
        choices = max(1, wire.n ?? 1) * (api == .completions ? max(1, texts.count) : 1)
        includesUsage = wire.stream_options?.include_usage ?? false
        continuousUsage = wire.stream_options?.continuous_usage_stats ?? false
        prompt = texts.joined(separator: "\n")
        let length = wire.prompt?.identifiers ?? texts.reduce(tokenizer.special) { $0 + tokenizer.count($1) }
        promptTokens = wire.truncate_prompt_tokens.map { min($0, length) } ?? length
        identifier = wire.request_id
    }
}

/// The body's keys, as they are spelt on the wire.
private struct Wire: Decodable {
    struct Message: Decodable { var content: Content? }
    struct StreamOptions: Decodable {
        var include_usage: Bool?
        var continuous_usage_stats: Bool?
    }

    var model: String?
    var messages: [Message]?
    var prompt: Prompt?
    var stream: Bool?
    var max_tokens: Int?
    var max_completion_tokens: Int?
    var min_tokens: Int?
    var ignore_eos: Bool?
    var n: Int?
    var stream_options: StreamOptions?
    var truncate_prompt_tokens: Int?
    var request_id: String?

    /// A string, or parts of which only the texts count.
    struct Content: Decodable {
        struct Part: Decodable { var text: String? }
        var text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                text = try container.decode([Part].self).compactMap(\.text).joined(separator: " ")
            }
        }
    }

    /// A string, strings, token numbers or lists of them.
    struct Prompt: Decodable {
        var texts: [String]
        var identifiers: Int?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                texts = [text]
            } else if let texts = try? container.decode([String].self) {
                self.texts = texts
            } else if let numbers = try? container.decode([Int].self) {
                texts = [""]
                identifiers = numbers.count
            } else {
                let lists = try container.decode([[Int]].self)
                texts = lists.map { _ in "" }
                identifiers = lists.reduce(0) { $0 + $1.count }
            }
        }
    }
}

/// The body of a request to `/tokenize`, in any dialect's spelling.
struct TokenizeRequest {
    let text: String
    /// Whether what stands before every prompt counts; nil goes by the dialect.
    let addsSpecial: Bool?

    private struct Spellings: Decodable {
        var prompt: String?
        var content: String?
        var inputs: String?
        var messages: [Wire.Message]?
        var add_special_tokens: Bool?
        var add_special: Bool?
    }

    init?(_ body: ByteBuffer) {
        guard let keys = try? JSONDecoder().decode(Spellings.self, from: Data(body.readableBytesView)) else { return nil }
        guard
            let text = keys.prompt ?? keys.content ?? keys.inputs ?? keys.messages?.map({ $0.content?.text ?? "" }).joined(separator: "\n")
        else { return nil }
        self.text = text
        addsSpecial = keys.add_special_tokens ?? keys.add_special
    }
}

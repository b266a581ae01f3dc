import JouleModel

/// A prompt as the bytes it has in a request's body, written once: a request that uses it costs a copy.
package struct EncodedPrompt: Sendable, Hashable {
    /// The member of the body: `"messages":[…]` or `"prompt":…`.
    package let bytes: [UInt8]
    package let api: ServerSpec.API

    package struct Message: Sendable, Hashable {
        package let role: String
        package let content: String
        package init(role: String, content: String) {
            self.role = role
            self.content = content
        }
    }

    private init(api: ServerSpec.API, _ write: (inout JSONBytes) -> Void) {
        var json = JSONBytes()
        write(&json)
        bytes = json.bytes
        self.api = api
    }

    /// A conversation, for the chat API.
    package init(messages: [Message]) {
        self.init(api: .chat) { json in
            json.key("messages")
            json.open("[")
            for message in messages {
                json.separate()
                json.open("{")
                json.member("role", message.role)
                json.member("content", message.content)
                json.close("}")
            }
            json.close("]")
        }
    }

    /// A text: what the user says, or for the completions API the prompt itself.
    package init(text: String, api: ServerSpec.API) {
        switch api {
        case .chat: self.init(messages: [Message(role: "user", content: text)])
        case .completions: self.init(api: api) { $0.member("prompt", text) }
        }
    }

    /// A prompt of token ids, for the completions API of dialects with `supportsTokenPrompts`.
    package init(tokens: [Int]) {
        self.init(api: .completions) { json in
            json.key("prompt")
            json.open("[")
            for token in tokens {
                json.separate()
                json.raw(String(token))
            }
            json.close("]")
        }
    }
}

/// The bodies of all requests of a run: what is the same for each is written once.
///
/// Members come in a fixed order, those of the extra body last and sorted, so that equal requests are equal bytes.
package struct RequestBody: Sendable {
    private let api: ServerSpec.API
    /// `{"model":…,`
    private let beginning: [UInt8]
    /// From the comma after the prompt up to the limits on length.
    private let middle: [UInt8]
    private let closing: [UInt8]
    private let generation: GenerationSpec
    private let dialect: ServerDialect
    private let seed: Int?
    /// Keys of the extra body: they stand in the place of ours.
    private let replaced: Set<String>

    /// Keys that an extra body may not replace: the client would no more know what it sent.
    private static let ownKeys = ["model", "messages", "prompt", "stream"]

    /// - Parameters:
    ///   - seed: sent with each request unless a request has its own.
    ///   - extraBody: an object whose members go to the top level and replace ours of the same name.
    /// - Throws: `request.unsupported` for what the dialect has no word for, `request.extra-body` for an extra body that cannot be merged.
    package init(
        model: String, dialect: ServerDialect, api: ServerSpec.API, generation: GenerationSpec, seed: Int? = nil,
        extraBody: JSONValue = .object([:])
    ) throws(Failure) {
        guard case .object(let extra) = extraBody else {
            throw Failure("request.extra-body", "the extra body is no object", remedy: "give it members, such as {top_k: 20}")
        }
        for key in Self.ownKeys + ["extra_body"] where extra[key] != nil {
            throw Failure(
                "request.extra-body", "the extra body has a member `\(key)`",
                remedy: key == "extra_body" ? "put its members at the top level" : "leave it out: `\(key)` is part of every request")
        }
        try Self.check(generation, for: dialect)
        self.api = api
        self.generation = generation
        self.dialect = dialect
        self.seed = seed
        replaced = Set(extra.keys)

        var head = JSONBytes()
        head.open("{")
        head.member("model", model)
        head.separate()
        beginning = head.bytes

        var members = JSONBytes()
        members.member("stream", true)
        if extra["stream_options"] == nil {
            members.key("stream_options")
            members.open("{")
            members.member("include_usage", true)
            if dialect.supportsContinuousUsage { members.member("continuous_usage_stats", true) }
            members.close("}")
        }
        if extra["temperature"] == nil { members.member("temperature", generation.samples ? generation.temperature : 0) }
        if generation.topP != 1, extra["top_p"] == nil { members.member("top_p", generation.topP) }
        if let topK = generation.topK, extra["top_k"] == nil { members.member("top_k", topK) }
        if generation.repetitionPenalty != 1, let key = dialect.repetitionPenaltyKey, extra[key] == nil {
            members.member(key, generation.repetitionPenalty)
        }
        if !generation.stop.isEmpty, extra["stop"] == nil { members.member("stop", .array(generation.stop.map(JSONValue.string))) }
        if generation.ignoreEOS, extra["ignore_eos"] == nil { members.member("ignore_eos", true) }
        middle = [UInt8(ascii: ",")] + members.bytes

        // Its own opening brace is not written: the members go behind ours.
        var tail = JSONBytes()
        tail.open("{")
        for (key, value) in extra.sorted(by: { $0.key < $1.key }) { tail.member(key, value) }
        closing = (extra.isEmpty ? [] : [UInt8(ascii: ",")] + tail.bytes.dropFirst()) + [UInt8(ascii: "}")]
    }

    /// The bytes of one request.
    ///
    /// - Parameters:
    ///   - prompt: made for the same API.
    ///   - outputTokens: the exact length asked of this request, in the place of the limits of all.
    ///   - seed: this request's own.
    ///   - identifier: a name for this request, as vLLM takes it.
    package func bytes(_ prompt: EncodedPrompt, outputTokens: Int? = nil, seed: Int? = nil, identifier: String? = nil) -> [UInt8] {
        precondition(prompt.api == api, "a prompt for the other API")
        var json = JSONBytes()
        let maxKey = dialect.maxTokensKey(api)
        if !replaced.contains(maxKey) { json.member(maxKey, outputTokens ?? generation.maxNewTokens) }
        let least = outputTokens ?? generation.minNewTokens
        if least > 0, dialect.supportsMinTokens, !replaced.contains("min_tokens") { json.member("min_tokens", least) }
        if let seed = seed ?? self.seed, !replaced.contains("seed") { json.member("seed", seed) }
        if let identifier, !replaced.contains("request_id") { json.member("request_id", identifier) }
        var body: [UInt8] = []
        body.reserveCapacity(beginning.count + prompt.bytes.count + middle.count + json.bytes.count + closing.count + 1)
        body += beginning
        body += prompt.bytes
        body += middle
        if !json.bytes.isEmpty { body.append(UInt8(ascii: ",")) }
        body += json.bytes
        body += closing
        return body
    }

    private static func check(_ generation: GenerationSpec, for dialect: ServerDialect) throws(Failure) {
        func unsupported(_ key: String) -> Failure {
            Failure(
                "request.unsupported", "servers of the kind `\(dialect.rawValue)` do not understand `\(key)`",
                remedy: "leave it out, or send what the server has in its place with `backend.extra_body`")
        }
        if generation.ignoreEOS, !dialect.supportsIgnoreEOS { throw unsupported("ignore_eos") }
        if generation.minNewTokens > 0, !dialect.supportsMinTokens { throw unsupported("min_new_tokens") }
        if generation.topK != nil, !dialect.supportsTopK { throw unsupported("top_k") }
        if generation.repetitionPenalty != 1, dialect.repetitionPenaltyKey == nil { throw unsupported("repetition_penalty") }
    }
}

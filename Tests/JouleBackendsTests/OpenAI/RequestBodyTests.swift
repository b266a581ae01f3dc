import Foundation
import JouleBackends
import JouleModel
import Testing

struct RequestBodyTests {
    private static func text(_ body: RequestBody, _ prompt: EncodedPrompt, outputTokens: Int? = nil, seed: Int? = nil) -> String {
        String(decoding: body.bytes(prompt, outputTokens: outputTokens, seed: seed), as: UTF8.self)
    }

    private static func decoded(_ body: RequestBody, _ prompt: EncodedPrompt, outputTokens: Int? = nil) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(body.bytes(prompt, outputTokens: outputTokens)))
    }

    @Test func `a chat request has its members in a fixed order`() throws {
        let body = try RequestBody(model: "m", dialect: .vllm, api: .chat, generation: GenerationSpec(), seed: 7)
        #expect(
            Self.text(body, EncodedPrompt(text: "hi", api: .chat))
                == #"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},"temperature":0,"max_tokens":256,"seed":7}"#
        )
        #expect(
            Self.text(body, EncodedPrompt(text: "hi", api: .chat), outputTokens: 5, seed: 1).hasSuffix(
                #""max_tokens":5,"min_tokens":5,"seed":1}"#))
    }

    @Test func `everything that can be asked for is in the body`() throws {
        var generation = GenerationSpec()
        generation.maxNewTokens = 64
        generation.minNewTokens = 8
        generation.temperature = 0.7
        generation.topP = 0.95
        generation.topK = 20
        generation.repetitionPenalty = 1.1
        generation.ignoreEOS = true
        generation.stop = ["\n\n", "\"end\""]
        let extra = JSONValue.object([
            "zeta": .array([.null, .bool(false), .number(0.5)]), "chat_template_kwargs": .object(["enable_thinking": .bool(true)]),
        ])
        let body = try RequestBody(model: "org/m", dialect: .vllm, api: .completions, generation: generation, extraBody: extra)
        #expect(
            Self.text(body, EncodedPrompt(tokens: [1, 2, 30_000]))
                == #"{"model":"org/m","prompt":[1,2,30000],"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},"temperature":0.7,"top_p":0.95,"top_k":20,"repetition_penalty":1.1,"stop":["\n\n","\"end\""],"ignore_eos":true,"max_tokens":64,"min_tokens":8,"chat_template_kwargs":{"enable_thinking":true},"zeta":[null,false,0.5]}"#
        )
        generation.doSample = false
        let greedy = try RequestBody(model: "m", dialect: .llamacpp, api: .chat, generation: generation.without(minTokens: true))
        let value = try Self.decoded(greedy, EncodedPrompt(text: "x", api: .chat))
        #expect(value["temperature"] == .integer(0))
        #expect(value["repeat_penalty"] == .number(1.1))
    }

    /// Dialect, ignore_eos, min_tokens, continuous usage, key of the limit for chat, health, metrics.
    @Test(
        arguments: [
            (ServerDialect.vllm, true, true, true, "max_tokens", "/health", "/metrics"),
            (.openai, false, false, false, "max_completion_tokens", nil, nil),
            (.llamacpp, true, false, false, "max_tokens", "/health", "/metrics"),
            (.sglang, true, true, true, "max_tokens", "/health", "/metrics"),
            (.tgi, false, false, false, "max_tokens", "/health", "/metrics"),
            (.ollama, false, false, false, "max_tokens", nil, nil),
            (.trtllm, true, true, false, "max_tokens", "/health", "/prometheus/metrics"),
        ] as [(ServerDialect, Bool, Bool, Bool, String, String?, String?)])
    func `each dialect is asked in its own words`(
        _ row: (dialect: ServerDialect, ignoreEOS: Bool, minTokens: Bool, running: Bool, maxKey: String, health: String?, metrics: String?)
    ) throws {
        let dialect = row.dialect
        let body = try RequestBody(model: "m", dialect: dialect, api: .chat, generation: GenerationSpec())
        let value = try Self.decoded(body, EncodedPrompt(text: "x", api: .chat), outputTokens: 9)
        #expect(value[row.maxKey] == .integer(9))
        #expect((value["min_tokens"] == .integer(9)) == row.minTokens)
        #expect(value["ignore_eos"] == nil)
        #expect(value["stream"] == .bool(true))
        #expect(value["stream_options"]?["include_usage"] == .bool(true))
        #expect((value["stream_options"]?["continuous_usage_stats"] == .bool(true)) == row.running)
        #expect(dialect.healthPath == row.health)
        #expect(dialect.metricsPath == row.metrics)
        #expect(dialect.maxTokensKey(.completions) == "max_tokens")
        var forced = GenerationSpec()
        forced.ignoreEOS = true
        if row.ignoreEOS {
            let body = try RequestBody(model: "m", dialect: dialect, api: .chat, generation: forced)
            #expect(try Self.decoded(body, EncodedPrompt(text: "x", api: .chat))["ignore_eos"] == .bool(true))
        } else {
            let failure = try #require(throws: Failure.self) {
                try RequestBody(model: "m", dialect: dialect, api: .chat, generation: forced)
            }
            #expect(failure.code == "request.unsupported")
        }
    }

    @Test(
        arguments: [
            "", "quote\" back\\ slash/", "lines\n\r\t", "nul\u{0}bell\u{7}esc\u{1B}del\u{7F}", "é 日本 😀 \u{2028}\u{FEFF}",
            "\u{1F468}\u{200D}\u{1F469}",
        ]) func `any text comes back from its JSON as it was`(_ text: String) throws
    {
        let chat = try RequestBody(model: text, dialect: .openai, api: .chat, generation: GenerationSpec())
        let value = try Self.decoded(
            chat, EncodedPrompt(messages: [.init(role: "system", content: "s"), .init(role: "user", content: text)]))
        #expect(value["model"] == .string(text))
        #expect(
            value["messages"]
                == .array([
                    .object(["role": .string("system"), "content": .string("s")]),
                    .object(["role": .string("user"), "content": .string(text)]),
                ]))
        let completions = try RequestBody(model: "m", dialect: .openai, api: .completions, generation: GenerationSpec())
        #expect(try Self.decoded(completions, EncodedPrompt(text: text, api: .completions))["prompt"] == .string(text))
    }

    @Test func `members of the extra body replace ours and occur once`() throws {
        let extra = JSONValue.object([
            "temperature": .number(0.25), "max_tokens": .integer(3), "stream_options": .object([:]), "seed": .integer(2),
        ])
        let body = try RequestBody(model: "m", dialect: .vllm, api: .chat, generation: GenerationSpec(), seed: 5, extraBody: extra)
        #expect(
            Self.text(body, EncodedPrompt(text: "x", api: .chat))
                == #"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true,"max_tokens":3,"seed":2,"stream_options":{},"temperature":0.25}"#
        )
    }

    @Test(arguments: ["extra_body", "model", "messages", "prompt", "stream"]) func `an extra body may not take over the request`(
        _ key: String
    ) throws {
        let failure = try #require(throws: Failure.self) {
            try RequestBody(model: "m", dialect: .vllm, api: .chat, generation: GenerationSpec(), extraBody: .object([key: .null]))
        }
        #expect(failure.code == "request.extra-body")
        #expect(throws: Failure.self) {
            try RequestBody(model: "m", dialect: .vllm, api: .chat, generation: GenerationSpec(), extraBody: .array([]))
        }
    }
}

extension GenerationSpec {
    fileprivate func without(minTokens: Bool) -> GenerationSpec {
        var copy = self
        if minTokens { copy.minNewTokens = 0 }
        return copy
    }
}

import JouleModel
import JouleWorkload
import NIOCore

/// The tokens of one streamed answer: their schedule, and the chunks that carry them in a server's manner.
struct TokenStream {
    enum Advance { case tokens(Int), ended, cutShort }

    /// What fixes an answer besides the behaviour.
    struct Terms {
        var api: GenerationRequest.API
        var dialect: ServerDialect
        var tokens: Int
        var promptTokens: Int
        var finishReason: String
        var choices: Int
        var usage: Behaviour.UsageStyle
        /// Time of the first token and between two, in nanoseconds.
        var firstToken: Int64
        var interToken: Int64
        var firstTokenJitter: Int64
        var interTokenJitter: Int64
        var seed: UInt64
    }

    private enum Delta { case content, reasoning(Behaviour.ReasoningField), toolCall }

    private(set) var due: Int64
    /// True when all tokens are out and only the end is missing, which belongs to the last token's write.
    private(set) var isComplete: Bool

    private let terms: Terms
    private let behaviour: Behaviour
    private let vocabulary: Vocabulary
    private let inserts: [Behaviour.Insert]
    private let role: Behaviour.RoleChunk
    private let finish: Behaviour.FinishPlace
    private var random: SeededGenerator
    private var clock: Int64
    private var position = 0
    private var nextInsert = 0
    private var chunks = 0
    /// Chunks of one word each that come again and again, as they are on the wire. Rendering is what an answer costs most.
    private var rendered: [ByteBuffer?]

    init(_ terms: Terms, behaviour: Behaviour) {
        self.terms = terms
        self.behaviour = behaviour
        vocabulary = Vocabulary(behaviour.pieces)
        inserts = behaviour.inserts.enumerated().sorted { ($0.element.beforeToken, $0.offset) < ($1.element.beforeToken, $1.offset) }
            .map(\.element)
        role = terms.api == .completions ? .none : behaviour.role ?? terms.dialect.role
        finish = behaviour.finish ?? (terms.tokens == 0 ? .separate : terms.dialect.finish)
        random = SeededGenerator(seed: terms.seed)
        let repeats =
            behaviour.tokensPerChunk == 1 && behaviour.arrivals.isEmpty && behaviour.toolCall == nil && behaviour.lineEnd != .mixed
            && terms.choices == 1
            && terms.usage != .continuous
        rendered = Array(repeating: nil, count: repeats ? vocabulary.count : 0)
        clock = terms.firstToken
        due = clock
        isComplete = terms.tokens == 0
        if terms.firstTokenJitter > 0 { due = max(0, clock + deviation(upTo: terms.firstTokenJitter)) }
    }

    mutating func postpone(by span: Int64) {
        clock += span
        due += span
    }

    /// What goes with the head.
    mutating func begin(into out: inout ByteBuffer, writer: inout EventWriter) {
        if role == .with_head { appendRole(to: &out, writer: &writer) }
    }

    /// Appends the next chunk, or the end of the stream up to `[DONE]`.
    mutating func advance(into out: inout ByteBuffer, writer: inout EventWriter, load: Double) -> Advance {
        if chunks == 0 && role == .with_first_token { appendRole(to: &out, writer: &writer) }
        let isEnd = position >= terms.tokens
        let length = chunkLength()
        while nextInsert < inserts.count, isEnd || inserts[nextInsert].beforeToken < position + length {
            let insert = inserts[nextInsert]
            nextInsert += 1
            append(insert, to: &out, writer: &writer)
            switch insert.then {
            case .go_on: break
            case .done:
                writer.done(behaviour.done, to: &out)
                return .cutShort
            case .end: return .cutShort
            }
        }
        guard !isEnd else {
            appendEnd(to: &out, writer: &writer)
            return .ended
        }
        if let every = behaviour.commentEvery, chunks.isMultiple(of: every) { writer.event(to: &out, lines: [": keep-alive"]) }
        if rendered.isEmpty || position < behaviour.reasoningTokens || position == terms.tokens - 1 {
            appendTokens(position..<position + length, to: &out, writer: &writer)
        } else {
            let word = position % rendered.count
            if let chunk = rendered[word] {
                out.writeImmutableBuffer(chunk)
            } else {
                let start = out.writerIndex
                appendTokens(position..<position + 1, to: &out, writer: &writer)
                rendered[word] = out.getSlice(at: start, length: out.writerIndex - start).map { ByteBuffer(buffer: $0) }
            }
        }
        chunks += 1
        position += length
        isComplete = position >= terms.tokens
        if behaviour.arrivals.indices.contains(chunks) {
            clock = max(clock, behaviour.arrivals[chunks].offset)
        } else if behaviour.arrivals.isEmpty {
            clock += Int64(Double(terms.interToken) * load) * Int64(length)
        }
        if !isComplete {
            due = terms.interTokenJitter > 0 ? max(due, clock + deviation(upTo: terms.interTokenJitter)) : clock
        }
        return .tokens(length * terms.choices)
    }

    private mutating func deviation(upTo bound: Int64) -> Int64 { Int64(random.below(Int(2 * bound + 1))) - bound }

    /// Tokens of the next chunk: as many as are asked for, but never reasoning and content together.
    private func chunkLength() -> Int {
        if behaviour.arrivals.indices.contains(chunks) { return min(behaviour.arrivals[chunks].tokens, terms.tokens - position) }
        let last = position < behaviour.reasoningTokens ? min(behaviour.reasoningTokens, terms.tokens) : terms.tokens
        return max(0, min(behaviour.tokensPerChunk, last - position))
    }

    private var reasoningField: Behaviour.ReasoningField { behaviour.reasoningField ?? terms.dialect.reasoningField }

    private func appendTokens(_ range: Range<Int>, to out: inout ByteBuffer, writer: inout EventWriter) {
        let isLast = range.upperBound == terms.tokens
        let finishReason = isLast && finish == .with_last ? finishText : "null"
        var extra = eachUsage(after: range.upperBound)
        if isLast && finish == .with_last && terms.usage == .with_choices { extra = finalUsage }
        let delta: Delta =
            if range.lowerBound < behaviour.reasoningTokens { .reasoning(reasoningField) } else if behaviour.toolCall != nil {
                .toolCall
            } else {
                .content
            }
        for choice in 0..<terms.choices {
            writer.chunk(to: &out, extra: extra) { buffer in
                buffer.writeStaticString("{\"index\":")
                buffer.writeString(String(choice))
                switch terms.api {
                case .completions:
                    buffer.writeStaticString(",\"text\":\"")
                    appendTexts(range, delta, to: &buffer)
                    buffer.writeStaticString("\",\"logprobs\":null")
                case .chat:
                    buffer.writeStaticString(",\"delta\":{")
                    if role == .each { buffer.writeStaticString("\"role\":\"assistant\",") }
                    appendDelta(range, delta, to: &buffer)
                    buffer.writeStaticString("},\"logprobs\":null")
                }
                buffer.writeStaticString(",\"finish_reason\":")
                buffer.writeString(finishReason)
                buffer.writeStaticString("}")
            }
        }
    }

    private func appendDelta(_ range: Range<Int>, _ delta: Delta, to buffer: inout ByteBuffer) {
        switch delta {
        case .content, .reasoning(.inline): buffer.writeStaticString("\"content\":\"")
        case .reasoning(.reasoning): buffer.writeStaticString("\"reasoning\":\"")
        case .reasoning(.reasoning_content): buffer.writeStaticString("\"reasoning_content\":\"")
        case .reasoning(.both):
            buffer.writeStaticString("\"reasoning\":\"")
            appendTexts(range, delta, to: &buffer)
            buffer.writeStaticString("\",\"reasoning_content\":\"")
        case .toolCall:
            buffer.writeStaticString("\"tool_calls\":[{\"index\":0,")
            if range.lowerBound <= behaviour.reasoningTokens {
                let name = quoted(behaviour.toolCall ?? "")
                buffer.writeString(#""id":"call_0","type":"function","function":{"name":\#(name),"arguments":""#)
            } else {
                buffer.writeStaticString("\"function\":{\"arguments\":\"")
            }
            appendTexts(range, delta, to: &buffer)
            buffer.writeStaticString("\"}}]")
            return
        }
        appendTexts(range, delta, to: &buffer)
        buffer.writeStaticString("\"")
    }

    private func appendTexts(_ range: Range<Int>, _ delta: Delta, to buffer: inout ByteBuffer) {
        if case .reasoning(.inline) = delta, range.lowerBound == 0 { buffer.writeStaticString("<think>") }
        for index in range { buffer.writeString(vocabulary[index]) }
        if case .reasoning(.inline) = delta, range.upperBound == min(behaviour.reasoningTokens, terms.tokens) {
            buffer.writeStaticString("</think>")
        }
    }

    private func appendRole(to out: inout ByteBuffer, writer: inout EventWriter) {
        let content = terms.dialect == .llamacpp ? "null" : "\"\""
        for choice in 0..<terms.choices {
            appendDelta(#""role":"assistant","content":\#(content)"#, choice: choice, extra: eachUsage(after: 0), to: &out, writer: &writer)
        }
    }

    private func appendDelta(
        _ delta: String, choice: Int = 0, finish: String = "null", extra: String, to out: inout ByteBuffer, writer: inout EventWriter
    ) {
        writer.chunk(to: &out, extra: extra) {
            $0.writeString(
                terms.api == .chat
                    ? #"{"index":\#(choice),"delta":{\#(delta)},"logprobs":null,"finish_reason":\#(finish)}"#
                    : #"{"index":\#(choice),"text":"","logprobs":null,"finish_reason":\#(finish)}"#)
        }
    }

    private func appendEnd(to out: inout ByteBuffer, writer: inout EventWriter) {
        if finish == .separate {
            var extra = terms.usage == .with_choices ? finalUsage : eachUsage(after: terms.tokens)
            if terms.dialect == .llamacpp { extra += timings }
            for choice in 0..<terms.choices {
                let delta = terms.dialect == .ollama ? #""role":"assistant","content":"""# : ""
                appendDelta(delta, choice: choice, finish: finishText, extra: extra, to: &out, writer: &writer)
            }
        }
        switch terms.usage {
        case .none: break
        case .with_choices:
            // Without a finish chunk there is no other place for it.
            if finish == .none { writer.chunk(to: &out, extra: finalUsage) { _ in } }
        case .final, .null_each, .zero_each, .continuous: writer.chunk(to: &out, extra: finalUsage) { _ in }
        }
        guard let energy = behaviour.energy else { return }
        let tokens = terms.tokens * terms.choices
        switch energy.form {
        case .comment: writer.event(to: &out, lines: [": energy " + energy.report(tokens: tokens)])
        case .member, .impact: writer.chunk(to: &out, extra: "," + energy.member(tokens: tokens)) { _ in }
        case .usage: break
        }
    }

    private var finishText: String {
        if let reason = behaviour.finishReason { return reason.isEmpty ? "null" : quoted(reason) }
        return behaviour.toolCall != nil ? "\"tool_calls\"" : quoted(terms.finishReason)
    }

    private func eachUsage(after tokens: Int) -> String {
        switch terms.usage {
        case .none, .final, .with_choices: ""
        case .null_each: ",\"usage\":null"
        case .zero_each: #","usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#
        case .continuous: ",\"usage\":" + terms.usageText(completionTokens: tokens * terms.choices, reasoning: 0)
        }
    }

    private var finalUsage: String {
        let reasoning = min(behaviour.reasoningTokens, terms.tokens) * terms.choices
        return ",\"usage\":"
            + terms.usageText(completionTokens: terms.tokens * terms.choices, reasoning: reasoning, energy: behaviour.energy)
    }

    private var timings: String {
        let prompt = Double(terms.firstToken) / 1e6
        let predicted = Double(clock - terms.firstToken) / 1e6
        return
            #","timings":{"prompt_n":\#(terms.promptTokens),"prompt_ms":\#(prompt),"predicted_n":\#(terms.tokens),"predicted_ms":\#(predicted)}"#
    }

    private func append(_ insert: Behaviour.Insert, to out: inout ByteBuffer, writer: inout EventWriter) {
        let message = quoted(insert.text ?? "the engine stopped")
        let error = #"{"error":{"message":\#(message),"type":"InternalServerError","param":null,"code":500}}"#
        switch insert.kind {
        case .invalid_json: writer.data(insert.text ?? #"{"choices":[{"index":0,"delta"#, to: &out)
        case .error: writer.data(error, to: &out)
        case .error_event: writer.event(to: &out, lines: ["event: error", "data: " + error])
        case .error_line: writer.event(to: &out, lines: ["error: " + error.dropFirst(#"{"error":"#.count).dropLast()])
        case .comment: writer.event(to: &out, lines: [": " + (insert.text ?? "keep-alive")])
        case .empty_content: appendDelta(#""content":"""#, extra: "", to: &out, writer: &writer)
        case .null_content: appendDelta(#""content":null"#, extra: "", to: &out, writer: &writer)
        case .empty_delta: appendDelta("", extra: "", to: &out, writer: &writer)
        case .no_delta: writer.chunk(to: &out, extra: "") { $0.writeStaticString(#"{"index":0,"finish_reason":null}"#) }
        case .no_choices: writer.chunk(to: &out, extra: "") { _ in }
        case .role: appendDelta(#""role":"assistant","content":"""#, extra: "", to: &out, writer: &writer)
        case .prompt_progress:
            let prompt = terms.promptTokens
            let progress = #","prompt_progress":{"total":\#(prompt),"cache":0,"processed":\#(prompt),"time_ms":1}"#
            appendDelta(#""content":null"#, extra: progress, to: &out, writer: &writer)
        case .large_token:
            appendDelta(#""content":"\#(String(repeating: "z", count: insert.bytes))""#, extra: "", to: &out, writer: &writer)
        case .raw: writer.raw(insert.text ?? "", to: &out)
        }
    }
}

extension TokenStream.Terms {
    func usageText(completionTokens: Int, reasoning: Int, energy: Behaviour.Energy? = nil) -> String {
        let energyText = energy.flatMap { $0.form == .usage ? "," + $0.member(tokens: completionTokens) : nil } ?? ""
        let details = reasoning > 0 ? #","completion_tokens_details":{"reasoning_tokens":\#(reasoning)}"# : ""
        let total = promptTokens + completionTokens
        return
            #"{"prompt_tokens":\#(promptTokens),"total_tokens":\#(total),"completion_tokens":\#(completionTokens)\#(details)\#(energyText)}"#
    }
}

extension ServerDialect {
    fileprivate var role: Behaviour.RoleChunk {
        switch self {
        case .vllm, .openai, .llamacpp, .sglang, .trtllm: .with_first_token
        case .tgi, .ollama: .each
        }
    }

    fileprivate var finish: Behaviour.FinishPlace {
        switch self {
        case .vllm, .tgi, .trtllm: .with_last
        case .openai, .llamacpp, .sglang, .ollama: .separate
        }
    }

    var reasoningField: Behaviour.ReasoningField {
        switch self {
        case .vllm, .openai, .ollama: .reasoning
        case .llamacpp, .sglang, .trtllm: .reasoning_content
        case .tgi: .inline
        }
    }
}

extension Behaviour.Energy {
    func report(tokens: Int) -> String {
        let joules = joulesPerToken * Double(tokens)
        return #"{"energy_joules":\#(joules),"energy_kwh":\#(joules / 3_600_000),"attribution_method":"prorated"}"#
    }

    /// A member of an object, with its name.
    func member(tokens: Int) -> String {
        switch form {
        case .comment, .member, .usage: "\"energy\":" + report(tokens: tokens)
        case .impact: #""impact":{"energy":{"total":\#(joulesPerToken * Double(tokens) * 1_000),"unit":"Wms"}}"#
        }
    }
}

import JouleModel

extension Playback {
    /// The request that is answered, and all that the answer depends on.
    package struct Question: Sendable {
        package var request: GenerationRequest
        package var number: Int
        package var settings: Settings
        package var rates: Rates
        /// By which a whole answer's time between tokens is stretched; a stream learns it token by token.
        package var load = 1.0
        /// Seconds since 1970.
        package var created: Int
        package var closes = false
        package var clientIsHTTP10 = false

        package init(request: GenerationRequest, number: Int, settings: Settings, rates: Rates, created: Int) {
            self.request = request
            self.number = number
            self.settings = settings
            self.rates = rates
            self.created = created
        }
    }

    /// The answer to a request that generates.
    package convenience init(_ question: Question, behaviour: Behaviour) {
        let request = question.request
        let rates = question.rates
        let identity = StreamIdentity(api: request.api, number: question.number, model: question.settings.model, created: question.created)
        let recorded = behaviour.arrivals.reduce(0) { $0 + $1.tokens }
        let isCut = request.maxTokens.map { $0 < recorded } ?? false
        let (length, finishReason) =
            behaviour.arrivals.isEmpty
            ? request.length(natural: behaviour.tokens ?? rates.tokens, dialect: question.settings.dialect)
            : (isCut ? request.maxTokens ?? recorded : recorded, isCut ? "length" : "stop")
        let promptTokens = behaviour.promptTokens ?? request.promptTokens
        var firstToken = behaviour.firstToken ?? rates.firstToken
        if let rate = rates.prefillRate {
            let seconds = min(Double(promptTokens) / rate, 1e9)
            firstToken = firstToken.saturatingAdd(Int64(saturating: seconds * 1e9))
        }
        if let first = behaviour.arrivals.first { firstToken = first.offset }
        let isBurst = behaviour.burst ?? rates.burst
        let terms = TokenStream.Terms(
            api: request.api, dialect: question.settings.dialect, tokens: length, promptTokens: promptTokens,
            finishReason: finishReason, choices: behaviour.choices ?? request.choices,
            usage: behaviour.usage ?? question.settings.dialect.usage(for: request), firstToken: firstToken,
            interToken: isBurst ? 0 : behaviour.interToken ?? rates.interToken, firstTokenJitter: rates.firstTokenJitter,
            interTokenJitter: isBurst ? 0 : rates.interTokenJitter,
            seed: behaviour.seed ?? question.settings.seed &+ UInt64(question.number) &* 1_000_003)
        let content: Content
        var start: Int64 = 0
        if let raw = behaviour.raw {
            content = .raw(raw)
        } else if let status = behaviour.status {
            content = .document(Self.errorDocument(status, behaviour: behaviour, dialect: question.settings.dialect), tokens: 0)
        } else if let events = behaviour.events {
            content = .events(events)
        } else if request.stream && !behaviour.plainJSON {
            content = .stream(TokenStream(terms, behaviour: behaviour))
        } else {
            content = .document(terms.document(identity: identity, behaviour: behaviour), tokens: length * terms.choices)
            start = firstToken + Int64(Double(terms.interToken) * question.load) * Int64(max(0, length - 1))
        }
        self.init(
            content: content, behaviour: behaviour, identity: identity, start: start, closes: question.closes,
            clientIsHTTP10: question.clientIsHTTP10)
    }

    /// A page, or what a behaviour puts in its place.
    package convenience init(page: Document, behaviour: Behaviour, dialect: ServerDialect, closes: Bool, clientIsHTTP10: Bool) {
        let content: Content =
            if let raw = behaviour.raw {
                .raw(raw)
            } else if let status = behaviour.status {
                .document(Self.errorDocument(status, behaviour: behaviour, dialect: dialect), tokens: 0)
            } else if case .text(let text, let contentType) = behaviour.body {
                .document(Document(contentType: contentType, text: text), tokens: 0)
            } else {
                .document(page, tokens: 0)
            }
        let identity = StreamIdentity(api: .chat, number: 0, model: "", created: 0)
        self.init(content: content, behaviour: behaviour, identity: identity, closes: closes, clientIsHTTP10: clientIsHTTP10)
    }

    private static func errorDocument(_ status: Int, behaviour: Behaviour, dialect: ServerDialect) -> Document {
        switch behaviour.body {
        case .text(let text, let contentType): Document(status: status, contentType: contentType, text: text)
        case .style(let style): .error(status, "scripted status \(status)", style: style)
        case nil: .error(status, "scripted status \(status)", style: dialect.errorStyle)
        }
    }
}

extension ServerDialect {
    /// How such a server reports usage to a request, when no script says otherwise.
    fileprivate func usage(for request: GenerationRequest) -> Behaviour.UsageStyle {
        guard request.includesUsage else { return .none }
        return switch self {
        case .vllm, .sglang: request.continuousUsage ? .continuous : .final
        case .llamacpp, .trtllm: .final
        case .openai, .tgi: .null_each
        case .ollama: .zero_each
        }
    }
}

extension TokenStream.Terms {
    /// The whole answer in one object, as it is sent to a request without `stream`.
    fileprivate func document(identity: StreamIdentity, behaviour: Behaviour) -> Document {
        let vocabulary = Vocabulary(behaviour.pieces)
        let reasoningTokens = min(behaviour.reasoningTokens, tokens)
        let reasoning = (0..<reasoningTokens).map { vocabulary[$0] }.joined()
        let content = (reasoningTokens..<tokens).map { vocabulary[$0] }.joined()
        var reason = behaviour.toolCall == nil ? finishReason : "tool_calls"
        reason = behaviour.finishReason ?? reason
        let finish = reason.isEmpty ? "null" : quoted(reason)
        let all = (0..<choices).map { choice in
            switch api {
            case .completions: #"{"index":\#(choice),"text":"\#(content)","logprobs":null,"finish_reason":\#(finish)}"#
            case .chat:
                #"{"index":\#(choice),"message":{\#(message(content, reasoning, behaviour))},"logprobs":null,"finish_reason":\#(finish)}"#
            }
        }
        let object = api == .chat ? "chat.completion" : "text_completion"
        let head = #""id":"\#(identity.id)","object":"\#(object)","created":\#(identity.created),"model":\#(quoted(identity.model))"#
        let usage = usageText(completionTokens: tokens * choices, reasoning: reasoningTokens * choices, energy: behaviour.energy)
        let energy = behaviour.energy.flatMap { $0.form == .usage ? nil : "," + $0.member(tokens: tokens * choices) } ?? ""
        return .json("{\(head),\"choices\":[\(all.joined(separator: ","))],\"usage\":\(usage)\(energy)}")
    }

    private func message(_ content: String, _ reasoning: String, _ behaviour: Behaviour) -> String {
        var members = [#""role":"assistant""#]
        if let name = behaviour.toolCall {
            let call = #"{"id":"call_0","type":"function","function":{"name":\#(quoted(name)),"arguments":"\#(content)"}}"#
            members += [#""content":null"#, "\"tool_calls\":[\(call)]"]
        } else if behaviour.reasoningTokens > 0, (behaviour.reasoningField ?? dialect.reasoningField) == .inline {
            members.append(#""content":"<think>\#(reasoning)</think>\#(content)""#)
        } else {
            members.append(#""content":"\#(content)""#)
        }
        if behaviour.reasoningTokens > 0 {
            switch behaviour.reasoningField ?? dialect.reasoningField {
            case .reasoning: members.append(#""reasoning":"\#(reasoning)""#)
            case .reasoning_content: members.append(#""reasoning_content":"\#(reasoning)""#)
            case .both: members += [#""reasoning":"\#(reasoning)""#, #""reasoning_content":"\#(reasoning)""#]
            case .inline: break
            }
        }
        return members.joined(separator: ",")
    }
}

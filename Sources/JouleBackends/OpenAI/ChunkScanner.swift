import JouleUnits

/// Reads the data of one event, or a whole JSON answer, in a single checking pass.
///
/// Where a key occurs twice, presence adds up and of texts and counts the later one stands.
struct ChunkScanner {
    private let data: UnsafeRawBufferPointer
    private var walker: JSONWalker
    private var facts = ChunkFacts()
    /// Words of an error that come from the member `error` beat those beside it.
    private var hasErrorMember = false
    private var hasMessage = false
    private var hasDetail = false

    /// What the data says; of data that is no JSON, what it said until there, without `isJSON`.
    static func scan(_ data: UnsafeRawBufferPointer) -> ChunkFacts {
        guard let walker = JSONWalker(data) else { return ChunkFacts() }
        var scanner = ChunkScanner(data: data, walker: walker)
        return scanner.scan()
    }

    private init(data: UnsafeRawBufferPointer, walker: JSONWalker) {
        self.data = data
        self.walker = walker
    }

    private mutating func scan() -> ChunkFacts {
        do throws(JSONWalker.Malformed) {
            if walker.peek() == UInt8(ascii: "{") { try scanRoot() } else { try walker.skipValue() }
            try walker.expectEnd()
            facts.flags.insert(.isJSON)
        } catch {}
        if hasErrorMember || ((hasMessage || hasDetail) && !facts.flags.contains(.choicesMember)) { facts.flags.insert(.error) }
        return facts
    }

    // MARK: Members

    private mutating func scanRoot() throws(JSONWalker.Malformed) {
        var isFirst = true
        try walker.enterObject()
        while let key = try walker.nextKey(&isFirst) {
            switch name(of: key) {
            case .choices: try scanChoices()
            case .usage: try scanUsage()
            case .error: try scanError()
            case .object: if let text = try text(), bytes(of: text).equals("error") { hasErrorMember = true }
            case .message: if let text = try text() { hasMessage = keep(text) }
            case .detail: try scanDetail()
            case .energy, .impact: try scanEnergy()
            default: try walker.skipValue()
            }
        }
    }

    private mutating func scanEnergy() throws(JSONWalker.Malformed) {
        if let energy = try EnergyReport.scan(&walker, in: data) { facts.energy = energy }
    }

    private mutating func scanChoices() throws(JSONWalker.Malformed) {
        guard walker.peek() == UInt8(ascii: "[") else { return try walker.skipValue() }
        facts.flags.insert(.choicesMember)
        var isFirst = true
        try walker.enterArray()
        while try walker.nextElement(&isFirst) {
            if facts.flags.contains(.choice) { facts.flags.insert(.severalChoices) }
            facts.flags.insert(.choice)
            if walker.peek() == UInt8(ascii: "{") { try scanChoice() } else { try walker.skipValue() }
        }
    }

    private mutating func scanChoice() throws(JSONWalker.Malformed) {
        let (output, reasoning) = (facts.output, facts.reasoning)
        var index: Int? = 0
        var isFirst = true
        try walker.enterObject()
        while let key = try walker.nextKey(&isFirst) {
            switch name(of: key) {
            case .delta, .message: if walker.peek() == UInt8(ascii: "{") { try scanDelta() } else { try walker.skipValue() }
            case .text: try scanContent()
            case .index: if walker.peek() &- UInt8(ascii: "0") < 10 { index = try walker.count() } else { try walker.skipValue() }
            case .finishReason:
                if let text = try text(), text.count > 0 {
                    facts.flags.insert(.finish)
                    facts.finishReason = text
                }
            default: try walker.skipValue()
            }
        }
        if index != 0 {
            facts.flags.insert(.severalChoices)
            (facts.output, facts.reasoning) = (output, reasoning)
        }
    }

    private mutating func scanDelta() throws(JSONWalker.Malformed) {
        var isFirst = true
        try walker.enterObject()
        while let key = try walker.nextKey(&isFirst) {
            switch name(of: key) {
            case .content, .refusal: try scanContent()
            case .reasoning, .reasoningContent:
                if let text = try text(), text.count > 0 {
                    facts.flags.insert(.reasoning)
                    facts.reasoning = text
                }
            case .toolCalls, .functionCall: if try skipSeeingWhetherEmpty() { facts.flags.insert(.toolCall) }
            default: try walker.skipValue()
            }
        }
    }

    /// A string, or the list of parts that some servers send instead.
    private mutating func scanContent() throws(JSONWalker.Malformed) {
        if let text = try text(orSkip: false) {
            guard text.count > 0 else { return }
            facts.flags.insert(.output)
            facts.output = text
        } else if try skipSeeingWhetherEmpty() {
            facts.flags.insert(.output)
        }
    }

    private mutating func scanUsage() throws(JSONWalker.Malformed) {
        guard walker.peek() == UInt8(ascii: "{") else { return try walker.skipValue() }
        facts.flags.insert(.usage)
        var isFirst = true
        try walker.enterObject()
        while let key = try walker.nextKey(&isFirst) {
            switch name(of: key) {
            case .promptTokens: facts.usage.prompt = try tokens()
            case .completionTokens: facts.usage.completion = try tokens()
            case .promptTokensDetails: if let count = try detail(.cachedTokens) { facts.usage.cached = count }
            case .completionTokensDetails: if let count = try detail(.reasoningTokens) { facts.usage.reasoning = count }
            // SGLang and some gateways write it beside the totals.
            case .reasoningTokens: facts.usage.reasoning = try tokens()
            case .energy: try scanEnergy()
            case .energyJoules: if let joules = try walker.number(), joules >= 0 { facts.energy = Joules(joules) }
            default: try walker.skipValue()
            }
        }
    }

    private mutating func detail(_ wanted: Name) throws(JSONWalker.Malformed) -> Int? {
        guard walker.peek() == UInt8(ascii: "{") else {
            try walker.skipValue()
            return nil
        }
        var isFirst = true
        var found: Int?
        try walker.enterObject()
        while let key = try walker.nextKey(&isFirst) {
            if name(of: key) == wanted { found = try tokens() } else { try walker.skipValue() }
        }
        return found
    }

    private mutating func tokens() throws(JSONWalker.Malformed) -> Int? {
        let next = walker.peek()
        guard next == UInt8(ascii: "-") || next &- UInt8(ascii: "0") < 10 else {
            try walker.skipValue()
            return nil
        }
        let count = try walker.count()
        if count == nil { facts.flags.insert(.oddCount) }
        return count
    }

    // MARK: Errors

    private mutating func scanError() throws(JSONWalker.Malformed) {
        switch walker.peek() {
        case UInt8(ascii: "{"):
            hasErrorMember = true
            var isFirst = true
            try walker.enterObject()
            while let key = try walker.nextKey(&isFirst) {
                guard name(of: key) == .message, let text = try text(orSkip: false) else {
                    try walker.skipValue()
                    continue
                }
                if text.count > 0 { facts.message = text }
            }
        case UInt8(ascii: "\""):
            let text = try walker.string()
            guard text.count > 0 else { return }
            hasErrorMember = true
            facts.message = text
        case UInt8(ascii: "n"), UInt8(ascii: "f"): try walker.skipValue()
        default:
            hasErrorMember = true
            try walker.skipValue()
        }
    }

    /// A text, or a list of what is wrong with the request: objects with `msg`.
    private mutating func scanDetail() throws(JSONWalker.Malformed) {
        switch walker.peek() {
        case UInt8(ascii: "\""): hasDetail = keep(try walker.string())
        case UInt8(ascii: "["):
            var isFirst = true
            try walker.enterArray()
            while try walker.nextElement(&isFirst) {
                hasDetail = true
                var isFirstMember = true
                guard walker.peek() == UInt8(ascii: "{") else {
                    try walker.skipValue()
                    continue
                }
                try walker.enterObject()
                while let key = try walker.nextKey(&isFirstMember) {
                    if name(of: key) == .msg, let text = try text(orSkip: false) { _ = keep(text) } else { try walker.skipValue() }
                }
            }
        default: try walker.skipValue()
        }
    }

    /// Keeps words of an error unless there are some already; returns whether there are any.
    private mutating func keep(_ text: ChunkFacts.TextRange) -> Bool {
        if text.count > 0, facts.message == nil { facts.message = text }
        return text.count > 0
    }

    // MARK: Values

    /// The next value when it is a string; any other is passed over, or left where it is.
    private mutating func text(orSkip skips: Bool = true) throws(JSONWalker.Malformed) -> ChunkFacts.TextRange? {
        if walker.peek() == UInt8(ascii: "\"") { return try walker.string() }
        if skips { try walker.skipValue() }
        return nil
    }

    /// Whether the value that is passed over holds something: a text, list or object that is not empty.
    private mutating func skipSeeingWhetherEmpty() throws(JSONWalker.Malformed) -> Bool {
        var isFirst = true
        var isEmpty = true
        switch walker.peek() {
        case UInt8(ascii: "\""): isEmpty = try walker.string().count == 0
        case UInt8(ascii: "["):
            try walker.enterArray()
            while try walker.nextElement(&isFirst) {
                isEmpty = false
                try walker.skipValue()
            }
        case UInt8(ascii: "{"):
            try walker.enterObject()
            while try walker.nextKey(&isFirst) != nil {
                isEmpty = false
                try walker.skipValue()
            }
        default: try walker.skipValue()
        }
        return !isEmpty
    }

    // MARK: Keys

    /// The keys that mean something somewhere.
    private enum Name: UInt8 {
        case none, choices, usage, error, object, message, detail, msg, delta, text, index, finishReason, content, refusal, reasoning
        case reasoningContent, toolCalls, functionCall, promptTokens, completionTokens, promptTokensDetails, completionTokensDetails
        case cachedTokens, reasoningTokens, energy, impact, energyJoules
    }

    private func bytes(of text: ChunkFacts.TextRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: data[text.offset..<text.offset + text.count])
    }

    private func name(of key: ChunkFacts.TextRange) -> Name {
        guard key.isEscaped else { return Self.name(bytes(of: key)) }
        // Nobody writes keys with escapes, but JSON allows it.
        var plain = JSONText()
        plain.append(bytes(of: key), isEscaped: true)
        return plain.withBytes { Self.name($0) }
    }

    private static func name(_ key: UnsafeRawBufferPointer) -> Name {
        switch key.count {
        case 3: key.equals("msg") ? .msg : .none
        case 4: key.equals("text") ? .text : .none
        case 5:
            key.equals("delta")
                ? .delta : key.equals("index") ? .index : key.equals("usage") ? .usage : key.equals("error") ? .error : .none
        case 6:
            key.equals("object")
                ? .object : key.equals("detail") ? .detail : key.equals("energy") ? .energy : key.equals("impact") ? .impact : .none
        case 7:
            key.equals("content")
                ? .content : key.equals("choices") ? .choices : key.equals("message") ? .message : key.equals("refusal") ? .refusal : .none
        case 9: key.equals("reasoning") ? .reasoning : .none
        case 10: key.equals("tool_calls") ? .toolCalls : .none
        case 13:
            key.equals("finish_reason")
                ? .finishReason
                : key.equals("prompt_tokens")
                    ? .promptTokens
                    : key.equals("function_call")
                        ? .functionCall
                        : key.equals("cached_tokens")
                            ? .cachedTokens : key.equals("energy_joules") ? .energyJoules : .none
        case 16: key.equals("reasoning_tokens") ? .reasoningTokens : .none
        case 17: key.equals("reasoning_content") ? .reasoningContent : key.equals("completion_tokens") ? .completionTokens : .none
        case 21: key.equals("prompt_tokens_details") ? .promptTokensDetails : .none
        case 25: key.equals("completion_tokens_details") ? .completionTokensDetails : .none
        default: .none
        }
    }
}

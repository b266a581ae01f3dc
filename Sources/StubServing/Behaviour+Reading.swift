import Foundation
import JouleModel

extension Behaviour {
    /// Reads the keys of a behaviour and leaves others in place, since a rule has keys of its own.
    ///
    /// - Throws: `Failure` naming the key.
    init(reading fields: inout JSONFields) throws {
        firstToken = try fields.milliseconds("ttft_ms")
        interToken = try fields.milliseconds("itl_ms")
        tokens = try fields.integer("tokens", in: 0...10_000_000)
        delay = try fields.milliseconds("delay_ms") ?? 0
        burst = try fields.bool("burst")

        try readHead(&fields)
        try readEnd(&fields)
        try readStream(&fields)

        lineEnd = try fields.choice("line_end", of: LineEnd.self) ?? .lf
        space = try fields.bool("space") ?? true
        multiline = try fields.bool("multiline") ?? false
        byteOrderMark = try fields.bool("bom") ?? false
        oneWrite = try fields.bool("one_write") ?? false
        cut = try fields.object("cut") {
            Cut(
                offsets: try $0.integers("at", in: 1...100_000_000)?.sorted() ?? [],
                every: try $0.integer("every", in: 1...100_000_000),
                gap: try $0.milliseconds("gap_ms") ?? 200_000)
        }
    }

    private mutating func readHead(_ fields: inout JSONFields) throws {
        status = try fields.integer("status", in: 200...999)
        if let style = try fields.choice("body", of: ErrorStyle.self) { body = .style(style) }
        if let text = try fields.string("body_text") { body = .text(text, contentType: "text/plain; charset=utf-8") }
        if let json = fields.value("body_json") {
            body = .text(String(decoding: try JSONEncoder().encode(json), as: UTF8.self), contentType: "application/json")
        }
        headers = try fields.texts("headers") ?? []
        if let target = try fields.string("redirect") {
            status = status ?? 307
            headers.append(NamedText(name: "Location", text: target))
            body = body ?? .style(.empty)
        }
        informational = try fields.integers("informational", in: 100...199) ?? []
        http10 = try fields.bool("http10") ?? false
        connectionClose = try fields.bool("connection_close") ?? false
        framing = try fields.choice("framing", of: Framing.self)
        contentLength = try fields.integer("content_length", in: 0...Int.max)
        contentLengthOffset = try fields.integer("content_length_off_by", in: -1_000_000...1_000_000) ?? 0
        trailers = try fields.texts("trailers") ?? []
        headWithFirstToken = try fields.bool("head_with_first_token") ?? false
        if let text = try fields.string("raw") { raw = Array(text.utf8) }
        if let bytes = try fields.integers("raw_bytes", in: 0...255) { raw = bytes.map(UInt8.init) }
    }

    private mutating func readEnd(_ fields: inout JSONFields) throws {
        rupture = try fields.object("break") {
            let places: [Rupture.Place] = [
                try $0.bool("before_head") == true ? .beforeHead : nil,
                try $0.integer("after_tokens", in: 0...10_000_000).map(Rupture.Place.tokens),
                try $0.integer("after_bytes", in: 0...1_000_000_000).map(Rupture.Place.bytes),
                try $0.bool("before_done") == true ? .beforeDone : nil,
            ].compactMap(\.self)
            guard places.count == 1, let place = places.first else {
                throw $0.wrong("", "needs one of before_head, after_tokens, after_bytes and before_done")
            }
            guard let manner = try $0.choice("how", of: Rupture.Manner.self) else { throw $0.wrong("how", "is missing") }
            return Rupture(place, manner, span: try $0.milliseconds("for_ms"))
        }
        flood = try fields.object("flood") {
            guard let kind = try $0.choice("of", of: Flood.Kind.self) else { throw $0.wrong("of", "is missing") }
            return Flood(kind: kind, limit: try $0.integer("bytes", in: 1...Int.max))
        }
    }

    private mutating func readStream(_ fields: inout JSONFields) throws {
        plainJSON = try fields.bool("plain_json") ?? false
        tokensPerChunk = try fields.integer("tokens_per_chunk", in: 1...100_000) ?? 1
        choices = try fields.integer("choices", in: 1...1_000)
        pieces = try fields.strings("pieces") ?? []
        role = try fields.choice("role", of: RoleChunk.self)
        try fields.object("reasoning") {
            reasoningTokens = try $0.integer("tokens", in: 0...10_000_000) ?? 0
            reasoningField = try $0.choice("field", of: ReasoningField.self)
        }
        toolCall = try fields.string("tool_call")
        usage = try fields.choice("usage", of: UsageStyle.self)
        energy = try fields.object("energy") {
            guard let joules = try $0.number("joules_per_token", above: 0) else { throw $0.wrong("joules_per_token", "is missing") }
            return Energy(joulesPerToken: joules, form: try $0.choice("form", of: Energy.Form.self) ?? .comment)
        }
        finish = try fields.choice("finish", of: FinishPlace.self)
        finishReason = try fields.string("finish_reason")
        done = try fields.choice("done", of: DoneMark.self) ?? .usual
        commentEvery = try fields.integer("comment_every", in: 1...1_000_000)
        inserts =
            try fields.objects("insert") {
                guard let kind = try $0.choice("what", of: Insert.Kind.self) else { throw $0.wrong("what", "is missing") }
                return Insert(
                    kind: kind, beforeToken: try $0.integer("before_token", in: 0...Int.max) ?? 0, text: try $0.string("text"),
                    bytes: try $0.integer("bytes", in: 1...1_000_000_000) ?? 1_000_000,
                    then: try $0.choice("then", of: Insert.Then.self) ?? .go_on)
            } ?? []
        events = try fields.objects("events") { try Event(reading: &$0) }
        if let offsets = events?.map(\.offset), offsets != offsets.sorted() {
            throw fields.wrong("events", "are not in the order of at_ms")
        }
    }
}

extension Behaviour.Event {
    fileprivate init(reading fields: inout JSONFields) throws {
        guard let offset = try fields.milliseconds("at_ms") else { throw fields.wrong("at_ms", "is missing") }
        let kinds: [Content] = [
            try fields.bool("role") == true ? .role : nil,
            try fields.string("content").map(Content.content),
            try fields.string("reasoning").map(Content.reasoning),
            try fields.string("finish").map(Content.finish),
            try fields.integer("usage", in: 0...1_000_000_000).map(Content.usage),
            try fields.string("data").map(Content.data),
            try fields.string("raw").map(Content.raw),
            try fields.bool("done") == true ? .done : nil,
        ].compactMap(\.self)
        guard kinds.count == 1, let content = kinds.first else {
            throw fields.wrong("", "needs one of role, content, reasoning, finish, usage, data, raw and done")
        }
        let carries =
            switch content {
            case .content, .reasoning: 1
            case .role, .finish, .usage, .data, .raw, .done: 0
            }
        self.init(offset: offset, content: content, tokens: try fields.integer("tokens", in: 0...1_000_000) ?? carries)
    }
}

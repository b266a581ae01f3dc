import JouleUnits

/// How a scheduled request ended: exactly one for each.
package enum RequestOutcome: String, Codable, Sendable, Hashable, CaseIterable {
    case completed
    /// The worker could not answer this prompt.
    case failed
    case cancelled
    /// The body ended without a finish reason and without the end mark.
    case incomplete
    /// An error inside the stream.
    case streamError = "stream_error"
    /// Another status than success, but for rejections.
    case httpError = "http_error"
    /// 429 or 503.
    case rejected
    case connectError = "connect_error"
    case tlsError = "tls_error"
    case connectTimeout = "timeout_connect"
    case headersTimeout = "timeout_headers"
    case firstTokenTimeout = "timeout_first_token"
    case idleTimeout = "timeout_idle"
    case totalTimeout = "timeout_total"
    /// Not HTTP, or a frame past every limit.
    case protocolError = "protocol_error"
    /// HTTP, but nothing in it that belongs to the interface.
    case invalidResponse = "invalid_response"
    /// Never sent: the cap on requests in flight was reached, or an earlier turn of its conversation was not answered.
    case dropped
}

/// Where a token count comes from, best first.
package enum TokenSource: String, Codable, Sendable, Hashable {
    /// Usage that the server sent with each chunk.
    case continuousUsage = "continuous_usage"
    /// Usage at the end of the answer.
    case usage
    /// Ids that the worker generated.
    case worker
    /// The server's own tokenizer, asked afterwards.
    case tokenize
    /// One token for each chunk: an estimate.
    case chunks
}

/// Tokens of one kind that arrived in one read.
package struct TokenChunk: Hashable, Sendable {
    package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case output = 0
        case reasoning
        case toolCall
        /// An event with a finish reason and no text; the server may count its end token.
        case finish
        /// An event with a choice in it and no token: the role alone, an empty delta.
        case empty

        /// Whether the chunk carries text that a reader sees, and so at least one token.
        package var isToken: Bool { self == .output || self == .reasoning || self == .toolCall }
    }

    /// When the read returned.
    package var instant: Instant
    /// By continuous usage where the server sends it, else one for each event that carries text.
    package var tokens: UInt16
    /// Events of the stream that were put together here.
    package var events: UInt8
    package var kind: Kind

    package init(instant: Instant, tokens: UInt16 = 1, events: UInt8 = 1, kind: Kind = .output) {
        self.instant = instant
        self.tokens = tokens
        self.events = events
        self.kind = kind
    }
}

/// Where a request stands in a conversation.
package struct ConversationTurn: Hashable, Sendable {
    /// From 0, inside its phase.
    package var conversation: Int
    /// From 1.
    package var turn: Int

    package init(conversation: Int, turn: Int) {
        self.conversation = conversation
        self.turn = turn
    }
}

/// One request with its stamps on the monotonic clock: a line of `requests.jsonl`, and its records of `chunks.bin`.
package struct RequestTimeline: Hashable, Sendable, Codable {
    /// What a count of tokens can be; sums and products of them stay inside 64 bits.
    package static let plausibleTokens = 0...1_000_000_000

    /// A count of tokens that no request has; nil where each can be.
    package var implausibleCount: Int? {
        [inputTokensAsked, inputTokens, cachedInputTokens, paddingTokens, outputTokens, reasoningTokens].compactMap(\.self)
            .first { !Self.plausibleTokens.contains($0) }
    }

    /// Unique inside its phase.
    package var index: Int
    package var promptID: String
    package var phase: Phase
    package var outcome: RequestOutcome
    package var httpStatus: Int?
    package var error: String?
    /// Requests of one worker batch share a number.
    package var batch: Int?
    /// Which of several workers answered; nil where there is one, or a server.
    package var process: Int?
    /// From 0; requests of one conversation share it. Nil where each request is one of its own.
    package var conversation: Int?
    /// The turn of its conversation, from 1.
    package var turn: Int?
    /// How often it was sent again after a rejection.
    package var retries: Int?
    /// When it was to be sent. In a closed loop: when its slot became free.
    package var scheduled: Instant
    /// When the client began to send it; after `scheduled` by the client's own lateness and the time in its queue.
    package var started: Instant?
    /// When the request was written completely.
    package var sent: Instant?
    /// First byte of the response's head.
    package var firstByte: Instant?
    /// First event of the stream, whatever it holds.
    package var firstEvent: Instant?
    package var firstToken: Instant?
    /// First token that is no reasoning.
    package var firstOutputToken: Instant?
    /// Last content or finish chunk.
    package var lastToken: Instant?
    package var bodyEnd: Instant?
    /// When a connection of its own was begun; nil on one that stood already. All three lie before `sent`, outside TTFT.
    package var connecting: Instant?
    package var connected: Instant?
    /// When the TLS handshake was done.
    package var secured: Instant?
    /// The length that the prompt was made for; nil where none was asked for.
    package var inputTokensAsked: Int?
    package var inputTokens: Int?
    package var cachedInputTokens: Int?
    /// Positions that a worker padded the prompt with; in no count of tokens.
    package var paddingTokens: Int?
    package var outputTokens: Int?
    package var reasoningTokens: Int?
    package var tokenSource: TokenSource?
    package var finishReason: String?
    /// What the server says that the answer took; its own figure, never added to what was measured.
    package var serverEnergy: Joules?
    /// Named oddities of the response with how often each was seen, such as `invalid_json`.
    package var anomalies: [String: Int]
    /// The arrivals of the answer's chunks, in their order; kept in `chunks.bin`, not in the line.
    package var chunks: [TokenChunk] = []
    /// The answer, only where `scenario.save_outputs` asks for it; written to `outputs.jsonl`, never to `requests.jsonl`.
    package var text: String?
    /// The same as ids, where `scenario.decode_token_to_text` is false.
    package var tokenIDs: [Int]?

    package init(
        index: Int, promptID: String, phase: Phase, outcome: RequestOutcome, error: String? = nil, batch: Int? = nil, scheduled: Instant,
        sent: Instant? = nil, firstToken: Instant? = nil, lastToken: Instant? = nil, bodyEnd: Instant? = nil, inputTokens: Int? = nil,
        outputTokens: Int? = nil, tokenSource: TokenSource? = nil, finishReason: String? = nil, anomalies: [String: Int] = [:],
        chunks: [TokenChunk] = []
    ) {
        self.index = index
        self.promptID = promptID
        self.phase = phase
        self.outcome = outcome
        self.error = error
        self.batch = batch
        self.scheduled = scheduled
        self.sent = sent
        self.firstToken = firstToken
        self.lastToken = lastToken
        self.bodyEnd = bodyEnd
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.tokenSource = tokenSource
        self.finishReason = finishReason
        self.anomalies = anomalies
        self.chunks = chunks
    }

    /// Both of its numbers.
    package var conversationTurn: ConversationTurn? {
        get {
            guard let conversation, let turn else { return nil }
            return ConversationTurn(conversation: conversation, turn: turn)
        }
        set { (conversation, turn) = (newValue?.conversation, newValue?.turn) }
    }

    /// Time to first token, from the moment the request was handed over completely.
    package var timeToFirstToken: Duration? {
        guard let sent, let firstToken else { return nil }
        return firstToken - sent
    }

    /// Time to the first token that is no reasoning.
    package var timeToFirstOutputToken: Duration? {
        guard let sent, let firstOutputToken else { return nil }
        return firstOutputToken - sent
    }

    /// From the scheduled start to the last token: queueing included.
    package var responseLatency: Duration? {
        guard let lastToken else { return nil }
        return lastToken - scheduled
    }

    /// From the hand-over to the last token.
    package var serviceLatency: Duration? {
        guard let sent, let lastToken else { return nil }
        return lastToken - sent
    }

    /// Time per output token after the first, (last − first)/(n − 1); nil when n < 2.
    package var timePerOutputToken: Duration? {
        guard let firstToken, let lastToken, let outputTokens, outputTokens >= 2 else { return nil }
        return (lastToken - firstToken) / (outputTokens - 1)
    }

    package enum CodingKeys: String, CodingKey {
        case index, phase, outcome, error, batch, process, conversation, turn, retries, anomalies
        case promptID = "prompt_id"
        case httpStatus = "http_status"
        case scheduled = "scheduled_ns"
        case started = "started_ns"
        case sent = "sent_ns"
        case firstByte = "first_byte_ns"
        case firstEvent = "first_event_ns"
        case firstToken = "first_token_ns"
        case firstOutputToken = "first_output_token_ns"
        case lastToken = "last_token_ns"
        case bodyEnd = "body_end_ns"
        case connecting = "connecting_ns"
        case connected = "connected_ns"
        case secured = "secured_ns"
        case inputTokensAsked = "input_tokens_asked"
        case inputTokens = "input_tokens"
        case cachedInputTokens = "cached_input_tokens"
        case paddingTokens = "padding_tokens"
        case outputTokens = "output_tokens"
        case reasoningTokens = "reasoning_tokens"
        case tokenSource = "token_source"
        case finishReason = "finish_reason"
        case serverEnergy = "server_energy_joules"
    }
}

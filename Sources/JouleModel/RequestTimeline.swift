import JouleUnits

/// How a scheduled request ended.
package enum RequestOutcome: String, Codable, Sendable, Hashable {
    case completed
    case failed
    case cancelled
}

/// Where a token count comes from.
package enum TokenSource: String, Codable, Sendable, Hashable {
    case worker
}

/// One request with its stamps on the monotonic clock: a line of `requests.jsonl`.
package struct RequestTimeline: Hashable, Sendable, Codable {
    package var index: Int
    package var promptID: String
    package var phase: Phase
    package var outcome: RequestOutcome
    package var error: String?
    /// Requests of one worker batch share a number.
    package var batch: Int?
    package var scheduled: Instant
    package var sent: Instant?
    package var firstToken: Instant?
    package var lastToken: Instant?
    package var bodyEnd: Instant?
    package var inputTokens: Int?
    package var outputTokens: Int?
    package var tokenSource: TokenSource?
    package var finishReason: String?
    /// The arrival of every output token.
    package var tokenInstants: [Instant]
    package var anomalies: [String]
    /// The answer, only where `scenario.save_outputs` asks for it; written to `outputs.jsonl`, never to `requests.jsonl`.
    package var text: String?

    package init(
        index: Int, promptID: String, phase: Phase, outcome: RequestOutcome, error: String? = nil, batch: Int? = nil, scheduled: Instant,
        sent: Instant? = nil, firstToken: Instant? = nil, lastToken: Instant? = nil, bodyEnd: Instant? = nil, inputTokens: Int? = nil,
        outputTokens: Int? = nil, tokenSource: TokenSource? = nil, finishReason: String? = nil, tokenInstants: [Instant] = [],
        anomalies: [String] = []
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
        self.tokenInstants = tokenInstants
        self.anomalies = anomalies
    }

    /// Time to first token, from the moment the request was handed over completely.
    package var timeToFirstToken: Duration? {
        guard let sent, let firstToken else { return nil }
        return firstToken - sent
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
        case index, phase, outcome, error, batch, anomalies
        case promptID = "prompt_id"
        case scheduled = "scheduled_ns"
        case sent = "sent_ns"
        case firstToken = "first_token_ns"
        case lastToken = "last_token_ns"
        case bodyEnd = "body_end_ns"
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case tokenSource = "token_source"
        case finishReason = "finish_reason"
        case tokenInstants = "token_ns"
    }
}

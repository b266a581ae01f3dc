import JouleModel
import JouleUnits

extension TokenChunk {
    /// Tokens that the read brought; an event without text brings none, whatever stands in its record.
    var count: Int { isCounted ? Int(tokens) : 0 }

    /// Whether the read brought tokens or the finish. By pattern: a comparison through `Equatable` costs a call for each token.
    var isCounted: Bool {
        if case .empty = kind { false } else { true }
    }

    var isReasoning: Bool {
        if case .reasoning = kind { true } else { false }
    }
}

extension RequestTimeline {
    /// When the request was on the server's side of the wire, as far as the client knows.
    var begun: Instant? { outcome == .dropped ? nil : sent ?? started }

    /// The last that was seen of the request; nil where nothing came back.
    var ended: Instant? { [bodyEnd, lastToken, chunks.last?.instant].compactMap { $0 }.max() }

    /// When the request had left the server for good. What was given up without a last sign stays to the end of the phase; what was
    /// turned away at once left when it came.
    func leaving(atLatest end: Instant) -> Instant {
        if let ended { return ended }
        switch outcome {
        case .cancelled, .headersTimeout, .firstTokenTimeout, .idleTimeout, .totalTimeout: return max(end, begun ?? scheduled)
        case .completed, .failed, .incomplete, .streamError, .httpError, .rejected, .connectError, .tlsError, .connectTimeout,
            .protocolError, .invalidResponse, .dropped:
            return begun ?? scheduled
        }
    }

    /// Prompt tokens that had to be computed; nil where nobody counted the prompt.
    var uncachedInputTokens: Int? {
        guard let inputTokens else { return nil }
        return cachedInputTokens.map { max(inputTokens - $0, 0) } ?? inputTokens
    }

    /// Tokens by the reads of the answer.
    var tokensOfChunks: Int { chunks.reduce(0) { $0 + $1.count } }

    /// All output tokens: by the best source, or, of an answer that was cut off, by the reads that had come.
    func outputCount(ofChunks sum: Int) -> Int? { outputTokens ?? (chunks.isEmpty ? nil : sum) }

    /// The first read that carried a token.
    var firstTokenRead: Instant? { firstToken ?? chunks.first { $0.kind.isToken }?.instant }
}

/// What one answer contributes to a window.
struct TokenCredit {
    /// Output tokens of the whole answer; nil where nobody counted them.
    let whole: Int?
    /// Those that arrived inside the window, in parts where a final count had to be spread over the reads.
    let inside: Double
    /// Reasoning tokens inside; nil where the answer does not tell them apart.
    let reasoning: Double?

    /// - Parameter window: nil credits the whole answer.
    init(_ request: RequestTimeline, in window: Range<Instant>?) {
        var sum = 0
        var inside = 0
        var thought = 0
        var thoughtInside = 0
        let begin = window?.lowerBound.nanoseconds ?? .min
        let end = window?.upperBound.nanoseconds ?? .max
        for chunk in request.chunks {
            let count = chunk.count
            let stamp = chunk.instant.nanoseconds
            let isInside = begin <= stamp && stamp < end
            sum += count
            if isInside { inside += count }
            if chunk.isReasoning {
                thought += count
                if isInside { thoughtInside += count }
            }
        }
        whole = request.outputCount(ofChunks: sum)
        guard let whole else {
            self.inside = 0
            reasoning = nil
            return
        }
        let arrived: Double
        if sum > 0 {
            // The reads say when, the final count says how many.
            arrived = Double(inside) * (Double(whole) / Double(sum))
        } else {
            // An answer in one piece arrives when it is there.
            let arrival = request.lastToken ?? request.bodyEnd
            let isInside = window.map { window in arrival.map { window.contains($0) } ?? false } ?? true
            arrived = isInside ? Double(whole) : 0
        }
        self.inside = arrived
        if thought > 0 {
            let counted = request.reasoningTokens.map(Double.init) ?? Double(thought) * Double(whole) / Double(sum)
            reasoning = counted * Double(thoughtInside) / Double(thought)
        } else {
            reasoning = request.reasoningTokens.map { whole > 0 ? Double($0) * arrived / Double(whole) : 0 }
        }
    }

    /// The part of a request's prompt that falls into a window, its reading spread evenly from the sent request to the first token.
    static func promptShare(of request: RequestTimeline, in window: Range<Instant>?) -> Double {
        guard let window else { return 1 }
        guard let begin = request.begun, let end = request.firstTokenRead ?? request.ended else { return 0 }
        guard end > begin else { return window.contains(begin) ? 1 : 0 }
        let overlap = min(end, window.upperBound).nanoseconds - max(begin, window.lowerBound).nanoseconds
        return overlap > 0 ? Double(overlap) / Double(end.nanoseconds - begin.nanoseconds) : 0
    }
}

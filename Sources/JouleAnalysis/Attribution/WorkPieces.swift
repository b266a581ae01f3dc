import JouleModel
import JouleUnits

/// What a piece of work belongs to.
enum WorkKind {
    case prefill
    /// Tokens of the answer.
    case decode
    case reasoning
}

extension RequestTimeline {
    /// The work that the request was: its uncached prompt spread from the sent request to the first token, and the tokens of each read
    /// over the time since the read before it (those of the first, since the request was sent).
    ///
    /// A final count that differs from the sum over the reads scales them. An answer in one piece is spread over its whole time.
    @inline(__always)
    func forEachPiece(
        _ weights: TokenWeights, chunkSum: Int, end: Instant, _ body: (WorkKind, _ weight: Double, _ from: Int64, _ to: Int64) -> Void
    ) {
        // What left at once, such as a connection refused, was no work for the server.
        guard let begin = begun?.nanoseconds, end.nanoseconds > begin else { return }
        let end = end.nanoseconds
        let first = firstTokenRead?.nanoseconds
        if let tokens = uncachedInputTokens { body(.prefill, weights.alpha * Double(tokens), begin, first ?? end) }
        guard let whole = outputCount(ofChunks: chunkSum), whole > 0 else { return }
        guard chunkSum > 0 else {
            let from = first ?? begin
            let thought = min(reasoningTokens.map { max($0, 0) } ?? 0, whole)
            body(.reasoning, weights.beta * Double(thought), from, end)
            body(.decode, weights.beta * Double(whole - thought), from, end)
            return
        }
        let scaled = weights.beta * Double(whole) / Double(chunkSum)
        // Reasoning that is told by its number alone, inside the output: it comes first.
        var thoughtLeft = 0.0
        if let told = reasoningTokens, !chunks.contains(where: \.isReasoning) {
            thoughtLeft = Double(told) * Double(chunkSum) / Double(whole)
        }
        var before = begin
        var read = begin
        for chunk in chunks where chunk.isCounted {
            let stamp = chunk.instant.nanoseconds
            if stamp != read {
                before = read
                read = stamp
            }
            if thoughtLeft > 0 {
                let thought = min(thoughtLeft, Double(chunk.tokens))
                thoughtLeft -= thought
                body(.reasoning, scaled * thought, before, stamp)
                body(.decode, scaled * (Double(chunk.tokens) - thought), before, stamp)
            } else {
                body(chunk.isReasoning ? .reasoning : .decode, scaled * Double(chunk.tokens), before, stamp)
            }
        }
    }

    /// The time that the request was with the server, cut at its first token.
    @inline(__always)
    func forEachStay(end: Instant, _ body: (WorkKind, _ from: Int64, _ to: Int64) -> Void) {
        guard let begin = begun?.nanoseconds else { return }
        let end = max(end.nanoseconds, begin)
        let first = min(firstTokenRead?.nanoseconds ?? end, end)
        if first > begin { body(.prefill, begin, first) }
        if end > first { body(.decode, first, end) }
    }

    /// Whether the answer tells reasoning from the rest.
    var tellsReasoning: Bool { reasoningTokens != nil || chunks.contains(where: \.isReasoning) }
}

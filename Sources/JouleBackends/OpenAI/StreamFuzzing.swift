import JouleModel
import JouleUnits

/// Takes any bytes for a response and its course, and checks what must hold for each: exactly one outcome, stamps in order, counts that
/// add up. For a fuzzer; traps where a law is broken.
///
/// The first bytes choose the response's head, its end and the sizes of the reads; the rest is the body.
package func fuzzStream(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 4 else { return }
    let (head, course, step) = (bytes[0], bytes[1], Int(bytes[2]))
    let body = UnsafeRawBufferPointer(rebasing: bytes[3...])
    let inline: [InlineReasoning] = [.none, .tagged, .opened, .none]
    let reader = ResponseReader(keepsText: course & 1 == 1, inlineReasoning: inline[Int(course >> 1 & 3)])
    var clock = 0
    func tick() -> Instant {
        clock += 1
        return Instant(nanoseconds: Int64(clock))
    }

    let statuses = [200, 200, 200, 200, 404, 429, 503, 302]
    let types: [String?] = ["text/event-stream", "application/json", nil, "text/event-stream; charset=utf-8"]
    if head != 0xFF { reader.head(status: statuses[Int(head & 7)], contentType: types[Int(head >> 3 & 3)], at: tick()) }
    var position = 0
    while position < body.count {
        // Sizes that differ and come out of the input itself.
        let size = step == 0 ? body.count : 1 + (step &* (position &+ 1) &+ Int(body[position])) % (step * 2)
        let end = min(position + size, body.count)
        reader.body(UnsafeRawBufferPointer(rebasing: body[position..<end]), at: tick())
        position = end
    }
    if course & 8 == 0 { reader.end(at: tick()) } else { reader.broken(.idleTimeout, "quiet", at: tick()) }

    let outcome = reader.outcome
    precondition(outcome != nil, "no outcome")
    reader.end(at: tick())
    reader.broken(.cancelled, nil, at: tick())
    reader.body(body, at: tick())
    precondition(reader.outcome == outcome, "a second outcome")
    checkLaws(of: reader)
}

private func checkLaws(of reader: ResponseReader) {
    var timeline = RequestTimeline(
        index: 0, promptID: "", phase: .measure, outcome: .cancelled, scheduled: Instant(nanoseconds: 0))
    reader.fill(&timeline)
    precondition(timeline.outcome == reader.outcome, "the timeline's outcome is another")
    let stamps = [timeline.firstByte, timeline.firstEvent, timeline.firstToken, timeline.lastToken, timeline.bodyEnd].compactMap { $0 }
    precondition(zip(stamps, stamps.dropFirst()).allSatisfy { $0 <= $1 }, "stamps out of order")
    precondition(zip(timeline.chunks, timeline.chunks.dropFirst()).allSatisfy { $0.instant <= $1.instant }, "chunks out of order")
    if let output = timeline.firstOutputToken, let first = timeline.firstToken {
        precondition(first <= output, "output before the first token")
    }
    let tokens = timeline.chunks.filter(\.kind.isToken)
    precondition(tokens.isEmpty == (timeline.firstToken == nil), "a first token without its chunk")
    precondition(tokens.first?.instant == timeline.firstToken, "the first token is not the first chunk's")
    precondition(tokens.allSatisfy { $0.tokens >= $0.events || $0.tokens == .max }, "a chunk with fewer tokens than events")
    let sum = timeline.chunks.reduce(0) { $0 + Int($1.tokens) }
    precondition(sum <= reader.tokensSoFar, "more tokens recorded than credited")
    let isClipped = StreamAnomaly.allCases.filter { $0 == .implausibleUsage || $0 == .unrecordedChunks }
        .contains { timeline.anomalies[$0.rawValue] != nil }
    precondition(isClipped || sum == reader.tokensSoFar, "tokens were lost")
    if timeline.tokenSource == .chunks { precondition(timeline.outputTokens == reader.tokensSoFar, "chunks do not add up") }
    if timeline.tokenSource == .continuousUsage, let counted = timeline.outputTokens {
        // Each event took a token of its own at least, so credits pass the usage by no more than the number of events.
        precondition(sum <= counted + timeline.chunks.reduce(0) { $0 + Int($1.events) }, "credits without usage")
    }
    if let reasoning = timeline.reasoningTokens, let output = timeline.outputTokens {
        precondition(reasoning <= output, "more reasoning than output")
    }
    precondition((timeline.error == nil) == (timeline.outcome == .completed), "an error without words, or words without an error")
    precondition((timeline.error?.utf8.count ?? 0) <= 3 * ErrorBody.limit, "an error's text past its limit")
}

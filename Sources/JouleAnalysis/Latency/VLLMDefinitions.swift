import JouleModel
import JouleUnits

/// The latencies of one request as `vllm bench serve` defines them, for files that are compared with that tool's own.
///
/// Its clock stops at events that hold a choice, whatever is in them: the role alone is its first token, and every event is one
/// token of its inter-token latencies. All count from the written request.
package struct VLLMDefinitions: Hashable, Sendable {
    /// To the first event with a choice.
    package let timeToFirstToken: Duration
    /// (End-to-end latency − TTFT)/(n − 1); nil when n < 2 or unknown.
    package let timePerOutputToken: Duration?
    /// Times between neighbouring events with a choice; zero between two of one read.
    package let interTokenLatencies: [Duration]
    /// To the last event with a choice.
    package let endToEnd: Duration

    /// Nil for a request that did not complete, and for an answer that was no stream.
    package init?(_ request: RequestTimeline) {
        guard request.outcome == .completed, let sent = request.sent, let first = request.chunks.first, let last = request.chunks.last
        else { return nil }
        timeToFirstToken = first.instant - sent
        endToEnd = last.instant - sent
        var gaps: [Duration] = []
        gaps.reserveCapacity(request.chunks.count)
        var before: Instant?
        for chunk in request.chunks {
            if let before { gaps.append(chunk.instant - before) }
            for _ in 1..<max(Int(chunk.events), 1) { gaps.append(.zero) }
            before = chunk.instant
        }
        interTokenLatencies = gaps
        let count = request.outputCount(ofChunks: request.tokensOfChunks)
        timePerOutputToken = count.flatMap { count in
            count < 2 ? nil : (last.instant - first.instant) / (count - 1)
        }
    }
}

import JouleModel
import JouleUnits

/// What the events of one answer come to: the arrivals of its tokens, its counts, its end.
struct AnswerRecord {
    /// Arrivals recorded for one request; no answer comes near it, and a server that never stops must not use up the memory.
    static let mostChunks = 1 << 20

    private(set) var chunks: [TokenChunk] = []
    private(set) var firstToken: Instant?
    private(set) var firstOutputToken: Instant?
    private(set) var lastToken: Instant?
    private(set) var finishReason: String?
    /// Tokens credited to chunks so far.
    private(set) var credited = 0
    private(set) var anomalies: [StreamAnomaly: Int] = [:]
    /// Whether any choice was finished.
    private(set) var isFinished = false

    private var usage = UsageCounts()
    private var serverEnergy: Joules?
    private var creditedReasoning = 0
    /// Usage comes with each chunk that carries tokens.
    private var isRunning = false
    private var hasChoices = false
    /// The first chunk of the current read: only chunks of one read are put together.
    private var readStart = 0

    mutating func beginRead() { readStart = chunks.count }

    mutating func count(_ anomaly: StreamAnomaly, _ times: Int = 1) {
        if times > 0 { anomalies[anomaly, default: 0] += times }
    }

    /// - Parameter hasOutput: whether text for the reader is among the tokens, after inline reasoning was told apart.
    mutating func take(_ facts: ChunkFacts, hasOutput: Bool, finishReason reason: @autoclosure () -> String?, at instant: Instant) {
        let flags = facts.flags
        if let energy = facts.energy { take(energy) }
        if flags.contains(.usage) { takeUsage(facts) }
        guard flags.contains(.choice) else { return }
        hasChoices = true
        if flags.contains(.severalChoices) { count(.severalChoices) }
        if flags.contains(.finish) {
            isFinished = true
            finishReason = reason()
        }
        guard facts.hasTokens else {
            let isEnd = flags.contains(.finish)
            if isEnd { lastToken = instant }
            return record(
                isEnd ? .finish : .empty, tokens: isEnd && isRunning ? max(0, (usage.completion ?? credited) - credited) : 0, at: instant)
        }
        let kind: TokenChunk.Kind = hasOutput ? .output : flags.contains(.toolCall) ? .toolCall : .reasoning
        if kind != .reasoning, flags.contains(.reasoning) { count(.mixedKinds) }
        if finishReason != nil, !flags.contains(.finish), !flags.contains(.severalChoices) { count(.tokenAfterFinish) }
        if firstToken == nil {
            firstToken = instant
            // Usage that comes with the end alone is no running usage: later chunks would have none.
            isRunning = !flags.contains(.finish) && facts.usage.completion.map { $0 > 0 } == true
        }
        if kind != .reasoning, firstOutputToken == nil { firstOutputToken = instant }
        lastToken = instant
        let tokens = tokensOfChunk()
        if kind == .reasoning { creditedReasoning += tokens }
        record(kind, tokens: tokens, at: instant)
    }

    /// What a chunk with text is credited with: the rise of the running usage since the last credit, and at least the one token that its
    /// text took; a credit too many is taken back from the next rise. Without running usage one, unless the chunk is the whole answer.
    private func tokensOfChunk() -> Int {
        guard isRunning || credited == 0, let total = usage.completion else { return 1 }
        return max(1, total - credited)
    }

    private mutating func takeUsage(_ facts: ChunkFacts) {
        if facts.flags.contains(.oddCount) { count(.implausibleUsage) }
        if let now = facts.usage.completion, now > 0, let before = usage.completion, now < before { count(.usageDecreased) }
        usage.keepGreatest(of: facts.usage)
    }

    private mutating func record(_ kind: TokenChunk.Kind, tokens: Int, at instant: Instant) {
        credited += tokens
        let most = Int(UInt16.max)
        if tokens > most { count(.implausibleUsage) }
        let recorded = UInt16(min(tokens, most))
        // There are five kinds: further back lie only chunks that are full.
        var place = chunks.count - 1
        let floor = max(readStart, chunks.count - 5)
        while place >= floor {
            if chunks[place].kind == kind {
                guard chunks[place].events < .max, Int(chunks[place].tokens) + Int(recorded) <= most else { break }
                chunks[place].events += 1
                chunks[place].tokens += recorded
                return
            }
            place -= 1
        }
        guard chunks.count < Self.mostChunks else { return count(.unrecordedChunks) }
        chunks.append(TokenChunk(instant: instant, tokens: recorded, events: 1, kind: kind))
    }

    /// An answer that came whole and late: its counts stand, times of tokens it has none.
    mutating func takeWhole(_ facts: ChunkFacts, finishReason reason: String?, at instant: Instant) {
        count(.notStreamed)
        if let energy = facts.energy { take(energy) }
        takeUsage(facts)
        isFinished = facts.flags.contains(.finish)
        finishReason = reason
        lastToken = instant
    }

    /// What the server says of its energy; a running figure grows, so the greatest stands.
    mutating func take(_ energy: Joules) { serverEnergy = serverEnergy.map { max($0, energy) } ?? energy }

    // MARK: The counts

    func fill(_ timeline: inout RequestTimeline) {
        timeline.chunks = chunks
        timeline.firstToken = firstToken
        timeline.firstOutputToken = firstOutputToken
        timeline.lastToken = lastToken
        timeline.finishReason = finishReason
        timeline.serverEnergy = serverEnergy
        if let prompt = usage.prompt, prompt > 0 {
            timeline.inputTokens = prompt
            timeline.cachedInputTokens = usage.cached.map { min($0, prompt) }
        }
        if let counted {
            timeline.outputTokens = counted.tokens
            timeline.tokenSource = counted.source
            timeline.reasoningTokens = reasoningTokens(of: counted.tokens, source: counted.source)
        }
        for (anomaly, times) in anomalies { timeline.anomalies[anomaly.rawValue, default: 0] += times }
    }

    private var counted: (tokens: Int, source: TokenSource)? {
        // Zeros beside text are only filled in.
        if let tokens = usage.completion, tokens > 0 || credited == 0 { return (tokens, isRunning ? .continuousUsage : .usage) }
        return hasChoices ? (credited, .chunks) : nil
    }

    /// The server's own count; else the credited reasoning, scaled like all chunks where they do not add up to the final count.
    private func reasoningTokens(of tokens: Int, source: TokenSource) -> Int? {
        if let reasoning = usage.reasoning, reasoning > 0 { return min(reasoning, tokens) }
        guard creditedReasoning > 0 else { return usage.reasoning }
        guard source == .usage, credited != tokens else { return min(creditedReasoning, tokens) }
        return Int((Double(creditedReasoning) * Double(tokens) / Double(credited)).rounded())
    }
}

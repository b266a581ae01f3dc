import JouleModel

extension ServingText {
    /// `48 of 48 as long as asked, counted by /tokenize`.
    static func promptLengths(_ lengths: Summary.PromptLengths) -> String {
        let record = lengths.record
        var parts: [String] = []
        switch (record.extent, record.countedBy) {
        case (.prompt, let counter):
            parts.append("\(NumberText.count(lengths.equal)) of \(NumberText.count(lengths.compared)) as long as asked")
            parts[0] += counter.map { ", counted by \($0)" } ?? ", made without a tokenizer"
            if lengths.equal < lengths.compared, let range = range(lengths) { parts.append("reported with \(range) tokens") }
        case (.text, let counter):
            parts.append(counter.map { "texts as long as asked, counted by \($0)" } ?? "texts made without a tokenizer")
            if let range = range(lengths) { parts.append("reported with \(range) tokens, the template’s among them") }
        }
        if record.unreached > 0 { parts.append("\(NumberText.count(record.unreached)) could not be given their length") }
        return parts.joined(separator: "; ")
    }

    /// `+31`, `−1 to +2`.
    private static func range(_ lengths: Summary.PromptLengths) -> String? {
        func signed(_ tokens: Int) -> String { tokens < 0 ? "−\(-tokens)" : "+\(tokens)" }
        guard let least = lengths.leastDifference, let most = lengths.greatestDifference else { return nil }
        return least == most ? signed(least) : "\(signed(least)) to \(signed(most))"
    }

    private static let mostTurns = 6

    /// `turn 1: TTFT 20.1 ms, 64 tokens in; turn 2: …`: medians of TTFT and means of tokens.
    static func turns(_ turns: [Summary.Turn]) -> String {
        let shown = turns.count > mostTurns ? turns.prefix(mostTurns - 1) + turns.suffix(1) : turns[...]
        return shown.map { turn in
            var facts: [String] = []
            if let ttft = turn.timeToFirstToken.p50 { facts.append("TTFT \(duration(ttft))") }
            if let tokens = turn.inputTokens.mean { facts.append("\(NumberText.significant(tokens, digits: 3)) tokens in") }
            if let cached = turn.cachedInputTokens.mean, cached > 0 {
                facts.append("\(NumberText.significant(cached, digits: 3)) of them cached")
            }
            if turn.failed > 0 { facts.append("\(NumberText.count(turn.failed)) not answered") }
            return "turn \(turn.turn): \(facts.isEmpty ? "none completed" : facts.joined(separator: ", "))"
        }.joined(separator: "; ")
    }
}

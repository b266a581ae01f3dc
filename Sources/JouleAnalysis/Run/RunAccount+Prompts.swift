import JouleModel
import JouleUnits

extension RunAccount {
    /// The lengths of synthetic prompts beside what was reported; nil where there are none.
    var promptLengths: Summary.PromptLengths? {
        guard let record = recording.environment.promptLengths else { return nil }
        let differences = promptDifferences
        var lengths = Summary.PromptLengths(
            record: record, compared: differences.count, equal: differences.count { $0.tokens == 0 })
        lengths.leastDifference = differences.map(\.tokens).min()
        lengths.greatestDifference = differences.map(\.tokens).max()
        return lengths
    }

    /// Reported tokens less those asked for.
    private var promptDifferences: [(tokens: Int, asked: Int)] {
        requests.compactMap { request in
            guard request.outcome == .completed, request.turn ?? 1 == 1, let asked = request.inputTokensAsked,
                let tokens = request.inputTokens
            else { return nil }
            return (tokens - asked, asked)
        }
    }

    /// Prompts that did not come out as they were asked for.
    var promptLengthFlags: [Summary.RaisedFlag] {
        guard let record = recording.environment.promptLengths else { return [] }
        var flags: [Summary.RaisedFlag] = []
        if record.unreached > 0 {
            flags.append(
                Summary.RaisedFlag(
                    .promptLengthMismatch,
                    detail:
                        "\(record.unreached) of \(record.counted) prompts could not be given their length by \(record.countedBy ?? "words")"
                ))
        }
        let differences = promptDifferences
        let wrong: [Int]
        switch (record.extent, record.countedBy != nil) {
        case (.prompt, true): wrong = differences.map(\.tokens).filter { $0 != 0 }
        case (.prompt, false):
            wrong = differences.filter { difference in
                let allowed = PromptLengthRecord.tolerance * Double(difference.asked)
                return Double(abs(difference.tokens)) > max(Double(PromptLengthRecord.leastTolerance), allowed)
            }.map(\.tokens)
        case (.text, true):
            // The template puts the same around every prompt.
            let template = record.templateTokens ?? differences.first?.tokens
            wrong = differences.map(\.tokens).filter { $0 != template }
        case (.text, false): wrong = []
        }
        if let least = wrong.min(), let most = wrong.max(), wrong.count > record.unreached {
            let template = record.templateTokens.map { ", where the template has \($0)" } ?? ""
            let range = least == most ? "\(least)" : "\(least) to \(most)"
            flags.append(
                Summary.RaisedFlag(
                    .promptLengthMismatch,
                    detail: "\(wrong.count) of \(differences.count) prompts, by \(range) tokens beside what was asked\(template)"))
        }
        return flags
    }

    var promptLengthNotes: [String] {
        guard let record = recording.environment.promptLengths, record.countedBy == nil else { return [] }
        let tolerance = "\(decimal(PromptLengthRecord.tolerance * 100, 0)) % (at least \(PromptLengthRecord.leastTolerance) tokens)"
        return [
            "prompt lengths were not counted (\(record.reason ?? "no tokenizer")): a word was taken for a token, which is within \(tolerance) of "
                + "the length asked for in usual vocabularies"
        ]
    }

    /// A row for each turn of conversations; nil where each request is one of its own.
    var turns: [Summary.Turn]? {
        let places = Set(requests.compactMap(\.turn)).sorted()
        guard !places.isEmpty else { return nil }
        return places.map { turn in
            let all = requests.filter { $0.turn == turn }
            let completed = all.filter { $0.outcome == .completed }
            return Summary.Turn(
                turn: turn, completed: completed.count, failed: all.count - completed.count,
                timeToFirstToken: Latency.distribution(completed.compactMap(\.timeToFirstToken?.seconds)),
                inputTokens: Latency.distribution(completed.compactMap { $0.inputTokens.map(Double.init) }),
                cached: Latency.distribution(completed.compactMap { $0.cachedInputTokens.map(Double.init) }))
        }
    }
}

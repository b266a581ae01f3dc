import JouleModel

extension PromptFeed {
    /// Tries of one prompt. With the whole words of a usual vocabulary the first is right; joints at which pieces merge need a few.
    private static let mostTries = 32
    /// Tries with the same words before others are chosen.
    private static let triesOfOneChoice = 8
    /// Prompts that are counted together.
    private static let together = 256

    /// The same requests with prompts of exactly the lengths that were drawn, as a tokenizer counts them.
    ///
    /// The first prompts are counted, and those with another length are made anew until they have it; prompts beyond `count` are made of
    /// the same words. A text that cannot be given its length keeps the nearest one and is counted as `unreached`. A pure function of the
    /// feed and the counts: the same seed and tokenizer give the same bytes.
    ///
    /// - Parameters:
    ///   - vocabulary: what the same tokenizer makes of single words.
    ///   - count: how many prompts are counted.
    ///   - progress: told how many are done.
    package func fitted(
        to vocabulary: TokenVocabulary, count: Int, counting counter: TokenCounter, progress: (Int) -> Void = { _ in }
    ) async throws -> (feed: PromptFeed, mended: Int, unreached: Int) {
        let text = SyntheticText(
            seed: seed, sharedPrefixTokens: sharedPrefixTokens, vocabulary: vocabulary,
            correction: try await prefixCorrection(vocabulary, counter))
        let fresh = with(text, corrections: [:])
        var corrections: [Int: SyntheticText.Correction] = [:]
        var unreached = 0
        for start in stride(from: 0, to: count, by: Self.together) {
            try Task.checkCancellation()
            let numbers = Array(start..<min(start + Self.together, count))
            let wanted = numbers.map { fresh.wantedTokens(number: $0) ?? 0 }
            let (found, missed) = try await Self.corrections(wanted, counter) { place, correction in
                fresh.syntheticText(numbers[place], tokens: wanted[place], correction: correction)
            }
            for (place, correction) in found where correction != SyntheticText.Correction() { corrections[numbers[place]] = correction }
            unreached += missed
            progress(numbers.count)
        }
        return (fresh.with(text, corrections: corrections), corrections.count, unreached)
    }

    /// What gives the shared beginning its length.
    private func prefixCorrection(_ vocabulary: TokenVocabulary, _ counter: TokenCounter) async throws -> SyntheticText.Correction {
        guard sharedPrefixTokens > 0 else { return SyntheticText.Correction() }
        let (found, _) = try await Self.corrections([sharedPrefixTokens + vocabulary.special], counter) { _, correction in
            SyntheticText(seed: seed, sharedPrefixTokens: sharedPrefixTokens, vocabulary: vocabulary, correction: correction)
                .sharedBeginning
        }
        return found[0] ?? SyntheticText.Correction()
    }

    /// The correction of each text that brings it to its length, or as near to it as any try did.
    private static func corrections(
        _ wanted: [Int], _ counter: TokenCounter, text: (_ place: Int, SyntheticText.Correction) -> String
    ) async throws -> (found: [Int: SyntheticText.Correction], unreached: Int) {
        struct Search {
            var correction = SyntheticText.Correction()
            var best: (correction: SyntheticText.Correction, miss: Int)?
        }
        var searches: [Int: Search] = Dictionary(uniqueKeysWithValues: wanted.indices.map { ($0, Search()) })
        var found: [Int: SyntheticText.Correction] = [:]
        for attempt in 0..<mostTries where !searches.isEmpty {
            let places = searches.keys.sorted()
            let counts = try await counter(places.map { text($0, searches[$0]?.correction ?? SyntheticText.Correction()) })
            guard counts.count == places.count else {
                throw Failure("workload.tokenizer", "the tokenizer counted \(counts.count) texts of \(places.count)")
            }
            for (place, count) in zip(places, counts) {
                guard var search = searches[place] else { continue }
                // A text that is refused is not nearer to its length than any other.
                let miss = count.map { wanted[place] - $0 }
                if miss == 0 {
                    found[place] = search.correction
                    searches[place] = nil
                    continue
                }
                if let miss, search.best.map({ abs(miss) < abs($0.miss) }) ?? true { search.best = (search.correction, miss) }
                if let miss, (attempt + 1) % triesOfOneChoice != 0 {
                    search.correction.tokens += miss
                } else {
                    search.correction = SyntheticText.Correction(choice: search.correction.choice + 1)
                }
                searches[place] = search
            }
        }
        for (place, search) in searches { found[place] = search.best?.correction ?? SyntheticText.Correction() }
        return (found, searches.count)
    }
}

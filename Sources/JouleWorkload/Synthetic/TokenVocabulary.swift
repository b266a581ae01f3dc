import JouleModel

/// Counts the tokens of texts, in their order, as the one who will answer them does; nil for a text that it would refuse.
package typealias TokenCounter = @Sendable (_ texts: [String]) async throws -> [Int?]

/// What the pieces of made-up prompts are in one tokenizer: how many tokens each is.
package struct TokenVocabulary: Hashable, Sendable {
    struct Piece: Hashable {
        /// With the space before it where it has one.
        let text: String
        /// Tokens inside a text.
        let tokens: Int
        /// Tokens at its beginning, where no space is before it.
        let tokensAtStart: Int
    }

    /// As `CommonWords.all`, in that order.
    let words: [Piece]
    /// Pieces of one token that fill what is too short for a word; none where words are enough.
    let fillers: [Piece]
    /// Tokens that stand around every text: a beginning of text, a task's prefix.
    package let special: Int
    /// Words that are one token wherever they stand.
    package let wholeWords: Int

    /// As few different words as this make prompts that look alike; with fewer, words of several tokens are used too.
    private static let enough = 64

    /// A word is a token: what is assumed where nothing can be counted.
    package static let assumed = TokenVocabulary(
        words: CommonWords.all.map { Piece(text: " " + $0, tokens: 1, tokensAtStart: 1) }, fillers: [], special: 0)

    private init(words: [Piece], fillers: [Piece], special: Int) {
        self.words = words
        self.fillers = fillers
        self.special = special
        wholeWords = words.count { $0.tokens == 1 && $0.tokensAtStart == 1 }
    }

    /// Whether only words of one token are used.
    var usesWholeWords: Bool { wholeWords >= Self.enough }

    /// Counts every word alone and behind another.
    ///
    /// - Throws: what the counting throws, and `workload.tokenizer` for counts that no tokenizer gives.
    package init(counting count: TokenCounter) async throws {
        let words = CommonWords.all
        let first = words[0]
        // Nothing that is glued to a word may be a letter, or the two would be another word.
        let candidates = [" a", " I", ".", ",", "!", " 1", "?", ";", " x"]
        let texts = words + words.map { first + " " + $0 } + candidates.map { first + $0 }
        let counts = try await count(texts)
        guard counts.count == texts.count, let alone = counts[0], counts.allSatisfy({ $0.map { $0 > 0 } ?? false }) else {
            throw Failure(
                "workload.tokenizer", "the tokenizer does not count single words, so no prompt can be made to a length with it")
        }
        let inside = words.indices.map { max(1, (counts[words.count + $0] ?? alone) - alone) }
        // A word is at least as long at the beginning of some text as inside one: what is on top of that stands around all texts.
        let special = max(0, words.indices.map { (counts[$0] ?? alone) - inside[$0] }.min() ?? 0)
        let pieces = words.indices.map { place in
            Piece(text: " " + words[place], tokens: inside[place], tokensAtStart: max(1, (counts[place] ?? alone) - special))
        }
        let fillers = candidates.indices.compactMap { place -> Piece? in
            guard (counts[2 * words.count + place] ?? alone) - alone == 1 else { return nil }
            return Piece(text: candidates[place], tokens: 1, tokensAtStart: 1)
        }
        self.init(words: pieces, fillers: fillers, special: special)
    }
}

/// A text that grows piece by piece until its tokens are used up.
struct PieceWriter {
    private let vocabulary: TokenVocabulary
    private(set) var text = ""
    private(set) var rest: Int

    init(_ vocabulary: TokenVocabulary, tokens: Int) {
        self.vocabulary = vocabulary
        rest = tokens
    }

    private func tokens(_ piece: TokenVocabulary.Piece) -> Int { text.isEmpty ? piece.tokensAtStart : piece.tokens }

    private func isWanted(_ piece: TokenVocabulary.Piece) -> Bool {
        !vocabulary.usesWholeWords || (piece.tokens == 1 && piece.tokensAtStart == 1)
    }

    mutating func append(_ piece: TokenVocabulary.Piece) {
        rest -= tokens(piece)
        text += text.isEmpty && piece.text.first == " " ? String(piece.text.dropFirst()) : piece.text
    }

    /// Words that the generator chooses, in the order in which it does; those that do not fit any more are passed over, and where none
    /// fits fillers take their place. What cannot be filled at all stays as rest.
    mutating func fill(_ generator: inout SeededGenerator, onAppend: (TokenVocabulary.Piece) -> Void = { _ in }) {
        var passed = 0
        while rest > 0 {
            let piece = vocabulary.words[generator.below(vocabulary.words.count)]
            if isWanted(piece), tokens(piece) <= rest {
                append(piece)
                onAppend(piece)
                passed = 0
                continue
            }
            passed += 1
            guard passed > 4 * vocabulary.words.count || (passed > 16 && !vocabulary.usesWholeWords) else { continue }
            guard !text.isEmpty, !vocabulary.fillers.isEmpty else { return }
            let filler = vocabulary.fillers[generator.below(vocabulary.fillers.count)]
            append(filler)
            onAppend(filler)
        }
    }
}

/// Texts of a wanted number of tokens, made of `CommonWords`: a seed and a vocabulary fix them for good.
///
/// Where the tokenizer was asked (`PromptFeed.fitted`), its counts decide which words are used and how many; else a word is taken for a
/// token (`PromptLengthRecord.tolerance`). The tokens that a chat template adds come on top.
package struct SyntheticText: Hashable, Sendable {
    /// Words of `uniquePrefix`: 512⁴ = 2³⁶ different beginnings.
    package static let markerWords = 4

    /// What a text had to be made otherwise than its pieces say, to have its length.
    struct Correction: Hashable {
        /// Tokens more than asked for.
        var tokens = 0
        /// Another choice of words.
        var choice = 0
    }

    private let seed: UInt64
    private let markers: SeededOrder
    private let sharedPrefix: [TokenVocabulary.Piece]
    let vocabulary: TokenVocabulary

    /// - Parameter sharedPrefixTokens: the length of what every prompt begins with that is the same for all of them.
    package init(seed: UInt64, sharedPrefixTokens: Int = 0) {
        self.init(seed: seed, sharedPrefixTokens: sharedPrefixTokens, vocabulary: .assumed)
    }

    init(seed: UInt64, sharedPrefixTokens: Int, vocabulary: TokenVocabulary, correction: Correction = Correction()) {
        self.seed = seed
        self.vocabulary = vocabulary
        markers = SeededOrder(count: 1 << 36, generator: SeededGenerator(seed: seed, stream: .uniquePrefix))
        var generator = SeededGenerator(seed: seed, stream: .sharedPrefix)
        if correction.choice > 0 { generator = SeededGenerator(seed: seed, stream: .sharedPrefix, number: correction.choice) }
        var pieces: [TokenVocabulary.Piece] = []
        var writer = PieceWriter(vocabulary, tokens: sharedPrefixTokens + correction.tokens)
        writer.fill(&generator) { pieces.append($0) }
        sharedPrefix = pieces
    }

    /// What all prompts begin with.
    var sharedBeginning: String {
        var writer = PieceWriter(vocabulary, tokens: 0)
        for piece in sharedPrefix { writer.append(piece) }
        return writer.text
    }

    /// A text of `tokens` tokens in all: the marker where one is asked for, then the shared prefix, then words of its own. A marker is
    /// never cut, so that a text that is asked to be shorter than its marker is as long as that. O(tokens).
    ///
    /// - Parameters:
    ///   - number: which text of the stream; the same number has the same words at every length.
    ///   - marker: the number of its `marker(_:)`; nil for none.
    package func text(_ number: Int, tokens: Int, stream: RandomStream = .prompts, marker: Int? = nil) -> String {
        text(number, tokens: tokens, stream: stream, marker: marker, sharesPrefix: true, correction: Correction())
    }

    func text(
        _ number: Int, tokens: Int, stream: RandomStream, marker: Int?, sharesPrefix: Bool, correction: Correction
    ) -> String {
        var writer = PieceWriter(vocabulary, tokens: tokens - vocabulary.special + correction.tokens)
        for piece in marker.map(markerPieces) ?? [] { writer.append(piece) }
        for piece in sharesPrefix ? sharedPrefix : [] where writer.rest >= piece.tokens { writer.append(piece) }
        // Requests are numbered far below 2⁴⁰: what is above tells the choices apart.
        var generator = SeededGenerator(seed: seed, stream: stream, number: number &+ correction.choice << 40)
        writer.fill(&generator)
        return writer.text
    }

    /// Words to put before a prompt so that no prefix cache can answer for it: no two numbers of a seed have the same ones.
    package func marker(_ number: Int) -> String {
        var writer = PieceWriter(vocabulary, tokens: 0)
        for piece in markerPieces(number) { writer.append(piece) }
        return writer.text
    }

    private func markerPieces(_ number: Int) -> [TokenVocabulary.Piece] {
        let place = markers[number & ((1 << 36) - 1)]
        return (0..<Self.markerWords).map { vocabulary.words[(place >> ($0 * 9)) & 511] }
    }
}

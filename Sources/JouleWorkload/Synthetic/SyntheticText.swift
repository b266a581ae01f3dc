/// Texts of a wanted number of tokens, made of `CommonWords`: a seed fixes them for good.
///
/// N words are N tokens in vocabularies that hold every word whole; with others expect up to 2 % more. The tokens that a chat template
/// adds come on top. The count that figures are made of is always the server's own.
package struct SyntheticText: Hashable, Sendable {
    /// Words of `uniquePrefix`: 512⁴ = 2³⁶ different beginnings.
    package static let markerWords = 4

    private let seed: UInt64
    private let markers: SeededOrder
    private let sharedPrefix: [String]

    /// - Parameter sharedPrefixTokens: how many words every prompt begins with that are the same for all of them.
    package init(seed: UInt64, sharedPrefixTokens: Int = 0) {
        self.seed = seed
        markers = SeededOrder(count: 1 << 36, generator: SeededGenerator(seed: seed, stream: .uniquePrefix))
        var generator = SeededGenerator(seed: seed, stream: .sharedPrefix)
        sharedPrefix = Self.words(sharedPrefixTokens, &generator)
    }

    /// A text of `tokens` words in all: the marker where one is asked for, then the shared prefix, then words of its own. A marker is
    /// never cut, so that a text that is asked to be shorter than its marker is as long as that. O(tokens).
    ///
    /// - Parameters:
    ///   - number: which text of the stream; the same number has the same words at every length.
    ///   - marker: the number of its `marker(_:)`; nil for none.
    package func text(_ number: Int, tokens: Int, stream: RandomStream = .prompts, marker: Int? = nil) -> String {
        var words = marker.map(markerWords) ?? []
        words += sharedPrefix.prefix(max(0, tokens - words.count))
        var generator = SeededGenerator(seed: seed, stream: stream, number: number)
        words += Self.words(max(0, tokens - words.count), &generator)
        return words.joined(separator: " ")
    }

    /// Words to put before a prompt so that no prefix cache can answer for it: no two numbers of a seed have the same ones.
    package func marker(_ number: Int) -> String { markerWords(number).joined(separator: " ") }

    private func markerWords(_ number: Int) -> [String] {
        let place = markers[number & ((1 << 36) - 1)]
        return (0..<Self.markerWords).map { CommonWords.all[(place >> ($0 * 9)) & 511] }
    }

    private static func words(_ count: Int, _ generator: inout SeededGenerator) -> [String] {
        (0..<count).map { _ in CommonWords.all[generator.below(CommonWords.all.count)] }
    }
}

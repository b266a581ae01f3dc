/// The words of an answer: token k is always the same, so that a test can tell whether one is missing.
struct Vocabulary {
    /// Texts as the inside of a JSON string.
    private let pieces: [String]

    /// - Parameter pieces: texts of the tokens, repeated as needed; none for the usual words.
    init(_ pieces: [String]) {
        self.pieces = pieces.isEmpty ? Self.usual : pieces.map { String(quoted($0).dropFirst().dropLast()) }
    }

    var count: Int { pieces.count }

    subscript(index: Int) -> String { pieces[index % pieces.count] }

    private static let usual = [
        " amber", " brook", " cedar", " delta", " ember", " fjord", " grove", " heath", " inlet", " jetty", " knoll", " larch", " maple",
        " north", " ocean", " petal", " quartz", " ridge", " slate", " tidal", " umbra", " vale", " willow", " xenon", " yarrow", " zephyr",
    ]
}

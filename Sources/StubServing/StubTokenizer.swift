/// How the stand-in cuts texts into tokens.
package struct StubTokenizer: Hashable, Sendable {
    /// Bytes of a word that are one token: a longer word is several. nil: each word is one, however long.
    package var bytesPerToken: Int?
    /// Tokens that stand before every prompt, as a beginning of text does.
    package var special = 0

    package init() {}

    /// Tokens of a text without those around it.
    package func count(_ text: String) -> Int {
        var count = 0
        var length = 0
        for byte in text.utf8 {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                count += tokens(ofWord: length)
                length = 0
            } else {
                length += 1
            }
        }
        return count + tokens(ofWord: length)
    }

    private func tokens(ofWord length: Int) -> Int {
        guard length > 0, let bytesPerToken else { return min(length, 1) }
        return (length + bytesPerToken - 1) / bytesPerToken
    }
}

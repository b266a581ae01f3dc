/// The words of a server about a request that it would not or could not answer.
enum ErrorBody {
    /// Of the body of an error this much is kept, in bytes.
    static let limit = 2_048

    /// The beginning of a body, at most `limit` bytes, cut between characters.
    static func text(_ body: UnsafeRawBufferPointer) -> String {
        guard body.count > limit else { return String(decoding: body, as: UTF8.self) }
        var end = limit
        while end > limit - 4, body[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: UnsafeRawBufferPointer(rebasing: body[..<end]), as: UTF8.self)
    }

    /// The message inside a body: of an error object, a string, a list of details, the title of a page, or the first line of a text; nil
    /// when the body says nothing.
    static func message(_ body: UnsafeRawBufferPointer) -> String? {
        let trimmed = body.trimmed
        guard let first = trimmed.first else { return nil }
        let facts = ChunkScanner.scan(trimmed)
        if let range = facts.message {
            var text = JSONText()
            text.append(UnsafeRawBufferPointer(rebasing: trimmed[range.offset..<range.offset + range.count]), isEscaped: range.isEscaped)
            text.finish()
            return text.string
        }
        let whole = text(trimmed)
        if first == UInt8(ascii: "<"), let title = title(of: whole) { return title }
        return whole.split(whereSeparator: \.isNewline).first.map(String.init)
    }

    private static func title(of page: String) -> String? {
        let lowered = page.utf8.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }
        guard let opening = position(of: "<title", in: lowered, from: 0),
            let start = lowered[opening...].firstIndex(of: UInt8(ascii: ">")),
            let end = position(of: "</title", in: lowered, from: start)
        else { return nil }
        let title = String(decoding: Array(page.utf8)[(start + 1)..<end], as: UTF8.self)
        let words = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    private static func position(of word: String, in text: [UInt8], from start: Int) -> Int? {
        let word = Array(word.utf8)
        guard text.count >= word.count, start <= text.count - word.count else { return nil }
        return (start...(text.count - word.count)).first { text[$0..<$0 + word.count].elementsEqual(word) }
    }
}

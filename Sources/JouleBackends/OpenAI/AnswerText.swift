/// How reasoning that stands between `<think>` and `</think>` in the content is told from the answer.
package enum InlineReasoning: Sendable, Hashable {
    /// Not at all: everything in the content is output.
    case none
    /// By both tags.
    case tagged
    /// By the closing tag alone: the prompt's template has written the opening one already.
    case opened
}

/// The text of an answer and of its reasoning; only made where texts are kept or inline reasoning is to be told apart.
struct AnswerText {
    /// More text than this is not kept, in bytes; the tokens count all the same.
    static let limit = 16 * 1_048_576

    private(set) var output = JSONText()
    private(set) var reasoning = JSONText()
    private(set) var isTruncated = false

    private let keeps: Bool
    private let splits: Bool
    private var isThinking: Bool
    /// How much of the next tag has been seen.
    private var tagSeen = 0
    private var piece = JSONText()
    private var hasAnswered = false

    private static let opening = Array("<think>".utf8)
    private static let closing = Array("</think>".utf8)

    init(keeps: Bool, inlineReasoning: InlineReasoning) {
        self.keeps = keeps
        splits = inlineReasoning != .none
        isThinking = inlineReasoning == .opened
    }

    mutating func appendReasoning(_ text: UnsafeRawBufferPointer, isEscaped: Bool) {
        guard keeps, hasRoom(for: text.count) else { return }
        reasoning.append(text, isEscaped: isEscaped)
    }

    /// Appends a piece of content.
    /// - Returns: whether any of it is for the reader; false means reasoning alone.
    mutating func appendContent(_ text: UnsafeRawBufferPointer, isEscaped: Bool) -> Bool {
        guard splits else {
            if keeps, hasRoom(for: text.count) { output.append(text, isEscaped: isEscaped) }
            return true
        }
        piece.append(text, isEscaped: isEscaped)
        let hasRoom = keeps && hasRoom(for: piece.count)
        let began = isThinking
        let bytes = piece
        piece.removeAll()
        let hasOutput = bytes.withBytes { split($0, keeping: hasRoom) }
        if hasOutput { hasAnswered = true }
        // A tag that has only begun opens reasoning as long as there was no answer; later it may as well be a comparison in some code.
        return hasOutput || !(began || isThinking || (tagSeen > 0 && !hasAnswered))
    }

    /// To be called at the end: a tag that was only begun is text.
    mutating func finish() {
        if splits {
            piece.finish()
            let bytes = piece
            piece.removeAll()
            _ = bytes.withBytes { split($0, keeping: keeps && hasRoom(for: $0.count)) }
            if keeps { for byte in tag.prefix(tagSeen) { emit(byte) } }
            tagSeen = 0
        }
        output.finish()
        reasoning.finish()
    }

    /// Halves of characters without their other half.
    var loneHalves: Int { output.loneHalves + reasoning.loneHalves + piece.loneHalves }

    private var tag: [UInt8] { isThinking ? Self.closing : Self.opening }

    /// Returns whether a byte went to the output. `<` stands at the beginning of a tag only, so a failed match never has to look back.
    private mutating func split(_ bytes: UnsafeRawBufferPointer, keeping keeps: Bool) -> Bool {
        var hasOutput = false
        for byte in bytes {
            if byte == tag[tagSeen] {
                tagSeen += 1
                if tagSeen == tag.count {
                    tagSeen = 0
                    isThinking.toggle()
                }
                continue
            }
            if !isThinking { hasOutput = true }
            if keeps { for held in tag.prefix(tagSeen) { emit(held) } }
            tagSeen = byte == tag[0] ? 1 : 0
            if tagSeen == 0, keeps { emit(byte) }
        }
        return hasOutput
    }

    private mutating func emit(_ byte: UInt8) {
        if isThinking { reasoning.append(byte) } else { output.append(byte) }
    }

    private mutating func hasRoom(for count: Int) -> Bool {
        guard output.count + reasoning.count + count <= Self.limit else {
            isTruncated = true
            return false
        }
        return true
    }
}

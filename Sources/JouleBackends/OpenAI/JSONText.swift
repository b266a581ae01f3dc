/// Text out of JSON strings, unescaped and put together as UTF-8 over as many pieces as it comes in.
///
/// An escaped character outside the basic plane is two escapes, which may lie in two pieces: the first half is held until the second is
/// there.
struct JSONText {
    private var utf8: [UInt8] = []
    private var highHalf: UInt16?
    /// Halves that never met their other half; each stands in the text as U+FFFD.
    private(set) var loneHalves = 0

    var count: Int { utf8.count }

    var string: String { String(decoding: utf8, as: UTF8.self) }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { utf8.withUnsafeBytes(body) }

    mutating func removeAll() { utf8.removeAll(keepingCapacity: true) }

    /// Bytes that are text already.
    mutating func append(_ byte: UInt8) { utf8.append(byte) }

    /// - Parameter piece: the inside of a JSON string that was found correct.
    mutating func append(_ piece: UnsafeRawBufferPointer, isEscaped: Bool) {
        guard isEscaped else {
            if !piece.isEmpty { endHalf() }
            utf8.append(contentsOf: piece)
            return
        }
        var position = 0
        while position < piece.count {
            let byte = piece[position]
            guard byte == UInt8(ascii: "\\"), position + 1 < piece.count else {
                endHalf()
                utf8.append(byte)
                position += 1
                continue
            }
            let escape = piece[position + 1]
            guard escape == UInt8(ascii: "u"), position + 6 <= piece.count else {
                endHalf()
                utf8.append(Self.plain(escape))
                position += 2
                continue
            }
            appendUnit((position + 2..<position + 6).reduce(0) { $0 << 4 | (piece[$1].hexDigit ?? 0) })
            position += 6
        }
    }

    /// To be called when no piece follows.
    mutating func finish() { endHalf() }

    private static func plain(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: escape
        }
    }

    /// Appends one UTF-16 unit.
    private mutating func appendUnit(_ unit: UInt16) {
        switch unit {
        case 0xD800...0xDBFF:
            endHalf()
            highHalf = unit
        case 0xDC00...0xDFFF:
            guard let high = highHalf else { return appendReplacement() }
            highHalf = nil
            append(Unicode.Scalar(0x1_0000 + (UInt32(high) & 0x3FF) << 10 + UInt32(unit) & 0x3FF))
        default:
            endHalf()
            append(Unicode.Scalar(UInt32(unit)))
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar?) {
        guard let scalar else { return appendReplacement() }
        utf8.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func endHalf() {
        guard highHalf != nil else { return }
        highHalf = nil
        appendReplacement()
    }

    private mutating func appendReplacement() {
        loneHalves += 1
        utf8.append(contentsOf: UTF8.encodedReplacementCharacter)
    }
}

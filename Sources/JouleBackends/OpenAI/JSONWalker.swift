#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A walk over one JSON text (RFC 8259) in a single pass, without allocation: it checks the whole grammar and leaves it to the caller which
/// members to look at.
///
/// Objects and arrays are read by asking for the next key or element until there is none. Nesting is limited, so that no text can use up
/// the stack.
struct JSONWalker {
    /// The text is no JSON, or nested more deeply than anything that belongs here.
    struct Malformed: Error {}

    static let deepest = 128

    private let base: UnsafeRawPointer
    private let end: Int
    private var position = 0
    private var depth = 0

    /// - Parameter text: must stay valid during the walk and not be empty.
    init?(_ text: UnsafeRawBufferPointer) {
        guard let base = text.baseAddress, text.count > 0 else { return nil }
        self.base = base
        end = text.count
    }

    // MARK: What comes next

    /// The first byte of the next value; 0 at the end of the text.
    @inline(__always) mutating func peek() -> UInt8 {
        // Servers write JSON without space, or with a single one.
        if position < end {
            let next = byte(position)
            if next > 0x20 { return next }
        }
        return skipSpace()
    }

    private mutating func skipSpace() -> UInt8 {
        while position < end {
            let byte = byte(position)
            guard byte.isJSONSpace else { return byte }
            position += 1
        }
        return 0
    }

    /// Fails unless nothing but space is left.
    mutating func expectEnd() throws(Malformed) {
        _ = peek()
        guard position == end else { throw Malformed() }
    }

    // MARK: Objects and arrays

    mutating func enterObject() throws(Malformed) { try enter(UInt8(ascii: "{")) }

    mutating func enterArray() throws(Malformed) { try enter(UInt8(ascii: "[")) }

    private mutating func enter(_ bracket: UInt8) throws(Malformed) {
        guard peek() == bracket, depth < Self.deepest else { throw Malformed() }
        depth += 1
        position += 1
    }

    /// The next key, the walk standing before its value; nil when the object has ended.
    mutating func nextKey(_ isFirst: inout Bool) throws(Malformed) -> ChunkFacts.TextRange? {
        guard try step(to: UInt8(ascii: "}"), &isFirst) else { return nil }
        let key = try string()
        guard peek() == UInt8(ascii: ":") else { throw Malformed() }
        position += 1
        return key
    }

    /// Whether the walk stands before another element; false when the array has ended.
    mutating func nextElement(_ isFirst: inout Bool) throws(Malformed) -> Bool {
        try step(to: UInt8(ascii: "]"), &isFirst)
    }

    private mutating func step(to bracket: UInt8, _ isFirst: inout Bool) throws(Malformed) -> Bool {
        let next = peek()
        if next == bracket {
            position += 1
            depth -= 1
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            guard next == UInt8(ascii: ",") else { throw Malformed() }
            position += 1
        }
        return true
    }

    // MARK: Values

    /// A string's place, without its quotation marks.
    mutating func string() throws(Malformed) -> ChunkFacts.TextRange {
        guard peek() == UInt8(ascii: "\"") else { throw Malformed() }
        position += 1
        let start = position
        var isEscaped = false
        while true {
            skipPlainText()
            guard position < end else { throw Malformed() }
            switch byte(position) {
            case UInt8(ascii: "\""):
                position += 1
                return ChunkFacts.TextRange(offset: start, count: position - 1 - start, isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                try skipEscape()
            default:
                throw Malformed()
            }
        }
    }

    /// Moves to the next byte that ends, escapes or breaks a string: `"`, `\` or below 0x20. Eight bytes at a time (Mycroft's test for a
    /// zero byte in a word, whose lowest hit is exact).
    @inline(__always) private mutating func skipPlainText() {
        let low: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        while position + 8 <= end {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quotes = word ^ (low &* 0x22)
            let escapes = word ^ (low &* 0x5C)
            let hits = (((quotes &- low) & ~quotes) | ((escapes &- low) & ~escapes) | ((word &- (low &* 0x20)) & ~word)) & high
            if hits != 0 {
                position += hits.trailingZeroBitCount >> 3
                return
            }
            position += 8
        }
        while position < end {
            let next = byte(position)
            if next == 0x22 || next == 0x5C || next < 0x20 { return }
            position += 1
        }
    }

    private mutating func skipEscape() throws(Malformed) {
        guard position + 1 < end else { throw Malformed() }
        switch byte(position + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= end else { throw Malformed() }
            for place in position + 2..<position + 6 where byte(place).hexDigit == nil { throw Malformed() }
            position += 6
        default:
            throw Malformed()
        }
    }

    /// A count of tokens: a whole number from 0 up to `greatestCount`, written in whatever way; nil for any other number.
    mutating func count() throws(Malformed) -> Int? {
        _ = peek()
        let start = position
        let isPlain = try skipNumber()
        let text = UnsafeRawBufferPointer(start: base + start, count: position - start)
        if isPlain, text.count <= 10 {
            let value = text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            return value <= Self.greatestCount ? value : nil
        }
        guard let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
        guard value >= 0, value <= Double(Self.greatestCount) else { return nil }
        return Int(exactly: value)
    }

    /// A finite number; nil, and passed over, for any other value.
    mutating func number() throws(Malformed) -> Double? {
        let next = peek()
        guard next == UInt8(ascii: "-") || next &- UInt8(ascii: "0") < 10 else {
            try skipValue()
            return nil
        }
        let start = position
        _ = try skipNumber()
        let value = Double(String(decoding: UnsafeRawBufferPointer(start: base + start, count: position - start), as: UTF8.self))
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// No answer has more tokens than this.
    static let greatestCount = 1_000_000_000

    /// Returns whether the number is digits alone.
    private mutating func skipNumber() throws(Malformed) -> Bool {
        var isPlain = true
        if position < end, byte(position) == UInt8(ascii: "-") {
            position += 1
            isPlain = false
        }
        let first = position
        let digits = skipDigits()
        guard digits == 1 || (digits > 1 && byte(first) != UInt8(ascii: "0")) else { throw Malformed() }
        if position < end, byte(position) == UInt8(ascii: ".") {
            position += 1
            isPlain = false
            guard skipDigits() > 0 else { throw Malformed() }
        }
        if position < end, byte(position) | 0x20 == UInt8(ascii: "e") {
            position += 1
            isPlain = false
            if position < end, byte(position) == UInt8(ascii: "+") || byte(position) == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw Malformed() }
        }
        return isPlain
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < end, byte(position) &- UInt8(ascii: "0") < 10 { position += 1 }
        return position - start
    }

    /// Checks the next value and passes over it.
    mutating func skipValue() throws(Malformed) {
        var isFirst = true
        switch peek() {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            try enterObject()
            while try nextKey(&isFirst) != nil { try skipValue() }
        case UInt8(ascii: "["):
            try enterArray()
            while try nextElement(&isFirst) { try skipValue() }
        case UInt8(ascii: "n"): try skip("null")
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        default: _ = try skipNumber()
        }
    }

    private mutating func skip(_ word: StaticString) throws(Malformed) {
        let count = word.utf8CodeUnitCount
        guard position + count <= end, memcmp(base + position, word.utf8Start, count) == 0 else { throw Malformed() }
        position += count
    }

    @inline(__always) private func byte(_ place: Int) -> UInt8 { base.load(fromByteOffset: place, as: UInt8.self) }
}

extension UInt8 {
    /// The value of a hexadecimal digit, nil for any other byte.
    var hexDigit: UInt16? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

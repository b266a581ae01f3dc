/// Walks over bytes that lie somewhere else, without making strings of them.
struct ByteScanner {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") { position += 1 }
    }

    /// The digits from here on, after blanks; nil where there are none or they exceed 64 bits.
    mutating func unsigned() -> UInt64? {
        skipBlanks()
        let start = position
        var value: UInt64 = 0
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit))
            guard !tooLarge, !carry else { return nil }
            value = sum
            position += 1
        }
        return position > start ? value : nil
    }

    /// The digits that follow without a blank: the 12 of `cpu12`.
    mutating func attachedNumber() -> UInt64? {
        guard position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 else { return nil }
        return unsigned()
    }

    /// Steps over a text, if it stands here.
    mutating func skip(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        for offset in 0..<length where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += length
        return true
    }

    /// Steps over the next word.
    mutating func skipWord() {
        skipBlanks()
        while position < bytes.count, bytes[position] > UInt8(ascii: " ") { position += 1 }
    }

    /// Goes behind the next line break; false at the end of the bytes.
    mutating func skipLine() -> Bool {
        while position < bytes.count {
            position += 1
            if bytes[position - 1] == UInt8(ascii: "\n") { return true }
        }
        return false
    }

    /// Goes behind the last occurrence of a byte; false when there is none.
    mutating func skipPastLast(_ byte: UInt8) -> Bool {
        guard let last = bytes.lastIndex(of: byte) else { return false }
        position = last + 1
        return true
    }
}

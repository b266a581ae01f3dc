/// Where a text stops being JSON (RFC 8259), which Foundation's decoder does not say everywhere.
package struct JSONFlaw: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1; columns count characters of Unicode.
    package let line: Int
    package let column: Int
    package let reason: String

    package var description: String { "line \(line), column \(column): \(reason)" }

    /// The first flaw; nil where the text is JSON. O(bytes).
    package init?(in text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        do throws(Reader.Stop) {
            try reader.read()
            return nil
        } catch {
            let before = reader.bytes[..<error.place]
            line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            // A byte that continues a character begins none.
            column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
            reason = error.reason
        }
    }

    private struct Reader {
        struct Stop: Error {
            let place: Int
            let reason: String
        }

        /// What must come next.
        private enum Next: String {
            case value = "a value"
            case itemOrEnd = "a value or `]`"
            case name = "a name in double quotes"
            case nameOrEnd = "a name in double quotes or `}`"
            case colon = "`:`"
            case commaOrEnd = "`,` or the end of the list or object"
            case nothing = "nothing"
        }

        let bytes: [UInt8]
        private var place = 0
        /// The brackets that are open, each by the one that closes it.
        private var open: [UInt8] = []

        init(bytes: [UInt8]) { self.bytes = bytes }

        private var byte: UInt8? { place < bytes.count ? bytes[place] : nil }

        mutating func read() throws(Stop) {
            var next = Next.value
            while true {
                while let byte, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
                guard let byte else {
                    if next == .nothing { return }
                    throw Stop(place: place, reason: "the text ends where \(next.rawValue) is missing")
                }
                next = try step(byte, next)
            }
        }

        private mutating func step(_ byte: UInt8, _ next: Next) throws(Stop) -> Next {
            switch (next, byte) {
            case (.itemOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")): return close()
            case (.commaOrEnd, open.last): return close()
            case (.commaOrEnd, UInt8(ascii: ",")):
                place += 1
                return open.last == UInt8(ascii: "]") ? .value : .name
            case (.colon, UInt8(ascii: ":")):
                place += 1
                return .value
            case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")):
                try text()
                return .colon
            case (.value, _), (.itemOrEnd, _): return try value(byte)
            case (.name, _), (.nameOrEnd, _), (.colon, _), (.commaOrEnd, _), (.nothing, _): throw unexpected(next)
            }
        }

        private mutating func close() -> Next {
            place += 1
            open.removeLast()
            return open.isEmpty ? .nothing : .commaOrEnd
        }

        private mutating func value(_ byte: UInt8) throws(Stop) -> Next {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                place += 1
                let isObject = byte == UInt8(ascii: "{")
                open.append(UInt8(ascii: isObject ? "}" : "]"))
                return isObject ? .nameOrEnd : .itemOrEnd
            case UInt8(ascii: "\""): try text()
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
            default:
                guard let word = ["true", "false", "null"].first(where: { bytes[place...].starts(with: $0.utf8) }) else {
                    throw unexpected(.value)
                }
                place += word.utf8.count
            }
            return open.isEmpty ? .nothing : .commaOrEnd
        }

        private mutating func text() throws(Stop) {
            let start = place
            place += 1
            while let byte {
                switch byte {
                case UInt8(ascii: "\""):
                    place += 1
                    return
                case UInt8(ascii: "\\"): try escape()
                case 0..<0x20: throw Stop(place: place, reason: "a line end or another control character stands in a text: write \\n")
                default: place += 1
                }
            }
            throw Stop(place: start, reason: "a text is not closed")
        }

        private mutating func escape() throws(Stop) {
            let start = place
            place += 1
            guard let byte, "\"\\/bfnrtu".utf8.contains(byte) else {
                throw Stop(place: start, reason: "a backslash stands before a character that needs none: write \\\\")
            }
            place += 1
            guard byte == UInt8(ascii: "u") else { return }
            let first = try unit(start)
            guard (0xD800...0xDFFF).contains(first) else { return }
            // A character beyond 16 bits is written as two halves.
            guard first < 0xDC00, bytes[place...].starts(with: "\\u".utf8) else {
                throw Stop(place: start, reason: "half a character is escaped without its other half")
            }
            place += 2
            guard (0xDC00...0xDFFF).contains(try unit(start)) else {
                throw Stop(place: start, reason: "half a character is escaped without its other half")
            }
        }

        private mutating func unit(_ start: Int) throws(Stop) -> Int {
            let digits = bytes[place...].prefix(4)
            guard digits.count == 4, let unit = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
                throw Stop(place: start, reason: "\\u is not followed by four hexadecimal digits")
            }
            place += 4
            return unit
        }

        private mutating func number() throws(Stop) {
            let start = place
            while let byte, "+-.eE0123456789".utf8.contains(byte) { place += 1 }
            let text = String(decoding: bytes[start..<place], as: UTF8.self)
            guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil else {
                throw Stop(place: start, reason: "this is no number of JSON")
            }
        }

        private func unexpected(_ next: Next) -> Stop {
            let character = String(decoding: bytes[place...].prefix(8), as: UTF8.self).first.map { "`\($0)`" } ?? "the end"
            return Stop(
                place: place,
                reason: next == .nothing ? "\(character) stands behind the end" : "\(character) stands where \(next.rawValue) is missing")
        }
    }
}

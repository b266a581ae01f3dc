import JouleModel

/// Comma-separated values with a header, as RFC 4180 has them: fields in quotes may hold commas, line ends and, doubled, quotes. Lines
/// end with CR LF, LF or CR.
struct CSVText {
    struct Record: Hashable {
        /// The line on which it begins, from 1.
        let line: Int
        let fields: [String]
        var isBlank: Bool { fields.count == 1 && fields[0].allSatisfy(\.isWhitespace) }
    }

    /// What is wrong, and on which line.
    struct Problem: Error, Hashable {
        let line: Int
        let reason: String
    }

    /// All records that are not blank, the header among them, and what is wrong between them: reading goes on with the line after a mistake.
    /// O(bytes).
    static func records(_ text: String) -> [Result<Record, Problem>] {
        var reader = Reader(bytes: Array(text.utf8))
        var records: [Result<Record, Problem>] = []
        while !reader.isAtEnd {
            let start = reader
            do throws(Problem) {
                let record = try reader.next()
                if !record.isBlank { records.append(.success(record)) }
            } catch {
                records.append(.failure(error))
                // Behind a quote that nobody closes lies the rest of the file: only its own line is known to be wrong.
                if reader.isAtEnd { reader = start }
                reader.skipLine()
            }
        }
        return records
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0
        var line = 1

        private static let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
        private static let (carriageReturn, lineFeed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))

        private var byte: UInt8? { place < bytes.count ? bytes[place] : nil }

        var isAtEnd: Bool { place >= bytes.count }

        /// Goes on behind the end of the line.
        mutating func skipLine() {
            while let byte, byte != Self.carriageReturn, byte != Self.lineFeed { place += 1 }
            endLine()
        }

        private mutating func endLine() {
            if byte == Self.carriageReturn { place += 1 }
            if byte == Self.lineFeed { place += 1 }
            line += 1
        }

        mutating func next() throws(Problem) -> Record {
            let start = line
            var fields: [String] = []
            while true {
                fields.append(byte == Self.quote ? try quoted() : try plain())
                guard byte == Self.comma else { break }
                place += 1
            }
            endLine()
            return Record(line: start, fields: fields)
        }

        private mutating func plain() throws(Problem) -> String {
            let start = place
            while let byte, byte != Self.comma, byte != Self.carriageReturn, byte != Self.lineFeed {
                guard byte != Self.quote else {
                    throw Problem(line: line, reason: "a quote stands within a field that does not begin with one")
                }
                place += 1
            }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        private mutating func quoted() throws(Problem) -> String {
            let start = line
            var content: [UInt8] = []
            place += 1
            while let byte {
                place += 1
                if byte == Self.quote {
                    guard self.byte == Self.quote else {
                        guard self.byte.map({ [Self.comma, Self.carriageReturn, Self.lineFeed].contains($0) }) ?? true else {
                            let opened = line == start ? "" : ", which was opened in line \(start)"
                            throw Problem(line: line, reason: "there is text behind the quote that closes a field\(opened)")
                        }
                        return String(decoding: content, as: UTF8.self)
                    }
                    place += 1
                } else if byte == Self.lineFeed || byte == Self.carriageReturn && self.byte != Self.lineFeed {
                    line += 1
                }
                content.append(byte)
            }
            throw Problem(line: start, reason: "a quote is not closed")
        }
    }
}

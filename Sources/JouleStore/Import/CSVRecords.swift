import JouleModel

/// The records of a CSV file (RFC 4180): unlike lines, they may go on behind a line break that stands in quotes.
struct CSVRecords {
    struct Record: Equatable {
        /// The line on which it begins, counted from 1.
        let line: Int
        let fields: [String]
        /// Whether a line break follows; the last record of a file that was cut off has none.
        let isEnded: Bool
    }

    /// Without empty lines.
    let records: [Record]

    /// - Throws: `import.csv` for a quote that is opened and never closed.
    init(_ bytes: [UInt8], file: String) throws(Failure) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var records: [Record] = []
        var start = bytes.starts(with: mark) ? mark.count : 0
        var position = start
        var line = 1
        var firstLine = 1
        var inQuotes = false
        func record(upTo end: Int, isEnded: Bool) -> Record? {
            var end = end
            if isEnded, end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            guard end > start else { return nil }
            let text = String(decoding: bytes[start..<end], as: UTF8.self)
            return Record(line: firstLine, fields: CSVFields.split(text), isEnded: isEnded)
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { inQuotes.toggle() }
            if byte == UInt8(ascii: "\n") {
                line += 1
                if !inQuotes {
                    if let record = record(upTo: position, isEnded: true) { records.append(record) }
                    start = position + 1
                    firstLine = line
                }
            }
            position += 1
        }
        // On the last line of a file an open quote is what a kill leaves; before it, it has swallowed lines.
        if inQuotes, line > firstLine {
            throw Failure(
                "import.csv", "a quote opens here and is never closed", remedy: "double the quotes inside a quoted field",
                source: SourcePlace(file: file, line: firstLine, column: 1))
        }
        if let record = record(upTo: bytes.count, isEnded: false) { records.append(record) }
        self.records = records
    }
}

/// The text format in which servers give their metrics to Prometheus, as far as numbers go: `name{label="value",…} number [timestamp]`.
///
/// Format: Prometheus text exposition 0.0.4 and OpenMetrics 1.0. What cannot be read is skipped and counted: a page with one odd line still has the others.
package struct PrometheusText: Hashable, Sendable {
    package struct Series: Hashable, Sendable {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    package private(set) var series: [Series] = []
    /// Lines that are neither empty, nor a comment, nor a series.
    package private(set) var unreadableLines = 0

    package init(_ text: some StringProtocol) { self.init(Array(text.utf8)) }

    /// - Parameter isWanted: series of other names are passed over without being read, and so without being found unreadable.
    package init(_ bytes: [UInt8], where isWanted: (String) -> Bool = { _ in true }) {
        // Unicode scalars would make CR LF one character; bytes do not.
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            var reader = LineReader(line)
            reader.skipSpaces()
            if reader.isAtEnd || reader.peek == UInt8(ascii: "#") { continue }
            guard let name = reader.name() else {
                unreadableLines += 1
                continue
            }
            guard isWanted(name) else { continue }
            if let series = reader.series(name) { self.series.append(series) } else { unreadableLines += 1 }
        }
    }

    /// The sum of each name over its labels, for names that a predicate takes. Values that are not finite are left out.
    package func sums(where isWanted: (String) -> Bool) -> [String: Double] {
        var sums: [String: Double] = [:]
        for one in series where one.value.isFinite && isWanted(one.name) { sums[one.name, default: 0] += one.value }
        return sums.filter { $0.value.isFinite }
    }
}

private struct LineReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position >= bytes.endIndex }
    var peek: UInt8? { isAtEnd ? nil : bytes[position] }

    mutating func skipSpaces() {
        while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
    }

    mutating func name() -> String? { identifier(colons: true) }

    mutating func series(_ name: String) -> PrometheusText.Series? {
        var labels: [String: String] = [:]
        skipSpaces()
        if peek == UInt8(ascii: "{") {
            position += 1
            while true {
                skipSpaces()
                if peek == UInt8(ascii: "}") {
                    position += 1
                    break
                }
                guard let label = identifier(colons: false) else { return nil }
                skipSpaces()
                guard take("=") else { return nil }
                skipSpaces()
                guard let value = quoted() else { return nil }
                labels[label] = value
                skipSpaces()
                if !take(","), peek != UInt8(ascii: "}") { return nil }
            }
            skipSpaces()
        }
        guard let value = number() else { return nil }
        return PrometheusText.Series(name: name, labels: labels, value: value)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func identifier(colons: Bool) -> String? {
        let start = position
        while let byte = peek {
            let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard isLetter || isDigit && position > start || colons && byte == UInt8(ascii: ":") else { break }
            position += 1
        }
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    private mutating func quoted() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let next = peek else { return nil }
                position += 1
                text.append(next == UInt8(ascii: "n") ? UInt8(ascii: "\n") : next)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func number() -> Double? {
        let start = position
        while let byte = peek, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        switch text {
        case "+Inf", "Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default: return Double(text)
        }
    }
}

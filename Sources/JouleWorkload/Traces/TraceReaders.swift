import Foundation

/// Azure and BurstGPT: comma-separated columns that the header names.
struct CSVTraceReader: TraceReader {
    let format: ArrivalTrace.Format
    let headerLines = 1
    private let time: Int
    private let input: Int
    private let output: Int
    private let columns: Int

    /// nil when the header is of neither format.
    init?(header: Substring) {
        let names = Self.fields(header).map { $0.lowercased() }
        guard let time = names.firstIndex(of: "timestamp") else { return nil }
        if let input = names.firstIndex(of: "contexttokens"), let output = names.firstIndex(of: "generatedtokens") {
            (format, self.input, self.output) = (.azure, input, output)
        } else if let input = names.firstIndex(of: "request tokens"), let output = names.firstIndex(of: "response tokens") {
            (format, self.input, self.output) = (.burstGPT, input, output)
        } else {
            return nil
        }
        self.time = time
        columns = names.count
    }

    func row(_ line: Substring) throws(BadRow) -> ArrivalTrace.Row {
        let fields = Self.fields(line)
        guard fields.count == columns else {
            throw BadRow(reason: "it has \(fields.count) columns, and the header \(columns)")
        }
        let stamp = format == .azure ? TraceTime.calendar(fields[time]) : TraceTime.decimal(fields[time], decimals: 9)
        guard let stamp else { throw BadRow(reason: "`\(fields[time])` is no time") }
        return ArrivalTrace.Row(time: stamp, inputTokens: try tokens(fields[input]), outputTokens: try tokens(fields[output]))
    }

    private func tokens(_ field: Substring) throws(BadRow) -> Int {
        guard let count = TraceTime.decimal(field, decimals: 0), ArrivalTrace.tokens.contains(Int(count)) else {
            throw BadRow(reason: "`\(field)` is no number of tokens")
        }
        return Int(count)
    }

    /// The fields, without spaces and quotation marks around them. None of these formats has a comma inside a field.
    private static func fields(_ line: Substring) -> [Substring] {
        line.split(separator: ",", omittingEmptySubsequences: false).map { field in
            var field = field.drop(while: \.isWhitespace)
            while field.last?.isWhitespace == true { field.removeLast() }
            if field.count >= 2 && field.first == "\"" && field.last == "\"" { field = field.dropFirst().dropLast() }
            return field
        }
    }
}

/// Mooncake: one JSON object on each line.
struct MooncakeReader: TraceReader {
    private struct Line: Decodable {
        let timestamp: Double
        let inputTokens: Int
        let outputTokens: Int

        enum CodingKeys: String, CodingKey {
            case timestamp
            case inputTokens = "input_length"
            case outputTokens = "output_length"
        }
    }

    let format = ArrivalTrace.Format.mooncake
    let headerLines = 0

    func row(_ line: Substring) throws(BadRow) -> ArrivalTrace.Row {
        let read: Line
        do {
            read = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        } catch {
            throw BadRow(reason: "it is no JSON object with numbers `timestamp`, `input_length` and `output_length`")
        }
        // Below 2⁵³ ms · 10⁶ ns every whole millisecond of a century is exact.
        let nanoseconds = (read.timestamp * 1e6).rounded()
        guard nanoseconds.magnitude < 4e18 else { throw BadRow(reason: "`\(read.timestamp)` is no time in milliseconds") }
        for count in [read.inputTokens, read.outputTokens] where !ArrivalTrace.tokens.contains(count) {
            throw BadRow(reason: "`\(count)` is no number of tokens")
        }
        return ArrivalTrace.Row(time: Int64(nanoseconds), inputTokens: read.inputTokens, outputTokens: read.outputTokens)
    }
}

/// Times as traces write them, read digit by digit so that no binary fraction comes between.
enum TraceTime {
    /// A decimal number times 10^`decimals`; further digits are cut off. nil for anything else, and for more than fits.
    static func decimal(_ text: Substring, decimals: Int) -> Int64? {
        let isNegative = text.first == "-"
        let parts = (isNegative ? text.dropFirst() : text).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, parts.allSatisfy(isDigits) else { return nil }
        let fraction = (parts.count == 2 ? String(parts[1].prefix(decimals)) : "")
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return Int64((isNegative ? "-" : "") + whole + fraction + zeros).flatMap { $0.magnitude < 1 << 62 ? $0 : nil }
    }

    /// Nanoseconds since 1970 of `2023-11-16 18:17:03.9799600`, with a `T` or a space, and with `Z` or an offset like `+00:00` behind it.
    static func calendar(_ text: Substring) -> Int64? {
        guard let gap = text.firstIndex(where: { $0 == " " || $0 == "T" }) else { return nil }
        let date = text[..<gap].split(separator: "-", omittingEmptySubsequences: false)
        var clock = text[text.index(after: gap)...]
        var offset: Int64 = 0
        if clock.last == "Z" {
            clock.removeLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = clock[clock.index(after: sign)...].split(separator: ":", omittingEmptySubsequences: false)
            guard zone.count == 2, let hours = number(zone[0], 0...23), let minutes = number(zone[1], 0...59) else { return nil }
            offset = (clock[sign] == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60)
            clock = clock[..<sign]
        }
        let time = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard date.count == 3, time.count == 3, let year = number(date[0], 1970...2200), let month = number(date[1], 1...12),
            let day = number(date[2], 1...31), let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
            let nanosecond = decimal(time[2], decimals: 9), (0..<61_000_000_000).contains(nanosecond)
        else { return nil }
        let seconds = days(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 - offset
        return seconds * 1_000_000_000 + nanosecond
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March, so that the leap day ends them.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    }

    private static func isDigits(_ text: Substring) -> Bool { text.utf8.allSatisfy { (48...57).contains($0) } }

    private static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
        guard isDigits(text), let value = Int64(text), range.contains(value) else { return nil }
        return value
    }
}

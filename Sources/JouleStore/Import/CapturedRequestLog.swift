import JouleModel
import JouleUnits

/// A table of requests: the CSV of `load-test --output`, or that of the older toolkit, whose six columns ours begins with.
package struct CapturedRequestLog: Sendable {
    /// One request that was sent.
    package struct Request: Hashable, Sendable {
        /// Nanoseconds since 1970, or from the zero that the log's times have.
        package var started: Instant
        /// From the start to the end of the answer.
        package var latency: Duration?
        package var inputTokens: Int?
        package var outputTokens: Int?
        package var statusCode: Int?
        package var error: String?
        /// nil in the older toolkit's table.
        package var outcome: RequestOutcome?

        /// By the outcome where it is told; else a status of success, if any, and no error.
        package var succeeded: Bool {
            if let outcome { return outcome == .completed }
            return error == nil && statusCode.map { 200..<300 ~= $0 } ?? true
        }
    }

    package let file: String
    /// In the order of the file.
    package let requests: [Request]
    /// Rows without a start: requests that were due and never sent.
    package let unsent: Int
    /// What was left out on reading.
    package let notes: [String]

    /// From the first start to the last end; nil without a request.
    package var span: Range<Instant>? {
        let ends = requests.map { request in request.latency.map { request.started + $0 } ?? request.started }
        guard let first = requests.map(\.started).min(), let last = ends.max(), first < last else { return nil }
        return first..<last
    }

    /// Reads a log; one with rows that cannot be understood is refused, and the rows are named.
    package static func read(file: String) throws(Failure) -> CapturedRequestLog {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(file)
        } catch {
            throw Failure(
                "import.file", "the log of requests cannot be read", cause: "\(error.message): \(error.cause ?? "no reason given")")
        }
        return try CapturedRequestLog(bytes, file: file)
    }

    init(_ bytes: [UInt8], file: String) throws(Failure) {
        let records = try CSVRecords(bytes, file: file).records
        let columns = records.first.map { $0.fields.map { RequestColumn(rawValue: RequestRow.stripped($0)) } } ?? []
        for needed in [RequestColumn.start, .latency] where !columns.contains(needed) {
            throw Failure(
                "import.request-log", "the log of requests has no column `\(needed.rawValue)`",
                remedy: "it must begin with a line like `timestamp_s,latency_s,prompt_tokens,completion_tokens,status_code,error`",
                source: SourcePlace(file: file, line: 1, column: 1))
        }
        var requests: [Request] = []
        var unsent = 0
        var notes: [String] = []
        var mistakes: [(place: SourcePlace, text: String)] = []
        for record in records.dropFirst() {
            if !record.isEnded, Self.isCut(record, columns) {
                notes.append("\(file): line \(record.line) is cut off and is left out")
                continue
            }
            var row = RequestRow(record, file: file)
            let request = row.request(columns)
            mistakes += row.mistakes
            if let request { requests.append(request) } else if row.mistakes.isEmpty { unsent += 1 }
        }
        guard mistakes.isEmpty else { throw Self.failure(mistakes) }
        if unsent > 0 { notes.append("\(file): \(unsent) \(unsent == 1 ? "request was" : "requests were") never sent") }
        self.file = file
        self.requests = requests
        self.unsent = unsent
        self.notes = notes
    }

    /// A last line without its end is whole when every field has begun and the last one is a text: numbers before it have their comma.
    private static func isCut(_ record: CSVRecords.Record, _ columns: [RequestColumn?]) -> Bool {
        record.fields.count < columns.count || columns.last?.map(\.isRead) ?? false
    }

    private static func failure(_ mistakes: [(place: SourcePlace, text: String)]) -> Failure {
        let shown = mistakes.prefix(10).map { "line \($0.place.line): \($0.text)" }
        let rest = mistakes.count > 10 ? ["and \(mistakes.count - 10) more"] : []
        return Failure(
            "import.request-log",
            mistakes.count == 1 ? "a mistake in the log of requests" : "\(mistakes.count) mistakes in the log of requests",
            cause: (shown + rest).joined(separator: "\n"), remedy: "correct or remove these lines", source: mistakes.first?.place)
    }
}

/// The columns that are read, by their names in the header.
private enum RequestColumn: String {
    case start = "timestamp_s"
    case latency = "latency_s"
    case inputTokens = "prompt_tokens"
    case outputTokens = "completion_tokens"
    case statusCode = "status_code"
    case error, outcome

    /// Whether half of the text would be mistaken for the whole.
    var isRead: Bool { self != .error }
}

/// One row while it is read, with what is wrong with it.
private struct RequestRow {
    private let record: CSVRecords.Record
    private let file: String
    private(set) var mistakes: [(place: SourcePlace, text: String)] = []

    init(_ record: CSVRecords.Record, file: String) {
        self.record = record
        self.file = file
    }

    /// nil for a request that was never sent, and for a row with mistakes.
    mutating func request(_ columns: [RequestColumn?]) -> CapturedRequestLog.Request? {
        guard record.fields.count == columns.count else {
            mistake("\(record.fields.count) fields where the header has \(columns.count)", column: 1)
            return nil
        }
        var started: Instant?
        var request = CapturedRequestLog.Request(started: Instant(nanoseconds: 0))
        for (index, (column, raw)) in zip(columns, record.fields).enumerated() {
            let field = Self.stripped(raw)
            guard let column, !Self.absences.contains(field.lowercased()) else { continue }
            switch column {
            case .start: started = seconds(field, index).map { Instant(nanoseconds: $0) }
            case .latency: request.latency = seconds(field, index).map { .nanoseconds($0) }
            case .inputTokens: request.inputTokens = count(field, index)
            case .outputTokens: request.outputTokens = count(field, index)
            case .statusCode: request.statusCode = integer(field, index)
            case .error: request.error = field
            case .outcome:
                request.outcome = RequestOutcome(rawValue: field)
                if request.outcome == nil { mistake("`\(field)` is no outcome of a request", column: index + 1) }
            }
        }
        guard let started, mistakes.isEmpty else { return nil }
        request.started = started
        return request
    }

    /// Seconds as nanoseconds; a product with 1e9 would round Unix times to a quarter of a microsecond.
    private mutating func seconds(_ field: String, _ index: Int) -> Int64? {
        // A start and a length of 142 years each still add up in nanoseconds.
        guard let seconds = Double(field), 0..<4.5e9 ~= seconds else {
            mistake("`\(field)` is no number of seconds", column: index + 1)
            return nil
        }
        let whole = seconds.rounded(.down)
        return Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1e9).rounded())
    }

    private mutating func count(_ field: String, _ index: Int) -> Int? {
        let count = integer(field, index)
        guard let count, count < 0 else { return count }
        mistake("`\(field)` is no count", column: index + 1)
        return nil
    }

    /// Also `12.0`, as tables that passed through data frames have it.
    private mutating func integer(_ field: String, _ index: Int) -> Int? {
        guard let number = Int(field) ?? Double(field).flatMap({ Int(exactly: $0) }), -1_000_000_000_000...1_000_000_000_000 ~= number
        else {
            mistake("`\(field)` is no whole number", column: index + 1)
            return nil
        }
        return number
    }

    private mutating func mistake(_ text: String, column: Int) {
        mistakes.append((SourcePlace(file: file, line: record.line, column: column), text))
    }

    static func stripped(_ field: String) -> String {
        guard field.first?.isWhitespace == true || field.last?.isWhitespace == true else { return field }
        var rest = field[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    private static let absences: Set<String> = ["", "na", "n/a", "nan", "none", "null"]
}

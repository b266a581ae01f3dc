import JouleModel
import JouleUnits

/// A recorded trace of a service: when each request came, and how long its prompt and its answer were.
package struct ArrivalTrace: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// From the earliest entry.
        package let offset: Duration
        package let inputTokens: Int
        package let outputTokens: Int
    }

    /// What is read, told apart by the first line.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        /// Azure LLM inference traces, CSV: `TIMESTAMP,ContextTokens,GeneratedTokens`.
        case azure
        /// Mooncake, a JSON object on each line: `timestamp` (milliseconds), `input_length`, `output_length`. `hash_ids` is not used.
        case mooncake
        /// BurstGPT, CSV: `Timestamp` (seconds), …, `Request tokens`, `Response tokens`, …; sessions and elapsed times are not used.
        case burstGPT
    }

    package let format: Format
    /// By time.
    package let entries: [Entry]
    /// Rows left out because they asked for or gave no tokens: requests that failed when the trace was recorded.
    package let skipped: Int
    /// What is allowed and should be known.
    package let warnings: [Failure]

    /// One row as it stands in the file.
    struct Row {
        /// Nanoseconds from the format's own origin.
        let time: Int64
        let inputTokens: Int
        let outputTokens: Int
    }

    /// Reads a trace; a byte order mark, carriage returns and blank lines are allowed.
    ///
    /// - Throws: one `trace.bad-line` for each bad line with its number, or `trace.encoding`, `trace.unknown-format`, `trace.empty`.
    package init(_ bytes: [UInt8], file: String) throws(Failures) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failures([Failure("trace.encoding", "the trace `\(file)` is not UTF-8", remedy: "save the file as UTF-8")])
        }
        let lines = PromptSource.lines(of: text).filter { !$0.isBlank }
        let reader: any TraceReader
        do {
            reader = try Self.reader(for: lines, file: file)
        } catch {
            throw Failures([error])
        }
        format = reader.format
        let rows = try Self.rows(of: lines.dropFirst(reader.headerLines), reader, file: file)
        let useful = rows.filter { $0.inputTokens > 0 && $0.outputTokens > 0 }
        skipped = rows.count - useful.count
        // Equal times keep the order of the file.
        let sorted = useful.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        guard let first = sorted.first?.element.time else {
            throw Failures([
                Failure(
                    "trace.empty", "the trace `\(file)` holds no request that was answered",
                    cause: skipped > 0 ? "\(skipped) rows have no tokens" : nil)
            ])
        }
        if let last = sorted.last?.element.time, last.saturatingSubtract(first) > Duration.longestAsked.nanoseconds {
            throw Failures([
                Failure(
                    "trace.too-long", "the trace `\(file)` has requests more than a year apart", remedy: "check its times, or cut it")
            ])
        }
        entries = sorted.map { row in
            Entry(
                offset: .nanoseconds(row.element.time - first), inputTokens: row.element.inputTokens, outputTokens: row.element.outputTokens
            )
        }
        var warnings: [Failure] = []
        let moved = sorted.enumerated().count { $0.offset != $0.element.offset }
        if moved > 0 {
            warnings.append(Failure("trace.unordered", "`\(file)` is not in the order of time: \(moved) of its rows were moved"))
        }
        if skipped > 0 { warnings.append(Failure("trace.skipped", "\(skipped) rows of `\(file)` have no tokens and are left out")) }
        self.warnings = warnings
    }

    private static func reader(for lines: [PromptSource.Line], file: String) throws(Failure) -> any TraceReader {
        guard let first = lines.first else { throw Failure("trace.empty", "the trace `\(file)` is empty") }
        if first.text.first(where: { !$0.isWhitespace }) == "{" { return MooncakeReader() }
        if let reader = CSVTraceReader(header: first.text) { return reader }
        throw Failure(
            "trace.unknown-format", "`\(file)` is no trace that can be read: its first line is “\(first.text.prefix(80))”",
            remedy: "known are Azure (TIMESTAMP,ContextTokens,GeneratedTokens), BurstGPT (Timestamp,…,Request tokens,Response tokens,…)"
                + " and Mooncake (JSON lines with timestamp, input_length, output_length)",
            source: SourcePlace(file: file, line: first.number, column: 1))
    }

    private static func rows(
        of lines: ArraySlice<PromptSource.Line>, _ reader: any TraceReader, file: String
    ) throws(Failures) -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(lines.count)
        var failures: [Failure] = []
        for line in lines {
            do throws(BadRow) {
                rows.append(try reader.row(line.text))
            } catch {
                failures.append(
                    Failure(
                        "trace.bad-line", "line \(line.number) of `\(file)` is no request: \(error.reason)",
                        source: SourcePlace(file: file, line: line.number, column: 1)))
            }
        }
        guard failures.isEmpty else {
            let rest = failures.count - reportedLines
            let more = rest > 0 ? [Failure("trace.bad-line", "\(rest) more lines of `\(file)` are no requests")] : []
            throw Failures(failures.prefix(reportedLines) + more)
        }
        return rows
    }

    /// Beyond this many the bad lines are only counted: a file of the wrong kind has nothing but bad lines.
    private static let reportedLines = 20

    /// What is taken for a number of tokens.
    static let tokens = 0...100_000_000
}

/// Reads the rows of one format.
protocol TraceReader {
    var format: ArrivalTrace.Format { get }
    var headerLines: Int { get }
    func row(_ line: Substring) throws(BadRow) -> ArrivalTrace.Row
}

/// Why a line is no row.
struct BadRow: Error {
    let reason: String
}

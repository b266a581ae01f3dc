import Foundation
import JouleModel

/// The rows of a local file, and what is wrong with it.
struct RowFile {
    /// Beyond this many the bad lines are only counted: a file of the wrong kind has nothing but bad lines.
    static let reportedLines = 20

    let path: String
    let format: DatasetReference.Format
    let template: PromptTemplate
    /// Of a conversation.
    var turns = 1

    func table(_ text: String) throws(Failures) -> PromptTable {
        switch format {
        case .text, .parquet:
            return PromptTable(
                prompts: PromptSource.lines(of: text).filter { !$0.isBlank }.map { line in
                    Prompt(id: "line-\(line.number)", text: String(line.text))
                })
        case .jsonLines: return try applied(to: jsonLines(text))
        case .csv:
            let (header, rows) = try csv(text)
            return try applied(to: rows, columns: header)
        case .json: return try applied(to: json(text))
        }
    }

    private typealias Entry = (place: Place, row: Result<DatasetRow, Failure>)

    /// Where a row is, for people.
    private enum Place {
        case line(Int)
        /// From 1.
        case item(Int)
    }

    /// - Parameter columns: in the file's order; nil for a file whose rows name their own fields.
    private func applied(to entries: [Entry], columns: [String]? = nil) throws(Failures) -> PromptTable {
        var failures: [Failure] = []
        var settled: PromptTemplate?
        var prompts: [Prompt?] = []
        var names: Set<String> = []
        for (place, row) in entries {
            do throws(Failure) {
                let row = try row.get()
                if columns == nil { names.formUnion(row.fields.keys) }
                let chosen: PromptTemplate
                if let settled {
                    chosen = settled
                } else {
                    do throws(Failure) { chosen = try template.settled(by: row) } catch {
                        throw bad(place, error.message, remedy: error.remedy)
                    }
                }
                settled = chosen
                switch chosen.apply(to: row, turns: turns) {
                case .prompt(let text): prompts.append(Prompt(id: row.id, text: text))
                case .conversation(let turns): prompts.append(Prompt(id: row.id, turns: turns))
                case .dropped: prompts.append(nil)
                case .unusable(let reason, let remedy): throw bad(place, reason, remedy: remedy)
                }
            } catch {
                failures.append(error)
            }
        }
        guard failures.isEmpty else { throw Failures(shortened(failures)) }
        return PromptTable(prompts: prompts, columns: columns ?? names.sorted(), template: settled)
    }

    private func jsonLines(_ text: String) -> [Entry] {
        PromptSource.lines(of: text).filter { !$0.isBlank }.enumerated().map { number, line in
            let place = Place.line(line.number)
            do {
                let fields = try JSONDecoder().decode([String: Cell].self, from: Data(line.text.utf8)).mapValues(\.value)
                return (place, .success(DatasetRow(number: number, id: "line-\(line.number)", fields: fields)))
            } catch {
                let remedy = "write one object per line: {\"prompt\": \"…\"}"
                let flaw = JSONFlaw(in: String(line.text)).map { " (column \($0.column): \($0.reason))" } ?? ""
                return (place, .failure(bad(place, "it is no JSON object\(flaw)", remedy: remedy)))
            }
        }
    }

    private func csv(_ text: String) throws(Failures) -> (header: [String], rows: [Entry]) {
        let records = CSVText.records(PromptSource.withoutMark(text)).map { record in
            record.mapError { bad(.line($0.line), $0.reason, remedy: "fields with commas, quotes or line ends stand in quotes (RFC 4180)") }
        }
        guard let first = records.first else { return ([], []) }
        // Without its header nothing more can be said of a row than how it is quoted.
        guard let header = try? first.get() else { throw Failures(shortened(records.compactMap(\.failure))) }
        guard Set(header.fields).count == header.fields.count else {
            let twice = bad(.line(header.line), "two columns have the same name", remedy: "the first line names the columns")
            throw Failures(shortened([twice] + records.compactMap(\.failure)))
        }
        let rows: [Entry] = records.dropFirst().enumerated().map { number, entry in
            let record: CSVText.Record
            switch entry {
            case .success(let whole): record = whole
            case .failure(let failure): return (.line(failure.source?.line ?? 0), .failure(failure))
            }
            let place = Place.line(record.line)
            guard record.fields.count == header.fields.count else {
                let reason = "it has \(record.fields.count) fields, and the header names \(header.fields.count)"
                return (place, .failure(bad(place, reason, remedy: "a field with a comma stands in quotes")))
            }
            let fields = Dictionary(uniqueKeysWithValues: zip(header.fields, record.fields.map(JSONValue.string)))
            return (place, .success(DatasetRow(number: number, id: "line-\(record.line)", fields: fields)))
        }
        return (header.fields, rows)
    }

    /// An array of objects, or an object with one array of them, as exports call it `data` or `train`.
    private func json(_ text: String) throws(Failures) -> [Entry] {
        let document: JSONValue
        do {
            document = try JSONDecoder().decode(Cell.self, from: Data(PromptSource.withoutMark(text).utf8)).value
        } catch {
            let flaw = JSONFlaw(in: PromptSource.withoutMark(text))
            throw Failures([
                Failure(
                    "workload.bad-file", "`\(path)` is no JSON", cause: flaw.map { "\($0)" } ?? "\(error)",
                    remedy: "a file with one object on each line is called .jsonl",
                    source: flaw.map { SourcePlace(file: path, line: $0.line, column: $0.column) })
            ])
        }
        var items: [JSONValue]?
        if case .array(let array) = document { items = array }
        if case .object(let members) = document {
            let arrays = members.values.compactMap { if case .array(let array) = $0 { array } else { nil } }
            if arrays.count == 1 { items = arrays[0] }
        }
        guard let items else {
            throw Failures([
                Failure(
                    "workload.bad-file", "`\(path)` is no list of prompts",
                    remedy:
                        "write an array of objects: [{\"prompt\": \"…\"}], or [{\"conversations\": [{\"from\": \"human\", \"value\": \"…\"}]}]"
                )
            ])
        }
        return items.enumerated().map { number, item in
            let place = Place.item(number + 1)
            switch item {
            case .object(let fields): return (place, .success(DatasetRow(number: number, id: "item-\(number + 1)", fields: fields)))
            case .string(let text):
                return (place, .success(DatasetRow(number: number, id: "item-\(number + 1)", fields: ["text": .string(text)])))
            case .null, .bool, .integer, .number, .array: return (place, .failure(bad(place, "it is no JSON object", remedy: nil)))
            }
        }
    }

    private func shortened(_ failures: [Failure]) -> [Failure] {
        guard failures.count > Self.reportedLines else { return failures }
        let rest = Failure("workload.bad-line", "\(failures.count - Self.reportedLines) more lines of `\(path)` are no prompts")
        return failures.prefix(Self.reportedLines) + [rest]
    }

    private func bad(_ place: Place, _ reason: String, remedy: String?) -> Failure {
        switch place {
        case .line(let line):
            Failure(
                "workload.bad-line", "line \(line) of `\(path)` is no prompt: \(reason)", remedy: remedy,
                source: SourcePlace(file: path, line: line, column: 1))
        case .item(let item): Failure("workload.bad-line", "item \(item) of `\(path)` is no prompt: \(reason)", remedy: remedy)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        switch self {
        case .success: nil
        case .failure(let failure): failure
        }
    }
}

import Foundation
import Testing

/// The files that a run left behind, read as someone would who does not have the program.
struct RunFolder {
    let path: String

    func file(_ name: String) -> String { "\(path)/\(name)" }
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }
    func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
    func json(_ name: String) throws -> JSON { try JSON(parsing: try text(name)) }

    var summary: JSON { get throws { try json("summary.json") } }
    var state: JSON { get throws { try json("state.json") } }
    var environment: JSON { get throws { try json("environment.json") } }
    var process: JSON { get throws { try json("process_0.json") } }

    /// The requests; each line must be whole but for a last one that a kill has cut.
    var requests: [JSON] { get throws { try wholeLines("requests.jsonl").map { try JSON(parsing: $0) } } }

    /// The requests of the measured phase that were answered.
    var completed: [JSON] {
        get throws { try requests.filter { $0["phase"].text == "measure" && $0["outcome"].text == "completed" } }
    }

    /// A record of `chunks.bin`.
    struct Chunk {
        let nanoseconds: Int64
        let request: Int
        let tokens: Int
        let events: Int
        /// 0 output, 1 reasoning, 2 tool call, 3 finish, 4 empty.
        let kind: Int
        let isWarmup: Bool
    }

    /// The whole records of `chunks.bin`, in their order.
    var chunks: [Chunk] {
        get throws {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file("chunks.bin")))
            func number(_ offset: Int, _ count: Int) -> Int64 {
                (0..<count).reduce(0) { $0 | Int64(bytes[bytes.startIndex + offset + $1]) << (8 * $1) }
            }
            return stride(from: 16, through: bytes.count - 16, by: 16).map { offset in
                Chunk(
                    nanoseconds: number(offset, 8), request: Int(number(offset + 8, 4)), tokens: Int(number(offset + 12, 2)),
                    events: Int(number(offset + 14, 1)), kind: Int(number(offset + 15, 1) & 0x7F), isWarmup: number(offset + 15, 1) > 0x7F)
            }
        }
    }

    /// When the chunks of a measured request came, in nanoseconds.
    func stamps(of request: JSON) throws -> [Double] {
        let index = request["index"].number.map { Int($0) }
        return try chunks.filter { !$0.isWarmup && $0.request == index }.map { Double($0.nanoseconds) }
    }

    static let sampleColumns = [
        "meter", "scope", "device", "monotonic_ns", "power_watts", "power_average_watts", "energy_joules", "utilization_percent",
        "memory_used_bytes", "temperature_celsius", "sm_clock_mhz", "memory_clock_mhz", "power_limit_watts", "throttle_reasons",
        "read_status",
    ]

    /// The rows of `samples.csv`, whole but for a last one that a kill has cut.
    var samples: Table { get throws { try Table(lines: try wholeLines("samples.csv")) } }

    private func wholeLines(_ name: String) throws -> [String] {
        var lines = try text(name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.removeLast()
        return lines
    }

    /// The window of all figures on the monotonic clock, in nanoseconds.
    func window() throws -> Range<Int64> {
        let anchor = try #require(try environment["start_anchor"]["monotonic_ns"].number)
        let start = anchor + (try #require(try summary["window_start_seconds"].number)) * 1e9
        let length = (try #require(try summary["window_duration_seconds"].number)) * 1e9
        return Int64(start)..<Int64(start + length)
    }

    /// The gross energy of a scope.
    func gross(_ scope: String) throws -> JSON {
        let found = try summary["energies"].list.first { $0["scope"].text == scope }
        return try #require(found, "the summary has no energy of \(scope)")["gross"]
    }

    var flags: Set<String> { get throws { Set(try summary["flags"].list.compactMap { $0["flag"].text }) } }
}

/// A CSV file with a header; fields may be quoted, and hold no line breaks.
struct Table {
    let columns: [String]
    let rows: [[String: String]]

    init(lines: [String]) throws {
        columns = Self.fields(of: try #require(lines.first, "a table without a header"))
        rows = try lines.dropFirst().map { [columns] line in
            let fields = Self.fields(of: line)
            try #require(fields.count == columns.count, "\(fields.count) fields instead of \(columns.count): \(line)")
            return Dictionary(uniqueKeysWithValues: zip(columns, fields))
        }
    }

    init(file: String) throws {
        try self.init(lines: try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    /// Commas between pairs of quotes do not separate; two quotes in a quoted field are one.
    private static func fields(of line: String) -> [String] {
        var fields = [""]
        for (index, part) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if index % 2 == 1 {
                fields[fields.count - 1] += part
            } else if index > 0, part.isEmpty, index < line.count(where: { $0 == "\"" }) {
                fields[fields.count - 1] += "\""
            } else {
                let pieces = part.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                fields[fields.count - 1] += pieces[0]
                fields += pieces.dropFirst()
            }
        }
        return fields
    }
}

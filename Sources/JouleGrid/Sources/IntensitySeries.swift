import JouleModel
import JouleUnits

/// A time series in a file of comma- or semicolon-separated values: a time and grams for each kilowatt hour.
///
/// With a header, the time is the first column whose name has `time` or `date` in it, and the intensity the one with `life cycle`, else
/// with `intensity`, else `co2`; exports of Electricity Maps are read as they are. Without one, the first two columns count. Times are
/// ISO 8601 (UTC where they name no zone) or seconds since 1970.
package struct IntensitySeries: Sendable, Hashable {
    package let points: [CarbonRecord.Point]
    /// The usual distance of two points, in seconds; an hour where there is only one.
    package let step: Double
    /// Lines whose intensity is empty.
    package let emptyLines: Int

    /// - Throws: `carbon.file` with the line of the first mistake.
    package init(_ text: String, file: String) throws(Failure) {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.enumerated().map {
            (number: $0.offset + 1, text: $0.element)
        }
        if let first = lines.first, first.text.hasPrefix("\u{FEFF}") { lines[0].text = first.text.dropFirst() }
        lines.removeAll { line in line.text.allSatisfy(\.isWhitespace) || line.text.first == "#" }
        guard let first = lines.first else { throw Self.failure("is empty", file, line: 1) }
        let separator: Character = first.text.contains(";") ? ";" : ","
        func fields(_ line: Substring) -> [String] {
            line.split(separator: separator, omittingEmptySubsequences: false).map { field in
                String(field.filter { $0 != "\"" }).trimmed
            }
        }
        var columns = (time: 0, value: 1)
        let names = fields(first.text).map { $0.lowercased() }
        if let name = names.first, WallTime.parse(name.uppercased()) == nil {
            columns = try Self.columns(names, file, line: first.number)
            lines.removeFirst()
        }
        var values: [Double: CarbonIntensity] = [:]
        var empty = 0
        for line in lines {
            let fields = fields(line.text)
            guard fields.count > max(columns.time, columns.value) else {
                throw Self.failure("line has \(fields.count) columns, and more are needed", file, line: line.number)
            }
            guard let time = WallTime.parse(fields[columns.time]) else {
                throw Self.failure("`\(fields[columns.time])` is no time", file, line: line.number)
            }
            let written = fields[columns.value]
            if written.isEmpty || ["na", "nan", "null"].contains(written.lowercased()) {
                empty += 1
                continue
            }
            guard let grams = Double(written), grams.isFinite, grams >= 0 else {
                throw Self.failure("`\(written)` is no intensity in g/kWh", file, line: line.number)
            }
            values[time] = CarbonIntensity(grams)
        }
        points = values.map { CarbonRecord.Point(unixSeconds: $0.key, intensity: $0.value) }.sorted { $0.unixSeconds < $1.unixSeconds }
        guard !points.isEmpty else { throw Self.failure("holds no intensity", file, line: 1) }
        let distances = zip(points, points.dropFirst()).map { $1.unixSeconds - $0.unixSeconds }.sorted()
        step = distances.isEmpty ? 3_600 : distances[distances.count / 2]
        emptyLines = empty
    }

    private static func columns(_ names: [String], _ file: String, line: Int) throws(Failure) -> (time: Int, value: Int) {
        func first(_ words: String...) -> Int? { names.firstIndex { name in words.contains { name.contains($0) } } }
        guard let time = first("time", "date"), let value = first("life cycle") ?? first("intensity") ?? first("co2", "g/kwh", "gco") else {
            throw failure(
                "header does not name a time and an intensity: it has \(names.joined(separator: ", "))", file, line: line)
        }
        return (time, value)
    }

    private static func failure(_ what: String, _ file: String, line: Int) -> Failure {
        Failure(
            "carbon.file", "the time series cannot be read: \(what)", remedy: "give lines such as 2026-11-21T09:00Z,381",
            source: SourcePlace(file: file, line: line, column: 1))
    }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}

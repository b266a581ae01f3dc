import Foundation
import JouleModel
import JouleReport

/// A CSV file with one row per run, whose header widens when a later run has more columns; a column never shifts.
package enum RowTable {
    /// Appends a row.
    ///
    /// - Parameter columns: names and raw values in the order in which new columns are to appear.
    package static func append(_ columns: [(name: String, value: String)], to path: String) throws(Failure) {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try FileSystem.createDirectory(folder) }
        // Two runs may end at the same moment, and each reads the file that the other one replaces.
        try FileSystem.withLock(on: folder.isEmpty ? "." : folder) { () throws(Failure) in try appendAlone(columns, to: path) }
    }

    private static func appendAlone(_ columns: [(name: String, value: String)], to path: String) throws(Failure) {
        let existing = FileSystem.exists(path) ? String(decoding: try FileSystem.read(path), as: UTF8.self) : ""
        var lines = existing.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline).map(String.init)
        // A line break inside a field is legal, and half of the tools that read such a file stumble over it.
        let columns = columns.map { (name: $0.name, value: $0.value.split(whereSeparator: \.isNewline).joined(separator: " ")) }
        let values = Dictionary(columns.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard let header = lines.first else {
            try FileSystem.write(CSVLine.join(columns.map(\.name)) + "\n" + CSVLine.join(columns.map(\.value)) + "\n", to: path)
            return
        }
        var names = CSVFields.split(header)
        let new = columns.map(\.name).filter { !names.contains($0) }
        func row(_ names: [String]) -> String { CSVLine.join(names.map { values[$0] ?? "NA" }) }
        if new.isEmpty {
            lines.append(row(names))
        } else {
            // `timestamp` stays last, so that new columns come before it.
            let insertion = names.last == "timestamp" ? names.count - 1 : names.count
            names.insert(contentsOf: new, at: insertion)
            lines = lines.dropFirst().map { line in
                var fields = CSVFields.split(line)
                while fields.count < names.count - new.count { fields.append("NA") }
                fields.insert(contentsOf: new.map { _ in "NA" }, at: insertion)
                return CSVLine.join(fields)
            }
            lines.insert(CSVLine.join(names), at: 0)
            lines.append(row(names))
        }
        try FileSystem.write(lines.joined(separator: "\n") + "\n", to: path)
    }
}

/// The fields of one CSV line, quotes undone (RFC 4180, no line breaks inside fields).
package enum CSVFields {
    package static func split(_ line: String) -> [String] {
        var fields: [String] = []
        var field = ""
        var inQuotes = false
        var wasQuote = false
        // By scalar: a comma with a combining mark behind it is a Character of its own kind and still a comma.
        for scalar in line.unicodeScalars {
            if scalar == "\"" {
                if inQuotes {
                    inQuotes = false
                    wasQuote = true
                } else {
                    if wasQuote { field.unicodeScalars.append("\"") }
                    inQuotes = true
                    wasQuote = false
                }
            } else if scalar == ",", !inQuotes {
                fields.append(field)
                field = ""
                wasQuote = false
            } else {
                field.unicodeScalars.append(scalar)
                wasQuote = false
            }
        }
        fields.append(field)
        return fields
    }
}

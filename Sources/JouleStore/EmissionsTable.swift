import Foundation
import JouleModel
import JouleReport

/// The `emissions.csv` of CodeCarbon, written as that tool writes it: rows are appended in the order of the file's own header, and a file
/// with other columns is put aside.
package enum EmissionsTable {
    /// - Parameter columns: names and values; an empty value is a missing one, as pandas writes it.
    package static func append(_ columns: [(name: String, value: String)], to path: String) throws(Failure) {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try FileSystem.createDirectory(folder) }
        try FileSystem.withLock(on: folder.isEmpty ? "." : folder) { () throws(Failure) in
            let existing = FileSystem.exists(path) ? String(decoding: try FileSystem.read(path), as: UTF8.self) : ""
            let header = existing.split(whereSeparator: \.isNewline).first.map { CSVFields.split(String($0)) } ?? []
            if header.sorted() == columns.map(\.name).sorted() {
                let values = Dictionary(columns.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
                let row = CSVLine.join(header.map { values[$0] ?? "" })
                try FileSystem.write(existing + (existing.last?.isNewline == true ? "" : "\n") + row + "\n", to: path)
                return
            }
            if !header.isEmpty { try FileSystem.write(existing, to: try freeName(beside: path)) }
            try FileSystem.write(
                CSVLine.join(columns.map(\.name)) + "\n" + CSVLine.join(columns.map(\.value)) + "\n", to: path)
        }
    }

    /// `emissions.csv.bak`, then `emissions.csv.2.bak` and so on.
    private static func freeName(beside path: String) throws(Failure) -> String {
        for number in 1...999 {
            let name = number == 1 ? "\(path).bak" : "\(path).\(number).bak"
            if !FileSystem.exists(name) { return name }
        }
        throw Failure("store.create", "no free name for a copy of \(path)", remedy: "remove some of its .bak files")
    }
}

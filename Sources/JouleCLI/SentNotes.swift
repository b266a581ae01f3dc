import JouleModel
import JouleStore

/// Where services have a run, in a line each.
enum SentNotes {
    static func lines(of run: RunDirectory) -> [String] {
        // A record that cannot be read is no news here: what was not delivered is told by itself.
        let record = try? run.readIfPresent(ReporterRecord.self, from: ReporterRecord.file)
        return (record?.reporters ?? []).compactMap { entry in
            guard entry.status == .delivered, let kind = ReporterSpec.Kind(rawValue: entry.type), !kind.isFile else { return nil }
            return (entry.note ?? entry.destination).map { "\(entry.type): \($0)" }
        }
    }
}

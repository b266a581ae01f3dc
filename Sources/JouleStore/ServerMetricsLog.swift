import JouleModel
import JouleUnits

/// `server_metrics.csv`: `monotonic_ns,metric,value,error`, one row for each metric of each scrape; a scrape that failed is one row with
/// its reason and no metric. Not Sendable: owned by one recorder.
package final class ServerMetricsLog {
    package static let file = "server_metrics.csv"
    private static let header = "monotonic_ns,metric,value,error\n"
    private let log: AppendLog

    package init(in directory: RunDirectory) throws(Failure) {
        log = try AppendLog(path: directory.file(Self.file))
        try log.append { $0 += Array(Self.header.utf8) }
        try log.flush()
    }

    package func append(_ scrape: ServerMetrics.Scrape) throws(Failure) {
        let stamp = "\(scrape.instant.nanoseconds)"
        try log.append { buffer in
            if let failure = scrape.failure {
                let reason = failure.map { $0 == "," || $0.isNewline ? " " : $0 }
                buffer += Array("\(stamp),,,\(String(reason))\n".utf8)
            }
            for (name, value) in scrape.values.sorted(by: { $0.key < $1.key }) { buffer += Array("\(stamp),\(name),\(value),\n".utf8) }
        }
        try log.flush()
    }

    package func sync() throws(Failure) { try log.sync() }

    /// Reads the file back; nil when the run has none.
    static func read(_ directory: RunDirectory) throws(Failure) -> (metrics: ServerMetrics?, notes: [String]) {
        let path = directory.file(file)
        guard FileSystem.exists(path) else { return (nil, []) }
        let bytes = try FileSystem.read(path)
        var scrapes: [ServerMetrics.Scrape] = []
        var notes: [String] = []
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            if number == 1 || line.isEmpty { continue }
            let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 3, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count == 4, let nanoseconds = Int64(fields[0]), fields[1].isEmpty || Double(fields[2]) != nil else {
                guard line.endIndex == bytes.endIndex else {
                    throw Failure(
                        "store.row", "a line of \(file) cannot be read", source: SourcePlace(file: path, line: number, column: 1))
                }
                notes.append("\(file): the last line was cut off and is left out")
                continue
            }
            // A row that was cut inside its number may still read as one; only a line end makes it whole.
            guard line.endIndex < bytes.endIndex else {
                notes.append("\(file): the last line was cut off and is left out")
                continue
            }
            let instant = Instant(nanoseconds: nanoseconds)
            if scrapes.last?.instant != instant { scrapes.append(ServerMetrics.Scrape(instant: instant, values: [:])) }
            let last = scrapes.count - 1
            if fields[1].isEmpty {
                scrapes[last].failure = fields[3]
            } else if let value = Double(fields[2]) {
                scrapes[last].values[fields[1]] = value
            }
        }
        // Looks at the edges of phases come beside those of every second, and may be written before one that was begun earlier.
        return (ServerMetrics(scrapes: scrapes.sorted { $0.instant < $1.instant }), notes)
    }
}

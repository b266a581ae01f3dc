import Foundation
import JouleModel
import JouleUnits

/// The folder of one run: `results/raw/exp_YYYYMMDD_HHMMSS[-n]`.
package struct RunDirectory: Sendable, Hashable {
    package let id: String
    package let path: String

    package init(path: String) {
        self.path = path
        id = (path as NSString).lastPathComponent
    }

    /// Makes a new folder whose name is the UTC start time; a second run in the same second gets a number.
    package static func create(in results: String, unixSeconds: Double) throws(Failure) -> RunDirectory {
        let raw = results + "/raw"
        try FileSystem.createDirectory(raw)
        let stem = "exp_" + stamp(unixSeconds)
        for number in 1...999 {
            let name = number == 1 ? stem : "\(stem)-\(number)"
            let path = "\(raw)/\(name)"
            if mkdir(path, 0o755) == 0 { return RunDirectory(path: path) }
            guard errno == EEXIST else { throw FileSystem.failure("cannot create", path, errno) }
        }
        throw Failure("store.create", "no free run name below \(raw) for \(stem)")
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Where the sums over several workers of the run go, beside `raw`; nil for a folder that lies somewhere else.
    package var aggregateFile: String? {
        let raw = (path as NSString).deletingLastPathComponent as NSString
        guard raw.lastPathComponent == "raw" else { return nil }
        return (raw.deletingLastPathComponent as NSString).appendingPathComponent("aggregated/\(id).json")
    }

    package func write(_ value: some Encodable, to name: String) throws(Failure) {
        try FileSystem.write(try JSONText.encode(value), to: file(name))
    }

    package func write(text: String, to name: String) throws(Failure) { try FileSystem.write(text, to: file(name)) }

    package func read<Value: Decodable>(_ type: Value.Type, from name: String) throws(Failure) -> Value {
        try JSONText.decode(type, from: try FileSystem.read(file(name)), path: file(name))
    }

    package func readText(_ name: String) throws(Failure) -> String {
        String(decoding: try FileSystem.read(file(name)), as: UTF8.self)
    }

    /// What the server's metrics page said; nil when it was not read.
    package func readServerMetrics() throws(Failure) -> (metrics: ServerMetrics?, notes: [String]) { try ServerMetricsLog.read(self) }

    /// A file that not every run has.
    package func readIfPresent<Value: Decodable>(_ type: Value.Type, from name: String) throws(Failure) -> Value? {
        FileSystem.exists(file(name)) ? try read(type, from: name) : nil
    }

    /// What the run wrote down of samples and requests.
    package func readRecords(channels: [MeterChannel]) throws(Failure) -> (
        series: [SampleSeries], requests: [RequestTimeline], notes: [String]
    ) {
        var notes: [String] = []
        var series = channels.map { SampleSeries(channel: $0) }
        if FileSystem.exists(file("samples.csv")) {
            let (read, cut) = try SampleJournal.read(try FileSystem.read(file("samples.csv")), channels: channels, path: "samples.csv")
            series = read
            notes += cut
        }
        let (requests, cut) = try RequestLog.read(self)
        notes += cut
        return (series, requests, notes)
    }

    /// The requests that the run wrote down, and SHA-256 over their lines and chunks in hexadecimal.
    package func readRequests() throws(Failure) -> (requests: [RequestTimeline], digest: String) {
        let (requests, _) = try RequestLog.read(self)
        var bytes: [UInt8] = []
        for name in ["requests.jsonl", ChunkLayout.file] where FileSystem.exists(file(name)) { bytes += try FileSystem.read(file(name)) }
        return (requests, SHA256.hexDigest(of: bytes))
    }

    /// `20261121_093000` in UTC.
    private static func stamp(_ unixSeconds: Double) -> String {
        var time = time_t(unixSeconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        strftime(&buffer, buffer.count, "%Y%m%d_%H%M%S", &parts)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Space set aside at the start of a run, so that its end can be written even when the disk has filled up meanwhile.
package final class DiskReserve: Sendable {
    private let path: String
    private static let size = 512 * 1_024

    /// Fills a file of half a mebibyte.
    package init(in directory: RunDirectory) throws(Failure) {
        path = directory.file(".reserve")
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileSystem.failure("cannot create", path, errno) }
        defer { close(descriptor) }
        do throws(Failure) {
            try FileSystem.writeAll([UInt8](repeating: 0, count: Self.size), to: descriptor, path: path)
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Gives the space back; safe to call more than once.
    package func release() { unlink(path) }
}

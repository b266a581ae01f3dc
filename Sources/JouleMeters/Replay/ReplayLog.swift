import JouleModel
import JouleUnits

/// A power log taken elsewhere: its channels, and for each the rows in the order of time, counted from the first row of the file.
struct ReplayLog: Sendable {
    struct Track: Sendable {
        let channel: MeterChannel
        /// Instants count from the start of the log.
        let rows: [Sample]
        /// How long a row stays in force when no other follows: the analysis calls a longer silence a gap as well.
        let patience: Duration
    }

    let file: String
    let tracks: [Track]
    /// From the first row to the last, over all channels.
    let duration: Duration

    /// Reads a log; a file with lines that cannot be understood is refused, and the lines are named.
    static func load(file: String, gain: Double? = nil) throws(Failure) -> ReplayLog {
        let bytes: [UInt8]
        do {
            bytes = try HostFile.bytes(file)
        } catch {
            throw Failure("meter.csv-file", "the power log cannot be read", cause: error.reason, remedy: "check `file` of the csv meter")
        }
        return try ReplayLog(text: String(decoding: bytes, as: UTF8.self), file: file, gain: gain)
    }

    init(text: String, file: String, gain: Double?) throws(Failure) {
        let table = try LogTable(text: text, file: file)
        guard let first = table.rows.map(\.nanoseconds).min(), let last = table.rows.map(\.nanoseconds).max() else {
            throw Failure("meter.csv-file", "the power log has no rows", source: SourcePlace(file: file, line: 1, column: 1))
        }
        self.file = file
        duration = .nanoseconds(last - first)
        var order: [LogTable.Identity] = []
        var groups: [LogTable.Identity: [LogTable.Row]] = [:]
        for row in table.identifiedRows() {
            if groups[row.identity] == nil { order.append(row.identity) }
            groups[row.identity, default: []].append(row)
        }
        var covered: Set<String> = []
        tracks = order.map { identity in
            let place = "\(identity.scope.rawValue) \(identity.device)"
            return Self.track(
                identity, groups[identity] ?? [], start: first, gain: gain, isFirstOfPlace: covered.insert(place).inserted,
                remarks: table.remarks)
        }
    }

    private static func track(
        _ identity: LogTable.Identity, _ rows: [LogTable.Row], start: Int64, gain: Double?, isFirstOfPlace: Bool, remarks: [String]
    ) -> Track {
        var samples: [Sample] = []
        var dropped = 0
        for row in rows {
            var sample = row.sample
            sample.instant = Instant(nanoseconds: row.nanoseconds - start)
            if let last = samples.last, last.instant >= sample.instant {
                dropped += 1
            } else {
                samples.append(sample)
            }
        }
        let hasEnergy = samples.contains { $0.energy != nil }
        let hasPower = samples.contains { $0.power != nil }
        var notes = remarks
        if let meter = identity.meter { notes.append("recorded by \(meter)") }
        if dropped > 0 { notes.append("\(dropped) rows whose time does not advance are left out") }
        if !isFirstOfPlace { notes.append("another meter of the log covers the same device") }
        let channel = MeterChannel(
            meter: "csv", scope: identity.scope, device: identity.device, name: "\(identity.device) (log)", kind: .imported,
            hasEnergy: hasEnergy, hasPower: hasPower, gain: gain ?? ReplayMeter.gain,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "),
            countsInTotals: isFirstOfPlace && (hasEnergy || hasPower) && !identity.device.hasPrefix("process:"))
        return Track(channel: channel, rows: samples, patience: patience(of: samples))
    }

    /// `max(3 s, 5 periods)`.
    private static func patience(of rows: [Sample]) -> Duration {
        let distances = zip(rows.dropFirst(), rows).map { ($0.instant - $1.instant).nanoseconds }.sorted()
        guard !distances.isEmpty else { return .seconds(3) }
        return max(.seconds(3), .nanoseconds(distances[distances.count / 2]) * 5)
    }
}

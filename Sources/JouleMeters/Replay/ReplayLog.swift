import JouleModel
import JouleUnits

/// A power log taken elsewhere: its channels, and for each the rows in the order of time, counted from the first row of the file.
struct ReplayLog: Sendable {
    struct Track: Sendable {
        let channel: MeterChannel
        /// Instants count from the start of the log.
        let rows: [Sample]
        /// The usual time between two rows; nil with fewer than two.
        let period: Duration?
        /// Rows that were left out because their time did not advance.
        let dropped: Int

        /// How long a row stays in force when no other follows, `max(3 s, 5 periods)`: the analysis calls a longer silence a gap as well.
        var patience: Duration { max(.seconds(3), period.map { $0 * 5 } ?? .zero) }
    }

    let file: String
    let tracks: [Track]
    /// From the first row to the last, over all channels.
    let duration: Duration
    /// The time of the first row, in nanoseconds from the zero of `clock`.
    let start: Int64
    let clock: LogClock
    /// What was left out of the whole file.
    let remarks: [String]

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
        let times = table.rows.map(\.nanoseconds)
        guard let first = times.min(), let last = times.max(), let clock = table.clock else {
            throw Failure("meter.csv-file", "the power log has no rows", source: SourcePlace(file: file, line: 1, column: 1))
        }
        self.file = file
        duration = .nanoseconds(last - first)
        start = first
        self.clock = clock
        remarks = table.remarks
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
                identity, groups[identity] ?? [], start: first, gain: gain ?? Self.gain(of: identity, in: table),
                isFirstOfPlace: covered.insert(place).inserted,
                remarks: table.remarks)
        }
    }

    private static func gain(of identity: LogTable.Identity, in table: LogTable) -> Double {
        identity.isModelled ? ReplayMeter.modelGain : table.gain
    }

    private static func track(
        _ identity: LogTable.Identity, _ rows: [LogTable.Row], start: Int64, gain: Double, isFirstOfPlace: Bool, remarks: [String]
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
            meter: "csv", scope: identity.scope, device: identity.device, name: "\(identity.device) (log)",
            kind: identity.kind, hasEnergy: hasEnergy, hasPower: hasPower, gain: gain,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "),
            countsInTotals: isFirstOfPlace && (hasEnergy || hasPower) && !identity.device.hasPrefix("process:"))
        return Track(channel: channel, rows: samples, period: period(of: samples), dropped: dropped)
    }

    private static func period(of rows: [Sample]) -> Duration? {
        let distances = zip(rows.dropFirst(), rows).map { ($0.instant - $1.instant).nanoseconds }.sorted()
        return distances.isEmpty ? nil : .nanoseconds(distances[distances.count / 2])
    }
}

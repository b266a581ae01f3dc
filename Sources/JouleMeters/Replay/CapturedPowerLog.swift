import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A power log taken elsewhere, to be set against requests that were logged elsewhere too.
///
/// Reads what `ReplayMeter` reads: the CSV of `log-power`, of `nvidia-smi`, of the older toolkit, MLPerf's `spl.txt`, plain columns of time
/// and power, and `samples.csv`, whose times say nothing of the wall clock.
package struct CapturedPowerLog: Sendable {
    package let file: String
    /// One series for each device. The instants are nanoseconds since 1970 where `clock` is `unix`, else from the zero that it names.
    package let series: [SampleSeries]
    /// `unix`, `relative` or `monotonic`; local times have become `unix`.
    package let clock: LogClock
    /// The zone in which times without one were read; nil where the file leaves nothing open.
    package let assumedOffset: UTCOffset?
    /// The usual time between two rows of the slowest device.
    package let samplePeriod: Duration
    /// What was left out or assumed on reading.
    package let notes: [String]

    /// Reads a log; one with lines that cannot be understood is refused, and the lines are named.
    ///
    /// - Parameter offset: the zone of times that name none, as those of `nvidia-smi` and `spl.txt`; by default this machine's zone at the
    ///   log's first row. It holds for the whole file: a log over a change of summer time shows a gap there.
    package static func read(file: String, offset: UTCOffset? = nil) throws(Failure) -> CapturedPowerLog {
        let bytes: [UInt8]
        do {
            bytes = try HostFile.bytes(file)
        } catch {
            throw Failure("import.file", "the power log cannot be read", cause: error.reason)
        }
        return try CapturedPowerLog(text: String(decoding: bytes, as: UTF8.self), file: file, offset: offset)
    }

    init(text: String, file: String, offset: UTCOffset?) throws(Failure) {
        let log: ReplayLog
        do {
            log = try ReplayLog(text: text, file: file, gain: nil)
        } catch {
            throw Failure("import.power-log", error.message, cause: error.cause, remedy: error.remedy, source: error.source)
        }
        let zone = log.clock == .local ? offset ?? .ofThisMachine(local: log.start / 1_000_000_000) : nil
        let start = Instant(nanoseconds: log.start - (zone?.nanoseconds ?? 0))
        self.file = file
        clock = log.clock == .local ? .unix : log.clock
        assumedOffset = zone
        samplePeriod = log.tracks.compactMap(\.period).max() ?? .seconds(1)
        series = log.tracks.map { Self.series(of: $0, start: start) }
        var notes = log.remarks.map { "\(file): \($0)" }
        for track in log.tracks where track.dropped > 0 {
            notes.append("\(file): \(track.dropped) rows of \(track.channel.device) whose time does not advance are left out")
        }
        if let zone, offset == nil { notes.append("\(file): its times name no zone and are read as UTC\(zone), this machine's own") }
        self.notes = notes
    }

    private init(_ log: CapturedPowerLog, series: [SampleSeries]) {
        file = log.file
        self.series = series
        clock = log.clock
        assumedOffset = log.assumedOffset
        samplePeriod = log.samplePeriod
        notes = log.notes
    }

    /// A row without power and energy is kept as a read that failed: the device was there, and its figure was not.
    private static func series(of track: ReplayLog.Track, start: Instant) -> SampleSeries {
        let isMeter = track.channel.hasPower || track.channel.hasEnergy
        return SampleSeries(
            channel: track.channel,
            samples: track.rows.map { row in
                var sample = row
                sample.instant = start + (row.instant - Instant(nanoseconds: 0))
                if isMeter, sample.status.isOK, sample.power == nil, sample.energy == nil {
                    sample.status = .retry("no power in the log")
                }
                return sample
            })
    }

    /// From the first good reading to the last, over all devices that count; nil without any.
    package var span: Range<Instant>? {
        let instants = metered.flatMap { $0.samples.lazy.filter(\.status.isOK).map(\.instant) }
        guard let first = instants.min(), let last = instants.max(), first < last else { return nil }
        return first..<last
    }

    private var metered: [SampleSeries] { series.filter(\.channel.countsInTotals) }

    // MARK: Beside another log

    /// Makes sure that the log and some requests happened at the same time, by their own stamps.
    ///
    /// - Parameter requests: from the first request's start to the last one's end, on the clock that their log names.
    /// - Returns: what had to be assumed; nil when both clocks are the Unix clock.
    package func align(with requests: Range<Instant>) throws(Failure) -> String? {
        let requestClock = LogClock(seconds: Double(requests.lowerBound.nanoseconds) / 1e9)
        guard clock != .monotonic else {
            throw Failure(
                "import.clocks", "the power log's times are of a monotonic clock and cannot be set against the requests",
                remedy:
                    "samples.csv needs the rest of its run: `joulebench analyze RUN` with the run's folder; `joulebench log-power` writes Unix times",
                source: SourcePlace(file: file, line: 1, column: 1))
        }
        guard let span else {
            throw Failure(
                "import.power-log", "the power log has no two readings at different times",
                source: SourcePlace(file: file, line: 1, column: 1))
        }
        guard clock == requestClock else {
            let (own, other) = clock == .unix ? ("requests count", "power log") : ("power log counts", "requests")
            throw Failure(
                "import.clocks", "the \(own) from a zero of its own, the \(other) from 1970", cause: ranges(span, requests),
                remedy: "write both logs with Unix times, or add the Unix time of its zero to the one that has none")
        }
        guard span.overlaps(requests) else {
            throw Failure(
                "import.clocks", "the power log and the requests do not overlap in time", cause: ranges(span, requests),
                remedy: remedy(span, requests))
        }
        return clock == .relative ? "both logs count from zeros of their own, which are taken to be one" : nil
    }

    /// The log cut down to the scopes of another one, as a baseline for it.
    ///
    /// A baseline of fewer devices than were metered, or more, is refused: it would be another machine's.
    package func baseline(for log: CapturedPowerLog) throws(Failure) -> CapturedPowerLog {
        let wanted = Self.deviceCounts(log.metered)
        let kept = metered.filter { wanted[$0.channel.scope] != nil }
        let found = Self.deviceCounts(kept)
        guard found == wanted else {
            throw Failure(
                "import.idle-log", "the idle log does not cover what the power log covers",
                cause: "idle log: \(Self.text(Self.deviceCounts(metered))); power log: \(Self.text(wanted))",
                remedy: "log the same devices at idle, or give the idle power with `--idle-power W`",
                source: SourcePlace(file: file, line: 1, column: 1))
        }
        return CapturedPowerLog(self, series: kept)
    }

    private static func deviceCounts(_ series: [SampleSeries]) -> [Scope: Int] {
        Dictionary(series.map { ($0.channel.scope, 1) }, uniquingKeysWith: +)
    }

    private static func text(_ counts: [Scope: Int]) -> String {
        let parts = Scope.allCases.compactMap { scope in counts[scope].map { "\($0) × \(scope.rawValue)" } }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    // MARK: Words

    private func ranges(_ power: Range<Instant>, _ requests: Range<Instant>) -> String {
        "power log: \(Self.text(power))\nrequests: \(Self.text(requests))"
    }

    private static func text(_ range: Range<Instant>) -> String { "\(text(range.lowerBound)) to \(text(range.upperBound))" }

    private static func text(_ instant: Instant) -> String {
        let seconds = instant.nanoseconds / 1_000_000_000
        guard LogClock(seconds: Double(seconds)) == .unix else { return "\((Double(instant.nanoseconds) / 1e9 * 1e3).rounded() / 1e3) s" }
        var time = time_t(seconds)
        var fields = tm()
        gmtime_r(&time, &fields)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(fields.tm_year + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday))"
        return "\(date) \(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec)) UTC"
    }

    private func remedy(_ power: Range<Instant>, _ requests: Range<Instant>) -> String {
        guard let assumedOffset else { return "check that both logs are of one run, and that the clocks of their machines agree" }
        // Zones differ by whole quarters of an hour, most of them by whole hours; the nearest that fits is the likeliest.
        let quarters = (1...104).flatMap { [15 * $0, -15 * $0] }
        let shifts = quarters.filter { $0.isMultiple(of: 60) } + quarters.filter { !$0.isMultiple(of: 60) }
        let fitting = shifts.first { shift in
            let begin = power.lowerBound - .seconds(60 * shift)
            let end = power.upperBound - .seconds(60 * shift)
            return abs(assumedOffset.minutes + shift) <= 14 * 60 && begin <= requests.lowerBound && requests.upperBound <= end
        }
        guard let fitting else {
            return
                "the power log's times name no zone and were read as UTC\(assumedOffset); if they are of another one, say `--utc-offset ±HH:MM`"
        }
        let offset = UTCOffset(minutes: assumedOffset.minutes + fitting)
        return "the power log's times name no zone and were read as UTC\(assumedOffset); with `--utc-offset \(offset)` the two would match"
    }
}

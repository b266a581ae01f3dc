#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the times of a log count from.
package enum LogClock: Hashable, Sendable {
    /// 1970-01-01T00:00:00Z: numbers of that size, and dates with a zone.
    case unix
    /// Dates without a zone, as `nvidia-smi` and MLPerf's power recorder write them; read as if their zone were UTC.
    case local
    /// A zero of the log's own, such as its first row.
    case relative
    /// The monotonic clock of the machine that wrote it (`samples.csv`), which starts with the machine.
    case monotonic

    /// Bare seconds below three years count from a zero of their own: nobody logged power before 1973.
    init(seconds: Double) { self = abs(seconds) < 1e8 ? .relative : .unix }
}

/// A moment as a log names it.
struct LogTime: Equatable {
    /// From the zero of `clock`.
    let nanoseconds: Int64
    let clock: LogClock

    /// Nanoseconds of a monotonic clock.
    init?(monotonic field: String) {
        guard let nanoseconds = Int64(field), 0..<4_500_000_000_000_000_000 ~= nanoseconds else { return nil }
        self.nanoseconds = nanoseconds
        clock = .monotonic
    }

    /// Reads seconds as a number, `2026/01/31 12:00:00.123`, `01-31-2026 12:00:00.123` (MLPerf) and `2026-01-31T12:00:00.123Z` (also
    /// with `+01:00`).
    init?(_ field: String) {
        if let seconds = Double(field) {
            // Up to the year 2112, so that the difference of any two times can be counted in nanoseconds.
            guard seconds.isFinite, abs(seconds) < 4.5e9 else { return nil }
            // A product with 1e9 would round seconds since 1970 to a quarter of a microsecond.
            let whole = seconds.rounded(.down)
            nanoseconds = Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1e9).rounded())
            clock = LogClock(seconds: seconds)
            return
        }
        let parts = field.split(whereSeparator: { $0 == "T" || $0 == " " })
        guard parts.count == 2, let days = Self.days(parts[0]) else { return nil }
        var time = parts[1]
        var offset: UTCOffset?
        if let zone = time.lastIndex(where: { $0 == "Z" || $0 == "+" || $0 == "-" }) {
            guard let read = UTCOffset(String(time[zone...])) else { return nil }
            offset = read
            time = time[..<zone]
        }
        let units = time.split(separator: ":", omittingEmptySubsequences: false)
        guard units.count == 3, let hours = Int(units[0]), let minutes = Int(units[1]), let seconds = Double(units[2]),
            0..<24 ~= hours, 0..<60 ~= minutes, 0..<61 ~= seconds
        else { return nil }
        let whole = days * 86_400 + hours * 3_600 + minutes * 60
        nanoseconds = Int64(whole) * 1_000_000_000 + Int64((seconds * 1e9).rounded()) - (offset?.nanoseconds ?? 0)
        clock = offset == nil ? .local : .unix
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted from March so that the leap day comes last.
    private static func days(_ date: Substring) -> Int? {
        var numbers = date.split(whereSeparator: { $0 == "/" || $0 == "-" }).compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        // With the year at the end the month comes first, as MLPerf's power recorder writes it.
        if numbers[2] > 31 { numbers = [numbers[2], numbers[0], numbers[1]] }
        guard 1970...2100 ~= numbers[0], 1...12 ~= numbers[1], 1...31 ~= numbers[2] else { return nil }
        let (month, day) = (numbers[1], numbers[2])
        let year = month <= 2 ? numbers[0] - 1 : numbers[0]
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

/// How far a zone's clocks are ahead of UTC.
package struct UTCOffset: Hashable, Sendable, CustomStringConvertible {
    package let minutes: Int

    package init(minutes: Int) { self.minutes = minutes }

    /// Reads `+02:00`, `-0530`, `+2`, `Z`; nil for anything else and for more than 18 hours.
    package init?(_ text: String) {
        if text == "Z" || text == "UTC" {
            minutes = 0
            return
        }
        guard let sign = text.first, sign == "+" || sign == "-", text.dropFirst().first?.isNumber == true else { return nil }
        let digits = text.dropFirst()
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        let halves = parts.count == 1 && digits.count == 4 ? [digits.prefix(2), digits.suffix(2)] : parts
        let numbers = halves.compactMap { Int($0) }
        guard numbers.count == halves.count, 1...2 ~= numbers.count, 0...18 ~= numbers[0] else { return nil }
        let rest = numbers.count == 2 ? numbers[1] : 0
        guard 0..<60 ~= rest else { return nil }
        minutes = (numbers[0] * 60 + rest) * (sign == "-" ? -1 : 1)
    }

    /// What this machine's zone had at a moment.
    ///
    /// - Parameter local: the moment as the zone's own clocks showed it, in seconds from 1970-01-01 00:00 of that zone.
    static func ofThisMachine(local: Int64) -> UTCOffset {
        var wall = time_t(local)
        var fields = tm()
        gmtime_r(&wall, &fields)
        // Whether summer time was in force is for the zone's rules to say.
        fields.tm_isdst = -1
        return UTCOffset(minutes: Int(local - Int64(mktime(&fields))) / 60)
    }

    var nanoseconds: Int64 { Int64(minutes) * 60_000_000_000 }

    /// `+02:00`.
    package var description: String {
        let (hours, rest) = minutes.magnitude.quotientAndRemainder(dividingBy: 60)
        return "\(minutes < 0 ? "-" : "+")\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }
}

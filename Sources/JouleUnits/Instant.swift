#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A point on the monotonic clock, in nanoseconds; the only clock that durations, schedules and windows are made of.
///
/// On Linux this is `CLOCK_MONOTONIC`, on macOS `CLOCK_UPTIME_RAW`: the clock behind Swift's `SuspendingClock` and Python's
/// `time.monotonic_ns()`, so stamps of the worker and of the sampler share an axis.
package struct Instant: Comparable, Hashable, Sendable, Codable {
    package let nanoseconds: Int64
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    #if canImport(Darwin)
    package static let clockID = CLOCK_UPTIME_RAW
    #else
    package static let clockID = CLOCK_MONOTONIC
    #endif

    /// Now, on the monotonic clock.
    package static var now: Instant { Instant(nanoseconds: readClock(clockID)) }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    /// What lies beyond the range stays at its end: stamps that come from elsewhere may be anything.
    package static func + (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds.saturatingAdd(right.nanoseconds))
    }
    package static func - (left: Instant, right: Duration) -> Instant {
        Instant(nanoseconds: left.nanoseconds.saturatingSubtract(right.nanoseconds))
    }
    package static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds.saturatingSubtract(right.nanoseconds))
    }

    /// Whether it can be a reading of a clock: within 146 years of the clock's zero.
    package var isPlausible: Bool { nanoseconds.magnitude < Int64.max.magnitude / 2 }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        nanoseconds = try container.decode(Int64.self)
        // The last of all instants stands for "without end".
        guard isPlausible || nanoseconds == .max else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(nanoseconds) ns is no reading of a clock")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}

/// Nanoseconds on a POSIX clock.
package func readClock(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }

    /// The duration in whole nanoseconds, rounded towards zero.
    package var nanoseconds: Int64 {
        let parts = components
        return parts.seconds.saturatingMultiply(1_000_000_000).saturatingAdd(parts.attoseconds / 1_000_000_000)
    }

    package var milliseconds: Double { seconds * 1e3 }

    /// A year and a day: longer than anything that is asked for, and safely inside 64 bits of nanoseconds.
    package static let longestAsked: Duration = .seconds(366 * 86_400)
}

extension Range<Instant> {
    /// The length of the window.
    package var duration: Duration { upperBound - lowerBound }
}

/// One moment read on both clocks, from which wall-clock times of a run are derived: a step of the wall clock changes nothing.
package struct ClockAnchor: Hashable, Sendable, Codable {
    package let monotonic: Instant
    /// Seconds since 1970-01-01T00:00:00Z at the same moment.
    package let unixSeconds: Double
    /// Nanoseconds on the clock that also runs while the machine sleeps (Linux `CLOCK_BOOTTIME`).
    package let bootNanoseconds: Int64

    package init(monotonic: Instant, unixSeconds: Double, bootNanoseconds: Int64) {
        self.monotonic = monotonic
        self.unixSeconds = unixSeconds
        self.bootNanoseconds = bootNanoseconds
    }

    /// Reads both clocks within a microsecond or so of each other.
    package static var now: ClockAnchor {
        let before = Instant.now
        let unix = readClock(CLOCK_REALTIME)
        #if canImport(Darwin)
        let boot = readClock(CLOCK_MONOTONIC_RAW)
        #else
        let boot = readClock(CLOCK_BOOTTIME)
        #endif
        let middle = Instant(nanoseconds: before.nanoseconds + (Instant.now.nanoseconds - before.nanoseconds) / 2)
        return ClockAnchor(monotonic: middle, unixSeconds: Double(unix) * 1e-9, bootNanoseconds: boot)
    }

    /// The wall-clock time of an instant, in seconds since 1970.
    package func unixSeconds(at instant: Instant) -> Double { unixSeconds + (instant - monotonic).seconds }

    private enum CodingKeys: String, CodingKey {
        case monotonic = "monotonic_ns"
        case unixSeconds = "unix_seconds"
        case bootNanoseconds = "boot_ns"
    }
}

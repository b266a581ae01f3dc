import JouleModel
import JouleUnits

/// When the requests of an open loop are due, made in advance: a pure function of the load and the seed, with the same bits on every machine.
///
/// The times between arrivals are drawn at unit rate and carried through the inverse of the integrated rate. What comes out is never
/// stretched to hit a total: at a given rate and duration the number of arrivals varies from seed to seed as the process says.
///
/// Where it starts: `constant` has its first arrival at 0, so that a duration D holds rate · D of them; `poisson` and `gamma` have
/// theirs one drawn distance after 0, so that their number in D has the right distribution; `burst` has all at 0; a trace begins with its
/// earliest entry at 0.
package struct ArrivalSchedule: Hashable, Sendable {
    /// More than this is taken for a mistake in a unit.
    package static let greatestCount = 20_000_000
    /// Seconds; an arrival after this is taken for a mistake in a unit.
    private static let latest = 1e9

    /// From the start of the phase, in whole nanoseconds, ascending.
    package let offsets: [Duration]

    package var count: Int { offsets.count }

    /// The arrivals of a recorded trace that both stop rules let through.
    package init(trace: ArrivalTrace, stop: StopRule) {
        offsets = trace.entries.prefix(stop.requests ?? trace.entries.count).map(\.offset).filter { offset in
            stop.duration.map { offset < $0 } ?? true
        }
    }

    /// The arrivals of a process. Ends before the first of its stop rules that is met: arrivals lie before the duration, and are at most
    /// as many as the count.
    ///
    /// - Throws: `load.rate`, `load.burstiness`, `load.ramp` for values that make no process, `load.unbounded` without a stop rule,
    ///   `load.too-many-arrivals`, `load.too-slow` for schedules that nobody can mean.
    package init(load: LoadSpec, stop: StopRule, seed: UInt64, stream: RandomStream = .arrivals) throws(Failure) {
        guard stop.requests != nil || stop.duration != nil else {
            throw Failure("load.unbounded", "nothing says when the sending ends", remedy: "set load.requests or load.duration")
        }
        let profile: RateProfile
        switch load.arrival {
        case .constant, .poisson, .gamma: profile = try Self.profile(of: load, stop: stop)
        case .burst:
            guard let count = stop.requests else {
                throw Failure("load.unbounded", "a burst sends all requests at once and has no count", remedy: "set load.requests")
            }
            guard count <= Self.greatestCount else { throw Self.tooMany }
            offsets = [Duration](repeating: .zero, count: count)
            return
        case .sequential, .closed, .trace:
            throw Failure(
                "load.no-process", "`\(load.arrival.rawValue)` has no schedule of its own",
                remedy: "choose constant, poisson, gamma or burst as load.arrival")
        }
        offsets = try Self.offsets(load, profile, stop: stop, generator: SeededGenerator(seed: seed, stream: stream))
    }

    /// Says whether two runs had the same arrivals: SHA-256 of the offsets as 64-bit nanoseconds, least byte first, in hexadecimal.
    package var digest: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(offsets.count * 8)
        for offset in offsets {
            let value = UInt64(bitPattern: offset.nanoseconds)
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
        }
        return SHA256.hexDigest(of: bytes)
    }

    private static func offsets(
        _ load: LoadSpec, _ profile: RateProfile, stop: StopRule, generator: SeededGenerator
    ) throws(Failure) -> [Duration] {
        var generator = generator
        var offsets: [Duration] = []
        let end = stop.duration?.nanoseconds
        var operational = 0.0
        var previous: Int64 = 0
        while offsets.count < stop.requests ?? .max {
            switch load.arrival {
            // Counted, not added up, so that no rounding gathers.
            case .constant: operational = Double(offsets.count)
            // vLLM's burstiness: gamma with shape b and scale 1/(rate · b); here at unit rate, and exponential where b is 1.
            case .gamma where load.burstiness != 1: operational += generator.gamma(shape: load.burstiness) / load.burstiness
            case .gamma, .poisson, .burst, .sequential, .closed, .trace: operational += generator.exponential()
            }
            guard let time = profile.time(ofExpected: operational) else { break }
            if end == nil && time > latest {
                throw Failure(
                    "load.too-slow", "arrival \(offsets.count + 1) would come after more than thirty years",
                    remedy: "rates are arrivals a second: write 0.5/s, 64/s or 30/min")
            }
            if let end, time * 1e9 >= Double(end) { break }
            let rounded = (time * 1e9).rounded()
            if let end, rounded >= Double(end) { break }
            guard offsets.count < greatestCount else { throw tooMany }
            // The last bit of a logarithm may put a later arrival before an earlier one.
            previous = max(previous, Int64(rounded))
            offsets.append(.nanoseconds(previous))
        }
        return offsets
    }

    private static func profile(of load: LoadSpec, stop: StopRule) throws(Failure) -> RateProfile {
        if load.arrival == .gamma {
            guard load.burstiness.isFinite, load.burstiness >= 0.01, load.burstiness <= 1e6 else {
                throw Failure(
                    "load.burstiness", "burstiness is \(load.burstiness), and must lie between 0.01 and 1000000",
                    remedy: "1 is Poisson, less comes in bursts, more is steadier")
            }
        }
        if let ramp = load.ramp { return try profile(of: ramp, rate: load.rate, stop: stop) }
        guard let rate = load.rate else {
            throw Failure(
                "load.no-rate", "`\(load.arrival.rawValue)` arrivals need a rate",
                remedy: "set load.rate, such as 64/s, or send in a closed loop with load.concurrency")
        }
        guard rate.isFinite, rate > 0 else {
            throw Failure(
                "load.rate", "the rate is \(rate) a second, and must be above 0",
                remedy: rate == .infinity ? "for all requests at once set load.arrival: burst" : "set load.rate, such as 64/s")
        }
        return RateProfile(rate: rate)
    }

    private static func profile(of ramp: LoadSpec.Ramp, rate: Double?, stop: StopRule) throws(Failure) -> RateProfile {
        if let rate, rate != ramp.to {
            throw Failure(
                "load.ramp", "the rate is \(rate) a second and the ramp ends at \(ramp.to)",
                remedy: "leave out load.rate: after the ramp its last rate stays")
        }
        guard ramp.from.isFinite, ramp.to.isFinite, ramp.from >= 0, ramp.to >= 0, ramp.from + ramp.to > 0 else {
            throw Failure(
                "load.ramp", "a ramp cannot go from \(ramp.from) to \(ramp.to) a second",
                remedy: "neither rate may be below 0, nor both be 0")
        }
        if ramp.shape == .exponential {
            guard ramp.from > 0, ramp.to > 0 else {
                throw Failure(
                    "load.ramp", "an exponential ramp never leaves or reaches 0",
                    remedy: "give both ends a rate above 0, or use a linear ramp")
            }
        }
        if let over = ramp.over {
            guard over > .zero else {
                throw Failure(
                    "load.ramp", "the ramp takes \(over)", remedy: "give it a time above 0, or leave `over` out for the whole run")
            }
        }
        return RateProfile(ramp: ramp, duration: stop.duration, count: stop.requests)
    }

    private static var tooMany: Failure {
        Failure(
            "load.too-many-arrivals", "the schedule would have more than \(greatestCount) arrivals",
            remedy: "rates are arrivals a second; lower load.rate, load.requests or load.duration")
    }
}

/// When no more requests are sent: at the first rule that is met. Both nil: never.
package struct StopRule: Hashable, Sendable {
    package var requests: Int?
    /// From the start of the phase.
    package var duration: Duration?

    package init(requests: Int? = nil, duration: Duration? = nil) {
        self.requests = requests
        self.duration = duration
    }
}

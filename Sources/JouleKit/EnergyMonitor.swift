import JouleMeters
import JouleModel
import JouleRunner
import JouleUnits

/// Measures the energy of code regions with every meter of this machine.
///
/// ```swift
/// let monitor = try await EnergyMonitor()
/// let energy = try await monitor.measure { try await model.answer(prompt) }
/// print(energy.joules, "±", energy.plusMinusJoules, energy.method)
/// await monitor.stop()
/// ```
///
/// Meters are read by a thread of their own, from the creation of the monitor until `stop`. Windows may overlap and nest.
public final class EnergyMonitor: Sendable {
    private let session: MeasurementSession

    /// Opens the meters and starts sampling.
    ///
    /// - Parameters:
    ///   - meters: names of meters to read that need no options (`nvml`, `amd`, `rapl`, `hwmon`, `jetson`, `model` …); empty for the best of each scope.
    ///   - samplePeriod: time between samples.
    /// - Throws: ``KitError`` for an unknown meter, or a GPU selection that names no GPU.
    public init(meters: [String] = [], samplePeriod: Duration = .milliseconds(100)) async throws {
        var metrics = MetricsSpec()
        metrics.samplePeriod = samplePeriod
        metrics.meters = try meters.map { name in
            guard let family = MeterSelector.Family(rawValue: name), !family.needsOptions else {
                throw KitError([Failure("usage.meters", "`\(name)` is no meter", remedy: "`joulebench meters` lists them")])
            }
            return MeterSelector(family)
        }
        let settings = metrics
        session = try await KitError.translating {
            let selection = try await MeterSelection.discover(metrics: settings, deviceIDs: nil, host: .current)
            return MeasurementSession(selection, period: samplePeriod)
        }
        await session.drain()
    }

    /// An edge of a window, now: nanoseconds on the monotonic clock.
    ///
    /// Cheap enough to be called between two statements; the energy is asked for afterwards, with ``energy(from:to:)``.
    public func mark() -> EnergyMark { EnergyMark(instant: session.edge()) }

    /// The energy between two marks, once the meters have been read behind the second.
    public func energy(from start: EnergyMark, to end: EnergyMark) async -> WindowEnergyReport {
        await session.settle(end.instant)
        return WindowEnergyReport(ledger: await session.ledger(of: start.instant..<max(end.instant, start.instant + .nanoseconds(1))))
    }

    /// The energy that `body` took.
    public func measure(_ body: () async throws -> Void) async rethrows -> WindowEnergyReport {
        let start = mark()
        try await body()
        return await energy(from: start, to: mark())
    }

    /// Ends sampling. Windows that ended before it can still be asked for.
    public func stop() async { await session.stop() }
}

/// A moment on the monotonic clock.
public struct EnergyMark: Sendable, Hashable, Comparable {
    let instant: Instant
    /// Nanoseconds on the monotonic clock (`CLOCK_MONOTONIC`; `CLOCK_UPTIME_RAW` on macOS).
    public var nanoseconds: Int64 { instant.nanoseconds }
    public static func < (left: EnergyMark, right: EnergyMark) -> Bool { left.instant < right.instant }
}

/// The energy of one window: the total over all scopes that add up, and every device for itself.
public struct WindowEnergyReport: Sendable, Hashable {
    /// One device.
    public struct Entry: Sendable, Hashable {
        /// `gpu`, `package`, `dram`, …
        public let scope: String
        /// UUID or name of the device.
        public let device: String
        /// The machine that the device is in, where an agent measures it; nil for this one.
        public let host: String?
        /// Joules; nil when there is no energy, and then ``reason`` says why.
        public let joules: Double?
        /// Half the 95 % interval, joules.
        public let plusMinusJoules: Double?
        public let meanWatts: Double?
        /// `measured-counter`, `measured-power`, `modelled` or `unavailable`.
        public let method: String
        public let reason: String?
    }

    /// Joules of ``scope``: for `system` the sum of siblings, no scope counted twice. Nil when a part is missing; ``reason`` says which.
    public let joules: Double?
    /// Half the 95 % interval, joules.
    public let plusMinusJoules: Double?
    /// `system`, or `node` or `facility` where nothing but the whole is metered.
    public let scope: String
    /// The weakest method among the parts.
    public let method: String
    public let reason: String?
    /// Length of the window in seconds.
    public let seconds: Double
    public let entries: [Entry]

    init(ledger: Ledger) {
        let total = ledger.total(of: ledger.whole)
        scope = ledger.whole.rawValue
        joules = total.value?.value.rawValue
        plusMinusJoules = total.value?.plusMinus?.rawValue
        method = (total.value?.method ?? .unavailable).rawValue
        reason = total.reason
        seconds = ledger.window.duration.seconds
        entries = ledger.entries.map {
            Entry(
                scope: $0.scope.rawValue, device: $0.device, host: $0.host, joules: $0.energy?.rawValue,
                plusMinusJoules: $0.plusMinus?.rawValue,
                meanWatts: $0.meanPower?.rawValue, method: $0.method.rawValue, reason: $0.reason)
        }
    }
}

import JouleUnits

/// The lengths of the phases.
package struct PhasesSpec: Hashable, Sendable {
    package enum Preset: String, Sendable, Hashable, CaseIterable {
        case quick
        /// The protocol for results that are to be quoted: long idle, warm-up and measurement.
        case full = "protocol"
        case none
    }

    package var preset: Preset
    package var idleHost: Duration
    package var idleLoaded: Duration
    /// Requests before the measurement, where no time is given for it.
    package var warmupRequests: Int
    /// How long the warm-up lasts; nil goes by `warmupRequests`.
    package var warmup: Duration?
    /// Arrivals a second in an open-loop warm-up of a given length.
    package var warmupRate: Double
    /// Requests in flight in a closed-loop warm-up of a given length; nil means half of the load's.
    package var warmupConcurrency: Int?
    /// How long requests are sent; nil goes by `load.duration` or the number of requests.
    package var measure: Duration?
    /// The longest that is waited for answers after the last request was sent.
    package var drain: Duration
    package var cooldown: Duration

    package init(
        preset: Preset, idleHost: Duration, idleLoaded: Duration, warmupRequests: Int, warmup: Duration? = nil, warmupRate: Double = 10,
        warmupConcurrency: Int? = nil, measure: Duration? = nil, drain: Duration = .seconds(60), cooldown: Duration
    ) {
        self.preset = preset
        self.idleHost = idleHost
        self.idleLoaded = idleLoaded
        self.warmupRequests = warmupRequests
        self.warmup = warmup
        self.warmupRate = warmupRate
        self.warmupConcurrency = warmupConcurrency
        self.measure = measure
        self.drain = drain
        self.cooldown = cooldown
    }

    /// 5 s idle, three warm-up requests, 5 s cool-down.
    package static let quick = PhasesSpec(
        preset: .quick, idleHost: .seconds(5), idleLoaded: .seconds(5), warmupRequests: 3, cooldown: .seconds(5))
    /// 120 s idle, 120 s of warm-up, 600 s of measurement, 60 s of cool-down.
    package static let full = PhasesSpec(
        preset: .full, idleHost: .seconds(120), idleLoaded: .seconds(120), warmupRequests: 0, warmup: .seconds(120),
        measure: .seconds(600), cooldown: .seconds(60))
    /// Straight to the measurement: no baseline, so no net energy.
    package static let none = PhasesSpec(preset: .none, idleHost: .zero, idleLoaded: .zero, warmupRequests: 0, cooldown: .zero)
}

import JouleUnits

/// The phases of a run, in their order.
package enum Phase: String, Codable, Sendable, CaseIterable, Hashable {
    case idleHost = "idle_host"
    case load
    case idleLoaded = "idle_loaded"
    case warmup
    case measure
    case drain
    case cooldown

    /// How the phase is called in running text and in charts.
    package var label: String {
        switch self {
        case .idleHost: "idle host"
        case .load: "load"
        case .idleLoaded: "idle loaded"
        case .warmup: "warm-up"
        case .measure: "measure"
        case .drain: "drain"
        case .cooldown: "cool-down"
        }
    }
}

/// A phase with its window; the end is nil while it lasts, or when the tool was killed in it.
package struct PhaseSpan: Hashable, Sendable, Codable {
    package let phase: Phase
    package let start: Instant
    package var end: Instant?

    package init(phase: Phase, start: Instant, end: Instant? = nil) {
        self.phase = phase
        self.start = start
        self.end = end
    }

    package var window: Range<Instant>? {
        guard let end, end > start else { return nil }
        return start..<end
    }

    private enum CodingKeys: String, CodingKey {
        case phase
        case start = "start_ns"
        case end = "end_ns"
    }
}

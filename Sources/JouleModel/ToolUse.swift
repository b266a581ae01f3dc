import JouleUnits

/// What this program used over some time, by the kernel's account of it: all its threads, none of its children.
package struct ToolUse: Hashable, Sendable, Codable {
    package var durationSeconds: Double
    /// User and system.
    package var cpuSeconds: Double
    /// Times a thread waited and was woken again.
    package var voluntarySwitches: Int
    /// Times a thread was taken from its processor for another.
    package var involuntarySwitches: Int
    /// The largest resident set since the program began; nil where it cannot be read.
    package var peakResident: ByteCount?

    package init(
        durationSeconds: Double, cpuSeconds: Double, voluntarySwitches: Int, involuntarySwitches: Int, peakResident: ByteCount?
    ) {
        self.durationSeconds = durationSeconds
        self.cpuSeconds = cpuSeconds
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.peakResident = peakResident
    }

    /// Processor time over wall time in percent: 100 is one core all the time. nil when no time has passed.
    package var corePercent: Double? { durationSeconds > 0 ? cpuSeconds / durationSeconds * 100 : nil }
    package var wakeUpsPerSecond: Double? { durationSeconds > 0 ? Double(voluntarySwitches) / durationSeconds : nil }

    private enum CodingKeys: String, CodingKey {
        case durationSeconds = "duration_seconds"
        case cpuSeconds = "cpu_seconds"
        case corePercent = "core_percent"
        case voluntarySwitches = "voluntary_switches"
        case involuntarySwitches = "involuntary_switches"
        case wakeUpsPerSecond = "wakeups_per_second"
        case peakResident = "peak_rss_bytes"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        durationSeconds = try container.decode(Double.self, forKey: .durationSeconds)
        cpuSeconds = try container.decode(Double.self, forKey: .cpuSeconds)
        voluntarySwitches = try container.decode(Int.self, forKey: .voluntarySwitches)
        involuntarySwitches = try container.decode(Int.self, forKey: .involuntarySwitches)
        peakResident = try container.decodeIfPresent(ByteCount.self, forKey: .peakResident)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(durationSeconds, forKey: .durationSeconds)
        try container.encode(cpuSeconds, forKey: .cpuSeconds)
        try container.encode(corePercent, forKey: .corePercent)
        try container.encode(voluntarySwitches, forKey: .voluntarySwitches)
        try container.encode(involuntarySwitches, forKey: .involuntarySwitches)
        try container.encode(wakeUpsPerSecond, forKey: .wakeUpsPerSecond)
        try container.encode(peakResident, forKey: .peakResident)
    }
}

/// What the tool and its machine had used at one edge of a phase, by `state.json`.
package struct CostMark: Hashable, Sendable, Codable {
    /// When the accounts were read, just after the edge.
    package var instant: Instant
    /// The phase that begins here; nil where none does.
    package var phase: Phase?
    /// Of this program since its start.
    package var cpuSeconds: Double
    package var voluntarySwitches: Int
    package var involuntarySwitches: Int
    package var peakResident: ByteCount?
    /// Processor time of everything that ran on the machine since it was booted; nil where it cannot be read.
    package var machineBusySeconds: Double?

    package init(
        instant: Instant, phase: Phase?, cpuSeconds: Double, voluntarySwitches: Int, involuntarySwitches: Int, peakResident: ByteCount?,
        machineBusySeconds: Double?
    ) {
        self.instant = instant
        self.phase = phase
        self.cpuSeconds = cpuSeconds
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.peakResident = peakResident
        self.machineBusySeconds = machineBusySeconds
    }

    /// What was used between an earlier mark and this one.
    package func use(since earlier: CostMark) -> ToolUse {
        ToolUse(
            durationSeconds: (instant - earlier.instant).seconds, cpuSeconds: cpuSeconds - earlier.cpuSeconds,
            voluntarySwitches: voluntarySwitches - earlier.voluntarySwitches,
            involuntarySwitches: involuntarySwitches - earlier.involuntarySwitches, peakResident: peakResident)
    }

    private enum CodingKeys: String, CodingKey {
        case phase
        case instant = "instant_ns"
        case cpuSeconds = "cpu_seconds"
        case voluntarySwitches = "voluntary_switches"
        case involuntarySwitches = "involuntary_switches"
        case peakResident = "peak_rss_bytes"
        case machineBusySeconds = "machine_busy_seconds"
    }
}

extension Summary {
    /// What the tool itself took from the machine while it measured.
    package struct ToolCost: Hashable, Sendable, Codable {
        package var use: ToolUse
        /// Busy processor time of the whole machine; nil where it was not read.
        package var machineBusySeconds: Double?
        /// The tool's share of the processor's net power: its part of the busy processor time, times net energy over time.
        package var power: Figure

        package init(use: ToolUse, machineBusySeconds: Double?, power: Figure) {
            self.use = use
            self.machineBusySeconds = machineBusySeconds
            self.power = power
        }

        private enum CodingKeys: String, CodingKey {
            case use, power
            case machineBusySeconds = "machine_busy_seconds"
        }
    }
}

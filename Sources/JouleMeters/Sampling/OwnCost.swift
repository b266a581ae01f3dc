import CPlatform
import JouleModel
import JouleUnits

/// What this process has cost so far.
package struct OwnCost: Sendable, Hashable {
    package let instant: Instant
    package let cpuSeconds: Double
    /// Times a thread waited, and was woken again.
    package let voluntarySwitches: Int
    /// Times a thread was taken from its processor.
    package let involuntarySwitches: Int
    /// The resident set now and at its peak; nil where it cannot be read.
    package let resident: ByteCount?
    package let peakResident: ByteCount?

    /// Reads the kernel's accounting of this process; nil where it has none. Children have accounts of their own.
    package static var now: OwnCost? {
        var usage = jb_usage()
        guard jb_own_usage(&usage) else { return nil }
        return OwnCost(
            instant: .now, cpuSeconds: usage.cpu_seconds, voluntarySwitches: Int(usage.voluntary_switches),
            involuntarySwitches: Int(usage.involuntary_switches),
            resident: usage.resident_bytes < 0 ? nil : ByteCount(usage.resident_bytes),
            peakResident: usage.peak_resident_bytes < 0 ? nil : ByteCount(usage.peak_resident_bytes))
    }

    /// What was used since an earlier reading.
    package func use(since earlier: OwnCost) -> ToolUse {
        ToolUse(
            durationSeconds: (instant - earlier.instant).seconds, cpuSeconds: cpuSeconds - earlier.cpuSeconds,
            voluntarySwitches: voluntarySwitches - earlier.voluntarySwitches,
            involuntarySwitches: involuntarySwitches - earlier.involuntarySwitches, peakResident: peakResident)
    }

    /// The reading beside the machine's own account, for the recording.
    package func mark(beginning phase: Phase?, machine: HostRoot) -> CostMark {
        CostMark(
            instant: instant, phase: phase, cpuSeconds: cpuSeconds, voluntarySwitches: voluntarySwitches,
            involuntarySwitches: involuntarySwitches, peakResident: peakResident, machineBusySeconds: MachineBusyTime.seconds(of: machine))
    }
}

/// Processor time of everything that runs on a machine.
package enum MachineBusyTime {
    /// Ticks of `/proc/stat` in a second: the kernel reports in units of USER_HZ, 100 on every architecture that Linux has today.
    private static let ticksPerSecond = 100.0

    /// Seconds since boot, summed over all processors; nil where `/proc/stat` cannot be read.
    package static func seconds(of root: HostRoot) -> Double? {
        guard let file = try? CPUTicksFile(root: root, processors: nil), let ticks = file.read().ticks else { return nil }
        return Double(ticks.busy) / ticksPerSecond
    }
}

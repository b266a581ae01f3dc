import JouleModel
import JouleUnits

/// The share that a process tree has in the machine's busy processor time: what part of a processor's energy may be called its own.
///
/// Informative: it has no energy and enters no total.
package struct ProcessShareMeter: Meter {
    let root: HostRoot
    let target: ProcessTreeTarget
    package let channels: [MeterChannel]
    /// Once a second all of `/proc` is walked through, which takes tens of milliseconds on a machine with thousands of processes.
    package var isSlow: Bool { true }

    /// - Parameter label: names the tree in the channel, `process:<label>`; the pid where it is known already.
    init(root: HostRoot, target: ProcessTreeTarget, label: String?) {
        self.root = root
        self.target = target
        let name = label ?? target.pid.map(String.init) ?? "tree"
        channels = [
            MeterChannel(
                meter: "model", scope: .cpu, device: "process:\(name)", name: "share of process \(name)", kind: .model, hasEnergy: false,
                hasPower: false, gain: 0, note: "utilisation is the tree's share of the machine's busy processor time",
                countsInTotals: false)
        ]
    }

    package static func discover(root: HostRoot = HostRoot(), target: ProcessTreeTarget, label: String? = nil) -> MeterDiscovery {
        do {
            _ = try ProcessTreeClock(root: root)
            _ = try CPUTicksFile(root: root, processors: nil)
            return MeterDiscovery(meters: [ProcessShareMeter(root: root, target: target, label: label)])
        } catch {
            #if canImport(Darwin)
            let reason = "the process share needs /proc, which macOS does not have"
            #else
            let reason = "the process share cannot be read: \(error.reason)"
            #endif
            return MeterDiscovery(unavailable: [RunEnvironment.Unavailable(meter: "model", reason: reason, remedy: nil)])
        }
    }

    package func open() throws(Failure) -> any MeterReader {
        do {
            return ProcessShareReader(
                clock: try ProcessTreeClock(root: root), machine: try CPUTicksFile(root: root, processors: nil), target: target)
        } catch {
            throw Failure("meter.gone", "the process share cannot be read", cause: error.reason)
        }
    }
}

/// The open accounts of tree and machine, owned by their sampling thread.
final class ProcessShareReader: MeterReader {
    private let clock: ProcessTreeClock
    private let machine: CPUTicksFile
    private let target: ProcessTreeTarget
    private var previous: (pid: Int32, tree: UInt64, busy: UInt64, instant: Instant)?
    private var percent: Double?

    init(clock: ProcessTreeClock, machine: CPUTicksFile, target: ProcessTreeTarget) {
        self.clock = clock
        self.machine = machine
        self.target = target
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        read(detail, into: slots, at: .now)
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>, at instant: Instant) {
        slots[0].instant = instant
        guard detail.isFull else { return }
        let status = update(at: instant)
        if status.isOK { slots[0].utilizationPercent = percent } else { slots[0].fail(status) }
    }

    private func update(at instant: Instant) -> ReadStatus {
        guard let pid = target.pid else {
            previous = nil
            return .retry("no process to follow yet")
        }
        if let previous, previous.pid == pid, instant - previous.instant < CPUModel.shortestInterval { return .ok }
        let (ticks, status) = machine.read()
        guard let ticks else { return status }
        guard let tree = clock.ticks(of: pid, at: instant) else {
            previous = nil
            return .retry("the process has ended")
        }
        percent = nil
        // Less time than before: a process outside its parent's account has ended and taken its own along. No share for this interval.
        if let previous, previous.pid == pid, tree >= previous.tree, ticks.busy > previous.busy {
            percent = min(100, Double(tree - previous.tree) / Double(ticks.busy - previous.busy) * 100)
        }
        previous = (pid, tree, ticks.busy, instant)
        return .ok
    }

    func close() {}
}

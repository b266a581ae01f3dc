import JouleBackends
import JouleModel
import JouleUnits

/// The energy of each of several workers. A GPU that one worker has alone is that worker's; what several share is the run's, and of none
/// of them: no meter tells them apart.
package struct WorkerEnergies: Sendable {
    private let processes: [ProcessResult]
    private let summary: Summary
    /// The GPUs of each, by its number; nil where it was given none by name.
    private let shares: [[String]?]
    /// GPUs on which other programs were seen.
    private let foreign: Set<String>

    /// - Parameter backend: deals the GPUs of the environment out, as it did when the run began.
    package init(_ processes: [ProcessResult], summary: Summary, environment: RunEnvironment, backend: BackendSpec) {
        self.processes = processes
        self.summary = summary
        let own = environment.gpus.filter { $0.host == nil }.map(\.uuid)
        let nvidia = own.filter { !WorkerInstallation.isROCmName($0) }
        // As `MeterSelection.visibleGPUs`: beside NVIDIA's GPUs, AMD's are not used.
        let shares = try? CrewDevices.shares(of: nvidia.isEmpty ? own : nvidia, for: backend)
        self.shares = shares ?? processes.map { _ in nil }
        foreign = Set(environment.gpus.filter { !($0.foreignProcesses ?? []).isEmpty }.map(\.uuid))
    }

    /// The energy of one worker over the run's window, in which it may have ended earlier: its GPUs are its own until the end.
    package func energy(of process: ProcessResult) -> [String: Figure] {
        summary.energies.reduce(into: [:]) { all, energy in
            let scope = energy.scope
            all[scope.rawValue] =
                scope == .gpu
                ? gpu(of: process) : .absent(unit: Joules.symbol, scope: scope, reason: "\(processes.count) workers share what this meters")
        }
    }

    private func gpus(of process: ProcessResult) -> [String]? {
        shares.indices.contains(process.processIndex) ? shares[process.processIndex] : nil
    }

    private func gpu(of process: ProcessResult) -> Figure {
        func absent(_ reason: String) -> Figure { .absent(unit: Joules.symbol, scope: .gpu, reason: reason) }
        guard let own = gpus(of: process), !own.isEmpty else { return absent("the worker was given no GPU by name") }
        let others = processes.filter { $0.processIndex != process.processIndex }.flatMap { gpus(of: $0) ?? [] }
        if let shared = own.first(where: others.contains) { return absent("another worker has \(shared) too") }
        var sum: (energy: Joules, plusMinus: Joules?, method: EnergyMethod, flags: Set<Flag>)?
        for device in own {
            guard let entry = summary.ledger.first(where: { $0.scope == .gpu && $0.inTotal && $0.host == nil && $0.device == device }),
                let energy = entry.energy
            else { return absent("there is no energy of \(device) alone") }
            guard let before = sum else {
                sum = (energy, entry.plusMinus, entry.method, Set(entry.flags))
                continue
            }
            // The gain of one kind of sensor errs in one direction: intervals add.
            let both = before.plusMinus.flatMap { one in entry.plusMinus.map { one + $0 } }
            sum = (before.energy + energy, both, before.method.weaker(entry.method), before.flags.union(entry.flags))
        }
        guard let sum else { return absent("the worker was given no GPU by name") }
        return Figure(
            value: sum.energy.rawValue, unit: Joules.symbol, plusMinus: sum.plusMinus?.rawValue, method: sum.method.rawValue, scope: .gpu,
            flags: sum.flags)
    }

    /// - Parameter id: the run's.
    package func together(id: String) -> WorkersTogether {
        var whole = WorkersTogether(
            experimentID: id, processes: processes.map { WorkersTogether.Member($0, gpus: gpus(of: $0)) },
            energy: Dictionary(uniqueKeysWithValues: summary.energies.map { ($0.scope.rawValue, $0.gross) }),
            method: "tokens are added; the rate is over the time from the first request to the last answer; "
                + "energy is over the run's window, each device once, and a worker's that of the GPUs that it has alone")
        let (starts, ends) = (processes.compactMap(\.start), processes.compactMap(\.end))
        if let first = starts.min(), let last = ends.max(), last > first {
            whole.durationSeconds = (last - first).seconds
            whole.tokensPerSecond = Double(whole.outputTokens) / (last - first).seconds
        }
        if starts.count == processes.count, ends.count == processes.count, let latest = starts.max(), let earliest = ends.min() {
            whole.temporalOverlapVerified = latest < earliest
            if latest >= earliest { whole.warnings.append("one worker had ended before another began") }
        } else {
            whole.warnings.append("not every worker was at work in the measured phase")
        }
        var isAttributed = true
        for process in processes {
            guard process.energyByScope[Scope.gpu.rawValue]?.value != nil else {
                isAttributed = false
                let reason = process.energyByScope[Scope.gpu.rawValue]?.reason ?? "no meter covers GPUs"
                whole.warnings.append("worker \(process.processIndex) has no GPU energy of its own: \(reason)")
                continue
            }
            for device in gpus(of: process) ?? [] where foreign.contains(device) {
                isAttributed = false
                whole.warnings.append("other programs used \(device) of worker \(process.processIndex)")
            }
        }
        whole.gpuAttributionVerified = isAttributed && !processes.isEmpty
        return whole
    }
}

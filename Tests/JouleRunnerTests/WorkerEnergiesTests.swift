import JouleModel
import JouleUnits
import Testing

@testable import JouleRunner

/// What can be said of the energy of each of several workers, and what cannot.
struct WorkerEnergiesTests {
    private func figure(_ scope: Scope, _ joules: Double) -> Summary.ScopeEnergy {
        let absent = Figure.absent(unit: Joules.symbol, scope: scope, reason: "not measured")
        return Summary.ScopeEnergy(
            scope: scope, gross: Figure(value: joules, unit: Joules.symbol, method: "measured-counter", scope: scope),
            netOverIdleHost: absent, netOverIdleLoaded: absent, idleHostPower: absent, idleLoadedPower: absent, meanPower: absent,
            peakPower: absent)
    }

    private func entry(_ device: String, _ joules: Double?, _ method: EnergyMethod = .measuredCounter) -> LedgerEntry {
        LedgerEntry(
            scope: .gpu, device: device, meter: "nvml", energy: joules.map { Joules($0) }, plusMinus: Joules(1), meanPower: nil,
            peakPower: nil, method: method, flags: [], inTotal: true)
    }

    private func process(_ number: Int, _ span: Range<Int64>?) -> ProcessResult {
        var process = ProcessResult(experimentID: "exp_1", processIndex: number)
        process.outputTokens = 100
        process.start = span.map { Instant(nanoseconds: $0.lowerBound * 1_000_000_000) }
        process.end = span.map { Instant(nanoseconds: $0.upperBound * 1_000_000_000) }
        return process
    }

    private func energies(
        _ spans: [Range<Int64>?], ledger: [LedgerEntry], gpus: [String] = ["GPU-a", "GPU-b"], foreign: [Int] = [],
        change: (inout BackendSpec) -> Void = { _ in }
    ) -> (shares: [[String: Figure]], together: WorkersTogether) {
        var summary = Summary(
            runID: "exp_1", name: "n", model: "m", status: .completed, startedAt: "2026-11-21T09:30:00Z", headlineScope: .gpu)
        summary.energies = [figure(.gpu, 30), figure(.system, 50)]
        summary.ledger = ledger
        var environment = RunEnvironment(
            joulebench: "test", cpu: .init(logicalCores: 8), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "Linux"),
            start: ClockAnchor(monotonic: Instant(nanoseconds: 0), unixSeconds: 1_795_253_400, bootNanoseconds: 0))
        environment.gpus = gpus.enumerated().map { RunEnvironment.GPU(index: $0, uuid: $1) }
        if !environment.gpus.isEmpty { environment.gpus[0].foreignProcesses = foreign }
        var backend = BackendSpec(kind: .pytorch, model: "m")
        backend.processes = spans.count
        change(&backend)
        var processes = spans.enumerated().map { process($0, $1) }
        let before = WorkerEnergies(processes, summary: summary, environment: environment, backend: backend)
        for number in processes.indices { processes[number].energyByScope = before.energy(of: processes[number]) }
        let after = WorkerEnergies(processes, summary: summary, environment: environment, backend: backend)
        return (processes.map(\.energyByScope), after.together(id: "exp_1"))
    }

    @Test func `each worker has the energy of its own GPUs, and what all share is nobody's`() {
        let (shares, together) = energies(
            [0..<10, 1..<9], ledger: [entry("GPU-a", 10), entry("GPU-b", 20), entry("GPU-c", 5), entry("GPU-d", 7, .measuredPower)],
            gpus: ["GPU-a", "GPU-b", "GPU-c", "GPU-d"])
        #expect(shares.map { $0["gpu"]?.value } == [30, 12])
        #expect(shares.map { $0["gpu"]?.method } == ["measured-counter", "measured-power"])
        #expect(shares.map { $0["gpu"]?.plusMinus } == [2, 2])
        #expect(shares.allSatisfy { $0["system"]?.value == nil && $0["system"]?.reason == "2 workers share what this meters" })
        #expect(together.temporalOverlapVerified && together.gpuAttributionVerified && together.warnings.isEmpty)
        #expect(together.outputTokens == 200 && together.durationSeconds == 10 && together.tokensPerSecond == 20)
        #expect(together.processes.map(\.gpus) == [["GPU-a", "GPU-b"], ["GPU-c", "GPU-d"]])
    }

    @Test func `a GPU without a figure of its own, another program and workers after each other are told`() {
        let unmetered = energies([0..<10, 1..<9], ledger: [entry("GPU-a", 10), entry("GPU-b", nil)])
        #expect(unmetered.shares[0]["gpu"]?.value == 10 && unmetered.shares[1]["gpu"]?.value == nil)
        #expect(unmetered.together.warnings == ["worker 1 has no GPU energy of its own: there is no energy of GPU-b alone"])
        #expect(!unmetered.together.gpuAttributionVerified)

        let busy = energies([0..<10, 1..<9], ledger: [entry("GPU-a", 10), entry("GPU-b", 20)], foreign: [4_711])
        #expect(busy.together.warnings == ["other programs used GPU-a of worker 0"] && !busy.together.gpuAttributionVerified)

        let later = energies([0..<4, 5..<9], ledger: [entry("GPU-a", 10), entry("GPU-b", 20)])
        #expect(!later.together.temporalOverlapVerified && later.together.gpuAttributionVerified)
        #expect(later.together.warnings == ["one worker had ended before another began"])

        let idle = energies([0..<4, nil], ledger: [entry("GPU-a", 10), entry("GPU-b", 20)])
        #expect(idle.together.warnings == ["not every worker was at work in the measured phase"])
    }

    @Test func `on the processor there is no energy of one worker alone`() {
        let (shares, together) = energies([0..<4, 0..<4], ledger: [], gpus: []) { $0.device = "cpu" }
        #expect(shares.allSatisfy { $0["gpu"]?.reason == "the worker was given no GPU by name" })
        #expect(together.temporalOverlapVerified && !together.gpuAttributionVerified && together.warnings.count == 2)
    }
}

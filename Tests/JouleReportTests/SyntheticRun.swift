import JouleModel
import JouleUnits

/// The approved examples, by the names of their golden files.
enum Example: String, CaseIterable {
    case twoGPUs = "two_gpus"
    case modelledCPU = "modelled_cpu"
    case failed, interrupted

    var run: SyntheticRun {
        switch self {
        case .twoGPUs: .twoGPUs()
        case .modelledCPU: .modelledCPU()
        case .failed: .failed()
        case .interrupted: .interrupted()
        }
    }
}

/// Made-up runs with a summary and a recording that agree, for tests of what is drawn from them.
struct SyntheticRun {
    var summary: Summary
    var recording: Recording

    /// The schedule of every synthetic run, in seconds since its start.
    static let phases: [(phase: Phase, start: Double, end: Double)] = [
        (.idleHost, 0.4, 5.4), (.load, 5.4, 17.9), (.idleLoaded, 17.9, 22.9), (.warmup, 22.9, 27.1), (.measure, 27.1, 67.3),
        (.cooldown, 67.3, 72.3),
    ]
    static let window = 27.1...67.3
    static let origin = Instant(nanoseconds: 1_000_000_000_000)

    static func instant(_ seconds: Double) -> Instant {
        Instant(nanoseconds: origin.nanoseconds + Int64((seconds * 1e9).rounded()))
    }

    static func phase(at seconds: Double) -> Phase? { phases.first { $0.start <= seconds && seconds < $0.end }?.phase }

    /// Two GPUs and RAPL: counters and power readings of the real kind, one device at its power limit.
    static func twoGPUs(samplePeriod: Double = 0.5) -> SyntheticRun {
        var run = base(id: "exp_20261121_093000", name: "llama2-70b, two GPUs", model: "meta-llama/Llama-2-70b-hf", scope: .gpu)
        run.recording.environment.gpus = (0..<2).map { gpu($0) }
        run.recording.environment.nvidiaDriver = "580.65.06"
        run.recording.environment.cudaVersion = "13.0"
        for index in 0..<2 {
            let channel = MeterChannel(
                meter: "nvml", scope: .gpu, device: uuid(index), name: "NVIDIA H200 #\(index)", kind: .counter, hasEnergy: true,
                hasPower: true, gain: 0.05, updatePeriod: .milliseconds(100))
            run.addPower(
                channel, idle: 76 + Double(index) * 3, loaded: 121, busy: 412 - Double(index) * 38, period: samplePeriod, noise: 18)
        }
        let package = MeterChannel(
            meter: "rapl", scope: .package, device: "package-0", name: "package-0", kind: .counter, hasEnergy: true, hasPower: false,
            gain: 0.05, updatePeriod: .milliseconds(1))
        run.addCounter(package, idle: 92, busy: 141, period: samplePeriod)
        let dram = MeterChannel(
            meter: "model", scope: .dram, device: "dram", name: "8 DIMMs", kind: .model, hasEnergy: false, hasPower: true, gain: 0.5,
            note: "5 W a DIMM")
        run.addPower(dram, idle: 40, loaded: 40, busy: 40, period: samplePeriod, noise: 0)
        run.addRequests(count: 12, failing: [])
        run.summary.figures = figures(
            scope: .gpu, method: .measuredCounter, joules: 31_512, share: 0.05, tokens: 768, requests: 12, mean: 783.9, peak: 846.2)
        run.summary.energies = [
            energy(.gpu, .measuredCounter, gross: 31_512, interval: 1_580, idleHost: 155, idleLoaded: 242, peak: 846),
            energy(.package, .measuredCounter, gross: 5_668, interval: 284, idleHost: 92, idleLoaded: 92, peak: 152),
            energy(.dram, .modelled, gross: 1_608, interval: 804, idleHost: 40, idleLoaded: 40, peak: 40),
            energy(.system, .modelled, gross: 38_788, interval: 1_800, idleHost: 287, idleLoaded: 374, peak: 1_038),
        ]
        run.summary.ledger = [
            entry(.gpu, uuid(0), "nvml", 16_562, 0.05, .measuredCounter), entry(.gpu, uuid(1), "nvml", 14_950, 0.05, .measuredCounter),
            entry(.package, "package-0", "rapl", 5_668, 0.05, .measuredCounter), entry(.dram, "dram", "model", 1_608, 0.5, .modelled),
            LedgerEntry(
                scope: .psys, device: "psys", meter: "rapl", energy: nil, plusMinus: nil, meanPower: nil, peakPower: nil,
                method: .unavailable, flags: [.energyUnavailable], reason: "the counter stood still for the whole window", inTotal: false),
        ]
        run.summary.gpus = (0..<2).map { statistics($0) }
        run.summary.sensors = sensors()
        run.summary.phases = rows(scope: .gpu, method: .measuredCounter, idle: 155, loaded: 242, busy: 784, interval: 0.05)
        run.summary.flags = [
            .init(.powerCapped, detail: "GPU 0 stood at 700 W for 12 % of the window"),
            .init(.counterPowerDisagree, detail: "GPU 1: counter 14,950 J, power 15,471 J (3.5 %)"),
        ]
        return run
    }

    /// A machine without any sensor: energy from the load.
    static func modelledCPU() -> SyntheticRun {
        var run = base(id: "exp_20261121_101500", name: "quickstart", model: "builtin:smollm2-135m", scope: .system)
        run.addModelMeters()
        run.addRequests(count: 10, failing: [3])
        run.summary.requests.errors = ["the answer held no token": 1]
        run.summary.figures = figures(
            scope: .system, method: .modelled, joules: 1_447, share: 0.53, tokens: 576, requests: 9, mean: 36.0, peak: 48.6)
        run.summary.energies = [
            energy(.cpu, .modelled, gross: 1_005, interval: 754, idleHost: 9.6, idleLoaded: 10.2, peak: 37.6),
            energy(.dram, .modelled, gross: 442, interval: 221, idleHost: 11, idleLoaded: 11, peak: 11),
            energy(.system, .modelled, gross: 1_447, interval: 786, idleHost: 20.6, idleLoaded: 21.2, peak: 48.6),
        ]
        run.summary.energyReason = "no RAPL, no NVML and no node meter on this machine"
        run.summary.ledger = [
            entry(.cpu, "cpu", "model", 1_005, 0.75, .modelled), entry(.dram, "dram", "model", 442, 0.5, .modelled),
        ]
        run.summary.phases = rows(scope: .system, method: .modelled, idle: 20.6, loaded: 21.2, busy: 36, interval: 0.54)
        run.summary.flags = [
            .init(.energyModelled, detail: "cpu, dram"), .init(.tokenMismatch, detail: "request 3"),
        ]
        return run
    }

    /// The worker died while it loaded the model.
    static func failed() -> SyntheticRun {
        var run = base(id: "exp_20261121_110000", name: "phi-2 in float32", model: "microsoft/phi-2", scope: .gpu)
        let reason = "the worker ended with status 1 while it loaded the model: torch.OutOfMemoryError: CUDA out of memory"
        run.summary.status = .failed
        run.summary.statusReason = reason
        run.summary.windowStartSeconds = nil
        run.summary.windowDurationSeconds = nil
        run.summary.energyReason = "the phase measure was never reached"
        run.summary.requests.planned = 10
        run.summary.figures = [
            "mean_power": .absent(unit: "W", scope: .gpu, reason: "the phase measure was never reached"),
            "peak_power": .absent(unit: "W", scope: .gpu, reason: "the phase measure was never reached"),
        ]
        run.summary.phases = Array(rows(scope: .gpu, method: .measuredCounter, idle: 76, loaded: 121, busy: 0, interval: 0.05).prefix(2))
        run.summary.flags = [.init(.energyUnavailable, detail: "gpu")]
        run.recording.state.status = .failed
        run.recording.state.reason = reason
        run.recording.state.phases = Array(run.recording.state.phases.prefix(2))
        run.recording.environment.gpus = [gpu(0)]
        let channel = MeterChannel(
            meter: "nvml", scope: .gpu, device: uuid(0), name: "NVIDIA H200 #0", kind: .counter, hasEnergy: true, hasPower: true, gain: 0.05
        )
        run.addPower(channel, idle: 76, loaded: 121, busy: 400, period: 0.5, noise: 3, until: 17.9)
        return run
    }

    /// Stopped by Ctrl-C in the middle of the measured phase.
    static func interrupted() -> SyntheticRun {
        var run = modelledCPU()
        run.summary.status = .interrupted
        run.summary.statusReason = "SIGINT"
        run.summary.requests.planned = 40
        run.summary.requests.failed = 0
        run.summary.requests.errors = [:]
        run.summary.flags = [.init(.energyModelled, detail: "cpu, dram"), .init(.shortWindow, detail: "21.4 s")]
        run.summary.notes = ["the last line of samples.csv was cut off and is dropped"]
        run.recording.state.status = .interrupted
        return run
    }
}

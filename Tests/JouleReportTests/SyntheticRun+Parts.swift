import JouleModel
import JouleUnits

extension SyntheticRun {
    static func uuid(_ index: Int) -> String { "GPU-5d2c8b1e-0000-4c0f-9a57-00000000000\(index)" }

    static func base(id: String, name: String, model: String, scope: Scope) -> SyntheticRun {
        var backend = BackendSpec(kind: .pytorch, model: model)
        if scope == .gpu { backend.deviceIDs = [.index(0), .index(1)] }
        let experiment = Experiment(name: name, backend: backend)
        var cpu = RunEnvironment.CPU(logicalCores: 64)
        cpu.model = "AMD EPYC 9354 32-Core Processor"
        var system = RunEnvironment.OperatingSystem(name: "Debian GNU/Linux 12")
        system.kernel = "6.1.0"
        system.architecture = "x86_64"
        system.hostname = "lab-3"
        var environment = RunEnvironment(
            joulebench: "0.1.0", cpu: cpu, memory: .init(totalBytes: .mebibytes(257_500), limitBytes: nil), system: system,
            start: ClockAnchor(monotonic: origin, unixSeconds: 1_795_253_400, bootNanoseconds: origin.nanoseconds))
        environment.versions = ["python": "3.12.7", "torch": "2.9.0", "transformers": "4.57.1"]
        environment.unavailableMeters = [
            .init(meter: "hwmon", reason: "no energy or power input under /sys/class/hwmon", remedy: nil)
        ]
        var state = RunState(status: .completed, pid: 4_711, processStart: nil, requestsPlanned: 12, updated: instant(72.3))
        state.phases = phases.map { PhaseSpan(phase: $0.phase, start: instant($0.start), end: instant($0.end)) }
        var process = ProcessResult(experimentID: id, processIndex: 0)
        process.modelClass = "LlamaForCausalLM"
        process.modelRevision = "3aba440b59558f995867ba6e1f58f21d0336b5bb"
        process.dtype = "bfloat16"
        process.parameters = 68_976_648_192
        process.peakMemory = .mebibytes(139_264)
        var summary = Summary(
            runID: id, name: name, model: model, status: .completed, startedAt: "2026-11-21T09:30:00Z", headlineScope: scope)
        summary.windowStartSeconds = window.lowerBound
        summary.windowDurationSeconds = window.upperBound - window.lowerBound
        summary.windowKind = "whole measure phase, first write to last body end"
        summary.ownCost = ["cpu_seconds": 0.612, "peak_rss_bytes": 25_480_397, "samples": 2_892, "samples_lost": 0]
        summary.toolCost = Summary.ToolCost(
            use: ToolUse(
                durationSeconds: window.upperBound - window.lowerBound, cpuSeconds: (window.upperBound - window.lowerBound) * 0.0042,
                voluntarySwitches: Int((window.upperBound - window.lowerBound) * 12), involuntarySwitches: 3, peakResident: .mebibytes(21)),
            machineBusySeconds: 90,
            power: Figure(value: 0.104, unit: "W", plusMinus: 0.053, method: "modelled", scope: .package))
        return SyntheticRun(
            summary: summary,
            recording: Recording(
                runID: id, experiment: experiment, environment: environment, state: state, process: process, series: [], requests: []))
    }

    mutating func addModelMeters() {
        let cpu = MeterChannel(
            meter: "model", scope: .cpu, device: "cpu", name: "64 threads", kind: .model, hasEnergy: false, hasPower: true, gain: 0.75,
            note: "4 W a thread at full load")
        addPower(cpu, idle: 9.6, loaded: 10.2, busy: 25, period: 0.5, noise: 4)
        let dram = MeterChannel(
            meter: "model", scope: .dram, device: "dram", name: "2 DIMMs", kind: .model, hasEnergy: false, hasPower: true, gain: 0.5)
        addPower(dram, idle: 11, loaded: 11, busy: 11, period: 0.5, noise: 0)
    }

    mutating func addPower(
        _ channel: MeterChannel, idle: Double, loaded: Double, busy: Double, period: Double, noise: Double, until end: Double = 72.8
    ) {
        var chance = Chance(seed: UInt64(busy * 10))
        var samples: [Sample] = []
        for tick in 0... {
            let time = Double(tick) * period
            guard time <= end else { break }
            let level =
                switch Self.phase(at: time) {
                case .load: loaded + (busy - loaded) * 0.2
                case .idleLoaded, .cooldown: loaded
                case .warmup, .measure: busy + (time.truncatingRemainder(dividingBy: 3.35) < 0.3 ? noise * 2 : 0)
                case .idleHost, .drain, nil: idle
                }
            let power = level + (chance.next() - 0.5) * 2 * noise * min(level / busy, 1)
            samples.append(Sample(instant: Self.instant(time), power: Watts(power)))
        }
        recording.environment.meters.append(channel)
        recording.series.append(SampleSeries(channel: channel, samples: samples))
    }

    mutating func addCounter(_ channel: MeterChannel, idle: Double, busy: Double, period: Double) {
        var chance = Chance(seed: 7)
        var energy = 123_456.0
        var samples: [Sample] = []
        for tick in 0... {
            let time = Double(tick) * period
            guard time <= 72.8 else { break }
            samples.append(Sample(instant: Self.instant(time), energy: Joules(energy)))
            let isBusy = [.warmup, .measure, .load].contains(Self.phase(at: time))
            energy += ((isBusy ? busy : idle) + (chance.next() - 0.5) * 14) * period
        }
        recording.environment.meters.append(channel)
        recording.series.append(SampleSeries(channel: channel, samples: samples))
    }

    /// Three warm-up requests, then the measured ones, one after another.
    mutating func addRequests(count: Int, failing: Set<Int>) {
        recording.experiment.scenario.sampleCount = count
        var time = Self.phases[3].start
        for index in 0..<(3 + count) {
            let isWarmup = index < 3
            if index == 3 { time = Self.window.lowerBound }
            let measured = index - 3
            let length = isWarmup ? 1.4 : (Self.window.upperBound - Self.window.lowerBound) / Double(count)
            let fails = failing.contains(measured)
            let sent = time + 0.004
            let first = sent + 0.184 + Double(index % 4) * 0.021
            let last = time + length - 0.03
            let tokens = 64
            var request = RequestTimeline(
                index: index, promptID: "quickstart/\(measured)", phase: isWarmup ? .warmup : .measure,
                outcome: fails ? .failed : .completed,
                error: fails ? "the answer held no token" : nil, scheduled: Self.instant(time), sent: Self.instant(sent),
                bodyEnd: Self.instant(last), inputTokens: 21 + index)
            if !fails {
                request.firstToken = Self.instant(first)
                request.lastToken = Self.instant(last)
                request.outputTokens = tokens
                request.tokenSource = .worker
                request.chunks = (0..<tokens).map {
                    TokenChunk(instant: Self.instant(first + (last - first) * Double($0) / Double(tokens - 1)))
                }
            }
            recording.requests.append(request)
            time += length
        }
        let measured = recording.requests.filter { $0.phase == .measure && $0.outcome == .completed }
        summary.requests = Summary.Requests(
            planned: count, completed: measured.count, failed: failing.count, inputTokens: measured.compactMap(\.inputTokens).reduce(0, +),
            outputTokens: measured.compactMap(\.outputTokens).reduce(0, +), wastedTokens: 0, tokenSources: ["worker": measured.count],
            errors: [:])
        summary.latencies = [
            "time_to_first_token": Self.distribution(measured.compactMap(\.timeToFirstToken)),
            "time_per_output_token": Self.distribution(measured.compactMap(\.timePerOutputToken)),
            "inter_token_latency": Self.distribution(
                measured.flatMap { request in zip(request.chunks.dropFirst(), request.chunks).map { $0.instant - $1.instant } }),
            "response_latency": Self.distribution(measured.compactMap(\.responseLatency)),
            "service_latency": Self.distribution(measured.compactMap(\.serviceLatency)),
        ]
    }

    static func distribution(_ durations: [Duration]) -> Summary.Distribution {
        let values = durations.map(\.seconds).sorted()
        var distribution = Summary.Distribution(count: values.count)
        guard !values.isEmpty else { return distribution }
        func quantile(_ share: Double) -> Double {
            let place = share * Double(values.count - 1)
            let low = Int(place)
            let high = min(low + 1, values.count - 1)
            return values[low] + (values[high] - values[low]) * (place - Double(low))
        }
        distribution.mean = values.reduce(0, +) / Double(values.count)
        distribution.standardDeviation = 0.0123
        distribution.minimum = values[0]
        distribution.maximum = values[values.count - 1]
        (distribution.p50, distribution.p90, distribution.p95, distribution.p99) = (
            quantile(0.5), quantile(0.9), quantile(0.95), quantile(0.99)
        )
        return distribution
    }

    static func figures(
        scope: Scope, method: EnergyMethod, joules: Double, share: Double, tokens: Double, requests: Double, mean: Double, peak: Double
    ) -> [String: Figure] {
        func measured(_ value: Double, _ unit: String) -> Figure {
            Figure(value: value, unit: unit, plusMinus: value * share, method: method.rawValue, scope: scope)
        }
        let seconds = window.upperBound - window.lowerBound
        return [
            "joules_per_output_token": measured(joules / tokens, "J/token"),
            "output_tokens_per_joule": measured(tokens / joules, "token/J"),
            "joules_per_request": measured(joules / requests, "J/request"),
            "watt_hours_per_request": measured(joules / requests / 3_600, "Wh/request"),
            "watt_hours_per_1000_requests": measured(joules / requests / 3.6, "Wh/1000 requests"), "mean_power": measured(mean, "W"),
            "peak_power": measured(peak, "W"), "net_joules_per_output_token": measured(joules * 0.69 / tokens, "J/token"),
            "idle_share": measured(31, "%"), "joules_per_input_token": measured(joules / 300, "J/token"),
            "output_tokens_per_second": Figure(value: tokens / seconds, unit: "token/s", method: "timed"),
            "total_tokens_per_second": Figure(value: (tokens + 300) / seconds, unit: "token/s", method: "timed"),
            "requests_per_second": Figure(value: requests / seconds, unit: "request/s", method: "timed"),
            "peak_memory": Figure(value: 146_028_888_064, unit: "B", method: "counted"),
            "model_memory": .absent(unit: "B", reason: "the worker did not report it"),
        ]
    }

    static func energy(
        _ scope: Scope, _ method: EnergyMethod, gross: Double, interval: Double, idleHost: Double, idleLoaded: Double, peak: Double
    ) -> Summary.ScopeEnergy {
        func figure(_ value: Double, _ plusMinus: Double, _ unit: String) -> Figure {
            Figure(value: value, unit: unit, plusMinus: plusMinus, method: method.rawValue, scope: scope)
        }
        let seconds = window.upperBound - window.lowerBound
        let share = interval / gross
        return Summary.ScopeEnergy(
            scope: scope, gross: figure(gross, interval, "J"), netOverIdleHost: figure(gross - idleHost * seconds, interval * 1.02, "J"),
            netOverIdleLoaded: figure(gross - idleLoaded * seconds, interval * 1.02, "J"),
            idleHostPower: figure(idleHost, idleHost * share, "W"), idleLoadedPower: figure(idleLoaded, idleLoaded * share, "W"),
            meanPower: figure(gross / seconds, interval / seconds, "W"), peakPower: figure(peak, peak * share, "W"),
            netOverIdleAfter: figure(gross - idleLoaded * 1.01 * seconds, interval * 1.02, "J"),
            idleAfterPower: figure(idleLoaded * 1.01, idleLoaded * share, "W"),
            idleScatter: ["host": idleHost * 0.003, "loaded": idleLoaded * 0.002, "after": idleLoaded * 0.0025])
    }

    static func entry(
        _ scope: Scope, _ device: String, _ meter: String, _ joules: Double, _ share: Double, _ method: EnergyMethod
    ) -> LedgerEntry {
        let seconds = window.upperBound - window.lowerBound
        return LedgerEntry(
            scope: scope, device: device, meter: meter, energy: Joules(joules), plusMinus: Joules(joules * share),
            meanPower: Watts(joules / seconds), peakPower: Watts(joules / seconds * 1.1), method: method, flags: [], inTotal: true)
    }

    static func rows(scope: Scope, method: EnergyMethod, idle: Double, loaded: Double, busy: Double, interval: Double) -> [Summary.PhaseRow]
    {
        phases.map { phase, start, end in
            let power =
                switch phase {
                case .idleHost: idle
                case .load: (loaded + idle) / 1.7
                case .warmup, .measure: busy
                case .idleLoaded, .drain, .cooldown: loaded
                }
            func figure(_ value: Double, _ unit: String) -> Figure {
                Figure(value: value, unit: unit, plusMinus: value * interval, method: method.rawValue, scope: scope)
            }
            return Summary.PhaseRow(
                phase: phase, startSeconds: start, durationSeconds: end - start, energy: figure(power * (end - start), "J"),
                meanPower: figure(power, "W"))
        }
    }

    static func gpu(_ index: Int) -> RunEnvironment.GPU {
        var gpu = RunEnvironment.GPU(index: index, uuid: uuid(index))
        gpu.name = "NVIDIA H200"
        gpu.pciBusID = "00000000:\(index)3:00.0"
        gpu.memoryBytes = .mebibytes(143_771)
        gpu.powerLimitWatts = 700
        gpu.powerLimitMinWatts = 200
        gpu.powerLimitMaxWatts = 700
        gpu.migMode = false
        gpu.foreignProcesses = []
        return gpu
    }

    static func statistics(_ index: Int) -> Summary.GPUStatistics {
        var gpu = Summary.GPUStatistics(index: index, device: uuid(index), name: "NVIDIA H200")
        gpu.utilizationPercent = 97.2 - Double(index) * 6
        gpu.memoryUsedMebibytes = 69_632
        gpu.memoryTotalMebibytes = 143_771
        gpu.memoryPercent = 48.4
        gpu.temperatureCelsius = index == 0 ? 54.3 : nil
        gpu.powerWatts = 412 - Double(index) * 40.1
        gpu.powerLimitWatts = 700
        gpu.smClockMHz = 1_830
        gpu.memoryClockMHz = 3_201
        if index == 0 { gpu.throttleReasons = ["sw_power_cap"] }
        return gpu
    }
}

/// Numbers that look random and are the same on every machine (the minimal standard generator of Park and Miller).
struct Chance {
    private var state: UInt64
    init(seed: UInt64) { state = seed % 2_147_483_646 + 1 }
    mutating func next() -> Double {
        state = state * 48_271 % 2_147_483_647
        return Double(state) / 2_147_483_647
    }
}

import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct RunAnalysisTests {
    /// 0–10 s idle host, 10–15 load, 15–25 idle loaded, 25–30 warm-up, 30–70 measure, 70–90 cool-down; requests from 31 to 67 s.
    private func recording(_ change: (inout Recording) -> Void = { _ in }) -> Recording {
        var environment = RunEnvironment(
            joulebench: "test", cpu: .init(logicalCores: 8), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "Linux"),
            start: ClockAnchor(monotonic: at(0), unixSeconds: 1_795_253_400.25, bootNanoseconds: 0))
        environment.end = ClockAnchor(monotonic: at(90), unixSeconds: 1_795_253_490.25, bootNanoseconds: 90_000_000_000)
        environment.gpus = [0, 1].map { index in
            var gpu = RunEnvironment.GPU(index: index, uuid: "GPU-\(index)")
            gpu.name = "Accelerator"
            gpu.memoryBytes = .mebibytes(1_000)
            gpu.powerLimitWatts = 700
            return gpu
        }
        var state = RunState(status: .completed, pid: 1, processStart: nil, requestsPlanned: 10, updated: at(90))
        let spans: [(Phase, Double, Double)] = [
            (.idleHost, 0, 10), (.load, 10, 15), (.idleLoaded, 15, 25), (.warmup, 25, 30), (.measure, 30, 70), (.cooldown, 70, 90),
        ]
        state.phases = spans.map { PhaseSpan(phase: $0.0, start: at($0.1), end: at($0.2)) }
        let gpus = [0, 1].map { index in
            SampleSeries(
                channel: channel("nvml", .gpu, "GPU-\(index)"),
                samples: (-10...910).map { tick in
                    let time = Double(tick) / 10
                    // A little noise, the same in every test, so that idle power has a scatter.
                    let watts = (time < 10 ? 50 : time < 30 || time >= 69 ? 60 : 400) + Double((tick * 37) % 11 - 5) * 0.02
                    return Sample(
                        instant: at(time), power: Watts(watts), utilizationPercent: time < 30 ? 0 : 90, memoryUsed: .mebibytes(500),
                        temperature: Celsius(50), smClockMHz: 1_900, powerLimit: Watts(700), throttleReasons: time < 30 ? 1 : 0)
                })
        }
        let cpu = constant(40, to: 91, channel("model", .cpu, "cpu", kind: .model, gain: 0.5))
        let share = SampleSeries(
            channel: channel("model", .cpu, "process", kind: .model, counts: false),
            samples: (-10...910).map { Sample(instant: at(Double($0) / 10), utilizationPercent: 75) })
        let requests = (0..<10).map { index in
            let sent = 31 + Double(index) * 3.6
            return RequestTimeline(
                index: index, promptID: "p\(index)", phase: .measure, outcome: .completed, scheduled: at(sent), sent: at(sent),
                firstToken: at(sent + 0.4), lastToken: at(sent + 3.5), bodyEnd: at(sent + 3.6), inputTokens: 20, outputTokens: 32,
                tokenSource: .worker, chunks: (0..<32).map { TokenChunk(instant: at(sent + 0.4 + Double($0) * 0.1)) })
        }
        var result = Recording(
            runID: "exp_20261121_093000", experiment: Experiment(name: "test", backend: BackendSpec(kind: .pytorch, model: "m")),
            environment: environment, state: state, process: nil, series: gpus + [cpu, share], requests: requests)
        change(&result)
        return result
    }

    private func summary(_ change: (inout Recording) -> Void = { _ in }) -> Summary {
        RunAnalysis.summary(of: recording(change), ownCost: ["cpu_seconds": 0.5])
    }

    private func flags(_ summary: Summary) -> Set<Flag> { Set(summary.flags.map(\.flag)) }

    @Test func `one window cuts tokens and energy alike`() throws {
        let summary = summary()
        #expect(summary.startedAt == "2026-11-21T09:30:00.250Z")
        #expect(isClose(summary.windowStartSeconds, 31))
        #expect(isClose(summary.windowDurationSeconds, 36))
        #expect(summary.windowKind == "whole measure phase, first write to last body end")
        #expect(summary.headlineScope == .gpu)
        #expect(summary.energyReason == nil)
        #expect(summary.requests.outputTokens == 320)
        #expect(summary.requests.tokenSources == ["worker": 320])
        let figures = summary.figures
        #expect(isClose(figures["joules_per_output_token"]?.value, 800 * 36 / 320, within: 1e-3))
        #expect(figures["joules_per_output_token"]?.unit == "J/token")
        #expect(figures["joules_per_output_token"]?.scope == .gpu)
        #expect(figures["joules_per_output_token"]?.method == "measured-power")
        #expect(isClose(figures["joules_per_output_token"]?.plusMinus, 800 * 36 / 320 * 0.05, within: 1e-3))
        #expect(isClose(figures["output_tokens_per_joule"]?.value, 320 / (800 * 36), within: 1e-3))
        // The gain of the sensors is kept apart in everything that energy is in, and cancels where it is above and below the line.
        for name in [
            "joules_per_output_token", "output_tokens_per_joule", "joules_per_request", "mean_power", "net_joules_per_output_token",
        ] {
            let figure = try #require(figures[name])
            #expect(isClose(figure.systematic, (try #require(figure.value)) * 0.05, within: 1e-6), "\(name)")
            #expect((try #require(figure.systematic)) <= (try #require(figure.plusMinus)) * (1 + 1e-12), "\(name)")
        }
        #expect(figures["idle_share"]?.systematic == 0)
        #expect(figures["output_tokens_per_second"]?.systematic == nil)
        #expect(isClose(figures["joules_per_request"]?.value, 2_880, within: 1e-3))
        #expect(isClose(figures["watt_hours_per_request"]?.value, 0.8, within: 1e-3))
        #expect(isClose(figures["watt_hours_per_1000_requests"]?.value, 800, within: 1e-3))
        #expect(isClose(figures["mean_power"]?.value, 800, within: 1e-3))
        #expect(isClose(figures["output_tokens_per_second"]?.value, 320 / 36))
        #expect(isClose(figures["total_tokens_per_second"]?.value, 520 / 36))
        #expect(isClose(figures["requests_per_second"]?.value, 10 / 36))
        #expect(isClose(figures["net_joules_per_output_token"]?.value, (800 - 120) * 36 / 320, within: 1e-3))
        #expect(isClose(figures["idle_share"]?.value, 15, within: 1e-2))
        #expect(isClose(figures["cpu_process_share"]?.value, 75))
        #expect(figures["peak_memory"]?.reason != nil)
        #expect(isClose(summary.latencies["time_to_first_token"]?.p50, 0.4))
        #expect(summary.ownCost["cpu_seconds"] == 0.5)
        #expect(summary.ownCost["samples"] == Double(4 * 921))
        #expect(summary.flags.map(\.flag) == [.attributionAssumed, .energyModelled, .energyUnavailable])
        #expect(summary.windowVerdict == .wholePhase)
        #expect(summary.serving == nil)
    }

    /// The same machine later, when the model was there already: no idle host and no load of its own.
    private func later(_ kept: KeptModel?, watts: Double = 0, _ change: (inout Recording) -> Void = { _ in }) -> Summary {
        summary { recording in
            recording.state.phases.removeAll { $0.phase == .idleHost || $0.phase == .load }
            recording.keptModel = kept
            for gpu in 0..<2 {
                recording.series[gpu].samples = recording.series[gpu].samples.map { sample in
                    var sample = sample
                    sample.power = sample.power.map { $0 + Watts(watts) }
                    return sample
                }
            }
            change(&recording)
        }
    }

    @Test func `with a model that an earlier run loaded, its idle host is the baseline, and this machine's move since is in it`() throws {
        let first = RunAnalysis.result(of: recording(), ownCost: [:])
        var idle = try #require(first.idleHost)
        #expect(idle.secondsBefore == 0 && isClose(idle.durationSeconds, 10) && idle.powers.map(\.scope) == [.gpu, .cpu, .system])
        idle.secondsBefore = 600
        let kept = KeptModel(loadedBy: "exp_before", loadedSecondsBefore: 590, idleHost: idle)
        let host = try #require(first.summary.energies.first { $0.scope == .gpu })
        let same = later(kept)
        let gpu = try #require(same.energies.first { $0.scope == .gpu })
        #expect(gpu.idleHostPower == host.idleHostPower)
        #expect(isClose(gpu.netOverIdleHost.value, try #require(host.netOverIdleHost.value)))
        #expect(isClose(gpu.netOverIdleHost.plusMinus, try #require(host.netOverIdleHost.plusMinus)))
        #expect(same.modelLoadedBy == "exp_before" && !same.phases.contains { $0.phase == .load })
        #expect(same.notes.contains { $0.contains("idle host is that of exp_before, measured 10 min before this run over 10 s") })
        // Each GPU idles 6 W higher now with the same model: 10 % that the baseline may have moved by too.
        let moved = try #require(later(kept, watts: 6).energies.first { $0.scope == .gpu })
        #expect(moved.idleHostPower.value == gpu.idleHostPower.value)
        #expect(moved.netOverIdleHost.flags.contains(.baselineDrift) && !moved.netOverIdleLoaded.flags.contains(.baselineDrift))
        #expect((try #require(moved.netOverIdleHost.plusMinus)) > 12 * 36)
        // The energies of requests still add up.
        #expect(same.figures["joules_per_request"]?.value == first.summary.figures["joules_per_request"]?.value)
    }

    @Test func `an idle host that is not to be had for a kept model says why`() throws {
        let none = later(KeptModel(loadedBy: "exp_before", loadedSecondsBefore: 5, idleHost: nil))
        let reason = try #require(none.energies.first?.idleHostPower.reason)
        #expect(reason == "the model was loaded already, and exp_before, which loaded it, measured no idle host")
        var idle = try #require(RunAnalysis.result(of: recording(), ownCost: [:]).idleHost)
        for index in idle.powers.indices { idle.powers[index].channels.removeLast() }
        let other = later(KeptModel(loadedBy: "exp_before", loadedSecondsBefore: 5, idleHost: idle))
        #expect(other.energies.first?.idleHostPower.reason?.contains("with other meters") == true)
        #expect(other.energies.first?.netOverIdleHost.value == nil)
    }

    @Test func `every scope has gross and net over both baselines`() throws {
        let energies = summary().energies
        #expect(energies.map(\.scope) == [.gpu, .cpu, .system])
        let gpu = try #require(energies.first)
        #expect(isClose(gpu.idleHostPower.value, 100, within: 1e-2))
        #expect(isClose(gpu.idleLoadedPower.value, 120, within: 1e-2))
        #expect(isClose(gpu.netOverIdleHost.value, 700 * 36, within: 1e-3))
        #expect(isClose(gpu.netOverIdleLoaded.value, 680 * 36, within: 1e-3))
        let system = try #require(energies.last)
        #expect(isClose(system.gross.value, 840 * 36, within: 1e-3))
        #expect(system.gross.method == "modelled")
        #expect(isClose(system.peakPower.value, 840.2, within: 1e-3))
    }

    @Test func `a phase has the headline scope's energy and mean power`() throws {
        let phases = summary().phases
        #expect(phases.map(\.phase) == [.idleHost, .load, .idleLoaded, .warmup, .measure, .cooldown])
        #expect(isClose(phases[2].meanPower.value, 120, within: 1e-2))
        #expect(isClose(phases[2].startSeconds, 15))
        #expect(isClose(phases[2].durationSeconds, 10))
        #expect(isClose(phases[2].energy.value, 1_200, within: 1e-2))
    }

    @Test func `a GPU's figures are means over the measured window`() throws {
        let gpus = summary { recording in
            for index in recording.series[1].samples.indices where recording.series[1].samples[index].instant > at(60) {
                recording.series[1].samples[index].throttleReasons = 0x44
            }
        }
        let second = try #require(gpus.gpus.last)
        #expect(gpus.gpus.map(\.index) == [0, 1])
        #expect(isClose(second.utilizationPercent, 90))
        #expect(isClose(second.memoryPercent, 50))
        #expect(isClose(second.temperatureCelsius, 50))
        #expect(isClose(second.powerWatts, 400, within: 1e-3))
        #expect(second.memoryClockMHz == nil)
        #expect(second.throttleReasons == ["sw_power_cap", "hw_thermal_slowdown"])
        #expect(gpus.gpus.first?.throttleReasons == [])
        #expect(gpus.flags.first { $0.flag == .throttled }?.detail == "GPU 1: hw_thermal_slowdown in 69 of 360 readings")
        #expect(flags(gpus).contains(.powerCapped))
    }

    @Test func `a machine without meters has no energy, a reason, and all its other figures`() {
        let summary = summary { recording in
            recording.series = []
            recording.environment.unavailableMeters = [.init(meter: "rapl", reason: "no powercap", remedy: nil)]
        }
        #expect(summary.headlineScope == .system)
        #expect(summary.energyReason == "no energy meter was read (not to be had here: rapl)")
        #expect(summary.figures["joules_per_output_token"]?.value == nil)
        #expect(summary.figures["joules_per_output_token"]?.reason != nil)
        #expect(isClose(summary.figures["output_tokens_per_second"]?.value, 320 / 36))
        #expect(flags(summary).contains(.energyUnavailable))
    }

    @Test func `a headline that is modelled says so`() {
        let summary = summary { $0.series.removeFirst(2) }
        #expect(summary.headlineScope == .system)
        #expect(summary.energyReason == "modelled, not measured: model cpu")
        #expect(summary.figures["joules_per_output_token"]?.method == "modelled")
        #expect(isClose(summary.figures["joules_per_output_token"]?.value, 40 * 36 / 320))
    }

    @Test func `a declared device that never delivered leaves no total`() {
        let summary = summary { recording in
            let silent = recording.series.remove(at: 1)
            recording.environment.meters = recording.series.map(\.channel) + [silent.channel]
        }
        #expect(summary.headlineScope == .gpu)
        #expect(summary.figures["joules_per_output_token"]?.value == nil)
        #expect(summary.energyReason == "nvml GPU-1: no good reading")
        #expect(flags(summary).contains(.energyUnavailable))
    }

    @Test func `tokens of failed requests are wasted, and both denominators are given`() {
        let summary = summary { recording in
            recording.requests[9].outcome = .failed
            recording.requests[9].error = "out of memory"
            recording.requests[9].outputTokens = nil
            recording.requests[9].chunks.removeLast(16)
        }
        #expect(summary.requests.completed == 9)
        #expect(summary.requests.failed == 1)
        #expect(summary.requests.wastedTokens == 16)
        #expect(summary.requests.outputTokens == 9 * 32 + 16)
        #expect(summary.requests.errors == ["out of memory": 1])
        #expect(isClose(summary.figures["joules_per_output_token"]?.value, 28_800 / 304, within: 1e-3))
        #expect(isClose(summary.figures["joules_per_useful_token"]?.value, 100, within: 1e-3))
    }

    @Test func `a run without a completed request has no figure per token and still its energy`() {
        let summary = summary { recording in
            for index in recording.requests.indices { recording.requests[index].outcome = .failed }
        }
        #expect(summary.figures["joules_per_output_token"]?.reason == "no request completed")
        #expect(summary.figures["requests_per_second"]?.value == nil)
        #expect(isClose(summary.energies.first?.gross.value, 28_800, within: 1e-3))
        #expect(summary.latencies["service_latency"]?.count == 0)
    }

    @Test func `a count that a completed request lacks is not taken for zero`() {
        let summary = summary { recording in
            recording.requests[3].outputTokens = nil
            recording.requests[3].chunks = []
        }
        #expect(summary.figures["joules_per_output_token"]?.reason == "1 of 10 completed requests have no count of output tokens")
        #expect(summary.figures["joules_per_request"]?.value != nil)
    }

    @Test func `a killed run gives the figures of what was done`() {
        let summary = summary { recording in
            recording.state.status = .killed
            recording.state.reason = "the process is gone"
            recording.state.phases.removeLast()
            recording.state.phases[4].end = nil
            recording.state.updated = at(50)
            recording.requests.removeLast(5)
            recording.environment.end = nil
        }
        #expect(summary.status == .killed)
        #expect(summary.statusReason == "the process is gone")
        #expect(isClose(summary.windowDurationSeconds, 18))
        #expect(summary.windowKind == "measure phase as far as it went, first write to last body end")
        #expect(isClose(summary.figures["joules_per_output_token"]?.value, 800 * 18 / 160, within: 1e-3))
        #expect(isClose(summary.phases.last?.durationSeconds, 20))
        #expect(flags(summary).contains(.shortWindow))
    }

    @Test func `a run that never measured has a reason in every figure`() {
        let summary = summary { recording in
            recording.state.phases.removeLast(2)
            recording.requests = []
        }
        #expect(summary.windowDurationSeconds == nil)
        #expect(summary.windowKind == "none")
        #expect(summary.energyReason == "the run did not reach the measure phase")
        #expect(summary.figures["mean_power"]?.reason == "the run did not reach the measure phase")
        #expect(summary.figures.values.allSatisfy { $0.value != nil || $0.reason != nil })
    }

    @Test func `a run without baselines has gross energy and no net`() {
        let summary = summary { recording in recording.state.phases.removeAll { $0.phase != .measure } }
        #expect(summary.figures["joules_per_output_token"]?.value != nil)
        #expect(summary.figures["net_joules_per_output_token"]?.reason == "the phase idle loaded was not run to its end")
        #expect(summary.figures["idle_share"]?.value == nil)
    }

    @Test func `idle power that moved over the run is a drift and widens the net`() throws {
        let steady = summary()
        let drifting = summary { recording in
            for index in recording.series[0].samples.indices where recording.series[0].samples[index].instant >= at(70) {
                recording.series[0].samples[index].power = Watts(75)
            }
        }
        #expect(flags(drifting).contains(.baselineDrift))
        let narrow = try #require(steady.energies.first?.netOverIdleLoaded.plusMinus)
        #expect(try #require(drifting.energies.first?.netOverIdleLoaded.plusMinus) > narrow)
        #expect(drifting.energies.first?.netOverIdleLoaded.flags.contains(.baselineDrift) == true)
    }

    @Test func `less energy than idling is negative and implausible`() {
        let summary = summary { recording in
            for index in recording.series[0].samples.indices
            where window(30, 69).contains(recording.series[0].samples[index].instant) {
                recording.series[0].samples[index].power = Watts(10)
                recording.series[1].samples[index].power = Watts(10)
            }
        }
        #expect(flags(summary).isSuperset(of: [.negativeNet, .implausible]))
    }

    @Test func `power far above the limit of a GPU is implausible`() {
        let summary = summary { $0.environment.gpus[0].powerLimitWatts = 300 }
        #expect(summary.flags.first { $0.flag == .implausible }?.detail == "GPU 0: a mean of 400.0 W, and its limit is 300.0 W")
    }

    @Test func `a stepped wall clock, a sleep, foreign processes and wrong lengths raise their flags`() {
        let stepped = summary { recording in
            recording.environment.end = ClockAnchor(
                monotonic: at(90), unixSeconds: 1_795_253_490.45, bootNanoseconds: 90_000_000_000)
            recording.environment.gpus[1].foreignProcesses = [4_711]
            recording.experiment.scenario.generation.minNewTokens = 256
            recording.state.samplesLost = 3
        }
        #expect(flags(stepped).isSuperset(of: [.clockStep, .sharedDevice, .outputLengthMismatch, .gap]))
        #expect(!flags(stepped).contains(.suspended))
        let slept = summary { recording in
            recording.environment.end = ClockAnchor(monotonic: at(90), unixSeconds: 1_795_253_500.25, bootNanoseconds: 100_000_000_000)
        }
        #expect(flags(slept).contains(.suspended))
        #expect(!flags(slept).contains(.clockStep))
    }

    @Test func `the order of the series does not change the summary`() {
        let given = summary()
        #expect(summary { $0.series.reverse() } == given)
    }
}

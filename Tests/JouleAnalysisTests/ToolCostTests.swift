import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

/// What the tool itself took while it measured.
struct ToolCostTests {
    private func mark(_ second: Double, _ phase: Phase?, own: Double, busy: Double?, wakes: Int) -> CostMark {
        CostMark(
            instant: at(second), phase: phase, cpuSeconds: own, voluntarySwitches: wakes, involuntarySwitches: wakes / 10,
            peakResident: .mebibytes(20), machineBusySeconds: busy)
    }

    /// 0–10 s idle and loaded at 30 W, 10–50 s measured at 80 W: 2,000 J over idle.
    private func recording(_ change: (inout Recording) -> Void = { _ in }) -> Recording {
        let environment = RunEnvironment(
            joulebench: "test", cpu: .init(logicalCores: 8), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "Linux"),
            start: ClockAnchor(monotonic: at(0), unixSeconds: 1_795_253_400, bootNanoseconds: 0))
        var state = RunState(status: .completed, pid: 1, processStart: nil, requestsPlanned: 1, updated: at(60))
        state.phases = [
            PhaseSpan(phase: .idleLoaded, start: at(0), end: at(10)), PhaseSpan(phase: .measure, start: at(10), end: at(50)),
            PhaseSpan(phase: .cooldown, start: at(50), end: at(60)),
        ]
        state.costMarks = [
            mark(0, .idleLoaded, own: 1, busy: 100, wakes: 1_000), mark(10, .measure, own: 1.1, busy: 101, wakes: 1_100),
            mark(50, .cooldown, own: 1.9, busy: 181, wakes: 1_580), mark(60, nil, own: 2, busy: 182, wakes: 1_700),
        ]
        let package = powerSeries(
            (-10...700).map { tick in
                let time = Double(tick) / 10
                return (time, (10..<50).contains(time) ? 80 : 30)
            }, channel("rapl", .package, "package-0"))
        let request = RequestTimeline(
            index: 0, promptID: "p", phase: .measure, outcome: .completed, scheduled: at(11), sent: at(11), firstToken: at(12),
            lastToken: at(48), bodyEnd: at(49), inputTokens: 20, outputTokens: 32, tokenSource: .worker)
        var result = Recording(
            runID: "r", experiment: Experiment(name: "test", backend: BackendSpec(kind: .pytorch, model: "m")), environment: environment,
            state: state, process: nil, series: [package], requests: [request])
        change(&result)
        return result
    }

    private func found(_ change: (inout Recording) -> Void = { _ in }) -> Summary.ToolCost? {
        RunAnalysis.summary(of: recording(change), ownCost: [:]).toolCost
    }

    @Test func `the tool has its share of the processor's energy over idle, by processor time`() throws {
        let cost = try #require(found())
        #expect(isClose(cost.use.durationSeconds, 40) && isClose(cost.use.cpuSeconds, 0.8))
        #expect(isClose(cost.use.corePercent, 2))
        #expect(cost.use.voluntarySwitches == 480 && cost.use.involuntarySwitches == 48)
        #expect(isClose(cost.use.wakeUpsPerSecond, 12))
        #expect(isClose(cost.machineBusySeconds, 80))
        // 50 W over idle, of which a hundredth of the busy time.
        #expect(isClose(cost.power.value, 0.5, within: 5e-3))
        #expect(cost.power.method == "modelled" && cost.power.scope == .package && cost.power.unit == "W")
        // The model of equal seconds, 50 %, and the gain of the meter, 5 %.
        let interval = try #require(cost.power.plusMinus)
        #expect(isClose(interval, joined(0.25, 0.025), within: 5e-3))
    }

    @Test func `a model of the processor does as well, and the meter of another machine does not`() throws {
        let modelled = try #require(found { $0.series = [constant(30, to: 61, channel("model", .cpu, "cpu", kind: .model, gain: 0.5))] })
        #expect(modelled.power.reason == "the processor used no more than when it was idle")
        #expect(modelled.power.scope == .cpu)
        let remote = try #require(
            found { recording in
                var channel = recording.series[0].channel
                channel.host = "elsewhere"
                recording.series[0] = SampleSeries(channel: channel, samples: recording.series[0].samples)
            })
        #expect(remote.power.reason == "no meter and no model covers the processor")
        #expect(isClose(remote.use.cpuSeconds, 0.8))
    }

    @Test func `what is missing is said`() throws {
        let unread = try #require(
            found { recording in
                recording.state.costMarks = recording.state.costMarks.map { marks in
                    marks.map { mark in
                        var mark = mark
                        mark.machineBusySeconds = nil
                        return mark
                    }
                }
            })
        #expect(unread.power.value == nil && unread.power.reason == "the machine's busy processor time was not read")
        let idle = try #require(found { $0.state.phases.removeFirst() })
        #expect(idle.power.reason == "no idle phase was run, so there is no energy over idle")
        #expect(found { $0.state.costMarks = nil } == nil)
        #expect(found { $0.state.costMarks = [] } == nil)
        // A run that was killed while it measured has no second edge.
        #expect(found { $0.state.costMarks?.removeLast(2) } == nil)
    }
}

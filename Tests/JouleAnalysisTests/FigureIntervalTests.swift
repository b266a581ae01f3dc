import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

/// Every figure that has energy in it says how far it can be trusted, or why there is none.
@Suite struct `The interval of a figure` {
    private static let objectives: LoadSpec.Objectives = {
        var objectives = LoadSpec.Objectives()
        objectives.timeToFirstToken = .milliseconds(500)
        return objectives
    }()

    /// A server with a GPU, a package and a memory of random powers, `scale` times as large.
    private func serverRun(seed: UInt64, scale: Double = 1, _ change: (inout Recording) -> Void = { _ in }) -> Summary {
        var random = SeededRandom(seed: seed)
        let busy = Double.random(in: 200...700, using: &random)
        let requests = (0..<24).map { answer($0, sent: Double($0) * 2.3) }
        return summary(
            of: serving(requests, arrival: .sequential, watts: { _ in busy }) { recording in
                recording.experiment.load.objectives = Self.objectives
                recording.environment.server?.isLocal = true
                var client = ClientReport()
                client.cpuSeconds = 2
                client.wallSeconds = 50
                recording.client = client
                for index in recording.requests.indices where index.isMultiple(of: 3) { recording.requests[index].reasoningTokens = 10 }
                recording.requests[5].outcome = .totalTimeout
                let source = recording.series[0]
                let noisy = source.samples.map { sample in
                    var sample = sample
                    sample.power = (sample.power ?? .zero) * (scale * Double.random(in: 0.98...1.02, using: &random))
                    return sample
                }
                let package = source.samples.map { sample in
                    Sample(instant: sample.instant, power: Watts(80 * scale * Double.random(in: 0.95...1.05, using: &random)))
                }
                recording.series = [
                    SampleSeries(channel: source.channel, samples: noisy),
                    SampleSeries(channel: channel("rapl", .package, "package-0"), samples: package),
                    SampleSeries(
                        channel: channel("model", .dram, "dram", kind: .model, gain: 0.5),
                        samples: source.samples.map { Sample(instant: $0.instant, power: Watts(10 * scale)) }),
                ]
                change(&recording)
            })
    }

    /// By name, everything in a summary that has joules or watts in its unit.
    private func energies(of summary: Summary) -> [String: Figure] {
        var all = summary.figures
        for row in summary.energies {
            let name = row.scope.rawValue
            all["\(name).gross"] = row.gross
            all["\(name).net host"] = row.netOverIdleHost
            all["\(name).net loaded"] = row.netOverIdleLoaded
            all["\(name).net after"] = row.netOverIdleAfter
            all["\(name).idle host"] = row.idleHostPower
            all["\(name).idle loaded"] = row.idleLoadedPower
            all["\(name).idle after"] = row.idleAfterPower
            all["\(name).mean"] = row.meanPower
            all["\(name).peak"] = row.peakPower
        }
        for row in summary.phases {
            all["phase \(row.phase.rawValue) energy"] = row.energy
            all["phase \(row.phase.rawValue) power"] = row.meanPower
        }
        for entry in summary.ledger {
            all["ledger \(entry.scope.rawValue) \(entry.device)"] = Figure(
                value: entry.energy?.rawValue, unit: "J", plusMinus: entry.plusMinus?.rawValue, method: entry.method.rawValue,
                reason: entry.reason)
        }
        if let attribution = summary.attribution {
            let parts = [
                "gross": attribution.gross, "requests": attribution.requests, "unattributed": attribution.unattributed,
                "prefill": attribution.prefill, "decode": attribution.decode, "reasoning": attribution.reasoning,
                "answer": attribution.answer, "wasted": attribution.wasted,
            ]
            for (name, figure) in parts { all["attribution.\(name)"] = figure }
        }
        if let goodput = summary.serving?.goodput { all["goodput.per joule"] = goodput.requestsPerJoule }
        return all.filter { EnergyMethod(rawValue: $0.value.method) != nil }
    }

    @Test(arguments: [1, 22, 333] as [UInt64])
    func `every figure of energy has an interval, or no value and a reason`(seed: UInt64) {
        print("seed \(seed)")
        let all = energies(of: serverRun(seed: seed))
        #expect(all.count > 40)
        for (name, figure) in all {
            if figure.value == nil {
                #expect(figure.reason?.isEmpty == false, "\(name)")
            } else {
                #expect((figure.plusMinus ?? -1) >= 0, "\(name) has no interval")
            }
        }
        // What the whole of this run can have, it has.
        for name in ["attribution.prefill", "attribution.answer", "goodput.per joule", "client_cpu_energy", "idle_share", "gpu.net after"] {
            #expect(all[name]?.value != nil, "\(name): \(all[name]?.reason ?? "")")
            #expect((all[name]?.plusMinus ?? 0) > 0, "\(name)")
        }
    }

    @Test(arguments: [4, 55, 666] as [UInt64])
    func `so many times the power is so many times each energy and its interval, and shares stay`(seed: UInt64) throws {
        print("seed \(seed)")
        let factor = 3.0
        let one = energies(of: serverRun(seed: seed))
        let many = energies(of: serverRun(seed: seed, scale: factor))
        #expect(Set(one.keys) == Set(many.keys))
        for (name, figure) in one {
            guard let value = figure.value, let plusMinus = figure.plusMinus, let other = many[name] else { continue }
            let power = figure.unit.hasSuffix("/J") ? 1 / factor : figure.unit == "%" ? 1 : factor
            #expect(isClose(other.value, value * power, within: 1e-6), "\(name)")
            #expect(isClose(other.plusMinus, plusMinus * power, within: 1e-6), "\(name)")
        }
    }

    @Test func `the gain cancels in the idle share, and in no figure beside it`() throws {
        func with(gain: Double) -> Summary {
            serverRun(seed: 9) { recording in
                let series = recording.series[0]
                recording.series[0] = SampleSeries(channel: channel(gain: gain, updatePeriod: .milliseconds(100)), samples: series.samples)
            }
        }
        let (small, large) = (with(gain: 0.01), with(gain: 0.1))
        #expect(small.figures["idle_share"]?.plusMinus == large.figures["idle_share"]?.plusMinus)
        for key in [
            "joules_per_output_token", "output_tokens_per_joule", "watt_hours_per_1000_requests", "mean_power", "goodput_per_joule",
        ] {
            let (narrow, wide) = (try #require(small.figures[key]?.plusMinus), try #require(large.figures[key]?.plusMinus))
            #expect(wide > narrow * 5, "\(key)")
        }
    }

    @Test func `the gains of two sensors do not cancel in the idle share`() throws {
        func with(memoryGain: Double) -> Summary {
            serverRun(seed: 9) { recording in
                let (varying, constant) = (recording.series[0].samples, recording.series[2].samples)
                recording.series = [
                    SampleSeries(channel: channel("rapl", .package, "package-0", gain: 0.02), samples: varying),
                    SampleSeries(channel: channel("model", .dram, "dram", kind: .model, gain: memoryGain), samples: constant),
                ]
            }
        }
        for memoryGain in [0.1, 0.5] {
            let summary = with(memoryGain: memoryGain)
            let figure = try #require(summary.figures["idle_share"])
            #expect(summary.headlineScope == .system)
            let share = try #require(figure.value) / 100
            // Each sensor moves the share by its gain, as far as its own idle energy is not the common share of its own gross.
            var square = 0.0
            var gross = 0.0
            for (scope, gain) in [(Scope.package, 0.02), (.dram, memoryGain)] {
                let row = try #require(summary.energies.first { $0.scope == scope })
                let (energy, net) = (try #require(row.gross.value), try #require(row.netOverIdleLoaded.value))
                let moved = ((energy - net) - energy * share) * gain
                square += moved * moved
                gross += energy
            }
            #expect(isClose(figure.systematic, square.squareRoot() / gross * 100, within: 1e-6), "\(memoryGain)")
            #expect(try #require(figure.plusMinus) >= #require(figure.systematic))
        }
    }

    @Test func `the shares of the attribution err as the energy that they share, and add up`() throws {
        let attribution = try #require(serverRun(seed: 12).attribution)
        func relative(_ figure: Figure) -> Double? { figure.value.flatMap { value in figure.plusMinus.map { $0 / abs(value) } } }
        let whole = try #require(relative(attribution.gross))
        for part in [
            attribution.requests, attribution.prefill, attribution.decode, attribution.reasoning, attribution.answer, attribution.wasted,
        ] {
            #expect(isClose(relative(part), whole, within: 1e-9))
        }
        let sum = try #require(attribution.requests.value) + #require(attribution.unattributed.value)
        #expect(isClose(sum, try #require(attribution.gross.value)))
    }

    @Test func `tokens that were estimated are flagged wherever they are a denominator`() {
        let run = serverRun(seed: 3) { recording in
            for index in recording.requests.indices { recording.requests[index].tokenSource = .chunks }
        }
        for key in [
            "joules_per_output_token", "joules_per_useful_token", "net_joules_per_output_token", "output_tokens_per_joule",
            "output_tokens_per_second", "decode_joules_per_output_token", "joules_per_total_token",
        ] { #expect(run.figures[key]?.flags.contains(.tokensEstimated) == true, "\(key)") }
        #expect(run.figures["joules_per_request"]?.flags.contains(.tokensEstimated) == false)
    }

    @Test func `idle comes three ways, each with its power, its scatter and the net over it`() throws {
        let run = serverRun(seed: 2) { recording in
            recording.state.phases.insert(PhaseSpan(phase: .idleHost, start: at(-6.9), end: at(-6.1)), at: 0)
        }
        let gpu = try #require(run.energies.first { $0.scope == .gpu })
        let gross = try #require(gpu.gross.value)
        let seconds = try #require(run.windowDurationSeconds)
        for (power, net) in [
            (gpu.idleHostPower, gpu.netOverIdleHost), (gpu.idleLoadedPower, gpu.netOverIdleLoaded),
            (gpu.idleAfterPower, gpu.netOverIdleAfter),
        ] {
            #expect(isClose(net.value, gross - (power.value ?? 0) * seconds, within: 1e-9))
            #expect(try #require(net.plusMinus) > 0)
        }
        #expect(Set(try #require(gpu.idleScatter).keys) == ["host", "loaded", "after"])
        #expect(run.energies.allSatisfy { row in row.scope == .system || row.idleAfterPower.value != nil })
    }

    @Test func `a drift of the idle power is in the interval of all three nets`() throws {
        func run(after watts: Double) -> Summary {
            serverRun(seed: 2) { recording in
                let end = recording.state.phases.last?.start ?? at(0)
                for index in recording.series[0].samples.indices where recording.series[0].samples[index].instant > end {
                    recording.series[0].samples[index].power = Watts(watts)
                }
            }
        }
        let (settled, moved) = (run(after: 100), run(after: 130))
        let (before, later) = (try #require(settled.energies.first), try #require(moved.energies.first))
        #expect(raised(moved).contains(.baselineDrift))
        #expect(try #require(later.netOverIdleLoaded.plusMinus) > #require(before.netOverIdleLoaded.plusMinus))
        #expect(try #require(later.netOverIdleAfter.plusMinus) > #require(before.netOverIdleAfter.plusMinus))
        #expect(later.netOverIdleAfter.flags.contains(.baselineDrift))
        #expect(isClose(later.idleAfterPower.value, 130))
    }
}

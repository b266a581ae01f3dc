import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

@Suite struct `What the hardware cannot do` {
    private let requests = (0..<20).map { answer($0, sent: Double($0) * 2.5) }

    /// A server at 400 W of GPU with a limit, a package and its memory.
    private func run(_ change: (inout Recording) -> Void = { _ in }) -> Summary {
        summary(
            of: serving(requests, arrival: .sequential) { recording in
                recording.environment.gpus[0].powerLimitWatts = 700
                recording.series.append(constant(100, from: -7, to: 60, channel("rapl", .package, "package-0")))
                recording.series.append(constant(10, from: -7, to: 60, channel("rapl", .dram, "dram-0")))
                change(&recording)
            })
    }

    private func details(_ summary: Summary, _ flag: Flag) -> [String] { summary.flags.filter { $0.flag == flag }.map(\.detail) }

    private func node(_ watts: Double, host: String? = nil) -> SampleSeries {
        constant(watts, from: -7, to: 60, hosted(host, channel("ipmi", .node, "bmc", gain: 0.02)))
    }

    @Test func `a quiet run has nothing against it`() {
        #expect(raised(run()).isDisjoint(with: [.implausible, .throttled, .powerCapped, .sharedDevice, .migSlice, .lowSampleRate]))
    }

    @Test func `fewer joules a token than idling alone takes`() throws {
        let low = run { recording in
            for index in recording.series[0].samples.indices where window(0, 49).contains(recording.series[0].samples[index].instant) {
                recording.series[0].samples[index].power = Watts(20)
            }
        }
        let detail = try #require(details(low, .implausible).first)
        #expect(detail.hasPrefix("gpu: less energy than the loaded machine uses when idle, by "))
        #expect(detail.contains("J/token, and idling alone takes "))
    }

    @Test func `a node takes no less than its parts, and not far more than they can`() {
        #expect(details(run { $0.series.append(node(600)) }, .implausible).isEmpty)
        #expect(details(run { $0.series.append(node(300)) }, .implausible).first?.hasPrefix("the node used 10") == true)
        // 770 W of the GPU's limit, and 110 W of the rest, half as much again for fans and losses: 1,320 W and their interval.
        #expect(details(run { $0.series.append(node(1_300)) }, .implausible).isEmpty)
        #expect(
            details(run { $0.series.append(node(1_600)) }, .implausible) == ["the node: a mean of 1600.0 W, and its parts can take 885.5 W"]
        )
        // Without the limit of the GPU the bound is not known.
        #expect(
            details(
                run {
                    $0.series.append(node(1_600))
                    $0.environment.gpus[0].powerLimitWatts = nil
                }, .implausible
            ).isEmpty)
    }

    @Test func `nodes are held against the parts of their own machine`() {
        let two = run { recording in
            recording.series.append(node(300, host: "b"))
            recording.series.append(constant(350, from: -7, to: 60, hosted("b", channel("rapl", .package, "package-0"))))
            recording.series.append(node(600))
        }
        #expect(details(two, .implausible).count == 1)
        #expect(details(two, .implausible).first?.hasPrefix("the node b used ") == true)
    }

    @Test func `a GPU far above its limit is named`() {
        let summary = run { $0.environment.gpus[0].powerLimitWatts = 350 }
        #expect(details(summary, .implausible) == ["GPU 0: a mean of 400.0 W, and its limit is 350.0 W"])
    }

    @Test func `a GPU at its limit is power capped, whether it names the reason or not`() {
        func capped(_ share: Double) -> Summary {
            run { recording in
                for index in recording.series[0].samples.indices {
                    recording.series[0].samples[index].powerLimit = Watts(Double(index % 10) < share * 10 ? 402 : 700)
                }
            }
        }
        #expect(details(capped(1), .powerCapped).first?.hasPrefix("GPU 0: at 98 % of its limit or above in ") == true)
        #expect(details(capped(0), .powerCapped).isEmpty)
        let named = run { recording in
            for index in recording.series[0].samples.indices { recording.series[0].samples[index].throttleReasons = 0x4 }
        }
        #expect(details(named, .powerCapped).first?.contains("sw_power_cap in ") == true)
        let slowed = run { recording in
            for index in recording.series[0].samples.indices { recording.series[0].samples[index].throttleReasons = 0x40 }
        }
        #expect(details(slowed, .throttled).first?.contains("hw_thermal_slowdown in ") == true)
    }

    @Test func `fewer than five readings a second are flagged`() {
        let slow = run { recording in
            recording.series[1].samples = recording.series[1].samples.enumerated().filter { $0.offset.isMultiple(of: 4) }.map(\.element)
        }
        #expect(details(slow, .lowSampleRate).first?.hasPrefix("rapl package-0: 2.5") == true)
    }

    @Test func `a device that stopped before the window ended has no energy and is named`() {
        let cut = run { recording in recording.series[0].samples.removeAll { $0.instant > at(30) } }
        #expect(details(cut, .energyUnavailable).contains { $0.hasPrefix("nvml GPU-0: the window is not bracketed") })
    }

    @Test func `a GPU that the worker used and nobody read is named`() {
        let unread = run { recording in
            var process = ProcessResult(experimentID: "e", processIndex: 0)
            process.devices = ["GPU-0", "GPU-9"]
            recording.process = process
        }
        #expect(details(unread, .energyUnavailable).contains("the model ran on GPU-9, which no meter read"))
        #expect(!details(unread, .energyUnavailable).contains { $0.contains("GPU-0") })
    }

    // MARK: Occupancy

    @Test func `a closed loop that was not full says how full it was`() {
        var experimentRequests = closedLoop(4, length: 40)
        experimentRequests.removeAll { $0.index % 4 > 1 }
        let sparse = summary(of: serving(experimentRequests, arrival: .closed, concurrency: 4))
        #expect(sparse.notes.contains { $0.hasPrefix("a mean of ") && $0.hasSuffix("of the 4 requests that were asked for was in flight") })
        let full = summary(of: serving(closedLoop(4, length: 40), arrival: .closed, concurrency: 4))
        #expect(!full.notes.contains { $0.hasPrefix("a mean of ") })
    }

    @Test func `batches of a worker that were not full say so`() {
        func worker(_ perBatch: Int, of asked: Int) -> Summary {
            run { recording in
                recording.experiment.backend.kind = .pytorch
                recording.experiment.scenario.batchSize = asked
                for index in recording.requests.indices { recording.requests[index].batch = index / perBatch }
            }
        }
        #expect(worker(5, of: 8).notes.contains("a batch held a mean of 5.0 of the 8 prompts that were asked for"))
        #expect(!worker(10, of: 10).notes.contains { $0.hasPrefix("a batch held") })
    }

    // MARK: The client on the server's machine

    private func local(_ change: (inout Recording) -> Void = { _ in }) -> Summary {
        run { recording in
            recording.environment.server?.isLocal = true
            var client = ClientReport()
            client.cpuSeconds = 4
            client.wallSeconds = 50
            recording.client = client
            change(&recording)
        }
    }

    @Test func `the energy of a client on the server's machine is shown apart, as a model's`() throws {
        let figure = try #require(local().figures["client_cpu_energy"])
        // 100 W over 8 cores, of which the client was on one for 4 of 50 s.
        let seconds = try #require(local().windowDurationSeconds)
        #expect(isClose(figure.value, 100 * seconds * 4 / (50 * 8), within: 1e-6))
        #expect(figure.method == "modelled")
        #expect(figure.scope == .package)
        #expect(figure.flags == [.energyModelled])
        #expect(try #require(figure.plusMinus) > figure.value! / 2)
        let detail = try #require(details(local(), .coLocatedClient).first)
        #expect(detail.hasPrefix("http://server:8000; the client itself used "))
        #expect(detail.hasSuffix("J of the package by its processor time (modelled)"))
    }

    @Test func `without a reading of the processors the client's energy is absent, not zero`() {
        let bare = local { $0.series.removeLast(2) }
        #expect(bare.figures["client_cpu_energy"]?.value == nil)
        #expect(bare.figures["client_cpu_energy"]?.reason == "no meter or model covers this machine's processors")
        #expect(details(bare, .coLocatedClient).first?.contains("what the client itself used is not known") == true)
        #expect(run().figures["client_cpu_energy"]?.reason == "the client did not run on the server's machine")
        #expect(local { $0.client = nil }.figures["client_cpu_energy"]?.reason == "the processor time of the client was not read")
    }

    @Test func `the package of another machine is not the client's`() {
        let remote = local { recording in
            for index in 1...2 {
                recording.series[index] = SampleSeries(
                    channel: hosted("b", recording.series[index].channel), samples: recording.series[index].samples)
            }
        }
        #expect(remote.figures["client_cpu_energy"]?.value == nil)
    }

    @Test func `a counter that its power contradicts is labelled a power reading, with the reason in the ledger`() throws {
        let summary = run { recording in
            var joules = 0.0
            recording.series[0] = SampleSeries(
                channel: channel(kind: .counter),
                samples: recording.series[0].samples.map { sample in
                    var sample = sample
                    joules += (sample.power?.rawValue ?? 0) * 0.1
                    sample.energy = Joules(joules)
                    sample.power = sample.power.map { $0 * 1.05 }
                    return sample
                })
        }
        #expect(raised(summary).contains(.counterPowerDisagree))
        let entry = try #require(summary.ledger.first { $0.scope == .gpu })
        #expect(entry.method == .measuredPower)
        #expect(entry.inTotal)
        #expect(entry.reason?.hasPrefix("counter and power differ by more than 3 %") == true)
        #expect(summary.figures["joules_per_output_token"]?.method == "measured-power")
    }
}

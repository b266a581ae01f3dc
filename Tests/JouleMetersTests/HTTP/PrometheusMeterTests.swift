import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

@Suite(.timeLimit(.minutes(2))) struct `A page in Prometheus' text format` {
    private static let gpus = """
        # HELP DCGM_FI_DEV_POWER_USAGE Power draw (in W).
        # TYPE DCGM_FI_DEV_POWER_USAGE gauge
        DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-aaa",device="nvidia0",modelName="NVIDIA H200",Hostname="n1"} 112.5
        DCGM_FI_DEV_POWER_USAGE{gpu="1",UUID="GPU-bbb",device="nvidia1",modelName="NVIDIA H200",Hostname="n1",pod="x"} 14.25
        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="GPU-aaa",device="nvidia0",modelName="NVIDIA H200",Hostname="n1"} 9001000
        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="1",UUID="GPU-bbb",device="nvidia1",modelName="NVIDIA H200",Hostname="n1"} 15152422938
        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="1",UUID="GPU-bbb",GPU_I_ID="3",device="nvidia1",modelName="NVIDIA H200",Hostname="n1"} 15152422938
        DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-aaa"} 41
        """

    @Test func `every GPU of the DCGM exporter is one channel under its UUID, with counter and power`() async throws {
        let server = LoopbackServer { $0.path == "/metrics" ? .init(Self.gpus) : .init(status: 404) }
        let found = try await find(selector(.dcgm, server.url))
        let meter = try #require(found.meters.first)
        #expect(found.meters.count == 1 && found.unavailable.isEmpty && meter.isSlow)
        #expect(
            meter.channels.map(\.device) == ["GPU-aaa", "GPU-bbb"] && meter.channels.map(\.name) == ["NVIDIA H200 #0", "NVIDIA H200 #1"])
        #expect(meter.channels.allSatisfy { $0.scope == .gpu && $0.hasEnergy && $0.hasPower && $0.kind == .counter && $0.gain == 0.05 })
        #expect(meter.channels.allSatisfy { $0.host == nil && $0.countsInTotals && $0.meter == "dcgm" })
        let sample = try #require(try await meter.samples().first)
        #expect(
            sample.map { $0.energy } == [Joules(9_001), .millijoules(15_152_422_938)]
                && sample.map { $0.power } == [Watts(112.5), Watts(14.25)])
    }

    @Test func `only the GPUs that the run uses are read`() async throws {
        let server = LoopbackServer { _ in .init(Self.gpus) }
        func devices(_ wanted: [DeviceSelector]) async throws -> [String] {
            try await find(selector(.dcgm, server.url), devices: wanted).meters.flatMap(\.channels).map(\.device)
        }
        #expect(try await devices([.index(1)]) == ["GPU-bbb"])
        #expect(try await devices([.uuid("GPU-a")]) == ["GPU-aaa"])
        #expect(try await devices([.index(7)]).isEmpty)
    }

    @Test(arguments: [("W", true), ("mJ", false)])
    func `another metric of the DCGM exporter is read for each GPU, as power or as a counter`(unit: String, isPower: Bool) async throws {
        let page = """
            DCGM_FI_DEV_POWER_USAGE_INSTANT{gpu="0",UUID="GPU-aaa",modelName="NVIDIA H200",Hostname="n1"} 120
            DCGM_FI_DEV_POWER_USAGE_INSTANT{gpu="0",UUID="GPU-aaa",GPU_I_ID="3",modelName="NVIDIA H200",Hostname="n1"} 120
            DCGM_FI_DEV_POWER_USAGE_INSTANT{gpu="1",UUID="GPU-bbb",modelName="NVIDIA H200",Hostname="n1"} 30
            DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-aaa"} 1
            """
        let server = LoopbackServer { _ in .init(page) }
        let found = try await find(
            selector(.dcgm, server.url) { ($0.metric, $0.unit) = ("DCGM_FI_DEV_POWER_USAGE_INSTANT", unit) }, devices: [.index(0)])
        let meter = try #require(found.meters.first)
        #expect(meter.channels.map(\.device) == ["GPU-aaa"] && meter.channels.map(\.name) == ["NVIDIA H200 #0"])
        #expect(meter.channels.allSatisfy { $0.scope == .gpu && $0.meter == "dcgm" && $0.kind == (isPower ? .power : .counter) })
        let sample = try #require(try await meter.samples().first)
        #expect(sample.map(\.power) == [isPower ? Watts(120) : nil] && sample.map(\.energy) == [isPower ? nil : .millijoules(120)])
        let failure = await #expect(throws: Failure.self) {
            try await find(selector(.dcgm, server.url) { $0.metric = "DCGM_FI_DEV_POWER_USAGE_INSTANT" })
        }
        #expect(failure?.code == "meter.unit" && failure?.remedy?.contains("dcgm: {") == true)
    }

    @Test func `a device that NVML has too counts once`() throws {
        func series(_ meter: String, _ kind: MeterKind, watts: Double) -> SampleSeries {
            let channel = MeterChannel(
                meter: meter, scope: .gpu, device: "GPU-aaa", name: meter, kind: kind, hasEnergy: kind == .counter, hasPower: true,
                gain: 0.05)
            return SampleSeries(
                channel: channel,
                samples: (0...100).map { tick in
                    Sample(
                        instant: Instant(nanoseconds: Int64(tick) * 100_000_000), power: Watts(watts),
                        energy: kind == .counter ? Joules(watts * Double(tick) / 10) : nil)
                })
        }
        let window = Instant(nanoseconds: 1_000_000_000)..<Instant(nanoseconds: 9_000_000_000)
        let traces = [series("dcgm", .power, watts: 90), series("nvml", .counter, watts: 100)].map {
            MeterTrace($0, samplePeriod: .milliseconds(100))
        }
        let ledger = WindowAccount(traces, in: window).ledger
        #expect(ledger.total(of: .gpu).value.map { abs($0.value.rawValue - 800) < 1 } == true)
    }

    @Test func `a metric is one channel for each series, with the unit of its name or of the option`() async throws {
        let page = """
            rack_outlet_power_milliwatts{outlet="a",site="x"} 250000
            rack_outlet_power_milliwatts{outlet="b",site="x"} 125000
            rack_outlet_power_milliwatts{outlet="a",site="y"} 1
            mystery{outlet="a"} 3
            """
        let server = LoopbackServer { _ in .init(page) }
        let named = try await find(
            selector(.prometheus, server.url) {
                $0.metric = "rack_outlet_power_milliwatts"
                $0.labels = ["site": "x"]
                $0.gain = 0.01
            })
        let meter = try #require(named.meters.first)
        #expect(
            meter.channels.map(\.device) == ["a", "b"]
                && meter.channels.allSatisfy { $0.scope == .node && $0.gain == 0.01 && $0.kind == .power })
        #expect(try await meter.samples().first?.map { $0.power } == [Watts(250), Watts(125)])
        let told = try await find(
            selector(.prometheus, server.url) {
                $0.metric = "mystery"
                $0.unit = "kWh"
                $0.scope = .facility
            })
        #expect(told.meters.first?.channels.map(\.scope) == [.facility])
        #expect(try await told.meters.first?.samples().first?.map { $0.energy } == [.kilowattHours(3)])
    }

    @Test(arguments: [("mystery", nil), ("power_mw", nil), ("x_watts", "kWh"), ("x_joules_total", "W"), ("x_watts", "horses")])
    func `a unit that cannot be right is refused with a remedy`(metric: String, unit: String?) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await find(
                selector(.prometheus, "http://127.0.0.1:1") {
                    $0.metric = metric
                    $0.unit = unit
                })
        }
        #expect(failure?.code == "meter.unit" && failure?.remedy != nil)
    }

    @Test(
        arguments: [
            ("kepler_node_platform_joules_total", PageUnit.joules), ("a_watts", .watts), ("a_microjoules", .microjoules),
            ("a_milliwatts", .milliwatts), ("energy_kwh_total", .kilowattHours), ("a_watt_hours_total", .wattHours),
            ("node_hwmon_power_average_watt", .watts), ("A_WATTS", .watts), ("a_uj", .microjoules), ("kilowatts", .kilowatts),
        ])
    func `a unit is read off the end of a name`(name: String, unit: PageUnit) { #expect(PageUnit(name: name) == unit) }

    @Test(arguments: ["power_mw", "energy_mj", "power", "seconds_total", "jaw", "total", ""])
    func `an end that may mean two things says nothing`(name: String) { #expect(PageUnit(name: name) == nil) }

    @Test func `well-known names need no options`() async throws {
        let page = """
            kepler_node_cpu_joules_total{node_name="n",path="/sys/class/powercap/intel-rapl:0",zone="package"} 1000
            kepler_node_cpu_watts{node_name="n",path="/sys/class/powercap/intel-rapl:0",zone="package"} 50
            kepler_node_cpu_joules_total{node_name="n",path="/sys/class/powercap/intel-rapl:0:2",zone="dram"} 100
            kepler_node_cpu_joules_total{node_name="n",path="/x",zone="sunshine"} 100
            kepler_node_platform_joules_total{instance="n",mode="dynamic",source="acpi"} 700
            kepler_node_platform_joules_total{instance="n",mode="idle",source="acpi"} 300
            node_rapl_package_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1"} 77
            node_hwmon_power_watt{chip="pci0000:00_0000:00:18_3",sensor="power1"} 33
            scaph_host_power_microwatts 120000000
            joulebench_energy_joules_total{scope="gpu",device="0",uuid="GPU-zzz",method="measured-counter"} 5
            joulebench_energy_joules_total{scope="cpu",device="cpu",uuid="",method="modelled"} 6
            """
        let server = LoopbackServer { _ in .init(page) }
        let meter = try #require(try await find(selector(.prometheus, server.url)).meters.first)
        let sample = try #require(try await meter.samples().first)
        var seen: [String: (channel: MeterChannel, sample: RawSample)] = [:]
        for (channel, one) in zip(meter.channels, sample) { seen["\(channel.scope.rawValue) \(channel.device)"] = (channel, one) }
        #expect(
            Set(seen.keys) == [
                "package package-0", "dram package-0/dram", "node kepler platform", "package package-1",
                "other pci0000:00_0000:00:18_3 power1", "psys scaphandre host", "gpu GPU-zzz", "cpu cpu",
            ])
        #expect(seen["package package-0"]?.sample.energy == Joules(1_000) && seen["package package-0"]?.sample.power == Watts(50))
        // The modes are parts of one energy.
        #expect(seen["node kepler platform"]?.sample.energy == Joules(1_000))
        #expect(seen["other pci0000:00_0000:00:18_3 power1"]?.channel.countsInTotals == false)
        #expect(seen["psys scaphandre host"]?.sample.power == Watts(120))
        #expect(seen["cpu cpu"]?.channel.kind == .model)
    }

    @Test func `a page beside a meter of the same scope is shown and not added`() async throws {
        let server = LoopbackServer { _ in .init("wall_watts 300\n") }
        let node = MeterChannel(
            meter: "ipmi", scope: .node, device: "dcmi", name: "BMC", kind: .power, hasEnergy: false, hasPower: true, gain: 0.1)
        let wanted = selector(.prometheus, server.url) { $0.metric = "wall_watts" }
        let beside = try await find(wanted, counted: [node]).meters.flatMap(\.channels)
        #expect(beside.map(\.countsInTotals) == [false] && beside.first?.note?.contains("ipmi counts the node scope") == true)
        #expect(try await find(wanted).meters.flatMap(\.channels).map(\.countsInTotals) == [true])
    }

    @Test func `a value that is missing or no number is a missing sample`() async throws {
        let page = Guarded("a_watts 5\n")
        let server = LoopbackServer { _ in .init(page.withLock { $0 }) }
        let meter = try #require(try await find(selector(.prometheus, server.url) { $0.metric = "a_watts" }).meters.first)
        let texts = ["a_watts 5", "a_watts NaN", "b_watts 5", "", "a_watts +Inf", "a_watts 6 1700000000000"]
        let samples = try await meter.samples(texts.count) { number in page.withLock { $0 = texts[number] } }.map { $0[0] }
        #expect(samples.map { $0.power?.rawValue } == [5, nil, nil, nil, nil, 6])
        #expect(samples.map { $0.status.isOK } == [true, false, false, false, false, true])
        #expect(samples[1].status == .retry("the series has no number") && samples[2].status == .retry("the series is not on the page"))
    }

    @Test func `a server that dies and comes back leaves failed reads between good ones`() async throws {
        let server = LoopbackServer { _ in .init("a_joules_total \(1_000)\n") }
        let meter = try #require(try await find(selector(.prometheus, server.url) { $0.metric = "a_joules_total" }).meters.first)
        let samples = try await meter.samples(4) { number in
            if number == 1 { server.stop() }
            if number == 3 { server.restart() }
        }.map { $0[0] }
        #expect(samples[0].energy == Joules(1_000) && samples[3].energy == Joules(1_000))
        #expect(samples[1].energy == nil && samples[2].status == .retry("no connection"), "\(samples[2].status)")
    }

    @Test func `an error page is a missing sample`() async throws {
        let server = LoopbackServer { $0.number > 1 ? .init("a_watts 5", status: 503) : .init("a_watts 5") }
        let meter = try #require(try await find(selector(.prometheus, server.url) { $0.metric = "a_watts" }).meters.first)
        #expect(try await meter.samples().first?[0].status == .retry("HTTP 503"))
    }

    @Test func `the stamp of a slow answer is its middle`() async throws {
        let server = LoopbackServer { $0.number > 1 ? .init("a_watts 5", delay: .milliseconds(400)) : .init("a_watts 5") }
        let meter = try #require(try await find(selector(.prometheus, server.url) { $0.metric = "a_watts" }).meters.first)
        let before = Instant.now
        let sample = try #require(try await meter.samples().first?.first)
        let after = Instant.now
        // Both halves hold half of the server's delay at least, whatever the machine adds.
        #expect(sample.instant >= before + .milliseconds(200) && sample.instant <= after - .milliseconds(200))
    }

    @Test func `a slow page keeps no other meter waiting`() async throws {
        let server = LoopbackServer { $0.number > 1 ? .init("a_watts 5", delay: .milliseconds(700)) : .init("a_watts 5") }
        let slow = try #require(try await find(selector(.prometheus, server.url) { $0.metric = "a_watts" }).meters.first)
        let fast = ClockMeter("fast", kind: .power)
        let sampler = Sampler(meters: [slow, fast], period: .milliseconds(10), followsUpdates: true)
        let began = fast.log.reads
        let asked = server.requests.count
        // Until the slow one has begun a second read, the fast one has gone on.
        while server.requests.count < asked + 2 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(fast.log.reads > began + 3)
        sampler.stop()
    }

    @Test func `a counter on a page is not polled around its updates`() async throws {
        let server = LoopbackServer { .init("a_joules_total \($0.number)\n") }
        let meter = try #require(try await find(selector(.prometheus, server.url) { $0.metric = "a_joules_total" }).meters.first)
        let sampler = Sampler(meters: [meter], period: .milliseconds(10), followsUpdates: true)
        #expect(!sampler.isLearning)
        let asked = server.requests.count
        let begin = Instant.now
        sampler.markEdge()
        while server.requests.count < asked + 4 { try await Task.sleep(for: .milliseconds(5)) }
        // Four reads at ten a second take three periods, less the one that the edge brings forward.
        #expect(Instant.now - begin >= .milliseconds(190))
        sampler.stop()
    }

    @Test func `a counter that starts anew is a reset, not an energy`() async throws {
        let server = LoopbackServer { request in .init("a_joules_total \(request.number < 6 ? request.number * 100 : request.number)\n") }
        let meter = try #require(try await find(selector(.prometheus, server.url) { $0.metric = "a_joules_total" }).meters.first)
        let samples = try await meter.samples(9).map { $0[0].sample }
        let series = SampleSeries(channel: meter.channels[0], samples: samples)
        let window = samples[1].instant..<samples[7].instant
        let energy = MeterTrace(series, samplePeriod: .milliseconds(100)).energy(in: window)
        #expect(energy.energy.value == nil && energy.flags[.counterReset] != nil)
    }

    @Test func `what is not there says what is`() async throws {
        let server = LoopbackServer { _ in .init("a_watts 5\nb_seconds 1\n") }
        let wrong = try await find(selector(.prometheus, server.url) { $0.metric = "c_watts" })
        #expect(wrong.meters.isEmpty && wrong.unavailable.first?.remedy?.contains("a_watts") == true)
        let empty = try await find(selector(.dcgm, server.url))
        #expect(empty.meters.isEmpty && empty.unavailable.count == 1)
        let url = server.url
        server.stop()
        let gone = try await find(selector(.dcgm, url))
        #expect(gone.meters.isEmpty && gone.unavailable.first?.reason.contains("no connection") == true)
        await #expect(throws: Failure.self) { try await find(selector(.dcgm, "ftp://x")) }
    }
}

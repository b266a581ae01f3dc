import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

@Suite struct `AMD GPUs through the amd-smi library` {
    @Test func `a GPU has a channel by its ROCm name and a description`() throws {
        let discovery = try FakeAMDMachine(["DEVICES": "2"]).discover()
        #expect(discovery.found.unavailable.isEmpty)
        let channels = discovery.found.meters.flatMap(\.channels)
        #expect(channels.map(\.device) == ["GPU-e1f0c0de00000001", "GPU-e1f0c0de00000002"])
        #expect(channels.map(\.name) == ["AMD Instinct MI300X #0", "AMD Instinct MI300X #1"])
        #expect(channels.allSatisfy { $0.meter == "amd" && $0.scope == .gpu && $0.kind == .counter && $0.hasEnergy && $0.hasPower })
        #expect(channels[0].gain == 0.05)
        #expect(channels[0].note == "energy accumulator; current socket power; temperature of the hottest spot")
        #expect(discovery.places == ["0000:c1:00.0", "0000:c2:00.0"])
        let gpu = try #require(discovery.gpus.last)
        #expect(gpu.pciBusID == "0000:c2:00.0" && gpu.memoryBytes == .mebibytes(192 << 10) && gpu.powerLimitWatts == 750)
    }

    @Test func `a full read has everything, and a read of the energy only that`() throws {
        let machine = try FakeAMDMachine(["WAVE": "constant:412"])
        let meter = try machine.meter()
        let reader = try meter.open()
        defer { reader.close() }
        let full = reader.sample(.full)
        #expect(full.status == .ok && full.power == Watts(412) && full.averagePower == nil)
        #expect(full.utilizationPercent == 97 && full.memoryUsed == .mebibytes(3 << 10) && full.temperature == Celsius(61))
        #expect(full.smClockMHz == 2_100 && full.memoryClockMHz == 1_300 && full.powerLimit == Watts(750) && full.throttleReasons == nil)
        let lean = reader.sample(.energy)
        #expect(lean.energy != nil && lean.power == nil && lean.utilizationPercent == nil)
    }

    @Test func `the accumulator times its resolution is the energy that was drawn`() throws {
        let machine = try FakeAMDMachine(["WAVE": "square:low=100,high=500,period=0.02", "UPDATE_MS": "0"])
        let reader = try machine.meter().open()
        defer { reader.close() }
        func read() -> (before: Instant, sample: RawSample, after: Instant) {
            let before = Instant.now
            let sample = reader.sample(.energy)
            return (before, sample, .now)
        }
        let first = read()
        var last = read()
        while last.before - first.after < .milliseconds(50) { last = read() }
        let energy = try #require(last.sample.energy) - (try #require(first.sample.energy))
        // Whenever in its read the library looked, it was between what was drawn from read to read and what was drawn with both of them.
        let grain = Joules(1e-4)
        #expect(energy > (try machine.truth(from: first.after, to: last.before)) - grain)
        #expect(energy < (try machine.truth(from: first.before, to: last.after)) + grain)
        for read in [first, last] { #expect(read.before <= read.sample.instant && read.sample.instant <= read.after) }
    }

    /// The structure of the power has had three layouts; the library's version says which.
    @Test(arguments: [("23", "average"), ("24", "current"), ("24", "average"), ("25", "current"), ("26", "average"), ("27", "current")])
    func `the power is found in every version of its structure`(generation: String, source: String) throws {
        let machine = try FakeAMDMachine(["GENERATION": generation, "POWER": source, "WAVE": "constant:287", "COUNTER": "off"])
        let meter = try machine.meter()
        #expect(meter.channels[0].kind == .power && meter.channels[0].note?.contains("\(source) socket power") == true)
        let sample = try meter.open().sample(.power)
        #expect(sample.power == Watts(287) && sample.energy == nil)
        #expect(sample.averagePower == (source == "average" ? Watts(287) : nil))
    }

    @Test func `an older library gives the cap in watts`() {
        #expect(AMDGPU.capWatts(300) == Watts(300))
        #expect(AMDGPU.capWatts(300_000_000) == Watts(300))
    }

    @Test func `partitions of a GPU have no meter of their own`() throws {
        let discovery = try FakeAMDMachine(["PARTITIONS": "7"]).discover()
        let channels = discovery.found.meters.flatMap(\.channels)
        #expect(channels.count == 1)
        #expect(channels[0].note?.contains("the whole GPU with its 8 partitions") == true)
    }

    @Test func `a GPU without power and accumulator is reported`() throws {
        let discovery = try FakeAMDMachine(["COUNTER": "off", "POWER": "off"]).discover()
        #expect(discovery.found.meters.isEmpty && discovery.gpus.count == 1)
        #expect(discovery.found.unavailable.first?.reason.contains("has neither an energy accumulator nor a power reading") == true)
    }

    @Test func `a GPU that is lost while it is read is gone`() throws {
        let machine = try FakeAMDMachine()
        let meter = try machine.meter()
        let reader = try meter.open()
        #expect(reader.sample(.energy).status == .ok)
        try machine.configure(["LOST": "0"])
        #expect(reader.sample(.energy).status == .gone("energy: AMDSMI_STATUS_NOT_FOUND: Device not found"))
        #expect { try meter.open() } throws: { ($0 as? Failure)?.code == "meter.gone" }
    }

    @Test func `a card without a unique number goes by the library's name for it`() throws {
        let machine = try FakeAMDMachine(unique: [])
        #expect(try machine.meter().channels[0].device == "fake0000-0000-1000-8000-000000000000")
        let bare = try FakeAMDMachine(unique: [], hiding: ["amdsmi_get_gpu_device_uuid"])
        #expect(try bare.meter().channels[0].device == "0000:c1:00.0")
    }

    // MARK: When it is not there

    @Test func `a library that is not there says how to get it`() throws {
        let discovery = try AMDMeter.discover(variables: [:], root: try HostTree().root, libraryNames: ["/nowhere/libamd_smi.so"])
        #expect(!discovery.hasHardware)
        let absence = try #require(discovery.found.unavailable.first)
        #expect(absence.reason.contains("not installed") && absence.remedy?.contains("amd-smi-lib") == true)
        let driver = try HostTree(["/sys/module/amdgpu/version": "6.8\n"])
        #expect(try AMDMeter.discover(variables: [:], root: driver.root, libraryNames: ["/nowhere/x.so"]).hasHardware)
    }

    @Test(arguments: [("10", "groups `render`"), ("34", "modprobe amdgpu"), ("7", "amd-smi list")])
    func `a library that refuses to start has a remedy for its reason`(code: String, remedy: String) throws {
        let absence = try #require(try FakeAMDMachine(["INIT": code]).discover().found.unavailable.first)
        #expect(absence.reason.contains("refuses to start") && absence.remedy?.contains(remedy) == true)
    }

    @Test func `a library without the least functions is named`() throws {
        let discovery = try FakeAMDMachine(hiding: ["amdsmi_get_socket_handles"]).discover()
        #expect(discovery.found.unavailable.first?.reason.contains("lacks amdsmi_get_socket_handles") == true)
    }

    // MARK: Selection

    @Test func `GPUs are chosen by index or by the beginning of their name`() throws {
        let machine = try FakeAMDMachine(["DEVICES": "3"])
        #expect(try machine.discover([.index(2), .uuid("GPU-e1f0c0de00000001")]).gpus.map(\.index) == [2, 0])
        #expect { try machine.discover([.index(3)]) } throws: { ($0 as? Failure)?.code == "meter.unknown-device" }
    }

    @Test(
        arguments: [
            ([:], [0, 1, 2], nil), (["ROCR_VISIBLE_DEVICES": "2,0"], [2, 0], nil), (["HIP_VISIBLE_DEVICES": "1"], [1], nil),
            (["CUDA_VISIBLE_DEVICES": "1"], [1], nil), (["CUDA_VISIBLE_DEVICES": "1", "HIP_VISIBLE_DEVICES": "0"], [0], nil),
            // The second filter counts among what the first one leaves.
            (["ROCR_VISIBLE_DEVICES": "2,1", "HIP_VISIBLE_DEVICES": "1"], [1], nil),
            (["ROCR_VISIBLE_DEVICES": "GPU-E1F0C0DE00000002"], [1], nil), (["ROCR_VISIBLE_DEVICES": "0, 1"], [0, 1], nil),
            (["ROCR_VISIBLE_DEVICES": "1,7,0"], [1], "names `7`"), (["ROCR_VISIBLE_DEVICES": ""], [], "hides every AMD GPU"),
            (["HIP_VISIBLE_DEVICES": "-1"], [], "hides every AMD GPU"), (["ROCR_VISIBLE_DEVICES": "1,1"], [1], "no further GPU"),
        ] as [([String: String], [Int], String?)])
    func `what the variables leave visible is metered, and the rest explained`(
        variables: [String: String], indices: [Int], remark: String?
    ) throws {
        let discovery = try FakeAMDMachine(["DEVICES": "3"]).discover(variables: variables)
        #expect(discovery.gpus.map(\.index) == indices)
        #expect(discovery.found.meters.count == indices.count)
        if let remark {
            #expect(discovery.found.unavailable.contains { $0.reason.contains(remark) })
        } else {
            #expect(discovery.found.unavailable.isEmpty)
        }
        // hwmon leaves alone what was hidden, too.
        #expect(discovery.places.count == 3)
    }
}

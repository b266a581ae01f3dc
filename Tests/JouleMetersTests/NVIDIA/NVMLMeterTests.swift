import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

@Suite struct `An NVIDIA GPU through NVML` {
    // MARK: What is there

    @Test func `one channel stands for one GPU`() throws {
        let machine = try FakeMachine(["DEVICES": "2", "NAME": "NVIDIA H200;NVIDIA L4"])
        let channels = try machine.discover().found.meters.flatMap { $0.channels }
        #expect(channels.map { $0.name } == ["NVIDIA H200 #0", "NVIDIA L4 #1"])
        #expect(channels.allSatisfy { $0.meter == "nvml" && $0.scope == .gpu && $0.kind == .counter && $0.gain == 0.05 })
        #expect(channels.allSatisfy { $0.hasEnergy && $0.hasPower && $0.device.hasPrefix("GPU-1a2b3c0") })
        #expect(channels[0].note == "total energy counter; power from field 186 (instant); average from field 185")
        #expect(Set(channels.map { $0.device }).count == 2)
    }

    @Test func `the environment names the device and its limits`() throws {
        let child = try spawn("/bin/sleep", ["600"])
        defer {
            var status: Int32 = 0
            kill(child, SIGKILL)
            waitpid(child, &status, 0)
        }
        let machine = try FakeMachine(["PROCESSES": "1,\(getpid()),\(child)", "LIMIT": "512.5"])
        let discovery = try machine.discover()
        #expect(discovery.driverVersion == "999.42.01" && discovery.cudaVersion == "13.0")
        let gpu = try #require(discovery.gpus.first)
        #expect(gpu.index == 0 && gpu.name == "NVIDIA H200" && gpu.uuid == "GPU-1a2b3c00-fa4e-4000-8000-000000000000")
        #expect(gpu.pciBusID == "00000000:1B:00.0" && gpu.vbios == "96.00.99.00.01")
        #expect(gpu.memoryBytes == .mebibytes(143_771) && gpu.smCount == 132)
        #expect(gpu.persistenceMode == true && gpu.eccMode == true && gpu.migMode == false)
        #expect(gpu.powerLimitWatts == 512.5 && gpu.powerLimitMinWatts == 200 && gpu.powerLimitMaxWatts == 700)
        #expect(gpu.smClockMaxMHz == 1_980 && gpu.memoryClockMaxMHz == 3_201)
        // Neither we ourselves nor a child of ours is a stranger.
        #expect(gpu.foreignProcesses == [1])
    }

    @Test func `what the driver does not tell about processes is not an empty list`() throws {
        #expect(try FakeMachine(["REFUSE": "processes"]).discover().gpus.first?.foreignProcesses == .none)
        #expect(try FakeMachine().discover().gpus.first?.foreignProcesses == [])
    }

    // MARK: What is not there

    @Test func `a machine without the library says what was tried and how to get it`() throws {
        let discovery = try NVMLMeter.discover(cudaVisibleDevices: nil, libraryNames: ["libno-such-nvml.so.1", "/nowhere/libnvml.so"])
        let missing = try #require(discovery.found.unavailable.first)
        #expect(discovery.found.meters.isEmpty && !discovery.isUsable && discovery.found.unavailable.count == 1)
        #expect(missing.meter == "nvml" && missing.reason == "NVML is not installed: there is no libno-such-nvml.so.1")
        #expect(missing.remedy?.contains("driver") == true)
    }

    @Test(arguments: [
        ("no-permission", "Insufficient Permissions (error 4)", "/dev/nvidiactl"), ("driver-not-loaded", "(error 9)", "modprobe"),
        ("version-mismatch", "(error 18)", "restart"), ("unknown", "Unknown Error (error 999)", "dmesg"),
    ])
    func `a start that is denied gives the reason and its remedy`(word: String, reason: String, remedy: String) throws {
        let discovery = try FakeMachine(["FAIL": "init:\(word)"]).discover()
        let missing = try #require(discovery.found.unavailable.first)
        #expect(discovery.found.meters.isEmpty && missing.reason.contains(reason))
        #expect(missing.remedy?.contains(remedy) == true)
    }

    @Test func `a denied start weighs more than a name that leads nowhere`() throws {
        let machine = try FakeMachine(["FAIL": "init:no-permission"])
        for names in [["/nowhere/libnvml.so", machine.path], [machine.path, "/nowhere/libnvml.so"]] {
            let discovery = try NVMLMeter.discover(cudaVisibleDevices: nil, libraryNames: names)
            #expect(discovery.found.unavailable.first?.reason.contains("Insufficient Permissions") == true)
        }
    }

    @Test func `a library without its first function is none`() throws {
        let discovery = try FakeMachine(hiding: ["nvmlInit_v2"]).discover()
        #expect(discovery.found.unavailable.first?.reason.contains("lacks nvmlInit_v2") == true)
    }

    @Test func `a machine without GPUs says so`() throws {
        let discovery = try FakeMachine(["DEVICES": "0"]).discover()
        #expect(discovery.found.meters.isEmpty && discovery.isUsable)
        #expect(discovery.found.unavailable.map { $0.reason } == ["the driver shows no GPU"])
    }

    @Test func `a GPU without any sensor is reported and not metered`() throws {
        let discovery = try FakeMachine(["COUNTER": "off", "FIELDS": "off", "POWER_USAGE": "off"]).discover()
        #expect(discovery.found.meters.isEmpty && discovery.gpus.count == 1)
        #expect(discovery.found.unavailable.first?.reason == "NVIDIA H200 #0 has neither an energy counter nor a power reading")
    }

    // MARK: Where power comes from

    @Test(arguments: [
        (["FIELDS": "instant"], "power from field 186"), (["FIELDS": "average"], "power from field 185"),
        (["FIELDS": "off"], "power from nvmlDeviceGetPowerUsage"),
        (["FIELDS": "off", "POWER_USAGE": "off"], "no power reading"),
    ])
    func `the best source of power that there is gives it`(settings: [String: String], words: String) throws {
        let machine = try FakeMachine(settings.merging(["WAVE": "constant:300"]) { first, _ in first })
        let meter = try machine.meter()
        let channel = meter.channels[0]
        #expect(channel.note?.contains(words) == true && channel.kind == .counter)
        let sample = try meter.open().sample(.power)
        #expect(sample.status == .ok && sample.energy != nil)
        #expect(channel.hasPower == (words != "no power reading"))
        #expect(sample.power == (channel.hasPower ? Watts(300) : nil))
        #expect(sample.averagePower == (settings["FIELDS"] == "average" ? Watts(300) : nil))
    }

    @Test func `instant and average power are told apart`() throws {
        let machine = try FakeMachine(["WAVE": "steps:100/500,each=50", "UPDATE_MS": "0"])
        let sample = try machine.meter().open().sample(.power)
        let power = try #require(sample.power)
        let average = try #require(sample.averagePower)
        #expect(power == Watts(100) || power == Watts(500))
        let mean = try machine.truth(from: sample.instant - .seconds(1), to: sample.instant) / .seconds(1)
        // The stamp is that of the counter, read before the power: until now the mean can have moved by no more than 400 W a second.
        #expect(abs(average.rawValue - mean.rawValue) < 400 * (Instant.now - sample.instant).seconds + 0.001)
    }

    @Test func `a function that the library lacks is a feature that the device lacks`() throws {
        let machine = try FakeMachine(
            hiding: ["nvmlDeviceGetTotalEnergyConsumption", "nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetCurrentClocksEventReasons"])
        let meter = try machine.meter()
        #expect(meter.channels[0].kind == .power && !meter.channels[0].hasEnergy)
        #expect(meter.channels[0].note?.hasPrefix("no energy counter") == true)
        let sample = try meter.open().sample(.full)
        #expect(sample.status == .ok && sample.energy == nil && sample.power == Watts(300))
        // The first version of the call counts the driver's own 600 MiB, and the older name gives the reasons.
        #expect(sample.memoryUsed == .mebibytes(1_624) && sample.throttleReasons == 0)
    }

    // MARK: Reads

    @Test func `each detail reads what it says and no more`() throws {
        let machine = try FakeMachine(["UTIL": "87", "THROTTLE": "0x44", "MEMORY_USED_MIB": "2048", "LIMIT": "650"])
        let reader = try machine.meter().open()
        let energy = reader.sample(.energy)
        #expect(energy.energy != nil && energy.power == nil && energy.averagePower == nil && energy.temperature == nil)
        let power = reader.sample(.power)
        #expect(power.energy != nil && power.power == Watts(300) && power.averagePower == Watts(300) && power.memoryUsed == nil)
        let full = reader.sample(.full)
        #expect(full.energy != nil && full.power == Watts(300) && full.status == .ok)
        #expect(full.utilizationPercent == 87 && full.memoryUsed == .mebibytes(2_048) && full.temperature == Celsius(41))
        #expect(full.smClockMHz == 1_755 && full.memoryClockMHz == 3_201 && full.powerLimit == Watts(650))
        #expect(full.throttleReasons == 0x44)
    }

    @Test func `on a GPU without a counter the cheapest read is its power`() throws {
        let sample = try FakeMachine(["COUNTER": "off"]).meter().open().sample(.energy)
        #expect(sample.energy == nil && sample.power == Watts(300))
    }

    @Test func `what is not supported stays absent and spoils nothing`() throws {
        let machine = try FakeMachine(["REFUSE": "utilization,memory,temperature,clocks,limit,reasons"])
        let sample = try machine.meter().open().sample(.full)
        #expect(sample.status == .ok && sample.energy != nil && sample.power == Watts(300))
        #expect(sample.utilizationPercent == nil && sample.memoryUsed == nil && sample.temperature == nil)
        #expect(sample.smClockMHz == nil && sample.memoryClockMHz == nil && sample.powerLimit == nil && sample.throttleReasons == nil)
    }

    @Test func `the counter counts the joules that were drawn between two stamps`() throws {
        let machine = try FakeMachine(["WAVE": "square:low=100,high=500,period=0.0007,phase=0.1", "UPDATE_MS": "0"])
        let reader = try machine.meter().open()
        for _ in 0..<50 {
            let (before, after) = (reader.sample(.energy), reader.sample(.energy))
            let start = try #require(before.energy)
            let drawn = try #require(after.energy) - start
            #expect(after.instant >= before.instant)
            // Each reading lies within half a call of its stamp, and both calls lie within the time until now. The counter's grain is
            // a millijoule.
            let reach = (Instant.now - before.instant).seconds
            let truth = try machine.truth(from: before.instant, to: after.instant)
            #expect(abs((drawn - truth).rawValue) < 2 * 500 * reach + 0.002)
        }
    }

    @Test func `a counter that begins again is passed on as it is`() throws {
        let machine = try FakeMachine(["UPDATE_MS": "0"])
        let reader = try machine.meter().open()
        let before = try #require(reader.sample(.energy).energy)
        try machine.configure(["UPDATE_MS": "0", "RESET_AT": "0"])
        let after = reader.sample(.energy)
        #expect(after.status == .ok && after.energy.map { $0 < before } == true)
    }

    // MARK: Failures

    @Test func `a read that fails is missing and the next one may succeed`() throws {
        let machine = try FakeMachine()
        let reader = try machine.meter().open()
        try machine.configure(["FAIL": "read:1"])
        let failed = reader.sample(.full)
        #expect(failed.status == .retry("power: Unknown Error") || failed.status == .retry("total energy: Unknown Error"))
        #expect(failed.energy == nil && failed.power == nil && failed.averagePower == nil)
        try machine.configure([:])
        let next = reader.sample(.full)
        #expect(next.status == .ok && next.energy != nil && next.power == Watts(300) && next.utilizationPercent != nil)
    }

    @Test func `a lost GPU is gone for good`() throws {
        let machine = try FakeMachine(["DEVICES": "2"])
        let meters = try machine.discover().found.meters
        let readers = try meters.map { try $0.open() }
        try machine.configure(["DEVICES": "2", "FAIL": "lost:1@0"])
        #expect(readers[0].sample(.full).status == .ok)
        #expect(readers[1].sample(.energy).status == .gone("total energy: GPU is lost"))
        try machine.configure(["DEVICES": "2"])
        #expect(readers[1].sample(.full).status == .gone("total energy: GPU is lost"))
        #expect(readers[1].sample(.full).energy == nil)
    }

    @Test func `a GPU that is lost between discovery and opening cannot be opened`() throws {
        let machine = try FakeMachine()
        let meter = try machine.meter()
        try machine.configure(["FAIL": "lost:0@0"])
        #expect { try meter.open() } throws: { ($0 as? Failure)?.code == "meter.gone" }
    }

    @Test func `a GPU that is lost already is reported beside the others`() throws {
        let discovery = try FakeMachine(["DEVICES": "2", "FAIL": "lost:0@0"]).discover()
        #expect(discovery.found.meters.flatMap { $0.channels }.map { $0.name } == ["NVIDIA H200 #1"])
        #expect(discovery.found.unavailable.map { $0.reason } == ["GPU 0 does not answer: GPU is lost"])
    }

    @Test func `a reading that fails now and then does not cost the device a feature`() throws {
        let machine = try FakeMachine(["FAIL": "read:0.05", "SEED": "7"])
        let reader = try machine.meter().open()
        let samples = (0..<400).map { _ in reader.sample(.power) }
        let good = samples.count { $0.status == .ok }
        #expect(good > 300 && good < 400)
        #expect(samples.allSatisfy { $0.status != .ok || ($0.energy != nil && $0.power != nil) })
    }

    // MARK: Selection

    @Test func `a selector that names nothing says what there is`() throws {
        let machine = try FakeMachine(["DEVICES": "2"])
        #expect {
            try machine.discover([.index(7)])
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == "meter.unknown-device" && failure?.message == "there is no GPU 7"
                && failure?.remedy?.contains("1 (NVIDIA H200, GPU-1a2b3c01-fa4e-4000-8000-000000000001)") == true
        }
    }

    @Test func `a slice of a GPU is metered as the GPU that holds it`() throws {
        let machine = try FakeMachine(["DEVICES": "2", "MIG": "0;2"])
        let whole = try machine.discover([.index(1)])
        #expect(whole.found.meters[0].channels[0].note?.contains("MIG is on: this is the whole GPU") == true)
        let slice = try machine.discover([.mig("MIG-9f8e7d01-fa4e-5000-8000-000000000101")])
        let channel = try #require(slice.found.meters.first?.channels.first)
        #expect(channel.device == "GPU-1a2b3c01-fa4e-4000-8000-000000000001")
        #expect(channel.note?.contains("a MIG slice cannot be metered on its own") == true)
        #expect(slice.gpus.map { $0.migMode } == [true])
    }

    @Test func `what CUDA_VISIBLE_DEVICES leaves is metered, and the rest explained`() throws {
        let machine = try FakeMachine(["DEVICES": "3"])
        let discovery = try machine.discover(cudaVisibleDevices: "2,9,0")
        #expect(discovery.gpus.map { $0.index } == [2])
        #expect(
            discovery.found.unavailable.map { $0.reason }
                == ["CUDA_VISIBLE_DEVICES=2,9,0 names `9`, which is no GPU here: CUDA ends the list before it"])
    }
}

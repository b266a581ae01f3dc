import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

@Suite struct `The output of nvidia-smi` {
    @Test(
        arguments: [
            ("71.80 W", 71.8), ("71.80", 71.8), ("97 %", 97), ("1024 MiB", 1_024), ("1755 MHz", 1_755), ("0", 0), ("41 C", 41),
            ("[N/A]", nil), ("N/A", nil), ("Not Supported", nil), ("[Not Supported]", nil), ("[Unknown Error]", nil), ("", nil),
            ("[GPU is lost]", nil), ("12 bananas", nil), ("nan", nil), ("ERR!", nil), ("1 2 3", nil),
        ] as [(String, Double?)])
    func `a field is a number with or without its unit, or missing`(field: String, expected: Double?) {
        #expect(NvidiaSMIRow.number(field) == expected)
    }

    @Test func `a row keeps what it has when something is missing`() throws {
        let columns: [NvidiaSMIColumn] = [.uuid, .power, .utilization, .memory, .temperature, .smClock, .memoryClock, .powerLimit]
        let row = try #require(NvidiaSMIRow("GPU-1, [N/A], 12 %, 1024 MiB, Not Supported, 210 MHz, 405 MHz, [N/A]\r", columns: columns))
        #expect(row.uuid == "GPU-1" && row.power == nil && row.utilizationPercent == 12 && row.memoryUsed == .mebibytes(1_024))
        #expect(row.temperature == nil && row.smClockMHz == 210 && row.memoryClockMHz == 405 && row.powerLimit == nil)
    }

    @Test func `memory that no device has is no reading`() throws {
        for field in ["1e19 MiB", "-5 MiB", "inf MiB"] {
            let row = try #require(NvidiaSMIRow("GPU-1, \(field)", columns: [.uuid, .memory]))
            #expect(row.memoryUsed == nil, "\(field)")
        }
    }

    @Test(arguments: ["", "GPU is lost", "GPU-1", "GPU-1, 2, 3", "index, 2", "No devices were found"])
    func `a line that is no row is none`(line: String) {
        #expect(NvidiaSMIRow(line, columns: [.uuid, .power]) == nil)
    }

    @Test func `slices are listed below their GPU`() {
        let listing = """
            GPU 0: NVIDIA A100 (UUID: GPU-a)
              MIG 3g.20gb     Device  0: (UUID: MIG-1)
              MIG 3g.20gb     Device  1: (UUID: MIG-2)
            GPU 1: NVIDIA A100 (UUID: GPU-b)
              MIG 7g.40gb     Device  0: (UUID: MIG-3)
            """
        #expect(NvidiaSMICensus.slices(in: listing) == ["GPU-a": ["MIG-1", "MIG-2"], "GPU-b": ["MIG-3"]])
    }

    @Test func `a name with a comma is one name`() throws {
        let census = try #require(NvidiaSMICensus("0, GPU-a, 12.5, NVIDIA X, limited\n", to: ["index", "uuid", "power.draw", "name"]))
        #expect(census.entries.map { $0.gpu.name } == ["NVIDIA X, limited"])
        #expect(census.entries.map { $0.power } == [.draw])
    }
}

@Suite(.timeLimit(.minutes(2))) struct `NVIDIA GPUs through nvidia-smi` {
    private func discover(
        _ fake: FakeNvidiaSMI, _ selectors: [DeviceSelector]? = nil, cudaVisibleDevices: String? = nil, period: Duration = .milliseconds(20)
    ) async throws -> NVIDIADiscovery {
        let smi = fake.smi
        return try await onThread {
            try NvidiaSMIMeter.discover(selectors: selectors, cudaVisibleDevices: cudaVisibleDevices, period: period, smi: smi)
        }
    }

    /// Opens the meter on a thread of its own, reads it and closes it there.
    private func readings(_ fake: FakeNvidiaSMI, times: Int) async throws -> [[RawSample]] {
        let meter = try #require(try await discover(fake).found.meters.first)
        return try await onThread {
            let reader = try meter.open()
            defer { reader.close() }
            return (0..<times).map { _ in reader.samples(meter.channels.count) }
        }
    }

    @Test func `each GPU has a channel and the environment its description`() async throws {
        let fake = try FakeNvidiaSMI(
            [FakeNvidiaSMI.gpu(0), FakeNvidiaSMI.gpu(1)], processes: "GPU-5e1f0001-0000, 1\nGPU-5e1f0001-0000, \(getpid())\n")
        let discovery = try await discover(fake)
        let meter = try #require(discovery.found.meters.first)
        #expect(meter.isSlow && discovery.found.meters.count == 1 && discovery.found.unavailable.isEmpty)
        #expect(meter.channels.map { $0.name } == ["NVIDIA H100 80GB HBM3 #0", "NVIDIA H100 80GB HBM3 #1"])
        #expect(meter.channels.allSatisfy { $0.meter == "nvidia-smi" && $0.kind == .power && !$0.hasEnergy && $0.hasPower })
        #expect(meter.channels.allSatisfy { $0.note == "power.draw.instant" && $0.gain == 0.05 })
        let gpu = discovery.gpus[1]
        #expect(gpu.uuid == "GPU-5e1f0001-0000" && gpu.memoryBytes == .mebibytes(81_559) && gpu.vbios == "96.00.74.00.01")
        #expect(gpu.migMode == false && gpu.eccMode == true && gpu.persistenceMode == true && gpu.powerLimitMaxWatts == 700)
        #expect(gpu.foreignProcesses == [1] && discovery.gpus[0].foreignProcesses == [] && discovery.driverVersion == "550.54.15")
    }

    @Test func `every read waits for new rows and stamps them as they arrive`() async throws {
        let fake = try FakeNvidiaSMI([FakeNvidiaSMI.gpu(0), FakeNvidiaSMI.gpu(1, power: "99.50")])
        let start = Instant.now
        let reads = try await readings(fake, times: 4)
        for read in reads {
            #expect(read.map { $0.power } == [Watts(301.25), Watts(99.5)] && read.allSatisfy { $0.status == .ok && $0.energy == nil })
            #expect(read[0].averagePower == Watts(288) && read[0].utilizationPercent == 97 && read[0].temperature == Celsius(55))
            #expect(read[0].memoryUsed == .mebibytes(71_234) && read[0].smClockMHz == 1_755 && read[0].memoryClockMHz == 2_619)
            #expect(read[0].powerLimit == Watts(700))
        }
        let stamps = [start] + reads.map { $0[0].instant } + [.now]
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
        // The child repeats itself: it is started once, with the columns of this driver.
        let loops = try fake.asked.filter { $0.hasSuffix(" 20") }
        #expect(loops.count == 1 && loops[0].contains("power.draw.instant,power.draw.average"))
    }

    @Test func `an old driver is asked again without the columns it does not know`() async throws {
        let fake = try FakeNvidiaSMI([FakeNvidiaSMI.oldGPU(0)])
        let discovery = try await discover(fake)
        #expect(discovery.found.meters.first?.channels[0].note == "power.draw (a mean of 1 s from Ampere on, GA100 excepted)")
        #expect(discovery.gpus[0].migMode == nil && discovery.gpus[0].memoryBytes == .mebibytes(81_559))
        let read = try await readings(fake, times: 1)
        #expect(read[0][0].power == Watts(288) && read[0][0].averagePower == nil)
    }

    @Test func `a power that is missing for a while is missing, not zero`() async throws {
        let fake = try FakeNvidiaSMI([FakeNvidiaSMI.gpu(0), FakeNvidiaSMI.gpu(1, ["power.draw.instant": "301"])])
        let meter = try #require(try await discover(fake).found.meters.first as? NvidiaSMIMeter)
        let row = try #require(
            NvidiaSMIRow("GPU-5e1f0000-0000, 288, [Unknown Error], [N/A], 97, 71234, 55, 1755, 2619, 700", columns: meter.columns))
        var sample = RawSample()
        row.fill(&sample, power: .instant)
        #expect(sample.power == nil && sample.averagePower == nil && sample.utilizationPercent == 97)
        #expect(sample.status == .retry("nvidia-smi gives no power"))
    }

    @Test func `a GPU without a power reading is reported and the other one metered`() async throws {
        let fake = try FakeNvidiaSMI([
            FakeNvidiaSMI.gpu(0, ["power.draw": "[N/A]", "power.draw.instant": "[N/A]"]), FakeNvidiaSMI.gpu(1),
        ])
        let discovery = try await discover(fake)
        #expect(discovery.found.meters.first?.channels.map { $0.name } == ["NVIDIA H100 80GB HBM3 #1"])
        #expect(discovery.found.unavailable.map { $0.reason } == ["NVIDIA H100 80GB HBM3 #0 has no power reading"])
    }

    @Test func `a tool that ends is started again once, and then gone`() async throws {
        // One row for the opening, two for reads, and the end: twice.
        let fake = try FakeNvidiaSMI([FakeNvidiaSMI.gpu(0)], rounds: 3)
        let statuses = try await readings(fake, times: 12).map { $0[0].status }
        let restarts = statuses.filter { if case .retry(let reason) = $0 { reason.contains("started again") } else { false } }
        #expect(restarts.count == 1)
        #expect(statuses.first == .ok)
        guard case .gone(let reason) = statuses.last else {
            Issue.record("the last status is \(String(describing: statuses.last))")
            return
        }
        #expect(reason.contains("nvidia-smi ended"))
        let loops = try fake.asked.filter { $0.hasSuffix(" 20") }
        #expect(loops.count == 2)
    }

    @Test func `a tool that cannot reach the driver says so in its own words`() async throws {
        let words = "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."
        let discovery = try await discover(try FakeNvidiaSMI([], words: words))
        #expect(discovery.found.meters.isEmpty && !discovery.isUsable)
        #expect(discovery.found.unavailable.map { $0.reason } == ["nvidia-smi lists no GPU: \(words)"])
    }

    @Test func `a machine without the tool says so`() async throws {
        #expect(NvidiaSMI(searchPath: "/nowhere:/neither") == nil)
        let discovery = try NvidiaSMIMeter.discover(cudaVisibleDevices: nil, period: .milliseconds(100), smi: nil)
        #expect(discovery.found.unavailable.map { $0.reason } == ["there is no nvidia-smi on PATH"])
        let fake = try FakeNvidiaSMI([FakeNvidiaSMI.gpu(0)])
        #expect(NvidiaSMI(searchPath: "/nowhere:\(fake.folder.path)") == fake.smi)
    }

    @Test func `GPUs are chosen as they are through NVML`() async throws {
        let gpus = [FakeNvidiaSMI.gpu(0), FakeNvidiaSMI.gpu(1, ["mig.mode.current": "Enabled"])]
        let listing = "GPU 1: NVIDIA H100 (UUID: GPU-5e1f0001-0000)\n  MIG 1g.10gb Device 0: (UUID: MIG-77)\n"
        let fake = try FakeNvidiaSMI(gpus, listing: listing)
        #expect(try await discover(fake, [.index(1)]).gpus.map { $0.index } == [1])
        #expect(try await discover(fake, cudaVisibleDevices: "0").gpus.map { $0.index } == [0])
        let slice = try await discover(fake, [.mig("MIG-77")])
        #expect(slice.found.meters[0].channels[0].note?.contains("a MIG slice cannot be metered on its own") == true)
        await #expect {
            try await discover(fake, [.uuid("GPU-9")])
        } throws: { ($0 as? Failure)?.code == "meter.unknown-device" }
    }

    @Test func `the tool stands in where NVML cannot be loaded`() async throws {
        let smi = try FakeNvidiaSMI([FakeNvidiaSMI.gpu(0)])
        let tool = smi.smi
        let found = try await onThread {
            try NVIDIADiscovery.find(
                cudaVisibleDevices: nil, period: .milliseconds(50), libraryNames: ["/nowhere/libnvml.so"], smi: tool)
        }
        #expect(found.found.meters.flatMap { $0.channels }.map { $0.meter } == ["nvidia-smi"])
        #expect(found.found.unavailable.map { $0.meter } == ["nvml"])
        let machine = try FakeMachine()
        let path = machine.path
        let direct = try await onThread {
            try NVIDIADiscovery.find(cudaVisibleDevices: nil, period: .milliseconds(50), libraryNames: [path], smi: tool)
        }
        #expect(direct.found.meters.flatMap { $0.channels }.map { $0.meter } == ["nvml"])
    }
}

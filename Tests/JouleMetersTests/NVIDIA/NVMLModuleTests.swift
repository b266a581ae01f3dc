import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

@Suite struct `The module around a GPU` {
    @Test func `a superchip's GPU and its module are two channels of one device`() throws {
        let machine = try FakeMachine(["WAVE": "constant:300", "MODULE": "constant:520"])
        let meter = try machine.meter()
        #expect(meter.channels.map(\.scope) == [.gpu, .module])
        #expect(meter.channels.map(\.device) == Array(repeating: "GPU-1a2b3c00-fa4e-4000-8000-000000000000", count: 2))
        let module = meter.channels[1]
        #expect(module.kind == .power && !module.hasEnergy && module.hasPower && module.countsInTotals)
        #expect(module.name == "NVIDIA H200 #0 module")
        #expect(module.note == "the whole module with its CPU; power from field 186 (instant)")
        let reader = try meter.open()
        let samples = reader.samples(2)
        #expect(samples.map(\.power) == [Watts(300), Watts(520)])
        #expect(samples[0].energy != nil && samples[1].energy == nil && samples[0].instant <= samples[1].instant)
        #expect(reader.samples(2, .energy).map(\.power) == [nil, nil])
    }

    @Test func `a plain board has no module`() throws {
        #expect(try FakeMachine().meter().channels.map(\.scope) == [.gpu])
    }

    @Test func `two modules are two, and two GPUs of one module are one`() throws {
        let apart = try FakeMachine(["DEVICES": "2", "MODULE": "constant:520"]).discover()
        #expect(apart.found.meters.flatMap(\.channels).filter { $0.scope == .module }.map(\.countsInTotals) == [true, true])
        let shared = try FakeMachine(["DEVICES": "4", "MODULE": "constant:900", "SOCKET": "0;0;1;1"]).discover()
        let modules = shared.found.meters.flatMap(\.channels).filter { $0.scope == .module }
        #expect(modules.map(\.countsInTotals) == [true, false, true, false])
        #expect(modules[1].note?.contains("another GPU of this module shows it too") == true)
    }

    @Test func `where the driver does not say which module it is, one counts`() throws {
        let discovery = try FakeMachine(["DEVICES": "2", "MODULE": "constant:900", "SOCKET": "-1"]).discover()
        let modules = discovery.found.meters.flatMap(\.channels).filter { $0.scope == .module }
        #expect(modules.map(\.countsInTotals) == [true, false])
        #expect(modules[1].note?.contains("may be the module of another GPU") == true)
    }

    @Test func `on a superchip the old call's power is not taken for the GPU's`() throws {
        // The scope of the GPU is refused: fields are off, and what nvmlDeviceGetPowerUsage gives may be the module's.
        let machine = try FakeMachine(["MODULE": "constant:520", "FIELDS": "module"])
        let meter = try machine.meter()
        #expect(meter.channels[0].kind == .counter && !meter.channels[0].hasPower)
        #expect(try meter.open().samples(2).map(\.power) == [nil, Watts(520)])
    }

    @Test func `a GPU that is lost takes its module along`() throws {
        let machine = try FakeMachine(["MODULE": "constant:520"])
        let reader = try machine.meter().open()
        try machine.configure(["MODULE": "constant:520", "FAIL": "lost:0@0"])
        #expect(reader.samples(2).map(\.status) == Array(repeating: .gone("total energy: GPU is lost"), count: 2))
    }
}

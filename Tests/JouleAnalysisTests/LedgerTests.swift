import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

struct LedgerTests {
    private let cut = window(0, 10)

    private func series(
        _ watts: Double, _ meter: String, _ scope: Scope, _ device: String, kind: MeterKind = .power, gain: Double = 0.05,
        counts: Bool = true
    ) -> SampleSeries {
        constant(watts, to: 11, channel(meter, scope, device, kind: kind, gain: gain, counts: counts))
    }

    private func build(_ series: [SampleSeries]) -> Ledger {
        WindowAccount(series.map { MeterTrace($0, samplePeriod: tenHertz) }, in: cut).ledger
    }

    private func joules(_ ledger: Ledger, _ scope: Scope) -> Double? { ledger.total(of: scope).value?.value.rawValue }

    @Test func `a total adds the devices of a scope, and system adds the siblings`() throws {
        let ledger = build([
            series(300, "nvml", .gpu, "GPU-a"), series(200, "nvml", .gpu, "GPU-b"), series(80, "rapl", .package, "package-0"),
            series(10, "rapl", .dram, "dram-0"),
        ])
        #expect(isClose(joules(ledger, .gpu), 5_000))
        #expect(isClose(joules(ledger, .system), 5_900))
        #expect(ledger.entries.count == 4)
        #expect(ledger.entries.allSatisfy { $0.inTotal })
        let system = try #require(ledger.total(of: .system).value)
        #expect(system.method == .measuredPower)
        #expect(system.flags.isEmpty)
        // Gains of one meter add up as they are, those of two meters as variances.
        #expect(isClose(system.plusMinus?.rawValue, joined(250, 45)))
        #expect(isClose(ledger.total(of: .gpu).value?.plusMinus?.rawValue, 250))
    }

    @Test func `a part is never added to the whole that holds it`() {
        let ledger = build([
            series(80, "rapl", .package, "package-0"), series(50, "rapl", .core, "core-0"), series(5, "rapl", .uncore, "uncore-0"),
            series(10, "rapl", .dram, "dram-0"),
        ])
        #expect(isClose(joules(ledger, .system), 900))
        let core = ledger.entries.first { $0.scope == .core }
        #expect(core?.inTotal == false)
        #expect(core?.reason == "lies inside the package")
        #expect(isClose(core?.energy?.rawValue, 500))
    }

    @Test func `the platform's own zone replaces package and cores`() {
        let ledger = build([
            series(120, "rapl", .psys, "psys-0"), series(80, "rapl", .package, "package-0"), series(50, "rapl", .core, "core-0"),
            series(300, "nvml", .gpu, "GPU-a"),
        ])
        #expect(isClose(joules(ledger, .system), 4_200))
        #expect(ledger.entries.first { $0.scope == .package }?.reason == "psys counts instead")
        #expect(isClose(joules(ledger, .package), 800))
    }

    @Test func `a module stands for its GPU and its processor`() {
        let ledger = build([
            series(700, "hwmon", .module, "module-0"), series(500, "nvml", .gpu, "GPU-a"), series(150, "hwmon", .cpu, "cpu-0"),
        ])
        #expect(isClose(joules(ledger, .system), 7_000))
        #expect(isClose(joules(ledger, .gpu), 5_000))
    }

    @Test func `a model of the processor counts only where no package is measured`() {
        let model = series(60, "model", .cpu, "cpu", kind: .model, gain: 0.5)
        let memory = series(10, "model", .dram, "dram", kind: .model, gain: 0.5)
        let alone = build([model, memory])
        #expect(isClose(joules(alone, .system), 700))
        #expect(alone.total(of: .system).value?.method == .modelled)
        #expect(alone.total(of: .system).value?.flags.contains(.energyModelled) == true)
        #expect(isClose(alone.total(of: .system).value?.plusMinus?.rawValue, 350))

        let beside = build([model, memory, series(80, "rapl", .package, "package-0")])
        #expect(isClose(joules(beside, .system), 900))
        #expect(beside.entries.first { $0.scope == .cpu }?.inTotal == false)
        #expect(beside.total(of: .system).value?.method == .modelled)
    }

    @Test func `of two meters on one device the better counts`() {
        let counter = SampleSeries(
            channel: channel("nvml", .gpu, "GPU-a", kind: .counter),
            samples: (-10...110).map { Sample(instant: at(Double($0) / 10), energy: Joules(1_000 + Double($0) * 30)) })
        let ledger = build([series(310, "nvidia-smi", .gpu, "GPU-a"), counter, series(280, "model", .gpu, "GPU-a", kind: .model)])
        #expect(isClose(joules(ledger, .gpu), 3_000, within: 1e-6))
        #expect(ledger.total(of: .gpu).value?.method == .measuredCounter)
        let spare = ledger.entries.filter { $0.meter != "nvml" }
        #expect(spare.count == 2)
        #expect(spare.allSatisfy { !$0.inTotal && $0.reason == "nvml counts this device" })
    }

    @Test func `one lost device of two leaves no total that could pass for both`() {
        var lost = series(200, "nvml", .gpu, "GPU-b")
        lost.samples = lost.samples.filter { $0.instant < at(5) } + [Sample(instant: at(5), status: .gone("GPU is lost"))]
        let ledger = build([series(300, "nvml", .gpu, "GPU-a"), lost, series(80, "rapl", .package, "package-0")])
        for scope in [Scope.gpu, .system] {
            #expect(ledger.total(of: scope).value == nil)
            #expect(ledger.total(of: scope).reason?.contains("nvml GPU-b: device lost: GPU is lost") == true)
        }
        #expect(isClose(joules(ledger, .package), 800))
        #expect(isClose(ledger.entries.first { $0.device == "GPU-a" }?.energy?.rawValue, 3_000))
        #expect(ledger.entries.first { $0.device == "GPU-b" }?.energy == nil)
    }

    @Test func `a model stands in for a package whose counter was lost, and the label says so`() {
        let broken = SampleSeries(channel: channel("rapl", .package, "package-0"))
        let ledger = build([
            broken, series(60, "model", .cpu, "cpu", kind: .model), series(10, "model", .dram, "dram", kind: .model),
        ])
        #expect(isClose(joules(ledger, .system), 700))
        #expect(ledger.total(of: .system).value?.method == .modelled)
        #expect(ledger.entries.first { $0.scope == .package }?.energy == nil)
        #expect(ledger.entries.first { $0.scope == .package }?.inTotal == false)
    }

    @Test func `a system total that lacks a part says which`() {
        let account = WindowAccount([MeterTrace(series(300, "nvml", .gpu, "GPU-a"), samplePeriod: tenHertz)], in: cut)
        #expect(isClose(account.ledger.total(of: .system).value?.value.rawValue, 3_000))
        #expect(account.ledger.total(of: .system).value?.flags == [.energyUnavailable])
        #expect(account.ledger.total(of: .gpu).value?.flags == [])
        let details = account.flags.map(\.detail)
        #expect(details == ["the system total lacks the processors", "the system total lacks the memory"])
    }

    @Test func `a node is reported apart, and other is what its parts leave`() throws {
        let ledger = build([
            series(500, "hwmon", .node, "psu", gain: 0.02), series(300, "nvml", .gpu, "GPU-a"), series(80, "rapl", .package, "package-0"),
            series(10, "rapl", .dram, "dram-0"),
        ])
        #expect(isClose(joules(ledger, .system), 3_900))
        #expect(isClose(joules(ledger, .node), 5_000))
        let other = try #require(ledger.total(of: .other).value)
        #expect(isClose(other.value.rawValue, 1_100))
        #expect(isClose(other.plusMinus?.rawValue, joined(100, 150, 45)))
        #expect(ledger.entries.first { $0.scope == .node }?.inTotal == false)
        #expect(ledger.entries.first { $0.scope == .other }?.inTotal == false)
    }

    @Test func `memory is not added to a platform or a module that may hold it`() {
        for (name, holder) in [("psys", Scope.psys), ("module", .module)] {
            for kind in [MeterKind.power, .model] {
                let ledger = build([
                    series(150, "rapl", holder, "\(name)-0"), series(13, "rapl", .dram, "dram", kind: kind),
                    series(80, "model", .cpu, "cpu", kind: .model),
                ])
                #expect(isClose(joules(ledger, .system), 1_500))
                let memory = ledger.entries.first { $0.scope == .dram }
                #expect(memory?.inTotal == false && isClose(memory?.energy?.rawValue, 130))
                #expect(memory?.reason == (holder == .psys ? "psys may hold the memory already" : "module holds the memory already"))
                #expect(ledger.total(of: .system).value?.flags.isEmpty == true)
            }
        }
    }

    @Test func `beside a module a sensor's package has its memory, and an estimate of either is not added`() {
        let module = series(700, "nvml", .module, "module-0")
        let measured = build([module, series(80, "rapl", .package, "package-0"), series(10, "rapl", .dram, "package-0/dram")])
        #expect(isClose(joules(measured, .system), 7_900))
        let estimated = build([
            module, series(80, "kepler", .package, "package-0", kind: .model), series(10, "model", .dram, "dram", kind: .model),
        ])
        #expect(isClose(joules(estimated, .system), 7_000))
        #expect(estimated.entries.first { $0.scope == .package }?.reason == "module counts instead")
    }

    @Test func `a model is not added beside a sensor of its scope, whatever each calls the device`() {
        let ledger = build([
            series(80, "rapl", .package, "package-0"), series(10, "rapl", .dram, "package-0/dram"),
            series(20, "model", .dram, "dram", kind: .model),
        ])
        #expect(isClose(joules(ledger, .dram), 100) && isClose(joules(ledger, .system), 900))
        #expect(ledger.total(of: .system).value?.method == .measuredPower)
        let model = ledger.entries.first { $0.meter == "model" }
        #expect(model?.inTotal == false && model?.isPartOfScope == false && model?.reason == "rapl measures the dram")
    }

    @Test func `where only the node is metered, the node is the whole and nothing is missing`() {
        let account = WindowAccount([MeterTrace(series(500, "plug", .node, "plug", gain: 0.02), samplePeriod: tenHertz)], in: cut)
        #expect(account.ledger.whole == .node && isClose(joules(account.ledger, .node), 5_000))
        #expect(account.ledger.total(of: .system).reason == "no meter covers a part of the system, only the node as a whole")
        #expect(account.flags.isEmpty)
        #expect(build([series(500, "plug", .facility, "site"), series(300, "plug", .node, "plug")]).whole == .node)
        #expect(build([series(500, "plug", .facility, "site")]).whole == .facility)
        #expect(build([series(500, "plug", .node, "plug"), series(80, "rapl", .package, "package-0")]).whole == .system)
        #expect(build([]).whole == .system)
    }

    @Test func `what is shown and not added has a row that says so, and is in no total`() {
        let ledger = build([
            series(500, "plug", .node, "plug"), series(480, "prometheus", .node, "outlet", counts: false),
            series(300, "nvml", .gpu, "GPU-a"),
        ])
        #expect(isClose(joules(ledger, .node), 5_000) && isClose(joules(ledger, .other), 2_000))
        let shown = ledger.entries.first { $0.meter == "prometheus" }
        #expect(isClose(shown?.energy?.rawValue, 4_800) && shown?.inTotal == false && shown?.isPartOfScope == false)
        #expect(shown?.reason == "not added")
    }

    @Test func `a channel without energy and power is no entry, and without any there is no total`() {
        let share = MeterChannel(
            meter: "model", scope: .cpu, device: "process", name: "process", kind: .model, hasEnergy: false, hasPower: false, gain: 0,
            countsInTotals: false)
        let ledger = build([SampleSeries(channel: share, samples: [Sample(instant: at(1), utilizationPercent: 50)])])
        #expect(ledger.entries.isEmpty)
        #expect(ledger.total(of: .system).reason == "no meter covers a part of the system")
        #expect(build([]).total(of: .gpu).reason != nil)
    }

    @Test(arguments: [3, 14, 159, 2_653] as [UInt64])
    func `the order of the channels does not matter, and the entries in the total add up to it`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let meters: [(String, Scope, MeterKind)] = [
            ("nvml", .gpu, .power), ("nvidia-smi", .gpu, .power), ("rapl", .package, .power), ("rapl", .core, .power),
            ("rapl", .dram, .power), ("model", .cpu, .model), ("model", .dram, .model), ("hwmon", .node, .power),
        ]
        for _ in 0..<10 {
            var channels: [SampleSeries] = []
            for (meter, scope, kind) in meters where Bool.random(using: &random) {
                for device in 0...Int.random(in: 0...2, using: &random) {
                    channels.append(series(.random(in: 5...500, using: &random), meter, scope, "\(scope.rawValue)-\(device)", kind: kind))
                }
            }
            let ledger = build(channels)
            for _ in 0..<5 { #expect(build(channels.shuffled(using: &random)) == ledger) }
            let sum = ledger.entries.filter(\.inTotal).compactMap(\.energy).sum()
            if let system = ledger.total(of: .system).value { #expect(isClose(sum.rawValue, system.value.rawValue, within: 1e-12)) }
        }
    }
}

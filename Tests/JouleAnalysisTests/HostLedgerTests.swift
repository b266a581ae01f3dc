import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

/// A channel of a machine.
func hosted(_ host: String?, _ channel: MeterChannel) -> MeterChannel {
    var channel = channel
    channel.host = host
    return channel
}

@Suite struct `A ledger over several machines` {
    private let cut = window(0, 10)

    private func series(
        _ watts: Double, _ host: String?, _ meter: String, _ scope: Scope, _ device: String, kind: MeterKind = .power, gain: Double = 0.05
    ) -> SampleSeries {
        constant(watts, to: 11, hosted(host, channel(meter, scope, device, kind: kind, gain: gain)))
    }

    private func account(_ series: [SampleSeries], localHost: String? = nil) -> WindowAccount {
        WindowAccount(series.map { MeterTrace($0, samplePeriod: tenHertz) }, in: cut, localHost: localHost)
    }

    private func joules(_ ledger: Ledger, _ scope: Scope) -> Double? { ledger.total(of: scope).value?.value.rawValue }

    @Test func `devices of one name on two machines are two devices`() throws {
        let ledger = account([
            series(80, nil, "rapl", .package, "package-0"), series(100, "b", "rapl", .package, "package-0"),
            series(10, nil, "rapl", .dram, "dram-0"), series(12, "b", "rapl", .dram, "dram-0"),
        ]).ledger
        #expect(isClose(joules(ledger, .package), 1_800))
        #expect(isClose(joules(ledger, .system), 2_020))
        #expect(ledger.entries.map(\.host) == [nil, "b", nil, "b"])
        #expect(ledger.entries.allSatisfy { $0.inTotal })
        // Two counters of one meter family err alike, whatever machine they are in.
        #expect(isClose(ledger.total(of: .system).value?.plusMinus?.rawValue, 101))
    }

    @Test func `a GPU's UUID is one device wherever it is read from`() {
        let uuid = "GPU-5d2c8b1e-0a4f-4c0f-9a57-3d1f5b6a7c01"
        let ledger = account([series(300, nil, "nvml", .gpu, uuid), series(300, "container-7", "nvml", .gpu, uuid)]).ledger
        #expect(isClose(joules(ledger, .gpu), 3_000))
        #expect(ledger.entries.filter { !$0.inTotal }.map(\.reason) == ["nvml counts this device"])
    }

    @Test func `an agent on this machine reads the same devices as we do`() {
        let both = [series(80, nil, "rapl", .package, "package-0"), series(81, "here", "rapl", .package, "package-0")]
        #expect(isClose(joules(account(both, localHost: "here").ledger, .package), 800))
        #expect(isClose(joules(account(both, localHost: "elsewhere").ledger, .package), 1_610))
    }

    @Test func `containment holds within a machine only`() {
        // The platform zone of one machine takes nothing from the package of the other.
        let ledger = account([
            series(120, "a", "rapl", .psys, "psys-0"), series(80, "a", "rapl", .package, "package-0"),
            series(70, "b", "rapl", .package, "package-0"), series(10, "b", "rapl", .dram, "dram-0"),
        ]).ledger
        #expect(isClose(joules(ledger, .system), 2_000))
        #expect(ledger.entries.filter(\.inTotal).map(\.host) == ["b", "b", "a"])
        #expect(ledger.entries.first { $0.scope == .package && $0.host == "a" }?.reason == "psys counts instead")
    }

    @Test func `other is what each node used beside its own parts`() throws {
        let account = account([
            series(500, "a", "ipmi", .node, "bmc", gain: 0.1), series(300, "a", "nvml", .gpu, "GPU-1"),
            series(90, "a", "rapl", .package, "package-0"), series(200, "b", "ipmi", .node, "bmc", gain: 0.1),
            series(150, "b", "rapl", .package, "package-0"), series(40, "c", "rapl", .package, "package-0"),
        ])
        let others = account.ledger.entries.filter { $0.scope == .other }
        #expect(others.map(\.host) == ["a", "b"])
        #expect(isClose(others.first?.energy?.rawValue, 1_100))
        #expect(isClose(others.last?.energy?.rawValue, 500))
        #expect(isClose(joules(account.ledger, .other), 1_600))
        #expect(isClose(joules(account.ledger, .node), 7_000))
        #expect(isClose(joules(account.ledger, .system), 5_800))
    }

    @Test func `a plug that this machine asks for does not take the sum from the machines with parts`() {
        let account = account([series(900, nil, "plug", .node, "plug"), series(300, "b", "nvml", .gpu, "GPU-1")])
        #expect(isClose(joules(account.ledger, .system), 3_000))
        #expect(isClose(joules(account.ledger, .node), 9_000))
        #expect(joules(account.ledger, .other) == nil)
        #expect(account.flags.map(\.detail).contains("the system total lacks the parts of this machine"))
    }

    @Test func `a machine with a lost part leaves no sum over machines, and is named`() {
        let lost = SampleSeries(channel: hosted("b", channel("nvml", .gpu, "GPU-2")))
        let ledger = account([series(300, "a", "nvml", .gpu, "GPU-1"), lost]).ledger
        #expect(joules(ledger, .system) == nil)
        #expect(ledger.total(of: .system).reason == "b: gpu has no energy (nvml GPU-2 of b: no good reading)")
    }

    @Test(arguments: [7, 21, 2_026, 0xBEEF] as [UInt64])
    func `machines add up, in any order, and each node is its parts and the rest`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<10 {
            var all: [SampleSeries] = []
            var apart: [Ledger] = []
            for host in [nil, "a", "b", "c"].shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)) {
                var own: [SampleSeries] = []
                own.append(series(.random(in: 20...90, using: &random), host, "rapl", .package, "package-0"))
                for gpu in 0..<Int.random(in: 0...3, using: &random) {
                    own.append(series(.random(in: 50...700, using: &random), host, "nvml", .gpu, "GPU-\(gpu)"))
                }
                if Bool.random(using: &random) { own.append(series(8, host, "rapl", .dram, "dram-0")) }
                if Bool.random(using: &random) { own.append(series(50, host, "model", .cpu, "cpu", kind: .model)) }
                if Bool.random(using: &random) { own.append(series(3_000, host, "ipmi", .node, "bmc", gain: 0.1)) }
                all += own
                apart.append(account(own).ledger)
            }
            let together = account(all).ledger
            for _ in 0..<3 { #expect(account(all.shuffled(using: &random)).ledger == together) }
            for scope in [Scope.gpu, .package, .system, .node, .other] {
                let parts = apart.compactMap { joules($0, scope) }
                #expect(isClose(joules(together, scope) ?? 0, parts.reduce(0, +), within: 1e-12))
            }
            for host in Set(together.entries.map(\.host)) {
                let own = together.entries.filter { $0.host == host }
                guard let node = own.first(where: { $0.scope == .node })?.energy else { continue }
                let parts = own.filter(\.inTotal).compactMap(\.energy).sum()
                let other = try #require(own.first { $0.scope == .other }?.energy)
                #expect(isClose((parts + other).rawValue, node.rawValue, within: 1e-12))
            }
        }
    }
}

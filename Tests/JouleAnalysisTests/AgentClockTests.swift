import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

@Suite struct `Readings that came over the network` {
    private func record(bound: Double = 0.01, gaps: [(Double, Double)] = []) -> AgentRecord {
        AgentRecord(
            endpoint: "gpu-7:9464", host: "gpu-7", version: "0.1.0", clockOffset: .seconds(3), clockBound: .seconds(bound), roundTrips: 9,
            gaps: gaps.map { AgentRecord.Gap(start: at($0.0), end: at($0.1)) })
    }

    private func link(bound: Double = 0.01, gaps: [(Double, Double)] = []) throws -> MeterLink {
        try #require(MeterLink(to: "gpu-7", by: [record(bound: bound, gaps: gaps)], start: at(-10)))
    }

    /// 100 W, and 500 W from 5 s to 15 s.
    private func step(_ kind: MeterKind, gain: Double = 0) -> SampleSeries {
        func energy(_ time: Double) -> Double { 100 * (time + 5) + 400 * min(max(time - 5, 0), 10) }
        return SampleSeries(
            channel: hosted("gpu-7", channel(kind: kind, gain: gain)),
            samples: stride(from: -5.0, through: 25, by: 0.01).map { time in
                Sample(
                    instant: at(time), power: kind == .power ? Watts(time >= 5 && time < 15 ? 500 : 100) : nil,
                    energy: kind == .counter ? Joules(energy(time)) : nil)
            })
    }

    @Test(arguments: [MeterKind.counter, .power])
    func `the clock's bound moves the window along the channel's own curve`(kind: MeterKind) throws {
        let plain = MeterTrace(step(kind), samplePeriod: tenHertz)
        let linked = MeterTrace(step(kind), samplePeriod: tenHertz, link: try link(bound: 0.1))
        func interval(_ trace: MeterTrace, _ cut: Range<Instant>) throws -> Double {
            try #require(trace.energy(in: cut).energy.value?.plusMinus).rawValue
        }
        // Where power is the same at both edges, moving the window changes nothing.
        #expect(try abs(interval(linked, window(0, 20)) - interval(plain, window(0, 20))) < 1e-6)
        // From 100 W to 500 W a tenth of a second is 40 J.
        let extra =
            try interval(linked, window(2, 12)) * interval(linked, window(2, 12)) - interval(plain, window(2, 12))
            * interval(plain, window(2, 12))
        #expect(abs(extra.squareRoot() - 40) < 1)
    }

    @Test func `the clock's part grows with the bound, and readings that end within it leave the whole power open`() throws {
        var last = 0.0
        for bound in [0.0, 0.001, 0.01, 0.1] {
            let trace = MeterTrace(step(.counter), samplePeriod: tenHertz, link: try link(bound: bound))
            let width = try #require(trace.energy(in: window(2, 12)).energy.value?.plusMinus).rawValue
            #expect(width >= last)
            last = width
        }
        let short = MeterTrace(
            SampleSeries(
                channel: step(.power).channel, samples: step(.power).samples.filter { $0.instant <= at(12) && $0.instant >= at(2) }),
            samplePeriod: tenHertz, link: try link(bound: 0.1))
        #expect(try #require(short.energy(in: window(2, 12)).energy.value?.plusMinus).rawValue > 49)
    }

    @Test func `one clock moves all devices of its machine together, and two clocks err apart`() throws {
        func total(_ hosts: [String]) throws -> Double {
            let traces = try hosts.enumerated().map { index, host in
                let device = hosted(host, channel("nvml", .gpu, "GPU-\(index)", kind: .counter, gain: 0))
                let agent = AgentRecord(endpoint: host, host: host, version: "1", clockBound: .milliseconds(100))
                let link = try #require(MeterLink(to: host, by: [agent], start: at(0)))
                return MeterTrace(SampleSeries(channel: device, samples: step(.counter).samples), samplePeriod: tenHertz, link: link)
            }
            let account = WindowAccount(traces, in: window(2, 12))
            return try #require(account.ledger.total(of: .gpu).value?.plusMinus).rawValue
        }
        #expect(try abs(total(["a", "a"]) - 80) < 2)
        #expect(try abs(total(["a", "b"]) - 40 * 2.0.squareRoot()) < 2)
    }

    private func run(_ kind: MeterKind, gaps: [(Double, Double)], without: Range<Instant>? = nil) -> Summary {
        summary(
            of: serving((0..<20).map { answer($0, sent: Double($0) * 2.5) }, arrival: .sequential) { recording in
                let gone = without
                var energy = 0.0
                let source = recording.series[0]
                let samples = source.samples.map { sample in
                    energy += 40
                    var sample = sample
                    if kind == .counter {
                        sample.energy = Joules(energy)
                        sample.power = nil
                    }
                    return sample
                }.filter { sample in !(gone?.contains(sample.instant) ?? false) }
                let own = channel(kind: kind, updatePeriod: .milliseconds(100))
                recording.series = [SampleSeries(channel: hosted("gpu-7", own), samples: samples)]
                recording.environment.agents = [record(gaps: gaps)]
                recording.environment.gpus[0].host = "gpu-7"
                recording.environment.gpus[0].foreignProcesses = [77]
                recording.environment.gpus[0].migMode = true
            })
    }

    @Test func `where nothing is missing a note says so`() {
        let quiet = run(.power, gaps: [])
        #expect(quiet.notes.contains("no samples of agent gpu-7 are missing"))
        #expect(!raised(quiet).contains(.agentGap))
        let before = run(.power, gaps: [(-4, -3)])
        #expect(before.notes.contains("no samples of agent gpu-7 are missing in the window; outside of it there are none for 6.0–7.0 s"))
        #expect(!raised(before).contains(.agentGap))
    }

    @Test func `a counter that went on counting keeps its energy over a gap, and the seconds are named`() throws {
        let gapped = run(.counter, gaps: [(12.3, 15.8)], without: window(12.3, 15.8))
        let flag = try #require(gapped.flags.first { $0.flag == .agentGap })
        #expect(flag.detail == "no samples of agent gpu-7 for 22.3–25.8 s of the run")
        #expect(flag.grade == .doubt)
        #expect(gapped.flags.count { $0.flag == .agentGap } == 1)
        #expect(gapped.figures["joules_per_output_token"]?.value != nil)
        #expect(gapped.figures["joules_per_output_token"]?.flags.contains(.agentGap) == true)
        #expect(gapped.ledger.first?.flags.contains(.agentGap) == true)
        #expect(gapped.ledger.first?.host == "gpu-7")
        #expect(!gapped.notes.contains { $0.contains("are missing") })
    }

    @Test func `power readings that are missing over a gap leave no energy`() throws {
        let gapped = run(.power, gaps: [(12.3, 15.8)], without: window(12.3, 15.8))
        #expect(gapped.flags.first { $0.flag == .agentGap }?.grade == .invalid)
        #expect(gapped.figures["joules_per_output_token"]?.value == nil)
        #expect(raised(gapped).contains(.energyUnavailable))
    }

    @Test func `the GPUs of an agent are known by their machine`() throws {
        let summary = run(.power, gaps: [])
        #expect(summary.gpus.first?.host == "gpu-7")
        #expect(summary.gpus.first?.name == "Accelerator")
        #expect(
            summary.flags.first { $0.flag == .sharedDevice }?.detail
                == "GPU 0 of gpu-7: process 77, there before the run; it may be the server itself")
        #expect(summary.flags.first { $0.flag == .migSlice }?.detail.hasPrefix("GPU 0 of gpu-7 is cut") == true)
    }

    @Test func `whoever has series and agents gets windows with clocks, gaps and machines`() throws {
        func account(_ agents: [AgentRecord], localHost: String? = nil) -> WindowAccount {
            MeterTraces([step(.counter)], samplePeriod: tenHertz, agents: agents, start: at(-10), localHost: localHost).account(
                of: window(2, 12))
        }
        func width(_ account: WindowAccount) throws -> Double {
            try #require(account.ledger.total(of: .gpu).value?.plusMinus).rawValue
        }
        let known = [record(bound: 0.1, gaps: [(6, 7)])]
        let (plain, linked) = (account([]), account(known))
        let (narrow, wide) = (try width(plain), try width(linked))
        #expect(abs((wide * wide - narrow * narrow).squareRoot() - 40) < 1)
        #expect(!plain.flags.contains { $0.flag == .agentGap })
        #expect(linked.flags.filter { $0.flag == .agentGap }.map(\.detail) == ["no samples of agent gpu-7 for 16.0–17.0 s of the run"])
        #expect(linked.ledger.entries.map(\.host) == ["gpu-7"] && linked.ledger.entries[0].flags.contains(.agentGap))
        #expect(account(known, localHost: "gpu-7").ledger.entries.map(\.host) == [nil])
    }

    @Test func `agents of one machine are one link, and a machine without one has none`() throws {
        let two = [record(bound: 0.01, gaps: [(3, 4)]), record(bound: 0.02, gaps: [(1, 2)])]
        let link = try #require(MeterLink(to: "gpu-7", by: two, start: at(0)))
        #expect(link.clockBound == .milliseconds(20))
        #expect(link.gaps == [window(1, 2), window(3, 4)])
        #expect(MeterLink(to: "gpu-8", by: two, start: at(0)) == nil)
        #expect(MeterLink(to: nil, by: two, start: at(0)) == nil)
    }
}

import JouleMeters
import JouleModel
import JouleUnits
import Testing

@testable import JouleRunner

struct AgentSelectionTests {
    private func agent(_ port: Int, host: String = "gpu-host", boot: String?, device: String = "GPU-0") throws -> AgentSource {
        let channel = MeterChannel(
            meter: "nvml", scope: .gpu, device: device, name: device, kind: .counter, hasEnergy: true, hasPower: true, gain: 0.05)
        var environment = RunEnvironment(
            joulebench: "0.1.0", cpu: .init(logicalCores: 2), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "test"),
            start: .now)
        environment.gpus = [RunEnvironment.GPU(index: 0, uuid: device)]
        environment.unavailableMeters = [.init(meter: "rapl", reason: "not there", remedy: nil)]
        return AgentSource(
            client: AgentClient(try AgentEndpoint("192.0.2.1:\(port)"), token: nil),
            description: AgentDescription(
                version: "0.1.0", instance: "i\(port)", host: host, bootID: boot, period: .milliseconds(100), channels: [channel],
                environment: environment), gain: port == 3 ? 0.02 : nil)
    }

    private func selection(_ agents: [AgentSource]) throws -> MeterSelection {
        var selection = MeterSelection.nothing(
            because: "test", remedy: nil, host: HostContext(root: HostRoot(path: "/nowhere"), variables: [:]))
        for agent in agents { selection.add(agent) }
        try selection.tellAgentsApart(root: HostRoot(path: "/nowhere"))
        return selection
    }

    @Test func `channels, GPUs and what is missing carry the name of their machine`() throws {
        let selection = try selection([agent(1, boot: "a"), agent(3, host: "other", boot: "b")])
        #expect(selection.agents.flatMap(\.channels).map(\.host) == ["gpu-host", "other"])
        #expect(selection.agents.flatMap(\.channels).map(\.gain) == [0.05, 0.02])
        #expect(selection.gpus.map(\.host) == ["gpu-host", "other"])
        #expect(selection.visibleGPUs == nil, "a worker here cannot use them")
        #expect(selection.unavailable.map(\.meter).contains("other: rapl"))
        #expect(selection.hasMeasured && !selection.isEmpty)
    }

    @Test func `machines of one name are told apart by their boot`() throws {
        let selection = try selection([agent(1, boot: "a"), agent(2, boot: "b")])
        #expect(selection.agents.map(\.host) == ["gpu-host", "gpu-host@192.0.2.1:2"])
        #expect(selection.agents.flatMap(\.channels).map(\.host) == ["gpu-host", "gpu-host@192.0.2.1:2"])
    }

    @Test func `two agents on one machine may not measure one device`() throws {
        let failure = #expect(throws: Failure.self) { try selection([agent(1, boot: "a"), agent(2, boot: "a")]) }
        #expect(failure?.code == "meter.same-device")
        #expect(try selection([agent(1, boot: "a"), agent(2, boot: "a", device: "GPU-1")]).agents.map(\.host) == ["gpu-host", "gpu-host"])
    }

    @Test func `a log keeps the agent's rows to its own period, and every row of this machine`() {
        func channel(_ host: String?) -> MeterChannel {
            MeterChannel(
                meter: "nvml", scope: .gpu, device: "GPU-0", name: "GPU", kind: .counter, hasEnergy: true, hasPower: true, gain: 0.05,
                host: host)
        }
        var schedule = LogSchedule(channels: [channel(nil), channel("far")], period: .milliseconds(300))
        var taken = [0, 0]
        for tick in 0..<60 {
            // Ticks of 100 ms that come up to a millisecond late, with a read of the counter alone between them.
            let instant = Instant(nanoseconds: Int64(tick) * 100_000_000 + Int64(tick * 7919 % 1_000_000))
            for index in 0..<2 {
                if schedule.takes(Sample(instant: instant, power: Watts(300)), channel: index) { taken[index] += 1 }
                if index == 1, schedule.takes(Sample(instant: instant + .milliseconds(50), energy: Joules(1)), channel: 1) {
                    taken[1] += 100
                }
            }
        }
        #expect(taken == [60, 20])
    }
}

import Foundation
import JouleModel
import JouleUnits
import Testing

@Suite struct `What is written of agents and of idle power` {
    private let record = AgentRecord(
        endpoint: "gpu-7:9464", host: "gpu-7", version: "0.1.0",
        instances: [.init(id: "a", first: Instant(nanoseconds: 5), last: Instant(nanoseconds: 9)), .init(id: "b")],
        clockOffset: .nanoseconds(-123_456_789_012_345), clockBound: .microseconds(250), roundTrips: 12, reconnects: 1,
        duplicatesDropped: 3,
        gaps: [.init(start: Instant(nanoseconds: 9), end: Instant(nanoseconds: 77))])

    @Test func `an agent's record comes back as it was, to the nanosecond`() throws {
        let data = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(AgentRecord.self, from: data) == record)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "endpoint", "host", "version", "instances", "clock_offset_seconds", "clock_bound_seconds", "round_trips", "reconnects",
                "duplicates_dropped", "gaps",
            ])
        #expect((object["gaps"] as? [[String: Int]]) == [["start_ns": 9, "end_ns": 77]])
    }

    @Test func `a clock that is infinitely far away is refused`() {
        let text =
            #"{"endpoint":"e","host":"h","version":"1","instances":[],"clock_offset_seconds":1e300,"clock_bound_seconds":0,"#
            + #""round_trips":1,"reconnects":0,"duplicates_dropped":0,"gaps":[]}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(AgentRecord.self, from: Data(text.utf8)) }
    }

    @Test func `an environment from before there were agents has none, and one without agents does not name them`() throws {
        var environment = RunEnvironment(
            joulebench: "0.1.0", cpu: .init(logicalCores: 4), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "Linux"),
            start: ClockAnchor(monotonic: Instant(nanoseconds: 1), unixSeconds: 2, bootNanoseconds: 3))
        let bare = try JSONEncoder().encode(environment)
        #expect(!String(decoding: bare, as: UTF8.self).contains("agents"))
        #expect(try JSONDecoder().decode(RunEnvironment.self, from: bare).agents.isEmpty)
        environment.agents = [record]
        #expect(try JSONDecoder().decode(RunEnvironment.self, from: JSONEncoder().encode(environment)).agents == [record])
    }

    @Test func `a scope's energy from before the idle after the run says that it was not told`() throws {
        func figure(_ value: Double, _ unit: String) -> Figure { Figure(value: value, unit: unit, method: "measured-counter", scope: .gpu) }
        let row = Summary.ScopeEnergy(
            scope: .gpu, gross: figure(9, "J"), netOverIdleHost: figure(5, "J"), netOverIdleLoaded: figure(4, "J"),
            idleHostPower: figure(1, "W"), idleLoadedPower: figure(2, "W"), meanPower: figure(3, "W"), peakPower: figure(4, "W"),
            netOverIdleAfter: figure(3, "J"), idleAfterPower: figure(2, "W"), idleScatter: ["after": 0.1])
        var object = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(row)) as? [String: Any])
        #expect(object["net_over_idle_after"] != nil)
        #expect(object["idle_after_power"] != nil)
        let back = try JSONDecoder().decode(Summary.ScopeEnergy.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(back == row)
        object["net_over_idle_after"] = nil
        object["idle_after_power"] = nil
        object["idle_scatter_watts"] = nil
        let old = try JSONDecoder().decode(Summary.ScopeEnergy.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old.idleAfterPower.value == nil)
        #expect(old.idleAfterPower.reason == "the idle power after the run was not told apart")
        #expect(old.netOverIdleLoaded == row.netOverIdleLoaded)
    }
}

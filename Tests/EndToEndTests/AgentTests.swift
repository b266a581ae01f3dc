import Foundation
import Testing

/// `agent` and its drivers as processes of their own, with GPUs whose truth is known.
struct AgentTests {
    private static let wave = "square:low=100,high=500,period=0.7"

    private func measure(_ agents: [String], _ command: [String], _ more: [String] = []) -> [String] {
        ["measure", "--json"] + agents.flatMap { ["--agent", $0] } + more + ["--"] + command
    }

    @Test func `a driver's joules are those that the GPU at the agent drew`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": Self.wave])
        let agent = try await AgentProcess(scene, environment: gpus.environment)
        // The driver has no GPU of its own.
        let ended = try await scene.run(measure([agent.address], ["sleep", "1.3"]))
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try MeasuredWindow(ended)
        try measured.check(gpus, watts: 500, "the GPU")
        #expect(measured.json["ledger"].list.count == 1, "meters of this machine were not named")
        #expect(measured.gpu["method"].text == "measured-counter")
        let facts = measured.agent
        // One machine, one clock.
        #expect(abs(facts.offset) <= facts.bound && facts.bound < 0.1)
        #expect(facts.gaps.isEmpty && facts.duplicates == 0 && facts.instances == 1)
        #expect(ended.error.contains("no samples are missing"))
        agent.child.send(SIGTERM)
        let farewell = try await agent.child.wait()
        #expect(farewell.status == 0)
        #expect(farewell.output.contains("measured") == false && farewell.output.contains("rows sent"))
    }

    @Test func `a run records the agent, its channels and its GPUs`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "2", "WAVE": Self.wave])
        let agent = try await AgentProcess(scene, environment: gpus.environment)
        let config = try scene.config(requests: 9, more: "metrics: {meters: [{agent: {endpoint: \"\(agent.address)\"}}]}")
        let ended = try await scene.run(scene.runOptions(config, meters: nil))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let environment = try run.environment
        let host = try #require(environment["agents"][0]["host"].text)
        #expect(environment["agents"][0]["endpoint"].text == agent.address)
        #expect(environment["meters"].list.map { $0["host"].text } == [host, host])
        #expect(environment["gpus"].list.map { $0["host"].text } == [host, host])
        let window = try run.window()
        let facts = AgentFacts(json: environment["agents"][0])
        for (entry, device) in zip(try run.summary["ledger"].list.filter { $0["scope"].text == "gpu" }, 0...) {
            try Accuracy.check(
                entry["energy_joules"].number, plusMinus: entry["plus_minus_joules"].number, truth: gpus.joules(of: device, in: window),
                slack: MeasuredWindow.slack(facts, watts: 500), "GPU \(device)")
        }
        #expect(try run.samples.rows.allSatisfy { $0["device"]?.hasPrefix(host + "/") == true })
        // What was recorded can be computed again.
        let again = try await scene.run(["analyze", run.path, "--json"])
        #expect(again.status == 0, "\(again.error)")
    }

    @Test func `two agents are added up, and one device is never counted twice`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "2", "WAVE": "constant:100;constant:200"])
        let first = try await AgentProcess(scene, ["--meters", "nvml", "--devices", "0"], environment: gpus.environment)
        let second = try await AgentProcess(scene, ["--meters", "nvml", "--devices", "1"], environment: gpus.environment)
        let ended = try await scene.run(measure([first.address, second.address], ["sleep", "0.5"]))
        #expect(ended.status == 0, "\(ended.error)")
        let result = try ended.json
        let power = try #require(result["total"]["value"].number) / (try #require(result["duration_seconds"].number))
        #expect(abs(power - 300) < 6)
        #expect(result["agents"].list.count == 2)
        let both = try await AgentProcess(scene, environment: gpus.environment)
        let refused = try await scene.run(measure([first.address, both.address], ["sleep", "1"]))
        #expect(refused.status == 69 && refused.error.contains("meter.same-device"))
        let own = try await scene.run(
            ["measure", "--meters", "nvml", "--agent", both.address, "--", "sleep", "1"], environment: gpus.environment)
        #expect(own.status == 69 && own.error.contains("meter.same-device"))
    }

    @Test func `an agent that is killed and started again leaves a gap that is named, and the counter keeps its energy`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": Self.wave])
        let port = try freePort()
        let first = try await AgentProcess(scene, listen: "127.0.0.1:\(port)", environment: gpus.environment)
        let driver = try scene.start(
            measure(
                ["127.0.0.1:\(port)"],
                ["sh", "-c", "touch '\(scene.file("begun"))'; while [ ! -e '\(scene.file("go"))' ]; do sleep 0.05; done"]))
        let begun = await eventually { FileManager.default.fileExists(atPath: scene.file("begun")) }
        try #require(begun)
        try await Task.sleep(for: .seconds(1))
        let killed = Clock.now
        first.child.send(SIGKILL)
        _ = try await first.child.wait()
        // Dead for longer than the two periods in which a late sample is no missing one.
        try await Task.sleep(for: .seconds(0.7))
        let second = try await AgentProcess(scene, listen: "127.0.0.1:\(port)", environment: gpus.environment)
        let back = Clock.now
        try await Task.sleep(for: .seconds(2))
        try scene.write("go", "")
        let ended = try await driver.wait()
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try MeasuredWindow(ended)
        let gap = try #require(measured.agent.gaps.first)
        #expect(measured.agent.gaps.count == 1 && measured.agent.instances == 2)
        // It begins before the kill, by what was sampled and not yet fetched, and ends about when the new one was there.
        #expect(gap.lowerBound < killed && gap.lowerBound > killed - 3_000_000_000)
        #expect(gap.upperBound > killed && gap.upperBound <= back + 1_000_000_000)
        #expect(ended.error.contains("no samples of "))
        if back - killed < 2_500_000_000 { try measured.check(gpus, watts: 500, "over the gap") }
        withExtendedLifetime(second) {}
    }

    @Test func `with a spool a restart loses only the time in which nobody sampled`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": Self.wave])
        let port = try freePort()
        let options = ["--meters", "nvml", "--spool", scene.file("spool")]
        let first = try await AgentProcess(scene, options, listen: "127.0.0.1:\(port)", environment: gpus.environment)
        let relay = try await Relay(scene, to: "127.0.0.1:\(port)")
        let driver = try scene.start(
            measure(
                [relay.address], ["sh", "-c", "touch '\(scene.file("begun"))'; while [ ! -e '\(scene.file("go"))' ]; do sleep 0.05; done"]))
        let begun = await eventually { FileManager.default.fileExists(atPath: scene.file("begun")) }
        try #require(begun)
        // The link is down while the first agent goes on, ends, and the second one begins.
        try relay.behave(#""refuse": true"#)
        try await Task.sleep(for: .seconds(2.5))
        let killed = Clock.now
        first.child.send(SIGKILL)
        _ = try await first.child.wait()
        let second = try await AgentProcess(scene, options, listen: "127.0.0.1:\(port)", environment: gpus.environment)
        #expect(second.child.output.contains("samples of before"))
        try relay.behave("")
        try await Task.sleep(for: .seconds(2))
        try scene.write("go", "")
        let ended = try await driver.wait()
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try MeasuredWindow(ended)
        #expect(measured.agent.instances == 2 && measured.agent.reconnects >= 1)
        // The 2.5 s before the kill were nowhere but in the spool: all but the last of them are here.
        for gap in measured.agent.gaps { #expect(gap.lowerBound > killed - 2_000_000_000) }
        try measured.check(gpus, watts: 500, "over the restart")
    }

    @Test func `a link that stalls, breaks and repeats itself loses nothing`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": Self.wave])
        let agent = try await AgentProcess(scene, environment: gpus.environment)
        let relay = try await Relay(scene, to: agent.address)
        try relay.behave(#""delay_ms": 3, "jitter_ms": 4"#)
        let driver = try scene.start(
            measure(
                [relay.address], ["sh", "-c", "touch '\(scene.file("begun"))'; while [ ! -e '\(scene.file("go"))' ]; do sleep 0.05; done"]))
        let begun = await eventually { FileManager.default.fileExists(atPath: scene.file("begun")) }
        try #require(begun)
        try await Task.sleep(for: .seconds(1))
        try relay.behave(#""delay_ms": 3, "jitter_ms": 4, "replay": 2"#)
        try await Task.sleep(for: .seconds(1))
        try relay.behave(#""stall": true, "replay": 2"#)
        try await Task.sleep(for: .seconds(2))
        try relay.behave(#""delay_ms": 3, "jitter_ms": 4, "replay": 2, "reset": 2"#)
        try await Task.sleep(for: .seconds(2))
        try scene.write("go", "")
        let ended = try await driver.wait()
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try MeasuredWindow(ended)
        let facts = measured.agent
        #expect(facts.gaps.isEmpty && facts.instances == 1)
        #expect(facts.duplicates > 0 && facts.reconnects >= 1)
        #expect(facts.bound >= 0.003 && facts.bound < 0.1)
        #expect(measured.json["sampling"]["samples_lost"].number == 0)
        try measured.check(gpus, watts: 500, "over a bad link")
    }

    @Test func `an agent that cannot be used is told apart, and nothing is started`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs([:])
        let agent = try await AgentProcess(
            scene, ["--meters", "nvml", "--token-env", "T"], environment: gpus.environment.merging(["T": "sesame"]) { $1 })
        let stub = try await StubServer(scene)
        let strange = try #require(stub.url.split(separator: "/").last.map(String.init))
        let touch = ["touch", scene.file("started")]
        let cases: [(address: String, token: String?, code: String)] = [
            ("127.0.0.1:\(try freePort())", nil, "meter.agent-unreachable"), (agent.address, nil, "meter.agent-token"),
            (agent.address, "wrong", "meter.agent-token"), (strange, nil, "meter.agent-unknown"),
        ]
        for (address, token, code) in cases {
            let ended = try await scene.run(
                measure([address], touch), environment: token.map { ["JOULEBENCH_AGENT_TOKEN": $0] } ?? [:])
            #expect(ended.status == 69 && ended.error.contains(code) && ended.error.contains("help:"), "\(code): \(ended.error)")
            #expect(!ended.error.contains("sesame"))
        }
        #expect(!FileManager.default.fileExists(atPath: scene.file("started")))
        let ended = try await scene.run(measure([agent.address], touch, ["--agent-token-env", "MINE"]), environment: ["MINE": "sesame"])
        #expect(ended.status == 0, "\(ended.error)")
        let unset = try await scene.run(measure([agent.address], touch, ["--agent-token-env", "NONE"]))
        #expect(unset.status == 64 && unset.error.contains("NONE"))
        #expect(try await scene.run(measure(["no address"], touch)).status == 64)
    }

    @Test func `an agent listens to the outside only with a token, or when told to let everyone in`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs([:])
        let options = ["agent", "--listen", "0.0.0.0:0", "--meters", "nvml"]
        let refused = try await scene.run(options, environment: gpus.environment)
        #expect(refused.status == 64 && refused.error.contains("usage.agent-token"))
        let unset = try await scene.run(options + ["--token-env", "NONE"], environment: gpus.environment)
        #expect(unset.status == 64 && unset.error.contains("NONE"))
        let open = try await AgentProcess(
            scene, ["--meters", "nvml", "--insecure-no-token"], listen: "0.0.0.0:0", environment: gpus.environment)
        #expect(open.child.output.contains("without a token"))
        open.child.send(SIGINT)
        #expect(try await open.child.wait().status == 0)
        let spoken = try scene.start(["agent", "--listen", "127.0.0.1:0", "--meters", "nvml", "--json"], environment: gpus.environment)
        let ready = await eventually { spoken.output.contains("\n") || spoken.status != nil }
        try #require(ready)
        spoken.send(SIGTERM)
        let lines = try await spoken.wait().output.split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(lines.count == 2 && lines[0]["endpoint"].text?.hasPrefix("127.0.0.1:") == true && lines[0]["token"].flag == false)
        #expect(lines[0]["description"]["channels"].list.count == 1 && lines.last?["requests_refused"].number == 0)
        let none = try await scene.run(["agent", "--meters", "nvml"])
        #expect(none.status == 69 && none.error.contains("meter.none"))
    }

    @Test func `a power log takes the agent's rows`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:250"])
        let agent = try await AgentProcess(scene, environment: gpus.environment)
        let file = scene.file("power.csv")
        let ended = try await scene.run(
            ["log-power", "--duration", "2s", "--interval", "200ms", "--agent", agent.address, "--output", file])
        #expect(ended.status == 0, "\(ended.error)")
        let table = try Table(file: file)
        let watts = table.rows.compactMap { $0["power_W"].flatMap(Double.init) }
        // The agent reads twice as often as is asked for, and every update of the counter besides; a second before the start comes along.
        #expect(watts.count == table.rows.count && (5...18).contains(watts.count))
        #expect(watts.allSatisfy { abs($0 - 250) < 1 })
        #expect(ended.error.contains("no samples are missing"))
    }
}

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
        // Who reads the figure alone must know it too.
        #expect(measured.gpu["flags"].list.contains(.text("agent_gap")))
        #expect(
            measured.json["flags"].list.contains { $0["flag"].text == "agent_gap" && $0["detail"].text?.contains("no samples") == true })
        // It begins before the kill, by what was sampled and not yet fetched, and ends about when the new one was there.
        #expect(gap.lowerBound < killed && gap.lowerBound > killed - 3_000_000_000)
        #expect(gap.upperBound > killed && gap.upperBound <= back + 1_000_000_000)
        #expect(ended.error.contains("no samples of "))
        if back - killed < 2_500_000_000 { try measured.check(gpus, watts: 500, "over the gap") }
        withExtendedLifetime(second) {}
    }

    @Test func `over a slow link the interval holds what the clock leaves open, and the ledger names the machine`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "square:low=100,high=500,period=4"])
        let far = try HostRootTree(scene)
        try far.write("/proc/sys/kernel/hostname", "gpu-7\n")
        let agent = try await AgentProcess(scene, environment: gpus.environment.merging(far.environment) { $1 })
        let relay = try await Relay(scene, to: agent.address)
        // Each way, so that half a round trip is no less.
        try relay.behave(#""delay_ms": 150"#)
        // Half a period, between readings on both sides: the power at its ends differs.
        let script =
            #"sleep 0.5; echo half > "$JOULEBENCH_MARKS"; sleep 2; echo > "$JOULEBENCH_MARKS"; sleep 0.5"#
        let ended = try await scene.run(measure([relay.address], ["sh", "-c", script]))
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try MeasuredWindow(ended)
        #expect(measured.gpu["host"].text == "gpu-7" && ended.error.contains("agent gpu-7 ("))
        #expect(measured.agent.bound >= 0.15)
        let mark = measured.json["marks"][0]
        let start = Clock.instant(unixSeconds: try #require(mark["start_unix_seconds"].number))
        let end = start + Int64((try #require(mark["duration_seconds"].number)) * 1e9)
        let entry = mark["ledger"][0]
        let energy = try #require(entry["energy_joules"].number)
        let interval = try #require(entry["plus_minus_joules"].number)
        let truth = gpus.joules(in: start..<end)
        let open = [-150_000_000, 150_000_000].map { abs(gpus.joules(in: start + $0..<end + $0) - truth) }.max() ?? 0
        let gain = Accuracy.gain * energy
        #expect(interval * interval >= gain * gain + 0.64 * open * open, "± \(interval) J of \(energy) J, of which the clock \(open) J")
        let text = try await scene.run(measure([relay.address], ["true"]).filter { $0 != "--json" })
        #expect(text.output.contains("scope  host"), "\(text.output)")
    }

    @Test func `a listing reads of each machine its own power`() async throws {
        let scene = try Scene()
        var agents: [AgentProcess] = []
        for (host, watts) in [("alpha", 12), ("beta", 34)] {
            let tree = try HostRootTree(scene, name: host)
            try tree.write("/proc/sys/kernel/hostname", host + "\n")
            try tree.write("/proc/sys/kernel/random/boot_id", "boot of \(host)\n")
            try tree.write("/sys/class/hwmon/hwmon0/name", "power_meter\n")
            try tree.write("/sys/class/hwmon/hwmon0/power1_average", "\(watts)000000\n")
            agents.append(try await AgentProcess(scene, ["--meters", "hwmon"], environment: tree.environment))
        }
        let ended = try await scene.run(["meters", "--json"] + agents.flatMap { ["--agent", $0.address] })
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try ended.json["meters"].list
        #expect(rows.map { $0["channel"]["host"].text } == ["alpha", "beta"])
        #expect(Set(rows.map { $0["channel"]["device"].text }).count == 1)
        for (row, watts) in zip(rows, [12.0, 34.0]) { #expect(row["mean_power_watts"].isNumber(near: watts, within: 0.01)) }
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

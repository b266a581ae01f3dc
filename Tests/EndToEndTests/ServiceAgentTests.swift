import Foundation
import Testing

/// Agent and driver on machines of their own, with a real network stack between them that delays, stalls, resets and loses.
@Suite(.enabled(if: NetworkLab.isThere, "needs root, iproute2 and iptables: `make test-services`"), .serialized)
struct ServiceAgentTests {
    private static let wave = "square:low=100,high=500,period=0.7"
    private static let token = ["JOULEBENCH_AGENT_TOKEN": "sesame"]

    /// The stand-in server on the serving host.
    private func server(_ scene: Scene, _ lab: NetworkLab) async throws -> (child: Child, url: String) {
        let command =
            lab.prefix(lab.host) + [StubServer.path, "--host", NetworkLab.hostAddress, "--port", "0", "--ttft", "20ms", "--itl", "5ms"]
        let child = try Child(command, environment: scene.environment, output: scene.file("server"))
        let ready = await eventually { child.output.contains("\n") || child.status != nil }
        try #require(ready && child.status == nil, "\(child.error)")
        return (child, String(try #require(child.output.split(whereSeparator: \.isWhitespace).last)))
    }

    private func loadTest(_ scene: Scene, _ url: String, _ more: [String]) throws -> [String] {
        [
            "load-test", "--endpoint", url, "--model", "stub-model", "--results-dir", scene.results, "--preset", "none", "--prompts",
            try scene.prompts(64), "--max-new-tokens", "40",
        ] + more
    }

    @Test func `a bad network between driver and agent costs no sample, and the serving host's joules are right`() async throws {
        let scene = try Scene()
        let lab = try await NetworkLab(scene)
        let gpus = try StandInGPUs(["WAVE": Self.wave])
        let server = try await server(scene, lab)
        let agent = try await AgentProcess(
            scene, listen: "\(NetworkLab.hostAddress):0", environment: gpus.environment.merging(Self.token) { $1 },
            prefix: lab.prefix(lab.host))
        let relay = try await Relay(scene, to: agent.address, listen: "\(NetworkLab.routerAddress):0", prefix: lab.prefix(lab.router))
        try relay.behave(#""delay_ms": 4, "jitter_ms": 6"#)
        try await lab.lose(0.03, port: String(relay.address.split(separator: ":")[1]))
        let options = try loadTest(scene, server.url, ["--agent", relay.address, "--duration", "12s", "--concurrency", "2"])
        let driver = try scene.start(options, environment: Self.token, command: lab.prefix(lab.driver) + [Tool.path])
        let measuring = await eventually(within: .seconds(60)) { scene.runs.first?.has("requests.jsonl") == true || driver.status != nil }
        try #require(measuring && driver.status == nil, "\(driver.error)")
        try await Task.sleep(for: .seconds(2))
        try relay.behave(#""stall": true"#)
        try await Task.sleep(for: .seconds(3))
        try relay.behave(#""delay_ms": 4, "jitter_ms": 6, "reset": 2, "replay": 2"#)
        let ended = try await driver.wait(limit: .seconds(120))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let environment = try run.environment
        #expect(environment["server"]["is_local"].flag == false)
        let facts = AgentFacts(json: environment["agents"][0])
        #expect(facts.gaps.isEmpty && facts.instances == 1 && facts.reconnects >= 1 && facts.duplicates > 0)
        #expect(facts.bound >= 0.004 && facts.bound < 0.5)
        #expect(abs(facts.offset) <= facts.bound, "one kernel, one clock")
        #expect(try run.state["samples_lost"].number == 0)
        #expect(environment["meters"].list.allSatisfy { $0["host"].text != nil }, "no meter of the client's machine")
        let gross = try run.gross("gpu")
        try Accuracy.check(
            gross["value"].number, plusMinus: gross["plus_minus"].number, truth: gpus.joules(in: try run.window()),
            slack: MeasuredWindow.slack(facts, watts: 500), "the serving host's GPU")
        withExtendedLifetime((agent, server, lab)) {}
    }

    @Test func `without an agent a remote server has no energy, and the report says what would measure it`() async throws {
        let scene = try Scene()
        let lab = try await NetworkLab(scene)
        let server = try await server(scene, lab)
        let options = try loadTest(scene, server.url, ["--num-prompts", "4"])
        let driver = try scene.start(options, command: lab.prefix(lab.driver) + [Tool.path])
        let ended = try await driver.wait()
        let run = try scene.onlyRun()
        let unavailable = try run.environment["unavailable_meters"].list
        #expect(unavailable.contains { $0["remedy"].text?.contains("joulebench agent") == true }, "\(ended.error)")
        #expect(try run.environment["meters"].list.isEmpty)
        withExtendedLifetime((server, lab)) {}
    }
}

/// A real Prometheus scraping a real agent.
@Suite(.enabled(if: PrometheusService.isThere, "needs prometheus: `make test-services`"))
struct ServicePrometheusTests {
    private func get(_ url: String, _ scene: Scene) async throws -> JSON? {
        let script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())"
        let child = try Child(
            [Tool.python, "-c", script, url], environment: scene.environment, output: scene.file("get-\(UUID().uuidString)"))
        let ended = try await child.wait(limit: .seconds(20))
        return ended.status == 0 ? try ended.json : nil
    }

    @Test func `Prometheus takes the agent's series with their types, and its rate is the power`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:250"])
        let agent = try await AgentProcess(
            scene, ["--meters", "nvml,model"], environment: gpus.environment.merging(["JOULEBENCH_AGENT_TOKEN": "sesame"]) { $1 })
        let config = try scene.write(
            "prometheus.yml",
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - job_name: joulebench
                authorization: {credentials: sesame}
                static_configs: [{targets: ["\(agent.address)"]}]
            """)
        let port = try freePort()
        let prometheus = try Child(
            [
                "/usr/bin/env", "prometheus", "--config.file=\(config)", "--storage.tsdb.path=\(scene.file("tsdb"))",
                "--web.listen-address=127.0.0.1:\(port)",
            ], environment: scene.environment, output: scene.file("prometheus"))
        let api = "http://127.0.0.1:\(port)/api/v1"
        func query(_ text: String) async throws -> [JSON] {
            let escaped = try #require(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            return try await get("\(api)/query?query=\(escaped)", scene)?["data"]["result"].list ?? []
        }
        // Enough scrapes that none of the rate's window is made up.
        var rate: JSON?
        for _ in 0..<60 where rate == nil {
            try #require(prometheus.status == nil, "\(prometheus.error)")
            try await Task.sleep(for: .milliseconds(500))
            if try await query("count_over_time(joulebench_energy_joules_total{scope=\"gpu\"}[30s]) >= 9").isEmpty { continue }
            rate = try await query("rate(joulebench_energy_joules_total{scope=\"gpu\"}[6s])").first
        }
        let labels = try #require(rate)["metric"]
        #expect(labels["uuid"].text?.hasPrefix("GPU-") == true && labels["method"].text == "measured-counter")
        #expect(labels["device"].text == "NVIDIA H200 #0")
        let watts = try #require(rate?["value"][1].text.flatMap(Double.init))
        #expect(abs(watts - 250) < 25)
        #expect(try await query("joulebench_power_watts{scope=\"gpu\"}").first?["value"][1].text == "250")
        #expect(try await query("joulebench_energy_joules_total{method=\"modelled\"}").isEmpty == false)
        #expect(try await query("joulebench_build_info").count == 1)
        #expect(try await query("up").first?["value"][1].text == "1")
        let metadata = try #require(try await get("\(api)/targets/metadata", scene))["data"].list
        func type(_ name: String) -> String? { metadata.first { $0["metric"].text == name }?["type"].text }
        #expect(type("joulebench_energy_joules") == "counter" && type("joulebench_power_watts") == "gauge")
        #expect(metadata.first { $0["metric"].text == "joulebench_energy_joules" }?["unit"].text == "joules")
        #expect(metadata.allSatisfy { $0["type"].text != "unknown" })
        prometheus.send(SIGTERM)
        agent.child.send(SIGTERM)
        #expect(try await agent.child.wait().output.contains("scrapes"))
    }
}

private enum PrometheusService {
    static var isThere: Bool { ProcessInfo.processInfo.environment["JOULEBENCH_TEST_SERVICES"]?.contains("prometheus") == true }
}

import Foundation
import Testing

/// Meters that are pages of a server, through the whole tool.
struct PageMeterTests {
    /// A page of 300 W in each of two outlets, and a well-known one of a GPU.
    private static let script = #"""
        {"rules": [{"when": {"path": "/metrics"}, "body_text":
          "outlet_watts{outlet=\"a\"} 300\noutlet_watts{outlet=\"b\"} 50.5\nDCGM_FI_DEV_POWER_USAGE{gpu=\"0\",UUID=\"GPU-aa\"} 120\n"}]}
        """#

    @Test func `the joules of a command are those of the page`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, script: Self.script)
        let meters =
            "{prometheus: {url: '\(stub.url)/metrics', metric: outlet_watts, gain: 0.01}}, {dcgm: {url: '\(stub.url)/metrics'}}"
        let ended = try await scene.run(["measure", "--meters", meters, "--json", "--output", scene.file("m.json"), "--", "sleep", "1"])
        #expect(ended.status == 0, "\(ended.error)")
        let result = try JSON(parsing: try scene.read("m.json"))
        let seconds = try #require(result["duration_seconds"].number)
        var watts: [String: Double] = [:]
        // What the node uses beside its GPU is a difference of the two.
        for entry in result["ledger"].list where entry["scope"].text != "other" {
            watts[entry["device"].text ?? ""] = entry["mean_power_watts"].number.map { ($0 * 1e6).rounded() / 1e6 }
            #expect(entry["method"].text == "measured-power")
            #expect(entry["energy_joules"].isNumber(near: (entry["mean_power_watts"].number ?? 0) * seconds, within: 1e-3))
        }
        #expect(watts == ["a": 300, "b": 50.5, "GPU-aa": 120])
    }

    private static let shelly = #"""
        {"rules": [
          {"when": {"path": "/shelly"}, "body_text": "{\"mac\":\"AABB\",\"model\":\"SPSW-202\",\"gen\":2}"},
          {"when": {"path": "/rpc/Switch.GetStatus"}, "body_text": "{\"id\":0,\"apower\":150}"},
          {"when": {"path": "/metrics"}, "body_text": "outlet_watts 160\n"}]}
        """#

    @Test func `two outlets of one plug are added`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, script: Self.shelly)
        let outlets = [0, 1].map { "{plug: {url: '\(stub.url)/rpc/Switch.GetStatus?id=\($0)', kind: shelly}}" }
        let ended = try await scene.run(
            ["measure", "--meters", outlets.joined(separator: ", "), "--json", "--output", scene.file("m.json"), "--", "sleep", "2"])
        #expect(ended.status == 0, "\(ended.error)")
        let result = try JSON(parsing: try scene.read("m.json"))
        let seconds = try #require(result["duration_seconds"].number)
        #expect(result["total"]["scope"].text == "node" && result["total"]["value"].isNumber(near: 300 * seconds, within: 3))
        #expect(!result["flags"].list.contains { $0["flag"].text == "energy_unavailable" })
        let text = try await scene.run(["measure", "--meters", outlets[0], "--", "sleep", "1"])
        #expect(text.output.contains("energy of the node: ") && !text.output.contains("not available"), "\(text.output)")
    }

    @Test func `what is shown and not added is shown, with the reason`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, script: Self.shelly)
        let meters =
            "{prometheus: {url: '\(stub.url)/metrics', metric: outlet_watts, gain: 0.005}}, {plug: {url: '\(stub.url)', kind: shelly, gain: 0.29}}"
        let listing = try await scene.run(["meters", "--meters", meters])
        #expect(listing.output.contains("not added: prometheus counts the node scope"), "\(listing.output)")
        #expect(listing.output.contains("0.5 %") && listing.output.contains("29 %"))
        let ended = try await scene.run(["measure", "--meters", meters, "--", "sleep", "1"])
        #expect(ended.output.contains("not added: prometheus counts the node scope"), "\(ended.output)")
    }

    @Test func `where only the node is metered, every figure of a run is the node's`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, script: Self.shelly)
        let config = try scene.write(
            "load.yaml",
            """
            backend: {type: openai, endpoint: '\(stub.url)', model: stub-model}
            scenario: {dataset_name: '\(try scene.prompts(8))', num_samples: 8, generate_kwargs: {max_new_tokens: 64}}
            load: {arrival: closed, concurrency: 1}
            carbon: {source: fixed, intensity: 400}
            reporter: [json, html, csv]
            """)
        let plug = "{plug: {url: '\(stub.url)', kind: shelly}}"
        let ended = try await scene.run(["run", config, "--results-dir", scene.results, "--meters", plug])
        try #require(scene.runs.count == 1, "\(ended.error)")
        let summary = try scene.runs[0].summary
        #expect(summary["headline_scope"].text == "node")
        for key in ["joules_per_output_token", "joules_per_request", "watt_hours_per_1000_requests", "grams_co2e_per_request"] {
            #expect(summary["figures"][key]["value"].number != nil && summary["figures"][key]["scope"].text == "node", "\(key)")
        }
        #expect(!(try scene.runs[0].flags).contains("energy_unavailable"))
        #expect(ended.output.contains("scope node") && ended.output.contains("measured by plug (node"), "\(ended.output)")
        let row = try #require(try Table(file: scene.results + "/results.csv").rows.first)
        #expect(row["headline_scope"] == "node" && Double(row["energy_joules"] ?? "") != nil && row["energy_error"] == "NA", "\(row)")
        #expect(Double(row["energy_total_energy_wh"] ?? "") != nil && Double(row["energy_emissions_g_co2eq"] ?? "") != nil, "\(row)")
        let again = try await scene.run(["analyze", scene.runs[0].path])
        #expect(again.status == 0 && again.output.contains("scope node"), "\(again.error)")

        let gpus = try StandInGPUs(["WAVE": "constant:100"])
        let beside = try await scene.run(
            ["run", config, "--results-dir", scene.results, "--meters", "nvml, " + plug], environment: gpus.environment)
        let figures = try #require(scene.runs.last).summary["figures"]
        #expect(figures["joules_per_output_token"]["scope"].text == "gpu")
        let (gpu, node) = (figures["joules_per_output_token"]["value"].number, figures["node_joules_per_output_token"]["value"].number)
        #expect(figures["node_joules_per_output_token"]["scope"].text == "node")
        #expect(abs((try #require(node)) / (try #require(gpu)) - 1.5) < 0.05)
        #expect(beside.output.contains("energy per output token, node"), "\(beside.output)")
        #expect(try #require(scene.runs.last).text("report.html").contains("energy per output token, node"))
    }

    @Test func `a log of a page has its rows`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, script: Self.script)
        let file = scene.file("power.csv")
        let ended = try await scene.run(
            ["log-power", "--duration", "1", "--interval", "0.1", "--meters", "{dcgm: {url: '\(stub.url)'}}", "--output", file])
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try Table(file: file).rows
        #expect(rows.count >= 3 && rows.allSatisfy { $0["power_W"] == "120.0" && $0["device"] == "GPU-aa" && $0["meter"] == "dcgm" })
    }

    @Test func `a metric of one's own choice on the page of GPUs is theirs`() async throws {
        let scene = try Scene()
        let page = #"{"rules": [{"when": {"path": "/metrics"}, "body_text": "DCGM_FI_X{gpu=\"0\",UUID=\"GPU-aa\"} 75\n"}]}"#
        let stub = try await StubServer(scene, script: page)
        let meter = "{dcgm: {url: '\(stub.url)', metric: DCGM_FI_X, unit: W}}"
        let ended = try await scene.run(["log-power", "--duration", "1", "--meters", meter, "--output", scene.file("power.csv")])
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try Table(file: scene.file("power.csv")).rows
        #expect(!rows.isEmpty && rows.allSatisfy { $0["power_W"] == "75.0" && $0["device"] == "GPU-aa" && $0["scope"] == "gpu" }, "\(rows)")
        let bare = "{dcgm: {url: '\(stub.url)', unit: W}}"
        let refused = try await scene.run(["log-power", "--duration", "1", "--meters", bare, "--output", scene.file("power.csv")])
        #expect(refused.status == 64 && refused.error.contains("the unit of a metric, and the meter names none"), "\(refused.error)")
    }

    @Test func `a page that is not there is said, with its place`() async throws {
        let scene = try Scene()
        let url = "http://127.0.0.1:\(try freePort())"
        let ended = try await scene.run([
            "log-power", "--duration", "1", "--meters", "{dcgm: {url: '\(url)'}}", "--output", scene.file("p.csv"),
        ])
        #expect(ended.status == 69 && ended.error.contains("dcgm \(url)") && ended.error.contains("no connection"))
        let wrong = try await scene.run(["log-power", "--duration", "1", "--meters", "{plug: {url: x}}", "--output", scene.file("p.csv")])
        #expect(wrong.status == 64 || wrong.status == 78 || wrong.status == 2, "\(wrong.status)")
        #expect(wrong.error.contains("--meters:1:2") && wrong.error.contains("`kind`"), "\(wrong.error)")
    }

    @Test func `a server's own energy stands beside ours and in no total`() async throws {
        let scene = try Scene()
        // A joule for each token, which is what the page of this dialect counts too.
        let stub = try await StubServer(
            scene, ["--dialect", "trtllm", "--itl", "20ms"], script: #"{"rules": [{"energy": {"joules_per_token": 1}}]}"#)
        let config = try scene.write(
            "load.yaml",
            """
            backend: {type: trtllm, endpoint: '\(stub.url)', model: stub-model}
            scenario: {dataset_name: '\(try scene.prompts(8))', num_samples: 8, generate_kwargs: {max_new_tokens: 16, min_new_tokens: 16}}
            load: {arrival: closed, concurrency: 2}
            metrics: {meters: [{energy_metrics: {url: '\(stub.url)'}}]}
            """)
        let ended = try await scene.run(["run", config, "--results-dir", scene.results])
        try #require(scene.runs.count == 1, "\(ended.error)")
        let run = scene.runs[0]
        let requests = try run.measured
        #expect(requests.count == 8 && requests.allSatisfy { $0["server_energy_joules"].number == 16 })
        let reported = try run.summary["serving"]["server_reported_energy"]
        #expect(reported["energy"]["value"].number == 128 && reported["energy"]["method"].text == "server-reported")
        #expect(reported["joules_per_output_token"]["value"].number == 1 && reported["requests"].number == 8)
        #expect(ended.output.contains("128 J, 16.0 J a request, 1.00 J an output token"))
        // The counter is read ten times a second while the tokens come: it is sharp to a tick at each edge.
        let gross = try run.gross("gpu")
        let joules = try #require(gross["value"].number, "\(gross)")
        #expect(abs(joules - 128) <= max(gross["plus_minus"].number ?? 0, 30), "\(gross)")
    }
}

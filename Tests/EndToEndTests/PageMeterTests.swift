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

import Foundation
import Testing

/// The energy of a server's requests on GPUs whose power is known.
struct ServingEnergyTests {
    private static let waves = "square:low=100,high=500,period=0.7"

    /// The shares of the requests and what nobody was there for are the energy of the window, exactly.
    private func expectConserved(_ run: RunFolder) throws {
        let attribution = try run.summary["attribution"]
        let gross = try #require(attribution["gross"]["value"].number)
        let unattributed = try #require(attribution["unattributed"]["value"].number)
        let shares = try run.attribution
        let total = shares.compactMap { $0["joules_gross"].number }.reduce(0, +)
        #expect(abs(total + unattributed - gross) <= 1e-9 * gross, "\(total) + \(unattributed) of \(gross) J")
        #expect(try run.gross("gpu")["value"].isNumber(near: gross, within: 1e-9 * gross))
        for share in shares {
            let whole = try #require(share["joules_gross"].number)
            let parts = (share["joules_prefill"].number, share["joules_decode"].number)
            #expect(abs((try #require(parts.0)) + (try #require(parts.1)) - whole) <= 1e-9 * abs(whole) + 1e-12, "\(share)")
        }
    }

    @Test func `the joules of a load are those that the GPU drew, and its requests share them all`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": Self.waves])
        let (ended, run) = try await scene.load(
            ["--concurrency", "4"], requests: 24, tokens: 64, meters: "nvml", environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let gross = try run.gross("gpu")
        try Accuracy.check(
            gross["value"].number, plusMinus: gross["plus_minus"].number, truth: gpus.joules(in: try run.window()), "the window")
        try expectConserved(run)
        #expect(try run.attribution.count == 24)
        let joules = try #require(gross["value"].number)
        let figures = try run.summary["figures"]
        #expect(figures["joules_per_output_token"]["value"].isNumber(near: joules / 1_536, within: 1e-9))
        #expect(figures["joules_per_request"]["value"].isNumber(near: joules / 24, within: 1e-9))
        #expect(ended.output.contains("measured by nvml (gpu, measured-counter)"))
    }

    @Test func `a recording gives the same bytes again`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": Self.waves])
        let script = #"{"rules": [{"when": {"every": 3}, "reasoning": {"tokens": 3}}, {"when": {"nth": [5]}, "status": 500}]}"#
        let (ended, run) = try await scene.load(
            script: script, ["--request-rate", "40", "--goodput", "ttft:200"], requests: 16, tokens: 16, meters: "nvml",
            environment: gpus.environment)
        #expect(ended.status == 3, "\(ended.error)")
        let names = ["summary.json", "attribution.jsonl", "report.html"]
        let before = try names.map { try run.text($0) }
        for name in names { try FileManager.default.removeItem(atPath: run.file(name)) }
        // Elsewhere, later, with other meters in sight.
        let again = try await scene.run(["analyze", run.path])
        #expect(again.error.isEmpty, "\(again.error)")
        for (name, text) in zip(names, before) { #expect(try run.text(name) == text, "\(name) differs") }
        #expect(again.output == ended.output)
    }

    @Test(arguments: ["reasoning", "reasoning_content", "inline"]) func `reasoning and answer have joules apart`(field: String) async throws
    {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:300"])
        let script = #"{"rules": [{"reasoning": {"tokens": 6, "field": "\#(field)"}}]}"#
        let (ended, run) = try await scene.load(script: script, requests: 4, tokens: 24, meters: "nvml", environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.measured.allSatisfy { $0["reasoning_tokens"].number == 6 && $0["output_tokens"].number == 24 })
        try expectConserved(run)
        let attribution = try run.summary["attribution"]
        // Six tokens of reasoning in each answer did not come for nothing, however they were told apart.
        #expect(attribution["reasoning"]["value"].number != 0)
        guard field != "inline" else { return }
        // The first token of the answer itself comes later than the first token.
        #expect(try run.measured.allSatisfy { ($0["first_output_token_ns"].number ?? 0) > ($0["first_token_ns"].number ?? .infinity) })
        let reasoning = try #require(attribution["reasoning"]["value"].number)
        let answer = try #require(attribution["answer"]["value"].number)
        let decode = try #require(attribution["decode"]["value"].number)
        #expect(reasoning > 0 && answer > reasoning)
        #expect(abs(reasoning + answer - decode) <= 1e-9 * decode, "\(reasoning) + \(answer) of \(decode) J")
    }

    @Test func `tokens out of the prefix cache are counted apart`() async throws {
        // Ten tokens in the prompt, eight of them out of the cache.
        let usage =
            #"{\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2,\"total_tokens\":12,"#
            + #"\"prompt_tokens_details\":{\"cached_tokens\":8}}}"#
        let script = """
            {"rules": [{"events": [{"at_ms": 10, "content": "a"}, {"at_ms": 15, "content": "b"}, {"at_ms": 15, "finish": "stop"},
              {"at_ms": 16, "data": "\(usage)"}, {"at_ms": 17, "done": true}]}]}
            """
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, stub: ["--dialect", "openai"], ["--backend", "openai"], requests: 4)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.measured.allSatisfy { $0["cached_input_tokens"].number == 8 && $0["input_tokens"].number == 10 })
        #expect(try run.summary["requests"]["cached_input_tokens"].number == 32)
        #expect(try run.flags.contains("cached_prompts"))
        #expect(ended.output.contains("40 tokens in (32 cached)"))
    }

    @Test func `a server that lies about its tokens is found out`() async throws {
        let script = """
            {"rules": [{"events": [{"at_ms": 5, "content": "a"}, {"at_ms": 10, "content": "b"}, {"at_ms": 15, "finish": "stop"},
              {"at_ms": 16, "usage": 50}, {"at_ms": 17, "done": true}]}]}
            """
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, requests: 4)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.flags.contains("token_mismatch"))
        #expect(ended.output.contains("token_mismatch"))
        let pair = try #require(
            try run.summary["serving"]["server"]["pairs"].list.first { $0["metric"].text == "vllm:generation_tokens_total" })
        #expect(pair["ours"].number == 200 && pair["server"].number == 8)
    }

    @Test func `tokens of answers that broke off are wasted, with their joules`() async throws {
        let gpus = try StandInGPUs(["WAVE": "constant:200"])
        let script = #"{"rules": [{"when": {"every": 2}, "break": {"after_tokens": 12, "how": "reset"}}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(
            script: script, ["--concurrency", "2"], requests: 6, tokens: 24, meters: "nvml", environment: gpus.environment)
        #expect(ended.status == 3, "\(ended.error)")
        try expectConserved(run)
        #expect(try run.summary["requests"]["wasted_tokens"].number == 36)
        #expect(try run.summary["attribution"]["wasted"]["value"].isPositive)
        let generated = try #require(try run.summary["figures"]["joules_per_output_token"]["value"].number)
        let useful = try #require(try run.summary["figures"]["joules_per_useful_token"]["value"].number)
        // 108 tokens were made and 72 of them were of use.
        #expect(abs(useful / generated - 1.5) < 1e-9, "\(useful) and \(generated) J")
    }

    @Test func `the requests file and the other tool's result hold the load and its energy`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:250"])
        let (table, result) = (scene.file("requests.csv"), scene.file("result.json"))
        let more = [
            "--concurrency", "3", "--output", table, "--save-result", result, "--save-detailed", "--goodput", "ttft:2000", "--label",
            "here",
            "--percentile-metrics", "ttft,tpot,itl,e2el", "--metric-percentiles", "50,99",
        ]
        let (ended, run) = try await scene.load(
            script: #"[null, {"status": 500}]"#, more, requests: 9, meters: "nvml", environment: gpus.environment)
        #expect(ended.status == 3, "\(ended.error)")
        let rows = try Table(file: table)
        let head = ["timestamp_s", "latency_s", "prompt_tokens", "completion_tokens", "status_code", "error"]
        #expect(Array(rows.columns.prefix(6)) == head)
        #expect(rows.rows.count == 9)
        #expect(rows.rows.count { $0["status_code"] == "200" && $0["completion_tokens"] == "8" && $0["outcome"] == "completed" } == 8)
        #expect(rows.rows.count { $0["status_code"] == "500" && $0["error"]?.isEmpty == false } == 1)
        let sent = rows.rows.compactMap { $0["timestamp_s"].flatMap(Double.init) }
        #expect(sent.count == 9 && sent == sent.sorted())

        let json = try JSON(parsing: try String(contentsOfFile: result, encoding: .utf8))
        #expect(json["completed"].number == 8 && json["failed"].number == 1 && json["num_prompts"].number == 9)
        #expect(json["model_id"].text == "stub-model" && json["label"].text == "here" && json["max_concurrency"].number == 3)
        #expect(json["total_output_tokens"].number == 64 && json["power_valid"].flag == true)
        #expect(json["request_rate"].text == "inf")
        for name in ["ttft", "tpot", "itl", "e2el"] {
            for kind in ["mean", "median", "std", "p50", "p99"] { #expect(json["\(kind)_\(name)_ms"].number != nil, "\(kind)_\(name)_ms") }
        }
        for name in ["input_lens", "output_lens", "ttfts", "itls", "start_times", "errors"] {
            #expect(json[name].list.count == 9, "\(name)")
        }
        let joules = try #require(json["total_gpu_energy_j"].number)
        #expect(try run.gross("gpu")["value"].isNumber(near: joules, within: 1e-9 * joules))
        #expect(json["avg_total_gpu_power_w"].isNumber(near: 250, within: 5))
        #expect(json["joules_per_output_token"].isNumber(near: joules / 64, within: 1e-9 * joules))
        #expect(json["joules_per_successful_query"].isNumber(near: joules / 8, within: 1e-9 * joules))
        let begin = try #require(json["benchmark_start_time_unix"].number)
        let end = try #require(json["benchmark_end_time_unix"].number)
        let truth = gpus.joules(in: Clock.instant(unixSeconds: begin)..<Clock.instant(unixSeconds: end))
        #expect(abs(joules - truth) <= 0.05 * truth, "\(joules) and \(truth) J")
    }

    @Test func `without energy the other tool's result says so`() async throws {
        let scene = try Scene()
        let folder = scene.file("saved")
        // As pasted: the option has no value there and stands at the end, or before another option.
        for (name, tail) in [
            ("a.json", ["--save-result", "--result-filename", "a.json"]), ("b.json", ["--result-filename", "b.json", "--save-result"]),
        ] {
            let own = try Scene()
            let (ended, _) = try await own.load(["--result-dir", folder] + tail, requests: 2)
            #expect(ended.status == 0, "\(ended.error)")
            let json = try JSON(parsing: try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
            #expect(json["completed"].number == 2 && json["power_valid"].flag == false)
            #expect(json["total_gpu_energy_j"].number == nil)
        }
    }
}

import Foundation
import Testing

/// Real vLLM on the CPU, started by the tool itself. `make test-services` makes the environment and names it.
@Suite(.enabled(if: VLLMService.isThere), .serialized)
struct ServiceVLLMTests {
    @Test func `a closed loop of eight ends every request, and its tokens are the server's own`() async throws {
        let scene = try Scene()
        let folder = try await VLLMService.run(scene, port: 18_771, load: "{arrival: closed, concurrency: 8, requests: 64}")
        try check(folder, requests: 64)
        let phases = try folder.state["phases"].list.map { $0["phase"].text }
        #expect(phases == ["idle_host", "load", "idle_loaded", "warmup", "measure", "drain", "cooldown"])
        let load = try folder.summary["serving"]["load"]
        #expect(load["arrival"].text == "closed")
        #expect(try #require(load["mean_in_flight"].number) > 6)
        // What the server said of itself is kept.
        let server = try folder.environment["server"]
        #expect(server["version"].text?.isEmpty == false)
        #expect(server["listed_models"].list.compactMap(\.text) == ["smollm2"])
        #expect(server["max_model_length"].number == 1_024)
        #expect(server["is_local"].flag == true)
        #expect(VLLMService.survivors(port: 18_771).isEmpty, "the server and its children are gone")
    }

    @Test func `Poisson arrivals at two a second end every request, and keep their schedule`() async throws {
        let scene = try Scene()
        let folder = try await VLLMService.run(scene, port: 18_772, load: "{arrival: poisson, rate: 2/s, requests: 64}")
        try check(folder, requests: 64)
        let starts = try folder.completed.compactMap { $0["scheduled_ns"].number }.sorted()
        let seconds = (starts[63] - starts[0]) * 1e-9
        // 63 exponential gaps of half a second: 31.5 s on average, with a standard deviation of 4 s.
        #expect((16...48).contains(seconds), "\(seconds) s")
    }

    @Test func `completions have exactly the prompt tokens that were drawn, by the real tokenizer`() async throws {
        let scene = try Scene()
        let folder = try await VLLMService.run(
            scene, port: 18_773, load: "{arrival: closed, concurrency: 8, requests: 48}", backend: "api: completions",
            scenario: "prompt_lengths: {distribution: lognormal, mean: 120, std: 60, min: 40, max: 400}, shared_prefix_tokens: 32")
        let completed = try folder.completed
        #expect(completed.count == 48 && Set(completed.map { $0["input_tokens"].number }).count > 10)
        for request in completed { #expect(request["input_tokens"].number == request["input_tokens_asked"].number) }
        let lengths = try folder.summary["prompt_lengths"]
        #expect(lengths["equal"].number == 48 && lengths["record"]["counted_by"].text == "/tokenize")
        #expect(try !folder.flags.contains("prompt_length_mismatch"))
    }

    @Test func `later turns of a conversation read their history from the server's cache`() async throws {
        let scene = try Scene()
        let folder = try await VLLMService.run(
            scene, port: 18_774, load: "{arrival: closed, concurrency: 4, requests: 24}",
            scenario: "prompt_lengths: 200, turns: 3, unique_prefix: true")
        #expect(try folder.completed.count == 24)
        let turns = try folder.summary["serving"]["turns"].list
        #expect(turns.map { $0["completed"].number } == [8, 8, 8])
        let lengths = turns.compactMap { $0["input_tokens"]["mean"].number }
        #expect(lengths == lengths.sorted() && lengths.count == 3)
        // Whole blocks of the cache alone: of a first turn of 200 tokens at least one.
        let cached = turns.dropFirst().compactMap { $0["cached_input_tokens"]["mean"].number }
        #expect(cached.count == 2 && cached[1] > cached[0] && cached[0] > 0, "\(cached)")
        let record = try folder.summary["prompt_lengths"]
        #expect(record["record"]["template_tokens"].isPositive && record["compared"].number == 8)
        #expect(record["least_difference"].number == record["record"]["template_tokens"].number)
    }

    @Test(arguments: ["completions", "chat"])
    func `an input length of 128 is what the server counts of every prompt`(api: String) async throws {
        let scene = try Scene()
        let folder = try await VLLMService.run(
            scene, port: api == "chat" ? 18_776 : 18_775, load: "{arrival: closed, concurrency: 4, requests: 12}",
            backend: "api: \(api)", scenario: "num_samples: 20, input_length: 128")
        let completed = try folder.completed
        #expect(completed.count == 12)
        // Special tokens and the template of a chat are among them: the server cuts what it has made of the prompt.
        #expect(completed.allSatisfy { $0["input_tokens"].number == 128 }, "\(completed.map { $0["input_tokens"] })")
        let pair = try #require(
            folder.summary["serving"]["server"]["pairs"].list.first { $0["metric"].text?.hasPrefix("vllm:prompt_tokens") ?? false })
        #expect(pair["server"].number == 1_536)
    }

    private func check(_ folder: RunFolder, requests count: Int) throws {
        let completed = try folder.completed
        #expect(completed.count == count)
        let summary = try folder.summary
        #expect(summary["requests"]["outcomes"]["completed"].number == Double(count))
        #expect(summary["requests"]["failed"].number == 0)
        // The server's counter over the whole measured phase, from its recorded pages.
        let tokens = completed.compactMap { $0["output_tokens"].number }.reduce(0, +)
        let pair = try #require(
            summary["serving"]["server"]["pairs"].list.first { $0["metric"].text?.hasPrefix("vllm:generation_tokens") ?? false })
        #expect(pair["ours"].number == tokens)
        #expect(pair["server"].number == tokens)
        #expect(!summary["flags"].list.contains { $0["flag"].text == "token_mismatch" })
        // Energy per request sums to the window's.
        let attribution = summary["attribution"]
        let gross = try #require(attribution["gross"]["value"].number)
        let unattributed = try #require(attribution["unattributed"]["value"].number)
        let lines = try folder.text("attribution.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
        let shared = lines.compactMap { $0["joules_gross"].number }.reduce(0, +)
        #expect(abs(shared + unattributed - gross) <= 1e-9 * gross)
        #expect(gross > 0)
        for request in completed {
            let sent = try #require(request["sent_ns"].number)
            let first = try #require(request["first_token_ns"].number)
            #expect(sent < first && first <= request["last_token_ns"].number ?? 0)
            #expect(request["token_source"].text == "continuous_usage")
        }
    }
}

enum VLLMService {
    private static let variables = ProcessInfo.processInfo.environment
    private static var python: String? { variables["JOULEBENCH_VLLM_PYTHON"] }
    private static var model: String? { variables["JOULEBENCH_VLLM_MODEL"] }
    static var isThere: Bool {
        variables["JOULEBENCH_TEST_SERVICES"]?.contains("vllm") == true && python != nil && model != nil
    }

    /// One run with a server of its own.
    static func run(
        _ scene: Scene, port: Int, load: String, backend: String = "api: chat", scenario: String = "num_samples: 20, unique_prefix: true"
    ) async throws -> RunFolder {
        let python = try #require(python)
        let model = try #require(model)
        let configuration = """
            backend:
              type: vllm
              model: smollm2
              endpoint: http://127.0.0.1:\(port)
              \(backend)
              launch:
                command: [\(python), -m, vllm.entrypoints.openai.api_server, --model, \(model), --served-model-name, smollm2,
                  --max-model-len, "1024", --enforce-eager, --max-num-seqs, "32", --dtype, float32, --host, 127.0.0.1, --port, "\(port)",
                  --enable-prompt-tokens-details]
                env: {VLLM_CPU_KVCACHE_SPACE: "1", HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1", VLLM_CPU_OMP_THREADS_BIND: "0-1"}
            scenario: {\(scenario), generate_kwargs: {max_new_tokens: 16, min_new_tokens: 4}}
            load: \(load)
            phases: {preset: quick, idle_host: 1s, idle_loaded: 1s, warmup_requests: 2, cooldown: 2s}
            """
        let config = try scene.write("vllm.yaml", configuration)
        let started = try scene.start(["run", config, "-o", scene.results, "--meters", "model"])
        let ended = try await started.wait(limit: .seconds(400))
        #expect(ended.status == 0, "\(ended.error)")
        return try scene.onlyRun()
    }

    /// Processes that still have the server's port in their command line.
    static func survivors(port: Int) -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { name in
            guard Int32(name) != nil, let line = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8) else { return false }
            return line.contains("api_server") && line.contains("\(port)")
        }
    }
}

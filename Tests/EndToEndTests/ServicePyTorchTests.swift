import Foundation
import Testing

/// Whole runs with PyTorch and the real small model, through the environment that `setup pytorch` made; `make test-services` runs them.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["JOULEBENCH_TEST_SERVICES"]?.contains("pytorch") == true))
struct ServicePyTorchTests {
    /// The user's own cache, where the environment is; everything else as in any scene.
    private static let home = ["HOME", "JOULEBENCH_CACHE", "XDG_CACHE_HOME"].reduce(into: [String: String]()) {
        $0[$1] = ProcessInfo.processInfo.environment[$1]
    }

    private func run(_ scene: Scene, _ settings: [String]) async throws -> Ended {
        let config = try scene.write(
            "model.yaml",
            """
            backend: {type: pytorch, model: "builtin:smollm2-135m", device: cpu}
            scenario: {num_samples: 3, generate_kwargs: {max_new_tokens: 12, min_new_tokens: 12}}
            phases: {preset: quick, idle_host: 300ms, idle_loaded: 300ms, warmup_requests: 1, cooldown: 300ms}
            """)
        var environment = Self.home
        if environment["JOULEBENCH_CACHE"] == nil {
            let folder = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
            environment["JOULEBENCH_CACHE"] = "\(folder)/joulebench"
        }
        let options = ["run", config, "-o", scene.results, "--meters", "model"] + settings.flatMap { ["--set", $0] }
        return try await scene.start(options, environment: environment).wait(limit: .seconds(300))
    }

    @Test func `the real model answers every prompt with the forced number of tokens`() async throws {
        let scene = try Scene()
        let ended = try await run(scene, ["scenario.save_outputs=true"])
        #expect(ended.status == 0, "\(ended.error)")
        let folder = try scene.onlyRun()
        let completed = try folder.completed
        #expect(completed.map { $0["output_tokens"].number } == [12, 12, 12])
        for request in completed {
            let stamps = try folder.stamps(of: request)
            #expect(stamps.count == 12 && stamps == stamps.sorted())
            #expect(request["sent_ns"].number! < stamps[0] && stamps[11] <= request["body_end_ns"].number!)
        }
        #expect(try folder.text("outputs.jsonl").split(separator: "\n").count == 3)
        #expect(try folder.gross("system")["method"].text == "modelled")
        let process = try folder.process
        #expect(process["parameters"].number! > 100e6 && process["peak_memory_bytes"].number! > 100e6)
    }

    @Test func `a batch gives the tokens of its rows and never counts padding`() async throws {
        let scene = try Scene()
        let ended = try await run(scene, ["scenario.input_shapes.batch_size=3", "backend.torch_dtype=float32"])
        #expect(ended.status == 0, "\(ended.error)")
        let batched = try scene.onlyRun().completed
        let single = try Scene()
        #expect(try await run(single, ["backend.torch_dtype=float32"]).status == 0)
        let alone = try single.onlyRun().completed
        #expect(batched.map { $0["input_tokens"].number } == alone.map { $0["input_tokens"].number })
        #expect(batched.map { $0["output_tokens"].number } == alone.map { $0["output_tokens"].number })
        #expect(Set(batched.compactMap { $0["batch"].number }) == [0])
    }

    @Test func `batches by length count each prompt as it is alone`() async throws {
        let prompts = [
            "Hi", "One two three four five six seven eight nine ten eleven twelve thirteen", "The capital of France is", "Once", "Why?",
        ]
        let alone = try Scene()
        let sorted = try Scene()
        var tokens: [[Double: Double]] = []
        for (scene, settings) in [
            (alone, []),
            (
                sorted,
                [
                    "scenario.dynamic_batching=true", "scenario.max_batch_tokens=16", "scenario.input_shapes.batch_size=4",
                    "scenario.sort_by_length=true",
                    "scenario.save_outputs=true", "scenario.decode_token_to_text=false",
                ]
            ),
        ] {
            let file = try scene.write("prompts.txt", prompts.joined(separator: "\n"))
            let ended = try await run(scene, ["scenario.dataset_name=\(file)", "scenario.num_samples=5"] + settings)
            #expect(ended.status == 0, "\(ended.error)")
            tokens.append(try scene.onlyRun().completed.reduce(into: [:]) { $0[$1["index"].number ?? -1] = $1["input_tokens"].number })
        }
        #expect(tokens[0] == tokens[1] && tokens[0].count == 5)
        let folder = try sorted.onlyRun()
        let batches = Dictionary(grouping: try folder.completed) { $0["batch"].number }.values
        for batch in batches {
            let lengths = batch.compactMap { $0["input_tokens"].number }
            #expect((lengths.max() ?? 0) * Double(lengths.count) <= 16 || lengths.count == 1)
        }
        #expect(batches.count < 5 && folder.has("outputs.jsonl"))
        let first = try JSON(parsing: String(try folder.text("outputs.jsonl").prefix { $0 != "\n" }))
        #expect(first["token_ids"].list.count == 12 && first["text"] == .absent)
    }

    @Test func `synthetic prompts have exactly their lengths by the model's own tokenizer`() async throws {
        let scene = try Scene()
        let lengths = "scenario.prompt_lengths={min: 20, max: 90}"
        let ended = try await run(
            scene, ["scenario.num_samples=12", lengths, "scenario.shared_prefix_tokens=12", "scenario.input_shapes.batch_size=4"])
        #expect(ended.status == 0, "\(ended.error)")
        let folder = try scene.onlyRun()
        let completed = try folder.completed
        #expect(completed.count == 12 && Set(completed.map { $0["input_tokens"].number }).count > 4)
        for request in completed { #expect(request["input_tokens"].number == request["input_tokens_asked"].number) }
        let record = try folder.summary["prompt_lengths"]["record"]
        #expect(record["counted_by"].text == "worker" && record["unreached"].number == 0)
    }

    @Test func `two workers share the prompts and the processor`() async throws {
        let scene = try Scene()
        let ended = try await run(scene, ["backend.processes=2"])
        #expect(ended.status == 0, "\(ended.error)")
        let folder = try scene.onlyRun()
        #expect(try folder.completed.map { $0["output_tokens"].number } == [12, 12, 12])
        #expect(try (0..<2).map { try folder.json("process_\($0).json")["output_tokens"].number } == [24, 12])
        #expect(try folder.gross("system")["value"].isPositive)
    }

    @Test(arguments: ["int8", "int4"]) func `quantised weights generate on the CPU`(quantization: String) async throws {
        let scene = try Scene()
        let ended = try await run(scene, ["backend.quantization=\(quantization)"])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try scene.onlyRun().completed.count == 3)
    }

    @Test func `a prompt that is too long fails alone`() async throws {
        let scene = try Scene()
        let long = String(repeating: "word ", count: 12_000)
        let prompts = try scene.write("prompts.txt", "Hello\n\(long)\nGoodbye\n")
        let ended = try await run(scene, ["scenario.truncation=false", "scenario.dataset_name=\(prompts)"])
        #expect(ended.status == 3, "\(ended.error)")
        let folder = try scene.onlyRun()
        #expect(try folder.completed.count == 2)
        #expect(try folder.requests.contains { $0["error"].text?.contains("request.too-long") == true })
    }

    @Test func `asked to think, the real model gets its flag inside its chat template`() async throws {
        let plain = try Scene()
        #expect(try await run(plain, ["scenario.num_samples=1", "scenario.reasoning=false"]).status == 0)
        let scene = try Scene()
        let ended = try await run(scene, ["scenario.num_samples=1", "scenario.reasoning=true"])
        #expect(ended.status == 0, "\(ended.error)")
        let asked = try scene.onlyRun().json("environment.json")["reasoning"]
        #expect(asked["family"].text == "smollm" && asked["before"].text == "/think\n" && asked["uses_chat_template"].flag == true)
        #expect(try plain.onlyRun().json("environment.json")["reasoning"] == .absent)
        let (thinking, verbatim) = (try #require(try scene.onlyRun().completed.first), try #require(try plain.onlyRun().completed.first))
        // The turns of the template and the flag are part of the prompt.
        #expect(thinking["input_tokens"].number! > verbatim["input_tokens"].number! + 5)
        #expect(thinking["reasoning_tokens"].number == nil, "this tokenizer has no marks of thinking, and absent is not 0")
    }

    @Test func `a device that is not there is refused before any request`() async throws {
        let scene = try Scene()
        let ended = try await run(scene, ["backend.device=mps"])
        #expect(ended.status == 69)
        #expect(ended.error.contains("[device.unavailable]"))
    }
}

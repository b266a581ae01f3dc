import Foundation
import Testing

/// Operations from the worker's configuration to every file, and energy without a run.
struct ComputeTests {
    @Test func `operations are counted from what the worker says of its model`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 4, idle: "0s")))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        #expect(try run.json("model_config.json")["config"]["model_type"].text == "llama")
        let compute = try run.summary["compute"]
        #expect(compute["method"].text == "architecture" && compute["confidence"].text == "medium")
        #expect(compute["flops"]["value"].isPositive && compute["flops_per_joule"]["value"].isPositive)
        #expect(compute["model_flops_utilization"]["value"].isNull)
        #expect(compute["model_flops_utilization"]["reason"].text?.contains("ran on cpu") == true)
        let process = try run.process
        #expect(process["flops_total"] == compute["flops"]["value"] && process["flops_method"].text == "architecture")
        #expect(process["compute_precision"].text == "float32")
        #expect(ended.output.contains("counted from the model's architecture"))
    }

    @Test func `a model that the server calls otherwise is counted from its own folder`() async throws {
        let scene = try Scene()
        let folder = scene.file("a-model")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let config = """
            {"model_type": "llama", "hidden_size": 256, "intermediate_size": 512, "num_attention_heads": 4, "num_hidden_layers": 2,
             "num_key_value_heads": 4, "vocab_size": 1000}
            """
        _ = try scene.write("a-model/config.json", config)
        let stub = try await StubServer(scene)
        var options = try scene.loadTest(stub.url, requests: 4)
        options[try #require(options.firstIndex(of: "stub-model"))] = folder
        let ended = try await scene.run(options + ["--served-model-name", "stub-model"])
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let flops = try run.summary["compute"]["flops"]
        #expect(flops["value"].isPositive, "\(flops)")
        #expect(try run.summary["model"].text == folder)
        let bodies = try await (stub.requests(scene) as [(path: String, body: String)]).filter { $0.path.hasSuffix("completions") }
        #expect(bodies.count == 4 && bodies.allSatisfy { $0.body.contains(#""model":"stub-model""#) })
    }

    @Test func `the worker counts after everything else where it is asked to`() async throws {
        let scene = try Scene()
        let config = try scene.config(requests: 3, idle: "0s")
        let ended = try await scene.run(scene.runOptions(config, ["--set", "compute.flops=profiled"]))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let profile = try run.process["flops_profile"]
        #expect(profile["tool"].text == "stand-in" && profile["prompt_tokens"].isPositive)
        // The stand-in has a thousand operations for a prompt token and three for a step.
        let expected = try run.completed.reduce(0.0) { sum, request in
            let input = try #require(request["input_tokens"].number)
            let output = try #require(request["output_tokens"].number)
            return sum + 1_000 * input + 3_000 * (output - 1)
        }
        #expect(try run.summary["compute"]["flops"]["value"].isNumber(near: expected, within: 1e-6 * expected))
        #expect(try run.summary["compute"]["confidence"].text == "high")
        let again = try await scene.run(["analyze", run.path])
        #expect(again.status == 0, "\(again.error)")
        #expect(try run.summary["compute"]["method"].text == "profiled")
    }

    @Test func `a worker that cannot count leaves a reason and no zero`() async throws {
        let scene = try Scene()
        let options = scene.runOptions(try scene.config(requests: 2, idle: "0s"), ["--set", "compute.flops=profiled"])
        let ended = try await scene.run(options, environment: ["STAND_IN_PROFILE_ERROR": "1"])
        #expect(ended.status == 0, "\(ended.error)")
        let compute = try scene.onlyRun().summary["compute"]
        #expect(compute["flops"]["value"].isNull && compute["flops"]["reason"].text?.contains("no counter, as scripted") == true)
    }

    @Test func `an estimate is labelled, and unknown names get near ones`() async throws {
        let scene = try Scene()
        let known = try await scene.run([
            "estimate", "--model", "Qwen/Qwen3-8B", "--gpu", "H100", "--batch", "32", "--tokens", "500", "--json",
        ])
        #expect(known.status == 0, "\(known.error)")
        #expect(try known.json["label"].text == "assumed")
        #expect(try known.json["basis"].text == "reference-bands")
        let file = try scene.write(
            "config.json",
            #"{"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128256, "tie_word_embeddings": true}"#
        )
        let counted = try await scene.run(["estimate", "--model", file, "--gpu", "NVIDIA A100-SXM4-80GB", "--tokens", "100"])
        #expect(counted.status == 0 && counted.output.hasPrefix("assumed") && counted.output.contains("1.24 billion parameters"))
        let single = try await scene.run(["estimate", "--model", "Qwen/Qwen3-8B", "--gpu", "H100", "--tokens", "500"])
        #expect(single.status == 0 && single.output.contains("are of batches from 8 to 512"), "\(single.error)")
        let unknown = try await scene.run(["estimate", "--model", "7B", "--gpu", "H10", "--tokens", "100"])
        #expect(unknown.status == 64 && unknown.output.isEmpty && unknown.error.contains("H100"))
        #expect(scene.runs.isEmpty)
    }
}

import JouleConfiguration
import JouleModel
import JouleTestSupport
import Testing

/// Files of the tools that this one takes the place of.
struct OlderFileTests {
    private func converted(_ text: String, others: [String: String] = [:]) throws -> ConvertedFile {
        try ConfigurationLoader(environment: [:], readFile: files(others.merging(["old.yaml": text]) { $1 })).convert("old.yaml")
    }

    @Test func `a flat file becomes what it meant, with that framework's defaults written out`() throws {
        let result = try converted("config_name: tiny\nmodel_name: gpt2\n")
        #expect(result.kind == .flat)
        let experiment = try experiment(result.yaml)
        #expect(experiment.name == "tiny")
        #expect(experiment.backend.kind == .pytorch)
        #expect(experiment.backend.model == "gpt2")
        #expect(experiment.backend.torchDtype == .float16)
        #expect(experiment.scenario.sampleCount == 1)
        #expect(experiment.scenario.maxInputTokens == 512)
        #expect(experiment.scenario.generation.maxNewTokens == 128)
        #expect(experiment.scenario.generation.temperature == 1)
        #expect(experiment.scenario.generation.topK == 50)
        #expect(experiment.scenario.generation.samples)
    }

    @Test func `every key of a flat file is put in its place, or named as left out`() throws {
        let result = try converted(try golden.text("older_flat.yaml"), others: ["base.yaml": "num_input_prompts: 9\nsave_outputs: true\n"])
        let text = result.yaml + "\n" + result.warnings.map { "\($0)\n" }.joined()
        #expect(try golden.difference(text, from: "older_flat.txt") == nil)
    }

    @Test func `a nested file gets the prompt runner's defaults`() throws {
        let result = try converted("backend: {type: vllm, model: m, endpoint: 'http://h:8000'}\nscenario: {num_samples: 4}\n")
        #expect(result.kind == .nested)
        let generation = try experiment(result.yaml).scenario.generation
        #expect(generation.maxNewTokens == 100)
        #expect(generation.minNewTokens == 50)
        #expect(generation.temperature == 0.7)
    }

    @Test func `a flat file runs as it is, with a word about it`() throws {
        let loaded = try load("model_name: gpt2\nnum_input_prompts: 3\n")
        #expect(loaded.experiment.scenario.sampleCount == 3)
        #expect(loaded.warnings.map(\.code) == ["config.older-kind"])
        #expect(loaded.warnings.first?.remedy?.contains("config convert bench.yaml") == true)
    }

    @Test func `what is converted is shown as it was, and checks`() throws {
        for seed in UInt64(0)..<40 {
            var random = SeededRandom(seed: seed)
            func pick(_ values: [String]) -> String { values[Int.random(in: values.indices, using: &random)] }
            let text = """
                model_name: \(pick(["gpt2", "facebook/opt-125m"]))
                max_output_tokens: \(Int.random(in: 20...900, using: &random))
                min_output_tokens: \(Int.random(in: 0...20, using: &random))
                fp_precision: \(pick(["float16", "bfloat16", "float32"]))
                batching_options: {batch_size: \(Int.random(in: 1...9, using: &random))}
                decoder_config: {decoding_mode: \(pick(["greedy", "top_k"]))}
                quantization_config: {load_in_4bit: \(pick(["true", "false"])), load_in_8bit: false}
                gpu_list: \(pick(["[0]", "[0, 1]"]))
                """
            let yaml = try converted(text).yaml
            let again = try experiment(yaml)
            #expect(ConfigurationRenderer.yaml(again) == yaml, "seed \(seed)")
            #expect(try experiment(text).scenario == again.scenario, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("model_nam: x\nfp_precision: float16\n", "config.unknown-key", 1),
        ("model_name: m\nquantization_config: {load_in_4bit: true, load_in_8bit: true}\n", "config.conflict", 2),
        ("model_name: m\nmax_output_tokens: 5\nmin_output_tokens: 9\n", "config.conflict", 3),
        ("model_name: m\nsharding_config: {strategy: odd}\n", "config.invalid-value", 2),
        ("model_name: m\ndecoder_config: {decoding_mode: beam}\n", "config.invalid-value", 2),
        ("model_name: m\nlatency_simulation: {simulate_burst: true}\n", "config.not-honoured", 2),
    ])
    func `a mistake in a flat file has its place in that file`(text: String, code: String, line: Int) throws {
        let all = failures(text)
        #expect(all.contains { $0.code == code && $0.source?.line == line }, "\(all)")
    }
}

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

    @Test func `cut in two anywhere, a flat file means the same`() throws {
        // Each option in the base, in the file above it, or in the base with another value that the file above replaces.
        let options: [(section: String?, key: String, value: String, other: String)] = [
            (nil, "model_name", "gpt2", "other"), (nil, "fp_precision", "bfloat16", "float32"), (nil, "gpu_list", "[0, 1]", "[3]"),
            (nil, "num_processes", "1", "2"), (nil, "max_output_tokens", "60", "600"), (nil, "save_outputs", "true", "false"),
            ("batching_options", "adaptive_batching", "true", "false"), ("batching_options", "adaptive_max_tokens", "500", "3000"),
            ("batching_options", "max_batch_size___adaptive_batching", "9", "3"),
            ("quantization_config", "quantization", "true", "false"), ("quantization_config", "load_in_4bit", "true", "false"),
            ("quantization_config", "bnb_4bit_quant_type", "fp4", "nf4"),
            ("decoder_config", "decoding_mode", "top_p", "greedy"), ("decoder_config", "decoder_temperature", "0.5", "0.9"),
            ("sharding_config", "strategy", "FULL_SHARD", "NO_SHARD"),
            ("latency_simulation", "simulate", "true", "false"), ("latency_simulation", "delay_max", "2", "7"),
        ]
        func text(_ chosen: [(section: String?, key: String, value: String)], _ first: String = "") -> String {
            var lines = [first]
            for option in chosen where option.section == nil { lines.append("\(option.key): \(option.value)") }
            let sections = Set(chosen.compactMap(\.section)).sorted()
            for section in sections {
                lines.append("\(section):")
                for option in chosen where option.section == section { lines.append("  \(option.key): \(option.value)") }
            }
            return lines.joined(separator: "\n") + "\n"
        }
        let whole = try converted(text(options.map { ($0.section, $0.key, $0.value) })).yaml
        #expect(whole.contains("quant_type: fp4") && whole.contains("max_batch_tokens: 500") && whole.contains("delay_max: 2s"))
        for seed in UInt64(0)..<60 {
            var random = SeededRandom(seed: seed)
            var base: [(section: String?, key: String, value: String)] = []
            var upper = base
            for option in options {
                switch Int.random(in: 0..<3, using: &random) {
                case 0: base.append((option.section, option.key, option.value))
                case 1: upper.append((option.section, option.key, option.value))
                default:
                    base.append((option.section, option.key, option.other))
                    upper.append((option.section, option.key, option.value))
                }
            }
            let result = try converted(text(upper, "_extends: base.yaml"), others: ["base.yaml": text(base)])
            #expect(result.kind == .flat)
            // The name is the file's, and the rest is the same.
            #expect(result.yaml == whole, "seed \(seed): \(text(base))---\n\(text(upper))")
        }
    }

    @Test(arguments: [
        ("quantization_config: {load_in_8bit: maybe}", "config.wrong-type"),
        ("quantization_config: {quantization: true}", "config.invalid-value"),
        ("sharding_config: {strategy: tensor_parallel}", "config.missing-key"),
        ("sharding_config: {strategy: [1]}", "config.wrong-type"),
        ("decoder_config: {temperature: 0.5, decoder_temperature: 0.7}", "config.duplicate-key"),
        ("batching_options: {batch_size: 2, batch_size___fixed_batching: 3}", "config.duplicate-key"),
        ("batching_options: 3", "config.wrong-type"),
        ("latency_simulation: {simulate_burst: perhaps}", "config.wrong-type"),
    ])
    func `what a section of a flat file cannot mean is refused`(line: String, code: String) throws {
        let all = failures("model_name: m\n\(line)\n")
        #expect(all.map(\.code) == [code] && all.first?.source?.line == 2, "\(all)")
    }

    @Test(arguments: [
        ("quantization_config: {load_in_8bit: true, bnb_4bit_quant_type: nf4}", "bnb_4bit_quant_type"),
        ("quantization_config: {quantization: false, load_in_4bit: true}", "load_in_4bit"),
        ("sharding_config: {num_shards: 4}", "num_shards"),
        ("latency_simulation: {burst_size: 5}", "burst_size"),
        ("decoder_config: {decoding_mode: greedy, decoder_temperature: 0.7}", "temperature"),
        ("batching_options: {batch_size: 4, max_batch_size___adaptive_batching: 9}", "max_batch_size___adaptive_batching"),
    ])
    func `what a section of a flat file says in vain is named`(line: String, name: String) throws {
        let result = try converted("model_name: m\n\(line)\n")
        #expect(result.warnings.map(\.code) == ["config.no-effect"])
        #expect(result.warnings.first?.message.contains("`\(name)`") == true, "\(result.warnings)")
    }

    @Test func `a slip in a flat file's base is told what was meant`() {
        let all = failures("model_name: m\n_extend: base.yaml\n")
        #expect(all.first?.remedy?.contains("did you mean `_extends`?") == true, "\(all)")
    }

    @Test func `a backend of a flat file may have its other name`() throws {
        let experiment = try experiment(converted("model_name: m\nbackend: tensorrt\nquery_rate: 3\n").yaml)
        #expect(experiment.backend.kind == .trtllm && experiment.load.rate == 3)
    }

    @Test func `tensor parallel without a number is over the devices of the file`() throws {
        let text = "model_name: m\ngpu_list: [0, 1, 2]\nsharding_config: {strategy: tensor_parallel}\n"
        #expect(try experiment(text).backend.tensorParallel == 3)
    }

    @Test func `a flat file of a server has what a server can honour, and its rate`() throws {
        let experiment = try experiment(converted("model_name: m\nbackend: vllm\nquery_rate: 2.0\n").yaml)
        #expect(experiment.backend.kind == .vllm && experiment.load.arrival == .constant && experiment.load.rate == 2)
        #expect(experiment.scenario.generation.maxNewTokens == 128 && experiment.scenario.generation.topK == 50)
        // What the file itself says and the server cannot do is refused at its place.
        let all = failures("model_name: m\nbackend: vllm\nfp_precision: float16\n")
        #expect(all.map(\.code) == ["config.not-honoured"] && all.first?.source?.line == 3)
    }

    @Test(arguments: [
        ("backend: {type: openai, model: m, endpoint: 'http://h:1'}", 0, 100),
        ("backend: {type: vllm, model: m}\nscenario: {generate_kwargs: {max_new_tokens: 10}}", 10, 10),
        ("backend: {type: vllm, model: m}\nscenario: {output_lengths: 30}", 0, 256),
    ])
    func `the prompt runner's defaults give way to what the file says`(text: String, least: Int, most: Int) throws {
        let generation = try experiment(converted(text + "\n").yaml).scenario.generation
        #expect(generation.minNewTokens == least && generation.maxNewTokens == most)
    }
}

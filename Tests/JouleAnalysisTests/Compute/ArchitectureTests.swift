import Foundation
import JouleAnalysis
import JouleModel
import JouleTestSupport
import Testing

func parsed(_ json: String) -> JSONValue {
    (try? JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))) ?? .null
}

struct ArchitectureTests {
    private func model(_ name: String) throws -> ModelArchitecture { try #require(PublicModels.architecture(name)) }

    @Test func `the parameters of public models are those that they are known to have`() {
        for entry in PublicModels.all {
            switch ModelArchitecture.read(parsed(entry.configuration)) {
            case .value(let model): #expect(model.parameters == entry.parameters, "\(entry.name)")
            case .absent(let reason): Issue.record("\(entry.name): \(reason)")
            }
        }
    }

    @Test func `Llama 2 with 7 billion parameters does the published work for 512 tokens`() throws {
        let model = try model("meta-llama/Llama-2-7b-hf")
        #expect(model.projectionParameters == 6_476_005_376)
        #expect(isClose(model.prefill(512).total, 6.7004e12, within: 1e-5))
        #expect(isClose(model.prefill(512, logits: .all).total, 6.8344e12, within: 1e-5))
        #expect(model.prefill(512).attention == 4 * 4_096 * 32 * 512 * 512 / 2)
        #expect(model.decode(at: 0).logits == 2 * 4_096 * 32_000)
    }

    @Test func `only the experts that a token is sent to work on it`() throws {
        // Mixtral of Experts (arXiv:2401.04088): 12.9 of 46.7 billion; OpenAI, gpt-oss model card: 5.1 of 116.8 and 3.6 of 20.9.
        let mixtral = try model("mistralai/Mixtral-8x7B-v0.1")
        #expect(isClose(mixtral.activeParameters, 12.88e9, within: 1e-3))
        let large = try model("openai/gpt-oss-120b")
        #expect(isClose(large.activeParameters - 201_088 * 2_880, 5.13e9, within: 1e-2))
        let small = try model("openai/gpt-oss-20b")
        #expect(isClose(small.activeParameters - 201_088 * 2_880, 3.61e9, within: 1e-2))
        // DeepSeek-V3 technical report: 37 of 671 billion.
        #expect(isClose(try model("deepseek-ai/DeepSeek-V3").activeParameters, 37.5e9, within: 2e-2))
        #expect(isClose(try model("Qwen/Qwen3-30B-A3B").activeParameters, 3.35e9, within: 1e-2))
    }

    @Test func `a dense model works with all of its parameters`() {
        for entry in PublicModels.all {
            guard let model = PublicModels.architecture(entry.name), model.activeParameters == model.parameters else { continue }
            #expect(model.projectionParameters < model.parameters)
        }
    }

    @Test func `reading a prompt is the sum of its steps`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for name in [
            "meta-llama/Llama-2-7b-hf", "mistralai/Mistral-7B-v0.1", "google/gemma-3-1b-it", "openai/gpt-oss-20b", "openai-community/gpt2",
        ] {
            let model = try model(name)
            for _ in 0..<10 {
                let length = Int.random(in: 1...6_000, using: &random)
                let cut = Int.random(in: 0...length, using: &random)
                let whole = model.prefill(length)
                var projections = 0.0
                var attention = 0.0
                for position in 0..<length {
                    let step = model.decode(at: position)
                    projections += step.projections
                    attention += step.attention
                }
                #expect(isClose(projections / whole.projections, 1), "\(name), seed \(seed)")
                #expect(isClose(attention / whole.attention, 1), "\(name), seed \(seed)")
                // What a cache holds is not done again, and what remains adds up.
                let rest = model.prefill(length, cached: cut)
                let parts = model.prefill(cut) + rest
                #expect(isClose(parts.projections / whole.projections, 1), "\(name), seed \(seed)")
                #expect(isClose(parts.attention / whole.attention, 1), "\(name), seed \(seed)")
                #expect(model.prefill(length + 1).total > whole.total, "\(name), seed \(seed)")
                #expect(model.decode(at: length).total >= model.decode(at: cut).total, "\(name), seed \(seed)")
            }
        }
    }

    @Test func `a window bounds what a step looks at`() throws {
        let model = try model("mistralai/Mistral-7B-v0.1")
        #expect(model.decode(at: 4_096).attention == model.decode(at: 100_000).attention)
        #expect(model.decode(at: 2_000).attention < model.decode(at: 3_000).attention)
        #expect(model.stepCacheElements(context: 4_096) == model.stepCacheElements(context: 50_000))
        // Of gpt-oss every other layer looks back to the beginning.
        let mixed = try self.model("openai/gpt-oss-20b")
        let growth = mixed.decode(at: 2_001).attention - mixed.decode(at: 2_000).attention
        #expect(growth == 12 * 2 * 64 * (64 + 64))
    }

    @Test func `grouped heads keep a smaller cache`() throws {
        #expect(try model("meta-llama/Llama-2-7b-hf").cacheElementsPerToken == 32 * 2 * 4_096)
        #expect(try model("meta-llama/Llama-3.1-8B").cacheElementsPerToken == 32 * 2 * 1_024)
        // The latent vector and the rotary key.
        #expect(try model("deepseek-ai/DeepSeek-V3").cacheElementsPerToken == 61 * 576)
    }

    @Test func `an encoder looks at the whole prompt, and its decoder at that and at itself`() throws {
        let bert = try model("google-bert/bert-base-uncased")
        #expect(bert.prefill(128).attention == 12 * 4 * 768 * 128 * 128)
        let t5 = try model("google-t5/t5-small")
        let short = t5.request(inputTokens: 100, outputTokens: 2)
        let long = t5.request(inputTokens: 200, outputTokens: 2)
        #expect(long.decode.attention > short.decode.attention)
        #expect(long.decode.projections == short.decode.projections)
        #expect(t5.request(inputTokens: 100, outputTokens: 5).prefill == short.prefill)
    }

    @Test func `a request is its prompt and one step less than it has tokens`() throws {
        let model = try model("Qwen/Qwen2.5-0.5B")
        let request = model.request(inputTokens: 50, outputTokens: 11)
        #expect(request.prefill == model.prefill(50))
        #expect(request.decode == model.decode(from: 50, to: 60))
        #expect(model.request(inputTokens: 50, outputTokens: 1).decode.total == 0)
        #expect(model.request(inputTokens: 50, cachedTokens: 50, outputTokens: 1).prefill.logits == model.prefill(50).logits)
    }

    @Test func `fewer bits lighten the weights and leave the work as it is`() throws {
        let model = try model("meta-llama/Llama-2-7b-hf")
        let whole = model.weightBytes(WeightWidth(all: 2))
        #expect(whole == 2 * 6_738_415_616)
        let awq = parsed(#"{"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}}"#)
        let packed = try #require(WeightWidth.read(precision: .float16, configuration: awq, loaded: nil).value)
        #expect(model.weightBytes(packed) > whole / 4 && model.weightBytes(packed) < whole / 3)
        let loaded = try #require(WeightWidth.read(precision: .bfloat16, configuration: nil, loaded: Quantization(bits: 8)).value)
        #expect(model.weightBytes(loaded) == 6_476_005_376 + 2 * (6_738_415_616 - 6_476_005_376))
        let unknown = parsed(#"{"quantization_config": {"quant_method": "new"}}"#)
        #expect(WeightWidth.read(precision: .float16, configuration: unknown, loaded: nil).reason?.contains("`new`") == true)
    }

    @Test func `a larger batch touches more experts, and all of a dense model at once`() throws {
        let width = WeightWidth(all: 2)
        let mixture = try model("Qwen/Qwen3-30B-A3B")
        let one = mixture.stepWeightBytes(width, batch: 1)
        #expect(isClose(one, 2 * (mixture.activeParameters - 151_936 * 2_048), within: 1e-3))
        #expect(mixture.stepWeightBytes(width, batch: 16) > 4 * one)
        #expect(mixture.stepWeightBytes(width, batch: 4_096) <= mixture.weightBytes(width))
        let dense = try model("Qwen/Qwen3-8B")
        #expect(dense.stepWeightBytes(width, batch: 1) == dense.stepWeightBytes(width, batch: 64))
    }

    @Test func `what cannot be counted says why`() {
        func reason(_ json: String) -> String? { ModelArchitecture.read(parsed(json)).reason }
        #expect(reason(#"{"model_type": "mamba"}"#)?.contains("`mamba`") == true)
        #expect(reason(#"{"hidden_size": 8}"#)?.contains("model_type") == true)
        #expect(reason(#"[1]"#)?.contains("no JSON object") == true)
        #expect(reason(#"{"model_type": "llama", "hidden_size": 64}"#)?.contains("`num_attention_heads`") == true)
        #expect(reason(#"{"model_type": "llama", "hidden_size": 1e300, "num_attention_heads": 1}"#)?.contains("`hidden_size`") == true)
        #expect(reason(#"{"model_type": "gpt2", "n_layer": 1000000000}"#)?.contains("`n_layer`") == true)
    }

    @Test func `of a model that sees, the text part is counted and said to be`() throws {
        let json = """
            {"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240,
             "num_hidden_layers": 34, "sliding_window": 1024, "head_dim": 256}, "vision_config": {}}
            """
        let model = try #require(ModelArchitecture.read(parsed(json)).value)
        // Gemma 3 technical report (arXiv:2503.19786): 675 million in embeddings, 3,209 million beside them; 262,208 rows in the file.
        #expect(isClose(model.parameters, 3_209e6 + 675e6, within: 2e-3))
        #expect(model.notes == ["only the text part of the model is counted"])
    }
}

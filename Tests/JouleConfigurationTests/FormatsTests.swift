import Foundation
import JouleModel
import JouleTestSupport
import Testing

@testable import JouleConfiguration

/// The registry of reasoning formats: what is built in, and a user's file over it.
struct FormatsTests {
    private func registry(_ text: String? = nil, environment: [String: String] = [:]) throws(Failures) -> FormatRegistry {
        let named = text == nil ? nil : "own.yaml"
        return try FormatsLoader(environment: environment, readFile: files(["own.yaml": text ?? ""])).load(named)
    }

    private func failures(_ text: String) -> [Failure] {
        do {
            _ = try registry(text)
            return []
        } catch {
            return error.all
        }
    }

    @Test func `the families are there, in the order in which they are tried`() throws {
        let formats = try registry().formats
        #expect(formats.map(\.family) == ["gpt-oss", "smollm", "deepseek", "qwen", "hunyuan", "nemotron", "exaone", "phi", "gemma"])
        let words = Dictionary(uniqueKeysWithValues: formats.map { ($0.family, $0.words) })
        #expect(
            formats.map(\.words.kind) == [
                .harmony, .systemPrompt, .prefix, .parameter, .systemPrompt, .systemPrompt, .parameter, .parameter, .parameter,
            ])
        #expect(words["smollm"]?.enableFlag == "/think" && words["smollm"]?.disableFlag == "/no_think")
        #expect(
            words["hunyuan"]?.enableFlag == "/think" && words["hunyuan"]?.disableFlag == nil && words["hunyuan"]?.thinksByDefault == false)
        #expect(
            words["nemotron"]?.enableFlag == nil && words["nemotron"]?.disableFlag == "/no_think"
                && words["nemotron"]?.thinksByDefault == true)
        #expect(words["qwen"]?.enableFlag == "enable_thinking" && words["exaone"]?.enableFlag == "enable_thinking")
        #expect(words["phi"]?.enableFlag == "reasoning" && words["gemma"]?.enableFlag == "reasoning")
    }

    @Test(arguments: [
        ("openai/gpt-oss-120b", "gpt-oss"), ("gpt_oss-20b", "gpt-oss"), ("HuggingFaceTB/SmolLM3-3B", "smollm"),
        ("builtin:smollm2-135m", "smollm"), ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "deepseek"),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "deepseek"), ("Qwen/QwQ-32B", "qwen"), ("qwen3:8b", "qwen"),
        ("tencent/Hunyuan-A13B-Instruct", "hunyuan"), ("nvidia/Llama-3.1-Nemotron-Nano-8B-v1", "nemotron"),
        ("LGAI-EXAONE/EXAONE-4.0-32B", "exaone"), ("microsoft/phi-2", "phi"), ("microsoft/Phi-4-reasoning", "phi"), ("phi3:mini", "phi"),
        ("/models/my_phi.gguf", "phi"), ("google/gemma-3-4b-it", "gemma"),
    ]) func `a model is of the first family whose pattern its name has`(model: String, family: String) throws {
        #expect(try registry().format(of: model)?.format.family == family)
    }

    @Test(arguments: [
        "cognitivecomputations/dolphin-2.9-llama3-8b", "acme/sapphire", "philosopher-7b", "deepseek-ai/DeepSeek-V3", "deepseek-coder-6.7b",
        "meta-llama/Llama-2-7b-hf", "gpt2", "",
    ]) func `other models are of none`(model: String) throws {
        #expect(try registry().format(of: model) == nil)
    }

    @Test func `a name made of letters around phi is never phi`() throws {
        let seed = UInt64.random(in: 0...(.max))
        var random = SeededRandom(seed: seed)
        let registry = try registry()
        let letters = Array("abcdefgjklmnorstuvwxyz")
        for _ in 0..<300 {
            let head = String(letters[Int.random(in: 0..<letters.count, using: &random)])
            let tail = String(letters[Int.random(in: 0..<letters.count, using: &random)])
            for name in [head + "phi", "phi" + tail, head + "phi" + tail] {
                #expect(registry.format(of: "acme/\(name)-7b") == nil, "\(name), seed \(seed)")
            }
        }
    }

    @Test func `a file changes a family in its place, and puts new ones first`() throws {
        let registry = try registry(
            """
            acme: {type: prefix, patterns: ['acme'], prefix: "[think] "}
            qwen: {enable_flag: thinking}
            smollm: {disable_flag: null, patterns: ['smollm3']}
            """)
        #expect(registry.formats.map(\.family).prefix(5) == ["acme", "gpt-oss", "smollm", "deepseek", "qwen"])
        let qwen = try #require(registry.format(of: "Qwen/Qwen3-8B"))
        #expect(qwen.words.enableFlag == "thinking" && qwen.words.kind == .parameter && qwen.reason == .pattern("qwen"))
        #expect(qwen.format.source == "own.yaml" && registry.format(of: "gemma")?.format.source == nil)
        #expect(registry.format(of: "smollm2") == nil && registry.format(of: "smollm3")?.words.disableFlag == nil)
        #expect(registry.format(of: "acme/qwen-remix")?.format.family == "acme")
    }

    @Test func `an exact name counts before every pattern`() throws {
        let registry = try registry(
            """
            nemotron:
              model_overrides:
                Qwen/Qwen3-8B: {type: prefix, prefix: "<think>"}
                acme/Thinker:
            """)
        let qwen = try #require(registry.format(of: "qwen/QWEN3-8b"))
        #expect(qwen.format.family == "nemotron" && qwen.words.kind == .prefix && qwen.reason == .name("Qwen/Qwen3-8B"))
        let thinker = try #require(registry.format(of: "acme/thinker"))
        #expect(thinker.words.disableFlag == "/no_think")
        #expect(registry.format(of: "Qwen/Qwen3-14B")?.format.family == "qwen")
    }

    @Test func `every mistake of a file has its place`() throws {
        let found = failures(
            """
            acme:
              type: telepathy
              patterns: ['[acme']
            qwen:
              enable_flagg: x
              default_enabled: maybe
            lone: {type: prefix, prefix: p}
            mute: {patterns: [mute], type: system_prompt}
            odd: {patterns: [odd], type: parameter, enable_flag: "no name"}
            phi:
              model_overrides: {phi-9: {type: prefx}}
            gemma: 3
            """)
        let lines = found.map { "\($0.source.map { "\($0)" } ?? "?") \($0.code) \($0.message)" }
        let places = found.compactMap(\.source).map { "\($0.line):\($0.column)" }
        #expect(places == ["2:9", "3:14", "5:3", "6:20", "7:1", "8:1", "9:1", "11:35", "12:8"], "\(lines.joined(separator: "\n"))")
        #expect(found.allSatisfy { $0.source?.file == "own.yaml" })
        #expect(found[0].message == "Unknown formatter type: telepathy")
        #expect(found[1].message.contains("no regular expression"))
        #expect(found[2].remedy?.contains("did you mean `enable_flag`?") == true)
        #expect(found[7].message == "Unknown formatter type: prefx" && found[7].remedy?.hasPrefix("did you mean `prefix`?") == true)
    }

    @Test func `a file that is named must be there, and one that is not a map says so`() throws {
        let loader = FormatsLoader(environment: [:], readFile: files([:]))
        let failures = #expect(throws: Failures.self) { try loader.load("gone.yaml") }
        #expect(failures?.all.map(\.code) == ["config.unreadable"])
        #expect(self.failures("- qwen").map(\.code) == ["config.wrong-type"])
        #expect(self.failures("qwen: [").map(\.code) == ["config.parse"])
        #expect(self.failures("").isEmpty, "an empty file changes nothing")
    }

    @Test func `the user's own file is found in the configuration folder, and need not be there`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-formats-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (variables, place) in [
            (["XDG_CONFIG_HOME": folder.path, "HOME": "/nowhere"], "joulebench"), (["HOME": folder.path], ".config/joulebench"),
            (["XDG_CONFIG_HOME": "relative", "HOME": folder.path], ".config/joulebench"),
        ] {
            let own = folder.appending(path: place)
            let loader = FormatsLoader(environment: variables)
            #expect(try loader.load(nil).formats.count == 9)
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            try Data("acme: {type: harmony, patterns: [acme]}".utf8).write(to: own.appending(path: "reasoning_formats.yaml"))
            #expect(try loader.load(nil).formats.first?.family == "acme")
            try FileManager.default.removeItem(at: own)
        }
        #expect(try FormatsLoader(environment: [:]).load(nil).formats.count == 9)
    }

    // MARK: Keys

    @Test func `what says nothing about thinking asks for nothing`() throws {
        #expect(try !experiment(minimal).scenario.reasoning.asks)
        #expect(try !experiment(minimal + "scenario: {reasoning: false}").scenario.reasoning.asks)
        #expect(try !experiment(minimal + "scenario: {reasoning_params: {}}").scenario.reasoning.asks)
        let effort = try experiment(minimal + "scenario: {reasoning_params: {reasoning_effort: low}}").scenario.reasoning
        #expect(effort.asks && !effort.thinks)
        let on = try experiment(minimal + "scenario: {reasoning: true}").scenario.reasoning
        #expect(on.asks && on.thinks)
    }

    @Test func `params beside reasoning false have no effect, and that is said`() throws {
        let loaded = try load(minimal + "scenario:\n  reasoning: false\n  reasoning_params: {reasoning_effort: high}\n")
        #expect(!loaded.experiment.scenario.reasoning.asks)
        #expect(loaded.warnings.map(\.code) == ["config.no-effect"] && loaded.warnings[0].source?.line == 4)
    }

    @Test func `two switches that differ are a conflict`() throws {
        let failure = try failure(minimal + "scenario: {reasoning_params: {enable_thinking: true, reasoning: false}}")
        #expect(failure.code == "config.conflict" && failure.source?.line == 2)
    }

    @Test(arguments: ["openai", "llamacpp", "sglang", "tgi", "ollama", "trtllm"])
    func `a budget is for backends that can keep it`(kind: String) throws {
        let text = "backend: {type: \(kind), model: m}\nscenario: {reasoning_params: {thinking_budget: 64}}"
        let failure = try failure(text)
        #expect(failure.code == "config.not-honoured" && failure.source?.line == 2)
        #expect(try experiment(text.replacing(kind, with: "vllm")).scenario.reasoning.thinkingBudget == 64)
    }

    @Test(arguments: ["backend.use_harmony", "scenario.use_harmony", "scenario.reasoning_params.use_harmony"])
    func `use_harmony is accepted, does nothing and says so`(key: String) throws {
        let loaded = try load(minimal, overrides: ["\(key)=true"])
        #expect(loaded.experiment == (try experiment(minimal)))
        #expect(loaded.warnings.map(\.code) == ["config.deprecated"])
    }

    @Test func `an effort that is none has the nearest ones named`() throws {
        let failure = try failure(minimal + "scenario: {reasoning_params: {reasoning_effort: hihg}}")
        #expect(failure.code == "config.invalid-value" && failure.remedy?.contains("`high`") == true)
    }
}

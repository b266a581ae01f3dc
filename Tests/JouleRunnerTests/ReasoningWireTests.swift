import Foundation
import JouleBackends
import JouleModel
import JouleRunner
import JouleTestSupport
import JouleWorkload
import Testing

/// What goes over the wire when a model is asked to think, and when it is not.
struct ReasoningWireTests {
    private static func experiment(
        _ model: String, _ kind: BackendSpec.Kind = .vllm, api: ServerSpec.API = .chat, _ change: (inout ReasoningSpec) -> Void
    ) -> Experiment {
        var experiment = Experiment(name: "t", backend: BackendSpec(kind: kind, model: model))
        experiment.backend.server.api = api
        change(&experiment.scenario.reasoning)
        return experiment
    }

    /// Only the formats of the tool: there is no home to find others in.
    private static func body(_ experiment: Experiment, prompt: String = "Hi") throws -> String {
        let target = try ServerTarget(experiment.backend, variables: [:])
        let reasoning = try ReasoningInstruction.resolve(experiment, variables: [:])
        return String(decoding: try ServingRequests(experiment, target: target, reasoning: reasoning).bytes(prompt), as: UTF8.self)
    }

    private static func instruction(_ experiment: Experiment) throws -> ReasoningInstruction {
        try #require(try ReasoningInstruction.resolve(experiment, variables: [:]))
    }

    /// A chat request of the model with this content and these members at its end.
    private static func chat(_ model: String, _ content: String, _ members: String = "") -> String {
        let options =
            #""stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},"temperature":0,"max_tokens":256"#
        return #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(content)"}],\#(options)\#(members)}"#
    }

    // MARK: Chat over HTTP

    @Test func `gpt-oss takes its effort at the top level, and its prompt stays as it is`() throws {
        let model = "openai/gpt-oss-20b"
        let low = try Self.body(Self.experiment(model) { $0.effort = .low })
        #expect(low == Self.chat(model, "Hi", #","reasoning_effort":"low""#))
        let unsaid = try Self.body(Self.experiment(model) { $0.isRequested = true })
        #expect(unsaid == Self.chat(model, "Hi", #","reasoning_effort":"high""#))
    }

    @Test func `gpt-oss cannot be switched off: low is the nearest, and that is said`() throws {
        for change: (inout ReasoningSpec) -> Void in [{ $0.enableThinking = false }, { $0.effort = ReasoningSpec.Effort.none }] {
            let experiment = Self.experiment("openai/gpt-oss-120b", .vllm, api: .chat, change)
            #expect(try Self.body(experiment).contains(#""reasoning_effort":"low""#))
            let instruction = try Self.instruction(experiment)
            #expect(instruction.isOn && instruction.warnings.map(\.code) == ["format.no-switch"])
        }
    }

    @Test func `Qwen is told by an argument of its chat template`() throws {
        let model = "Qwen/Qwen3-8B"
        let off = Self.chat(model, "Hi", #","chat_template_kwargs":{"enable_thinking":false}"#)
        #expect(try Self.body(Self.experiment(model) { $0.enableThinking = false }) == off)
        #expect(try Self.body(Self.experiment(model) { $0.effort = .low }) == off)
        let on = try Self.body(
            Self.experiment(model) {
                $0.effort = .medium
                $0.thinkingBudget = 512
                $0.depth = 3
            })
        #expect(
            on == Self.chat(model, "Hi", #","chat_template_kwargs":{"cot_depth":3,"enable_thinking":true},"thinking_token_budget":512"#))
    }

    @Test func `SmolLM3 and Nemotron read a flag in the line before the prompt`() throws {
        let smol = "HuggingFaceTB/SmolLM3-3B"
        #expect(try Self.body(Self.experiment(smol) { $0.isRequested = true }) == Self.chat(smol, #"/think\nHi"#))
        #expect(try Self.body(Self.experiment(smol) { $0.effort = .low }) == Self.chat(smol, #"/no_think\nHi"#))
        let nemotron = "nvidia/NVIDIA-Nemotron-Nano-9B-v2"
        #expect(try Self.body(Self.experiment(nemotron) { $0.enableThinking = false }) == Self.chat(nemotron, #"/no_think\nHi"#))
        #expect(try Self.body(Self.experiment(nemotron) { $0.isRequested = true }) == Self.chat(nemotron, "Hi"))
    }

    @Test func `DeepSeek-R1 has its tag before the prompt, also where it is distilled into a Qwen`() throws {
        for model in ["deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"] {
            #expect(try Self.body(Self.experiment(model) { $0.isRequested = true }) == Self.chat(model, #"<think>\nHi"#))
        }
        let off = Self.experiment("deepseek-ai/DeepSeek-R1") { $0.enableThinking = false }
        #expect(try Self.body(off) == Self.chat("deepseek-ai/DeepSeek-R1", "Hi"))
        #expect(try Self.instruction(off).warnings.map(\.code) == ["format.no-switch"])
    }

    @Test func `Hunyuan without a flag does not think, so nothing is sent to switch it off`() throws {
        let off = Self.experiment("tencent/Hunyuan-7B-Instruct") { $0.enableThinking = false }
        #expect(try Self.body(off) == Self.chat("tencent/Hunyuan-7B-Instruct", "Hi"))
        let instruction = try Self.instruction(off)
        #expect(instruction.warnings.isEmpty && !instruction.isOn)
    }

    @Test(arguments: ["cognitivecomputations/dolphin-2.9-llama3", "acme/sapphire-7b", "deepseek-ai/DeepSeek-V3", "meta-llama/Llama-3.1-8B"])
    func `what is asked of an unknown model is passed on and flagged`(model: String) throws {
        let experiment = Self.experiment(model) {
            $0.effort = .medium
            $0.enableThinking = true
        }
        #expect(
            try Self.body(experiment)
                == Self.chat(model, "Hi", #","chat_template_kwargs":{"enable_thinking":true},"reasoning_effort":"medium""#))
        let instruction = try Self.instruction(experiment)
        #expect(instruction.match == nil && instruction.record.family == nil)
        #expect(instruction.warnings.map(\.code) == ["format.unknown"])
    }

    @Test(arguments: [
        "openai/gpt-oss-20b", "Qwen/Qwen3-8B", "HuggingFaceTB/SmolLM3-3B", "deepseek-ai/DeepSeek-R1", "nvidia/Nemotron-H", "x",
    ])
    func `reasoning false, with or without params, is byte for byte no reasoning at all`(model: String) throws {
        for api in [ServerSpec.API.chat, .completions] {
            let plain = try Self.body(Self.experiment(model, api: api) { _ in })
            let off = try Self.body(Self.experiment(model, api: api) { $0.isRequested = false })
            let forgotten = try Self.body(
                Self.experiment(model, api: api) {
                    $0.isRequested = false
                    $0.effort = .high
                })
            #expect(off == plain && forgotten == plain)
        }
    }

    // MARK: Dialects

    @Test func `llama_cpp reads the effort among the template's arguments`() throws {
        let body = try Self.body(Self.experiment("gpt-oss-20b", .llamacpp) { $0.effort = .high })
        #expect(body.hasSuffix(#","chat_template_kwargs":{"reasoning_effort":"high"},"reasoning_effort":"high"}"#), "\(body)")
    }

    @Test func `Ollama knows the effort alone, and none is its switch`() throws {
        let on = try Self.body(Self.experiment("qwen3:8b", .ollama) { $0.isRequested = true })
        #expect(on.hasSuffix(#","reasoning_effort":"high"}"#), "\(on)")
        let off = try Self.body(Self.experiment("qwen3:8b", .ollama) { $0.enableThinking = false })
        #expect(off.hasSuffix(#","reasoning_effort":"none"}"#), "\(off)")
    }

    @Test func `what the server has no way to be told is refused`() throws {
        let refused = [
            Self.experiment("Qwen/Qwen3-8B", .tgi) { $0.isRequested = true },
            Self.experiment("Qwen/Qwen3-8B", .vllm, api: .completions) { $0.isRequested = true },
            Self.experiment("openai/gpt-oss-20b", .vllm, api: .completions) { $0.thinkingBudget = 9 },
        ]
        for experiment in refused {
            let failure = #expect(throws: Failure.self) { try Self.body(experiment) }
            #expect(failure?.code == "format.not-honoured")
        }
    }

    @Test func `the extra body is laid over it, argument by argument, and what it replaces is said`() throws {
        var experiment = Self.experiment("Qwen/Qwen3-8B") { $0.isRequested = true }
        experiment.backend.server.extraBody = .object(["chat_template_kwargs": .object(["tone": .string("dry")])])
        #expect(try Self.body(experiment).hasSuffix(#","chat_template_kwargs":{"enable_thinking":true,"tone":"dry"}}"#))
        #expect(try Self.instruction(experiment).warnings.isEmpty)
        experiment.backend.server.extraBody = .object(["chat_template_kwargs": .object(["enable_thinking": .bool(false)])])
        #expect(try Self.body(experiment).hasSuffix(#","chat_template_kwargs":{"enable_thinking":false}}"#))
        #expect(try Self.instruction(experiment).warnings.map(\.code) == ["config.overridden"])
    }

    // MARK: Plain text

    private static let harmony =
        "<|start|>system<|message|>You are a helpful AI assistant.\nReasoning: medium\n# Valid channels: analysis, commentary, final<|end|>"
        + "<|start|>user<|message|>Hi<|end|>"

    @Test func `on the completions API gpt-oss gets the harmony form as text`() throws {
        let experiment = Self.experiment("openai/gpt-oss-20b", api: .completions) { $0.effort = .medium }
        let sent = try JSONDecoder().decode(JSONValue.self, from: Data(try Self.body(experiment).utf8))
        #expect(sent["prompt"] == .string(Self.harmony))
        #expect(sent["reasoning_effort"] == nil)
    }

    @Test func `a worker applies the template, and has the harmony form where there is none`() throws {
        let gptOSS = try Self.instruction(Self.experiment("openai/gpt-oss-20b", .pytorch) { $0.effort = .medium })
        let template = try #require(gptOSS.template)
        #expect(template.arguments == ["reasoning_effort": .string("medium")] && template.needed == "reasoning_effort")
        #expect(gptOSS.text("Hi") == "Hi")
        let frame = try #require(template.otherwise)
        #expect(frame.before + "Hi" + frame.after == Self.harmony)

        let qwen = try Self.instruction(
            Self.experiment("Qwen/Qwen3-8B", .pytorch) {
                $0.isRequested = true
                $0.thinkingBudget = 64
            })
        #expect(
            qwen.template
                == ChatTemplateRequest(
                    arguments: ["enable_thinking": .bool(true), "thinking_budget": .integer(64)], thinkingBudget: 64))
        let smol = try Self.instruction(Self.experiment("HuggingFaceTB/SmolLM3-3B", .pytorch) { $0.isRequested = true })
        #expect(smol.text("Hi") == "/think\nHi" && smol.template == ChatTemplateRequest(otherwise: .init()))
        #expect(try ReasoningInstruction.resolve(Self.experiment("Qwen/Qwen3-8B", .pytorch) { _ in }, variables: [:]) == nil)
    }

    // MARK: What people read

    @Test func `the list of formats is the kept one`() throws {
        let listing = try FormatListing(formatsFile: nil, variables: [:])
        #expect(try Golden().difference(listing.text + "\n", from: "formats_list.txt") == nil)
    }

    @Test func `an explanation names the family, the reason and the bytes`() throws {
        let asked: [Experiment] = [
            Self.experiment("openai/gpt-oss-20b") { $0.effort = .low },
            Self.experiment("openai/gpt-oss-20b", .pytorch) { $0.effort = .low },
            Self.experiment("Qwen/Qwen3-8B", .sglang) { $0.enableThinking = false },
            Self.experiment("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", api: .completions) { $0.isRequested = true },
            Self.experiment("cognitivecomputations/dolphin-2.9") { $0.effort = .high },
            Self.experiment("Qwen/Qwen3-8B") { _ in },
        ]
        let texts = try asked.map { try FormatExplanation($0, prompt: "Why is the \"sky\" blue?", variables: [:]).text }
        #expect(try Golden().difference(texts.joined(separator: "\n\n----\n\n") + "\n", from: "formats_explain.txt") == nil)
    }
}

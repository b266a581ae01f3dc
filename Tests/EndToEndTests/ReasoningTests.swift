import Foundation
import Testing

/// Reasoning from the configuration to the record of the run, and the command that explains it.
struct ReasoningTests {
    @Test func `the list and an explanation are texts or JSON`() async throws {
        let scene = try Scene()
        let list = try await scene.run(["formats", "list"])
        #expect(list.status == 0 && list.output.contains("gpt-oss") && list.output.contains("/no_think"))
        let json = try await scene.run(["formats", "list", "--json"])
        #expect(try json.json["formats"][3]["family"].text == "qwen")
        let text = try await scene.run(["formats", "explain", "openai/gpt-oss-20b", "--effort", "low"])
        #expect(text.output.contains(#""reasoning_effort":"low""#) && text.error.isEmpty)
        let off = try await scene.run(["formats", "explain", "Qwen/Qwen3-8B", "--no-thinking", "--json", "--backend", "sglang"])
        #expect(try off.json["family"].text == "qwen")
        #expect(try #require(off.json["sent"].text).contains(#""chat_template_kwargs":{"enable_thinking":false}"#))
    }

    @Test func `a formats file of one's own is laid over, and its mistakes have their places`() async throws {
        let scene = try Scene()
        let own = try scene.write("own.yaml", "acme: {type: prefix, patterns: [acme], prefix: '[think] '}\n")
        let explained = try await scene.run(["formats", "explain", "acme/one", "--formats", own, "--prompt", "Hi"])
        #expect(explained.output.contains(#""content":"[think] Hi""#), "\(explained.output)\(explained.error)")
        try scene.write(".config/joulebench/reasoning_formats.yaml", "acme: {type: harmony, patterns: [acme]}\n")
        let found = try await scene.run(["formats", "explain", "acme/one"])
        #expect(found.output.contains("family    acme (harmony, \(scene.file(".config/joulebench/reasoning_formats.yaml")))"))
        let bad = try scene.write("bad.yaml", "acme:\n  type: telepathy\n  patterns: [acme]\n")
        let config = try scene.config()
        for arguments in [
            ["formats", "list", "--formats", bad], ["run", config, "--dry-run", "--formats", bad, "--set", "scenario.reasoning=true"],
        ] {
            let ended = try await scene.run(arguments)
            #expect(ended.status == 64 && ended.error.contains("\(bad):2:9: "), "\(ended.error)")
            #expect(ended.error.contains("Unknown formatter type: telepathy"))
        }
    }

    @Test(arguments: ["chat", "completions"], [["Qwen/none-such", "false"], ["Qwen/Qwen3-8B", "unset"]])
    func `a refusal of the backend comes before anything is sent`(api: String, model: [String]) async throws {
        let scene = try Scene()
        let config = try scene.write(
            "bench.yaml", "backend: {type: vllm, model: \(model[0]), endpoint: 'http://127.0.0.1:9', api: \(api)}\n")
        let asked = model[1] == "unset" ? "true" : model[1]
        let ended = try await scene.run(["run", config, "--dry-run", "--meters", "none", "--set", "scenario.reasoning=\(asked)"])
        let isRefused = api == "completions" && asked == "true"
        #expect(ended.status == (isRefused ? 64 : 0), "\(ended.error)")
        #expect(ended.error.contains("format.not-honoured") == isRefused)
    }

    @Test func `a serving run writes down what was asked, and flags an unknown family`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let config = try scene.write(
            "bench.yaml",
            """
            backend: {type: vllm, model: stub-model, endpoint: "\(stub.url)"}
            scenario: {dataset_name: "\(try scene.prompts(4))", num_samples: 3, reasoning_params: {reasoning_effort: low}}
            phases: {preset: none}
            """)
        let ended = try await scene.run(scene.runOptions(config, meters: "none"))
        withExtendedLifetime(stub) {}
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.error.contains("[format.unknown]"))
        let run = try scene.onlyRun()
        let asked = try run.json("environment.json")["reasoning"]
        #expect(asked["effort"].text == "low" && asked["parameters"]["reasoning_effort"].text == "low" && asked["family"].text == nil)
        #expect(try run.text("summary.json").contains("format_unknown"))
    }

    @Test func `a worker is asked for its chat template, and what it says of it is written down`() async throws {
        let scene = try Scene()
        let config = try scene.config(requests: 2, tokens: 4)
        let options = [
            "--set", "scenario.reasoning_params.enable_thinking=true", "--set", "scenario.reasoning_params.cot_depth=2", "--set",
            "backend.model=Qwen/Qwen3-8B",
        ]
        let ended = try await scene.run(scene.runOptions(config, options), environment: ["STAND_IN_THOUGHTS": "3"])
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let asked = try run.json("environment.json")["reasoning"]
        #expect(asked["family"].text == "qwen" && asked["uses_chat_template"].flag == true)
        #expect(asked["unused_arguments"][0].text == "cot_depth")
        #expect(try run.text("summary.json").contains("does not know cot_depth"))
        #expect(try run.completed.allSatisfy { $0["reasoning_tokens"].number == 3 })
        #expect(try run.summary["requests"]["reasoning_tokens"].number == 6)
    }

    @Test func `a worker that knows no chat templates ends the run before it is measured`() async throws {
        let scene = try Scene()
        let options = scene.runOptions(try scene.config(requests: 1), ["--set", "scenario.reasoning=true"])
        let ended = try await scene.run(options, environment: ["STAND_IN_FEATURES": "none"])
        #expect(ended.status == 1 && ended.error.contains("[worker.no-chat]"), "\(ended.error)")
    }
}

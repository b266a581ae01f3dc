import Foundation
import Testing

/// Synthetic prompts and the lengths that the server reports of them.
struct PromptLengthTests {
    /// A tokenizer that makes several tokens of long words, with two tokens before every prompt.
    private static let tokenizer = ["--token-bytes", "3", "--special-tokens", "2"]

    private func run(
        _ scene: Scene, stub options: [String], dialect: String = "vllm", api: String = "completions", scenario: String = "",
        requests: Int = 24
    ) async throws -> (ended: Ended, run: RunFolder, bodies: [String]) {
        let stub = try await StubServer(scene, ["--dialect", dialect] + options)
        let config = try scene.write(
            "bench.yaml",
            """
            backend: {type: \(dialect), model: stub-model, endpoint: "\(stub.url)", api: \(api)}
            scenario: {prompt_lengths: {min: 30, max: 90}, generate_kwargs: {max_new_tokens: 2}\(scenario)}
            load: {arrival: closed, concurrency: 4, requests: \(requests)}
            phases: {preset: none}
            """)
        let ended = try await scene.run(scene.runOptions(config, meters: "none"))
        let bodies = try await stub.requests(scene).filter { $0.path.hasSuffix("completions") }.map(\.body)
        return (ended, try scene.onlyRun(), bodies)
    }

    @Test(arguments: ["vllm", "sglang", "llamacpp", "tgi"])
    func `completions have exactly the tokens that were drawn, as the server counts them`(dialect: String) async throws {
        let scene = try Scene()
        let (ended, run, _) = try await run(scene, stub: Self.tokenizer, dialect: dialect, scenario: ", shared_prefix_tokens: 9")
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try run.measured
        #expect(measured.count == 24 && Set(measured.map { $0["input_tokens"].number }).count > 5)
        for request in measured { #expect(request["input_tokens"].number == request["input_tokens_asked"].number) }
        let lengths = try run.summary["prompt_lengths"]
        #expect(lengths["equal"].number == 24 && lengths["greatest_difference"].number == 0)
        #expect(lengths["record"]["counted_by"].text == "/tokenize" && lengths["record"]["extent"].text == "prompt")
        #expect(lengths["record"]["counted"].number == 24 && lengths["record"]["unreached"].number == 0)
        #expect(try !run.flags.contains("prompt_length_mismatch"))
    }

    @Test func `the text of a chat has the length, and what stands around it is the same for all`() async throws {
        let scene = try Scene()
        let (ended, run, _) = try await run(scene, stub: Self.tokenizer, api: "chat", scenario: ", unique_prefix: true")
        #expect(ended.status == 0, "\(ended.error)")
        for request in try run.measured {
            #expect(request["input_tokens"].number == request["input_tokens_asked"].number.map { $0 + 2 })
        }
        let record = try run.environment["prompt_lengths"]
        #expect(record["extent"].text == "text" && record["template_tokens"].number == 2)
        #expect(try !run.flags.contains("prompt_length_mismatch"))
    }

    @Test func `without a tokenizer the tolerance is said, and more than it is flagged`() async throws {
        let scene = try Scene()
        let (ended, run, _) = try await run(scene, stub: [], dialect: "openai")
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.environment["prompt_lengths"]["counted_by"] == .absent)
        #expect(try run.summary["notes"].list.contains { $0.text?.contains("a word was taken for a token, which is within 2 %") ?? false })
        #expect(try !run.flags.contains("prompt_length_mismatch"))
        let other = try Scene()
        let (_, wrong, _) = try await self.run(other, stub: Self.tokenizer, dialect: "openai")
        #expect(try wrong.flags.contains("prompt_length_mismatch"))
    }

    @Test func `the same seed sends the same bytes`() async throws {
        var sent: [[String]] = []
        for _ in 0..<2 {
            let scene = try Scene()
            let (ended, _, bodies) = try await run(scene, stub: Self.tokenizer, requests: 6)
            #expect(ended.status == 0, "\(ended.error)")
            sent.append(bodies.sorted())
        }
        #expect(sent[0] == sent[1] && Set(sent[0]).count == 6)
    }
}

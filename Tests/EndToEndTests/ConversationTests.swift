import Foundation
import Testing

/// Conversations of several turns, against the stand-in server.
struct ConversationTests {
    /// What the server was sent, in the order of its coming: role and content of each message.
    private func messages(_ stub: StubServer, _ scene: Scene) async throws -> [[(role: String, content: String)]] {
        try await stub.requests(scene).filter { $0.path == "/v1/chat/completions" }.map { request in
            try JSON(parsing: request.body)["messages"].list.map { ($0["role"].text ?? "", $0["content"].text ?? "") }
        }
    }

    private func config(_ scene: Scene, _ stub: StubServer, scenario: String, load: String) throws -> String {
        try scene.write(
            "bench.yaml",
            """
            backend: {type: vllm, model: stub-model, endpoint: "\(stub.url)"}
            scenario: {\(scenario), generate_kwargs: {max_new_tokens: 30}, save_outputs: true}
            load: {\(load)}
            phases: {preset: none}
            """)
    }

    @Test func `the second turn carries the answer of the first over the wire`() async throws {
        let scene = try Scene()
        // Each answer has a length of its own, so that none can be taken for another.
        let script = "[" + (1...6).map { #"{"tokens": \#($0 + 2)}"# }.joined(separator: ",") + "]"
        let stub = try await StubServer(scene, script: script)
        let prompts = try scene.prompts(6)
        let config = try config(
            scene, stub, scenario: "dataset_name: \"\(prompts)\", num_samples: 6, turns: 3", load: "arrival: closed, concurrency: 1")
        let ended = try await scene.run(scene.runOptions(config, meters: "none"))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        try run.expectOneLineEach(6)
        let said = try await messages(stub, scene)
        let answers = try run.text("outputs.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
            .sorted { ($0["index"].number ?? 0) < ($1["index"].number ?? 0) }.map { $0["text"].text ?? "" }
        try #require(said.count == 6 && answers.count == 6)
        #expect(Set(answers).count == 6)
        #expect(said.map(\.count) == [1, 3, 5, 1, 3, 5])
        for (place, messages) in said.enumerated() {
            let turn = place % 3
            #expect(messages.map(\.role) == (0..<messages.count).map { $0 % 2 == 0 ? "user" : "assistant" })
            #expect(messages.last?.content.hasPrefix("prompt\(place) ") == true)
            for earlier in 0..<turn {
                #expect(messages[2 * earlier].content.hasPrefix("prompt\(place - turn + earlier) "))
                #expect(messages[2 * earlier + 1].content == answers[place - turn + earlier])
            }
        }
        let measured = try run.measured
        #expect(measured.map { $0["conversation"].number } == [0, 0, 0, 1, 1, 1])
        #expect(measured.map { $0["turn"].number } == [1, 2, 3, 1, 2, 3])
        let turns = try run.summary["serving"]["turns"].list
        #expect(turns.map { $0["turn"].number } == [1, 2, 3] && turns.allSatisfy { $0["completed"].number == 2 })
        #expect(turns.allSatisfy { $0["time_to_first_token"]["p50"].isPositive })
        // The history grows from turn to turn, and so does what the server has to read.
        let means = turns.compactMap { $0["input_tokens"]["mean"].number }
        #expect(means.count == 3 && means == means.sorted() && means[0] == 4)
        #expect(ended.output.contains("turn"), "\(ended.output)")
    }

    @Test func `conversations arrive in an open loop, and a turn without an answer ends its own`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, script: #"{"rules": [{"when": {"prompt_contains": "prompt3"}, "status": 500}]}"#)
        let prompts = try scene.prompts(12)
        let config = try config(
            scene, stub, scenario: "dataset_name: \"\(prompts)\", num_samples: 12, turns: 3",
            load: "arrival: poisson, rate: 50, requests: 12")
        let ended = try await scene.run(scene.runOptions(config, meters: "none"))
        withExtendedLifetime(stub) {}
        let run = try scene.onlyRun()
        try run.expectOneLineEach(12)
        let measured = try run.measured
        #expect(measured.map { $0["outcome"].text == "completed" } == (0..<12).map { !(3...5).contains($0) }, "\(ended.error)")
        #expect(measured[4]["error"].text == "turn 1 of its conversation was not answered" && measured[5]["outcome"].text == "dropped")
        for (before, after) in zip(measured, measured.dropFirst()) where before["conversation"] == after["conversation"] {
            guard let end = before["body_end_ns"].number, let sent = after["sent_ns"].number else { continue }
            #expect(end <= sent)
        }
    }

    @Test func `one turn is what a run without the key is`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let ended = try await scene.run(try scene.loadTest(stub.url, ["--turns", "1"], requests: 3))
        #expect(ended.status == 0, "\(ended.error)")
        let said = try await messages(stub, scene)
        #expect(said.map(\.count) == [1, 1, 1])
        let line = try #require(try scene.onlyRun().measured.first)
        #expect(line["turn"] == .absent && line["conversation"] == .absent)
        #expect(try scene.onlyRun().summary["serving"]["turns"] == .absent)
    }
}

import Foundation
import Testing

/// Serving tests that are stopped: drained when asked once, cut when asked twice, readable when killed.
struct ServingInterruptionTests {
    /// Starts a long test and waits until some requests have been answered.
    private func started(_ scene: Scene, _ stub: StubServer, tokens: Int, answered: Int) async throws -> (child: Child, run: RunFolder) {
        let child = try scene.start(try scene.loadTest(stub.url, ["--concurrency", "4"], requests: 2_000, tokens: tokens, meters: "model"))
        let going = await eventually {
            guard let run = scene.runs.first, run.has("requests.jsonl") else { return false }
            return answered == 0 ? child.error.contains("phase: measure") : ((try? run.requests.count) ?? 0) >= answered
        }
        try #require(going, "nothing was answered: \(child.error)")
        // Before the first request there is nothing to wait for, and a signal ends the run at once.
        for _ in 0..<100 where answered == 0 {
            if try await stub.requests(scene).count(where: { $0["method"].text == "POST" }) >= 4 { break }
        }
        return (child, try scene.onlyRun())
    }

    @Test(arguments: [SIGINT, SIGTERM]) func `one signal sends no more and waits for what is in flight`(signal: Int32) async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        try await Seats.shared.sit {
            let (child, run) = try await started(scene, stub, tokens: 60, answered: 4)
            child.send(signal)
            let ended = try await child.wait(limit: .seconds(20))
            #expect(ended.status == 128 + signal)
            let count = try run.measured.count
            #expect(count >= 8 && count < 2_000)
            try run.expectOneLineEach(count)
            #expect(try run.outcomes == ["completed": count], "what was in flight is answered")
            #expect(try run.state["status"].text == "interrupted")
            #expect(ended.output.contains("interrupted, \(count) of 2,000 requests"), "\(ended.output)")
            #expect(try run.gross("system")["value"].isPositive)
            #expect(run.has("report.html") && !run.has(".reserve"))
        }
        withExtendedLifetime(stub) {}
    }

    @Test func `a second signal cuts what is in flight and keeps what came of it`() async throws {
        let scene = try Scene()
        // Answers of a minute: nobody waits for them.
        let stub = try await StubServer(scene, ["--itl", "10ms"])
        try await Seats.shared.sit {
            let (child, run) = try await started(scene, stub, tokens: 6_000, answered: 0)
            child.send(SIGINT)
            let drains = await eventually(within: .seconds(10)) { child.error.contains("phase: drain") }
            try #require(drains, "\(child.error)")
            #expect(child.status == nil)
            child.send(SIGINT)
            let ended = try await child.wait(limit: .seconds(10))
            #expect(ended.status == 130)
            try run.expectOneLineEach(4)
            #expect(try run.outcomes == ["cancelled": 4])
            let tokens = try run.chunks.map(\.tokens).reduce(0, +)
            #expect(try run.summary["requests"]["wasted_tokens"].number == Double(tokens))
            #expect(try run.summary["status"].text == "interrupted")
        }
        withExtendedLifetime(stub) {}
    }

    @Test func `a kill leaves files that can be read and analysed`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        try await Seats.shared.sit {
            let (child, run) = try await started(scene, stub, tokens: 8, answered: 12)
            child.send(SIGKILL)
            let ended = try await child.wait(limit: .seconds(10))
            #expect(ended.status == 137)
            let count = try run.measured.count
            #expect(count >= 12)
            // A line is never without its chunks.
            let tokens = try run.chunks.reduce(into: [:]) { $0[$1.request, default: 0] += $1.tokens }
            #expect(try run.measured.allSatisfy { tokens[Int($0["index"].number ?? -1)] == 8 })
            #expect(try run.samples.columns == RunFolder.sampleColumns)
            let analysed = try await scene.start(["analyze", run.path]).wait()
            #expect(analysed.status == 0 || analysed.status == 3, "\(analysed.error)")
            #expect(try run.summary["requests"]["completed"].number == Double(count))
        }
        withExtendedLifetime(stub) {}
    }

    @Test func `a server that goes away and stays away does not keep the run from ending`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        try await Seats.shared.sit {
            // Long enough for a machine that is busy with other tests: the server must go while requests are still sent.
            let options = try scene.loadTest(stub.url, ["--concurrency", "2", "--duration", "12"], requests: nil)
            let child = try scene.start(options)
            let going = await eventually {
                scene.runs.first?.has("requests.jsonl") == true && ((try? scene.runs[0].requests.count) ?? 0) >= 4
            }
            try #require(going)
            stub.send(SIGKILL)
            let ended = try await child.wait(limit: .seconds(40))
            #expect(ended.status == 3, "\(ended.error)")
            let run = try scene.onlyRun()
            try run.expectOneLineEach(try run.measured.count)
            #expect((try run.outcomes["connect_error"] ?? 0) >= 1)
            #expect(ended.output.contains("refused"))
        }
    }
}

import JouleModel
import JouleUnits
import Testing

@testable import JouleBackends

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Turns of conversations as the load client sends them.
@Suite(.timeLimit(.minutes(3))) struct ConversationTests {
    /// Turns are numbered like requests, and each body names the answers before it.
    private func program(_ pacing: LoadProgram.Pacing, turns: Int, requests: Int?) -> LoadProgram {
        @Sendable func prepared(_ number: Int, _ answers: [String]) -> PreparedRequest {
            var request = PreparedRequest(
                index: number, promptID: "p\(number)", body: Array("\(number):\(answers.joined(separator: "|"))".utf8))
            request.turn = ConversationTurn(conversation: number / turns, turn: number % turns + 1)
            return request
        }
        var program = LoadProgram(phase: .measure, target: "/v1/chat/completions", pacing: pacing) { prepared($0, []) }
        program.requests = requests
        program.conversations = LoadConversations(turns: turns, prepare: prepared)
        return program
    }

    private static func answer(_ text: String) -> String {
        let events = [
            #"{"choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#,
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        ]
        let body = events.map { "data: \($0)\n\n" }.joined() + "data: [DONE]\n\n"
        return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let refusal = "HTTP/1.1 500 Sorry\r\nContent-Length: 2\r\n\r\nno"

    private static func text(_ request: ScriptedServer.Request) -> String { String(decoding: request.body, as: UTF8.self) }

    @Test func `each turn carries the answers before it, one after the other`() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() { peer.write(Self.answer("a\(Self.text(request).prefix { $0 != ":" })")) }
        }
        let bench = try LoadBench(server.url)
        let report = try await bench.run(program(.closed(concurrency: 2), turns: 3, requests: 8))
        await bench.generator.shutDown()
        let lines = bench.timelines.sorted { $0.index < $1.index }
        #expect(lines.map(\.index) == Array(0..<8) && lines.allSatisfy { $0.outcome == .completed })
        #expect(lines.map(\.conversation) == [0, 0, 0, 1, 1, 1, 2, 2] && lines.map(\.turn) == [1, 2, 3, 1, 2, 3, 1, 2])
        #expect(lines.allSatisfy { $0.text == nil }, "the answers are kept for the next turn, not for the record")
        let bodies = Set(server.requests.withLock { $0 }.map(Self.text))
        #expect(bodies == ["0:", "1:a0", "2:a0|a1", "3:", "4:a3", "5:a3|a4", "6:", "7:a6"])
        for (before, after) in zip(lines, lines.dropFirst()) where before.conversation == after.conversation {
            #expect(try #require(before.bodyEnd) <= #require(after.sent))
            #expect(try #require(before.bodyEnd) <= after.scheduled)
        }
        #expect(report.mostInFlight == 2)
    }

    @Test(arguments: [false, true]) func `a turn without an answer ends its conversation, and the rest is recorded`(isOpen: Bool)
        async throws
    {
        let server = try ScriptedServer { peer in
            while let request = peer.request() { peer.write(Self.text(request).hasPrefix("1:") ? Self.refusal : Self.answer("x")) }
        }
        let bench = try LoadBench(server.url)
        let pacing: LoadProgram.Pacing = isOpen ? .open(offsets: [.zero, .zero], limit: nil) : .closed(concurrency: 1)
        try await bench.run(program(pacing, turns: 4, requests: 8))
        await bench.generator.shutDown()
        let lines = bench.timelines.sorted { $0.index < $1.index }
        #expect(lines.map(\.index) == Array(0..<8))
        #expect(lines.map(\.outcome) == [.completed, .httpError, .dropped, .dropped] + Array(repeating: .completed, count: 4))
        #expect(lines[2].error == "turn 2 of its conversation was not answered" && lines[2].sent == nil)
        #expect(lines[3].turn == 4 && lines[3].conversation == 0)
        let progress = bench.generator.progress
        #expect(progress.scheduled == 8 && progress.dropped == 2 && progress.completed == 5 && progress.failed == 3)
    }

    @Test func `an arrival past the cap loses its whole conversation, and one in the queue keeps it`() async throws {
        for queues in [false, true] {
            let gate = Guarded(false)
            let server = try ScriptedServer { peer in
                while peer.request() != nil {
                    while !gate.withLock({ $0 }) { sched_yield() }
                    peer.write(Self.answer("x"))
                }
            }
            let bench = try LoadBench(server.url)
            let pacing = LoadProgram.Pacing.open(offsets: [.zero, .zero, .zero], limit: .init(2, queues: queues))
            if queues { gate.withLock { $0 = true } }
            try await bench.run(program(pacing, turns: 2, requests: 6)) { line in
                // All have arrived when the third is refused.
                if line.outcome == .dropped { gate.withLock { $0 = true } }
            }
            await bench.generator.shutDown()
            let lines = bench.timelines.sorted { $0.index < $1.index }
            #expect(lines.map(\.index) == Array(0..<6))
            #expect(lines.count { $0.outcome == .dropped } == (queues ? 0 : 2))
            if !queues { #expect(lines[4].outcome == .dropped && lines[5].error?.contains("turn 1") == true) }
        }
    }

    @Test func `the rest of a person lies between two turns, also in an open loop`() async throws {
        let server = try ScriptedServer { peer in while peer.request() != nil { peer.write(Self.answer("x")) } }
        let bench = try LoadBench(server.url)
        var program = program(.open(offsets: [.zero], limit: nil), turns: 3, requests: 3)
        program.thinkTime = { _ in .milliseconds(40) }
        try await bench.run(program)
        await bench.generator.shutDown()
        let lines = bench.timelines.sorted { $0.index < $1.index }
        try #require(lines.count == 3)
        for (before, after) in zip(lines, lines.dropFirst()) {
            #expect(try after.scheduled - #require(before.bodyEnd) >= .milliseconds(40))
        }
    }

    @Test func `a load that ends sends no later turn, and invents none`() async throws {
        let gate = Gate()
        let isOpen = Guarded(false)
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                if request.head.hasPrefix("GET") { return peer.write(Self.answer("page")) }
                gate.signal()
                while !isOpen.withLock({ $0 }) { sched_yield() }
                peer.write(Self.answer("x"))
            }
        }
        let bench = try LoadBench(server.url)
        async let ended = bench.run(program(.closed(concurrency: 1), turns: 5, requests: nil))
        await gate.signalled(1)
        bench.generator.stop(.drain(limit: .seconds(60)))
        // What went through the loop after the stop tells that the stop did.
        _ = try await bench.generator.fetch("/", limit: .seconds(60)).status
        isOpen.withLock { $0 = true }
        _ = try await ended
        await bench.generator.shutDown()
        #expect(bench.timelines.map(\.index) == [0] && bench.timelines[0].outcome == .completed)
    }
}

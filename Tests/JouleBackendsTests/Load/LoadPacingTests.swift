import JouleModel
import JouleUnits
import Testing

@testable import JouleBackends

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite(.timeLimit(.minutes(3))) struct LoadPacingTests {
    @Test func `a slot takes the next request over the same connection`() async throws {
        let server = try ScriptedServer { peer in while peer.request() != nil { peer.write(Answer.whole) } }
        let bench = try LoadBench(server.url)
        let report = try await bench.run(LoadBench.closed(2, requests: 20))
        await bench.generator.shutDown()
        #expect(server.connections == 2)
        #expect(report.connectionsOpened == 2 && report.connectionsReused == 18 && report.mostInFlight == 2)
        #expect(report.bytesReceived == Int64(20 * Answer.whole.utf8.count))
        let lines = bench.timelines.sorted { $0.index < $1.index }
        #expect(lines.map(\.index) == Array(0..<20) && lines.map(\.promptID) == (0..<20).map { "p\($0)" })
        #expect(lines.allSatisfy { $0.outcome == .completed && $0.outputTokens == 2 && $0.phase == .measure })
        #expect(
            server.requests.withLock { $0 }.allSatisfy {
                $0.head.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n") && $0.body.first == 0x7B
            })
        for line in lines {
            let stamps = [
                line.scheduled, line.started, line.connecting, line.connected, line.sent, line.firstByte, line.firstToken, line.bodyEnd,
            ]
            let known = stamps.compactMap { $0 }
            #expect(known == known.sorted())
            #expect((line.connecting == nil) == (line.connected == nil) && known.count >= 6)
        }
        #expect(lines.count { $0.connecting != nil } == 2)
        let progress = bench.generator.progress
        #expect(progress.completed == 20 && progress.scheduled == 20 && progress.inFlight == 0 && progress.tokens == 40)
    }

    @Test func `a closed loop keeps as many in flight as it has slots`() async throws {
        let inFlight = Guarded((now: 0, most: 0))
        let gate = Gate()
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                inFlight.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                gate.signal()
                // Nobody is answered before all four are there.
                while inFlight.withLock({ $0.most < 4 }) { sched_yield() }
                inFlight.withLock { $0.now -= 1 }
                peer.write(Answer.whole)
            }
        }
        let bench = try LoadBench(server.url)
        let report = try await bench.run(LoadBench.closed(4, requests: 40))
        await bench.generator.shutDown()
        #expect(inFlight.withLock { $0.most } == 4 && report.mostInFlight == 4)
        #expect(bench.timelines.count == 40)
    }

    @Test func `the pool outlives a program`() async throws {
        let server = try ScriptedServer { peer in while peer.request() != nil { peer.write(Answer.whole) } }
        let bench = try LoadBench(server.url)
        var warmup = LoadBench.closed(3, requests: 6)
        warmup.phase = .warmup
        try await bench.run(warmup)
        let report = try await bench.run(LoadBench.closed(3, requests: 6))
        await bench.generator.shutDown()
        #expect(report.connectionsOpened == 0 && report.connectionsReused == 6 && server.connections == 3)
        #expect(bench.timelines.count { $0.phase == .warmup } == 6)
    }

    @Test func `arrivals keep their schedule and record their lateness`() async throws {
        let server = try ScriptedServer { peer in while peer.request() != nil { peer.write(Answer.whole) } }
        let bench = try LoadBench(server.url)
        let offsets = (0..<50).map { Duration.milliseconds($0 * 4) }
        try await bench.run(LoadBench.program(.open(offsets: offsets, limit: nil)))
        await bench.generator.shutDown()
        let lines = bench.timelines.sorted { $0.index < $1.index }
        #expect(lines.count == 50)
        for (line, offset) in zip(lines, offsets) {
            #expect(line.scheduled - lines[0].scheduled == offset)
            #expect(try #require(line.started) >= line.scheduled)
        }
    }

    @Test func `past the cap arrivals are dropped, each with its timeline`() async throws {
        let gate = Gate()
        let answers = Guarded(false)
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                gate.signal()
                while !answers.withLock({ $0 }) { sched_yield() }
                peer.write(Answer.whole)
            }
        }
        let bench = try LoadBench(server.url)
        async let report = bench.run(LoadBench.burst(10, limit: .init(3))) { line in
            if line.outcome == .dropped, line.index == 9 { answers.withLock { $0 = true } }
        }
        let mostInFlight = try await report.mostInFlight
        await bench.generator.shutDown()
        let lines = bench.timelines
        #expect(mostInFlight == 3 && lines.count == 10)
        #expect(lines.count { $0.outcome == .completed } == 3)
        let dropped = lines.filter { $0.outcome == .dropped }
        #expect(dropped.count == 7 && dropped.allSatisfy { $0.sent == nil && $0.started == nil && $0.error != nil })
        #expect(bench.generator.progress.dropped == 7)
    }

    @Test func `a queue sends all in their order and its time is in the response latency`() async throws {
        let server = try ScriptedServer { peer in while peer.request() != nil { peer.write(Answer.whole) } }
        let bench = try LoadBench(server.url)
        let report = try await bench.run(LoadBench.burst(12, limit: .init(1, queues: true)))
        await bench.generator.shutDown()
        let lines = bench.timelines
        #expect(report.mostInFlight == 1 && lines.map(\.index) == Array(0..<12))
        #expect(lines.allSatisfy { $0.outcome == .completed && $0.scheduled == lines[0].scheduled })
        for (before, line) in zip(lines, lines.dropFirst()) {
            #expect(try #require(line.started) >= #require(before.bodyEnd))
            #expect(try #require(line.responseLatency) > #require(line.serviceLatency))
        }
    }

    @Test func `the duration ends the sending and the drain limit the waiting`() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                if peer.number == 0 { peer.write(Answer.whole) } else { peer.write(Answer.head + Answer.token()) }
            }
        }
        let bench = try LoadBench(server.url)
        var program = LoadBench.closed(2, requests: nil)
        // Long enough for a server whose threads must share two cores with the rest of the suite.
        program.duration = .seconds(2)
        program.drainLimit = .seconds(1)
        try await bench.run(program)
        await bench.generator.shutDown()
        let lines = bench.timelines
        #expect(lines.count { $0.outcome == .completed } == lines.count - 1)
        let cut = try #require(lines.first { $0.outcome == .cancelled })
        #expect(cut.firstToken != nil && cut.outputTokens == 1)
    }

    @Test func `a drain lets what is in flight end and sends nothing more`() async throws {
        let gate = Gate()
        let answers = Guarded(false)
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                gate.signal()
                while !answers.withLock({ $0 }) { sched_yield() }
                peer.write(Answer.whole)
            }
        }
        let bench = try LoadBench(server.url)
        async let end: Void = { _ = try await bench.run(LoadBench.closed(3, requests: nil)) }()
        await gate.signalled(3)
        bench.generator.stop(.drain(limit: .seconds(20)))
        // The stop is on the loop before the answers are.
        _ = try? await bench.generator.fetch("/nowhere", limit: .milliseconds(20))
        answers.withLock { $0 = true }
        try await end
        await bench.generator.shutDown()
        #expect(bench.timelines.map(\.outcome) == [.completed, .completed, .completed])
    }

    @Test func `a stop cuts off what is in flight, what waits is dropped, and all have their timelines`() async throws {
        let gate = Gate()
        let server = try ScriptedServer { peer in
            _ = peer.request()
            gate.signal()
            peer.waitForClose()
        }
        let bench = try LoadBench(server.url)
        async let end: Void = { _ = try await bench.run(LoadBench.burst(10, limit: .init(4, queues: true))) }()
        await gate.signalled(4)
        bench.generator.stop(.now)
        try await end
        #expect(bench.timelines.count { $0.outcome == .cancelled } == 4 && bench.timelines.count { $0.outcome == .dropped } == 6)
        // A cancelled task ends its program as well.
        let task = Task { try await bench.run(LoadBench.burst(3)) }
        await gate.signalled(7)
        task.cancel()
        _ = try await task.value
        await bench.generator.shutDown()
        #expect(bench.timelines.count { $0.outcome == .cancelled } == 7)
    }

    @Test func `a program that was cancelled before it began sends nothing`() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        let bench = try LoadBench(server.url)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await bench.run(LoadBench.closed(3, requests: 3))
        }
        _ = try await task.value
        await bench.generator.shutDown()
        #expect(bench.timelines.isEmpty && server.connections == 0)
    }

    @Test func `a slot whose requests fail at once does not spin`() async throws {
        let nobody = try DeafPort()
        let bench = try LoadBench(nobody.url)
        var program = LoadBench.closed(1, requests: nil)
        program.duration = .milliseconds(500)
        try await bench.run(program)
        await bench.generator.shutDown()
        withExtendedLifetime(nobody) {}
        // 20 ms, 40, 80, 160, 320: what fits into half a second.
        #expect((1...6).contains(bench.timelines.count))
        for (before, line) in zip(bench.timelines, bench.timelines.dropFirst()) {
            #expect(line.scheduled - before.scheduled >= .milliseconds(20))
        }
    }

    @Test func `slots rest between requests and begin along a ramp`() async throws {
        let server = try ScriptedServer { peer in while peer.request() != nil { peer.write(Answer.whole) } }
        let bench = try LoadBench(server.url)
        var program = LoadBench.closed(4, requests: 8)
        program.ramp = .milliseconds(80)
        program.thinkTime = { _ in .milliseconds(100) }
        try await bench.run(program)
        await bench.generator.shutDown()
        let scheduled = bench.timelines.sorted { $0.index < $1.index }.map(\.scheduled)
        #expect(scheduled.count == 8)
        #expect((0..<4).allSatisfy { scheduled[$0] - scheduled[0] == .milliseconds($0 * 20) })
        #expect((4..<8).allSatisfy { scheduled[$0] - scheduled[0] >= .milliseconds(100) })
    }

    @Test func `more requests in flight than files may be open are refused with the numbers`() async throws {
        let bench = try LoadBench("http://127.0.0.1:1")
        let failure = await #expect(throws: Failure.self) { try await bench.run(LoadBench.closed(2_000_000_000, requests: nil)) }
        await bench.generator.shutDown()
        #expect(failure?.code == "client.file-limit")
        #expect(bench.timelines.isEmpty)
    }
}

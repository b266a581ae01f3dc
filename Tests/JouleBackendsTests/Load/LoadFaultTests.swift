import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleBackends

@Suite(.timeLimit(.minutes(3))) struct LoadFaultTests {
    /// The one timeline of one request to a server with this script.
    private func one(_ limits: (inout RequestTimeouts) -> Void = { _ in }, _ script: @escaping @Sendable (ScriptedServer.Peer) -> Void)
        async throws
        -> RequestTimeline
    {
        let server = try ScriptedServer(script)
        let bench = try LoadBench(server.url)
        var program = LoadBench.closed(1, requests: 1)
        limits(&program.timeouts)
        try await bench.run(program)
        await bench.generator.shutDown()
        let lines = bench.timelines
        #expect(lines.count == 1)
        return lines[0]
    }

    @Test func `each limit of time ends a request with its own outcome`() async throws {
        let short = Duration.milliseconds(120)
        let headers = try await one({ $0.headers = short }) { $0.waitForClose() }
        #expect(headers.outcome == .headersTimeout && headers.sent != nil && headers.firstByte == nil)
        let firstToken = try await one({ $0.firstToken = short }) { peer in
            _ = peer.request()
            peer.write(Answer.head + "f\r\n: still there\n\n\r\n")
            peer.waitForClose()
        }
        #expect(firstToken.outcome == .firstTokenTimeout && firstToken.firstToken == nil)
        let queued = try await one({ $0.firstToken = short }) { peer in
            _ = peer.request()
            peer.write(Answer.head)
            peer.waitForClose()
        }
        #expect(queued.outcome == .firstTokenTimeout && queued.firstByte != nil)
        let idle = try await one({ $0.idle = short }) { peer in
            _ = peer.request()
            peer.write(Answer.head + Answer.token())
            peer.waitForClose()
        }
        #expect(idle.outcome == .idleTimeout && idle.outputTokens == 1)
        let total = try await one({ $0.total = short }) { peer in
            _ = peer.request()
            peer.write(Answer.head + Answer.token())
            peer.waitForClose()
        }
        #expect(total.outcome == .totalTimeout)
        // A TLS server that never says hello.
        let server = try ScriptedServer { $0.waitForClose() }
        let bench = try LoadBench("https://127.0.0.1:\(server.port)")
        var program = LoadBench.closed(1, requests: 1)
        program.timeouts.connect = short
        try await bench.run(program)
        await bench.generator.shutDown()
        #expect(bench.timelines.map(\.outcome) == [.connectTimeout])
    }

    @Test func `a stream that is over but not closed is not waited for`() async throws {
        let line = try await one { peer in
            _ = peer.request()
            peer.write(Answer.head + Answer.token() + Answer.finish + Answer.event("[DONE]"))
            peer.waitForClose()
        }
        #expect(line.outcome == .completed && line.anomalies["broken_after_finish"] == 1)
    }

    @Test func `a connection that breaks leaves an incomplete response`() async throws {
        let reset = try await one { peer in
            _ = peer.request()
            peer.write(Answer.head + Answer.token())
            peer.reset()
        }
        #expect(reset.outcome == .incomplete && reset.error != nil)
        let early = try await one { _ = $0.request() }
        #expect(early.outcome == .incomplete && early.firstByte == nil)
        let short = try await one { peer in
            _ = peer.request()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"choices\"")
        }
        #expect(short.outcome == .incomplete)
        let noise = try await one { peer in
            _ = peer.request()
            peer.write("220 mail.example ESMTP\r\n")
            peer.waitForClose()
        }
        #expect(noise.outcome == .protocolError && noise.error?.contains("220 mail") == true)
    }

    @Test func `a server that is not there is a connect error with the system's words`() async throws {
        let nobody = try DeafPort()
        let bench = try LoadBench(nobody.url)
        try await bench.run(LoadBench.closed(1, requests: 1))
        await bench.generator.shutDown()
        withExtendedLifetime(nobody) {}
        #expect(bench.timelines.map(\.outcome) == [.connectError])
        #expect(bench.timelines[0].error?.contains("refused") == true)
    }

    @Test func `a response may close the connection, or end with it`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            let close = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            peer.write(
                close + "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
        }
        let bench = try LoadBench(server.url)
        let report = try await bench.run(LoadBench.closed(1, requests: 3))
        await bench.generator.shutDown()
        #expect(bench.timelines.map(\.outcome) == [.completed, .completed, .completed])
        #expect(report.connectionsOpened == 3 && report.connectionsReused == 0)
    }

    @Test func `a stale connection costs one more sending, which is counted`() async throws {
        // The first connection answers once and closes when the next request is on its way.
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                if peer.number == 0, peer.isUsed { return peer.reset() }
                peer.isUsed = true
                peer.write(Answer.whole)
            }
        }
        let bench = try LoadBench(server.url)
        let report = try await bench.run(LoadBench.closed(1, requests: 4))
        await bench.generator.shutDown()
        #expect(bench.timelines.map(\.outcome) == [.completed, .completed, .completed, .completed])
        #expect(report.resentOnStaleConnection == 1 && report.connectionsOpened == 2)
        #expect(bench.timelines[1].anomalies["resent_on_stale_connection"] == 1 && bench.timelines[1].connecting != nil)
        #expect(server.requests.withLock { $0.count } == 5)
    }

    @Test func `a new connection that breaks is not tried again`() async throws {
        let server = try ScriptedServer { _ = $0.request() }
        let bench = try LoadBench(server.url)
        let report = try await bench.run(LoadBench.closed(1, requests: 2))
        await bench.generator.shutDown()
        #expect(report.resentOnStaleConnection == 0 && server.requests.withLock { $0.count } == 2)
    }

    @Test func `redirects keep the body, and the key stays with its origin`() async throws {
        let target = try ScriptedServer { peer in while peer.request() != nil { peer.write(Answer.whole) } }
        let place = target.url
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                if request.head.contains("/moved") {
                    peer.write(Answer.page("308 Permanent Redirect", "gone", "Location: \(place)/v1/there\r\n"))
                } else {
                    peer.write(Answer.page("307 Temporary Redirect", "", "Location: /moved\r\n"))
                }
            }
        }
        let bench = try LoadBench(server.url, key: "secret")
        try await bench.run(LoadBench.closed(1, requests: 2))
        await bench.generator.shutDown()
        #expect(bench.timelines.map(\.outcome) == [.completed, .completed])
        #expect(bench.timelines.allSatisfy { $0.anomalies["redirected"] == 2 })
        let there = target.requests.withLock { $0 }
        #expect(there.map { String(decoding: $0.body, as: UTF8.self) } == [#"{"n":0}"#, #"{"n":1}"#])
        #expect(there.allSatisfy { $0.field("authorization") == nil && $0.head.hasPrefix("POST /v1/there") })
        #expect(there.allSatisfy { $0.field("host") == "127.0.0.1:\(target.port)" })
        #expect(server.requests.withLock { $0 }.allSatisfy { $0.field("authorization") == "Bearer secret" })
        #expect(server.connections == 1 && target.connections == 1)
    }

    @Test func `other redirects and circles are errors of the server`() async throws {
        for answer in [Answer.page("302 Found", "", "Location: /a\r\n"), Answer.page("307 Temporary Redirect", "", "Location: /a\r\n")] {
            let line = try await one { peer in while peer.request() != nil { peer.write(answer) } }
            #expect(line.outcome == .httpError && (line.httpStatus == 302 || line.anomalies["redirected"] == 5))
        }
    }

    @Test func `a rejected request is sent again within its budget and keeps its schedule`() async throws {
        let asked = Guarded(0)
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                let number = asked.withLock {
                    $0 += 1
                    return $0
                }
                peer.write(number < 3 ? Answer.page("429 Too Many Requests", "slow down", "Retry-After: 0\r\n") : Answer.whole)
            }
        }
        let bench = try LoadBench(server.url)
        var program = LoadBench.closed(1, requests: 1)
        program.retries = 5
        let report = try await bench.run(program)
        await bench.generator.shutDown()
        let line = bench.timelines[0]
        #expect(bench.timelines.count == 1 && line.outcome == .completed && line.retries == 2)
        #expect(try #require(line.started) < #require(line.sent) && report.connectionsReused == 2)
    }

    @Test func `rejections for ever end, with and without a budget`() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.write(Answer.page("503 Service Unavailable", "loading", "Retry-After: 3600\r\n")) }
        }
        let bench = try LoadBench(server.url)
        var program = LoadBench.closed(2, requests: 4)
        try await bench.run(program)
        #expect(bench.timelines.map(\.outcome) == Array(repeating: .rejected, count: 4))
        program.retries = 3
        program.retryAfterLimit = .milliseconds(10)
        try await bench.run(program)
        #expect(bench.timelines.suffix(4).allSatisfy { $0.outcome == .rejected && $0.retries == 3 && $0.error == "loading" })
        // One that waits for an hour ends with the run.
        program.retryAfterLimit = .seconds(3_600)
        program.duration = .milliseconds(100)
        try await bench.run(program)
        await bench.generator.shutDown()
        #expect(bench.timelines.suffix(2).allSatisfy { $0.outcome == .rejected && $0.retries == nil })
    }

    @Test(arguments: [400, 401, 403, 404]) func `a server that refuses from the first request on stops the run with its words`(status: Int)
        async throws
    {
        let body = #"{"error":{"message":"no such key","code":\#(status)}}"#
        let server = try ScriptedServer { peer in while peer.request() != nil { peer.write(Answer.page("\(status) No", body)) } }
        let bench = try LoadBench(server.url)
        let failure = await #expect(throws: Failure.self) { try await bench.run(LoadBench.closed(8, requests: nil)) }
        await bench.generator.shutDown()
        #expect(failure?.code == "client.refused" && failure?.cause == "no such key")
        #expect(failure?.message.contains("\(status)") == true && failure?.remedy != nil)
        #expect(bench.timelines.count { $0.outcome == .httpError } >= 3)
        #expect(bench.timelines.count == bench.generator.progress.scheduled)
    }

    @Test func `refusals after a success are outcomes like others`() async throws {
        let server = try ScriptedServer { peer in
            var isFirst = true
            while peer.request() != nil {
                peer.write(isFirst ? Answer.whole : Answer.page("401 No", "no"))
                isFirst = false
            }
        }
        let bench = try LoadBench(server.url)
        try await bench.run(LoadBench.closed(1, requests: 5))
        await bench.generator.shutDown()
        #expect(bench.timelines.map(\.outcome) == [.completed, .httpError, .httpError, .httpError, .httpError])
    }

    @Test(arguments: [UInt64(11), 12, 13]) func `whatever the server does, each request has one timeline`(seed: UInt64) async throws {
        let server = try ScriptedServer { peer in
            var random = SeededRandom(seed: seed &* 1_000 &+ UInt64(peer.number))
            while peer.request() != nil {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: return
                case 1: return peer.reset()
                case 2: return peer.write(String(Answer.whole.prefix(Int.random(in: 0..<Answer.whole.count, using: &random))))
                case 3: return peer.waitForClose()
                case 4: peer.write(Answer.page("\([500, 429, 503, 404, 302].randomElement(using: &random)!) X", "why"))
                case 5: return peer.write((0..<200).map { _ in UInt8.random(in: 0...255, using: &random) })
                case 6: peer.write(Answer.whole + "more")
                default: peer.write(Answer.whole)
                }
            }
        }
        let bench = try LoadBench(server.url)
        var closed = LoadBench.closed(8, requests: 80)
        closed.timeouts.headers = .milliseconds(100)
        closed.retries = 1
        closed.retryAfterLimit = .milliseconds(5)
        try await bench.run(closed)
        var open = LoadBench.burst(60, limit: .init(10, queues: true))
        open.phase = .warmup
        open.timeouts.headers = .milliseconds(100)
        try await bench.run(open)
        await bench.generator.shutDown()
        for (phase, count) in [(Phase.measure, 80), (.warmup, 60)] {
            let indices = bench.timelines.filter { $0.phase == phase }.map(\.index)
            #expect(indices.sorted() == Array(0..<count), "seed \(seed)")
        }
    }
}

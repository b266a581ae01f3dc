import Foundation
import Testing

/// Servers that do not what they should: the run ends in time, says what happened and keeps everything.
struct ServingFailureTests {
    @Test func `a server that stalls costs each request its timeout and no more`() async throws {
        let script = """
            [{"break": {"before_head": true, "how": "stall"}}, {"break": {"after_tokens": 0, "how": "stall"}},
             {"break": {"after_tokens": 2, "how": "stall"}}, {"itl_ms": 100, "tokens": 200}, null]
            """
        let limits = ["headers=300ms", "first_token=500ms", "idle=400ms", "total=900ms"].flatMap { ["--set", "backend.timeouts.\($0)"] }
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--concurrency", "5"] + limits, requests: 5, tokens: 200)
        #expect(ended.status == 3, "\(ended.error)")
        try run.expectOneLineEach(5)
        let expected: Set = ["timeout_headers", "timeout_first_token", "timeout_idle", "timeout_total", "completed"]
        let outcomes = try run.outcomes
        #expect(Set(outcomes.keys) == expected, "\(outcomes)")
        let words = ended.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for outcome in expected where outcome != "completed" { #expect(words.contains("1 \(outcome)"), "\(words)") }
        // No message holds a number that nobody wrote.
        #expect(try run.measured.compactMap { $0["error"].text }.allSatisfy { !$0.contains("0000") }, "\(ended.output)")
        // What came before the stall is counted as wasted.
        #expect(try #require(try run.summary["requests"]["wasted_tokens"].number) >= 2)
        #expect(ended.wall < .seconds(20))
    }

    @Test func `a server on which everything stalls is exit 1 with all files`() async throws {
        let script = #"{"rules": [{"break": {"before_head": true, "how": "stall"}}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--concurrency", "4", "--timeout", "0.4"], requests: 4)
        #expect(ended.status == 1)
        try run.expectOneLineEach(4)
        #expect(try run.outcomes == ["timeout_total": 4])
        for name in ["summary.json", "report.html", "samples.csv", "client.json", "server_metrics.csv"] { #expect(run.has(name)) }
        #expect(try run.state["status"].text == "completed")
        #expect(ended.output.contains("No request completed"))
    }

    @Test func `connections that break are incomplete answers with their reasons`() async throws {
        let script = """
            [{"break": {"after_tokens": 3, "how": "reset"}}, {"break": {"before_head": true, "how": "reset"}},
             {"break": {"after_tokens": 3, "how": "close"}}, {"break": {"before_head": true, "how": "close"}},
             {"break": {"before_done": true, "how": "close"}}, null]
            """
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--concurrency", "2"], requests: 6)
        #expect(ended.status == 3, "\(ended.error)")
        try run.expectOneLineEach(6)
        // An answer with a finish reason is whole, even if the connection then breaks.
        #expect(try run.outcomes == ["incomplete": 4, "completed": 2])
        #expect(try run.summary["requests"]["wasted_tokens"].number == 6)
        let errors = try run.measured.compactMap { $0["error"].text }
        #expect(errors.contains { $0.contains("reset") } && errors.contains { $0.contains("closed the connection") }, "\(errors)")
        #expect(try run.summary["serving"]["anomalies"]["broken_after_finish"].number == 1)
    }

    @Test func `a server that floods is cut off, and memory stays bounded`() async throws {
        let script = """
            [{"flood": {"of": "bytes"}}, {"flood": {"of": "frame"}}, {"flood": {"of": "tokens"}}, null]
            """
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--timeout", "1"], requests: 4)
        #expect(ended.status == 3, "\(ended.error)")
        try run.expectOneLineEach(4)
        #expect(try run.measured.map { $0["outcome"].text } == ["protocol_error", "protocol_error", "timeout_total", "completed"])
        #expect(try run.measured[0]["error"].text?.contains("16 MB") == true)
        let peak = try #require(try run.summary["own_cost"]["peak_rss_bytes"].number)
        #expect(peak < 400 * 1_048_576)
    }

    @Test func `a restart in the middle is seen in the answers and in the server's own counters`() async throws {
        let script = #"{"rules": [{"when": {"nth": [12]}, "break": {"after_tokens": 2, "how": "restart", "for_ms": 250}}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--request-rate", "20", "--burstiness", "1000"], requests: 30)
        #expect(ended.status == 3, "\(ended.error)")
        try run.expectOneLineEach(30)
        let outcomes = try run.outcomes
        #expect((outcomes["incomplete"] ?? 0) >= 1 && (outcomes["connect_error"] ?? 0) >= 1, "\(outcomes)")
        #expect((outcomes["completed"] ?? 0) >= 20, "the server is used again: \(outcomes)")
        #expect(try run.flags.contains("server_restarted"))
        #expect(try run.summary["serving"]["server"]["restarted"].flag == true)
        // Counters that began anew are no check of ours.
        #expect(try !run.flags.contains("token_mismatch"))
    }

    @Test func `429 for ever ends with the count, and a slot does not spin`() async throws {
        let script = #"{"rules": [{"status": 429, "headers": {"Retry-After": "1"}}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--duration", "0.8", "--concurrency", "4"], requests: nil)
        #expect(ended.status == 1)
        let count = try run.measured.count
        try run.expectOneLineEach(count)
        #expect(try run.outcomes == ["rejected": count])
        #expect(count >= 4 && count < 200, "\(count) requests in 0.8 s")
        #expect(try run.measured.allSatisfy { $0["http_status"].number == 429 })
        #expect(ended.output.contains("scripted status 429"))
        // It is the server that refuses, not the client that is slow.
        #expect(try !run.flags.contains("client_limited"))
    }

    @Test func `429 in open loop moves no arrival and is not sent again`() async throws {
        let script = #"{"rules": [{"when": {"every": 2}, "status": 429}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--request-rate", "100", "--burstiness", "1000"], requests: 20)
        #expect(ended.status == 3, "\(ended.error)")
        try run.expectOneLineEach(20)
        #expect(try run.outcomes == ["rejected": 10, "completed": 10])
        let instants = try run.instants("scheduled_ns")
        #expect(instants[19] - instants[0] < 0.3e9)
        #expect(try run.measured.allSatisfy { $0["retries"].number == nil })
    }

    @Test func `rejected requests are sent again when asked, from their first start`() async throws {
        let script = #"{"rules": [{"when": {"to": 2}, "status": 503, "headers": {"Retry-After": "0"}}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--retry", "3"], requests: 3)
        #expect(ended.status == 0, "\(ended.error)")
        try run.expectOneLineEach(3)
        #expect(try run.outcomes == ["completed": 3])
        let first = try run.measured[0]
        #expect(first["retries"].number == 2)
        let (started, scheduled) = (try #require(first["started_ns"].number), try #require(first["scheduled_ns"].number))
        #expect(started - scheduled < 50e6)
        // A refused request brought no prompt tokens to the engine, so the counts agree.
        #expect(try !run.flags.contains("token_mismatch"), "\(ended.output)")
    }

    @Test func `odd answers have an outcome each`() async throws {
        let script = #"""
            [{"insert": [{"what": "error", "before_token": 2}]}, {"status": 500}, {"raw": "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n"},
             {"body_text": "hello", "status": 200}, {"redirect": "http://127.0.0.1:1/v1", "status": 302},
             {"finish": "none", "done": "none"}, {"plain_json": true}, {"tokens": 0}]
            """#
        // The first answers being errors would stop the run; a rate keeps slots from waiting after each.
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--request-rate", "50", "--burstiness", "1000"], requests: 8)
        #expect(ended.status == 3, "\(ended.error)")
        try run.expectOneLineEach(8)
        let expected = [
            "stream_error", "http_error", "protocol_error", "invalid_response", "http_error", "incomplete", "completed", "completed",
        ]
        #expect(try run.measured.map { $0["outcome"].text } == expected)
        #expect(try run.measured[1]["http_status"].number == 500)
        #expect(try run.measured[3]["error"].text == "hello")
        #expect(try run.summary["serving"]["anomalies"]["not_streamed"].number == 1)
        // No token is no time to the first one, and not zero.
        let empty = try run.measured[7]
        #expect(empty["output_tokens"].number == 0 && empty["first_token_ns"].number == nil)
    }

    @Test(arguments: [(400, "max_tokens is too large"), (403, "not for you"), (404, "no such path")])
    func `a request that is wrong by itself stops the run with the server's message`(status: Int, message: String) async throws {
        let script = #"{"rules": [{"status": \#(status), "body_text": "{\"detail\": \"\#(message)\"}"}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, requests: 40)
        #expect(ended.status == 1)
        #expect(ended.error.contains(message) && ended.error.contains("\(status)"), "\(ended.error)")
        #expect(try run.measured.count < 40)
        #expect(try run.state["status"].text == "failed")
    }

    @Test func `the certificate of another server in the middle of a run is a failed request`() async throws {
        // A redirect takes the second request to a server whose certificate nobody knows.
        let scene = try Scene()
        let other = try await StubServer(scene, try scene.certificate().options)
        let script = #"[null, {"redirect": "\#(other.url)/v1/chat/completions"}, null]"#
        let (ended, run) = try await scene.load(script: script, requests: 3)
        withExtendedLifetime(other) {}
        #expect(ended.status == 3, "\(ended.error)")
        #expect(try run.measured.map { $0["outcome"].text } == ["completed", "tls_error", "completed"], "\(ended.output)")
    }
}

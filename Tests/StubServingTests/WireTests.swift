import Foundation
import StubServing
import Testing

/// What is on the wire, byte by byte, for the behaviours that others rely on.
struct WireTests {
    private static let head =
        "HTTP/1.1 200 OK\r\nserver: stub-server\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"

    /// The payloads of a chunked body.
    private func chunks(_ text: String) throws -> [String] {
        var rest = try #require(text.components(separatedBy: "\r\n\r\n").first.map { text.utf8.dropFirst($0.utf8.count + 4) })
        var chunks: [String] = []
        while let end = rest.firstIndex(of: 13), let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0 {
            let start = rest.index(end, offsetBy: 2)
            let stop = rest.index(start, offsetBy: size)
            chunks.append(String(decoding: rest[start..<stop], as: UTF8.self))
            rest = rest[rest.index(stop, offsetBy: 2)...]
        }
        return chunks
    }

    @Test func `a stream is one HTTP chunk for each event`() async throws {
        let received = try await Stand().ask()
        #expect(received.text.hasPrefix(Self.head + "transfer-encoding: chunked\r\nconnection: close\r\n\r\n"))
        #expect(received.text.hasSuffix("\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"))
        let start = #"data: {"id":"chatcmpl-000000000001","object":"chat.completion.chunk","created":0,"model":"stub-model","choices":["#
        let events = try chunks(received.text).map { $0.replacing(/"created":\d+/, with: "\"created\":0") }
        #expect(
            events == [
                start + #"{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}"# + "\n\n",
                start + #"{"index":0,"delta":{"content":" amber"},"logprobs":null,"finish_reason":null}]}"# + "\n\n",
                start + #"{"index":0,"delta":{"content":" brook"},"logprobs":null,"finish_reason":null}]}"# + "\n\n",
                start + #"{"index":0,"delta":{"content":" cedar"},"logprobs":null,"finish_reason":"stop"}]}"# + "\n\n",
                "data: [DONE]\n\n",
            ])
    }

    @Test func `an answer without stream is one object with its length`() async throws {
        let received = try await Stand().ask(#"{"prompt":"one two","max_tokens":2}"#, path: "/v1/completions")
        let parts = received.masked.components(separatedBy: "\r\n\r\n")
        #expect(parts[0].contains("content-length: "))
        #expect(
            parts[1]
                == #"{"id":"cmpl-000000000001","object":"text_completion","created":0,"model":"stub-model","choices":[{"index":0,"#
                + #""text":" amber brook","logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":2,"total_tokens":4,"completion_tokens":2}}"#
        )
    }

    @Test func `a status comes with its body and fields`() async throws {
        let stand = try await Stand(#"[{"status":429,"headers":{"Retry-After":"3"},"body":"string"},{"status":503,"body":"empty"}]"#)
        let first = try await stand.ask()
        #expect(
            first.text
                == "HTTP/1.1 429 Too Many Requests\r\nserver: stub-server\r\ncontent-type: application/json\r\nRetry-After: 3\r\n"
                + "content-length: 31\r\nconnection: close\r\n\r\n{\"error\":\"scripted status 429\"}")
        #expect(try await stand.ask().text.hasSuffix("content-length: 0\r\nconnection: close\r\n\r\n"))
        #expect(try await stand.ask().text.contains("[DONE]"))
    }

    @Test(arguments: [("close", RawClient.Received.Ending.closed), ("reset", .reset)])
    func `an answer can break off after two tokens`(how: String, ending: RawClient.Received.Ending) async throws {
        let received = try await Stand(#"[{"break":{"after_tokens":2,"how":"\#(how)"}}]"#).ask()
        #expect(received.ending == ending)
        #expect(!received.text.contains(" cedar") && !received.text.contains("[DONE]"))
        #expect(ending == .reset || received.text.contains(" brook"))
    }

    @Test func `a stream can end before its done mark`() async throws {
        let received = try await Stand(#"[{"break":{"before_done":true,"how":"close"}}]"#).ask()
        #expect(received.ending == .closed && received.text.contains("\"finish_reason\":\"stop\""))
        #expect(!received.text.contains("[DONE]") && !received.text.hasSuffix("0\r\n\r\n"))
    }

    @Test func `an answer can be cut at a byte`() async throws {
        let received = try await Stand(#"[{"break":{"after_bytes":100,"how":"close"}}]"#).ask()
        let body = try #require(received.text.components(separatedBy: "\r\n\r\n").last)
        #expect(received.bytes.count - Self.head.utf8.count - "transfer-encoding: chunked\r\nconnection: close\r\n\r\n".utf8.count == 100)
        #expect(body.hasSuffix("\"model\":\"stub-m") || !body.isEmpty)
    }

    @Test func `a stall that ends loses nothing`() async throws {
        let plain = try await Stand().ask().masked
        for place in [#""after_tokens":1"#, #""after_tokens":0"#, #""after_bytes":250"#, #""before_done":true"#, #""before_head":true"#] {
            let stalled = try await Stand(#"[{"break":{\#(place),"how":"stall","for_ms":20}}]"#).ask().masked
            #expect(stalled == plain, "\(place)")
        }
    }

    @Test func `a stall for ever leaves the connection open`() async throws {
        let stand = try await Stand(#"[{"break":{"before_head":true,"how":"stall"}}]"#)
        let client = try RawClient(port: stand.port)
        let received = await client.exchange(Stand.post("/v1/chat/completions", Stand.stream), patience: .milliseconds(50))
        client.hangUp()
        #expect(received.bytes.isEmpty && received.ending == .quiet)
    }

    @Test func `cutting changes the segments and not the bytes`() async throws {
        let plain = try await Stand().ask()
        let cut = try await Stand(#"[{"cut":{"every":50,"gap_ms":3}}]"#).ask()
        #expect(cut.masked == plain.masked)
        // The kernel keeps the first ten segments apart, however late they are read; what follows may catch up with them.
        #expect(cut.segments ?? cut.reads.count > 8, "\(cut.reads)")
        #expect(plain.segments ?? plain.reads.count <= 8, "\(plain.reads)")
    }

    @Test func `everything can be in one segment`() async throws {
        let received = try await Stand(#"[{"one_write":true}]"#).ask()
        #expect(received.reads.count == 1)
        #expect(received.masked == (try await Stand().ask().masked))
    }

    @Test func `raw bytes stand in for HTTP`() async throws {
        let received = try await Stand(#"[{"raw":"SSH-2.0-OpenSSH_9.2\r\n"}]"#).ask()
        #expect(received.text == "SSH-2.0-OpenSSH_9.2\r\n" && received.ending == .closed)
    }

    @Test func `informational heads, HTTP 1.0 and trailers`() async throws {
        let stand = try await Stand(#"[{"informational":[100,103]},{"http10":true},{"trailers":{"x-took":"3"}}]"#)
        #expect(
            try await stand.ask().text.hasPrefix(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload; as=style\r\n\r\nHTTP/1.1 200 OK\r\n"
            ))
        let old = try await stand.ask(headers: "")
        #expect(old.text.hasPrefix("HTTP/1.0 200 OK\r\n") && old.text.hasSuffix("data: [DONE]\n\n") && old.ending == .closed)
        #expect(!old.text.contains("transfer-encoding"))
        #expect(try await stand.ask().text.hasSuffix("\r\n0\r\nx-took: 3\r\n\r\n"))
    }

    @Test func `events are written as given`() async throws {
        let stand = try await Stand(
            #"[{"framing":"until_close","events":[{"at_ms":1,"raw":": hi\r\n\r\n"},{"at_ms":2,"data":"{}"},{"at_ms":3,"done":true}]}]"#)
        #expect(try await stand.ask().text == Self.head + "connection: close\r\n\r\n: hi\r\n\r\ndata: {}\n\ndata: [DONE]\n\n")
    }

    @Test func `a flood never ends by itself`() async throws {
        let stand = try await Stand(#"[{"flood":{"of":"bytes"}},{"flood":{"of":"tokens","bytes":200000}}]"#)
        let total = try await RawClient(port: stand.port).swallow(Stand.post("/v1/chat/completions", Stand.stream), upTo: 20_000_000)
        #expect(total >= 20_000_000)
        let bounded = try await stand.ask()
        #expect(bounded.bytes.count >= 200_000 && bounded.ending == .closed)
    }

    @Test func `a connection is used again`() async throws {
        let stand = try await Stand()
        let client = try RawClient(port: stand.port)
        defer { client.hangUp() }
        for _ in 0..<3 {
            let received = await client.exchange(Stand.post("/v1/chat/completions", Stand.stream), until: "0\r\n\r\n")
            #expect(received.text.hasSuffix("data: [DONE]\n\n\r\n0\r\n\r\n") && received.ending == .quiet)
        }
        #expect(try await stand.get("/stub/log").text.contains("\"number\":3,\"connection\":1"))
    }

    @Test func `requests above the limit wait their turn`() async throws {
        let stand = try await Stand { $0.rates.maxConcurrent = 1 }
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<5 { group.addTask { try await stand.ask().text } }
            for try await text in group { #expect(text.hasSuffix("0\r\n\r\n")) }
        }
        let metrics = try await stand.get("/metrics").text
        #expect(metrics.contains("vllm:generation_tokens_total{engine=\"0\",model_name=\"stub-model\"} 15\n"))
        #expect(metrics.contains("vllm:num_requests_running{engine=\"0\",model_name=\"stub-model\"} 0\n"))
        #expect(metrics.contains("vllm:num_requests_waiting{engine=\"0\",model_name=\"stub-model\"} 0\n"))
    }

    @Test func `the key is asked for and never told`() async throws {
        let stand = try await Stand { $0.apiKey = "sesame" }
        #expect(try await stand.ask().text.hasPrefix("HTTP/1.1 401 "))
        #expect(try await stand.get("/health").text.hasPrefix("HTTP/1.1 200 "))
        let let_in = try await stand.ask(headers: "connection: close\r\nauthorization: Bearer sesame\r\n")
        #expect(let_in.text.hasPrefix("HTTP/1.1 200 "))
        let log = try await stand.get("/stub/log").text
        #expect(log.contains("(hidden)") && !log.contains("sesame"))
    }

    @Test func `a script can be replaced while the server runs`() async throws {
        let stand = try await Stand()
        let wrong = try await stand.ask(#"{"rules":[{"stauts":500}]}"#, path: "/stub/scenario")
        #expect(wrong.text.hasPrefix("HTTP/1.1 400 ") && wrong.text.contains("rules[0].stauts is no known key"))
        let right = try await stand.ask(#"{"rules":[{"when":{"every":2},"status":500}]}"#, path: "/stub/scenario")
        #expect(right.text.hasSuffix("{\"rules\":1}"))
        let statuses = [try await stand.ask(), try await stand.ask(), try await stand.ask()].map { $0.text.dropFirst(9).prefix(3) }
        #expect(statuses == ["200", "500", "200"])
    }

    @Test func `a restart drops connections and counters`() async throws {
        let stand = try await Stand()
        _ = try await stand.ask()
        let client = try RawClient(port: stand.port)
        let open = await client.exchange(Stand.post("/v1/chat/completions", Stand.stream), until: "0\r\n\r\n")
        #expect(open.ending == .quiet)
        let before = try #require(try await stand.get("/metrics").text.firstMatch(of: /process_start_time_seconds ([0-9.]+)/)).1
        _ = try await stand.get("/stub/restart", method: "POST")
        #expect(await client.exchange("").ending == .reset)
        client.hangUp()
        let metrics = try await stand.get("/metrics").text
        #expect(metrics.contains("vllm:generation_tokens_total{engine=\"0\",model_name=\"stub-model\"} 0\n"))
        #expect(try #require(metrics.firstMatch(of: /process_start_time_seconds ([0-9.]+)/)).1 != before)
    }
}

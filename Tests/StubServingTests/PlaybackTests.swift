import Foundation
import JouleModel
import JouleTestSupport
import NIOCore
import StubServing
import Testing

/// The schedule and the scripts, without any socket.
struct PlaybackTests {
    private func request(_ body: String) throws -> GenerationRequest { try GenerationRequest(.chat, body: Data(body.utf8)) }

    private func behaviour(_ keys: String) throws -> Behaviour {
        var scenario = try Scenario(Data("[{\(keys)}]".utf8), rates: Rates())
        let chosen = scenario.behaviour(path: "/v1/chat/completions", prompt: "x")
        return try #require(chosen)
    }

    /// Plays an answer to its end: due times in ms, tokens of each turn, and all bytes behind the head.
    private func play(_ keys: String = "", _ change: (inout Rates) -> Void = { _ in }, load: Double = 1) throws -> (
        due: [Double], tokens: [Int], text: String
    ) {
        var rates = Rates()
        rates.tokens = 4
        change(&rates)
        let question = Playback.Question(
            request: try request(Stand.stream), number: 1, settings: Settings(), rates: rates, created: 0)
        let playback = Playback(question, behaviour: try behaviour(keys.isEmpty ? "\"tokens\":4,\"framing\":\"until_close\"" : keys))
        var due: [Double] = []
        var tokens: [Int] = []
        var out = ByteBuffer()
        while due.count < 10_000 {
            due.append(Double(playback.due) / 1e6)
            let step = playback.play(into: &out, load: load)
            tokens.append(step.tokens)
            guard case .next = step.turn else { break }
        }
        let text = String(buffer: out)
        let body = text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) }
        return (due, tokens, try #require(body))
    }

    @Test func `token k is due at the first token's time and k intervals`() throws {
        let played = try play()
        #expect(played.due == [0, 100, 120, 140, 160])
        #expect(played.tokens == [0, 1, 1, 1, 1])
    }

    @Test func `load stretches the intervals and a burst has none`() throws {
        #expect(try play(load: 1.5).due == [0, 100, 130, 160, 190])
        let burst = try play { $0.burst = true }
        #expect(burst.due == [0, 100] && burst.tokens == [0, 4])
    }

    @Test func `a long prompt takes longer`() throws {
        #expect(try play { $0.prefillRate = 100 }.due == [0, 140, 160, 180, 200])
    }

    @Test func `deviations stay within their bound and do not add up`() throws {
        let played = try play("\"tokens\":500") {
            $0.firstTokenJitter = 5_000_000
            $0.interTokenJitter = 8_000_000
        }
        for (index, due) in played.due.dropFirst().enumerated() {
            #expect(abs(due - 100 - 20 * Double(index)) <= 8.001, "token \(index) at \(due)")
        }
        #expect(played.due == played.due.sorted() && Set(played.due).count > 400)
    }

    @Test func `recorded arrivals stand in the place of the rates, and what the client allows cuts them`() throws {
        func play(_ arrivals: [(Int64, Int)], maxTokens: Int?) throws -> (due: [Int64], tokens: [Int], text: String) {
            var behaviour = Behaviour()
            behaviour.arrivals = arrivals.map { Behaviour.Arrival(offset: $0.0, tokens: $0.1) }
            behaviour.promptTokens = 77
            behaviour.framing = .until_close
            let limit = maxTokens.map { ",\"max_tokens\":\($0)" } ?? ""
            let body = #"{"messages":[{"content":"x"}],"stream":true,"stream_options":{"include_usage":true}\#(limit)}"#
            let question = Playback.Question(request: try request(body), number: 1, settings: Settings(), rates: Rates(), created: 0)
            let playback = Playback(question, behaviour: behaviour)
            var (due, tokens): ([Int64], [Int]) = ([], [])
            var out = ByteBuffer()
            while due.count < 100 {
                due.append(playback.due)
                let step = playback.play(into: &out, load: 3)
                tokens.append(step.tokens)
                guard case .next = step.turn else { break }
            }
            return (due, tokens, String(buffer: out))
        }
        let arrivals: [(Int64, Int)] = [(7, 1), (20, 3), (20, 1), (41, 2)]
        let whole = try play(arrivals, maxTokens: nil)
        #expect(whole.due == [0, 7, 20, 41] && whole.tokens == [0, 1, 4, 2])
        #expect(whole.text.contains(#""prompt_tokens":77"#) && whole.text.contains(#""completion_tokens":7"#))
        #expect(whole.text.contains(#""finish_reason":"stop""#))
        let cut = try play(arrivals, maxTokens: 2)
        #expect(cut.due == [0, 7, 20] && cut.tokens == [0, 1, 1])
        #expect(cut.text.contains(#""finish_reason":"length""#))
    }

    @Test func `a prompt is cut where the client asks for it, and the request may have a name`() throws {
        let asked = try request(#"{"messages":[{"content":"a b c d e"}],"truncate_prompt_tokens":3,"request_id":"r 1"}"#)
        #expect(asked.promptTokens == 3 && asked.identifier == "r 1")
        #expect(try request(#"{"messages":[{"content":"a b"}],"truncate_prompt_tokens":3}"#).promptTokens == 2)
    }

    @Test func `reasoning and content never share a chunk`() throws {
        let played = try play(#""tokens":6,"tokens_per_chunk":2,"reasoning":{"tokens":3,"field":"both"},"framing":"until_close""#)
        #expect(played.tokens == [0, 2, 1, 2, 1])
        #expect(played.due == [0, 100, 140, 160, 200])
        #expect(played.text.contains(#""reasoning":" amber brook","reasoning_content":" amber brook""#))
    }

    @Test func `usage has one style at a time`() throws {
        func usage(_ style: String) throws -> [Substring] {
            try play(#""tokens":2,"framing":"until_close","usage":"\#(style)""#).text.matches(of: /"usage":(null|\{[^}]*\})/).map(\.1)
        }
        let last = Substring(#"{"prompt_tokens":4,"total_tokens":6,"completion_tokens":2}"#)
        #expect(try usage("none") == [])
        #expect(try usage("final") == [last])
        #expect(try usage("with_choices") == [last])
        #expect(try usage("null_each") == ["null", "null", "null", last])
        #expect(try usage("zero_each").filter { $0.contains("\"completion_tokens\":0") }.count == 3)
        #expect(
            try usage("continuous").map { $0.suffix(4) } == ["s\":0", "s\":1", "s\":2", "s\":2"].map { Substring($0.suffix(3) + "}") })
    }

    @Test func `line ends, byte order mark, spaces and done marks`() throws {
        #expect(try play(#""tokens":0,"role":"none","finish":"none","framing":"until_close","line_end":"cr""#).text == "data: [DONE]\r\r")
        #expect(
            try play(#""tokens":0,"role":"none","finish":"none","framing":"until_close","line_end":"crlf","space":false"#).text
                == "data:[DONE]\r\n\r\n")
        #expect(
            try play(#""tokens":0,"role":"none","finish":"none","framing":"until_close","bom":true,"done":"no_newline""#).text
                == "\u{FEFF}data: [DONE]")
        #expect(
            try play(#""tokens":0,"role":"none","finish":"none","framing":"until_close","done":"twice""#).text
                == "data: [DONE]\n\ndata: [DONE]\n\n")
    }

    @Test func `what is inserted stands before its token`() throws {
        let text = try play(
            #""tokens":2,"framing":"until_close","insert":[{"what":"comment","before_token":1},{"what":"error_event","before_token":9,"then":"end"}]"#
        ).text
        let order = ["amber", ": keep-alive\n\n", "brook", "event: error\ndata: {\"error\""].compactMap { text.range(of: $0)?.lowerBound }
        #expect(order.count == 4 && order == order.sorted())
        #expect(!text.contains("[DONE]"))
    }

    @Test func `the length follows the request as far as the dialect heeds it`() throws {
        func length(_ keys: String, natural: Int?, _ dialect: ServerDialect = .vllm) throws -> String {
            let length = try request(#"{"messages":[{"content":"x"}]\#(keys)}"#).length(natural: natural, dialect: dialect)
            return "\(length.tokens) \(length.finish)"
        }
        #expect(try length("", natural: nil) == "128 stop")
        #expect(try length(#","max_tokens":7"#, natural: nil) == "7 length")
        #expect(try length(#","max_tokens":200"#, natural: 50) == "50 stop")
        #expect(try length(#","max_tokens":200,"ignore_eos":true"#, natural: 50) == "200 length")
        #expect(try length(#","max_tokens":200,"ignore_eos":true"#, natural: 50, .tgi) == "50 stop")
        #expect(try length(#","max_tokens":200,"min_tokens":60"#, natural: 50) == "60 stop")
        #expect(try length(#","max_completion_tokens":20"#, natural: 50) == "20 length")
    }

    @Test(arguments: [
        (#"{"rules":[{"when":{"nth":[0]}}]}"#, "when.nth"), (#"{"rules":[{"break":{"how":"reset"}}]}"#, "break"), ("[1]", "[0]"),
        (#"[{"usage":"sometimes"}]"#, "usage"), (#"{"server":{"ttft":1}}"#, "server.ttft"), ("{", "JSON"),
        (#"[{"events":[{"at_ms":2,"done":true},{"at_ms":1,"done":true}]}]"#, "events"),
    ])
    func `a script's mistake is named`(script: String, place: String) {
        let failure = #expect(throws: Failure.self) { try Scenario(Data(script.utf8), rates: Rates()) }
        #expect(failure?.message.contains(place) == true, "\(failure?.message ?? "")")
    }

    @Test func `rules count the requests that fit them`() throws {
        var scenario = try Scenario(
            Data(
                #"""
                {"rules":[{"when":{"path":"/health","to":2},"status":503},{"when":{"prompt_contains":"red","nth":[2]},"status":500},
                {"when":{"from":4},"status":429}]}
                """#.utf8), rates: Rates())
        func status(_ path: String, _ prompt: String?) -> Int? { scenario.behaviour(path: path, prompt: prompt)?.status }
        #expect((0..<3).map { _ in status("/health", nil) } == [503, 503, nil])
        #expect(["red", "blue", "red", "red", "blue"].map { status("/v1/completions", $0) } == [nil, nil, 500, 429, 429])
    }

    @Test func `any cut leaves the bytes as they were`() throws {
        let seed = UInt64.random(in: 0...9_999)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let bytes = ByteBuffer(bytes: (0..<Int.random(in: 0...300, using: &random)).map { UInt8(truncatingIfNeeded: $0) })
            let offsets = (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 1...320, using: &random) }
            let every = Bool.random(using: &random) ? Int.random(in: 1...50, using: &random) : nil
            let segments = Behaviour.Cut(offsets: offsets, every: every, gap: 0).segments(of: bytes)
            #expect(segments.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) } == bytes, "seed \(seed)")
            #expect(segments.allSatisfy { $0.readableBytes > 0 }, "seed \(seed)")
        }
    }

    @Test(
        arguments: [
            ("comment", #": energy {"energy_joules":2.0,"#), ("member", #""energy":{"energy_joules":2.0,"#),
            ("usage", #""completion_tokens":4,"energy":{"energy_joules":2.0,"#),
            ("impact", #""impact":{"energy":{"total":2000.0,"unit":"Wms"}}"#),
        ])
    func `an answer reports its energy in the form that is asked`(form: String, text: String) throws {
        let keys = #""tokens":4,"framing":"until_close","usage":"final","energy":{"joules_per_token":0.5,"form":"\#(form)"}"#
        let played = try play(keys).text
        #expect(played.contains(text), "\(played)")
        #expect(!(try play(#""tokens":4,"framing":"until_close","usage":"final""#).text.contains("energy")))
    }
}

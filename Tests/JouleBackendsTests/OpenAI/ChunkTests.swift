import JouleBackends
import JouleModel
import Testing

/// What counts as a token, and as how many.
struct ChunkTests {
    private let feed = StreamFeed()

    @Test(
        arguments: [
            #"{"role":"assistant"}"#, #"{"content":null}"#, #"{"content":""}"#, "{}", "null", #"{"tool_calls":[]}"#,
            #"{"tool_calls":null}"#,
            #"{"reasoning":""}"#, #"{"reasoning_content":null,"content":null}"#, #"{"function_call":{}}"#, #"{"content":[]}"#,
        ]) func `a delta that says nothing is no token`(_ delta: String)
    {
        let read = feed.read(chat(delta), finish + done)
        #expect(read.outcome == .completed)
        #expect(read.timeline.chunks.map(\.kind) == [.empty, .finish])
        #expect(read.timeline.firstToken == nil)
        #expect(read.timeline.timeToFirstToken == nil)
        #expect(read.timeline.outputTokens == 0)
        #expect(read.timeline.firstEvent == at(10))
    }

    @Test func `a missing delta and the progress of a prompt are no tokens`() {
        let read = feed.read(
            frame(#"{"choices":[{"index":0}]}"#),
            frame(#"{"choices":[{"index":0,"delta":{"role":"assistant"}}],"prompt_progress":{"total":9,"cache":0,"processed":3}}"#),
            finish + done)
        #expect(read.timeline.firstToken == nil)
        #expect(read.anomalies == [:])
    }

    @Test(
        arguments: [
            (#"{"content":"x"}"#, TokenChunk.Kind.output), (#"{"refusal":"no"}"#, .output),
            (#"{"content":[{"type":"text","text":"x"}]}"#, .output),
            (#"{"reasoning":"x"}"#, .reasoning), (#"{"reasoning_content":"x"}"#, .reasoning),
            (#"{"reasoning":"x","reasoning_content":"x","content":null}"#, .reasoning), (#"{"reasoning":"x","content":""}"#, .reasoning),
            (#"{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}"#, .toolCall),
            (#"{"function_call":{"arguments":"{"}}"#, .toolCall),
            (#"{"tool_calls":{"function":{"arguments":"{"}}}"#, .toolCall), (#"{"content":"x","reasoning":"y"}"#, .output),
            (#"{"c\u006fntent":"x"}"#, .output), (#"{"content":"x","content":"x"}"#, .output),
        ]) func `a delta with text is one token of its kind`(_ delta: String, _ kind: TokenChunk.Kind)
    {
        let read = feed.read(chat(delta), finish + done)
        #expect(read.timeline.chunks.map(\.kind) == [kind, .finish])
        #expect(read.timeline.chunks.map(\.tokens) == [1, 0])
        #expect(read.timeline.firstToken == at(10))
        #expect(read.timeline.firstOutputToken == (kind == .reasoning ? nil : at(10)))
        #expect(read.timeline.outputTokens == 1)
        #expect(read.timeline.tokenSource == .chunks)
    }

    @Test func `chunks of the completions API carry text`() {
        let read = feed.read(
            frame(#"{"choices":[{"index":0,"text":"a","finish_reason":null}]}"#),
            frame(#"{"choices":[{"text":"b","index":0,"finish_reason":"length"}]}"#) + done)
        #expect(read.timeline.text == "ab")
        #expect(read.timeline.chunks.map(\.kind) == [.output, .output])
        #expect(read.timeline.lastToken == at(11))
        #expect(read.timeline.finishReason == "length")
    }

    @Test func `chunks of one read and kind are put together`() {
        let read = feed.read(content("a") + chat(#"{"reasoning":"b"}"#) + content("c") + finish, done)
        #expect(
            read.timeline.chunks == [
                TokenChunk(instant: at(10), tokens: 2, events: 2), TokenChunk(instant: at(10), kind: .reasoning),
                TokenChunk(instant: at(10), tokens: 0, kind: .finish),
            ])
        let many = feed.read(String(repeating: content("a"), count: 600) + finish + done)
        #expect(many.timeline.chunks.map(\.events) == [255, 255, 90, 1])
        #expect(many.timeline.outputTokens == 600)
    }

    @Test func `usage beside tokens, in front of them, null and zeros do not hide the count`() {
        for (bodies, source) in [
            ([content("a") + chat("{}", finish: "stop", usage: #"{"prompt_tokens":5,"completion_tokens":3}"#) + done], TokenSource.usage),
            ([content("a") + finish + frame(#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}}"#) + done], .usage),
            ([content("a") + finish + frame(#"{"usage":{"completion_tokens":3.0,"prompt_tokens":5}}"#) + done], .usage),
            (
                [
                    chat(#"{"content":"a"}"#, usage: "null")
                        + chat("{}", finish: "stop", usage: #"{"prompt_tokens":5,"completion_tokens":3}"#) + done
                ], .usage
            ),
            (
                [
                    chat(#"{"content":"a"}"#, usage: #"{"prompt_tokens":0,"completion_tokens":0}"#) + finish
                        + frame(#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}}"#)
                        + frame(#"{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}"#) + done
                ], .usage
            ),
        ] {
            let read = feed.read(bodies.map { Array($0.utf8) })
            #expect(read.timeline.outputTokens == 3)
            #expect(read.timeline.inputTokens == 5)
            #expect(read.timeline.tokenSource == source)
            #expect(read.anomalies == [:])
        }
        let zeros = feed.read(chat(#"{"content":"a"}"#, usage: #"{"prompt_tokens":0,"completion_tokens":0}"#) + finish + done)
        #expect(zeros.timeline.outputTokens == 1)
        #expect(zeros.timeline.tokenSource == .chunks)
        #expect(zeros.timeline.inputTokens == nil)
    }

    @Test func `running usage credits each chunk with what it brought, and at least one token`() {
        func part(_ delta: String, _ total: Int) -> String { chat(delta, usage: #"{"completion_tokens":\#(total)}"#) }
        let text = #"{"content":"a"}"#
        // An empty chunk leaves its tokens to the next text; two texts for one token are set right afterwards.
        let read = feed.read(
            part(text, 1), part("{}", 3), part(text, 4), part(text, 4), part(text, 7), part("{}", 7) + finish + done)
        #expect(read.timeline.chunks.map(\.tokens) == [1, 0, 3, 1, 2, 0, 0])
        #expect(read.timeline.outputTokens == 7)
        #expect(read.timeline.tokenSource == .continuousUsage)
        #expect(feed.read(part(text, 5), part(text, 2), finish + done).anomalies == ["usage_decreased": 1])
    }

    @Test func `the details of usage are kept apart`() {
        let usage =
            #"{"prompt_tokens":90,"completion_tokens":20,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"x":[],"reasoning_tokens":12}}"#
        let read = feed.read(content("a") + finish + frame(#"{"choices":[],"usage":\#(usage)}"#) + done)
        #expect(read.timeline.cachedInputTokens == 64)
        #expect(read.timeline.reasoningTokens == 12)
        let none = feed.read(
            content("a") + finish
                + frame(#"{"choices":[],"usage":{"prompt_tokens":90,"completion_tokens":1,"prompt_tokens_details":null}}"#) + done)
        #expect(none.timeline.cachedInputTokens == nil)
        #expect(none.timeline.reasoningTokens == nil)
    }

    @Test(arguments: [("1e2", 100), ("100.0", 100), ("1.0E+2", 100), ("1000e-1", 100)]) func `a count may be written in any way`(
        _ number: String, _ expected: Int
    ) {
        let read = feed.read(content("a") + finish + frame(#"{"choices":[],"usage":{"completion_tokens":\#(number)}}"#) + done)
        #expect(read.timeline.outputTokens == expected)
    }

    @Test(arguments: ["-1", "1.5", "1e400", "99999999999999999999", "-0.5e1"]) func `a count that can be none is not believed`(
        _ number: String
    ) {
        let read = feed.read(content("a") + finish + frame(#"{"choices":[],"usage":{"completion_tokens":\#(number)}}"#) + done)
        #expect(read.timeline.outputTokens == 1)
        #expect(read.timeline.tokenSource == .chunks)
        #expect(read.anomalies == ["implausible_usage": 1])
    }

    @Test func `texts and nulls in the place of counts are nothing`() {
        let read = feed.read(
            content("a") + finish + frame(#"{"choices":[],"usage":{"completion_tokens":"7","prompt_tokens":null}}"#) + done)
        #expect(read.timeline.outputTokens == 1)
        #expect(read.anomalies == [:])
    }

    @Test(
        arguments: [
            "{", "}", "{]", "[1,]", "{\"a\":}", "{\"a\" 1}", "{\"choices\":[{\"delta\":{\"content\":\"x\"}}]", "nul", "01", "1.", "-", "1e",
            "+1",
            "\"\\x\"", "\"\\u12g4\"", "\"open", "{\"a\":1}}", "{\"a\":1,}", "{1:2}", "\"tab\there\"", "tru", "Infinity", "'a'",
            "{\"a\":\"\\",
        ]) func `data that is no JSON is passed over and counted`(_ data: String)
    {
        let read = feed.read(content("a") + frame(data) + content("b") + finish + done)
        #expect(read.outcome == .completed)
        #expect(read.timeline.text == "ab")
        #expect(read.anomalies == ["invalid_json": 1])
    }

    @Test(arguments: ["1", "\"text\"", "[]", "null", "{}", "{\"object\":\"list\",\"data\":[{\"x\":[1,2,{\"y\":-0.5e-3}]}]}"])
    func `JSON of something else is passed over and counted`(_ data: String) {
        #expect(feed.read(content("a") + frame(data) + finish + done).anomalies == ["unrecognised_event": 1])
    }

    @Test func `nesting has a limit`() {
        func nested(_ depth: Int) -> String {
            frame("{\"choices\":[],\"x\":\(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth))}")
        }
        #expect(feed.read(nested(100) + content("a") + finish + done).anomalies == [:])
        #expect(feed.read(nested(200) + nested(100_000) + content("a") + finish + done).anomalies == ["invalid_json": 2])
    }

    @Test func `several choices are counted as such and one text is kept`() {
        let read = feed.read(
            frame(#"{"choices":[{"index":1,"delta":{"content":"one"}},{"index":0,"delta":{"content":"zero"}}]}"#),
            frame(#"{"choices":[{"delta":{"content":"other"},"index":2,"finish_reason":"stop"}]}"#), content("!") + finish + done)
        #expect(read.timeline.text == "zero!")
        #expect(read.anomalies["several_choices"] == 2)
    }

    @Test func `reasoning and output are kept apart`() {
        let read = feed.read(chat(#"{"reasoning":"why","reasoning_content":"why"}"#), content("because"), finish + done)
        #expect(read.reasoning == "why")
        #expect(read.timeline.text == "because")
        #expect(read.timeline.reasoningTokens == 1)
        #expect(read.timeline.firstOutputToken == at(11))
    }

    @Test func `inline reasoning is output unless it is to be told apart`() {
        let pieces = ["<th", "ink>", "why", "</thi", "nk>", "because <", "b>"].map(content)
        let bodies = (pieces + [finish + done]).map { Array($0.utf8) }
        #expect(feed.read(bodies).timeline.text == "<think>why</think>because <b>")
        var apart = feed
        apart.inlineReasoning = .tagged
        let read = apart.read(bodies)
        #expect(read.timeline.text == "because <b>")
        #expect(read.reasoning == "why")
        #expect(read.timeline.firstOutputToken == at(15))
        apart.inlineReasoning = .opened
        let opened = apart.read(content("why"), content("</think>"), content("so"), finish + done)
        #expect((opened.reasoning, opened.timeline.text) == ("why", "so"))
        #expect(opened.timeline.chunks.map(\.kind) == [.reasoning, .reasoning, .output, .finish])
    }

    @Test func `escapes are text again, and halves of a character find each other`() {
        let read = feed.read(content(#"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"#) + content(#"x\ud83d"#) + content(#"\ude00y"#) + finish + done)
        #expect(read.timeline.text == "\"\\/\u{8}\u{c}\n\r\té😀x😀y")
        #expect(read.anomalies == [:])
        let lone = feed.read(content(#"a\ud83d"#) + content(#"b\ude00c\ud83d"#) + finish + done)
        #expect(lone.timeline.text == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
        #expect(lone.anomalies == ["lone_surrogate": 3])
    }
}

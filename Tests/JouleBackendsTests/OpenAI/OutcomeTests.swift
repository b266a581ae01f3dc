import JouleBackends
import JouleModel
import Testing

/// Exactly one outcome for whatever a response does.
struct OutcomeTests {
    private let feed = StreamFeed()

    @Test func `a stream without finish reason and end mark is incomplete`() {
        #expect(feed.read(content("a")).outcome == .incomplete)
        #expect(feed.read(chat(#"{"role":"assistant"}"#)).outcome == .incomplete)
        #expect(feed.read(content("a")).timeline.outputTokens == 1)
    }

    @Test func `either of both makes it complete, and the other is missed`() {
        #expect(feed.read(content("a") + finish).anomalies == ["no_done": 1])
        #expect(feed.read(content("a") + done).anomalies == ["no_finish_reason": 1])
    }

    @Test(
        arguments: [
            ("", "an event stream without an event"), (done, "data: [DONE]\n\n"), ("data: x\n\n", "data: x\n\n"),
            (": ping\n\n", ": ping\n\n"),
            ("{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n"),
        ]) func `a stream without any event of the interface is invalid`(_ body: String, _ error: String)
    {
        let read = feed.read(body)
        #expect(read.outcome == .invalidResponse)
        #expect(read.timeline.error == error)
        #expect(read.timeline.outputTokens == nil)
    }

    @Test(
        arguments: [
            (frame(#"{"error":{"message":"out of memory","code":500}}"#), "out of memory"), (frame(#"{"error":"boom"}"#), "boom"),
            (frame(#"{"object":"error","message":"bad","code":400}"#), "bad"), (frame(#"{"code":500,"message":"slot"}"#), "slot"),
            ("event: error\ndata: {\"message\":\"gone\"}\n\n", "gone"), ("event: error\ndata: plain words\n\n", "plain words"),
            ("error: {\"code\":500,\"message\":\"old\"}\n\n", "old"), (frame(#"{"error":{}}"#), #"{"error":{}}"#),
            (frame(#"{"choices":[],"error":{"message":"x"}}"#), "x"),
        ]) func `an error inside the stream is never a success`(_ event: String, _ message: String)
    {
        for (before, after) in [("", ""), (content("a"), ""), (content("a"), finish + done), (content("a") + finish, done), ("", done)] {
            let read = feed.read(before, event, after)
            #expect(read.outcome == .streamError)
            #expect(read.message == message)
            #expect(read.timeline.error?.isEmpty == false)
        }
        var broken = feed
        broken.broken = .idleTimeout
        #expect(broken.read(content("a"), event).outcome == .streamError)
        #expect(StreamFeed(contentType: nil).read(event).outcome == .streamError)
    }

    @Test func `an error member without an error in it is none`() {
        #expect(feed.read(frame(#"{"choices":[{"delta":{"content":"a"}}],"error":null}"#) + finish + done).outcome == .completed)
    }

    @Test func `an error event without data is one`() {
        #expect(feed.read(content("a") + "event: error\n\n").timeline.error == "an error event without data")
    }

    @Test(
        arguments: [
            (#"{"error":{"message":"no such model","type":"NotFoundError"}}"#, "no such model"), (#"{"error":"bad key"}"#, "bad key"),
            (#"{"object":"error","message":"too long","code":400}"#, "too long"), (#"{"detail":"Not Found"}"#, "Not Found"),
            (#"{"detail":[{"loc":["body","n"],"msg":"field required","type":"missing"},{"msg":"other"}]}"#, "field required"),
            ("Service \u{FC}berlastet\nmore", "Service \u{FC}berlastet"),
            ("<html><head><TITLE>502 Bad\n Gateway</TITLE></head></html>", "502 Bad Gateway"), ("<p>x</p>", "<p>x</p>"), ("", nil),
            ("  \n", nil),
            (#"{"error":{"message":"cut \ud83d\ude00 off","param":"#, "cut \u{1F600} off"),
        ] as [(String, String?)]) func `the body of an error is kept and its message found`(_ body: String, _ message: String?)
    {
        for (status, outcome) in [
            (404, RequestOutcome.httpError), (429, .rejected), (503, .rejected), (500, .httpError), (302, .httpError),
        ] {
            let read = StreamFeed(status: status, contentType: "application/json").read(body)
            #expect(read.outcome == outcome)
            #expect(read.timeline.httpStatus == status)
            #expect(read.message == message)
            #expect(read.timeline.error == (body.isEmpty ? "HTTP \(status) with an empty body" : body))
        }
    }

    @Test func `of an error body two kilobytes are kept, cut between characters`() {
        let read = StreamFeed(status: 500).read("x" + String(repeating: "\u{20AC}", count: 5_000))
        #expect(read.timeline.error == "x" + String(repeating: "\u{20AC}", count: 682))
        var broken = StreamFeed(status: 503)
        broken.broken = .idleTimeout
        #expect(broken.read("busy").outcome == .rejected)
    }

    @Test func `one JSON answer though a stream was asked for is completed and has no first token`() {
        let body =
            #"{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"hello","reasoning_content":"hm"},"finish_reason":"stop"}],"usage":{"prompt_tokens":4,"completion_tokens":9}}"#
        for type in ["application/json", nil, "text/plain"] {
            let read = StreamFeed(contentType: type).read(body + "\n")
            #expect(read.outcome == .completed)
            #expect(read.anomalies == ["not_streamed": 1])
            #expect(read.timeline.firstToken == nil)
            #expect(read.timeline.outputTokens == 9)
            #expect(read.timeline.tokenSource == .usage)
            #expect(read.timeline.text == "hello")
            #expect(read.timeline.finishReason == "stop")
            #expect(read.timeline.lastToken == at(10))
            #expect(read.timeline.chunks.isEmpty)
        }
    }

    @Test func `a stream under another type of content is a stream`() {
        for type in ["application/json", nil, "text/plain; charset=utf-8"] {
            let read = StreamFeed(contentType: type).read("\n", content("a"), finish + done)
            #expect(read.outcome == .completed)
            #expect(read.anomalies == ["content_type": 1])
        }
    }

    @Test(arguments: ["", "hello", "<html>login</html>", "{\"models\":[]}", "[]", "{\"choices\":[{\"message\":", "\n \n"])
    func `success with something else in it is invalid`(_ body: String) {
        let read = StreamFeed(contentType: "application/json").read(body)
        #expect(read.outcome == .invalidResponse)
        #expect(read.timeline.error?.isEmpty == false)
    }

    @Test func `an error in the place of the answer is one whatever the status says`() {
        let read = StreamFeed(contentType: "application/json").read(#"{"error":{"message":"overloaded"}}"#)
        #expect(read.outcome == .streamError)
        #expect(read.message == "overloaded")
    }

    @Test(arguments: [RequestOutcome.firstTokenTimeout, .idleTimeout, .totalTimeout, .cancelled, .incomplete, .protocolError])
    func `what breaks a response is its outcome unless the answer was whole`(_ reason: RequestOutcome) {
        var feed = feed
        feed.broken = reason
        #expect(feed.read(content("a")).outcome == reason)
        #expect(feed.read(content("a")).timeline.error == "broken")
        #expect(feed.read(content("a")).timeline.bodyEnd == nil)
        #expect(feed.read([] as [[UInt8]]).outcome == reason)
        #expect(feed.read(content("a") + "data: {\"choi").anomalies == [:])
        let whole = feed.read(content("a") + finish)
        #expect(whole.outcome == .completed)
        #expect(whole.anomalies == ["broken_after_finish": 1, "no_done": 1])
        #expect(feed.read(content("a") + "data: [DONE]").outcome == .completed)
    }

    @Test func `what comes after the outcome changes nothing`() {
        let reader = ResponseReader()
        #expect(reader.outcome == nil)
        reader.head(status: 100, contentType: nil, at: at(1))
        reader.head(status: 200, contentType: "text/event-stream", at: at(2))
        Array((content("a") + finish + done).utf8).withUnsafeBytes { reader.body($0, at: at(3)) }
        #expect(reader.hasSaidAll)
        #expect(reader.outcome == nil)
        #expect(reader.firstToken == at(3))
        reader.end(at: at(4))
        #expect(reader.outcome == .completed)
        reader.broken(.cancelled, "late", at: at(5))
        reader.end(at: at(6))
        Array(content("b").utf8).withUnsafeBytes { reader.body($0, at: at(7)) }
        let timeline = StreamFeed.result(of: reader).timeline
        #expect(timeline.outcome == .completed)
        #expect(timeline.bodyEnd == at(4))
        #expect(timeline.firstByte == at(1))
        #expect(timeline.outputTokens == 1)
        #expect(timeline.text == nil)
    }

    @Test func `an end without a head is no HTTP`() {
        let reader = ResponseReader()
        reader.end(at: at(1))
        #expect(reader.outcome == .protocolError)
        let refused = ResponseReader()
        refused.broken(.connectError, "connection refused", at: at(1))
        #expect(refused.outcome == .connectError)
        #expect(StreamFeed.result(of: refused).timeline.error == "connection refused")
    }

    @Test(arguments: [
        ("7", Duration.seconds(7)), (" 0", .seconds(0)), ("Wed, 21 Oct 2026 07:28:00 GMT", nil), ("-3", nil), ("9999999999", nil),
    ])
    func `the wait that a rejection asks for is passed on`(_ value: String, _ delay: Duration?) {
        let reader = ResponseReader()
        reader.head(status: 429, contentType: nil, retryAfter: value, at: at(1))
        reader.end(at: at(2))
        #expect(reader.retryAfter == value)
        #expect(reader.retryDelay == delay)
    }
}

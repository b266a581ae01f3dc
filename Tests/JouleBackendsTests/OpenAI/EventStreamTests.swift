import JouleBackends
import JouleModel
import Testing

/// The rules of the event stream, seen through what a response comes to.
struct EventStreamTests {
    private let feed = StreamFeed()

    /// Bodies with something odd in each.
    private static let corpus: [String] = [
        content("Hi") + content(" there") + finish + done,
        "\u{FEFF}" + content("bom") + finish + done,
        (content("x") + content("y") + finish + done).replacing("\n", with: "\r\n"),
        (content("x") + content("y") + finish + done).replacing("\n", with: "\r"),
        content("x").replacing("\n", with: "\r\n") + content("y").replacing("\n", with: "\r") + finish + done,
        ": ping\n\n:\n\nid: 7\nretry: 10\nevent: message\n" + content("x") + ": bye\n" + finish + done,
        "data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"two lines\"}}]}\n\n" + finish + done,
        content("a\u{2028}b\u{85}c\u{0B}d\u{0C}e".replacing("\u{0B}", with: "\\u000b").replacing("\u{0C}", with: "\\f")) + finish + done,
        content("日本語 😀") + content("\\ud83d") + content("\\ude00") + content("\\u00e9\\n\\\"\\\\") + finish + done,
        content("x") + "data: no json\n\n" + "whatever\n" + content("y") + finish + done,
        content("x") + finish + "data: [DONE]",
        content("x") + finish + "data:[DONE]\n",
        content("x") + finish + "data:   [DONE]  \n\n" + done,
        content("x") + "event: error\ndata: {\"message\":\"gone\"}\n\n",
        content("x") + "error: {\"code\":500,\"message\":\"slot\"}\n\n",
        "{\"choices\":[{\"message\":{\"content\":\"whole\"},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":3}}",
        "data\ndata\n\ndata:\n\nevent: ping\ndata: {}\n\n" + content("x") + finish + done,
    ]

    @Test(arguments: corpus) func `a stream cut at any byte is the same stream`(_ body: String) {
        for contentType in ["text/event-stream", nil] {
            let feed = StreamFeed(contentType: contentType)
            let bytes = Array(body.utf8)
            let whole = feed.read([bytes]).withoutReads
            for cut in 0...bytes.count {
                #expect(feed.read([bytes[..<cut], bytes[cut...]]).withoutReads == whole, "cut at \(cut)")
            }
            #expect(feed.read(bytes.map { [$0] }).withoutReads == whole, "byte by byte")
        }
    }

    @Test func `a short stream cut at any two bytes is the same stream`() {
        for body in [content("é😀") + "data: [DONE]", "\u{FEFF}: x\r\n\r\n" + finish.replacing("\n", with: "\r\n")] {
            let bytes = Array(body.utf8)
            let whole = feed.read([bytes]).withoutReads
            for first in 0...bytes.count {
                for second in first...bytes.count {
                    let cut = feed.read([bytes[..<first], bytes[first..<second], bytes[second...]]).withoutReads
                    #expect(cut == whole, "cuts at \(first) and \(second)")
                }
            }
        }
    }

    @Test func `every kind of line end is one`() {
        for end in ["\n", "\r\n", "\r"] {
            let read = feed.read((content("a") + content("b") + finish + done).replacing("\n", with: end))
            #expect(read.timeline.text == "ab")
            #expect(read.anomalies == [:])
        }
    }

    @Test func `separators of Unicode and form feeds are content`() {
        let read = feed.read(frame("{\"choices\":[{\"delta\":{\"content\":\"a\u{2028}b\u{2029}c\u{85}d\"}}]}") + finish + done)
        #expect(read.timeline.text == "a\u{2028}b\u{2029}c\u{85}d")
        // Bare in a comment they do not end it.
        #expect(feed.read(": a\u{0B}data: b\u{0C}c\n\n" + content("x") + finish + done).anomalies == [:])
    }

    @Test func `a mark at the beginning is skipped and half a mark is not`() {
        #expect(feed.read("\u{FEFF}" + content("x") + finish + done).timeline.text == "x")
        let half = feed.read([[0xEF, 0xBB] + Array((content("x") + finish + done).utf8)])
        #expect(half.anomalies["unknown_field"] == 1)
        #expect(feed.read([[0xEF, 0xBB]]).outcome == .invalidResponse)
    }

    @Test func `comments and other fields are passed over`() {
        let read = feed.read(": hello\n\n", ":\n", "id: 1\nretry: 5\nevent: chunk\n" + content("x"), ": bye\n", finish + done)
        #expect(read.outcome == .completed)
        #expect(read.timeline.text == "x")
        #expect(read.anomalies == [:])
    }

    @Test func `one space after the colon is no part of the data`() {
        #expect(feed.read(content("x").replacing("data: ", with: "data:") + finish + done).timeline.text == "x")
    }

    @Test func `data of several lines is one text`() {
        let read = feed.read("data: {\"choices\":\ndata:  [{\"delta\":{\"content\":\"x\"}}]\ndata: }\n\n" + finish + done)
        #expect(read.timeline.text == "x")
        #expect(read.anomalies == [:])
    }

    @Test func `events that only one line end parts are read and counted`() {
        let read = feed.read("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\ndata: [DONE]\n\n")
        #expect(read.timeline.text == "x")
        #expect(read.anomalies == ["joined_events": 1, "no_finish_reason": 1])
    }

    @Test func `a frame of a megabyte is read and one past the limit ends the response`() {
        let long = String(repeating: "0123456789abcdef", count: 65_536)
        let bytes = Array((content(long) + finish + done).utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 1_400).map { bytes[$0..<min($0 + 1_400, bytes.count)] }
        #expect(feed.read(pieces).timeline.text == long)
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        let endless = feed.read([Array("data: ".utf8)] + (0..<20).map { _ in block })
        #expect(endless.outcome == .protocolError)
        #expect(feed.read([Array("data: ".utf8) + (0..<20).flatMap { _ in block } + [10, 10]]).outcome == .protocolError)
        #expect(StreamFeed(contentType: "text/html").read([Array("<".utf8)] + (0..<20).map { _ in block }).outcome == .protocolError)
    }

    @Test func `the end mark may be without its line ends, twice and in spaces`() {
        for end in ["data: [DONE]", "data: [DONE]\n", "data:[DONE]\r\n", "data:  [DONE]  \n\n"] {
            let read = feed.read(content("x") + finish + end)
            #expect(read.outcome == .completed)
            #expect(read.anomalies["no_done"] == nil)
        }
        #expect(feed.read(content("x") + finish + done + done).anomalies == ["repeated_done": 1])
        #expect(feed.read(content("x") + finish + done + content("y")).anomalies == ["event_after_done": 1, "token_after_finish": 1])
    }

    @Test func `an event that the end cuts off counts, and came with the last read`() {
        let body = content("x") + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}"
        let read = feed.read(body)
        #expect(read.outcome == .completed)
        #expect(read.timeline.finishReason == "length")
        #expect(read.timeline.lastToken == at(10))
        #expect(read.anomalies == ["no_done": 1, "unterminated_event": 1])
    }
}

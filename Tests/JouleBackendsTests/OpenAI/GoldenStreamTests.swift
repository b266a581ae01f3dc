import JouleBackends
import JouleModel
import JouleUnits
import Testing

struct GoldenStreamTests {
    private static func usage(_ completion: Int) -> String {
        "{\"prompt_tokens\":11,\"completion_tokens\":\(completion),\"total_tokens\":\(11 + completion)}"
    }

    /// The stream of the methodology: when each read came, in ms after the write, and what was in it.
    private static func events(runningUsage: Bool) -> [(Int, String)] {
        let running: (Int) -> String? = { runningUsage ? usage($0) : nil }
        return [
            (100, chat("{\"role\":\"assistant\",\"content\":\"\"}", usage: running(0))),
            (200, chat("{\"reasoning\":\"a\"}", usage: running(1))),
            (300, chat("{\"reasoning\":\"b c\"}", usage: running(3))),
            (400, chat("{\"content\":\"d\"}", usage: running(4))),
            (600, chat("{\"content\":\" e f\"}", usage: running(6))),
            (700, chat("{\"content\":\"\"}", finish: "stop", usage: running(7))),
            (710, frame("{\"choices\":[],\"usage\":\(usage(7))}")),
            (720, done),
        ]
    }

    private static func read(runningUsage: Bool) -> RequestTimeline {
        let reader = ResponseReader(keepsText: true)
        reader.head(status: 200, contentType: "text/event-stream", at: at(90))
        for (time, text) in events(runningUsage: runningUsage) {
            Array(text.utf8).withUnsafeBytes { reader.body($0, at: at(time)) }
        }
        reader.end(at: at(721))
        return StreamFeed.result(of: reader).timeline
    }

    @Test func `the golden stream has the stamps of the methodology`() {
        let timeline = Self.read(runningUsage: true)
        #expect(timeline.outcome == .completed)
        #expect(timeline.firstByte == at(90))
        #expect(timeline.firstEvent == at(100))
        #expect(timeline.timeToFirstToken == .milliseconds(200))
        #expect(timeline.timeToFirstOutputToken == .milliseconds(400))
        #expect(timeline.serviceLatency == .milliseconds(700))
        #expect(timeline.responseLatency == .milliseconds(1_200))
        #expect(timeline.timePerOutputToken.map { abs($0.milliseconds - 83.333) < 0.001 } == true)
        #expect(timeline.bodyEnd == at(721))
    }

    @Test func `the golden stream has the counts of the methodology`() {
        let timeline = Self.read(runningUsage: true)
        #expect(timeline.outputTokens == 7)
        #expect(timeline.reasoningTokens == 3)
        #expect(timeline.inputTokens == 11)
        #expect(timeline.tokenSource == .continuousUsage)
        #expect(timeline.finishReason == "stop")
        #expect(timeline.text == "d e f")
        #expect(timeline.anomalies == [:])
        #expect(
            timeline.chunks == [
                TokenChunk(instant: at(100), tokens: 0, kind: .empty), TokenChunk(instant: at(200), tokens: 1, kind: .reasoning),
                TokenChunk(instant: at(300), tokens: 2, kind: .reasoning), TokenChunk(instant: at(400), tokens: 1, kind: .output),
                TokenChunk(instant: at(600), tokens: 2, kind: .output), TokenChunk(instant: at(700), tokens: 1, kind: .finish),
            ])
    }

    @Test func `without running usage each event with text is one token, and the final count stands`() {
        let timeline = Self.read(runningUsage: false)
        #expect(timeline.chunks.map(\.tokens) == [0, 1, 1, 1, 1, 0])
        #expect(timeline.outputTokens == 7)
        #expect(timeline.tokenSource == .usage)
        // Two of four events, scaled to seven tokens.
        #expect(timeline.reasoningTokens == 4)
        #expect(timeline.timeToFirstToken == .milliseconds(200))
    }
}

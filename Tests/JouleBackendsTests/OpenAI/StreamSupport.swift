import JouleBackends
import JouleModel
import JouleUnits

/// Milliseconds after the request was written.
func at(_ milliseconds: Int) -> Instant { Instant(nanoseconds: Int64(milliseconds) * 1_000_000) }

/// What came of a response.
struct ReadResponse: Equatable {
    var timeline: RequestTimeline
    var reasoning: String?
    var message: String?

    var outcome: RequestOutcome { timeline.outcome }
    var anomalies: [String: Int] { timeline.anomalies }

    /// All but the stamps and how chunks were put together, which depend on the reads.
    var withoutReads: ReadResponse {
        var copy = self
        copy.timeline.chunks = []
        (copy.timeline.firstEvent, copy.timeline.firstToken, copy.timeline.firstOutputToken, copy.timeline.lastToken) = (nil, nil, nil, nil)
        return copy
    }

    /// Tokens of each kind, over all reads.
    func tokens(_ kind: TokenChunk.Kind) -> Int { timeline.chunks.filter { $0.kind == kind }.reduce(0) { $0 + Int($1.tokens) } }
}

struct StreamFeed {
    var status = 200
    var contentType: String? = "text/event-stream"
    var inlineReasoning = InlineReasoning.none
    /// nil: the response ends in order.
    var broken: RequestOutcome?

    /// Reads the body cut into these pieces, one read each millisecond from 10 on.
    func read(_ pieces: some Sequence<some Sequence<UInt8>>) -> ReadResponse {
        let reader = ResponseReader(keepsText: true, inlineReasoning: inlineReasoning)
        var time = 9
        reader.head(status: status, contentType: contentType, at: at(time))
        for piece in pieces {
            time += 1
            Array(piece).withUnsafeBytes { reader.body($0, at: at(time)) }
        }
        if let broken { reader.broken(broken, "broken", at: at(1_000)) } else { reader.end(at: at(1_000)) }
        return Self.result(of: reader)
    }

    func read(_ body: String...) -> ReadResponse { read(body.map { Array($0.utf8) }) }

    static func result(of reader: ResponseReader) -> ReadResponse {
        var timeline = RequestTimeline(index: 0, promptID: "p", phase: .measure, outcome: .cancelled, scheduled: at(-500), sent: at(0))
        reader.fill(&timeline)
        return ReadResponse(timeline: timeline, reasoning: reader.reasoningText, message: reader.serverMessage)
    }
}

/// An event of the chat API.
func chat(_ delta: String, finish: String? = nil, usage: String? = nil) -> String {
    let end = finish.map { "\"\($0)\"" } ?? "null"
    return frame("{\"choices\":[{\"index\":0,\"delta\":\(delta),\"finish_reason\":\(end)}]\(usage.map { ",\"usage\":\($0)" } ?? "")}")
}

func content(_ text: String) -> String { chat("{\"content\":\"\(text)\"}") }

func frame(_ data: String) -> String { "data: \(data)\n\n" }

let finish = chat("{}", finish: "stop")
let done = "data: [DONE]\n\n"

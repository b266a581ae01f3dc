import JouleModel
import JouleUnits
import Testing

@testable import JouleBackends

struct `What servers say of their energy` {
    private func stream(_ lines: String...) -> RequestTimeline {
        let text = (lines + ["data: [DONE]"]).map { $0 + "\n\n" }.joined()
        return StreamFeed().read([Array(text.utf8)]).timeline
    }

    private static let token = #"data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#

    @Test func `a comment of the stream`() {
        let timeline = stream(
            Self.token, #"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
            #": energy {"energy_joules": 30.42, "energy_kwh": 8.45e-06, "avg_power_watts": 78.5, "attribution_method": "prorated"}"#,
            #": cost {"request_cost_usd": 0.01}"#)
        #expect(timeline.serverEnergy == Joules(30.42) && timeline.outputTokens == 1 && timeline.anomalies.isEmpty)
    }

    @Test(
        arguments: [
            #""energy":{"energy_joules":5.5,"energy_kwh":1}"#, #""energy":5.5"#, #""energy":{"energy_kwh":0.0000015277777777777778}"#,
            #""impact":{"version":"1","inferenceTime":{"total":156,"unit":"ms"},"energy":{"total":5500,"unit":"Wms"}}"#,
            #""usage":{"completion_tokens":1,"energy":{"joules":5.5}}"#, #""usage":{"completion_tokens":1,"energy_joules":5.5}"#,
        ])
    func `a member of the last chunk`(member: String) {
        let timeline = stream(Self.token, "data: {\"choices\":[],\(member)}")
        #expect(timeline.serverEnergy.map { abs($0.rawValue - 5.5) < 1e-9 } == true)
    }

    @Test func `an event of its own is no oddity`() {
        let timeline = stream(Self.token, "event: neuralwatt\ndata: {\"energy\":{\"energy_joules\":2}}")
        #expect(timeline.serverEnergy == Joules(2) && timeline.anomalies.isEmpty)
    }

    @Test func `of a running figure the greatest stands`() {
        let timeline = stream(
            Self.token, #"data: {"choices":[],"energy":2}"#, #"data: {"choices":[],"energy":7}"#, #"data: {"choices":[],"energy":0}"#)
        #expect(timeline.serverEnergy == Joules(7))
    }

    @Test(
        arguments: [
            #""energy":null"#, #""energy":-1"#, #""energy":{"energy_joules":"many"}"#, #""energy":{"total":5,"unit":"bananas"}"#,
            #""energy":{"total":5}"#, #""energy":[1]"#, #""energy":1e300"#, #""energy":{}"#,
        ])
    func `what says nothing is absent, and the answer whole`(member: String) {
        let timeline = stream(Self.token, "data: {\"choices\":[],\(member)}")
        #expect(timeline.serverEnergy == nil && timeline.outcome == .completed && timeline.anomalies.isEmpty)
    }

    @Test(arguments: [": energy", ": energy {", ": energy nothing", ": keep-alive", ":", ": energyx {\"energy_joules\":1}"])
    func `other comments are comments`(comment: String) {
        #expect(stream(Self.token, comment).serverEnergy == nil)
    }

    @Test func `an answer that is not streamed carries it too`() {
        let body =
            #"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"completion_tokens":1},"energy":{"energy_joules":3}}"#
        var feed = StreamFeed()
        feed.contentType = "application/json"
        #expect(feed.read([Array(body.utf8)]).timeline.serverEnergy == Joules(3))
    }
}

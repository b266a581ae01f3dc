import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct LatencyTests {
    private func request(
        _ index: Int, phase: Phase = .measure, outcome: RequestOutcome = .completed, tokens: [Double], scheduled: Double = 0, sent: Double
    ) -> RequestTimeline {
        RequestTimeline(
            index: index, promptID: "p\(index)", phase: phase, outcome: outcome, scheduled: at(scheduled), sent: at(sent),
            firstToken: tokens.first.map { at($0) }, lastToken: tokens.last.map { at($0) }, bodyEnd: tokens.last.map { at($0) },
            inputTokens: 5, outputTokens: tokens.count, tokenSource: .worker, chunks: tokens.map { TokenChunk(instant: at($0)) })
    }

    @Test func `every latency counts from its own beginning`() {
        let all = Latency.distributions(of: [request(0, tokens: [0.7, 0.8, 1.0], scheduled: 0, sent: 0.5)])
        #expect(isClose(all["time_to_first_token"]?.mean, 0.2))
        #expect(isClose(all["service_latency"]?.mean, 0.5))
        #expect(isClose(all["response_latency"]?.mean, 1.0))
        #expect(isClose(all["time_per_output_token"]?.mean, 0.15))
        #expect(all["inter_token_latency"]?.count == 2)
        #expect(isClose(all["inter_token_latency"]?.minimum, 0.1))
        #expect(isClose(all["inter_token_latency"]?.maximum, 0.2))
    }

    @Test func `percentiles are those of the completed requests of the measured phase`() {
        var requests = (1...10).map { request($0, tokens: [Double($0) / 10], sent: 0) }
        requests.append(request(11, phase: .warmup, tokens: [99], sent: 0))
        requests.append(request(12, outcome: .failed, tokens: [99], sent: 0))
        let first = Latency.distributions(of: requests)["time_to_first_token"]
        #expect(first?.count == 10)
        #expect(isClose(first?.p50, 0.55))
        #expect(isClose(first?.p90, 0.91))
        #expect(isClose(first?.p95, 0.955))
        #expect(isClose(first?.p99, 0.991))
    }

    @Test func `a single token has no time per token, and no request has no latency`() {
        let single = Latency.distributions(of: [request(0, tokens: [0.5], sent: 0)])
        #expect(single["time_per_output_token"]?.count == 0)
        #expect(single["time_per_output_token"]?.mean == nil)
        let none = Latency.distributions(of: [])
        #expect(none.count == 7)
        #expect(none.values.allSatisfy { $0.count == 0 && $0.mean == nil && $0.p99 == nil })
    }
}

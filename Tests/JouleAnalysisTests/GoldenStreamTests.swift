import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

/// The stream of the methodology, milliseconds after the write: 100 role; 200 reasoning, one token; 300 reasoning, two in one chunk;
/// 400 content, one; 600 content, two; 700 finish; seven tokens by the usage at 710, and half a second in the client's queue before.
struct GoldenStreamTests {
    private var stream: RequestTimeline {
        func chunk(_ milliseconds: Double, _ tokens: UInt16, _ kind: TokenChunk.Kind) -> TokenChunk {
            TokenChunk(instant: at(0.5 + milliseconds / 1_000), tokens: tokens, kind: kind)
        }
        var request = RequestTimeline(
            index: 0, promptID: "p", phase: .measure, outcome: .completed, scheduled: at(0), sent: at(0.5), firstToken: at(0.7),
            lastToken: at(1.2), bodyEnd: at(1.22), inputTokens: 20, outputTokens: 7, tokenSource: .continuousUsage, finishReason: "stop",
            chunks: [
                chunk(100, 0, .empty), chunk(200, 1, .reasoning), chunk(300, 2, .reasoning), chunk(400, 1, .output),
                chunk(600, 2, .output), chunk(700, 1, .finish),
            ])
        request.started = at(0.5)
        request.firstEvent = at(0.6)
        request.firstOutputToken = at(0.9)
        request.reasoningTokens = 3
        return request
    }

    @Test func `every latency of the golden stream is as the methodology says`() {
        let all = Latency.distributions(of: [stream])
        #expect(isClose(all["time_to_first_token"]?.mean, 0.2))
        #expect(isClose(all["time_to_first_output_token"]?.mean, 0.4))
        #expect(isClose(all["service_latency"]?.mean, 0.7))
        #expect(isClose(all["response_latency"]?.mean, 1.2))
        #expect(isClose(all["time_per_output_token"]?.mean, 0.5 / 6))
        let gaps = all["chunk_gap"]
        #expect(gaps?.count == 4)
        #expect(isClose(gaps?.minimum, 0.1))
        #expect(isClose(gaps?.maximum, 0.2))
        #expect(isClose(gaps?.mean, 0.125))
        // 50, 50, 100, 100, 100, 100
        let tokens = all["inter_token_latency"]
        #expect(tokens?.count == 6)
        #expect(isClose(tokens?.minimum, 0.05))
        #expect(isClose(tokens?.maximum, 0.1))
        #expect(isClose(tokens?.mean, 0.5 / 6))
        #expect(isClose(tokens?.p50, 0.1))
    }

    @Test func `the same bytes in the terms of vllm bench serve`() throws {
        let other = try #require(VLLMDefinitions(stream))
        #expect(isClose(other.timeToFirstToken.seconds, 0.1))
        #expect(isClose(other.timePerOutputToken?.seconds, 0.1))
        #expect(other.interTokenLatencies.map { ($0.milliseconds).rounded() } == [100, 100, 100, 200, 100])
        #expect(isClose(other.endToEnd.seconds, 0.7))
        var failed = stream
        failed.outcome = .streamError
        #expect(VLLMDefinitions(failed) == nil)
        var single = stream
        single.outputTokens = 1
        #expect(try #require(VLLMDefinitions(single)).timePerOutputToken == nil)
    }

    @Test func `records of one read are one gap, and count their tokens together`() {
        var request = stream
        request.chunks = [
            TokenChunk(instant: at(0.7), tokens: 1, kind: .reasoning), TokenChunk(instant: at(1), tokens: 2, kind: .reasoning),
            TokenChunk(instant: at(1), tokens: 1, kind: .output),
        ]
        let all = Latency.distributions(of: [request])
        #expect(all["chunk_gap"]?.count == 1)
        #expect(all["inter_token_latency"]?.count == 3)
        #expect(isClose(all["inter_token_latency"]?.mean, 0.1))
    }

    @Test func `events of one read have no time between them in vllm's terms`() throws {
        var request = stream
        request.chunks[2].events = 3
        #expect(
            try #require(VLLMDefinitions(request)).interTokenLatencies.map { $0.milliseconds.rounded() } == [100, 100, 0, 0, 100, 200, 100])
    }

    @Test func `a failure counts as infinite in the censored view`() {
        var requests = (0..<9).map { answer($0, sent: Double($0), wait: Double($0 + 1) / 10) }
        requests.append(answer(9, sent: 9, outcome: .streamError))
        let plain = Latency.distributions(of: requests)["time_to_first_token"]
        #expect(plain?.count == 9)
        #expect(isClose(plain?.maximum, 0.9))
        let censored = Latency.censored(of: requests)["time_to_first_token"]
        #expect(censored?.count == 10)
        #expect(isClose(censored?.p50, 0.55))
        #expect(censored?.p95 == nil)
        #expect(censored?.mean == nil)
        #expect(censored?.maximum == nil)
        #expect(isClose(censored?.minimum, 0.1))
    }
}

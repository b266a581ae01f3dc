import Foundation
import Testing

/// How requests are sent: loops, arrivals, caps, traces, and when it is enough.
struct ServingLoadTests {
    /// Most requests between their sending and their end at one time.
    private func mostInFlight(_ run: RunFolder) throws -> Int {
        let begun = try run.instants("sent_ns").map { ($0, 1) }
        let over = try run.instants("body_end_ns").map { ($0, -1) }
        var now = 0
        // At the same instant an end comes first.
        return (begun + over).sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { step in
            now += step.1
            return now
        }.max() ?? 0
    }

    /// Gaps between the scheduled arrivals, in seconds.
    private func gaps(_ run: RunFolder) throws -> [Double] {
        let instants = try run.instants("scheduled_ns")
        return zip(instants, instants.dropFirst()).map { ($1 - $0) * 1e-9 }
    }

    @Test(arguments: ["chat", "completions"]) func `without a rate requests follow one another`(api: String) async throws {
        let scene = try Scene()
        let (ended, run) = try await scene.load(["--api", api], requests: 5)
        #expect(ended.status == 0, "\(ended.error)")
        try run.expectOneLineEach(5)
        #expect(try run.outcomes == ["completed": 5])
        #expect(try mostInFlight(run) == 1)
        #expect(try run.measured.allSatisfy { $0["output_tokens"].number == 8 && $0["input_tokens"].number == 4 })
        #expect(try run.chunks.map(\.tokens).reduce(0, +) == 40)
        // The stub's truth: the first token is due 20 ms after the request, the last 14 ms later.
        for request in try run.measured {
            let sent = try #require(request["sent_ns"].number)
            let first = try #require(request["first_token_ns"].number)
            let last = try #require(request["last_token_ns"].number)
            #expect(first - sent >= 19e6 && last - sent >= 33e6 && last >= first, "\(request)")
        }
        #expect(ended.output.contains("completed, 5 of 5 requests"))
    }

    @Test func `a closed loop keeps as many in flight as it was told`() async throws {
        let scene = try Scene()
        let (ended, run) = try await scene.load(["--concurrency", "5"], requests: 25)
        #expect(ended.status == 0, "\(ended.error)")
        try run.expectOneLineEach(25)
        #expect(try mostInFlight(run) == 5)
        #expect(try run.json("client.json")["most_in_flight"].number == 5)
        #expect(try #require(try run.summary["serving"]["load"]["mean_in_flight"].number) > 3)
        // A slot's next request is scheduled when its last one ends, so there is no schedule to be late for but that.
        #expect(Set(try run.instants("scheduled_ns").prefix(5)).count == 1)
    }

    @Test func `Poisson arrivals past the cap are dropped and counted, and move no later one`() async throws {
        let rate = ["--request-rate", "80", "--seed", "7"]
        let other = try Scene()
        let free = try await other.load(rate, requests: 24)
        #expect(free.ended.status == 0, "\(free.ended.error)")
        let scene = try Scene()
        let config = try scene.write(
            "cap.yaml",
            """
            backend: {type: vllm, model: stub-model, endpoint: "${STUB}"}
            scenario: {dataset_name: \(try scene.prompts(64)), num_samples: 24, generate_kwargs: {max_new_tokens: 8}}
            load: {arrival: poisson, rate: 80/s, max_in_flight: 1, requests: 24}
            phases: {preset: none}
            seed: 7

            """)
        let stub = try await StubServer(scene)
        let ended = try await scene.run(scene.runOptions(config, meters: "none"), environment: ["STUB": stub.url])
        let run = try scene.onlyRun()
        try run.expectOneLineEach(24)
        let outcomes = try run.outcomes
        let dropped = try #require(outcomes["dropped"], "\(outcomes)")
        #expect(dropped + (outcomes["completed"] ?? 0) == 24)
        #expect(ended.output.contains("\(dropped) dropped"), "\(ended.output)")
        #expect(try mostInFlight(run) == 1)
        // Absolute and seeded: both runs wanted the same arrivals, whatever became of them.
        for (one, other) in zip(try gaps(run), try gaps(free.run)) { #expect(abs(one - other) < 1e-6) }
        #expect(try run.measured.filter { $0["outcome"].text == "dropped" }.allSatisfy { $0["sent_ns"].number == nil })
    }

    @Test func `queued arrivals wait in the response latency and not in the service latency`() async throws {
        let scene = try Scene()
        let (ended, run) = try await scene.load(["--request-rate", "100", "--concurrency", "2", "--queue"], requests: 16)
        #expect(ended.status == 0, "\(ended.error)")
        try run.expectOneLineEach(16)
        #expect(try run.outcomes == ["completed": 16])
        #expect(try mostInFlight(run) <= 2)
        let latencies = try run.summary["serving"]["censored_latencies"]
        let response = try #require(latencies["response_latency"]["mean"].number)
        let service = try #require(latencies["service_latency"]["mean"].number)
        // Sixteen arrivals in 0.16 s, two of 34 ms at a time: the later ones wait for more than 0.1 s.
        #expect(response > service + 0.02)
        // Waiting for one's turn was asked for and is no shortcoming of the client.
        let late = try #require(try run.summary["serving"]["client"]["lateness"]["max"].number)
        #expect(late < 0.02, "\(ended.output)")
    }

    @Test func `a burst is sent at once`() async throws {
        let scene = try Scene()
        let (ended, run) = try await scene.load(["--request-rate", "inf"], requests: 12)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.outcomes == ["completed": 12])
        #expect(try mostInFlight(run) == 12)
        #expect(Set(try run.instants("scheduled_ns")).count == 1)
    }

    @Test func `a ramp begins slowly and ends fast`() async throws {
        let ramp = ["--ramp-up-strategy", "linear", "--ramp-up-start-rps", "10", "--ramp-up-end-rps", "80"]
        let scene = try Scene()
        let (ended, run) = try await scene.load(ramp, requests: 30)
        #expect(ended.status == 0, "\(ended.error)")
        try run.expectOneLineEach(30)
        let gaps = try gaps(run)
        #expect(gaps.prefix(10).reduce(0, +) > 1.5 * gaps.suffix(10).reduce(0, +), "\(gaps)")
    }

    @Test func `a duration ends the sending, and what is in flight is answered`() async throws {
        let scene = try Scene()
        let (ended, run) = try await scene.load(["--duration", "0.6", "--concurrency", "3"], requests: nil)
        #expect(ended.status == 0, "\(ended.error)")
        let sent = try run.instants("sent_ns")
        try #require(sent.count > 6)
        try run.expectOneLineEach(sent.count)
        #expect(try run.outcomes == ["completed": sent.count])
        let first = try #require(sent.min())
        #expect(try #require(sent.max()) - first <= 0.7e9)
        #expect(try #require(try run.instants("body_end_ns").max()) - first >= 0.55e9)
    }

    @Test func `a trace is replayed with its arrivals and its lengths`() async throws {
        let scene = try Scene()
        let trace = try scene.write(
            "azure.csv",
            """
            TIMESTAMP,ContextTokens,GeneratedTokens
            2023-11-16 18:15:46.6805900,12,4
            2023-11-16 18:15:46.7805900,20,6
            2023-11-16 18:15:46.7905900,8,2
            2023-11-16 18:15:47.0805900,30,9

            """)
        let (ended, run) = try await scene.load(["--trace", trace], requests: 4, tokens: 256)
        #expect(ended.status == 0, "\(ended.error)")
        try run.expectOneLineEach(4)
        for (gap, expected) in zip(try gaps(run), [0.1, 0.01, 0.29]) { #expect(abs(gap - expected) < 1e-4) }
        #expect(try run.measured.map { $0["output_tokens"].number } == [4, 6, 2, 9])
        #expect(try run.measured.map { $0["input_tokens"].number } == [12, 20, 8, 30])
    }

    @Test func `warm-up requests are kept apart`() async throws {
        let scene = try Scene()
        let (ended, run) = try await scene.load(["--num-warmups", "2"], requests: 3)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.requests.count { $0["phase"].text == "warmup" } == 2)
        try run.expectOneLineEach(3)
        #expect(try run.chunks.count { $0.isWarmup } > 0)
        #expect(try run.summary["requests"]["output_tokens"].number == 24)
    }

    @Test func `requests that keep the objectives are goodput`() async throws {
        // Every second answer comes 0.15 s late.
        let script = #"{"rules": [{"when": {"every": 2}, "ttft_ms": 170}]}"#
        let scene = try Scene()
        let (ended, run) = try await scene.load(script: script, ["--goodput", "ttft:120", "tpot:500"], requests: 6)
        #expect(ended.status == 0, "\(ended.error)")
        let goodput = try run.summary["serving"]["goodput"]
        #expect(goodput["good"].number == 3)
        #expect(goodput["objectives"]["ttft"].number == 0.12)
        #expect(ended.output.contains("3 of 6 completed requests keep TTFT ≤ 120 ms"), "\(ended.output)")
    }
}

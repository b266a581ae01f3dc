import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct ServingFlagTests {
    private let requests = (0..<20).map { answer($0, sent: Double($0) * 2.5) }

    private func sequential(_ change: (inout Recording) -> Void = { _ in }) -> Summary {
        summary(of: serving(requests, arrival: .sequential, change))
    }

    private func scrape(_ time: Double, output: Double, prompt: Double, _ more: [String: Double] = [:]) -> ServerMetrics.Scrape {
        let counts = ["vllm:generation_tokens_total": output, "vllm:prompt_tokens_total": prompt]
        return ServerMetrics.Scrape(instant: at(time), values: counts.merging(more) { $1 })
    }

    @Test func `a quiet run against a server raises nothing but its assumed weights`() {
        #expect(raised(sequential()) == [.attributionAssumed, .energyUnavailable])
    }

    @Test func `the server's counters over the whole phase stand beside ours`() throws {
        let agreed = sequential {
            $0.serverMetrics = ServerMetrics(scrapes: [
                scrape(-5, output: 7, prompt: 5), scrape(-0.5, output: 100, prompt: 50),
                scrape(20, output: 500, prompt: 1_000, ["vllm:num_requests_running": 1, "vllm:kv_cache_usage_perc": 0.25]),
                ServerMetrics.Scrape(instant: at(30), values: [:], failure: "timed out"),
                scrape(40, output: 600, prompt: 1_500, ["vllm:num_requests_running": 2, "vllm:kv_cache_usage_perc": 0.5]),
                scrape(52, output: 900, prompt: 2_050), scrape(54, output: 950, prompt: 3_000),
            ])
        }
        let check = try #require(agreed.serving?.server)
        #expect(
            check.pairs == [
                .init(metric: "vllm:generation_tokens_total", ours: 800, server: 800),
                .init(metric: "vllm:prompt_tokens_total", ours: 2_000, server: 2_000),
            ])
        #expect(check.scrapes == 6)
        #expect(check.failedScrapes == 1)
        #expect(isClose(check.meanRunning, 1.5))
        #expect(isClose(check.peakCacheUsage, 0.5))
        #expect(!check.restarted)
        #expect(!raised(agreed).contains(.tokenMismatch))
    }

    @Test func `tokens that the server counts otherwise are a mismatch`() {
        let summary = sequential {
            $0.serverMetrics = ServerMetrics(scrapes: [scrape(-0.5, output: 0, prompt: 0), scrape(52, output: 780, prompt: 2_000)])
        }
        #expect(
            summary.flags.first { $0.flag == .tokenMismatch }?.detail
                == "vllm:generation_tokens_total: 780 by the server, 800 by the answers")
    }

    @Test func `a server that counts more than was seen of cut requests is no mismatch`() {
        let summary = sequential {
            $0.requests[3].outcome = .totalTimeout
            $0.serverMetrics = ServerMetrics(scrapes: [scrape(-0.5, output: 0, prompt: 0), scrape(52, output: 900, prompt: 2_000)])
        }
        #expect(!raised(summary).contains(.tokenMismatch))
    }

    @Test func `scrapes that do not bracket the phase are not compared`() {
        let late = sequential {
            $0.serverMetrics = ServerMetrics(scrapes: [scrape(1, output: 0, prompt: 0), scrape(52, output: 1, prompt: 1)])
        }
        #expect(late.serving?.server?.pairs.isEmpty == true)
        #expect(late.notes == ["the server's counters were not compared: no scrape before the first request"])
        let warm = sequential {
            $0.requests.append(answer(0, sent: -2, tokens: 20, phase: .warmup))
            $0.serverMetrics = ServerMetrics(scrapes: [scrape(-1.5, output: 0, prompt: 0), scrape(52, output: 1, prompt: 1)])
        }
        #expect(warm.notes == ["the server's counters were not compared: no scrape between the warm-up and the first request"])
    }

    @Test func `a counter that goes back or a later start of the process is a restart`() {
        let back = sequential {
            $0.serverMetrics = ServerMetrics(scrapes: [
                scrape(-0.5, output: 500, prompt: 0), scrape(20, output: 10, prompt: 0), scrape(52, output: 100, prompt: 0),
            ])
        }
        #expect(raised(back).contains(.serverRestarted))
        #expect(back.serving?.server?.restarted == true)
        #expect(back.serving?.server?.pairs.isEmpty == true)
        let anew = sequential {
            $0.serverMetrics = ServerMetrics(scrapes: [
                scrape(-0.5, output: 0, prompt: 0, ["process_start_time_seconds": 1_000]),
                scrape(52, output: 800, prompt: 2_000, ["process_start_time_seconds": 1_030]),
            ])
        }
        #expect(raised(anew).contains(.serverRestarted))
    }

    @Test func `the engine's seconds are weights where it tells them`() {
        let seconds = ["vllm:request_prefill_time_seconds_sum": 4.0, "vllm:request_decode_time_seconds_sum": 40]
        let none = seconds.mapValues { _ in 0.0 }
        let summary = sequential {
            $0.serverMetrics = ServerMetrics(scrapes: [
                scrape(-0.5, output: 0, prompt: 0, none), scrape(52, output: 800, prompt: 2_000, seconds),
            ])
        }
        #expect(summary.attribution?.origin == "engine")
        #expect(isClose(summary.attribution?.alpha, 4 / 2_000.0))
        #expect(isClose(summary.attribution?.beta, 40 / 800.0))
        #expect(!raised(summary).contains(.attributionAssumed))
    }

    @Test func `a client that is late, lags or stalls is named`() {
        let late = sequential {
            for index in $0.requests.indices { $0.requests[index].started = $0.requests[index].scheduled + .milliseconds(80) }
        }
        #expect(raised(late).contains(.clientLimited))
        #expect(late.serving?.client.isLimiting == true)
        #expect(isClose(late.serving?.client.lateness.p50, 0.08))
        let lagging = sequential {
            var report = ClientReport()
            report.loopLagP99 = 0.07
            report.loopLagMaximum = 0.9
            report.stalls = 2
            $0.client = report
            $0.environment.server?.isLocal = true
        }
        #expect(raised(lagging).isSuperset(of: [.clientLimited, .clientStalled, .coLocatedClient]))
        #expect(lagging.flags.first { $0.flag == .clientStalled }?.detail == "2 times, the longest for 0.90 s")
    }

    @Test func `slots that stand empty while there is more to send limit the load`() {
        // Four slots, each pausing a second between answers of two.
        let requests = (0..<4).flatMap { slot in (0..<12).map { answer(slot * 12 + $0, sent: Double(slot) * 0.01 + Double($0) * 3.15) } }
        let summary = summary(of: serving(requests, arrival: .closed, concurrency: 4))
        #expect(summary.flags.contains { $0.flag == .clientLimited && $0.detail.contains("of the 4 slots were busy") })
        let busy = JouleAnalysisTests.summary(of: serving(closedLoop(4, length: 40), arrival: .closed, concurrency: 4))
        #expect(!raised(busy).contains(.clientLimited))
    }

    @Test func `a queue by design is not lateness`() {
        let requests = (0..<40).map { index -> RequestTimeline in
            let slot = Double(index / 2) * 2.2
            var request = answer(index, sent: max(slot, Double(index) * 0.5), scheduled: Double(index) * 0.5)
            request.started = request.sent
            return request
        }
        let summary = summary(
            of: serving(requests, arrival: .constant, rate: 2) {
                $0.experiment.load.maxInFlight = 2
                $0.experiment.load.queues = true
            })
        #expect(!raised(summary).contains(.clientLimited))
    }

    @Test func `a model of no known family is flagged when it is asked to think, and only then`() {
        func run(_ record: ReasoningRecord?) -> Summary { sequential { $0.environment.reasoning = record } }
        var known = ReasoningRecord(isOn: true)
        known.family = "qwen"
        #expect(!raised(run(nil)).contains(.formatUnknown))
        #expect(!raised(run(known)).contains(.formatUnknown))
        let flag = run(ReasoningRecord(isOn: true)).flags.first { $0.flag == .formatUnknown }
        #expect(flag?.grade == .note && flag?.detail.contains("`m`") == true)
        known.unusedArguments = ["enable_thinking"]
        #expect(run(known).notes.contains { $0.contains("does not know enable_thinking") })
    }

    @Test func `estimated tokens, cached prompts and answers of wrong length are flagged`() {
        let summary = sequential {
            for index in $0.requests.indices { $0.requests[index].cachedInputTokens = 64 }
            $0.requests[0].tokenSource = .chunks
            $0.requests[1].outputTokens = 12
            $0.experiment.scenario.generation.ignoreEOS = true
            $0.experiment.scenario.generation.maxNewTokens = 40
        }
        #expect(raised(summary).isSuperset(of: [.tokensEstimated, .cachedPrompts, .outputLengthMismatch]))
        #expect(summary.requests.cachedInputTokens == 20 * 64)
        #expect(summary.requests.tokenSources == ["chunks": 40, "usage": 40 * 18 + 12])
        #expect(summary.figures["joules_per_output_token"]?.flags.contains(.tokensEstimated) == true)
        let stopped = sequential {
            $0.experiment.scenario.outputLengths = LengthDistribution(kind: .uniform, mean: 40, minimum: 30, maximum: 50)
            $0.requests[2].finishReason = "stop"
        }
        #expect(
            stopped.flags.first { $0.flag == .outputLengthMismatch }?.detail == "1 of 20 answers ended by themselves, not at their length")
        #expect(stopped.serving?.finishReasons == ["length": 19, "stop": 1])
    }

    @Test func `goodput counts completed requests that meet every objective, and undefined ones never`() throws {
        let summary = sequential {
            $0.experiment.load.objectives = .init(timeToFirstToken: .milliseconds(250), timePerOutputToken: .milliseconds(60))
            $0.requests[0].firstToken = $0.requests[0].sent.map { $0 + .milliseconds(300) }
            $0.requests[1].outputTokens = 1
            $0.requests[2].outcome = .streamError
        }
        let goodput = try #require(summary.serving?.goodput)
        #expect(goodput.objectives == ["ttft": 0.25, "tpot": 0.06])
        #expect(goodput.good == 17)
        #expect(goodput.undefined == 1)
        let duration = try #require(summary.windowDurationSeconds)
        #expect(isClose(goodput.requestsPerSecond.value, 17 / duration))
        #expect(isClose(goodput.requestsPerJoule.value, 17 / (400 * duration), within: 1e-3))
        #expect(summary.figures["goodput"] == goodput.requestsPerSecond)
        #expect(sequential().serving?.goodput == nil)
    }

    @Test func `oddities and outcomes are counted by name`() {
        let summary = sequential {
            $0.requests[0].anomalies = ["invalid_json": 2]
            $0.requests[1].anomalies = ["invalid_json": 1, "zero_usage": 1]
            $0.requests[4].outcome = .rejected
            $0.requests[4].error = "429"
            $0.requests[5].outcome = .cancelled
        }
        #expect(summary.serving?.anomalies == ["invalid_json": 3, "zero_usage": 1])
        #expect(summary.requests.outcomes == ["completed": 18, "rejected": 1, "cancelled": 1])
        #expect(summary.requests.failed == 1)
        #expect(summary.requests.errors == ["429": 1])
    }
}

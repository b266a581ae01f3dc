import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleReport

@Suite struct `Files for other tools` {
    /// The golden stream of methodology.md, section 6, after the definitions of `vllm bench serve`, beside a request that failed.
    static func result() -> VLLMResult {
        var result = VLLMResult(
            date: "20261121-093000", endpointType: "openai-chat", backend: "openai-chat", modelID: "m", tokenizerID: "m", promptCount: 2,
            requestRate: nil, maxConcurrency: 1, duration: 2,
            requests: [
                .init(
                    succeeded: true, inputTokens: 12, outputTokens: 7, startTime: 100.5, timeToFirstToken: 0.1, timePerOutputToken: 0.1,
                    interTokenLatencies: [0.1, 0.1, 0.1, 0.2, 0.1], endToEnd: 0.7),
                .init(succeeded: false, inputTokens: 9, outputTokens: 3, startTime: 101.5, error: "HTTP 500: \"out\nof\\memory\""),
            ], startUnixSeconds: 1_795_253_400.5, endUnixSeconds: 1_795_253_402.5)
        result.maxOutputTokensPerSecond = 7
        result.maxConcurrentRequests = 1
        return result
    }

    @Test func `the result of the golden stream is as vLLM's tool writes it`() throws {
        var result = Self.result()
        result.energy = .init(total: Joules(84), meanPerGPU: Watts(42), meanTotal: Watts(42))
        result.isDetailed = true
        result.percentiles = [50, 99, 99.9]
        #expect(try Golden().difference(result.json, from: "vllm_detailed.json") == nil)
        #expect(try Golden().difference(Self.result().json, from: "vllm.json") == nil)
    }

    @Test func `the keys are those of the tool and every statistic is a number of its own definition`() throws {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(Self.result().json.utf8)) as? [String: Any])
        #expect(object["request_rate"] as? String == "inf")
        #expect(object["mean_ttft_ms"] as? Double == 100)
        #expect(object["mean_tpot_ms"] as? Double == 100)
        #expect(abs(try #require(object["mean_itl_ms"] as? Double) - 120) < 1e-9)
        #expect(object["mean_e2el_ms"] as? Double == 700)
        // The deviation of a population: 100 four times and 200 once are 40 from their mean, not 44.7.
        #expect(abs(try #require(object["std_itl_ms"] as? Double) - 40) < 1e-9)
        #expect(object["completed"] as? Int == 1 && object["failed"] as? Int == 1)
        #expect(object["total_output_tokens"] as? Int == 7)
        #expect(object["power_valid"] as? Bool == false)
        #expect(object["total_gpu_energy_j"] is NSNull)
        #expect(object["ttfts"] == nil)
    }

    @Test func `metrics and percentiles can be chosen`() throws {
        var result = Self.result()
        result.metrics = [.ttft]
        result.percentiles = [25]
        #expect(result.json.contains("\"p25_ttft_ms\""))
        #expect(!result.json.contains("tpot") && !result.json.contains("p99"))
    }

    @Test func `percentiles are those of the methodology`() throws {
        var result = Self.result()
        result.requests = (1...10).map {
            .init(succeeded: true, inputTokens: 1, outputTokens: 1, startTime: 0, timeToFirstToken: Double($0) / 10)
        }
        result.percentiles = [50, 90, 95, 99]
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.json.utf8)) as? [String: Any])
        for (name, expected) in [("p50", 550.0), ("p90", 910), ("p95", 955), ("p99", 991)] {
            #expect(abs(try #require(object["\(name)_ttft_ms"] as? Double) - expected) < 1e-6)
        }
    }

    @Test func `the table of requests is in order of sending and leaves empty what is absent`() throws {
        var recording = SyntheticServing.saturated.run().recording
        var dropped = RequestTimeline(
            index: 999, promptID: "p", phase: .measure, outcome: .dropped, error: "the cap of 64, in flight",
            scheduled: SyntheticRun.instant(66.01))
        dropped.anomalies = ["b": 2, "a": 1]
        recording.requests = [dropped] + recording.requests.prefix(18).reversed()
        recording.requests.append(
            RequestTimeline(index: 1, promptID: "w", phase: .warmup, outcome: .completed, scheduled: dropped.scheduled))
        #expect(try Golden().difference(RequestTable.csv(recording), from: "requests.csv") == nil)
        let lines = RequestTable.csv(recording).split(separator: "\n")
        #expect(lines.count == 20)
        #expect(lines[0].hasPrefix("timestamp_s,latency_s,prompt_tokens,completion_tokens,status_code,error,outcome"))
        #expect(lines[1].hasPrefix(",,,,,\"the cap of 64, in flight\",dropped,,,"))
    }

    @Test func `the toolkit's summary has its six numbers and the known answer`() throws {
        let text = ToolkitSummary.json(
            seconds: 629.964506149292, idleWatts: 20.76969364548495, totalJoules: 212_340.9954298465,
            activeJoules: 199_256.82562959648, completionTokens: 118_615)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Double])
        #expect(abs(try #require(object["energy_per_completion_token_J"]) - 1.7901698) < 1e-7)
        #expect(
            Set(object.keys) == [
                "duration_s", "idle_power_W", "total_energy_J", "active_energy_J", "total_completion_tokens",
                "energy_per_completion_token_J",
            ])
        let none = ToolkitSummary.json(SyntheticRun.failed().summary)
        #expect(none.contains("\"energy_per_completion_token_J\": null") && none.contains("\"total_energy_J\": null"))
        #expect(ToolkitSummary.json(SyntheticServing.steady.run().summary).contains("\"idle_power_W\": 121.0"))
    }
}

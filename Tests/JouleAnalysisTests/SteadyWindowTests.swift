import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

struct SteadyWindowTests {
    /// A server that gives every request the same time, at arrivals with exponential distances.
    private func poisson(rate: Double, length: Double, seed: UInt64 = 3, ramp: (Double) -> Double = { _ in 1 }) -> [RequestTimeline] {
        var random = SeededRandom(seed: seed)
        var time = 0.0
        var requests: [RequestTimeline] = []
        while true {
            time += -(Double.random(in: Double.ulpOfOne..<1, using: &random).logarithm) / (rate * ramp(time))
            guard time < length else { return requests }
            requests.append(answer(requests.count, sent: time))
        }
    }

    @Test func `a closed loop is cut from the first tokens of all slots to the last instant with all in flight`() throws {
        let requests = closedLoop(4, length: 60)
        let summary = summary(of: serving(requests, arrival: .closed, concurrency: 4))
        #expect(summary.windowVerdict == .steady)
        // The last of the four slots begins at 0.03 s and waits 0.2 s for its token.
        #expect(isClose(summary.windowStartSeconds, 10 + 0.23, within: 1e-6))
        let begin = 0.23
        let duration = try #require(summary.windowDurationSeconds)
        let end = begin + duration
        #expect(end > 58 && end < 62.3)
        #expect(summary.windowKind.hasPrefix("steady window: closed loop"))
        // Energy, tokens and time of the one window agree with one another.
        let inside = requests.reduce(0) { $0 + $1.chunks.count { window(begin, end).contains($0.instant) } }
        #expect(abs(summary.requests.outputTokens - inside) <= 1)
        #expect(isClose(summary.figures["joules_per_output_token"]?.value, 400 * duration / Double(inside), within: 1e-3))
        #expect(isClose(summary.figures["output_tokens_per_second"]?.value, Double(inside) / duration, within: 1e-3))
        #expect(isClose(summary.serving?.load.meanInFlight, 4, within: 1e-2))
        let serving = try #require(summary.serving)
        #expect(serving.crossing >= 4)
        #expect(try #require(summary.latencies["time_to_first_token"]?.count) + serving.crossing <= requests.count)
        #expect(summary.requests.outcomes == ["completed": requests.count])
        #expect(!raised(summary).contains(.shortWindow))
    }

    @Test func `latencies are of requests that lie inside, and crossing ones give only their tokens and energy`() {
        let requests = closedLoop(2, length: 50)
        let summary = summary(of: serving(requests, arrival: .closed, concurrency: 2))
        let begin = (summary.windowStartSeconds ?? 0) - 10
        let end = begin + (summary.windowDurationSeconds ?? 0)
        let within = requests.count { request in
            request.sent.map { window(begin, end).contains($0) } ?? false && request.bodyEnd.map { $0 < at(end) } ?? false
        }
        #expect(summary.latencies["service_latency"]?.count == within)
        #expect(within < requests.count)
    }

    @Test func `a short closed loop is the whole phase and says that it is short`() {
        let requests = closedLoop(4, length: 10)
        let summary = summary(of: serving(requests, arrival: .closed, concurrency: 4))
        #expect(summary.windowVerdict == .short)
        #expect(raised(summary).contains(.shortWindow))
        #expect(summary.requests.outputTokens == requests.count * 40)
        #expect(summary.windowKind.contains("whole measure phase"))
        #expect(summary.serving?.crossing == 0)
        #expect(summary.figures["joules_per_output_token"]?.value != nil)
    }

    @Test func `slots that were never all busy have no steady state`() {
        let summary = summary(of: serving(closedLoop(3, length: 40), arrival: .closed, concurrency: 8))
        #expect(summary.windowVerdict == .noSteadyState)
        #expect(raised(summary).contains(.noSteadyState))
    }

    @Test func `power that climbs through the run is no steady state`() {
        let requests = closedLoop(4, length: 60)
        let summary = summary(of: serving(requests, arrival: .closed, concurrency: 4, watts: { 300 + 3 * $0 }))
        #expect(summary.windowVerdict == .noSteadyState)
        #expect(summary.flags.first { $0.flag == .noSteadyState }?.detail.contains("power rose") == true)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `an open loop that the server keeps up with is steady until its last arrival`(seed: UInt64) throws {
        let requests = poisson(rate: 8, length: 120, seed: seed)
        let summary = summary(of: serving(requests, arrival: .poisson, rate: 8))
        #expect(summary.windowVerdict == .steady, "seed \(seed): \(summary.windowKind)")
        let last = try #require(requests.last?.sent)
        let end = at(-10) + .seconds((summary.windowStartSeconds ?? 0) + (summary.windowDurationSeconds ?? 0))
        #expect(abs((end - last).seconds) < 1e-6)
        #expect(isClose(summary.serving?.load.achievedRate, Double(requests.count - 1) / (last - (requests.first?.sent ?? last)).seconds))
    }

    @Test func `a queue that grows to the end is saturation, and no headline is given`() {
        // Two a second arrive, one a second is served, in order.
        let requests = (0..<120).map { index in
            answer(index, sent: Double(index) / 2, wait: Double(index) / 2 + 0.2, step: 0.02)
        }
        let summary = summary(of: serving(requests, arrival: .constant, rate: 2))
        #expect(summary.windowVerdict == .saturated)
        #expect(raised(summary).contains(.saturated))
        #expect(summary.figures["joules_per_output_token"]?.value == nil)
        #expect(summary.figures["joules_per_output_token"]?.reason?.hasPrefix("saturated: ") == true)
        #expect(summary.figures["output_tokens_per_joule"]?.value == nil)
        #expect(summary.figures["mean_power"]?.value != nil)
        #expect(summary.requests.outputTokens == 120 * 40)
    }

    @Test func `arrivals dropped at the cap are saturation`() {
        let requests = (0..<240).map { index -> RequestTimeline in
            guard index.isMultiple(of: 4) else { return answer(index, sent: Double(index) / 4) }
            return RequestTimeline(index: index, promptID: "p", phase: .measure, outcome: .dropped, scheduled: at(Double(index) / 4))
        }
        let summary = summary(of: serving(requests, arrival: .constant, rate: 4))
        #expect(summary.windowVerdict == .saturated)
        #expect(summary.requests.outcomes == ["completed": 180, "dropped": 60])
        #expect(summary.requests.failed == 0)
    }

    @Test func `a server that is still filling up is not saturated`() {
        // Every answer takes 50 s, the arrivals last 60 s: in flight grows for most of the run.
        let requests = (0..<120).map { answer($0, sent: Double($0) / 2, wait: 45, step: 0.12) }
        let summary = summary(of: serving(requests, arrival: .constant, rate: 2))
        #expect(summary.windowVerdict == .noSteadyState)
    }

    @Test func `a ramp is no steady state`() {
        let requests = poisson(rate: 4, length: 120, ramp: { 1 + $0 / 30 })
        #expect(summary(of: serving(requests, arrival: .poisson, rate: 4)).windowVerdict == .noSteadyState)
    }

    @Test(arguments: [LoadSpec.Arrival.sequential, .burst])
    func `none is looked for in sequential requests and bursts`(arrival: LoadSpec.Arrival) {
        let requests = closedLoop(1, length: 60)
        let summary = summary(of: serving(requests, arrival: arrival))
        #expect(summary.windowVerdict == .wholePhase)
        #expect(summary.windowKind == "whole measure phase, first write to last body end")
        #expect(summary.requests.outputTokens == requests.count * 40)
    }

    @Test func `a final count that differs from the reads is spread over them`() {
        var requests = closedLoop(4, length: 60)
        for index in requests.indices { requests[index].outputTokens = 80 }
        let doubled = summary(of: serving(requests, arrival: .closed, concurrency: 4))
        let plain = summary(of: serving(closedLoop(4, length: 60), arrival: .closed, concurrency: 4))
        #expect(abs(doubled.requests.outputTokens - 2 * plain.requests.outputTokens) <= 1)
    }
}

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension Double {
    fileprivate var logarithm: Double { log(self) }
}

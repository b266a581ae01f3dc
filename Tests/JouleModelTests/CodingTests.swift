import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

/// What stands in the files of a run, key by key.
struct CodingTests {
    private static func object(_ value: some Encodable) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
    }

    private static func again<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }

    // MARK: Figures

    @Test func `a figure that is absent is null with a reason, never zero and never left out`() throws {
        let figure = Figure.absent(unit: "J", scope: .gpu, reason: "no meter covers the scope gpu")
        let object = try Self.object(figure)
        #expect(object["value"] is NSNull)
        #expect(object["plus_minus"] is NSNull)
        #expect(object["reason"] as? String == "no meter covers the scope gpu")
        #expect(object["method"] as? String == "unavailable")
        #expect(object["flags"] as? [String] == [])
        #expect(try Self.again(figure) == figure)
    }

    @Test func `a figure has the one shape that every JSON file uses`() throws {
        let figure = Figure(
            value: 1.23, unit: "J", plusMinus: 0.05, method: "measured-counter", scope: .gpu, flags: [.throttled, .energyModelled, .gap])
        let object = try Self.object(figure)
        #expect(Set(object.keys) == ["value", "unit", "plus_minus", "method", "scope", "flags"])
        #expect(object["flags"] as? [String] == ["energy_modelled", "gap", "throttled"], "sorted, so that equal figures are equal text")
        #expect(try Self.again(figure) == figure)
    }

    @Test(arguments: [1, 20_261_121] as [UInt64]) func `any figure comes back as it was`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let figure = Figure(
                value: Bool.random(using: &random) ? Double.random(in: -1e12...1e12, using: &random) : nil, unit: "W",
                plusMinus: Bool.random(using: &random) ? Double.random(in: 0...1e-6, using: &random) : nil,
                method: EnergyMethod.allCases.randomElement(using: &random)?.rawValue ?? "",
                scope: Scope.allCases.randomElement(using: &random),
                flags: Set(Flag.allCases.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }),
                reason: Bool.random(using: &random) ? "a \"reason\"" : nil)
            #expect(try Self.again(figure) == figure, "seed \(seed)")
        }
    }

    @Test func `a measured quantity becomes a figure with all that belongs to it`() {
        let measured = Measured(Joules(3_600), plusMinus: Joules(36), method: .measuredPower, scope: .dram, flags: [.gap])
        #expect(
            measured.figure
                == Figure(value: 3_600, unit: "J", plusMinus: 36, method: "measured-power", scope: .dram, flags: [.gap]))
        let power = measured.map { $0 / .seconds(-10) }
        #expect(power.value == Watts(-360))
        #expect(power.plusMinus == Watts(3.6), "an interval has no sign")
        #expect(power.scope == .dram && power.flags == [.gap])
    }

    // MARK: Requests

    @Test func `a request's line has the keys that the description of the files names`() throws {
        let instant = Instant(nanoseconds: 5)
        var request = RequestTimeline(
            index: 1, promptID: "p", phase: .measure, outcome: .completed, error: "e", batch: 2, scheduled: instant, sent: instant,
            firstToken: instant, lastToken: instant, bodyEnd: instant, inputTokens: 3, outputTokens: 4, tokenSource: .worker,
            finishReason: "stop", anomalies: ["a": 1], chunks: [TokenChunk(instant: instant)])
        request.text = "an answer"
        let object = try Self.object(request)
        #expect(
            Set(object.keys) == [
                "index", "prompt_id", "phase", "outcome", "error", "batch", "scheduled_ns", "sent_ns", "first_token_ns", "last_token_ns",
                "body_end_ns", "input_tokens", "output_tokens", "token_source", "finish_reason", "anomalies",
            ])
        #expect(object["scheduled_ns"] as? Int == 5)
        #expect(object["phase"] as? String == "measure")
        #expect(object["outcome"] as? String == "completed")
        #expect(object["token_source"] as? String == "worker")
        request.text = nil
        request.chunks = []
        #expect(try Self.again(request) == request)
    }

    @Test func `latencies are those of the methodology, and absent where a stamp is missing`() throws {
        func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
        var request = RequestTimeline(
            index: 0, promptID: "p", phase: .measure, outcome: .completed, scheduled: at(0), sent: at(500), firstToken: at(700),
            lastToken: at(1_200), outputTokens: 7)
        // The golden stream of the methodology, 500 ms of queueing before the write.
        #expect(request.timeToFirstToken == .milliseconds(200))
        #expect(request.serviceLatency == .milliseconds(700))
        #expect(request.responseLatency == .milliseconds(1_200))
        #expect(abs(try #require(request.timePerOutputToken).milliseconds - 83.3) < 0.04)
        request.outputTokens = 1
        #expect(request.timePerOutputToken == nil)
        request.outputTokens = nil
        #expect(request.timePerOutputToken == nil)
        request.lastToken = nil
        #expect(request.responseLatency == nil && request.serviceLatency == nil)
        request.sent = nil
        #expect(request.timeToFirstToken == nil)
    }

    // MARK: Meters and states

    @Test(arguments: [nil, Duration.milliseconds(20), .microseconds(997), .seconds(1)] as [Duration?])
    func `a channel says its update period in seconds and comes back as it was`(period: Duration?) throws {
        let channel = MeterChannel(
            meter: "rapl", scope: .package, device: "package-0", name: "Package 0", kind: .counter, hasEnergy: true, hasPower: false,
            gain: 0.05, updatePeriod: period, note: "a note", countsInTotals: false)
        let object = try Self.object(channel)
        #expect(object["update_period_seconds"] as? Double == period?.seconds)
        #expect(object["kind"] as? String == "counter")
        #expect(object["counts_in_totals"] as? Bool == false)
        #expect(try Self.again(channel) == channel)
        let imported = MeterChannel(
            meter: "csv", scope: .node, device: "", name: "", kind: .imported, hasEnergy: false, hasPower: true, gain: 0)
        #expect(try Self.object(imported)["kind"] as? String == "import")
    }

    @Test func `a state comes back as it was`() throws {
        var state = RunState(
            status: .running, pid: 17, processStart: "12345", requestsPlanned: 10, updated: Instant(nanoseconds: 9_007_199_254_740_993))
        state.phases = [
            PhaseSpan(phase: .idleHost, start: Instant(nanoseconds: 1), end: Instant(nanoseconds: 2)),
            PhaseSpan(phase: .measure, start: Instant(nanoseconds: 2)),
        ]
        state.reason = "because"
        state.requestsDone = 3
        state.samplesLost = 2
        #expect(try Self.again(state) == state)
        let object = try Self.object(state)
        #expect(object["schema_version"] as? Int == 1)
        #expect(object["process_start"] as? String == "12345")
        #expect(object["updated_ns"] as? Int == 9_007_199_254_740_993)
        #expect((object["phases"] as? [[String: Any]])?.first?["phase"] as? String == "idle_host")
        #expect(state.phases[0].window == Instant(nanoseconds: 1)..<Instant(nanoseconds: 2))
        #expect(state.phases[1].window == nil, "a phase that has no end has no window")
        #expect(PhaseSpan(phase: .load, start: Instant(nanoseconds: 2), end: Instant(nanoseconds: 2)).window == nil)
    }

    @Test func `a ledger's entry keeps what is absent as null`() throws {
        let entry = LedgerEntry(
            scope: .gpu, device: "GPU-0", meter: "nvml", energy: nil, plusMinus: nil, meanPower: nil, peakPower: nil, method: .unavailable,
            flags: [.gap], reason: "gone", inTotal: true)
        let object = try Self.object(entry)
        for key in ["energy_joules", "plus_minus_joules", "mean_power_watts", "peak_power_watts"] { #expect(object[key] is NSNull) }
        #expect(try Self.again(entry) == entry)
    }

    @Test func `a scope that nobody measured has no total`() {
        #expect(
            Ledger(window: Instant(nanoseconds: 0)..<Instant(nanoseconds: 1), entries: [], totals: [:]).total(of: .gpu)
                == .absent(reason: "no meter covers the scope gpu"))
    }
}

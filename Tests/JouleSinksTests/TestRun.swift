import Foundation
import JouleModel
import JouleSinks
import JouleTestSupport
import JouleUnits

@testable import JouleSinks

/// A made-up run of two GPUs, with a folder of its own that is removed with it.
final class TestRun: Sendable {
    let folder: String
    let sent: SentRun

    init(
        name: String = "llama2, two GPUs", model: String = "meta-llama/Llama-2-7b-hf", status: RunState.Status = .completed,
        reason: String? = nil, parameters: [(name: String, value: String)] = [("backend.model", "meta-llama/Llama-2-7b-hf")]
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "joule-sinks-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(#"{"schema_version": 1}"#.utf8).write(to: URL(filePath: folder + "/summary.json"))
        var summary = Summary(
            runID: "exp_20261121_093000", name: name, model: model, status: status, startedAt: "2026-11-21T09:30:00Z", headlineScope: .gpu)
        summary.statusReason = reason
        summary.windowStartSeconds = 5
        summary.windowDurationSeconds = 40.2
        summary.requests = Summary.Requests(
            planned: 12, completed: 11, failed: 1, inputTokens: 1_536, outputTokens: 768, wastedTokens: 10, tokenSources: [:], errors: [:])
        summary.requests.outcomes = ["completed": 11, "rejected": 1]
        summary.figures = [
            "joules_per_output_token": Figure(
                value: 41.03, unit: "J/token", plusMinus: 2.06, method: "measured-counter", scope: .gpu),
            "mean_power": Figure(value: 783.9, unit: "W", plusMinus: 39.2, method: "measured-counter", scope: .gpu),
            "idle_share": Figure(value: 30.5, unit: "%", method: "measured-counter", scope: .gpu),
            "peak_power": .absent(unit: "W", scope: .gpu, reason: "no power reading"),
        ]
        summary.energies = [Self.energy(.gpu, 31_512, 1_580), Self.energy(.package, 5_668, 284)]
        summary.ledger = (0..<2).map { index in
            LedgerEntry(
                scope: .gpu, device: "GPU-\(index)", meter: "nvml", energy: Joules(15_756 + Double(index)), plusMinus: Joules(790),
                meanPower: Watts(392), peakPower: nil, method: .measuredCounter, flags: [], inTotal: true)
        }
        summary.gpus = (0..<2).map { Summary.GPUStatistics(index: $0, device: "GPU-\($0)", name: "NVIDIA H200 #\($0)") }
        summary.flags = [.init(.powerCapped, detail: "GPU 0"), .init(.implausible, detail: "GPU 1")]
        let origin = Instant(nanoseconds: 1_000_000_000_000)
        var system = RunEnvironment.OperatingSystem(name: "Debian GNU/Linux 12")
        system.hostname = "lab-3"
        var environment = RunEnvironment(
            joulebench: "0.1.0", cpu: .init(logicalCores: 64), memory: .init(totalBytes: nil, limitBytes: nil), system: system,
            start: ClockAnchor(monotonic: origin, unixSeconds: 1_795_253_400.25, bootNanoseconds: origin.nanoseconds))
        environment.end = ClockAnchor(
            monotonic: origin + .seconds(60), unixSeconds: 1_795_253_460.25, bootNanoseconds: origin.nanoseconds)
        let channel = MeterChannel(
            meter: "nvml", scope: .gpu, device: "GPU-0", name: "NVIDIA H200 #0", kind: .counter, hasEnergy: true, hasPower: true,
            gain: 0.05)
        var series = SampleSeries(channel: channel)
        for tick in 0..<600 {
            var sample = Sample(instant: origin + .milliseconds(100 * tick), status: .ok)
            sample.power = Watts(400 + Double(tick % 7))
            series.samples.append(sample)
        }
        let requests = (0..<12).map { index in
            var request = RequestTimeline(
                index: index, promptID: "p\(index)", phase: .measure, outcome: .completed, scheduled: origin + .seconds(5 + index))
            request.bodyEnd = origin + .seconds(5 + index) + .milliseconds(100 * (index + 1))
            request.lastToken = request.bodyEnd
            if index == 11 { request.outcome = .rejected }
            return request
        }
        var experiment = Experiment(name: name, backend: BackendSpec(kind: .pytorch, model: model))
        experiment.metrics.samplePeriod = .milliseconds(100)
        let recording = Recording(
            runID: summary.runID, experiment: experiment, environment: environment,
            state: RunState(status: status, pid: 1, processStart: nil, requestsPlanned: 12, updated: origin + .seconds(60)), process: nil,
            series: [series], requests: requests)
        sent = SentRun(
            summary: summary, recording: recording, parameters: parameters, digest: "d1935", directory: folder,
            files: [.init(name: "summary.json", path: folder + "/summary.json")])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func energy(_ scope: Scope, _ joules: Double, _ interval: Double) -> Summary.ScopeEnergy {
        func figure(_ value: Double, _ unit: String) -> Figure {
            Figure(value: value, unit: unit, plusMinus: interval, method: "measured-counter", scope: scope)
        }
        return Summary.ScopeEnergy(
            scope: scope, gross: figure(joules, "J"), netOverIdleHost: .absent(unit: "J", scope: scope, reason: "no idle phase"),
            netOverIdleLoaded: figure(joules / 2, "J"), idleHostPower: .absent(unit: "W", scope: scope, reason: "no idle phase"),
            idleLoadedPower: figure(200, "W"), meanPower: figure(joules / 40.2, "W"), peakPower: figure(joules / 30, "W"))
    }
}

/// What is thrown, as the failure that it must be.
func failure(_ body: () async throws -> Void) async throws -> Failure? {
    do {
        try await body()
        return nil
    } catch let failure as Failure {
        return failure
    }
}

extension LoopbackServer.Request {
    var json: JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(body)) }
    /// `POST /path`.
    var line: String { "\(method) \(path)" }
}

extension JSONValue {
    var list: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    var number: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
}

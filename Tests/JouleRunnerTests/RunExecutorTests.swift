import Foundation
import JouleAnalysis
import JouleBackends
import JouleMeters
import JouleModel
import JouleStore
import JouleUnits
import JouleWorkload
import Testing

@testable import JouleRunner

/// Whole runs in this process: a real child that speaks the worker's protocol, real sampling of the CPU model, real files.
struct RunExecutorTests {
    /// One run with its folder, and what it told while it went on.
    private final class Trial: Sendable {
        let folder: String
        let experiment: Experiment
        private let log = Guarded<[RunEvent]>([])

        /// - Parameter settings: of the stand-in worker, without their prefix.
        init(_ settings: [String: String] = [:], change: (inout Experiment) -> Void = { _ in }) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "joule-run-\(UUID().uuidString)").path
            // A machine whose only meters are the models: no /sys, the real /proc.
            try FileManager.default.createDirectory(atPath: folder + "/root", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: folder + "/root/proc", withDestinationPath: "/proc")
            let worker = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/stand_in_worker.py").path
            var backend = BackendSpec(kind: .command, model: "stand-in")
            let settings = ["TOKEN_MS": "2", "PREFILL_MS": "5"].merging(settings) { _, own in own }
            backend.command = ["env"] + settings.map { "STAND_IN_\($0)=\($1)" } + ["python3", "-u", worker]
            var experiment = Experiment(
                name: "trial", outputDirectory: folder + "/results", seed: 7, backend: backend,
                phases: PhasesSpec(
                    preset: .quick, idleHost: .milliseconds(250), idleLoaded: .milliseconds(250), warmupRequests: 2,
                    cooldown: .milliseconds(250)))
            experiment.scenario.sampleCount = 5
            experiment.scenario.batchSize = 2
            experiment.scenario.generation.maxNewTokens = 20
            experiment.metrics.meters = [MeterSelector(.model)]
            experiment.metrics.samplePeriod = .milliseconds(20)
            experiment.reporters = [.init(kind: .json), .init(kind: .html), .init(kind: .csv)]
            change(&experiment)
            self.experiment = experiment
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var events: [RunEvent] { log.withLock { $0 } }
        var phases: [Phase] { events.compactMap { if case .phase(let phase) = $0 { phase } else { nil } } }

        func run(_ onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }) async throws -> RunOutcome {
            let host = HostContext(root: HostRoot(path: folder + "/root"), variables: [:])
            let prepared = try await PreparedRun(
                experiment, host: host, installation: WorkerInstallation(environment: ["JOULEBENCH_CACHE": folder + "/cache"]))
            let executor = RunExecutor(prepared, version: "0.0-test") { [self] event in
                log.withLock { $0.append(event) }
                onEvent(event)
            }
            return try await executor.run()
        }
    }

    /// The figures computed once more, from nothing but the files.
    private static func recomputed(_ run: RunDirectory) throws -> (bytes: [UInt8], recording: Recording) {
        let recording = try RunResults.read(run)
        let written = try run.read(Summary.self, from: "summary.json")
        return (try JSONText.encode(RunAnalysis.summary(of: recording, ownCost: written.ownCost)), recording)
    }

    @Test func `a run goes through its phases, and its figures can be computed again to the byte`() async throws {
        let trial = try Trial()
        let outcome = try await trial.run()
        #expect(outcome.failure == nil)
        let run = outcome.directory
        let (bytes, recording) = try Self.recomputed(run)
        #expect(try FileSystem.read(run.file("summary.json")) == bytes)
        #expect(try JSONText.encode(outcome.summary) == bytes)

        // Phases: each begins where the one before it ends.
        let expected: [Phase] = [.idleHost, .load, .idleLoaded, .warmup, .measure, .cooldown]
        #expect(trial.phases == expected)
        let spans = recording.state.phases
        #expect(spans.map(\.phase) == expected)
        #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(spans.allSatisfy { $0.window != nil })
        for (phase, least) in [(Phase.idleHost, 0.25), (.idleLoaded, 0.25), (.cooldown, 0.25)] {
            #expect(try #require(recording.window(of: phase)).duration.seconds >= least)
        }
        #expect(recording.state.status == .completed)
        #expect(recording.state.requestsDone == 5)

        // Requests: their stamps in order, inside their phase.
        #expect(recording.requests.map(\.phase) == [.warmup, .warmup] + [Phase](repeating: .measure, count: 5))
        #expect(recording.requests.suffix(5).map(\.index) == [0, 1, 2, 3, 4])
        for request in recording.requests {
            let window = try #require(recording.window(of: request.phase))
            let stamps = [request.scheduled, request.sent, request.firstToken, request.lastToken, request.bodyEnd].compactMap(\.self)
            #expect(stamps.count == 5)
            #expect(stamps == stamps.sorted())
            #expect(window.lowerBound <= request.scheduled && stamps[4] <= window.upperBound)
            #expect(request.chunks.count == request.outputTokens)
        }
        #expect(outcome.summary.requests.completed == 5)
        #expect(outcome.summary.requests.outputTokens == recording.requests.suffix(5).compactMap(\.outputTokens).reduce(0, +))

        // Energy: of the model, and of every phase.
        let energy = try #require(outcome.summary.energies.first { $0.scope == .system })
        #expect(try #require(energy.gross.value) > 0)
        #expect(energy.gross.method == "modelled")
        #expect(energy.netOverIdleHost.value != nil && energy.netOverIdleLoaded.value != nil)
        #expect(recording.series.contains { !$0.channel.countsInTotals && $0.samples.contains { $0.status.isOK } }, "the worker's share")
        for name in ["report.html", "process_0.json", "experiment.json", "environment.json", "worker.stderr.log"] {
            #expect(FileSystem.exists(run.file(name)), "\(name)")
        }
        #expect(FileSystem.exists(trial.folder + "/results/results.csv"))
        #expect(!FileSystem.exists(run.file(".reserve")))
        #expect(recording.environment.versions["torch"] == "0.0-stand-in")
    }

    @Test func `a second run adds its row to the same table`() async throws {
        let trial = try Trial { $0.phases = .none }
        _ = try await trial.run()
        _ = try await trial.run()
        let table = String(decoding: try FileSystem.read(trial.folder + "/results/results.csv"), as: UTF8.self)
        #expect(table.split(separator: "\n").count == 3)
        #expect(table.hasPrefix("config_name"))
        #expect(table.split(separator: "\n")[0].hasSuffix("timestamp"))
    }

    @Test func `a cancelled run keeps what it has and says that it was interrupted`() async throws {
        // Two warm-up requests are one batch; of the measured batches the second never comes.
        let trial = try Trial(["HANG_AT": "3"])
        let reached = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await trial.run { event in
                if case .progress(let progress) = event, progress.phase == .measure { reached.continuation.yield() }
            }
        }
        for await _ in reached.stream { break }
        task.cancel()
        let outcome = try await task.value
        #expect(outcome.failure == nil)
        #expect(outcome.summary.status == .interrupted)
        #expect(outcome.summary.statusReason?.contains("in the phase measure after 2 of 5 requests") == true)
        let (bytes, recording) = try Self.recomputed(outcome.directory)
        #expect(try FileSystem.read(outcome.directory.file("summary.json")) == bytes)
        let measured = recording.requests.filter { $0.phase == .measure }
        #expect(measured.prefix(2).allSatisfy { $0.outcome == .completed })
        // The batch that was under way, if it had been sent when the cancellation came.
        #expect(measured.dropFirst(2).allSatisfy { $0.outcome == .cancelled && [2, 3].contains($0.index) })
        #expect(recording.state.status == .interrupted)
        #expect(recording.window(of: .measure) != nil)
        #expect(try #require(outcome.summary.energies.first { $0.scope == .system }?.gross.value) > 0)
    }

    @Test func `a worker that dies leaves its requests, its last words and a status`() async throws {
        let trial = try Trial(["DIE_AT": "3"])
        let outcome = try await trial.run()
        let failure = try #require(outcome.failure)
        #expect(failure.code == "worker.died")
        #expect(failure.message.contains("exit code 9"))
        let (bytes, recording) = try Self.recomputed(outcome.directory)
        #expect(try FileSystem.read(outcome.directory.file("summary.json")) == bytes)
        #expect(recording.state.status == .failed)
        #expect(recording.state.reason?.contains("worker.died") == true)
        let measured = recording.requests.filter { $0.phase == .measure }
        #expect(measured.map(\.outcome) == [.completed, .completed, .failed, .failed])
        #expect(recording.process?.lastErrorLines.last == "MemoryError: scripted")
    }

    @Test func `a prompt that fails is a failed request and the run goes on`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-prompts-\(UUID().uuidString).txt").path
        try "one\nplease FAIL\nthree\n".write(toFile: folder, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let trial = try Trial {
            $0.scenario.datasetName = folder
            $0.scenario.sampleCount = 3
            $0.phases = .none
        }
        let outcome = try await trial.run()
        #expect(outcome.failure == nil)
        #expect(outcome.summary.status == .completed)
        #expect(outcome.summary.requests.completed == 2)
        #expect(outcome.summary.requests.failed == 1)
        #expect(outcome.recording.requests.map(\.outcome) == [.completed, .failed, .completed])
        #expect(outcome.recording.requests[1].error?.contains("request.out-of-memory") == true)
    }

    @Test func `a result that the worker forgets is a failed request`() async throws {
        let trial = try Trial(["FORGET_AT": "1"]) { $0.phases = .none }
        let outcome = try await trial.run()
        #expect(outcome.recording.requests.map(\.outcome) == [.completed, .failed, .completed, .completed, .completed])
        #expect(outcome.recording.requests[1].error?.isEmpty == false)
    }

    @Test(arguments: [("RUBBISH_AT", "1", "worker.protocol"), ("LOAD_ERROR", "model.not-found", "model.not-found")])
    func `what ends the run before its first answer is its failure`(setting: String, value: String, code: String) async throws {
        let trial = try Trial([setting: value]) { $0.phases = .none }
        let outcome = try await trial.run()
        #expect(outcome.failure?.code == code)
        #expect(outcome.summary.status == .failed)
        #expect(outcome.summary.requests.completed == 0)
        let (bytes, _) = try Self.recomputed(outcome.directory)
        #expect(try FileSystem.read(outcome.directory.file("summary.json")) == bytes)
    }

    @Test func `answers are kept apart when they are asked for`() async throws {
        let trial = try Trial {
            $0.scenario.saveOutputs = true
            $0.phases.idleHost = .zero
            $0.phases.idleLoaded = .zero
            $0.phases.cooldown = .zero
        }
        let outcome = try await trial.run()
        let lines = try outcome.directory.readText("outputs.jsonl").split(separator: "\n")
        #expect(lines.count == 5, "of measured requests only")
        #expect(lines.allSatisfy { $0.contains("word0") })
        #expect(!(try outcome.directory.readText("requests.jsonl")).contains("word0"))
    }
}

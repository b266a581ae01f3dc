import Foundation
import JouleConfiguration
import JouleModel
import JouleStore
import JouleUnits
import Testing

@testable import JouleRunner

/// Results handed to reporters, from a folder as a run leaves it.
struct ReporterDeliveryTests {
    /// A finished run in a folder of its own.
    private final class Finished: Sendable {
        let folder: String
        let directory: RunDirectory
        let delivery: ReporterDelivery

        init(_ reporters: (String) -> [ReporterSpec], kind: BackendSpec.Kind = .vllm, requests: [RequestTimeline] = []) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "joule-report-\(UUID().uuidString)").path
            var experiment = Experiment(
                name: "trial", outputDirectory: folder + "/results", backend: BackendSpec(kind: kind, model: "m"))
            experiment.reporters = reporters(folder)
            experiment.backend.server.headers = ["Authorization": "Bearer sk-do-not-print-me"]
            directory = try RunDirectory.create(in: experiment.outputDirectory, unixSeconds: 1_795_253_400)
            try directory.write(
                text: ExperimentRecord(experiment: experiment, promptsDigest: "abc").json(), to: "experiment.json")
            try directory.write(text: "<html>the page</html>", to: "report.html")
            let environment = RunEnvironment(
                joulebench: "0.0-test", cpu: .init(logicalCores: 2), memory: .init(totalBytes: nil, limitBytes: nil),
                system: .init(name: "Linux"),
                start: ClockAnchor(monotonic: Instant(nanoseconds: 0), unixSeconds: 1_795_253_400, bootNanoseconds: 0))
            let state = RunState(status: .completed, pid: 1, processStart: nil, requestsPlanned: 0, updated: Instant(nanoseconds: 9))
            let recording = Recording(
                runID: directory.id, experiment: experiment, environment: environment, state: state, process: nil, series: [],
                requests: requests)
            let summary = Summary(
                runID: directory.id, name: "trial", model: "m", status: .completed, startedAt: "2026-11-21T09:30:00Z", headlineScope: .gpu)
            delivery = ReporterDelivery(directory: directory, summary: summary, recording: recording, variables: [:])
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
        var record: ReporterRecord { get throws { try directory.read(ReporterRecord.self, from: ReporterRecord.file) } }
    }

    private static func request(_ index: Int, chunks: Bool = true) -> RequestTimeline {
        func instant(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: (1_000 + 100 * Int64(index) + milliseconds) * 1_000_000) }
        var request = RequestTimeline(
            index: index, promptID: "p\(index)", phase: .measure, outcome: .completed, scheduled: instant(0))
        (request.sent, request.inputTokens, request.outputTokens) = (instant(0), 12, 3)
        (request.lastToken, request.bodyEnd) = (instant(40), instant(41))
        if chunks {
            request.chunks = [20, 30, 40].map { TokenChunk(instant: instant($0), tokens: 1, kind: .output) }
        }
        return request
    }

    @Test func `every reporter of a file writes its usual one`() async throws {
        let kinds: [ReporterSpec.Kind] = [.json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm]
        let run = try Finished({ _ in kinds.map { ReporterSpec(kind: $0) } }, requests: [Self.request(0), Self.request(1)])
        #expect(await run.delivery.deliver() == [])
        let beside = try FileManager.default.contentsOfDirectory(atPath: run.folder + "/results").sorted()
        #expect(beside == ["emissions.csv", "raw", "results.csv", "results.jsonl"])
        #expect(try run.directory.readText("report.md").hasPrefix("## trial\n"))
        let vllm = try run.directory.read(JSONValue.self, from: "vllm.json")
        #expect(vllm["completed"] == .integer(2) && vllm["request_rate"] == .string("inf"))
        #expect(vllm["input_lens"] == .array([.integer(12), .integer(12)]))
        #expect(vllm["mean_ttft_ms"] == .integer(20) && vllm["p95_ttft_ms"] == .integer(20))
        let record = try run.record
        #expect(record.reporters.map(\.type) == kinds.map(\.rawValue))
        #expect(record.reporters.allSatisfy { $0.status == .delivered })
    }

    @Test func `every reporter of a file writes where it is told to`() async throws {
        let kinds: [ReporterSpec.Kind] = [.json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm]
        let run = try Finished(
            { folder in kinds.map { ReporterSpec(kind: $0, outputFile: "\(folder)/out/\($0.rawValue)") } }, requests: [Self.request(0)])
        #expect(await run.delivery.deliver() == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder + "/out").sorted() == kinds.map(\.rawValue).sorted())
        #expect(try run.text("out/html") == "<html>the page</html>")
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder + "/results") == ["raw"])
        // The run keeps its own copy of what the next run may write over.
        #expect(try run.directory.readText("report.md") == (try run.text("out/markdown")))
        #expect(try run.directory.readText("vllm.json") == (try run.text("out/vllm")))
    }

    @Test func `a line holds the whole summary, what was asked for and its digests, and no secret`() async throws {
        let run = try Finished { _ in [ReporterSpec(kind: .jsonl), ReporterSpec(kind: .markdown)] }
        #expect(await run.delivery.deliver() == [])
        #expect(await run.delivery.deliver() == [])
        let text = try run.text("results/results.jsonl")
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        let line = try JSONText.decode(RunLine.self, from: Array(lines[0].utf8), path: "results.jsonl")
        #expect(line.schemaVersion == 1 && line.id == run.directory.id)
        #expect(line.summary == run.delivery.summary)
        #expect(line.digest == ConfigurationRenderer.digest(of: run.delivery.recording.experiment) && line.promptsDigest == "abc")
        #expect(line.experiment["backend"]?["type"] == .string("vllm"))
        #expect(!text.contains("sk-do-not-print-me"))
        let page = try run.directory.readText("report.md")
        #expect(page.contains(line.digest) && !page.contains("sk-do-not-print-me"))
    }

    @Test func `a page of many runs has a section for each`() async throws {
        let run = try Finished { [ReporterSpec(kind: .markdown, outputFile: $0 + "/notes.md")] }
        try FileSystem.write("# My notes\n", to: run.folder + "/notes.md")
        for _ in 0..<2 { #expect(await run.delivery.deliver() == []) }
        let page = try run.text("notes.md")
        #expect(page.hasPrefix("# My notes\n\n## trial\n"))
        #expect(page.ranges(of: "\n## trial\n").count == 2)
    }

    @Test func `a reporter that cannot write is told of and written down, and the others get theirs`() async throws {
        let run = try Finished { folder in
            [
                ReporterSpec(kind: .csv, outputFile: folder + "/file/below.csv"), ReporterSpec(kind: .jsonl, outputFile: folder),
                ReporterSpec(kind: .markdown),
            ]
        }
        try FileSystem.write("a file", to: run.folder + "/file")
        let failures = await run.delivery.deliver()
        #expect(failures.map(\.code) == ["reporter.file", "reporter.file"])
        for (failure, place) in zip(failures, [run.folder + "/file/below.csv", run.folder]) {
            #expect(failure.message.hasSuffix("did not write \(place)"))
            #expect(failure.remedy?.contains(run.directory.path) == true && failure.cause != nil)
        }
        #expect(FileSystem.exists(run.directory.file("report.md")))
        let record = try run.record
        #expect(record.reporters.map(\.status) == [.failed, .failed, .delivered])
        #expect(record.reporters[0].code == "reporter.file" && record.reporters[0].remedy == failures[0].remedy)
    }

    @Test func `a cut line of an earlier run is removed and noted`() async throws {
        let run = try Finished { [ReporterSpec(kind: .jsonl, outputFile: $0 + "/runs.jsonl")] }
        try FileSystem.write("{\"id\":\"exp_1\"}\n{\"id\":\"ex", to: run.folder + "/runs.jsonl")
        #expect(await run.delivery.deliver() == [])
        #expect(try run.text("runs.jsonl").hasPrefix("{\"id\":\"exp_1\"}\n{\"digest\":"))
        #expect(try run.record.reporters[0].note?.contains("cut off") == true)
    }

    @Test(arguments: [true, false])
    func `a result of vLLM's tool is not made of nothing`(hasRequests: Bool) async throws {
        let run = try Finished({ _ in [ReporterSpec(kind: .vllm)] }, requests: hasRequests ? [Self.request(0, chunks: false)] : [])
        let failures = await run.delivery.deliver()
        #expect(failures.map(\.code) == [hasRequests ? "reporter.no-stream" : "reporter.no-requests"])
        #expect(!FileSystem.exists(run.directory.file("vllm.json")))
    }
}

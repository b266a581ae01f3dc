import JouleConfiguration
import JouleModel
import JouleReport
import JouleSinks
import JouleStore

/// Hands the results of a run to the reporters that its experiment names.
///
/// Done once, when the run ends: a table of runs must not get a row for every look at them. A reporter that fails takes nothing from the
/// run, whose own files are written by then, nor from the reporters after it.
struct ReporterDelivery: Sendable {
    let directory: RunDirectory
    let summary: Summary
    let recording: Recording
    /// Of the environment: keys and addresses of services.
    let variables: [String: String]

    /// Tries every reporter, and writes down what became of each.
    ///
    /// - Returns: what went wrong, with a remedy each.
    func deliver() async -> [Failure] {
        var entries: [ReporterRecord.Entry] = []
        var failures: [Failure] = []
        for reporter in recording.experiment.reporters {
            let (type, destination) = (reporter.kind.rawValue, destination(of: reporter))
            do throws(Failure) {
                entries.append(ReporterRecord.Entry(type: type, destination: destination, note: try await deliver(to: reporter)))
            } catch {
                let failure = error.code.hasPrefix("store.") ? unwritten(reporter, error) : error
                failures.append(failure)
                entries.append(ReporterRecord.Entry(type: type, destination: destination, failure: failure))
            }
        }
        guard !entries.isEmpty else { return failures }
        do throws(Failure) {
            try directory.write(ReporterRecord(reporters: entries), to: ReporterRecord.file)
        } catch {
            failures.append(error)
        }
        return failures
    }

    /// - Returns: what else there is to know, for `reporters.json`.
    private func deliver(to reporter: ReporterSpec) async throws(Failure) -> String? {
        switch reporter.kind {
        case .json:
            if let file = reporter.outputFile { try write(try JSONText.encode(summary), to: file) }
        case .html:
            if let file = reporter.outputFile { try write(try FileSystem.read(directory.file("report.html")), to: file) }
        case .csv:
            try RowTable.append(RunRow.columns(for: summary, recording: recording), to: file(of: reporter, orBesideRuns: "results.csv"))
        case .codecarbon:
            let columns = CodeCarbonRow.columns(for: summary, recording: recording)
            try EmissionsTable.append(columns, to: emissions(of: reporter))
        case .jsonl:
            let line = try JSONText.encodeLine(try runLine())
            return try GrowingFile.appendLine(line, to: file(of: reporter, orBesideRuns: "results.jsonl"))
        case .markdown:
            let section = MarkdownReport.section(
                summary, recording: recording, digests: try input().digests,
                configuration: ConfigurationRenderer.yaml(recording.experiment))
            try directory.write(text: section, to: "report.md")
            if let page = reporter.outputFile { try GrowingFile.appendSection(section, to: page) }
        case .vllm:
            let json = try vllmResult().json
            try directory.write(text: json, to: "vllm.json")
            if let file = reporter.outputFile { try write(Array(json.utf8), to: file) }
        case .mlflow, .wandb, .clickhouse, .prometheus:
            let sink = try Sinks.sink(for: reporter, variables: variables)
            return try await sink?.send(SentRun(directory, summary: summary, recording: recording))
        }
        return nil
    }

    private func runLine() throws(Failure) -> RunLine {
        let (digests, experiment) = try input()
        return RunLine(summary: summary, experiment: experiment, digests: digests)
    }

    /// What the run was asked for, as it is written down.
    private func input() throws(Failure) -> (digests: RunDigests, experiment: JSONValue) {
        let record = try directory.read(JSONValue.self, from: "experiment.json")
        func text(_ key: String) -> String? { if case .string(let text)? = record[key] { text } else { nil } }
        guard let digest = text("digest"), let experiment = record["experiment"] else {
            throw Failure("store.decode", "\(directory.file("experiment.json")) is no record of an experiment")
        }
        let digests = RunDigests(configuration: digest, prompts: text("prompts_sha256"), arrivals: text("arrivals_sha256"))
        return (digests, experiment)
    }

    /// With the arrays of every request, as `--save-detailed` gives them.
    private func vllmResult() throws(Failure) -> VLLMResult {
        guard var result = VLLMResult(summary, recording: recording) else {
            throw Failure(
                "reporter.no-requests", "no request was sent, and `vllm bench serve` describes nothing else",
                remedy: "see \(directory.file("summary.json")) for how the run ended")
        }
        let completed = result.requests.filter(\.succeeded)
        if !completed.isEmpty, completed.allSatisfy({ $0.timeToFirstToken == nil }) {
            throw Failure(
                "reporter.no-stream", "no answer was a stream, and `vllm bench serve` takes its latencies from streams",
                remedy: "use a server that streams, or reporter: jsonl for what was measured")
        }
        result.isDetailed = true
        result.percentiles = [50, 90, 95, 99]
        return result
    }

    /// A file that gathers many runs stands beside them, in the folder of the results.
    private func file(of reporter: ReporterSpec, orBesideRuns name: String) -> String {
        reporter.outputFile ?? recording.experiment.outputDirectory + "/" + name
    }

    /// `metrics.output_dir` is where CodeCarbon would put its file.
    private func emissions(of reporter: ReporterSpec) -> String {
        guard let folder = recording.experiment.metrics.outputDirectory else { return file(of: reporter, orBesideRuns: "emissions.csv") }
        return reporter.outputFile ?? folder + "/emissions.csv"
    }

    private func write(_ bytes: [UInt8], to file: String) throws(Failure) {
        try FileSystem.createFolder(of: file)
        try FileSystem.write(bytes, to: file)
    }

    /// The file or the service that a reporter writes to; nil where that is the run's own folder.
    private func destination(of reporter: ReporterSpec) -> String? {
        switch reporter.kind {
        case .json, .html, .markdown, .vllm: reporter.outputFile
        case .csv: file(of: reporter, orBesideRuns: "results.csv")
        case .jsonl: file(of: reporter, orBesideRuns: "results.jsonl")
        case .codecarbon: emissions(of: reporter)
        case .mlflow, .wandb, .clickhouse, .prometheus:
            (try? Sinks.sink(for: reporter, variables: variables))?.destination ?? reporter.url
        }
    }

    private func unwritten(_ reporter: ReporterSpec, _ failure: Failure) -> Failure {
        let file = destination(of: reporter) ?? directory.path
        return Failure(
            failure.code == "store.disk-full" ? failure.code : "reporter.file",
            "the reporter `\(reporter.kind.rawValue)` did not write \(file)",
            cause: [failure.message, failure.cause].compactMap(\.self).joined(separator: ": "),
            remedy: "the run is kept in \(directory.path); make room or give the right to write there, or name another `output_file`")
    }
}

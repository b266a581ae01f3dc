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
                let failure = reporter.kind.isFile ? unwritten(reporter, error) : error
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
            try EmissionsTable.append(columns, to: file(of: reporter, orBesideRuns: "emissions.csv"))
        case .jsonl, .markdown, .vllm:
            // Not reached: the decoder refuses what is in `Shape<ReporterSpec>.later`.
            throw Failure("reporter.not-available", "the reporter `\(reporter.kind.rawValue)` is not available in this version")
        case .mlflow, .wandb, .clickhouse, .prometheus:
            let sink = try Sinks.sink(for: reporter, variables: variables)
            return try await sink?.send(SentRun(directory, summary: summary, recording: recording))
        }
        return nil
    }

    /// A file that gathers many runs stands beside them, in the folder of the results.
    private func file(of reporter: ReporterSpec, orBesideRuns name: String) -> String {
        reporter.outputFile ?? recording.experiment.outputDirectory + "/" + name
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
        case .codecarbon: file(of: reporter, orBesideRuns: "emissions.csv")
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

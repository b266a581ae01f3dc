import JouleAnalysis
import JouleConfiguration
import JouleModel
import JouleReport
import JouleStore
import JouleUnits

/// From the files of a run to its figures: everything is computed from what was written down, and can be computed again.
package enum RunResults {
    /// Reads a run's files back.
    package static func read(_ directory: RunDirectory) throws -> Recording {
        let experiment = try ExperimentRecord.parse(try directory.readText("experiment.json"), file: directory.file("experiment.json"))
            .experiment
        let environment = try directory.read(RunEnvironment.self, from: "environment.json")
        let state = try directory.read(RunState.self, from: "state.json")
        let process =
            FileSystem.exists(directory.file("process_0.json")) ? try directory.read(ProcessResult.self, from: "process_0.json") : nil
        let (series, requests, notes) = try directory.readRecords(channels: environment.meters)
        return Recording(
            runID: directory.id, experiment: experiment, environment: environment, state: state, process: process, series: series,
            requests: requests, notes: notes)
    }

    /// Computes the summary and writes `process_0.json`, `summary.json`, `report.html` and the rows of the reporters.
    static func write(
        _ directory: RunDirectory, process: inout ProcessResult, ownCost: [String: Double]
    ) throws -> (summary: Summary, recording: Recording) {
        var recording = try read(directory)
        recording.process = process
        let summary = RunAnalysis.summary(of: recording, ownCost: ownCost)
        complete(&process, recording: recording, summary: summary)
        recording.process = process
        try directory.write(process, to: "process_0.json")
        try directory.write(summary, to: "summary.json")
        for reporter in recording.experiment.reporters {
            switch reporter.kind {
            case .json:
                if let file = reporter.outputFile { try FileSystem.write(try JSONText.encode(summary), to: file) }
            case .html:
                let page = HTMLReport.render(
                    summary: summary, recording: recording, configuration: ConfigurationRenderer.yaml(recording.experiment))
                try directory.write(text: page, to: "report.html")
                if let file = reporter.outputFile { try FileSystem.write(page, to: file) }
            case .csv:
                let columns = RunRow.columns(for: summary, recording: recording)
                try RowTable.append(columns, to: reporter.outputFile ?? recording.experiment.outputDirectory + "/results.csv")
            }
        }
        return (summary, recording)
    }

    /// The worker's own totals, from its requests in the measured phase.
    private static func complete(_ process: inout ProcessResult, recording: Recording, summary: Summary) {
        let measured = recording.requests.filter { $0.phase == .measure }
        process.start = measured.compactMap(\.sent).min()
        process.end = measured.compactMap(\.bodyEnd).max()
        process.inputTokens = measured.compactMap(\.inputTokens).reduce(0, +)
        process.outputTokens = measured.compactMap(\.outputTokens).reduce(0, +)
        if let start = process.start, let end = process.end, end > start {
            let seconds = (end - start).seconds
            process.inferenceSeconds = seconds
            process.tokensPerSecond = Double(process.outputTokens) / seconds
        }
        let latencies = measured.filter { $0.outcome == .completed }.compactMap(\.serviceLatency?.seconds)
        process.meanLatencySeconds = latencies.isEmpty ? nil : latencies.reduce(0, +) / Double(latencies.count)
        for energy in summary.energies { process.energyByScope[energy.scope.rawValue] = energy.gross }
    }
}

import JouleAnalysis
import JouleConfiguration
import JouleModel
import JouleReport
import JouleStore
import JouleUnits

/// From the files of a run to its figures: everything is computed from what was written down, and can be computed again.
package enum RunResults {
    /// The weights of prefill and decode that the run's attribution uses, where a study has found them: a copy, so that a later fit does not
    /// change what was computed.
    package static let fitFile = "fit.json"
    /// The configuration of the model, from which operations are counted.
    static let modelConfigurationFile = "model_config.json"

    /// Reads a run's files back.
    package static func read(_ directory: RunDirectory) throws -> Recording {
        let experiment = try ExperimentRecord.parse(try directory.readText("experiment.json"), file: directory.file("experiment.json"))
            .experiment
        let environment = try directory.read(RunEnvironment.self, from: "environment.json")
        let state = try directory.read(RunState.self, from: "state.json")
        let (series, requests, notes) = try directory.readRecords(channels: environment.meters)
        let (serverMetrics, cut) = try directory.readServerMetrics()
        return Recording(
            runID: directory.id, experiment: experiment, environment: environment, state: state,
            process: ProcessResult.together(try processes(of: directory)), series: series, requests: requests,
            serverMetrics: serverMetrics, client: try directory.readIfPresent(ClientReport.self, from: "client.json"),
            carbon: try directory.readIfPresent(CarbonRecord.self, from: CarbonRecord.file),
            modelConfiguration: try directory.readIfPresent(ModelConfiguration.self, from: modelConfigurationFile),
            keptModel: try directory.readIfPresent(KeptModel.self, from: KeptModel.file), notes: notes + cut)
    }

    /// Computes everything that follows from the recording of a run, and writes it into its folder: `summary.json`, `attribution.jsonl`,
    /// `report.html`, the totals of `process_0.json`. The same recording gives the same bytes.
    ///
    /// - Parameter analysis: other settings than those of the run, whose record is then written beside; without them the figures go back
    ///   to the run's own, and that record goes away.
    @discardableResult
    package static func write(
        _ directory: RunDirectory, as analysis: Reanalysis? = nil
    ) throws -> (summary: Summary, recording: Recording, idleHost: IdleHostBaseline?) {
        var recording = try read(directory)
        try apply(analysis, to: &recording, of: directory)
        let fit = try directory.readIfPresent(EnergyFit.self, from: fitFile).map { StoredFit($0, file: fitFile) }
        let result = RunAnalysis.result(of: recording, ownCost: recording.environment.ownCost ?? [:], fit: fit)
        let summary = result.summary
        var processes = try processes(of: directory)
        for number in processes.indices {
            complete(&processes[number], of: processes.count, recording: recording, summary: summary)
            try directory.write(processes[number], to: processFile(number))
        }
        recording.process = ProcessResult.together(processes)
        try directory.write(summary, to: "summary.json")
        let finished = recording
        let parts: [@Sendable () -> Result<Void, Failure>] = [
            { attempt { () throws(Failure) in try writeAttribution(result.requestEnergies, to: directory) } },
            { attempt { () throws(Failure) in try writeReport(summary, finished, to: directory) } },
        ]
        for outcome in parts.concurrentMap({ $0() }) { try outcome.get() }
        return (summary, recording, result.idleHost)
    }

    private static func apply(_ analysis: Reanalysis?, to recording: inout Recording, of directory: RunDirectory) throws(Failure) {
        guard let analysis else { return try FileSystem.remove(directory.file(Reanalysis.file)) }
        recording.experiment = analysis.experiment
        recording.carbon = analysis.carbon
        recording.notes.append("computed with \(analysis.settings.joined(separator: ", ")) in the place of the run's own settings")
        try directory.write(text: ExperimentRecord(experiment: analysis.experiment).json(), to: Reanalysis.file)
    }

    private static func attempt(_ work: () throws(Failure) -> Void) -> Result<Void, Failure> {
        do throws(Failure) { return .success(try work()) } catch { return .failure(error) }
    }

    private static func writeAttribution(_ energies: [RequestEnergy], to directory: RunDirectory) throws(Failure) {
        guard !energies.isEmpty else { return }
        var lines: [UInt8] = []
        for energy in energies { lines += try JSONText.encodeLine(energy) }
        try FileSystem.write(lines, to: directory.file("attribution.jsonl"))
    }

    private static func writeReport(_ summary: Summary, _ recording: Recording, to directory: RunDirectory) throws(Failure) {
        guard recording.experiment.reporters.contains(where: { $0.kind == .html }) else { return }
        let page = HTMLReport.render(
            summary: summary, recording: recording, configuration: ConfigurationRenderer.yaml(recording.experiment))
        try directory.write(text: page, to: "report.html")
    }

    /// Hands the results to the reporters that the experiment names. Done once, when the run ends: a table of runs must not get a row
    /// for every look at them.
    static func report(_ directory: RunDirectory, summary: Summary, recording: Recording) throws {
        for reporter in recording.experiment.reporters {
            switch reporter.kind {
            case .json:
                if let file = reporter.outputFile { try FileSystem.write(try JSONText.encode(summary), to: file) }
            case .html:
                if let file = reporter.outputFile { try FileSystem.write(try directory.readText("report.html"), to: file) }
            case .csv:
                let columns = RunRow.columns(for: summary, recording: recording)
                try RowTable.append(columns, to: reporter.outputFile ?? recording.experiment.outputDirectory + "/results.csv")
            case .codecarbon:
                let columns = CodeCarbonRow.columns(for: summary, recording: recording)
                try EmissionsTable.append(columns, to: reporter.outputFile ?? recording.experiment.outputDirectory + "/emissions.csv")
            }
        }
    }

    static func processFile(_ number: Int) -> String { "process_\(number).json" }

    /// What each worker wrote of itself; none where no worker ran.
    private static func processes(of directory: RunDirectory) throws -> [ProcessResult] {
        var processes: [ProcessResult] = []
        while let process = try directory.readIfPresent(ProcessResult.self, from: processFile(processes.count)) {
            processes.append(process)
        }
        return processes
    }

    /// The worker's own totals, from its requests in the measured phase.
    private static func complete(_ process: inout ProcessResult, of count: Int, recording: Recording, summary: Summary) {
        let number = process.processIndex
        let measured = recording.requests.filter { $0.phase == .measure && ($0.process == nil || $0.process == number) }
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
        // The meters see devices. What several workers drew together is said once, for the run, and is no single one's.
        guard count == 1 else { return }
        for energy in summary.energies { process.energyByScope[energy.scope.rawValue] = energy.gross }
        guard let compute = summary.compute else { return }
        process.flopsTotal = compute.flops.value
        process.flopsPerToken = compute.flopsPerToken.value
        process.flopsPerSecond = compute.flopsPerSecond.value
        process.flopsMethod = compute.method?.rawValue
        process.flopsConfidence = compute.confidence?.rawValue
        process.computePrecision = compute.precision
    }
}

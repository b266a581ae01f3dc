import ArgumentParser
import Foundation
import JouleAnalysis
import JouleConfiguration
import JouleModel
import JouleReport
import JouleRunner
import JouleStore

struct FitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Prefill and decode energy per token, fitted over several runs.",
        discussion: """
            Least squares of E = P0·T + α·uncached prompt tokens + β·output tokens over the windows of the runs, no coefficient below zero. The \
            runs must differ in what they ask: configs/fit_prefill_decode.yaml makes such runs. The fit is kept below the results and used \
            by the attribution of later runs of the same model, device and precision.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var results: ResultsOptions
    @OptionGroup var meterOptions: MeterOptions

    @Argument(help: ArgumentHelp("Runs by folder or id, a study, or a configuration with a sweep, which is run first.", valueName: "run"))
    var runs: [String]

    @Flag(name: .long, help: "Fit net energy (over the loaded idle) without a constant power.")
    var net = false

    @Option(name: .long, help: ArgumentHelp("Write the fit here rather than below the results.", valueName: "file"))
    var output: String?

    @Option(name: .long, help: ArgumentHelp("Set one key of the configuration.", valueName: "key=value"))
    var set: [String] = []

    @Flag(name: .long, help: "Print the fit as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            var found: [(member: String, run: RunDirectory)] = []
            var status = ExitStatus.success
            var folder = results.resultsDirectory ?? "results"
            if runs.count == 1, [".yaml", ".yml", ".json"].contains(where: runs[0].hasSuffix) {
                let (study, directory) = try load(runs[0], console)
                folder = directory
                let (summary, runStatus) = try await StudyConsole(
                    study, meterOptions: meterOptions, console: console, log: try global.logger(), json: false
                ).execute()
                if runStatus >= 128 { return runStatus }
                status = runStatus
                for row in summary.rows where row.failure == nil {
                    if let id = row.runID { found.append((row.member, try StoredRuns.find(id, results: folder))) }
                }
            } else {
                for name in runs {
                    if let members = try StoredRuns.runs(ofStudy: name, results: folder) {
                        found += members
                    } else {
                        let run = try StoredRuns.find(name, results: folder)
                        found.append((run.id, run))
                    }
                }
            }
            let fit = try fit(try found.map { ($0.member, try RunResults.read($0.run)) })
            let path = output ?? StoredRuns.fitPath(model: fit.model, results: folder)
            if let slash = path.lastIndex(of: "/") { try FileSystem.createDirectory(String(path[..<slash])) }
            try FileSystem.write(try JSONText.encode(fit), to: path)
            if json {
                console.result(String(decoding: try JSONText.encode(fit), as: UTF8.self))
            } else {
                console.result(FitText.render(fit, width: min(console.width, 100), color: console.outputColor))
                console.result(path)
            }
            return status
        }
    }

    private func load(_ file: String, _ console: Console) throws -> (LoadedStudy, String) {
        var overrides = set
        if let directory = results.resultsDirectory { overrides.append("output_dir=\(YAMLScalar.quoted(directory))") }
        let loader = ConfigurationLoader(environment: ProcessInfo.processInfo.environment)
        guard case .study(let study) = try loader.loadStudy(file, overrides: overrides), !study.isRepetition else {
            throw Failure(
                "fit.rank", "`\(file)` describes one run, which cannot tell prefill from decode",
                remedy: "give it a `sweep` of several loads, as configs/fit_prefill_decode.yaml has it")
        }
        study.warnings.forEach(console.warning)
        return (study, study.study.members.first?.experiment.outputDirectory ?? "results")
    }

    private func fit(_ runs: [(label: String, recording: Recording)]) throws -> EnergyFit {
        let recordings = runs.map(\.recording)
        let subjects = Set(recordings.map { EnergyFit.Subject($0) })
        guard let subject = subjects.first else { throw Failure("fit.no-runs", "no run has completed, so there is nothing to fit") }
        guard subjects.count == 1 else {
            let names = subjects.map { "\($0.model) on \($0.device), \($0.precision)" }.sorted()
            throw Failure(
                "fit.subjects", "the runs are of different models, devices or precisions", cause: names.joined(separator: "\n"),
                remedy: "fit each of them alone")
        }
        let observations = try runs.map { try EnergyFit.Observation($0.recording, isNet: net, label: $0.label) }
        let scopes = Set(recordings.map { RunAnalysis.summary(of: $0, ownCost: [:]).headlineScope })
        guard let scope = scopes.first, scopes.count == 1 else {
            throw Failure("fit.scopes", "the runs were metered at different scopes", remedy: "fit runs with the same meters")
        }
        return try EnergyFit(fitting: observations, for: subject, scope: scope, hasBaseline: !net)
    }
}

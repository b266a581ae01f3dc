import ArgumentParser
import Foundation
import JouleBackends
import JouleConfiguration
import JouleModel
import JouleProcess
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits
import JouleWorkload

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run an experiment: prints the summary, writes the run directory and the report.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var results: ResultsOptions
    @OptionGroup var meterOptions: MeterOptions

    @Argument(help: ArgumentHelp("Configuration file, YAML or JSON.", valueName: "config"))
    var config: String

    @Option(name: .long, help: ArgumentHelp("Set one key, such as `scenario.num_samples=20`; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("Take the prompts from this .txt or .jsonl file.", valueName: "file"))
    var prompts: String?

    @Flag(name: .long, help: "Check everything and show what would be run; run nothing.")
    var dryRun = false

    @Option(name: .long, help: ArgumentHelp("Run this many times; overrides `repetitions`.", valueName: "n"))
    var `repeat`: Int?

    @Option(name: .long, help: ArgumentHelp("Lengths of the phases that the file does not set itself: quick or none.", valueName: "name"))
    var preset: String?

    @Flag(name: .long, help: "Print the summary as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let log = try global.logger()
            let experiment = try resolve(console)
            let plan = try Plan(scenario: experiment.scenario, seed: experiment.seed) { path in try FileSystem.read(path) }
            plan.warnings.forEach(console.warning)
            let deviceIDs = experiment.backend.meteredDevices
            let selection = try await MeterSelection.discover(
                metrics: experiment.metrics, deviceIDs: deviceIDs, host: .current, followsProcess: true)
            if meterOptions.requireEnergy { try selection.requireMeasured() }
            try selection.require(experiment.metrics.require)
            if dryRun {
                console.result(DryRunText.render(experiment, plan: plan, selection: selection))
                return ExitStatus.success
            }
            for (run, state) in AbandonedRuns.mark(in: experiment.outputDirectory) {
                console.note("\(run.path): \(state.reason ?? "killed")")
            }
            log.info("starting", metadata: ["config": "\(config)", "repetitions": "\(experiment.repetitions)"])
            let runner = ConsoleRunner(
                experiment: experiment, plan: plan, selection: selection, console: console, log: log, json: json,
                strict: meterOptions.strict)
            return try await runner.run()
        }
    }

    private func resolve(_ console: Console) throws -> Experiment {
        var overrides = set
        // Options are the last word: they are shorthands of `--set`.
        if let directory = results.resultsDirectory { overrides.append("output_dir=\(YAMLScalar.quoted(directory))") }
        if let prompts { overrides.append("scenario.dataset_name=\(YAMLScalar.quoted(prompts))") }
        if let preset { overrides.append("phases.preset=\(YAMLScalar.quoted(preset))") }
        if let `repeat` { overrides.append("repetitions=\(`repeat`)") }
        let loader = ConfigurationLoader(environment: ProcessInfo.processInfo.environment)
        let loaded = try loader.load(config, overrides: overrides)
        loaded.warnings.forEach(console.warning)
        var experiment = loaded.experiment
        experiment.metrics = try meterOptions.apply(to: experiment.metrics)
        return experiment
    }
}

enum YAMLScalar {
    /// A text as a YAML scalar that cannot be taken for anything else.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}

import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel
import JouleRunner
import JouleStore
import Logging

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

    @Option(name: .long, help: ArgumentHelp("Reasoning formats of your own, laid over those built in.", valueName: "file"))
    var formats: String?

    @Flag(name: .long, help: "Check everything and show what would be run; run nothing.")
    var dryRun = false

    @Option(name: .long, help: ArgumentHelp("Run this many times and sum up, with intervals; overrides `repetitions`.", valueName: "n"))
    var `repeat`: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("Lengths of the phases that the file does not set itself: quick, protocol or none.", valueName: "name"))
    var preset: String?

    @Flag(name: .long, help: "Print the summary as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let log = try global.logger()
            let loader = ConfigurationLoader(environment: ProcessInfo.processInfo.environment)
            switch try loader.loadStudy(config, overrides: overrides) {
            case .experiment(let loaded):
                loaded.warnings.forEach(console.warning)
                return try await runOne(loaded.experiment, console: console, log: log)
            case .study(let study):
                study.warnings.forEach(console.warning)
                if dryRun, study.isRepetition, let member = study.study.members.first {
                    return try await runOne(member.experiment, console: console, log: log)
                }
                log.info("starting", metadata: ["config": "\(config)", "runs": "\(study.slots.count)"])
                let runner = StudyConsole(study, meterOptions: meterOptions, console: console, log: log, json: json)
                return dryRun ? try runner.showPlan() : try await runner.run()
            }
        }
    }

    private func runOne(_ loaded: Experiment, console: Console, log: Logger) async throws -> Int32 {
        var experiment = loaded
        experiment.metrics = try meterOptions.apply(to: experiment.metrics)
        let prepared = try await PreparedRun(experiment, requiresEnergy: meterOptions.requireEnergy)
        prepared.warnings.forEach(console.warning)
        if dryRun {
            console.result(DryRunText.render(prepared))
            return ExitStatus.success
        }
        for (run, state) in AbandonedRuns.mark(in: experiment.outputDirectory) {
            console.note("\(run.path): \(state.reason ?? "killed")")
        }
        log.info("starting", metadata: ["config": "\(config)"])
        return try await ConsoleRunner(prepared: prepared, console: console, log: log, json: json, strict: meterOptions.strict).run()
    }

    /// Options are the last word: they are shorthands of `--set`.
    private var overrides: [String] {
        var overrides = set
        if let directory = results.resultsDirectory { overrides.append("output_dir=\(YAMLScalar.quoted(directory))") }
        if let prompts { overrides.append("scenario.dataset_name=\(YAMLScalar.quoted(prompts))") }
        if let formats { overrides.append("scenario.formats_file=\(YAMLScalar.quoted(formats))") }
        if let preset { overrides.append("phases.preset=\(YAMLScalar.quoted(preset))") }
        if let `repeat` { overrides.append("repetitions=\(`repeat`)") }
        return overrides
    }
}

enum YAMLScalar {
    /// A text as a YAML scalar that cannot be taken for anything else.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}

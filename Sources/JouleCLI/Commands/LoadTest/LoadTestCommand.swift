import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleWorkload

struct LoadTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load-test", abstract: "Put a server under load and measure it, without a configuration file.",
        discussion: """
            Understands the names of `vllm bench serve`, so that its command lines can be pasted. Without --request-rate requests are sent one \
            after the other, or always --concurrency of them at a time; with it they arrive as they would from strangers. (With \
            --backend and --num-prompts and neither of the two they are sent all at once, as there.) Prompts are taken in the order of \
            their file, and again from the seed when they are used up.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var results: ResultsOptions
    @OptionGroup var meterOptions: MeterOptions
    @OptionGroup(title: "Server") var target: TargetOptions
    @OptionGroup(title: "Prompts") var prompt: PromptOptions
    @OptionGroup(title: "Load") var arrival: ArrivalOptions
    @OptionGroup(title: "Results") var outputs: LoadTestOutputOptions
    @OptionGroup(visibility: .hidden) var idle: IdleOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Set one key of the configuration besides, such as `attribution.alpha=0.02`.", valueName: "key=value"))
    var set: [String] = []

    @Flag(name: .long, help: "Check everything and show what would be run; run nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Print the summary as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let log = try global.logger()
            let files = try ResultFiles(outputs, model: target.model)
            let loaded = try resolve(console)
            if loaded.isRepeated, !dryRun {
                var runner = StudyConsole(
                    LoadedStudy(repeating: loaded), meterOptions: meterOptions, console: console, log: log, json: json)
                runner.onOutcome = { outcome in try files.write(outcome, note: console.note) }
                return try await runner.run()
            }
            var experiment = loaded.experiment
            experiment.metrics = try meterOptions.apply(to: experiment.metrics)
            let prepared = try await PreparedRun(experiment, requiresEnergy: meterOptions.requireEnergy)
            prepared.warnings.forEach(console.warning)
            if dryRun {
                console.result(DryRunText.render(prepared))
                return ExitStatus.success
            }
            var runner = ConsoleRunner(prepared: prepared, console: console, log: log, json: json, strict: meterOptions.strict)
            runner.onOutcome = { outcome in try files.write(outcome, note: console.note) }
            return try await runner.run()
        }
    }

    private func resolve(_ console: Console) throws -> LoadedConfiguration {
        var overrides = try LoadTestSettings(target: target, prompt: prompt, arrival: arrival).overrides {
            name, template throws(Failures) in
            let source: PromptSource
            do throws(Failure) {
                source = try PromptSource(datasetName: name, template: template)
            } catch {
                // It has to be fetched, and then as many are taken as are asked for.
                guard error.code != "workload.not-at-hand" else { return nil }
                throw Failures([error])
            }
            return try source.prompts { path in try FileSystem.read(path) }.count
        }
        if let directory = results.resultsDirectory { overrides.append("output_dir=\(YAMLScalar.quoted(directory))") }
        let loader = ConfigurationLoader(environment: ProcessInfo.processInfo.environment)
        let loaded = try loader.build(name: "load-test", overrides: overrides + set)
        loaded.warnings.forEach(console.warning)
        return loaded
    }
}

import ArgumentParser
import JouleConfiguration
import JouleModel
import JouleRunner
import Logging

extension SweepCommand {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a study on this machine, as `joulebench run` does; or one task of a study that was planned.",
            discussion: """
                With `--task`, the argument is a study (its folder or its name) instead of a configuration, and the runs of that task are \
                made that nobody has begun. That is what the tasks of a job array call.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var results: ResultsOptions
        @OptionGroup var meterOptions: MeterOptions
        @OptionGroup var source: Source

        @Option(name: .long, help: ArgumentHelp("Make the runs of this task of a planned study, from 1.", valueName: "i"))
        var task: Int?

        @Flag(name: .long, help: "Print the summary as JSON.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let log = try global.logger()
                if let task { return try await run(task: task, console, log) }
                let loaded = try source.load(results)
                loaded.warnings.forEach(console.warning)
                log.info("starting", metadata: ["config": "\(source.config)", "runs": "\(loaded.slots.count)"])
                return try await StudyConsole(loaded, meterOptions: meterOptions, console: console, log: log, json: json).run()
            }
        }

        private func run(task: Int, _ console: Console, _ log: Logger) async throws -> Int32 {
            guard source.set.isEmpty, source.repeat == nil else {
                throw Failure(
                    "usage.task", "`--task` runs what was planned, which `--set` and `--repeat` cannot change",
                    remedy: "leave them out, or plan the study anew")
            }
            let folder = try StudyFolder.find(source.config, results: results.resultsDirectory ?? "results")
            let runs = try folder.plan.runs(ofTask: task)
            let free = try runs.filter { try folder.isFree($0) }
            console.note("study \(folder.plan.name), task \(task) of \(folder.plan.taskCount): \(free.count) of \(runs.count) runs to make")
            guard !free.isEmpty else { return ExitStatus.success }
            return try await StudyConsole.make(free, of: folder, meterOptions: meterOptions, console: console, log: log, json: json)
        }
    }
}

extension StudyConsole {
    /// Makes some runs of a planned study where it was planned, beside others that do the same.
    static func make(
        _ runs: [StudyPlan.Run], of folder: StudyFolder, meterOptions: MeterOptions, console: Console, log: Logger, json: Bool
    ) async throws -> Int32 {
        var folder = folder
        folder.isShared = true
        try folder.enterWorkingDirectory()
        return try await StudyConsole(
            continuing: folder, runs: runs, meterOptions: meterOptions, console: console, log: log, json: json
        ).run()
    }
}

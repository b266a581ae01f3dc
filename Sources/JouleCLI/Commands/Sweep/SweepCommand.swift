import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel
import JouleRunner

/// Studies: planned, run here or in a cluster, watched, and continued.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Plan and run the experiments of a study, here or as a job array of Slurm.",
        discussion: """
            A study is a configuration with a `sweep` section, or one experiment that is repeated. Its folder below `studies` holds the plan \
            (plan.json), how far each run has come, and the figures of all of them. See docs/slurm.md.
            """,
        subcommands: [Plan.self, Run.self, Submit.self, Status.self, Resume.self])

    /// The configuration of a study, with what the command line changes in it.
    struct Source: ParsableArguments {
        @Argument(help: ArgumentHelp("Configuration file, YAML or JSON.", valueName: "config"))
        var config: String

        @Option(
            name: .long, help: ArgumentHelp("Set one key, such as `scenario.num_samples=20`; may be repeated.", valueName: "key=value"))
        var set: [String] = []

        @Option(name: .long, help: ArgumentHelp("Run each member this many times; overrides `repetitions`.", valueName: "n"))
        var `repeat`: Int?

        func load(_ results: ResultsOptions) throws -> LoadedStudy { try SweepCommand.load(config, set: set, repeat: `repeat`, results) }
    }

    static func load(_ config: String, set: [String], repeat count: Int?, _ results: ResultsOptions) throws -> LoadedStudy {
        var overrides = set
        if let directory = results.resultsDirectory { overrides.append("output_dir=\(YAMLScalar.quoted(directory))") }
        if let count { overrides.append("repetitions=\(count)") }
        let loader = ConfigurationLoader(environment: ProcessInfo.processInfo.environment)
        switch try loader.loadStudy(config, overrides: overrides) {
        case .experiment(let loaded): return LoadedStudy(repeating: loaded)
        case .study(let study): return study
        }
    }
}

/// A study that was planned before.
struct PlannedStudy: ParsableArguments {
    @Argument(help: ArgumentHelp("Folder of the study, or its name below `studies` of the results.", valueName: "study"))
    var study: String

    func find(_ results: ResultsOptions) throws(Failure) -> StudyFolder {
        try StudyFolder.find(study, results: results.resultsDirectory ?? "results")
    }
}

extension StudyFolder {
    /// Goes to where the study was planned, so that relative paths of its experiments mean what they meant then.
    func enterWorkingDirectory() throws(Failure) {
        guard FileManager.default.changeCurrentDirectoryPath(plan.workingDirectory) else {
            throw Failure(
                "study.working-directory", "the folder in which the study was planned cannot be entered: \(plan.workingDirectory)",
                remedy: "make it visible on this machine: relative paths of the experiments start there")
        }
    }
}

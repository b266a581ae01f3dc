import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel
import JouleRunner
import JouleStore
import JouleUnits

/// How the tasks of a study go to Slurm.
struct SlurmOptions: ParsableArguments {
    @Flag(name: .long, help: "Submit to Slurm as a job array.")
    var slurm = false

    @Option(name: .long, help: ArgumentHelp("Let at most this many tasks run at the same time.", valueName: "n"))
    var atOnce: Int?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Behind `--`: arguments of sbatch, such as `-- --exclusive --cpus-per-task=16`.", valueName: "sbatch-argument"))
    var sbatchArguments: [String] = []

    func check() throws(Failure) {
        if let atOnce, atOnce < 1 {
            throw Failure("usage.at-once", "--at-once must be >= 1, but is \(atOnce)", remedy: "leave it out for no limit")
        }
        // What we read from sbatch, and what the tasks find their runs by, is not for others to change.
        let own = ["--parsable", "--array", "-a", "--wrap", "--wait", "-W", "--chdir", "-D", "--output", "-o", "--error", "-e"]
        for argument in sbatchArguments {
            let name = argument.hasPrefix("--") ? String(argument.prefix { $0 != "=" }) : String(argument.prefix(2))
            guard argument.hasPrefix("-"), own.contains(name) else { continue }
            throw Failure(
                "usage.sbatch", "`\(name)` of sbatch is joulebench's own to set",
                remedy: name == "--array" || name == "-a" ? "--at-once N limits the tasks that run at the same time" : "leave it out")
        }
    }
}

extension SweepCommand {
    struct Submit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Submit a study to Slurm: a folder with its plan, and a job array that makes its runs.",
            discussion: """
                The section `slurm` of the configuration says what each task asks for. The plan holds every experiment as it is now, so later \
                edits of the configuration change nothing. See docs/slurm.md.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var results: ResultsOptions
        @OptionGroup var meterOptions: MeterOptions
        @OptionGroup var source: Source
        @OptionGroup var options: SlurmOptions

        @Flag(name: .long, help: "Check everything and print the script; submit nothing.")
        var dryRun = false

        @Flag(name: .long, help: "Print what was submitted as JSON.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                guard options.slurm else {
                    throw Failure("usage.scheduler", "say where to: Slurm is the one scheduler that studies go to", remedy: "add --slurm")
                }
                try options.check()
                let loaded = try source.load(results)
                loaded.warnings.forEach(console.warning)
                try SlurmRules.check(loaded)
                let study = try meterOptions.apply(to: loaded)
                let plan = StudyPlan(made: study, runsPerTask: loaded.slurm.tasksPerJob)
                let root = study.study.members.first?.experiment.outputDirectory ?? "results"
                if dryRun {
                    let folder = try StudyFolder.nextPath(plan.name, in: root)
                    console.result(script(plan, loaded.slurm, folder: folder).text)
                    return ExitStatus.success
                }
                try SlurmCommands.requireSbatch()
                try await SlurmRules.checkSize(of: plan)
                let folder = try StudyFolder.create(plan, members: study.study.members, in: root)
                do {
                    try folder.checkThatPlanHolds(study)
                    try folder.write(script(plan, loaded.slurm, folder: folder.absolutePath))
                    let submission = try await SlurmSubmission.submit(
                        folder, tasks: Array(1...plan.taskCount), atOnce: options.atOnce, arguments: options.sbatchArguments)
                    try SubmissionText.show(submission, of: folder, atDesk: console, json: json)
                } catch {
                    // Nothing has run: the folder would only take the name.
                    try? FileManager.default.removeItem(atPath: folder.path)
                    throw error
                }
                return ExitStatus.success
            }
        }

        private func script(_ plan: StudyPlan, _ spec: SlurmSpec, folder: String) -> SlurmScript {
            var script = SlurmScript(spec: spec, plan: plan, folder: folder, program: ProgramPath.own)
            script.options = (meterOptions.requireEnergy ? ["--require-energy"] : []) + (meterOptions.strict ? ["--strict"] : [])
            script.atOnce = options.atOnce
            return script
        }
    }
}

/// What is said of an array that was submitted.
enum SubmissionText {
    private struct Record: Encodable {
        let job: String
        let study: String
        let folder: String
        let tasks: [Int]
        let script: String
        let logs: String
    }

    static func show(_ submission: SlurmSubmission, of folder: StudyFolder, atDesk console: Console, json: Bool) throws {
        let logs = "\(folder.path)/logs/\(submission.job)_*.log"
        if json {
            let record = Record(
                job: submission.job, study: folder.plan.name, folder: folder.path, tasks: submission.tasks, script: folder.script,
                logs: logs)
            console.result(String(decoding: try JSONText.encode(record), as: UTF8.self))
            return
        }
        let runs = folder.plan.runs.count { submission.tasks.contains(folder.plan.task(of: $0)) }
        console.result(
            "job \(submission.job): \(Count.of(submission.tasks.count, "task")), \(Count.of(runs, "run")) of the study \(folder.plan.name)")
        console.result("  plan    \(folder.path)/plan.json")
        console.result("  logs    \(logs)")
        console.result("  follow  joulebench sweep status \(SlurmScript.word(folder.path))")
        console.result("  cancel  scancel \(submission.job)")
    }
}

/// The path of this program, by which others can start it.
enum ProgramPath {
    static var own: String {
        #if os(Linux)
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { return path }
        #endif
        return Bundle.main.executablePath ?? CommandLine.arguments[0]
    }
}

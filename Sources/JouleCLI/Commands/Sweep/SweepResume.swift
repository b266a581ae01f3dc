import ArgumentParser
import JouleConfiguration
import JouleModel
import JouleRunner

extension SweepCommand {
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the runs of a study that have not completed: here, or with --slurm as a job array.",
            discussion: """
                Runs that failed, were interrupted or lost their process are made again, and those that were never begun are made. What runs \
                or waits in Slurm's queue is left alone. The experiments are those of the plan, whatever the configuration says by now.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var results: ResultsOptions
        @OptionGroup var meterOptions: MeterOptions
        @OptionGroup var planned: PlannedStudy
        @OptionGroup var options: SlurmOptions

        @Flag(name: .long, help: "Also make runs that say they run on a machine that cannot be asked from here.")
        var takeOver = false

        @Flag(name: .long, help: "Print the summary, or what was submitted, as JSON.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                try options.check()
                if !options.slurm, options.atOnce != nil || !options.sbatchArguments.isEmpty {
                    throw Failure("usage.scheduler", "--at-once and arguments of sbatch are for Slurm", remedy: "add --slurm")
                }
                let folder = try planned.find(results)
                let progress = try await folder.progress()
                let open = progress.open(takingOver: takeOver)
                let busy = progress.count(.running) + progress.count(.queued)
                if busy > 0 { console.note("\(Count.of(busy, "run")) left alone: they run, or wait in Slurm's queue") }
                let unconfirmed = takeOver ? 0 : progress.count(.unconfirmed)
                if unconfirmed > 0 {
                    console.note("\(Count.of(unconfirmed, "run")) left alone: they may run where nobody can look from here (--take-over)")
                }
                guard !open.isEmpty else {
                    console.note("nothing to resume: \(progress.count(.completed)) of \(folder.plan.runs.count) runs have completed")
                    return ExitStatus.success
                }
                if options.slurm { return try await submit(open, of: folder, console) }
                for run in open { try folder.release(run) }
                console.note("study \(folder.plan.name): \(open.count) of \(folder.plan.runs.count) runs to make")
                return try await StudyConsole.make(
                    open, of: folder, meterOptions: meterOptions, console: console, log: try global.logger(), json: json)
            }
        }

        private func submit(_ open: [StudyPlan.Run], of folder: StudyFolder, _ console: Console) async throws -> Int32 {
            guard folder.hasScript else {
                throw Failure(
                    "study.no-script", "the study \(folder.plan.name) was not submitted to Slurm, so it has no script",
                    remedy: "resume it here, without --slurm; `sweep submit --slurm` submits a study from its configuration")
            }
            try SlurmCommands.requireSbatch()
            let tasks = Set(open.map(folder.plan.task)).sorted()
            // The tasks must find their runs free, and what is known of them stays known when there will be no tasks.
            let takeBack = try open.map { run throws(Failure) in try folder.release(run) }
            do {
                let submission = try await SlurmSubmission.submit(
                    folder, tasks: tasks, atOnce: options.atOnce, arguments: options.sbatchArguments)
                try SubmissionText.show(submission, of: folder, atDesk: console, json: json)
            } catch {
                takeBack.forEach { $0() }
                throw error
            }
            return ExitStatus.success
        }
    }
}

import ArgumentParser
import JouleConfiguration
import JouleModel
import JouleRunner
import JouleStore

extension SweepCommand {
    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the runs of a study in the order in which they would be made; run nothing.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var results: ResultsOptions
        @OptionGroup var source: Source

        @Flag(name: .long, help: "Print the plan as JSON.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let loaded = try source.load(results)
                loaded.warnings.forEach(console.warning)
                let plan = StudyPlan(made: loaded.once, runsPerTask: loaded.slurm.tasksPerJob)
                console.result(json ? String(decoding: try JSONText.encode(plan), as: UTF8.self) : PlanText.render(plan))
                return ExitStatus.success
            }
        }
    }
}

/// The runs of a study as a table.
enum PlanText {
    static func render(_ plan: StudyPlan) -> String {
        let repeats = plan.runs.contains { $0.repetition > 1 }
        let values = Dictionary(plan.members.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
        var table = [["run", "task", "member"] + (repeats ? ["repetition"] : []) + ["values"]]
        for run in plan.runs {
            let changes = (values[run.member] ?? []).map { "\($0.key)=\($0.value)" }.joined(separator: "  ")
            table.append(["\(run.number)", "\(plan.task(of: run))", run.member] + (repeats ? ["\(run.repetition)"] : []) + [changes])
        }
        let head =
            "study \(plan.name): \(Count.of(plan.members.count, "member")), \(Count.of(plan.runs.count, "run")), \(plan.order.rawValue); "
            + "\(Count.of(plan.taskCount, "task")) when it is submitted"
        return ([head, ""] + TextTable.render(table)).joined(separator: "\n")
    }
}

enum Count {
    /// `1 run`, `2 runs`.
    static func of(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

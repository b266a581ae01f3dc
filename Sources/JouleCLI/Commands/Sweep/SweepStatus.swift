import ArgumentParser
import JouleConfiguration
import JouleModel
import JouleReport
import JouleRunner
import JouleStore

extension SweepCommand {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how far each run of a study has come, from its files and Slurm's queue.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var results: ResultsOptions
        @OptionGroup var planned: PlannedStudy

        @Flag(name: .long, help: "Also write summary.json, the tables and report.html of what there is so far.")
        var write = false

        @Flag(name: .long, help: "Print the states as JSON.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let folder = try planned.find(results)
                let progress = try await folder.progress()
                let text = ProgressText(folder: folder, progress: progress)
                console.result(json ? try text.json() : text.table)
                if write {
                    _ = try folder.writeTogether()
                    console.note("written: \(folder.path)/report.html")
                }
                if let next = text.next { console.note(next) }
                return ExitStatus.success
            }
        }
    }
}

/// The states of a study's runs, for people and programs.
struct ProgressText {
    let folder: StudyFolder
    let progress: StudyProgress

    private var present: [StudyProgress.Standing] { StudyProgress.Standing.allCases.filter { progress.count($0) > 0 } }

    var table: String {
        let counts = present.map { "\(progress.count($0)) \($0.rawValue)" }.joined(separator: ", ")
        let repeats = progress.entries.contains { $0.run.repetition > 1 }
        var rows = [["run", "task", "member"] + (repeats ? ["repetition"] : []) + ["state", "result", ""]]
        for entry in progress.entries {
            rows.append(
                ["\(entry.run.number)", "\(entry.task)", entry.run.member] + (repeats ? ["\(entry.run.repetition)"] : [])
                    + [entry.standing.rawValue, entry.runID ?? "–", remark(entry)])
        }
        let head = "study \(folder.plan.name): \(Count.of(progress.entries.count, "run")): \(counts)"
        return ([head, ""] + TextTable.render(rows)).joined(separator: "\n")
    }

    private func remark(_ entry: StudyProgress.Entry) -> String {
        entry.reason ?? (entry.standing == .running ? entry.host.map { "on \($0)" } ?? "" : "")
    }

    /// What to do next; nil when there is nothing to be done but to wait.
    var next: String? {
        let name = SlurmScript.word(folder.path)
        if !progress.open(takingOver: false).isEmpty {
            return "help: `joulebench sweep resume \(name)\(folder.hasScript ? " --slurm" : "")` makes what has not completed"
        }
        if progress.count(.unconfirmed) > 0 {
            return "help: look from a machine of the cluster, or `joulebench sweep resume \(name) --take-over` when they run no more"
        }
        guard progress.count(.completed) == progress.entries.count else { return nil }
        return folder.hasReport ? "report: \(folder.path)/report.html" : "help: `joulebench sweep status \(name) --write` makes the report"
    }

    private struct Record: Encodable {
        struct Entry: Encodable {
            let number: Int
            let task: Int
            let member: String
            let repetition: Int
            let state: String
            let runID: String?
            let reason: String?
            let host: String?

            private enum CodingKeys: String, CodingKey { case number, task, member, repetition, state, reason, host, runID = "run_id" }
        }

        let study: String
        let folder: String
        let isOver: Bool
        let counts: [String: Int]
        let runs: [Entry]

        private enum CodingKeys: String, CodingKey { case study, folder, counts, runs, isOver = "is_over" }
    }

    func json() throws -> String {
        let entries = progress.entries.map { entry in
            Record.Entry(
                number: entry.run.number, task: entry.task, member: entry.run.member, repetition: entry.run.repetition,
                state: entry.standing.rawValue, runID: entry.runID, reason: entry.reason, host: entry.host)
        }
        let counts = Dictionary(uniqueKeysWithValues: StudyProgress.Standing.allCases.map { ($0.rawValue, progress.count($0)) })
        let record = Record(
            study: folder.plan.name, folder: folder.path, isOver: try folder.isOver(), counts: counts, runs: entries)
        return String(decoding: try JSONText.encode(record), as: UTF8.self)
    }
}

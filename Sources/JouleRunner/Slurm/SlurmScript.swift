import JouleModel

/// The script that sbatch gets: which resources each task of the array asks for, and the command that makes its runs.
///
/// Nothing that a person can name freely stands in a line of `#SBATCH`, whose quoting is Slurm's own: the log's path is relative to the
/// study's folder, in which the script is submitted, and all other paths are words of bash.
package struct SlurmScript: Hashable, Sendable {
    /// Before the end of a task's time, so that requests in flight can end and what was measured is written.
    private static let notice = 120

    package var spec: SlurmSpec
    package var plan: StudyPlan
    /// The study's folder, from the root.
    package var folder: String
    /// This program, from the root.
    package var program: String
    /// Options of `sweep run` for every task, such as `--strict`.
    package var options: [String] = []
    /// The most tasks that run at the same time; nil for as many as the cluster has room for.
    package var atOnce: Int?

    package init(spec: SlurmSpec, plan: StudyPlan, folder: String, program: String) {
        self.spec = spec
        self.plan = plan
        self.folder = folder
        self.program = program
    }

    /// The array of all tasks.
    private var array: String { Self.array(of: Array(1...max(1, plan.taskCount)), atOnce: atOnce) }

    /// Some tasks as sbatch reads them: `1,3-5%2`.
    package static func array(of tasks: [Int], atOnce: Int?) -> String { ranges(tasks) + (atOnce.map { "%\($0)" } ?? "") }

    package var text: String {
        var lines = ["#!/bin/bash"]
        lines.append(
            "# Made by \(plan.tool) for \(count(plan.runs.count, "run")) in \(count(plan.taskCount, "task")); plan.json lists them.")
        lines += directives.map { "#SBATCH \($0)" }
        lines += ["", "# A line that fails ends the task.", "set -e", "cd -- \(Self.quoted(plan.workingDirectory))"]
        lines += setup
        let words = ["sweep", "run", "--task"]
        let tail = options.map(Self.quoted) + ["--", Self.quoted(folder)]
        lines.append("exec \(Self.quoted(program)) \(words.joined(separator: " ")) \"$SLURM_ARRAY_TASK_ID\" \(tail.joined(separator: " "))")
        return lines.joined(separator: "\n") + "\n"
    }

    private var directives: [String] {
        var lines = [
            "--job-name=joulebench-\(Self.plain(plan.name))", "--array=\(array)", "--output=logs/%A_%a.log", "--nodes=1", "--ntasks=1",
        ]
        if let partition = spec.partition { lines.append("--partition=\(partition)") }
        if let account = spec.account { lines.append("--account=\(account)") }
        if let gres = spec.gres { lines.append("--gres=\(gres)") }
        if let time = spec.time {
            lines.append("--time=\(time.argument)")
            // Slurm may send it a minute early; a short task would hear of its end at once.
            if case .seconds(let all) = time, all >= 5 * Self.notice { lines.append("--signal=B:TERM@\(Self.notice)") }
        }
        return lines
    }

    private var setup: [String] {
        switch spec.environment {
        case .lines(let lines): lines
        case .variables(let table): table.sorted { $0.key < $1.key }.map { "export \($0.key)=\(Self.quoted($0.value))" }
        }
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// A text as one word of bash, whatever is in it.
    package static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }

    /// The same for people to read and copy: without quotes where nothing needs them.
    package static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/+@%:,".contains($0)) }
        return isPlain ? text : quoted(text)
    }

    /// Letters, digits, dots, dashes and underscores only.
    private static func plain(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
    }

    private static func ranges(_ tasks: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for task in tasks.sorted() {
            if let last = ranges.last, task <= last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...max(task, last.upperBound)
            } else {
                ranges.append(task...task)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
}

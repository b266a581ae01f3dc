import JouleConfiguration
import JouleModel

/// Every run of a study as it was decided when the study began: `plan.json` in its folder. Later edits of the configuration change
/// nothing in it. The experiments themselves lie beside it, in `members/`.
package struct StudyPlan: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    package struct Member: Hashable, Sendable, Codable {
        package let name: String
        package let values: [Study.SweptValue]
        /// Of the experiment in `file`, which is checked against it.
        package let digest: String
        /// Its experiment, as a run directory's `experiment.json` has it; below the study's folder.
        package let file: String
    }

    package struct Run: Hashable, Sendable, Codable {
        /// From 1.
        package let number: Int
        /// The name of its member.
        package let member: String
        /// From 1.
        package let repetition: Int
    }

    package var schemaVersion = StudyPlan.schemaVersion
    package let name: String
    /// The program that made the plan.
    package let tool: String
    /// UTC.
    package let created: String
    /// The path of the configuration that it was made of, for people; nil where there was no file.
    package let config: String?
    /// Relative paths of the experiments start here.
    package let workingDirectory: String
    package let order: StudyOrder
    /// Time between two runs of one process.
    package let cooldownSeconds: Double
    /// As in `StudyRules`; each process counts for itself.
    package let retries: Int
    package let maxFailures: Int
    /// Runs that one task of a job array makes.
    package let runsPerTask: Int
    package let members: [Member]
    package let runs: [Run]

    /// - Parameter config: the path of the configuration.
    package init(
        _ loaded: LoadedStudy, runsPerTask: Int = 1, tool: String, created: String, config: String?, workingDirectory: String
    ) {
        name = loaded.study.name
        self.tool = tool
        self.created = created
        self.config = config
        self.workingDirectory = workingDirectory
        order = loaded.order
        cooldownSeconds = loaded.rules.cooldown.seconds
        retries = loaded.rules.retries
        maxFailures = loaded.rules.maxFailures
        self.runsPerTask = max(1, runsPerTask)
        members = loaded.study.members.enumerated().map { index, member in
            Member(
                name: member.name, values: member.values, digest: ConfigurationRenderer.digest(of: member.experiment),
                file: "members/\(NumberedName.of(index + 1)).json")
        }
        runs = loaded.slots.enumerated().map { index, slot in
            Run(number: index + 1, member: loaded.study.members[slot.member].name, repetition: slot.repetition)
        }
    }

    /// How some of its runs follow each other in one process.
    package var rules: StudyRules {
        var rules = StudyRules()
        rules.cooldown = .seconds(cooldownSeconds)
        rules.retries = retries
        rules.maxFailures = maxFailures
        return rules
    }

    /// Tasks of the array that makes all runs.
    package var taskCount: Int { (runs.count + runsPerTask - 1) / runsPerTask }

    /// The task, from 1, that makes a run.
    package func task(of run: Run) -> Int { (run.number - 1) / runsPerTask + 1 }

    /// The runs of a task.
    ///
    /// - Throws: `usage.task` when there is no such task.
    package func runs(ofTask task: Int) throws(Failure) -> [Run] {
        guard (1...max(1, taskCount)).contains(task), !runs.isEmpty else {
            throw Failure(
                "usage.task", "the study has no task \(task)", remedy: "its \(runs.count) runs are in the tasks 1 to \(taskCount)")
        }
        return runs.filter { self.task(of: $0) == task }
    }

    private enum CodingKeys: String, CodingKey {
        case name, tool, created, config, order, members, runs, retries
        case schemaVersion = "schema_version"
        case workingDirectory = "working_directory"
        case cooldownSeconds = "cooldown_seconds"
        case maxFailures = "max_failures"
        case runsPerTask = "runs_per_task"
    }
}

/// Numbers as names of files that sort as the numbers do.
enum NumberedName {
    static func of(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

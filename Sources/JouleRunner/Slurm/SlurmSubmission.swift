import JouleConfiguration
import JouleModel
import JouleStore
import JouleUnits

/// One array that was submitted for a study: `submissions/<job>.json` in its folder.
package struct SlurmSubmission: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    package var schemaVersion = SlurmSubmission.schemaVersion
    package let job: String
    package let tasks: [Int]
    /// Arguments of sbatch besides those in the script, without secrets.
    package let arguments: [String]
    /// UTC.
    package let submitted: String

    package init(job: String, tasks: [Int], arguments: [String], submitted: String) {
        self.job = job
        self.tasks = tasks
        self.arguments = arguments
        self.submitted = submitted
    }

    private enum CodingKeys: String, CodingKey {
        case job, tasks, arguments, submitted
        case schemaVersion = "schema_version"
    }
}

extension SlurmSubmission {
    /// Submits tasks of a study whose script is written, and notes that in its folder.
    ///
    /// - Throws: what sbatch has against it.
    package static func submit(
        _ folder: StudyFolder, tasks: [Int], atOnce: Int?, arguments: [String]
    ) async throws -> SlurmSubmission {
        let array = SlurmScript.array(of: tasks, atOnce: atOnce)
        let job = try await SlurmCommands.submit(
            StudyFolder.scriptName, arguments: ["--array=\(array)"] + arguments, in: folder.absolutePath)
        let submission = SlurmSubmission(
            job: job, tasks: tasks, arguments: Secrets.masked(command: arguments), submitted: WallTime.text(ClockAnchor.now.unixSeconds))
        try folder.note(submission)
        return submission
    }
}

extension StudyFolder {
    /// The script of the study's arrays.
    package var script: String { "\(path)/\(Self.scriptName)" }
    package static let scriptName = "job.sh"
    package var hasScript: Bool { FileSystem.exists(script) }

    package func write(_ script: SlurmScript) throws(Failure) {
        // Slurm does not make the folder of a log, and a task without one fails without a word.
        try FileSystem.createDirectory("\(path)/logs")
        try FileSystem.write(script.text, to: self.script)
    }

    package func note(_ submission: SlurmSubmission) throws(Failure) {
        try FileSystem.createDirectory("\(path)/submissions")
        try FileSystem.write(try JSONText.encode(submission), to: "\(path)/submissions/\(submission.job).json")
    }

    /// The oldest first.
    package func submissions() throws(Failure) -> [SlurmSubmission] {
        var found: [SlurmSubmission] = []
        for name in FileSystem.names(in: "\(path)/submissions") where name.hasSuffix(".json") {
            let file = "\(path)/submissions/\(name)"
            found.append(try JSONText.decode(SlurmSubmission.self, from: try FileSystem.read(file), path: file))
        }
        return found.sorted { ($0.submitted, $0.job) < ($1.submitted, $1.job) }
    }
}

/// How far one planned run of a study has come: `runs/<number>.json` in the study's folder, which only the process that makes the run
/// writes.
package struct PlannedRunState: Hashable, Sendable, Codable {
    /// Who makes a run of a job array.
    package struct Task: Hashable, Sendable, Codable {
        /// The number of the array.
        package var arrayJob: String
        /// The task's own number as a job, which stays the same when Slurm puts it into the queue again.
        package var job: String
        /// Its place in the array.
        package var task: String

        package init(arrayJob: String, job: String, task: String) {
            self.arrayJob = arrayJob
            self.job = job
            self.task = task
        }

        private enum CodingKeys: String, CodingKey {
            case job, task
            case arrayJob = "array_job"
        }
    }

    package static let schemaVersion = 1

    package var schemaVersion = PlannedRunState.schemaVersion
    package var number: Int
    package var member: String
    package var repetition: Int
    package var status: RunState.Status
    /// The run directory; nil before there is one, and where there was none.
    package var runID: String?
    /// Why it failed; nil while all is well.
    package var failure: String?
    /// As in `StudySummary.Row`.
    package var failedAttempts: [StudySummary.FailedAttempt]?
    package var host: String
    package var pid: Int32
    /// As in `RunState`.
    package var processStart: String?
    /// nil outside Slurm.
    package var slurm: Task?
    /// UTC.
    package var started: String
    package var ended: String?

    package init(
        number: Int, member: String, repetition: Int, host: String, pid: Int32, processStart: String?, slurm: Task?, started: String
    ) {
        self.number = number
        self.member = member
        self.repetition = repetition
        status = .running
        self.host = host
        self.pid = pid
        self.processStart = processStart
        self.slurm = slurm
        self.started = started
    }

    private enum CodingKeys: String, CodingKey {
        case number, member, repetition, status, failure, host, pid, slurm, started, ended
        case schemaVersion = "schema_version"
        case runID = "run_id"
        case processStart = "process_start"
        case failedAttempts = "failed_attempts"
    }
}

import Foundation
import JouleModel

enum SlurmTask {
    /// The task of a job array that this process is in; nil outside Slurm.
    static var current: PlannedRunState.Task? {
        let variables = ProcessInfo.processInfo.environment
        guard let job = variables["SLURM_JOB_ID"], let task = variables["SLURM_ARRAY_TASK_ID"] else { return nil }
        return PlannedRunState.Task(arrayJob: variables["SLURM_ARRAY_JOB_ID"] ?? job, job: job, task: task)
    }
}

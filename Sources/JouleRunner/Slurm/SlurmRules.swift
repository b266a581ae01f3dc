import JouleConfiguration
import JouleModel

/// What of a study a job array can honour.
package enum SlurmRules {
    /// - Throws: `slurm.nodes`, `slurm.until`.
    package static func check(_ loaded: LoadedStudy) throws(Failure) {
        guard loaded.rules.until == nil else {
            throw Failure(
                "slurm.until", "`study.until_cv` cannot be submitted: the tasks of an array do not know each other's figures",
                remedy: "say how many runs there are to be: repetitions: 5")
        }
        guard loaded.slurm.nodes > 1 else { return }
        throw Failure(
            "slurm.nodes", "`slurm.nodes` is \(loaded.slurm.nodes), and a run meters the one machine that it runs on",
            cause: "the energy of the other machines would be missing from every figure",
            remedy: "use nodes: 1; for a server over several machines, start it and `joulebench agent` on each of them and name these in "
                + "metrics.meters or with --agent")
    }

    /// - Throws: `slurm.size` when the cluster takes no array of so many tasks.
    package static func checkSize(of plan: StudyPlan) async throws(Failure) {
        guard let most = await SlurmCommands.mostTasks(), most > 0, plan.taskCount > most else { return }
        let least = (plan.runs.count + most - 1) / most
        throw Failure(
            "slurm.size", "the study has \(plan.taskCount) tasks, and this cluster takes arrays of up to \(most)",
            remedy: "let each task make several runs: slurm.tasks_per_job: \(least) or more")
    }
}

import Foundation
import JouleModel
import JouleStore

/// How far a study has come: what its files say of each run, and what Slurm and this machine know of those that say `running`.
package struct StudyProgress: Hashable, Sendable {
    package enum Standing: String, Hashable, Sendable, CaseIterable, Codable {
        case completed, failed, interrupted
        /// It began, and the process that made it is gone without a word.
        case lost
        case running
        /// It says that it runs, on a machine that cannot be asked from here.
        case unconfirmed
        /// A task that waits in Slurm's queue, or runs, will make it.
        case queued
        /// Nobody has begun it, and nobody will.
        case waiting

        /// Whether `resume` makes the run: it has not completed, and nobody is about to make it.
        package var isOpen: Bool {
            switch self {
            case .failed, .interrupted, .lost, .waiting: true
            case .completed, .running, .unconfirmed, .queued: false
            }
        }
    }

    package struct Entry: Hashable, Sendable {
        package let run: StudyPlan.Run
        package let task: Int
        package let standing: Standing
        package let runID: String?
        /// Why it failed, was lost or waits.
        package let reason: String?
        package let host: String?
    }

    package let entries: [Entry]

    /// - Parameters:
    ///   - queue: nil when Slurm cannot be asked.
    ///   - isAlive: whether a run's process is there; nil when that cannot be told from here.
    package init(
        plan: StudyPlan, states: [Int: PlannedRunState], submissions: [SlurmSubmission], queue: SlurmQueue?,
        isAlive: (PlannedRunState) -> Bool?
    ) {
        entries = plan.runs.map { run in
            let task = plan.task(of: run)
            let (standing, reason) =
                states[run.number].map { Self.standing(of: $0, queue, isAlive) } ?? Self.prospect(ofTask: task, submissions, queue)
            let state = states[run.number]
            return Entry(
                run: run, task: task, standing: standing, runID: state?.runID, reason: reason, host: state?.host)
        }
    }

    package func count(_ standing: Standing) -> Int { entries.count { $0.standing == standing } }

    /// The runs that `resume` makes.
    /// - Parameter takingOver: also those that may run where nobody can look.
    package func open(takingOver: Bool) -> [StudyPlan.Run] {
        entries.filter { $0.standing.isOpen || takingOver && $0.standing == .unconfirmed }.map(\.run)
    }

    private static func standing(
        of state: PlannedRunState, _ queue: SlurmQueue?, _ isAlive: (PlannedRunState) -> Bool?
    ) -> (Standing, String?) {
        switch state.status {
        case .completed: return (.completed, nil)
        case .failed: return (.failed, state.failure)
        case .interrupted: return (.interrupted, "stopped by a signal; what was measured is kept")
        case .killed: return (.lost, state.failure)
        case .running: break
        }
        if let task = state.slurm, let queue {
            guard let entry = queue.entry(arrayJob: task.arrayJob, task: task.task) else {
                return (.lost, "its task \(task.arrayJob)_\(task.task) is in Slurm's queue no more")
            }
            return entry.isAlive
                ? (.running, nil) : (.lost, "its task \(task.arrayJob)_\(task.task) has ended: \(entry.state)")
        }
        switch isAlive(state) {
        case true?: return (.running, nil)
        case false?: return (.lost, "the process \(state.pid) is gone without having written an end")
        case nil: return (.unconfirmed, "on \(state.host), which cannot be asked from here")
        }
    }

    /// What becomes of a run that nobody has begun.
    private static func prospect(ofTask task: Int, _ submissions: [SlurmSubmission], _ queue: SlurmQueue?) -> (Standing, String?) {
        let last = submissions.last { $0.tasks.contains(task) }
        guard let last else { return (.waiting, nil) }
        guard let queue else { return (.waiting, "submitted as \(last.job)_\(task); Slurm cannot be asked from here") }
        guard let entry = queue.entry(arrayJob: last.job, task: "\(task)") else { return (.waiting, nil) }
        if entry.isAlive { return (.queued, entry.reason.map { "\(entry.state), \($0)" } ?? entry.state) }
        return (.waiting, "its task \(last.job)_\(task) has ended: \(entry.state)")
    }
}

extension StudyFolder {
    /// How far the study has come; asks Slurm when it was submitted to it.
    package func progress() async throws -> StudyProgress {
        let submissions = try submissions()
        let states = try states()
        let jobs = Set(submissions.map(\.job)).union(states.values.filter { $0.status == .running }.compactMap(\.slurm?.arrayJob))
        let queue = await SlurmCommands.queue(jobs: jobs.sorted())
        return StudyProgress(plan: plan, states: states, submissions: submissions, queue: queue) { state in
            guard state.host == ProcessInfo.processInfo.hostName else { return nil }
            return AbandonedRuns.isAlive(state.pid, startedAs: state.processStart)
        }
    }
}

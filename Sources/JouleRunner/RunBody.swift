import JouleConfiguration
import JouleModel
import JouleStore

/// What differs between runs with a worker of ours and runs against a server.
protocol RunBody: Sendable {
    /// Requests of the measured phase; nil when a time ends it.
    var plannedRequests: Int? { get }
    /// The experiment with the digests of what will be asked.
    func record(of experiment: Experiment) -> ExperimentRecord
    /// Takes the run through its phases.
    func run(on stage: RunStage) async throws
    /// Adds what was learnt of the worker or the server.
    func describe(_ environment: inout RunEnvironment) async
    /// Writes the files that only this kind of run has.
    func writeOwnFiles(to directory: RunDirectory, failure: Failure?) async throws
}

extension PreparedRun {
    /// - Throws: what keeps the run from being started at all.
    func body() throws(Failure) -> any RunBody {
        switch work {
        case .worker(let plan, let installation):
            try WorkerRunner(experiment, plan: plan, installation: installation, visibleGPUs: meters.visibleGPUs, reasoning: reasoning)
        case .server(let target, let plan):
            try ServingRunner(experiment, target: target, plan: plan, reasoning: reasoning, inProcess: inProcess)
        }
    }
}

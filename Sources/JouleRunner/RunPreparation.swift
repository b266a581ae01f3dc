import Foundation
import JouleBackends
import JouleGrid
import JouleModel
import JouleSinks
import JouleStore
import JouleUnits
import JouleWorkload

/// An experiment with everything that is needed to run it: its prompts read, its meters found, what it demands checked.
package struct PreparedRun: Sendable {
    /// What turns prompts into tokens.
    package enum Work: Sendable {
        case worker(Plan, WorkerInstallation)
        case server(ServerTarget, LoadPlan)
    }

    package var experiment: Experiment
    package let work: Work
    package let meters: MeterSelection
    /// What is asked of the model's thinking; nil sends prompts as they are.
    package let reasoning: ReasoningInstruction?
    /// The server, where it is one of ours in this process.
    let inProcess: InProcessServer?
    /// What stands in for a model; nil where one runs.
    package var simulation: Simulation? { inProcess?.simulation }
    /// What is allowed and probably not meant.
    package let warnings: [Failure]
    /// Where the server listens whose processes are the run's own; nil where it is none of this machine.
    var localServerPort: Int? {
        guard case .server(let target, _) = work, inProcess == nil, target.isLocal == true else { return nil }
        return target.endpoint.port
    }
    /// Of the environment.
    let variables: [String: String]

    /// - Parameters:
    ///   - requiresEnergy: whether anything must be measured, and not only modelled.
    ///   - host: where meters are looked for, and whose variables hold the API key.
    /// - Throws: what is wrong with the data, the endpoint or the key, and what cannot be measured.
    package init(
        _ experiment: Experiment, requiresEnergy: Bool = false, host: HostContext = .current,
        installation: WorkerInstallation = WorkerInstallation()
    ) async throws {
        self.experiment = experiment
        variables = host.variables
        try CarbonResolver(variables: host.variables).check(experiment.carbon, zone: experiment.gridZone)
        for reporter in experiment.reporters { _ = try Sinks.sink(for: reporter, variables: host.variables) }
        let readFile = { (path: String) throws(Failure) in try FileSystem.read(path) }
        let supply = PromptSupply(variables: host.variables, installation: installation, python: experiment.backend.python)
        let reasoning = try ReasoningInstruction.resolve(experiment, variables: host.variables)
        self.reasoning = reasoning
        var remote: String?
        if experiment.backend.kind.isServer {
            let target = try ServerTarget(experiment.backend, variables: host.variables)
            let wanted = LoadPlan.wantedPrompts(experiment)
            let selected = try await supply.select(experiment.scenario, count: wanted, seed: experiment.seed)
            let plan = try LoadPlan(experiment: experiment, selected: selected, readFile: readFile)
            inProcess = try InProcessServer(experiment, plan: plan)
            if target.isLocal == false { remote = target.endpoint.description }
            work = .server(target, plan)
            warnings = plan.warnings + (reasoning?.warnings ?? [])
        } else {
            let scenario = experiment.scenario
            let selected = try await supply.select(scenario, count: scenario.sampleCount, seed: experiment.seed)
            let plan = try Plan(scenario: scenario, seed: experiment.seed, selected: selected, readFile: readFile)
            work = .worker(plan, installation)
            inProcess = nil
            warnings = plan.warnings + (reasoning?.warnings ?? [])
        }
        if let inProcess, experiment.metrics.meters.isEmpty {
            // What this machine's meters read is not what the tokens would have taken.
            meters = inProcess.meters(experiment.metrics, host: host)
        } else if let remote, experiment.metrics.meters.isEmpty {
            // The GPUs of this machine are not the ones that do the work.
            meters = MeterSelection.nothing(
                because: "the server at \(remote) runs on another machine, whose energy the meters of this one do not see",
                remedy: "start `joulebench agent` on the serving host and name it with `--agent HOST:PORT`, run joulebench there, or name "
                    + "meters that cover it with `metrics.meters`", host: host)
        } else {
            meters = try await MeterSelection.discover(
                metrics: experiment.metrics, deviceIDs: experiment.backend.meteredDevices, host: host, followsProcess: true)
        }
        if requiresEnergy { try meters.requireMeasured() }
        try meters.require(experiment.metrics.require)
    }
}

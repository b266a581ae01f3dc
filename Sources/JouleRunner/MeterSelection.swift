import Foundation
import JouleMeters
import JouleModel
import JouleProcess
import JouleUnits

/// What discovery needs to know of the machine and of the process it runs in.
package struct HostContext: Sendable {
    package var root: HostRoot
    package var variables: [String: String]

    package init(root: HostRoot, variables: [String: String]) {
        self.root = root
        self.variables = variables
    }

    /// This machine. `JOULEBENCH_HOST_ROOT` puts another tree in the place of `/` for `/proc` and `/sys`; tests use it.
    package static var current: HostContext {
        let variables = ProcessInfo.processInfo.environment
        return HostContext(root: HostRoot(path: variables["JOULEBENCH_HOST_ROOT"] ?? "/"), variables: variables)
    }
}

/// The meters of a run: what was asked for or found, and what was not to be had, with reasons.
package struct MeterSelection: Sendable {
    package private(set) var meters: [any Meter] = []
    package private(set) var unavailable: [RunEnvironment.Unavailable] = []
    package private(set) var gpus: [RunEnvironment.GPU] = []
    package private(set) var driverVersion: String?
    package private(set) var cudaVersion: String?
    /// The agents on other machines whose samples are fetched.
    package private(set) var agents: [AgentSource] = []
    /// The process tree whose CPU share is recorded beside the modelled energy.
    package let processTree = ProcessTreeTarget()
    private let facts: HostFacts

    private init(facts: HostFacts) { self.facts = facts }

    /// UUIDs of the selected GPUs of this machine in their order, nil where there are none.
    package var visibleGPUs: [String]? {
        let own = gpus.filter { $0.host == nil }
        return own.isEmpty ? nil : own.map(\.uuid)
    }

    /// Whether there is anything to read, here or at an agent.
    package var isEmpty: Bool { meters.isEmpty && agents.isEmpty }

    /// Looks for the meters that a configuration asks for; with none named, for the best source of each scope.
    ///
    /// - Parameters:
    ///   - deviceIDs: the GPUs that the run uses; empty when it uses none, nil for all visible ones.
    ///   - followsProcess: whether the CPU share of `processTree` is recorded beside the energy.
    package static func discover(
        metrics: MetricsSpec, deviceIDs: [DeviceSelector]?, host: HostContext, followsProcess: Bool = false
    ) async throws -> MeterSelection {
        // Drivers and `nvidia-smi` may take seconds to answer: they are asked on a thread that may block.
        try await withCheckedThrowingContinuation { continuation in
            let started = onOwnThread {
                continuation.resume(
                    with: Result { try look(metrics: metrics, deviceIDs: deviceIDs, host: host, followsProcess: followsProcess) })
            }
            if !started {
                continuation.resume(
                    throwing: Failure("meter.thread", "no thread to look for meters", remedy: "raise the limit `ulimit -u`"))
            }
        }
    }

    /// No meters, and why.
    package static func nothing(because reason: String, remedy: String?, host: HostContext) -> MeterSelection {
        var selection = MeterSelection(facts: HostFacts.read(root: host.root))
        selection.unavailable.append(.init(meter: "meters of this machine", reason: reason, remedy: remedy))
        return selection
    }

    private static func look(
        metrics: MetricsSpec, deviceIDs: [DeviceSelector]?, host: HostContext, followsProcess: Bool
    ) throws(Failure) -> MeterSelection {
        var selection = MeterSelection(facts: HostFacts.read(root: host.root))
        guard metrics.enabled, !metrics.meters.contains(where: { $0.family == .none }) else { return selection }
        let automatic = metrics.meters.isEmpty
        let wanted = automatic ? [.nvml, .rapl, .hwmon, .model].map { MeterSelector($0) } : metrics.meters
        for meter in wanted {
            try selection.add(meter, automatic: automatic, period: metrics.samplePeriod, deviceIDs: deviceIDs, host: host)
        }
        try selection.tellAgentsApart(root: host.root)
        if followsProcess, !selection.meters.isEmpty {
            selection.add(ProcessShareMeter.discover(root: host.root, target: selection.processTree, label: "worker"))
        }
        return selection
    }

    private mutating func add(
        _ selector: MeterSelector, automatic: Bool, period: Duration, deviceIDs: [DeviceSelector]?, host: HostContext
    ) throws(Failure) {
        let visible = host.variables["CUDA_VISIBLE_DEVICES"]
        switch selector.family {
        case .none: break
        case .nvml:
            if automatic, deviceIDs == [] { return }
            if automatic {
                add(try NVIDIADiscovery.find(selectors: deviceIDs, cudaVisibleDevices: visible, period: period))
            } else {
                let gain = selector.gain ?? NVMLMeter.gain
                add(try NVMLMeter.discover(selectors: deviceIDs, cudaVisibleDevices: visible, gain: gain))
            }
        case .nvidiaSMI:
            guard let smi = NvidiaSMI() else {
                unavailable.append(
                    .init(meter: "nvidia-smi", reason: "there is no `nvidia-smi` in PATH", remedy: "install the driver's tools"))
                return
            }
            add(try NvidiaSMIMeter.discover(selectors: deviceIDs, cudaVisibleDevices: visible, period: period, smi: smi))
        case .rapl: add(RAPLMeter.discover(root: host.root, gain: selector.gain))
        case .hwmon: add(HwmonMeter.discover(root: host.root, gain: selector.gain))
        case .model:
            // A model stands in only where nothing is measured: it would be a worse second figure for the same joules.
            if !automatic || !covers([.package, .psys, .cpu]) { add(CPUModelMeter.discover(root: host.root, gain: selector.gain)) }
            if !automatic || !covers([.dram]) { add(DRAMModelMeter.discover(root: host.root, gain: selector.gain)) }
        case .csv:
            guard let file = selector.file else {
                throw Failure("config.missing", "the csv meter has no file", remedy: "write `csv: {file: power.csv}`")
            }
            add(ReplayMeter.discover(file: file, gain: selector.gain))
        case .amd: break  // BASE: meters-local
        case .jetson: break  // BASE: meters-local
        case .powermetrics: break  // BASE: meters-local
        case .ipmi: break  // BASE: meters-local
        case .cray: break  // BASE: meters-local
        case .dcgm: break  // BASE: meters-http
        case .prometheus: break  // BASE: meters-http
        case .plug: break  // BASE: meters-http
        case .zeusd: break  // BASE: meters-http
        case .energyMetrics: break  // BASE: meters-http
        case .agent: try add(agent: selector, variables: host.variables)
        }
    }

    private mutating func add(_ discovery: MeterDiscovery) {
        meters += discovery.meters
        unavailable += discovery.unavailable
    }

    private mutating func add(_ discovery: NVIDIADiscovery) {
        add(discovery.found)
        gpus += discovery.gpus
        driverVersion = discovery.driverVersion
        cudaVersion = discovery.cudaVersion
    }

    mutating func add(_ agent: AgentSource) { agents.append(agent) }

    /// The agents as they are called in this run, with what they know of their machines.
    mutating func adopt(_ agents: [AgentSource]) {
        self.agents = agents
        for agent in agents { adoptFacts(of: agent) }
    }

    private mutating func adoptFacts(of agent: AgentSource) {
        gpus += agent.description.environment.gpus.map { gpu in
            var gpu = gpu
            gpu.host = agent.host
            return gpu
        }
        unavailable += agent.description.environment.unavailableMeters.map {
            RunEnvironment.Unavailable(meter: "\(agent.host): \($0.meter)", reason: $0.reason, remedy: $0.remedy)
        }
    }

    private func covers(_ scopes: [Scope]) -> Bool {
        meters.contains { $0.channels.contains { $0.countsInTotals && scopes.contains($0.scope) } }
    }

    // MARK: Requirements

    /// Whether any scope is measured rather than modelled.
    package var hasMeasured: Bool { measuredScopes.isEmpty == false }

    private var measuredScopes: Set<Scope> {
        let channels = meters.flatMap(\.channels) + agents.flatMap(\.channels)
        return Set(channels.filter { $0.countsInTotals && $0.kind != .model }.map(\.scope))
    }

    /// - Throws: `meter.none-measured`, with every reason, when nothing here is measured.
    package func requireMeasured() throws(Failure) {
        guard !hasMeasured else { return }
        throw Failure(
            "meter.none-measured", "no energy can be measured on this machine, and --require-energy was given", cause: reasons,
            remedy: "see `joulebench doctor`, or run without --require-energy to get modelled figures")
    }

    /// - Throws: `meter.scope-missing` when a required scope is not measured.
    package func require(_ scopes: [Scope]) throws(Failure) {
        let missing = scopes.filter { !measuredScopes.contains($0) }
        guard !missing.isEmpty else { return }
        throw Failure(
            "meter.scope-missing",
            "metrics.require names \(missing.map { "`\($0.rawValue)`" }.joined(separator: ", ")), which nothing here measures",
            cause: reasons,
            remedy: "see `joulebench doctor`, or take the scope out of metrics.require")
    }

    /// Why there is nothing to read at all.
    package var nothingToRead: Failure {
        Failure("meter.none", "there is no meter to read", cause: reasons, remedy: "see `joulebench doctor`")
    }

    private var reasons: String { unavailable.map { "\($0.meter): \($0.reason)" }.joined(separator: "\n") }

    // MARK: Description

    /// What the run ran on, as far as it is known at its start.
    package func environment(
        version: String, start: ClockAnchor, channels: [MeterChannel], failures: [Failure]
    ) -> RunEnvironment {
        var environment = RunEnvironment(joulebench: version, cpu: facts.cpu, memory: facts.memory, system: facts.system, start: start)
        environment.gpus = gpus
        environment.nvidiaDriver = driverVersion
        environment.cudaVersion = cudaVersion
        environment.meters = channels
        environment.unavailableMeters =
            unavailable + failures.map { RunEnvironment.Unavailable(meter: $0.code, reason: $0.message, remedy: $0.remedy) }
        return environment
    }
}

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
    /// Those of `unavailable` that were asked for by name; empty where whatever there is was looked for.
    package private(set) var missingByName: [RunEnvironment.Unavailable] = []
    package private(set) var gpus: [RunEnvironment.GPU] = []
    package private(set) var driverVersion: String?
    package private(set) var cudaVersion: String?
    /// The agents on other machines whose samples are fetched.
    package private(set) var agents: [AgentSource] = []
    /// The process tree whose CPU share is recorded beside the modelled energy.
    package let processTree = ProcessTreeTarget()
    private let facts: HostFacts
    /// PCI ids and bus addresses of chips that a meter of their own reads: hwmon leaves them alone.
    private var takenChips: Set<String> = []
    private var amdGPUs: Set<String> = []

    private init(facts: HostFacts) { self.facts = facts }

    /// What their runtimes know the selected GPUs of this machine by, in their order; nil where there are none.
    package var visibleGPUs: [String]? {
        let own = gpus.filter { $0.host == nil }
        let nvidia = own.map(\.uuid).filter { !amdGPUs.contains($0) }
        if !nvidia.isEmpty { return nvidia }
        // A card without a unique number has no name that ROCm would know it by.
        let amd = own.map(\.uuid)
        return amd.isEmpty || !amd.allSatisfy { $0.hasPrefix("GPU-") } ? nil : amd
    }

    /// This machine's own name; nil where it has none.
    package var hostname: String? { facts.system.hostname }

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

    /// The meters of a simulated server, and none of this machine.
    static func simulated(_ meters: [any Meter], host: HostContext) -> MeterSelection {
        var selection = MeterSelection(facts: HostFacts.read(root: host.root))
        selection.meters = meters
        selection.gpus = meters.flatMap(\.channels).enumerated().map { index, channel in
            var gpu = RunEnvironment.GPU(index: index, uuid: channel.device)
            gpu.name = channel.name
            return gpu
        }
        return selection
    }

    private static func look(
        metrics: MetricsSpec, deviceIDs: [DeviceSelector]?, host: HostContext, followsProcess: Bool
    ) throws(Failure) -> MeterSelection {
        var selection = MeterSelection(facts: HostFacts.read(root: host.root))
        guard metrics.enabled, !metrics.meters.contains(where: { $0.family == .none }) else { return selection }
        let automatic = metrics.meters.isEmpty
        let wanted = automatic ? Self.automaticFamilies.map { MeterSelector($0) } : metrics.meters
        // What others read already, these must know: they come last, whatever the order in which they were named.
        let inOrder = wanted.enumerated().sorted { (Self.stage($0.element.family), $0.offset) < (Self.stage($1.element.family), $1.offset) }
        for (_, meter) in inOrder {
            try selection.add(meter, automatic: automatic, period: metrics.samplePeriod, deviceIDs: deviceIDs, host: host)
        }
        if !automatic { selection.missingByName = selection.unavailable }
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
        if !automatic, deviceIDs == [], [.nvml, .nvidiaSMI, .amd].contains(selector.family) {
            unavailable.append(
                .init(
                    meter: selector.family.rawValue, reason: "the model runs on the processor (`backend.device`), so no GPU is the run's",
                    remedy: "leave `\(selector.family.rawValue)` out of `metrics.meters`, or run the model on a GPU"))
            return
        }
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
        case .hwmon:
            let modules = meters.contains { $0.channels.contains { $0.scope == .module && $0.countsInTotals } }
            add(
                HwmonMeter.discover(
                    root: host.root, gain: selector.gain, excluding: takenChips, modulesElsewhere: modules))
        case .model:
            // A model stands in only where nothing is measured: it would be a worse second figure for the same joules.
            if !automatic || !covers([.package, .psys, .cpu, .module]) {
                add(CPUModelMeter.discover(root: host.root, gain: selector.gain))
            }
            if !automatic || !covers([.dram, .psys, .module]) { add(DRAMModelMeter.discover(root: host.root, gain: selector.gain)) }
        case .csv:
            guard let file = selector.file else {
                throw Failure("config.missing", "the csv meter has no file", remedy: "write `csv: {file: power.csv}`")
            }
            add(ReplayMeter.discover(file: file, gain: selector.gain))
        case .amd:
            // Beside NVIDIA GPUs the devices of a run are theirs.
            guard !(automatic && deviceIDs == []), deviceIDs == nil || gpus.isEmpty else { return }
            let amd = try AMDMeter.discover(selectors: deviceIDs, variables: host.variables, root: host.root, gain: selector.gain)
            guard !automatic || amd.hasHardware else { return }
            add(amd.found)
            gpus += amd.gpus
            amdGPUs.formUnion(amd.gpus.map(\.uuid))
            takenChips.formUnion(amd.places)
        case .jetson:
            let jetson = JetsonMeter.discover(root: host.root, gain: selector.gain)
            guard !automatic || jetson.isTegra else { return }
            add(jetson.found)
            takenChips.formUnion(jetson.places)
        case .powermetrics: add(PowermetricsMeter.discover(period: period, gain: selector.gain))
        case .ipmi: add(IPMIMeter.discover(gain: selector.gain))
        case .cray:
            guard !automatic || CrayMeter.exists(root: host.root) else { return }
            var others = CrayParts()
            others.package = covers([.package, .psys, .cpu, .module])
            others.dram = covers([.dram, .psys, .module])
            others.gpu = covers([.gpu, .module]) || deviceIDs == []
            add(CrayMeter.discover(root: host.root, gain: selector.gain, others: others))
        case .dcgm, .prometheus, .plug, .zeusd, .energyMetrics:
            let search = HTTPMeterSearch(
                selector, devices: deviceIDs, gpus: gpus, counted: meters.flatMap(\.channels), variables: host.variables)
            add(try search.find())
        case .agent: try add(agent: selector, variables: host.variables)
        }
    }

    /// What is looked for when no meter is named. Not among them: `ipmi`, which keeps the management controller busy and wants root, and
    /// whatever has to be told where it is.
    package static let automaticFamilies: [MeterSelector.Family] = {
        #if canImport(Darwin)
        [.powermetrics, .model]
        #else
        [.nvml, .amd, .rapl, .jetson, .hwmon, .cray, .model]
        #endif
    }()

    /// Those that leave to others what others read come after them.
    private static func stage(_ family: MeterSelector.Family) -> Int {
        switch family {
        case .nvml, .nvidiaSMI, .amd, .rapl, .jetson, .powermetrics, .ipmi, .agent, .csv, .none: 0
        case .hwmon: 1
        case .cray: 2
        case .model: 3
        // A page may name by number what the others know by heart.
        case .dcgm, .prometheus, .plug, .zeusd, .energyMetrics: 4
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
        return Set(channels.filter { $0.countsInTotals && $0.kind != .model && $0.kind != .simulated }.map(\.scope))
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
    ///
    /// - Parameter failures: of meters that were found and did not open.
    package func nothingToRead(beside failures: [Failure] = []) -> Failure {
        let unopened = failures.map { [$0.message, $0.cause].compactMap(\.self).joined(separator: ": ") }
        return Failure(
            "meter.none", "there is no meter to read", cause: ([reasons] + unopened).filter { !$0.isEmpty }.joined(separator: "\n"),
            remedy: "see `joulebench doctor`")
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
            unavailable + failures.map { RunEnvironment.Unavailable(unopened: $0) }
        return environment
    }
}

extension RunEnvironment.Unavailable {
    /// A meter that was found and did not open. The failure does not name it; its code says what kind of meter it is.
    package init(unopened failure: Failure) { self.init(meter: failure.code, reason: failure.message, remedy: failure.remedy) }
}

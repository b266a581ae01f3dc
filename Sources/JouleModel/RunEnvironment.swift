import JouleUnits

/// What the run ran on: `environment.json`. A field that could not be read is absent.
package struct RunEnvironment: Hashable, Sendable, Codable {
    package struct GPU: Hashable, Sendable, Codable {
        package var index: Int
        package var name: String?
        package var uuid: String
        package var pciBusID: String?
        package var memoryBytes: ByteCount?
        package var smCount: Int?
        package var vbios: String?
        package var persistenceMode: Bool?
        package var migMode: Bool?
        package var eccMode: Bool?
        package var powerLimitWatts: Double?
        package var powerLimitMinWatts: Double?
        package var powerLimitMaxWatts: Double?
        package var smClockMaxMHz: Double?
        package var memoryClockMaxMHz: Double?
        /// Other processes seen on the device, by pid.
        package var foreignProcesses: [Int]?
        /// The same with their names and times, where they were looked for during a run.
        package var foreignSightings: [ForeignProcess]?
        /// The machine that it is in, where it is not this one.
        package var host: String?

        package init(index: Int, uuid: String) {
            self.index = index
            self.uuid = uuid
        }

        private enum CodingKeys: String, CodingKey {
            case index, name, uuid, vbios, host
            case pciBusID = "pci_bus_id"
            case memoryBytes = "memory_bytes"
            case smCount = "sm_count"
            case persistenceMode = "persistence_mode"
            case migMode = "mig_mode"
            case eccMode = "ecc_mode"
            case powerLimitWatts = "power_limit_watts"
            case powerLimitMinWatts = "power_limit_min_watts"
            case powerLimitMaxWatts = "power_limit_max_watts"
            case smClockMaxMHz = "sm_clock_max_mhz"
            case memoryClockMaxMHz = "memory_clock_max_mhz"
            case foreignProcesses = "foreign_processes"
            case foreignSightings = "foreign_sightings"
        }
    }

    package struct CPU: Hashable, Sendable, Codable {
        package var model: String?
        package var logicalCores: Int
        package var sockets: Int?
        package var maxMHz: Double?
        package var governor: String?
        package var virtualMachine: Bool?

        package init(logicalCores: Int) { self.logicalCores = logicalCores }

        private enum CodingKeys: String, CodingKey {
            case model, sockets, governor
            case logicalCores = "logical_cores"
            case maxMHz = "max_mhz"
            case virtualMachine = "virtual_machine"
        }
    }

    package struct Memory: Hashable, Sendable, Codable {
        package var totalBytes: ByteCount?
        /// The cgroup's limit, where it is lower.
        package var limitBytes: ByteCount?

        package init(totalBytes: ByteCount?, limitBytes: ByteCount?) {
            self.totalBytes = totalBytes
            self.limitBytes = limitBytes
        }

        private enum CodingKeys: String, CodingKey {
            case totalBytes = "total_bytes"
            case limitBytes = "limit_bytes"
        }
    }

    package struct OperatingSystem: Hashable, Sendable, Codable {
        package var name: String
        package var kernel: String?
        package var architecture: String?
        package var hostname: String?
        package var container: String?

        package init(name: String) { self.name = name }
    }

    /// A meter that was asked for or found, and could not be used.
    package struct Unavailable: Hashable, Sendable, Codable {
        package let meter: String
        package let reason: String
        package let remedy: String?

        package init(meter: String, reason: String, remedy: String?) {
            self.meter = meter
            self.reason = reason
            self.remedy = remedy
        }
    }

    /// The server that was measured, as it described itself before the first request.
    package struct Server: Hashable, Sendable, Codable {
        /// The base URL without user, password and query.
        package var endpoint: String
        package var dialect: ServerDialect
        /// Whether the server's address is one of this machine.
        package var isLocal: Bool?
        package var version: String?
        /// The model as it is asked for, and the names that the server lists.
        package var model: String
        package var listedModels: [String] = []
        package var maxModelLength: Int?
        /// What the server answers to its dialect's page of facts, as it came.
        package var details: JSONValue?
        /// Program and arguments without secrets, where this run started it.
        package var launchCommand: [String]?
        package var pid: Int32?

        package init(endpoint: String, dialect: ServerDialect, model: String) {
            self.endpoint = endpoint
            self.dialect = dialect
            self.model = model
        }

        private enum CodingKeys: String, CodingKey {
            case endpoint, dialect, version, model, details, pid
            case isLocal = "is_local"
            case listedModels = "listed_models"
            case maxModelLength = "max_model_length"
            case launchCommand = "launch_command"
        }
    }

    package static let schemaVersion = 1

    package var schemaVersion = RunEnvironment.schemaVersion
    package var joulebench: String
    package var gpus: [GPU] = []
    package var nvidiaDriver: String?
    package var cudaVersion: String?
    package var cpu: CPU
    package var memory: Memory
    package var system: OperatingSystem
    package var meters: [MeterChannel] = []
    package var unavailableMeters: [Unavailable] = []
    /// Versions as the backend reports them: `python`, `torch`, `transformers`.
    package var versions: [String: String] = [:]
    package var server: Server?
    /// What stood in for a model; absent where one ran.
    package var simulation: Simulation?
    /// What was asked of the model's thinking; absent where prompts went out as they are.
    package var reasoning: ReasoningRecord?
    /// How synthetic prompts were given their lengths; absent where there are none.
    package var promptLengths: PromptLengthRecord?
    /// nil in recordings without an agent, and in those from before there were any.
    private var agentRecords: [AgentRecord]?
    /// What the tool itself used until the end of the recording: cpu_seconds, peak_rss_bytes, voluntary_switches, ticks_missed …
    package var ownCost: [String: Double]?
    package var start: ClockAnchor
    package var end: ClockAnchor?

    /// The agents that read meters of other machines.
    package var agents: [AgentRecord] {
        get { agentRecords ?? [] }
        set { agentRecords = newValue.isEmpty ? nil : newValue }
    }

    package init(joulebench: String, cpu: CPU, memory: Memory, system: OperatingSystem, start: ClockAnchor) {
        self.joulebench = joulebench
        self.cpu = cpu
        self.memory = memory
        self.system = system
        self.start = start
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case joulebench, gpus, cpu, memory, system, meters, versions, server, simulation, reasoning
        case promptLengths = "prompt_lengths"
        case nvidiaDriver = "nvidia_driver"
        case cudaVersion = "cuda_version"
        case unavailableMeters = "unavailable_meters"
        case agentRecords = "agents"
        case ownCost = "own_cost"
        case start = "start_anchor"
        case end = "end_anchor"
    }
}

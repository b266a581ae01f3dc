import JouleModel
import JouleUnits

/// What the workers of a run were together, and what can be said of each: `aggregated/<id>.json`.
package struct WorkersTogether: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    package struct Member: Hashable, Sendable, Codable {
        package var processIndex: Int
        package var pid: Int32?
        /// The GPUs that it was given; nil where it was given none by name.
        package var gpus: [String]?
        package var start: Instant?
        package var end: Instant?
        package var inputTokens: Int
        package var outputTokens: Int
        package var tokensPerSecond: Double?
        /// By scope.
        package var energy: [String: Figure]

        package init(_ process: ProcessResult, gpus: [String]?) {
            processIndex = process.processIndex
            pid = process.pid
            self.gpus = gpus
            (start, end) = (process.start, process.end)
            (inputTokens, outputTokens) = (process.inputTokens, process.outputTokens)
            tokensPerSecond = process.tokensPerSecond
            energy = process.energyByScope
        }

        private enum CodingKeys: String, CodingKey {
            case pid, energy
            case processIndex = "process_index"
            case gpus = "gpu_uuids"
            case start = "start_ns"
            case end = "end_ns"
            case inputTokens = "input_tokens"
            case outputTokens = "output_tokens"
            case tokensPerSecond = "tokens_per_second"
        }
    }

    package var schemaVersion = WorkersTogether.schemaVersion
    package var experimentID: String
    package var inputTokens: Int
    package var outputTokens: Int
    /// From the first request of any worker to the last answer of any.
    package var durationSeconds: Double?
    /// All output tokens over that time.
    package var tokensPerSecond: Double?
    /// Of the run, by scope: each device once.
    package var energy: [String: Figure]
    /// How the sums were made, for people.
    package var method: String
    /// Whether there was a moment at which all were at work.
    package var temporalOverlapVerified: Bool
    /// Whether each worker had GPUs that no other worker and no other program used, and all of them were metered.
    package var gpuAttributionVerified: Bool
    package var warnings: [String]
    package var processes: [Member]

    package init(experimentID: String, processes: [Member], energy: [String: Figure], method: String) {
        self.experimentID = experimentID
        self.energy = energy
        self.method = method
        self.processes = processes
        inputTokens = processes.reduce(0) { $0 + $1.inputTokens }
        outputTokens = processes.reduce(0) { $0 + $1.outputTokens }
        temporalOverlapVerified = false
        gpuAttributionVerified = false
        warnings = []
    }

    private enum CodingKeys: String, CodingKey {
        case energy, method, warnings, processes
        case schemaVersion = "schema_version"
        case experimentID = "experiment_id"
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case durationSeconds = "duration_seconds"
        case tokensPerSecond = "tokens_per_second"
        case temporalOverlapVerified = "temporal_overlap_verified"
        case gpuAttributionVerified = "gpu_attribution_verified"
    }
}

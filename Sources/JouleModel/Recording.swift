import JouleUnits

/// Everything a run wrote down: the facts from which every figure is computed, and nothing else.
package struct Recording: Sendable {
    package var runID: String
    package var experiment: Experiment
    package var environment: RunEnvironment
    package var state: RunState
    package var process: ProcessResult?
    package var series: [SampleSeries]
    package var requests: [RequestTimeline]
    /// What the server's own metrics said each second; nil where it has none.
    package var serverMetrics: ServerMetrics?
    /// What the load client saw of itself; nil where no load client ran, or it was killed.
    package var client: ClientReport?
    /// The intensity of the electricity, and what else turns energy into carbon, water and money; nil where it was not looked up.
    package var carbon: CarbonRecord?
    /// The model's own configuration; nil in runs that did not look for it.
    package var modelConfiguration: ModelConfiguration?
    /// The model that the run found loaded; nil where it loaded it itself, or had a server that runs by itself.
    package var keptModel: KeptModel?
    /// What was dropped on reading: a line cut off by a kill.
    package var notes: [String]

    package init(
        runID: String, experiment: Experiment, environment: RunEnvironment, state: RunState, process: ProcessResult?,
        series: [SampleSeries], requests: [RequestTimeline], serverMetrics: ServerMetrics? = nil, client: ClientReport? = nil,
        carbon: CarbonRecord? = nil, modelConfiguration: ModelConfiguration? = nil, keptModel: KeptModel? = nil,
        notes: [String] = []
    ) {
        self.runID = runID
        self.experiment = experiment
        self.environment = environment
        self.state = state
        self.process = process
        self.series = series
        self.requests = requests
        self.serverMetrics = serverMetrics
        self.client = client
        self.carbon = carbon
        self.modelConfiguration = modelConfiguration
        self.keptModel = keptModel
        self.notes = notes
    }

    /// The window of a phase, nil when the phase was not run to its end.
    package func window(of phase: Phase) -> Range<Instant>? {
        state.phases.last { $0.phase == phase }?.window
    }
}

/// How far a run came and how it ended: `state.json`.
package struct RunState: Hashable, Sendable, Codable {
    package enum Status: String, Codable, Sendable, Hashable {
        case running
        case completed
        /// Stopped by a signal; partial results are kept.
        case interrupted
        case failed
        /// The process is gone and never wrote an end; found by a later start.
        case killed
    }

    package static let schemaVersion = 1

    package var schemaVersion = RunState.schemaVersion
    package var status: Status
    /// What happened, for people; nil while all is well.
    package var reason: String?
    package var pid: Int32
    /// The machine that the process runs on: a shared results folder is seen from others too.
    package var host: String?
    /// Start time of the process in clock ticks since boot, so that a reused pid is not taken for this run.
    package var processStart: String?
    package var phases: [PhaseSpan]
    package var requestsPlanned: Int
    package var requestsDone: Int
    package var samplesLost: Int
    /// What the tool and the machine had used at the edges of the phases; nil in recordings of older versions.
    package var costMarks: [CostMark]?
    package var updated: Instant

    package init(status: Status, pid: Int32, host: String? = nil, processStart: String?, requestsPlanned: Int, updated: Instant) {
        self.status = status
        self.pid = pid
        self.host = host
        self.processStart = processStart
        self.phases = []
        self.requestsPlanned = requestsPlanned
        self.requestsDone = 0
        self.samplesLost = 0
        self.updated = updated
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case status, reason, pid, host, phases
        case processStart = "process_start"
        case requestsPlanned = "requests_planned"
        case requestsDone = "requests_done"
        case samplesLost = "samples_lost"
        case costMarks = "cost_marks"
        case updated = "updated_ns"
    }
}

/// What the worker said of itself: the model as loaded and the memory it took.
package struct ProcessResult: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    package var schemaVersion = ProcessResult.schemaVersion
    package var experimentID: String
    package var processIndex: Int
    package var pid: Int32?
    package var modelClass: String?
    package var parameters: Int64?
    package var modelRevision: String?
    package var contextLength: Int?
    package var dtype: String?
    package var devices: [String]
    package var start: Instant?
    package var end: Instant?
    package var inputTokens: Int
    package var outputTokens: Int
    /// Batches of the measured phase, and the positions by which they padded their prompts; nil in recordings of older versions.
    package var batches: Int?
    package var paddingTokens: Int?
    package var inferenceSeconds: Double?
    package var tokensPerSecond: Double?
    package var meanLatencySeconds: Double?
    package var energyByScope: [String: Figure]
    package var modelMemory: ByteCount?
    package var peakMemory: ByteCount?
    /// What the worker counted, where `compute.flops` asks for it.
    package var operationProfile: OperationProfile?
    /// Why it could not count.
    package var operationProfileReason: String?
    package var flopsTotal: Double?
    package var flopsPerToken: Double?
    package var flopsPerSecond: Double?
    package var flopsMethod: String?
    package var flopsConfidence: String?
    package var computePrecision: String?
    /// The last lines of the worker's standard error, when it died.
    package var lastErrorLines: [String]

    package init(experimentID: String, processIndex: Int) {
        self.experimentID = experimentID
        self.processIndex = processIndex
        devices = []
        inputTokens = 0
        outputTokens = 0
        energyByScope = [:]
        lastErrorLines = []
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case experimentID = "experiment_id"
        case processIndex = "process_index"
        case pid, parameters, dtype, batches
        case devices = "device_ids"
        case modelClass = "model_class"
        case modelRevision = "model_revision"
        case contextLength = "context_length"
        case start = "start_ns"
        case end = "end_ns"
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case paddingTokens = "padding_tokens"
        case inferenceSeconds = "inference_time_seconds"
        case tokensPerSecond = "tokens_per_second"
        case meanLatencySeconds = "mean_latency_seconds"
        case energyByScope = "energy"
        case modelMemory = "model_memory_bytes"
        case peakMemory = "peak_memory_bytes"
        case operationProfile = "flops_profile"
        case operationProfileReason = "flops_profile_reason"
        case flopsTotal = "flops_total"
        case flopsPerToken = "flops_per_token"
        case flopsPerSecond = "flops_per_second"
        case flopsMethod = "flops_method"
        case flopsConfidence = "flops_confidence"
        case computePrecision = "compute_precision"
        case lastErrorLines = "last_error_lines"
    }
}

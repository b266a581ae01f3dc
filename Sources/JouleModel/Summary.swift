import JouleUnits

/// Every figure of a run: `summary.json`, and what the console, the HTML report and the CSV row are drawn from.
package struct Summary: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    /// Order statistics of one latency, in seconds; nil fields when nothing was measured.
    package struct Distribution: Hashable, Sendable, Codable {
        package var count: Int
        package var mean: Double?
        package var standardDeviation: Double?
        package var minimum: Double?
        package var p50: Double?
        package var p90: Double?
        package var p95: Double?
        package var p99: Double?
        package var maximum: Double?

        package init(count: Int) { self.count = count }

        private enum CodingKeys: String, CodingKey {
            case count, mean, p50, p90, p95, p99
            case standardDeviation = "standard_deviation"
            case minimum = "min"
            case maximum = "max"
        }
    }

    /// Energy of the measured window for one scope, gross and net together.
    package struct ScopeEnergy: Hashable, Sendable, Codable {
        package var scope: Scope
        package var gross: Figure
        package var netOverIdleHost: Figure
        package var netOverIdleLoaded: Figure
        package var idleHostPower: Figure
        package var idleLoadedPower: Figure
        package var meanPower: Figure
        package var peakPower: Figure
        /// Idle again after the run, from the second half of the cool-down.
        package var netOverIdleAfter: Figure
        package var idleAfterPower: Figure
        /// Half the 95 % interval of each idle power from scatter alone, without the sensor's gain, in watts: `host`, `loaded`, `after`.
        package var idleScatter: [String: Double]?

        package init(
            scope: Scope, gross: Figure, netOverIdleHost: Figure, netOverIdleLoaded: Figure, idleHostPower: Figure,
            idleLoadedPower: Figure, meanPower: Figure, peakPower: Figure, netOverIdleAfter: Figure? = nil, idleAfterPower: Figure? = nil,
            idleScatter: [String: Double]? = nil
        ) {
            self.scope = scope
            self.gross = gross
            self.netOverIdleHost = netOverIdleHost
            self.netOverIdleLoaded = netOverIdleLoaded
            self.idleHostPower = idleHostPower
            self.idleLoadedPower = idleLoadedPower
            self.meanPower = meanPower
            self.peakPower = peakPower
            let unknown = "the idle power after the run was not told apart"
            self.netOverIdleAfter = netOverIdleAfter ?? .absent(unit: Joules.symbol, scope: scope, reason: unknown)
            self.idleAfterPower = idleAfterPower ?? .absent(unit: Watts.symbol, scope: scope, reason: unknown)
            self.idleScatter = idleScatter
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func figure(_ key: CodingKeys) throws -> Figure { try container.decode(Figure.self, forKey: key) }
            self.init(
                scope: try container.decode(Scope.self, forKey: .scope), gross: try figure(.gross),
                netOverIdleHost: try figure(.netOverIdleHost), netOverIdleLoaded: try figure(.netOverIdleLoaded),
                idleHostPower: try figure(.idleHostPower), idleLoadedPower: try figure(.idleLoadedPower),
                meanPower: try figure(.meanPower), peakPower: try figure(.peakPower),
                netOverIdleAfter: try container.decodeIfPresent(Figure.self, forKey: .netOverIdleAfter),
                idleAfterPower: try container.decodeIfPresent(Figure.self, forKey: .idleAfterPower),
                idleScatter: try container.decodeIfPresent([String: Double].self, forKey: .idleScatter))
        }

        private enum CodingKeys: String, CodingKey {
            case scope, gross
            case netOverIdleAfter = "net_over_idle_after"
            case idleAfterPower = "idle_after_power"
            case idleScatter = "idle_scatter_watts"
            case netOverIdleHost = "net_over_idle_host"
            case netOverIdleLoaded = "net_over_idle_loaded"
            case idleHostPower = "idle_host_power"
            case idleLoadedPower = "idle_loaded_power"
            case meanPower = "mean_power"
            case peakPower = "peak_power"
        }
    }

    /// Means of one GPU over the measured window; absent where it was not read.
    package struct GPUStatistics: Hashable, Sendable, Codable {
        package var index: Int
        package var device: String
        package var name: String
        /// The machine that it is in, where it is not this one.
        package var host: String?
        package var utilizationPercent: Double?
        package var memoryUsedMebibytes: Double?
        package var memoryTotalMebibytes: Double?
        package var memoryPercent: Double?
        package var temperatureCelsius: Double?
        package var powerWatts: Double?
        package var smClockMHz: Double?
        package var memoryClockMHz: Double?
        package var powerLimitWatts: Double?
        /// Names of the clock-event reasons seen in the window.
        package var throttleReasons: [String]

        package init(index: Int, device: String, name: String) {
            self.index = index
            self.device = device
            self.name = name
            throttleReasons = []
        }

        private enum CodingKeys: String, CodingKey {
            case index, device, name, host
            case utilizationPercent = "utilization_percent"
            case memoryUsedMebibytes = "memory_used_mebibytes"
            case memoryTotalMebibytes = "memory_total_mebibytes"
            case memoryPercent = "memory_percent"
            case temperatureCelsius = "temperature_celsius"
            case powerWatts = "power_watts"
            case smClockMHz = "sm_clock_mhz"
            case memoryClockMHz = "memory_clock_mhz"
            case powerLimitWatts = "power_limit_watts"
            case throttleReasons = "throttle_reasons"
        }
    }

    /// A flag with what raised it, for this run.
    package struct RaisedFlag: Hashable, Sendable, Codable {
        package var flag: Flag
        package var grade: Flag.Grade
        /// The numbers or the device behind it.
        package var detail: String

        package init(_ flag: Flag, detail: String) {
            self.flag = flag
            self.grade = flag.grade
            self.detail = detail
        }
    }

    package struct PhaseRow: Hashable, Sendable, Codable {
        package var phase: Phase
        package var startSeconds: Double
        package var durationSeconds: Double
        /// Energy of the headline scope in this phase.
        package var energy: Figure
        package var meanPower: Figure

        package init(phase: Phase, startSeconds: Double, durationSeconds: Double, energy: Figure, meanPower: Figure) {
            self.phase = phase
            self.startSeconds = startSeconds
            self.durationSeconds = durationSeconds
            self.energy = energy
            self.meanPower = meanPower
        }

        private enum CodingKeys: String, CodingKey {
            case phase, energy
            case startSeconds = "start_seconds"
            case durationSeconds = "duration_seconds"
            case meanPower = "mean_power"
        }
    }

    package struct Requests: Hashable, Sendable, Codable {
        package var planned: Int
        package var completed: Int
        /// Every outcome but `completed`, `cancelled` and `dropped`.
        package var failed: Int
        /// Requests by outcome; their sum is the number of scheduled ones.
        package var outcomes: [String: Int] = [:]
        package var inputTokens: Int
        package var cachedInputTokens: Int?
        package var outputTokens: Int
        package var reasoningTokens: Int?
        /// Output tokens of requests that did not complete: their energy was spent for nothing.
        package var wastedTokens: Int
        package var tokenSources: [String: Int]
        /// Error texts of failed requests with their counts, most frequent first.
        package var errors: [String: Int]

        package init(
            planned: Int, completed: Int, failed: Int, inputTokens: Int, outputTokens: Int, wastedTokens: Int,
            tokenSources: [String: Int], errors: [String: Int]
        ) {
            self.planned = planned
            self.completed = completed
            self.failed = failed
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.wastedTokens = wastedTokens
            self.tokenSources = tokenSources
            self.errors = errors
        }

        private enum CodingKeys: String, CodingKey {
            case planned, completed, failed, outcomes, errors
            case inputTokens = "input_tokens"
            case cachedInputTokens = "cached_input_tokens"
            case reasoningTokens = "reasoning_tokens"
            case outputTokens = "output_tokens"
            case wastedTokens = "wasted_tokens"
            case tokenSources = "token_sources"
        }
    }

    package var schemaVersion = Summary.schemaVersion
    package var runID: String
    package var name: String
    package var model: String
    package var status: RunState.Status
    package var statusReason: String?
    /// Wall-clock start of the run, ISO 8601 UTC.
    package var startedAt: String
    /// The window all figures are cut from, in seconds since the start anchor, and what it is.
    package var windowStartSeconds: Double?
    package var windowDurationSeconds: Double?
    package var windowKind: String
    package var windowVerdict: WindowVerdict = .wholePhase
    package var headlineScope: Scope
    /// Why the headline energy is absent or modelled; nil when it is measured.
    package var energyReason: String?
    /// The earlier run that loaded the model; nil where this run did, or a server had it.
    package var modelLoadedBy: String?

    package var requests: Requests
    /// joules_per_output_token, output_tokens_per_joule, joules_per_request, watt_hours_per_request,
    /// watt_hours_per_1000_requests, mean_power, peak_power, output_tokens_per_second, total_tokens_per_second,
    /// requests_per_second, joules_per_input_token, joules_per_total_token, joules_per_useful_token, net_joules_per_output_token,
    /// idle_share, cpu_process_share, model_memory, peak_memory …
    package var figures: [String: Figure]
    /// time_to_first_token, time_to_first_output_token, chunk_gap, time_per_output_token, inter_token_latency, response_latency, service_latency.
    package var latencies: [String: Distribution]
    /// nil for runs of a worker.
    package var serving: Serving?
    /// nil where no energy could be shared over requests.
    package var attribution: Attribution?
    /// nil where no intensity was looked up: a run of an older version.
    package var carbon: Carbon?
    /// nil in summaries that were made before operations were counted.
    package var compute: Compute?
    package var energies: [ScopeEnergy]
    package var ledger: [LedgerEntry]
    package var gpus: [GPUStatistics]
    /// How the sensors behaved; nil where none was looked at.
    package var sensors: [Sensor]?
    package var phases: [PhaseRow]
    package var flags: [RaisedFlag]
    package var notes: [String]
    /// What the tool itself cost during the run: cpu_seconds, peak_rss_bytes, voluntary_switches, involuntary_switches,
    /// wakeups_per_second, samples, samples_lost.
    package var ownCost: [String: Double]
    /// The same for the measured phase alone, with the power that it took; nil in recordings of older versions.
    package var toolCost: ToolCost?

    package init(runID: String, name: String, model: String, status: RunState.Status, startedAt: String, headlineScope: Scope) {
        self.runID = runID
        self.name = name
        self.model = model
        self.status = status
        self.startedAt = startedAt
        self.headlineScope = headlineScope
        windowKind = "measure"
        requests = Requests(
            planned: 0, completed: 0, failed: 0, inputTokens: 0, outputTokens: 0, wastedTokens: 0, tokenSources: [:], errors: [:])
        figures = [:]
        latencies = [:]
        energies = []
        ledger = []
        gpus = []
        phases = []
        flags = []
        notes = []
        ownCost = [:]
    }

    private enum CodingKeys: String, CodingKey {
        case name, model, status, requests, figures, latencies, serving, attribution, carbon, compute, energies, ledger, gpus, sensors
        case phases, flags, notes
        case schemaVersion = "schema_version"
        case runID = "run_id"
        case statusReason = "status_reason"
        case startedAt = "started_at"
        case windowStartSeconds = "window_start_seconds"
        case windowDurationSeconds = "window_duration_seconds"
        case windowKind = "window_kind"
        case windowVerdict = "window_verdict"
        case headlineScope = "headline_scope"
        case energyReason = "energy_reason"
        case modelLoadedBy = "model_loaded_by"
        case ownCost = "own_cost"
        case toolCost = "own_cost_measure"
    }
}

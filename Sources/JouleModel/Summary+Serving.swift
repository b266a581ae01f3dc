extension Summary {
    /// What was found when a steady window was looked for.
    package enum WindowVerdict: String, Hashable, Sendable, Codable {
        case steady
        /// Less than 30 s would be left of it: the figures are those of the whole phase.
        case short = "short_window"
        case noSteadyState = "no_steady_state"
        /// The queue grew to the end: no rate of this run is one that the server can keep.
        case saturated
        /// None was looked for: sequential, burst and worker runs.
        case wholePhase = "whole_phase"
    }

    /// The load as it was asked for and as it was: what two runs must share to be compared.
    package struct Load: Hashable, Sendable, Codable {
        package var arrival: String
        package var concurrency: Int?
        package var rate: Double?
        package var burstiness: Double?
        /// Requests sent a second over the measured phase.
        package var achievedRate: Double?
        /// Mean over the window of the requests in flight.
        package var meanInFlight: Double?

        package init(arrival: String) { self.arrival = arrival }

        private enum CodingKeys: String, CodingKey {
            case arrival, concurrency, rate, burstiness
            case achievedRate = "achieved_rate"
            case meanInFlight = "mean_in_flight"
        }
    }

    /// The part of the requests that met every objective.
    package struct Goodput: Hashable, Sendable, Codable {
        /// By their names: `ttft`, `tpot`, `e2el`, in seconds.
        package var objectives: [String: Double]
        package var good: Int
        /// Completed requests for which an objective's figure is not defined; they do not count as good.
        package var undefined: Int
        package var requestsPerSecond: Figure
        package var requestsPerJoule: Figure

        package init(objectives: [String: Double], good: Int, undefined: Int, requestsPerSecond: Figure, requestsPerJoule: Figure) {
            self.objectives = objectives
            self.good = good
            self.undefined = undefined
            self.requestsPerSecond = requestsPerSecond
            self.requestsPerJoule = requestsPerJoule
        }

        private enum CodingKeys: String, CodingKey {
            case objectives, good, undefined
            case requestsPerSecond = "requests_per_second"
            case requestsPerJoule = "requests_per_joule"
        }
    }

    /// How the window's energy is shared over its requests, in sums; the requests themselves are in `attribution.jsonl`.
    package struct Attribution: Hashable, Sendable, Codable {
        /// `time_sliced` or `token_share`.
        package var method: String
        /// Joules per uncached prompt token and per output token, as weights; nil for the token share.
        package var alpha: Double?
        package var beta: Double?
        /// Where they come from: `configured`, `fit <file>`, `engine`, `assumed`.
        package var origin: String?
        /// Energy of the headline scope: `gross` equals the window's energy; it is requests plus unattributed, to rounding.
        package var gross: Figure
        package var requests: Figure
        package var unattributed: Figure
        package var prefill: Figure
        package var decode: Figure
        /// Parts of decode.
        package var reasoning: Figure
        package var answer: Figure
        /// Energy of requests that did not complete.
        package var wasted: Figure
        /// Joules per completed request, as a distribution.
        package var perRequest: Distribution
        /// Why there is none; nil when there is.
        package var reason: String?

        package init(
            method: String, gross: Figure, requests: Figure, unattributed: Figure, prefill: Figure, decode: Figure, reasoning: Figure,
            answer: Figure, wasted: Figure, perRequest: Distribution
        ) {
            self.method = method
            self.gross = gross
            self.requests = requests
            self.unattributed = unattributed
            self.prefill = prefill
            self.decode = decode
            self.reasoning = reasoning
            self.answer = answer
            self.wasted = wasted
            self.perRequest = perRequest
        }

        private enum CodingKeys: String, CodingKey {
            case method, alpha, beta, origin, gross, requests, unattributed, prefill, decode, reasoning, answer, wasted, reason
            case perRequest = "joules_per_request"
        }
    }

    /// The load client's audit of itself, in seconds.
    package struct ClientAudit: Hashable, Sendable, Codable {
        /// Time from `scheduled` to the start of sending, without time in the client's queue by design.
        package var lateness: Distribution
        package var report: ClientReport?
        /// Whether the client, and not the server, bounded the load.
        package var isLimiting: Bool

        package init(lateness: Distribution, report: ClientReport?, isLimiting: Bool) {
            self.lateness = lateness
            self.report = report
            self.isLimiting = isLimiting
        }

        private enum CodingKeys: String, CodingKey {
            case lateness, report
            case isLimiting = "is_limiting"
        }
    }

    /// Our own counts beside the server's, over the whole measured phase.
    package struct ServerCheck: Hashable, Sendable, Codable {
        package struct Pair: Hashable, Sendable, Codable {
            package var metric: String
            package var ours: Double
            package var server: Double

            package init(metric: String, ours: Double, server: Double) {
                self.metric = metric
                self.ours = ours
                self.server = server
            }
        }

        package var pairs: [Pair]
        /// Scrapes that succeeded and that failed.
        package var scrapes: Int
        package var failedScrapes: Int
        package var meanRunning: Double?
        package var meanWaiting: Double?
        package var peakCacheUsage: Double?
        package var preemptions: Double?
        package var restarted: Bool

        package init(pairs: [Pair], scrapes: Int, failedScrapes: Int, restarted: Bool) {
            self.pairs = pairs
            self.scrapes = scrapes
            self.failedScrapes = failedScrapes
            self.restarted = restarted
        }

        private enum CodingKeys: String, CodingKey {
            case pairs, scrapes, preemptions, restarted
            case failedScrapes = "failed_scrapes"
            case meanRunning = "mean_running"
            case meanWaiting = "mean_waiting"
            case peakCacheUsage = "peak_cache_usage"
        }
    }

    /// What the server itself says that its answers took: a figure of another origin beside the measured ones, never added to them.
    package struct ServerEnergy: Hashable, Sendable, Codable {
        /// The sum over the requests that were completed inside the window and carry a figure.
        package var energy: Figure
        package var perRequest: Figure
        package var perOutputToken: Figure
        /// Requests with a figure, and all that were completed inside the window.
        package var requests: Int
        package var completed: Int

        package init(energy: Figure, perRequest: Figure, perOutputToken: Figure, requests: Int, completed: Int) {
            self.energy = energy
            self.perRequest = perRequest
            self.perOutputToken = perOutputToken
            self.requests = requests
            self.completed = completed
        }

        private enum CodingKeys: String, CodingKey {
            case energy, requests, completed
            case perRequest = "joules_per_request"
            case perOutputToken = "joules_per_output_token"
        }
    }

    /// Everything that only a run against a server has.
    package struct Serving: Hashable, Sendable, Codable {
        package var load: Load
        package var client: ClientAudit
        package var server: ServerCheck?
        package var goodput: Goodput?
        /// Nil where no answer says anything.
        package var serverEnergy: ServerEnergy?
        /// By the turn of a conversation; nil where each request is one of its own.
        package var turns: [Turn]?
        /// Requests that cross an edge of the window: their tokens and energy inside it count, their latencies do not.
        package var crossing: Int
        /// Finish reasons with their counts.
        package var finishReasons: [String: Int]
        /// Oddities of the responses with how often each was seen.
        package var anomalies: [String: Int]
        /// Latencies over all requests, one that did not complete counting as infinite: a quantile that falls there is nil.
        package var censoredLatencies: [String: Distribution]

        package init(load: Load, client: ClientAudit) {
            self.load = load
            self.client = client
            crossing = 0
            finishReasons = [:]
            anomalies = [:]
            censoredLatencies = [:]
        }

        private enum CodingKeys: String, CodingKey {
            case load, client, server, goodput, crossing, anomalies, turns
            case finishReasons = "finish_reasons"
            case serverEnergy = "server_reported_energy"
            case censoredLatencies = "censored_latencies"
        }
    }
}

import JouleUnits

/// When requests are sent, and when no more are.
package struct LoadSpec: Hashable, Sendable {
    package enum Arrival: String, Sendable, Hashable, CaseIterable {
        /// One after the other.
        case sequential
        /// Always `concurrency` requests in flight: the next is sent when one ends.
        case closed
        /// Open loop, equal distances.
        case constant
        /// Open loop, exponentially distributed distances.
        case poisson
        /// Open loop, gamma-distributed distances with shape `burstiness`.
        case gamma
        /// All at once.
        case burst
        /// The instants of a recorded trace.
        case trace

        /// Whether arrivals follow a schedule and do not wait for answers.
        package var isOpen: Bool {
            switch self {
            case .sequential, .closed: false
            case .constant, .poisson, .gamma, .burst, .trace: true
            }
        }
    }

    /// A rate that changes over the first part of an open-loop run.
    package struct Ramp: Hashable, Sendable {
        package enum Shape: String, Sendable, Hashable, CaseIterable { case linear, exponential }

        /// Requests a second at the start and at the end of the ramp.
        package var from: Double
        package var to: Double
        /// How long the ramp takes; the rate stays at `to` after it. nil: over the whole run.
        package var over: Duration?
        package var shape: Shape

        package init(from: Double, to: Double, over: Duration? = nil, shape: Shape = .linear) {
            self.from = from
            self.to = to
            self.over = over
            self.shape = shape
        }
    }

    /// What a request must keep to count as good; a limit that is nil is none.
    package struct Objectives: Hashable, Sendable {
        package var timeToFirstToken: Duration?
        package var timePerOutputToken: Duration?
        /// Service latency, from the written request to the last token.
        package var endToEnd: Duration?

        package init(timeToFirstToken: Duration? = nil, timePerOutputToken: Duration? = nil, endToEnd: Duration? = nil) {
            self.timeToFirstToken = timeToFirstToken
            self.timePerOutputToken = timePerOutputToken
            self.endToEnd = endToEnd
        }

        package var isEmpty: Bool { timeToFirstToken == nil && timePerOutputToken == nil && endToEnd == nil }
    }

    /// A rest between an answer and the next request, as a person needs it: the `latency_simulation` of configurations.
    package struct ThinkTime: Hashable, Sendable {
        package var isEnabled = false
        /// Each rest is drawn evenly between the two, with the experiment's seed.
        package var minimum: Duration = .zero
        package var maximum: Duration = .zero

        package init() {}

        /// Whether anything rests at all.
        package var isActive: Bool { isEnabled && maximum > .zero }
    }

    package var arrival: Arrival = .sequential
    /// Requests in flight in a closed loop.
    package var concurrency = 1
    /// Arrivals a second in an open loop.
    package var rate: Double?
    /// Shape of the gamma distribution; 1 is Poisson, less is burstier, more is steadier.
    package var burstiness = 1.0
    package var ramp: Ramp?
    /// File of a recorded trace.
    package var trace: String?
    /// Open loop: the most requests in flight; those past it are dropped, or queued where `queues`.
    package var maxInFlight: Int?
    package var queues = false
    /// How often a request that was rejected (429, 503) may be sent again.
    package var retries = 0
    /// Stop rules; the first that is met ends the sending. Both nil: the number of samples.
    package var requests: Int?
    package var duration: Duration?
    package var objectives = Objectives()
    package var thinkTime = ThinkTime()

    package init() {}
}

/// How the energy of a window is shared over its requests.
package struct AttributionSpec: Hashable, Sendable {
    package enum Method: String, Sendable, Hashable, CaseIterable {
        case timeSliced = "time_sliced"
        case tokenShare = "token_share"
    }

    package var method: Method = .timeSliced
    /// Joules per uncached prompt token; nil takes the best source there is.
    package var alpha: Double?
    /// Joules per output token.
    package var beta: Double?

    package init() {}
}

import JouleModel
import JouleUnits

/// One request as the workload made it.
package struct PreparedRequest: Sendable {
    /// Unique inside the phase.
    package var index: Int
    package var promptID: String
    package var body: [UInt8]
    /// Where it stands in a conversation; nil for a request of its own.
    package var turn: ConversationTurn?
    /// The length that the prompt was made for, in tokens.
    package var inputTokensAsked: Int?

    package init(index: Int, promptID: String, body: [UInt8]) {
        self.index = index
        self.promptID = promptID
        self.body = body
    }
}

/// What is sent in one phase, when, and when no more is.
package struct LoadProgram: Sendable {
    package enum Pacing: Sendable {
        /// Always that many in flight: a slot that becomes free takes the next request.
        case closed(concurrency: Int)
        /// At these distances from the start, in ascending order, whatever the server does.
        case open(offsets: [Duration], limit: InFlightLimit?)
    }

    /// The most requests of an open loop in flight; those past it are dropped, or wait.
    package struct InFlightLimit: Sendable {
        package var requests: Int
        package var queues: Bool

        package init(_ requests: Int, queues: Bool = false) {
            self.requests = requests
            self.queues = queues
        }
    }

    package var phase: Phase
    /// Target of the requests: prefix and path, as `Endpoint.target` gives it.
    package var target: String
    package var pacing: Pacing
    /// No more than that many are scheduled; nil in a closed loop means until the duration is over.
    package var requests: Int?
    /// Nothing is scheduled after that time from the start.
    package var duration: Duration?
    /// How long requests in flight may go on after the duration; nil leaves them their own limits.
    package var drainLimit: Duration?
    /// Closed loop: the slots begin spread over this time; nil begins them at once.
    package var ramp: Duration?
    /// How long a slot of a closed loop, or a conversation, rests between two requests, by the number of the rest; nil never rests.
    package var thinkTime: (@Sendable (Int) -> Duration)?
    package var timeouts = RequestTimeouts()
    /// How often a request that is rejected with 429 or 503 is sent again.
    package var retries = 0
    /// The longest wait before a retry, whatever `Retry-After` says.
    package var retryAfterLimit: Duration = .seconds(30)
    package var keepsText = false
    /// nil: each request is one of its own. The slots of a closed loop then hold a conversation each, and an arrival of an open loop begins
    /// one; `thinkTime` lies before each later turn.
    package var conversations: LoadConversations?
    package var inlineReasoning = InlineReasoning.none
    /// The nth request, from 0, as it is without answers before it; called on the event loop, so it is to be quick.
    package var prepare: @Sendable (Int) -> PreparedRequest

    package init(phase: Phase, target: String, pacing: Pacing, prepare: @escaping @Sendable (Int) -> PreparedRequest) {
        self.phase = phase
        self.target = target
        self.pacing = pacing
        self.prepare = prepare
    }
}

/// How a load is ended before its time.
package enum LoadStop: Sendable, Hashable {
    /// Nothing new; what is in flight may finish within the limit.
    case drain(limit: Duration)
    case now
}

/// How far a load is, for a display; a hundredth of a second old at most while a load runs.
package struct LoadProgress: Sendable, Hashable {
    package var scheduled = 0
    package var inFlight = 0
    package var queued = 0
    package var completed = 0
    /// All that ended otherwise, dropped ones included.
    package var failed = 0
    package var dropped = 0
    /// Tokens that have arrived; for streams without running usage those that carried text.
    package var tokens = 0

    package init() {}
}

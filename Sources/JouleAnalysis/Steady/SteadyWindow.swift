import JouleModel
import JouleStatistics
import JouleUnits

/// The part of the measured phase in which a run against a server stood still, or why there is none.
///
/// Closed loop: from the instant when all slots have had a first token to the last at which all of them are in flight. Open loop:
/// after the initial transient of the token rate to the last arrival. A trend of power or of the requests in flight inside it, or
/// less than 30 s of it, and the figures are those of the whole phase.
struct SteadyWindow {
    /// A steady window is at least so long.
    static let shortest = Duration.seconds(30)
    /// A significant trend counts from these relative changes over the window; less does not move a mean by what matters here.
    static let powerTolerance = 0.05
    static let flightTolerance = 0.1

    let verdict: Summary.WindowVerdict
    /// The window of all figures where the verdict is `steady`.
    let window: Range<Instant>?
    /// How it was cut or why it was not, for people.
    let reason: String

    private init(_ verdict: Summary.WindowVerdict, _ window: Range<Instant>? = nil, reason: String) {
        self.verdict = verdict
        self.window = window
        self.reason = reason
    }

    /// - Parameters:
    ///   - requests: all of the measured phase.
    ///   - phase: from the first write to the last body end.
    ///   - power: means of the headline power over equal parts of a window; empty where there are none.
    init(
        of load: LoadSpec, server isServer: Bool, requests: [RequestTimeline], phase: Range<Instant>,
        power: (Range<Instant>, _ parts: Int) -> [Double]
    ) {
        guard isServer else {
            self.init(.wholePhase, reason: "runs of a worker have no steady state to look for")
            return
        }
        if load.thinkTime.isActive, !load.arrival.isOpen {
            self.init(.wholePhase, reason: "none is looked for where requests rest between answers")
            return
        }
        switch load.arrival {
        case .sequential: self.init(.wholePhase, reason: "none is looked for in sequential requests")
        case .burst: self.init(.wholePhase, reason: "none is looked for in a burst")
        case .closed: self.init(closed: max(load.concurrency, 1), requests, phase, power)
        case .constant, .poisson, .gamma, .trace: self.init(open: requests, phase, power)
        }
    }

    // MARK: Closed loop

    private init(
        closed slots: Int, _ requests: [RequestTimeline], _ phase: Range<Instant>, _ power: (Range<Instant>, Int) -> [Double]
    ) {
        let begun = requests.filter { $0.begun != nil }.sorted { ($0.begun ?? $0.scheduled) < ($1.begun ?? $1.scheduled) }
        let flight = InFlight(
            begun.map { (begin: $0.begun ?? $0.scheduled, end: $0.leaving(atLatest: phase.upperBound)) })
        let first = begun.prefix(slots).map { $0.firstTokenRead ?? $0.leaving(atLatest: phase.upperBound) }.max()
        guard begun.count >= slots, let first, let last = flight.lastFall(below: slots), first < last else {
            self.init(.noSteadyState, reason: "the \(slots) slots were never all busy after their first tokens")
            return
        }
        self.init(
            candidate: first..<last, flight, requests, power,
            cut: "closed loop, from the first tokens of all \(slots) slots to the last instant with all of them in flight")
    }

    // MARK: Open loop

    private init(open requests: [RequestTimeline], _ phase: Range<Instant>, _ power: (Range<Instant>, Int) -> [Double]) {
        guard let last = requests.compactMap(\.begun).max(), last > phase.lowerBound else {
            self.init(.noSteadyState, reason: "there were fewer than two arrivals")
            return
        }
        let arrivals = phase.lowerBound..<last
        // A queue of the client's own is part of the system: the wait in it counts from the scheduled instant.
        let system = InFlight(requests.map { (begin: $0.scheduled, end: $0.leaving(atLatest: phase.upperBound)) })
        if let reason = Self.saturation(of: system, requests, arrivals) {
            self.init(.saturated, reason: reason)
            return
        }
        let length = min(max(arrivals.duration / 300, .milliseconds(100)), .seconds(1))
        let rates = Self.tokens(of: requests, in: arrivals, every: length)
        guard let truncation = Truncation.mser5(rates) else {
            self.init(.short, reason: "arrivals lasted \(decimal(arrivals.duration.seconds, 1)) s")
            return
        }
        let begin = arrivals.lowerBound + length * truncation.count
        if truncation.isAtBound, arrivals.duration >= Self.shortest {
            self.init(.noSteadyState, reason: "the token rate had not settled by the middle of the arrivals")
            return
        }
        let flight = InFlight(
            requests.compactMap { request in request.begun.map { ($0, request.leaving(atLatest: phase.upperBound)) } })
        let left = decimal((begin - arrivals.lowerBound).seconds, 1)
        self.init(
            candidate: begin..<last, flight, requests, power,
            cut: "open loop, without the first \(left) s (MSER-5 on the token rate), to the last arrival")
    }

    /// Tokens in each full interval of the window, by the reads that brought them.
    private static func tokens(of requests: [RequestTimeline], in window: Range<Instant>, every length: Duration) -> [Double] {
        let width = length.nanoseconds
        let begin = window.lowerBound.nanoseconds
        var sums = [Double](repeating: 0, count: Int(window.duration.nanoseconds / width))
        for request in requests {
            for chunk in request.chunks {
                let place = chunk.instant.nanoseconds - begin
                guard place >= 0 else { continue }
                let index = Int(place / width)
                if index < sums.count { sums[index] += Double(chunk.count) }
            }
        }
        return sums
    }

    /// Dropped requests without the later turns of conversations that broke off: those say nothing of the cap.
    private static func droppedAtCap(_ requests: [RequestTimeline]) -> Int {
        var failed: [Int: Int] = [:]
        for request in requests where request.outcome != .completed {
            guard let place = request.conversationTurn else { continue }
            failed[place.conversation] = min(failed[place.conversation] ?? place.turn, place.turn)
        }
        return requests.count { request in
            request.outcome == .dropped && request.conversationTurn.map { failed[$0.conversation] == $0.turn } ?? true
        }
    }

    /// Why the load is more than the server can keep, nil when it is not.
    ///
    /// In the second half of the arrivals, and still in the last quarter, clearly more came than left, while as much was completed
    /// before as after: a server that is merely still filling up completes little at first. "Clearly": 5 %, and twice (in the
    /// quarter, once) the scatter of a Poisson count. Arrivals dropped at the cap say the same.
    private static func saturation(of system: InFlight, _ requests: [RequestTimeline], _ arrivals: Range<Instant>) -> String? {
        let scheduled = requests.count
        let dropped = Self.droppedAtCap(requests)
        if Double(dropped) > 0.05 * Double(scheduled) {
            return "\(dropped) of \(scheduled) arrivals were dropped at the cap on requests in flight"
        }
        let middle = arrivals.lowerBound + arrivals.duration / 2
        let quarter = arrivals.lowerBound + arrivals.duration.scaled(by: 0.75)
        func flows(_ from: Instant) -> (came: Int, left: Int) {
            (system.begun(by: arrivals.upperBound) - system.begun(by: from), system.ended(by: arrivals.upperBound) - system.ended(by: from))
        }
        let half = flows(middle)
        let late = flows(quarter)
        func exceeds(_ flow: (came: Int, left: Int), _ scatters: Double) -> Bool {
            let came = Double(flow.came)
            return came - Double(flow.left) > max(0.05 * came, scatters * came.squareRoot())
        }
        let before = system.ended(by: middle)
        guard exceeds(half, 2), exceeds(late, 1), 2 * before >= half.left else { return nil }
        let waiting = system.count(at: arrivals.upperBound)
        return
            "in the second half of the arrivals \(half.came) requests came and \(half.left) left; \(waiting) were open at the last arrival"
    }

    // MARK: Judging

    private init(
        candidate: Range<Instant>, _ flight: InFlight, _ requests: [RequestTimeline], _ power: (Range<Instant>, Int) -> [Double],
        cut: String
    ) {
        guard !candidate.isEmpty else {
            self.init(.noSteadyState, reason: "nothing is left of the phase: \(cut)")
            return
        }
        // Blocks as long as a request, so that neighbours are nearly independent; eight are what the test needs.
        let service = OrderedSample(requests.compactMap(\.serviceLatency?.seconds))?.quantile(0.5)
        let wanted = service.map { $0 > 0 ? Int(min(candidate.duration.seconds / $0, 20)) : 20 } ?? 20
        let parts = max(wanted, 8)
        if let trend = Trend(power(candidate, parts)), trend.isSignificant, abs(trend.relativeChange) > Self.powerTolerance {
            self.init(.noSteadyState, reason: "power \(Self.words(trend, "W")) (\(cut))")
            return
        }
        if let trend = Trend(flight.means(in: candidate, parts: parts)), trend.isSignificant,
            abs(trend.relativeChange) > Self.flightTolerance, abs(trend.slope) * Double(trend.count - 1) >= 1
        {
            self.init(.noSteadyState, reason: "the requests in flight \(Self.words(trend, "requests")) (\(cut))")
            return
        }
        guard candidate.duration >= Self.shortest else {
            self.init(.short, reason: "\(decimal(candidate.duration.seconds, 1)) s would be left (\(cut))")
            return
        }
        self.init(.steady, candidate, reason: cut)
    }

    private static func words(_ trend: Trend, _ unit: String) -> String {
        let change = trend.slope * Double(trend.count - 1)
        return "\(change > 0 ? "rose" : "fell") by \(decimal(abs(change), 1)) \(unit) around \(decimal(trend.median, 1))"
    }
}

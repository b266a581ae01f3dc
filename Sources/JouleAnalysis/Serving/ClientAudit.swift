import JouleModel
import JouleStatistics
import JouleUnits

/// Whether the load client held the load, or was itself the bound.
struct ClientAudit {
    /// Occupied slots in a closed loop, of those asked for, from where the client is to blame.
    static let leastOccupancy = 0.85

    let lateness: Summary.Distribution
    /// What the client fell short in, for people; empty when it did not.
    let shortcomings: [String]

    /// Lateness counts as limiting when its p99 is over a tenth of the mean time between arrivals (closed loop and sequential: of
    /// the median service latency), but never under 1 ms, which is the timers' own grain, and always over 50 ms; the event loop's
    /// lag, of a timer that is due every 10 ms, over 50 ms.
    init(of load: LoadSpec, requests: [RequestTimeline], phase: Range<Instant>, report: ClientReport?) {
        let flight = InFlight(
            requests.compactMap { request in (request.started ?? request.begun).map { ($0, request.leaving(atLatest: phase.upperBound)) } })
        var lastStart: Instant?
        let late = requests.sorted { ($0.scheduled, $0.index) < ($1.scheduled, $1.index) }.compactMap { request -> Double? in
            guard let started = request.started else { return nil }
            defer { lastStart = max(lastStart ?? started, started) }
            // With a queue by design a request had to wait that found the cap reached, or others waiting before it.
            if load.queues, let cap = load.maxInFlight {
                if flight.count(at: request.scheduled) >= cap { return nil }
                if let lastStart, lastStart > request.scheduled { return nil }
            }
            return (started - request.scheduled).seconds
        }
        lateness = Latency.distribution(late)
        var shortcomings: [String] = []
        let reference: Double?
        switch load.arrival {
        case .sequential, .closed: reference = OrderedSample(requests.compactMap(\.serviceLatency?.seconds))?.quantile(0.5)
        case .constant, .poisson, .gamma, .trace:
            let stamps = requests.map(\.scheduled)
            reference =
                stamps.count < 2
                ? nil : stamps.max().flatMap { last in stamps.min().map { (last - $0).seconds / Double(stamps.count - 1) } }
        // All are due at one instant, and no client can send them there.
        case .burst: reference = .infinity
        }
        if let p99 = lateness.p99, let reference, reference.isFinite {
            let limit = min(max(reference * 0.1, 0.001), 0.05)
            if p99 > limit {
                shortcomings.append("p99 lateness \(decimal(p99 * 1_000, 1)) ms, where \(decimal(limit * 1_000, 1)) ms are allowed")
            }
        }
        if let lag = report?.loopLagP99, lag > 0.05 {
            shortcomings.append("p99 lag of the event loop \(decimal(lag * 1_000, 1)) ms, where 50 ms are allowed")
        }
        // Slots that rest by design are not busy then.
        if load.arrival == .closed, !load.thinkTime.isActive, let share = Self.occupancy(flight, requests, load.concurrency),
            share < Self.leastOccupancy
        {
            shortcomings.append("\(decimal(share * 100, 1)) % of the \(load.concurrency) slots were busy while there was more to send")
        }
        self.shortcomings = shortcomings
    }

    /// The busy part of the slots from the instant when all of them had been used to the last that was sent. Where requests left no
    /// sign of their end it is not known.
    private static func occupancy(_ flight: InFlight, _ requests: [RequestTimeline], _ slots: Int) -> Double? {
        // After a failure a slot rests by design: with many of them the slots say nothing of the client.
        guard requests.count(where: { $0.outcome != .completed && $0.outcome != .cancelled }) * 20 <= requests.count else { return nil }
        let begins = requests.compactMap(\.begun).sorted()
        guard begins.count >= 2 * slots, let last = begins.last, requests.count(where: { $0.ended == nil }) * 20 <= requests.count else {
            return nil
        }
        return flight.mean(in: begins[slots - 1]..<last).map { $0 / Double(slots) }
    }
}

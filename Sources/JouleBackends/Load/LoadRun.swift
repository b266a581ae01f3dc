import JouleModel
import JouleUnits
import NIOCore

/// A place for one request at a time in a closed loop.
final class LoadSlot {
    /// Requests on it that failed at once, one after the other.
    fileprivate(set) var failures = 0
}

/// One program while it runs: owns what is in flight, what waits, and when the next request is due.
///
/// `@unchecked Sendable`: made anywhere, and from `start` on touched on its event loop alone.
final class LoadRun: @unchecked Sendable {
    /// The first requests that must all be refused for a run to be given up.
    private static let firstFew = 3
    /// A request that failed within this time failed at once.
    private static let atOnce: Duration = .seconds(1)
    private static let firstBackoff: Duration = .milliseconds(20)
    private static let longestBackoff: Duration = .seconds(1)
    /// A load that was answered nothing but refusals for so long, and so often, is given up: it will not get better by asking.
    private static let patience: Duration = .seconds(30)
    private static let mostRefusals = 20
    /// Arrivals that are dispatched together before reads get their turn.
    private static let mostArrivalsAtOnce = 128
    private static let checkPeriod: Duration = .milliseconds(100)

    let program: LoadProgram
    let head: RequestHead
    let pool: ConnectionPool
    private let counters: LoadCounters
    private let sink: @Sendable (RequestTimeline) -> Void
    private let onEnd: @Sendable (Result<ClientReport, Failure>) -> Void

    private var watch: LoopWatch?
    private var report = ClientReport()
    private var progress = LoadProgress()
    private var begin = Instant.now
    private var lastCheck = Instant.now
    private var bytesBefore: Int64 = 0

    private var active: [LoadRequest] = []
    private var waiting: [(ordinal: Int, scheduled: Instant)] = []
    private var waitingStart = 0
    private var issued = 0
    private var rests = 0
    private let most: Int
    private var isStopping = false
    private var isOver = false
    private var failure: Failure?
    private var finishedRefused = 0
    private var mayBeRefused = true
    /// Requests in a row that failed at once, and when the first of them ended.
    private var refusals: (count: Int, since: Instant)?

    init(
        _ program: LoadProgram, _ head: RequestHead, over pool: ConnectionPool, counters: LoadCounters,
        sink: @escaping @Sendable (RequestTimeline) -> Void, onEnd: @escaping @Sendable (Result<ClientReport, Failure>) -> Void
    ) {
        self.program = program
        self.head = head
        self.pool = pool
        self.counters = counters
        self.sink = sink
        self.onEnd = onEnd
        switch program.pacing {
        case .closed: most = program.requests ?? .max
        case .open(let offsets, _):
            let inTime = program.duration.map { limit in offsets.firstIndex { $0 >= limit } ?? offsets.count } ?? offsets.count
            most = min(program.requests ?? .max, inTime)
        }
    }

    // MARK: Start and end

    func start() {
        guard !isStopping else { return conclude() }
        pool.loop.assertInEventLoop()
        bytesBefore = pool.bytesReceived
        watch = LoopWatch(on: pool.loop) { [unowned self] in tick(at: $0) }
        begin = .now
        lastCheck = begin
        if let duration = program.duration {
            let limit = program.drainLimit
            after(duration, from: begin) { [self] in limit.map { stop(.drain(limit: $0)) } ?? close() }
        }
        switch program.pacing {
        case .closed(let concurrency):
            for place in 0..<min(concurrency, most) {
                let delay = program.ramp.map { $0 * place / concurrency } ?? .zero
                let slot = LoadSlot()
                delay > .zero
                    ? after(delay, from: begin) { self.launch(slot, scheduled: self.begin + delay) } : launch(slot, scheduled: begin)
            }
        case .open: dispatch()
        }
        concludeIfDone()
    }

    func stop(_ how: LoadStop) {
        switch how {
        case .drain(let limit):
            close()
            if !isOver { after(limit, from: .now) { self.stop(.now) } }
        case .now:
            close()
            let now = Instant.now
            // Each of them leaves the list as it ends.
            for request in active { request.cancel(at: now) }
            concludeIfDone()
        }
    }

    /// Nothing new is sent from here on.
    private func close() {
        guard !isOver, !isStopping else { return }
        isStopping = true
        let now = Instant.now
        for index in waitingStart..<waiting.count {
            drop(waiting[index].ordinal, scheduled: waiting[index].scheduled, because: "the load ended while it waited for its turn")
        }
        waiting = []
        waitingStart = 0
        for request in active { request.stopRetrying(at: now) }
        concludeIfDone()
    }

    private func concludeIfDone() {
        if active.isEmpty, waitingStart == waiting.count, isStopping || issued >= most { conclude() }
    }

    private func conclude() {
        guard !isOver else { return }
        isOver = true
        isStopping = true
        report.bytesReceived = pool.bytesReceived - bytesBefore
        watch?.end(into: &report)
        watch = nil
        publish()
        onEnd(failure.map { .failure($0) } ?? .success(report))
    }

    private func tick(at now: Instant) {
        publish()
        guard now - lastCheck >= Self.checkPeriod else { return }
        lastCheck = now
        for request in active { request.check(at: now) }
    }

    private func publish() {
        progress.scheduled = issued
        progress.inFlight = active.count
        progress.queued = waiting.count - waitingStart
        counters.publish(progress)
    }

    /// Calls back on the loop, unless the run is over by then.
    func after(_ delay: Duration, from instant: Instant, _ work: @escaping () -> Void) {
        let due = max(0, (instant + delay).nanoseconds)
        pool.loop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(UInt64(due))) {
            if !self.isOver { work() }
        }
    }

    // MARK: Closed loop

    private func launch(_ slot: LoadSlot, scheduled: Instant) {
        guard !isStopping, issued < most else { return }
        send(takeOrdinal(), scheduled: scheduled, slot: slot)
    }

    private func free(_ slot: LoadSlot, _ outcome: RequestOutcome, lasted: Duration, at instant: Instant) {
        guard !isStopping, issued < most else { return }
        slot.failures = outcome == .completed || lasted >= Self.atOnce ? 0 : slot.failures + 1
        let backoff = slot.failures == 0 ? .zero : min(Self.longestBackoff, Self.firstBackoff * (1 << min(slot.failures - 1, 16)))
        var rest = backoff
        if let thinkTime = program.thinkTime {
            rest = max(rest, thinkTime(rests))
            rests += 1
        }
        if rest == .zero { return launch(slot, scheduled: instant) }
        after(rest, from: instant) { self.launch(slot, scheduled: instant + rest) }
    }

    // MARK: Open loop

    /// Sends what is due and comes back for the next arrival; one timer at a time, each with its own absolute instant.
    private func dispatch() {
        guard case .open(let offsets, let limit) = program.pacing, !isStopping else { return }
        var together = 0
        while issued < most, !isStopping {
            let scheduled = begin + offsets[issued]
            if scheduled > .now || together == Self.mostArrivalsAtOnce {
                after(.zero, from: scheduled) { self.dispatch() }
                return
            }
            together += 1
            arrive(takeOrdinal(), scheduled: scheduled, limit: limit)
        }
        concludeIfDone()
    }

    private func arrive(_ ordinal: Int, scheduled: Instant, limit: LoadProgram.InFlightLimit?) {
        guard let limit, active.count >= limit.requests else { return send(ordinal, scheduled: scheduled, slot: nil) }
        if limit.queues { return waiting.append((ordinal, scheduled)) }
        drop(ordinal, scheduled: scheduled, because: "\(limit.requests) requests were in flight")
    }

    private func sendWaiting() {
        guard case .open(_, let limit?) = program.pacing else { return }
        while waitingStart < waiting.count, active.count < limit.requests, !isStopping {
            let next = waiting[waitingStart]
            waitingStart += 1
            if waitingStart == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                waitingStart = 0
            }
            send(next.ordinal, scheduled: next.scheduled, slot: nil)
        }
    }

    private func drop(_ ordinal: Int, scheduled: Instant, because reason: String) {
        let prepared = program.prepare(ordinal)
        progress.dropped += 1
        progress.failed += 1
        sink(
            RequestTimeline(
                index: prepared.index, promptID: prepared.promptID, phase: program.phase, outcome: .dropped, error: reason,
                scheduled: scheduled))
    }

    // MARK: Requests

    private func takeOrdinal() -> Int {
        defer { issued += 1 }
        return issued
    }

    private func send(_ ordinal: Int, scheduled: Instant, slot: LoadSlot?) {
        let request = LoadRequest(program.prepare(ordinal), scheduled: scheduled, of: self, slot: slot)
        request.place = active.count
        active.append(request)
        report.mostInFlight = max(report.mostInFlight, active.count)
        request.start()
    }

    var mayRetry: Bool { !isStopping }

    func received(tokens: Int) { progress.tokens += tokens }

    /// The connections that an exchange took.
    func note(_ exchange: HTTPExchange) {
        report.connectionsOpened += exchange.opened
        report.connectionsReused += exchange.reused
        if exchange.wasResent { report.resentOnStaleConnection += 1 }
    }

    /// A request has its timeline; called once for each, by itself.
    func finished(_ request: LoadRequest, _ timeline: RequestTimeline, serverMessage: String?, lasted: Duration, at instant: Instant) {
        let last = active.removeLast()
        if last !== request {
            active[request.place] = last
            last.place = request.place
        }
        if timeline.outcome == .completed { progress.completed += 1 } else { progress.failed += 1 }
        sink(timeline)
        judge(timeline, serverMessage)
        despair(timeline, serverMessage, lasted: lasted, at: instant)
        if let slot = request.slot { free(slot, timeline.outcome, lasted: lasted, at: instant) } else { sendWaiting() }
        concludeIfDone()
    }

    /// A server that refuses the first few requests alike will refuse them all.
    private func judge(_ timeline: RequestTimeline, _ serverMessage: String?) {
        guard mayBeRefused, timeline.outcome != .cancelled else { return }
        guard let status = timeline.httpStatus, [400, 401, 403, 404].contains(status) else { return mayBeRefused = false }
        finishedRefused += 1
        guard finishedRefused >= min(Self.firstFew, most) else { return }
        mayBeRefused = false
        failure = Failure(
            "client.refused", "the server refuses the requests: status \(status) for \(head.origin.description)\(program.target)",
            cause: serverMessage ?? timeline.error, remedy: Self.remedy(status))
        stop(.now)
    }

    private func despair(_ timeline: RequestTimeline, _ serverMessage: String?, lasted: Duration, at instant: Instant) {
        guard timeline.outcome != .completed, timeline.outcome != .cancelled, lasted < Self.atOnce else { return refusals = nil }
        let since = refusals?.since ?? instant
        let count = (refusals?.count ?? 0) + 1
        refusals = (count, since)
        guard !isStopping, count >= Self.mostRefusals, instant - since >= Self.patience else { return }
        failure = Failure(
            "client.refused", "the server has refused every one of the last \(count) requests, for \(Int((instant - since).seconds)) s",
            cause: serverMessage ?? timeline.error ?? timeline.outcome.rawValue, remedy: "lower the load, or see what the server's log says"
        )
        stop(.now)
    }

    private static func remedy(_ status: Int) -> String {
        switch status {
        case 401, 403: "give a key that the server takes, in the variable that `backend.api_key_env` names (OPENAI_API_KEY unless set)"
        case 404: "check the endpoint, the path of the API and the name of the model"
        default: "check the model's name, the lengths asked for and `backend.extra_body` against what the server says"
        }
    }
}

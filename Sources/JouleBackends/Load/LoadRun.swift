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
    private var beginning = Instant.now
    private var lastCheck = Instant.now
    private var bytesBefore: Int64 = 0

    private var active: [LoadRequest] = []
    private var waiting: [(conversation: LoadConversation, scheduled: Instant)] = []
    private var waitingStart = 0
    /// Requests that were scheduled, and conversations that were begun; without conversations the same.
    private var issued = 0
    private var begun = 0
    private var rests = 0
    private let most: Int
    private let mostConversations: Int
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
        let turns = program.conversations?.turns ?? 1
        let enough = program.requests.map { ($0 + turns - 1) / turns }
        switch program.pacing {
        case .closed:
            most = program.requests ?? .max
            mostConversations = enough ?? .max
        case .open(let offsets, _):
            let inTime = program.duration.map { limit in offsets.firstIndex { $0 >= limit } ?? offsets.count } ?? offsets.count
            most = min(program.requests ?? .max, inTime * turns)
            mostConversations = min(enough ?? .max, inTime)
        }
    }

    // MARK: Start and end

    func start() {
        guard !isStopping else { return conclude() }
        pool.loop.assertInEventLoop()
        bytesBefore = pool.bytesReceived
        watch = LoopWatch(on: pool.loop) { [unowned self] in tick(at: $0) }
        beginning = .now
        lastCheck = beginning
        if let duration = program.duration {
            let limit = program.drainLimit
            after(duration, from: beginning) { [self] in limit.map { stop(.drain(limit: $0)) } ?? close() }
        }
        switch program.pacing {
        case .closed(let concurrency):
            for place in 0..<min(concurrency, mostConversations) {
                let delay = program.ramp.map { $0 * place / concurrency } ?? .zero
                let slot = LoadSlot()
                delay > .zero
                    ? after(delay, from: beginning) { self.launch(slot, scheduled: self.beginning + delay) }
                    : launch(slot, scheduled: beginning)
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
            drop(waiting[index].conversation.ordinal, waiting[index].scheduled, because: "the load ended while it waited for its turn")
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
        guard !isStopping, begun < mostConversations else { return }
        send(begin(), scheduled: scheduled, slot: slot)
    }

    /// - Parameter next: the conversation that goes on; nil: the slot takes another one.
    private func free(_ slot: LoadSlot, _ outcome: RequestOutcome, lasted: Duration, next: LoadConversation?, at instant: Instant) {
        guard !isStopping, next != nil || begun < mostConversations else { return }
        slot.failures = outcome == .completed || lasted >= Self.atOnce ? 0 : slot.failures + 1
        let backoff = slot.failures == 0 ? .zero : min(Self.longestBackoff, Self.firstBackoff * (1 << min(slot.failures - 1, 16)))
        let rest = max(backoff, takeRest())
        func goOn() {
            guard let next else { return launch(slot, scheduled: instant + rest) }
            if !isStopping { send(schedule(next), scheduled: instant + rest, slot: slot) }
        }
        if rest == .zero { goOn() } else { after(rest, from: instant) { goOn() } }
    }

    private func takeRest() -> Duration {
        guard let thinkTime = program.thinkTime else { return .zero }
        defer { rests += 1 }
        return thinkTime(rests)
    }

    // MARK: Open loop

    /// Sends what is due and comes back for the next arrival; one timer at a time, each with its own absolute instant.
    private func dispatch() {
        guard case .open(let offsets, let limit) = program.pacing, !isStopping else { return }
        var together = 0
        while begun < mostConversations, !isStopping {
            let scheduled = beginning + offsets[begun]
            if scheduled > .now || together == Self.mostArrivalsAtOnce {
                after(.zero, from: scheduled) { self.dispatch() }
                return
            }
            together += 1
            arrive(begin(), scheduled: scheduled, limit: limit)
        }
        concludeIfDone()
    }

    private func arrive(_ conversation: LoadConversation, scheduled: Instant, limit: LoadProgram.InFlightLimit?) {
        guard let limit, active.count >= limit.requests else { return send(conversation, scheduled: scheduled, slot: nil) }
        if limit.queues { return waiting.append((conversation, scheduled)) }
        drop(conversation.ordinal, scheduled, because: "\(limit.requests) requests were in flight")
        abandon(conversation, at: scheduled)
    }

    /// The next turn of a conversation that began with an arrival; without a rest it has the place that its last one left.
    private func goOn(_ conversation: LoadConversation, at instant: Instant) {
        guard case .open(_, let limit) = program.pacing, !isStopping else { return }
        let rest = takeRest()
        func arrive() {
            if !isStopping { self.arrive(schedule(conversation), scheduled: instant + rest, limit: limit) }
        }
        if rest == .zero { arrive() } else { after(rest, from: instant) { arrive() } }
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
            send(next.conversation, scheduled: next.scheduled, slot: nil)
        }
    }

    private func drop(_ ordinal: Int, _ scheduled: Instant, because reason: String) {
        let prepared = program.prepare(ordinal)
        progress.dropped += 1
        progress.failed += 1
        var timeline = RequestTimeline(
            index: prepared.index, promptID: prepared.promptID, phase: program.phase, outcome: .dropped, error: reason, scheduled: scheduled
        )
        timeline.conversationTurn = prepared.turn
        timeline.inputTokensAsked = prepared.inputTokensAsked
        sink(timeline)
    }

    /// The turns after one that failed: there is no answer to go on from, so none of them is sent.
    private func abandon(_ conversation: LoadConversation, at instant: Instant) {
        // A load that ends sends nothing more anyway: its later turns were never due.
        guard !isStopping else { return }
        let failed = conversation.ordinal - conversation.first + 1
        for ordinal in conversation.later {
            issued += 1
            drop(ordinal, instant, because: "turn \(failed) of its conversation was not answered")
        }
    }

    // MARK: Requests

    /// The next conversation, with its first request scheduled.
    private func begin() -> LoadConversation {
        let turns = program.conversations?.turns ?? 1
        let first = begun * turns
        begun += 1
        return schedule(LoadConversation(first: first, turns: min(turns, most - first)))
    }

    private func schedule(_ conversation: LoadConversation) -> LoadConversation {
        issued += 1
        return conversation
    }

    private func prepared(_ conversation: LoadConversation) -> PreparedRequest {
        guard let later = program.conversations, !conversation.answers.isEmpty else { return program.prepare(conversation.ordinal) }
        return later.prepare(conversation.ordinal, conversation.answers)
    }

    private func send(_ conversation: LoadConversation, scheduled: Instant, slot: LoadSlot?) {
        let request = LoadRequest(prepared(conversation), scheduled: scheduled, of: self, slot: slot, in: conversation)
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
        let next = turn(after: timeline, of: request.conversation)
        var line = timeline
        if !program.keepsText { line.text = nil }
        sink(line)
        judge(timeline, serverMessage)
        despair(timeline, serverMessage, lasted: lasted, at: instant)
        if next == nil { abandon(request.conversation, at: instant) }
        if let next { next.answered(timeline.text ?? "") }
        if let slot = request.slot {
            free(slot, timeline.outcome, lasted: lasted, next: next, at: instant)
        } else {
            if let next { goOn(next, at: instant) }
            sendWaiting()
        }
        concludeIfDone()
    }

    /// The conversation where it goes on after this answer.
    private func turn(after timeline: RequestTimeline, of conversation: LoadConversation) -> LoadConversation? {
        timeline.outcome == .completed && !conversation.isLast ? conversation : nil
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

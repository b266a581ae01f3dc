import JouleModel
import JouleUnits
import NIOCore

/// One scheduled request, from the moment it is sent to its one timeline; lives on the event loop.
final class LoadRequest: ExchangeConsumer {
    /// After the stream has said all it has to say, the end of the response is waited for no longer than this.
    private static let patienceAfterEnd: Duration = .seconds(2)
    private static let firstRetryDelay: Duration = .milliseconds(500)

    private let prepared: PreparedRequest
    private let scheduled: Instant
    private let started: Instant
    private let program: LoadProgram
    private unowned let run: LoadRun
    /// The slot of a closed loop that is free after this request.
    let slot: LoadSlot?
    let conversation: LoadConversation
    /// Where it stands among the run's requests in flight.
    var place = 0

    private var reader: ResponseReader
    private var exchange: HTTPExchange?
    private var attempt: Instant
    private var sent: Instant?
    private var lastRead: Instant?
    private var isWaiting = false
    private var isOver = false
    private var retries = 0
    private var resent = 0
    private var redirected = 0
    private var countedTokens = 0

    init(_ prepared: PreparedRequest, scheduled: Instant, of run: LoadRun, slot: LoadSlot?, in conversation: LoadConversation) {
        self.prepared = prepared
        self.scheduled = scheduled
        self.program = run.program
        self.run = run
        self.slot = slot
        self.conversation = conversation
        started = .now
        attempt = started
        reader = Self.reader(program)
    }

    /// What was answered is part of the next turn of a conversation.
    private static func reader(_ program: LoadProgram) -> ResponseReader {
        ResponseReader(keepsText: program.keepsText || program.conversations != nil, inlineReasoning: program.inlineReasoning)
    }

    func start() {
        let exchange = HTTPExchange(
            run.head, body: prepared.body, over: run.pool, connectLimit: program.timeouts.connect, for: self)
        self.exchange = exchange
        exchange.start()
    }

    // MARK: ExchangeConsumer

    func exchangeWasSent(at instant: Instant) { sent = instant }

    func exchangeDidBegin(_ head: ResponseHead, at instant: Instant) {
        lastRead = instant
        reader.head(status: head.status, contentType: head["content-type"], retryAfter: head["retry-after"], at: instant)
    }

    func exchangeDidRead(_ bytes: UnsafeRawBufferPointer, at instant: Instant) {
        lastRead = instant
        reader.body(bytes, at: instant)
        countTokens()
        if reader.outcome != nil { giveUp(at: instant) }
    }

    func exchangeDidEnd(at instant: Instant) {
        reader.end(at: instant)
        countTokens()
        attemptEnded(at: instant)
    }

    func exchangeDidFail(_ fault: ConnectionFault, at instant: Instant) {
        let outcome: RequestOutcome =
            switch fault.kind {
            case .connect: .connectError
            case .connectTimeout: .connectTimeout
            case .tls: .tlsError
            // Also before the head: there was a connection, and what is missing is the response.
            case .broken: .incomplete
            case .protocolViolation: .protocolError
            }
        reader.broken(outcome, fault.text, at: instant)
        attemptEnded(at: instant)
    }

    private func countTokens() {
        let tokens = reader.tokensSoFar
        guard tokens != countedTokens else { return }
        run.received(tokens: tokens - countedTokens)
        countedTokens = tokens
    }

    // MARK: Limits

    /// Ends the request if a limit of its time is over.
    func check(at now: Instant) {
        guard !isOver else { return }
        let limits = program.timeouts
        if now - started >= limits.total {
            // A rejected request that waits for its next attempt stays what the server made it.
            return isWaiting ? finish(at: now) : end(.totalTimeout, "no end after \(limits.total.text)", at: now)
        }
        guard !isWaiting, let exchange else { return }
        if exchange.isConnecting {
            let begun = exchange.connecting ?? attempt
            if now - begun >= limits.connect { end(.connectTimeout, "no connection after \(limits.connect.text)", at: now) }
            return
        }
        let begun = sent ?? attempt
        guard reader.httpStatus != nil, let lastRead else {
            if now - begun >= limits.headers { end(.headersTimeout, "no response after \(limits.headers.text)", at: now) }
            return
        }
        if reader.hasSaidAll, now - lastRead >= min(limits.idle, Self.patienceAfterEnd) {
            return end(.idleTimeout, "no end of the response", at: now)
        }
        // Servers send the head at once and the first token when its turn has come: until then that limit holds alone.
        if reader.firstToken == nil, reader.httpStatus.map({ (200..<300).contains($0) }) == true {
            if now - begun >= limits.firstToken { end(.firstTokenTimeout, "no token after \(limits.firstToken.text)", at: now) }
        } else if now - lastRead >= limits.idle {
            end(.idleTimeout, "nothing more for \(limits.idle.text)", at: now)
        }
    }

    /// The run ends: what is in flight is cut off.
    func cancel(at now: Instant) {
        guard !isOver else { return }
        if isWaiting { finish(at: now) } else { end(.cancelled, "the run was ended before the answer", at: now) }
    }

    /// Nothing new is sent, so a request that waits for its next attempt has had its last.
    func stopRetrying(at now: Instant) {
        if isWaiting { finish(at: now) }
    }

    private func end(_ outcome: RequestOutcome, _ text: String, at now: Instant) {
        reader.broken(outcome, text, at: now)
        giveUp(at: now)
    }

    private func giveUp(at now: Instant) {
        exchange?.cancel()
        finish(at: now)
    }

    // MARK: The end

    private func attemptEnded(at instant: Instant) {
        guard !isOver else { return }
        guard reader.outcome == .rejected, retries < program.retries, run.mayRetry else { return finish(at: instant) }
        let patience = program.retryAfterLimit
        let delay = min(patience, reader.retryDelay ?? min(patience, Self.firstRetryDelay * (1 << min(retries, 16))))
        noteExchange()
        isWaiting = true
        run.after(delay, from: instant) { self.retry() }
    }

    private func retry() {
        guard !isOver else { return }
        isWaiting = false
        retries += 1
        attempt = .now
        sent = nil
        lastRead = nil
        countedTokens = 0
        reader = Self.reader(program)
        start()
    }

    private func noteExchange() {
        guard let exchange else { return }
        redirected += exchange.redirects
        if exchange.wasResent { resent += 1 }
        run.note(exchange)
    }

    private func finish(at instant: Instant) {
        guard !isOver else { return }
        isOver = true
        // Noted already when it waits between two attempts.
        if !isWaiting { noteExchange() }
        var timeline = RequestTimeline(
            index: prepared.index, promptID: prepared.promptID, phase: program.phase, outcome: .protocolError, scheduled: scheduled,
            sent: sent)
        timeline.conversationTurn = prepared.turn
        timeline.inputTokensAsked = prepared.inputTokensAsked
        timeline.started = started
        timeline.connecting = exchange?.connecting
        timeline.connected = exchange?.connected
        timeline.secured = exchange?.secured
        if retries > 0 { timeline.retries = retries }
        if resent > 0 { timeline.anomalies["resent_on_stale_connection"] = resent }
        if redirected > 0 { timeline.anomalies["redirected"] = redirected }
        reader.fill(&timeline)
        let message = reader.serverMessage
        exchange = nil
        run.finished(self, timeline, serverMessage: message, lasted: instant - attempt, at: instant)
    }
}

extension Duration {
    /// For people: `120 s`, `0.25 s`.
    fileprivate var text: String {
        let milliseconds = Int((seconds * 1_000).rounded())
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(Double(milliseconds) / 1_000) s"
    }
}

import JouleBackends
import JouleConfiguration
import JouleModel
import JouleProcess
import JouleUnits
import JouleWorkload

/// The phases in which the server is there.
struct ServingPhases: Sendable {
    let stage: RunStage
    let target: ServerTarget
    let plan: LoadPlan
    let generator: LoadGenerator
    /// The server's process where we started it.
    let service: RunningService?
    let notes: ServingNotes
    let reasoning: ReasoningInstruction?

    private var experiment: Experiment { stage.experiment }

    func run() async throws {
        let probe = ServerProbe(dialect: target.dialect, endpoint: target.endpoint.description, fetch: generator.page)
        var server = try await probe.describe(model: target.model)
        server.isLocal = target.isLocal
        if experiment.backend.kind.isSimulation {
            // Its port says nothing, and what it takes of this machine is the client's own cost.
            server.endpoint = InProcessServer.place
            server.isLocal = nil
        }
        server.launchCommand = (target.spec.launch?.command).map { Secrets.masked(command: $0) }
        server.pid = service?.pid
        await notes.note(server: server)
        let plan = try await fitted()
        try await withScraper { scraper in
            try await stage.idle(.idleLoaded, for: experiment.phases.idleLoaded)
            if let warmup = plan.warmup {
                try await stage.begin(.warmup)
                _ = try await send(warmup, phase: .warmup)
                try checkInterruption()
            }
            // The server's counters at both edges: what the warm-up added is not the measurement's.
            try await scrape(scraper)
            try await stage.begin(.measure)
            let report = try await send(plan.measure, phase: .measure)
            await notes.note(client: report)
            try await scrape(scraper, after: .milliseconds(200))
            try checkInterruption()
            try await stage.idle(.cooldown, for: experiment.phases.cooldown)
            try await stage.end()
        }
    }

    /// The plan with prompts of exactly the lengths that were drawn, where the server counts tokens.
    private func fitted() async throws -> LoadPlan {
        let fitting = PromptFitting(experiment, reasoning: reasoning, observer: stage.observer)
        let (fitted, record) = try await fitting.fit(plan, to: target) { [generator] path, body, limit in
            let page = try await generator.fetch(path, post: body, limit: limit)
            return ServerPage(status: page.status, body: page.body, asked: page.sent, answered: page.answered)
        }
        await notes.note(promptLengths: record)
        return fitted
    }

    /// A run that was asked to end has done its part of the measurement, and goes no further.
    private func checkInterruption() throws {
        if stage.interruption.isRequested { throw CancellationError() }
    }

    // MARK: Sending

    private func send(_ program: LoadPlan.Program, phase: Phase) async throws -> ClientReport {
        let feed = program.feed
        let requests = try ServingRequests(experiment, target: target, reasoning: reasoning)
        let isLabelled = experiment.backend.kind.isSimulation
        @Sendable func prepare(_ number: Int, answers: [String] = []) -> PreparedRequest {
            let request = feed.request(number: number)
            let label = isLabelled ? RequestLabel(phase, number, promptID: request.promptID).text : nil
            let body: [UInt8]
            if answers.isEmpty {
                body = requests.bytes(request.text, outputTokens: request.outputTokens, identifier: label)
            } else {
                let said = answers.enumerated().map { (feed.request(number: number - answers.count + $0).text, $1) }
                body = requests.bytes(request.text, after: said, outputTokens: request.outputTokens, identifier: label)
            }
            var prepared = PreparedRequest(index: number, promptID: request.promptID, body: body)
            prepared.inputTokensAsked = request.inputTokensAsked
            if feed.turns > 1 { prepared.turn = ConversationTurn(conversation: number / feed.turns, turn: number % feed.turns + 1) }
            return prepared
        }
        var load = LoadProgram(
            phase: phase, target: target.endpoint.target(target.spec.api, path: target.spec.path), pacing: program.pacing.forClient
        ) { prepare($0) }
        if feed.turns > 1 { load.conversations = LoadConversations(turns: feed.turns) { prepare($0, answers: $1) } }
        load.requests = program.stop.requests
        load.duration = program.stop.duration
        load.drainLimit = experiment.phases.drain
        load.timeouts = target.spec.timeouts
        load.retries = experiment.load.retries
        if experiment.load.thinkTime.isActive {
            let (thinkTime, seed) = (experiment.load.thinkTime, experiment.seed)
            load.thinkTime = { thinkTime.rest($0, seed: seed, isWarmup: phase == .warmup) }
        }
        load.keepsText = phase == .measure && experiment.scenario.saveOutputs
        let finished = FinishedRequests()
        let drainLimit = experiment.phases.drain
        stage.interruption.onRequest { [generator] count in
            generator.stop(count == 1 ? .drain(limit: drainLimit) : .now)
        }
        defer { stage.interruption.forgetHandler() }
        var report = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [generator] in
                do {
                    try await keep(finished, phase: phase, program: program)
                } catch {
                    // What cannot be written down need not be sent: a full disk ends the load at once.
                    generator.stop(.now)
                    throw error
                }
            }
            let result: Result<ClientReport, Failure>
            do throws(Failure) {
                result = .success(try await generator.run(load) { finished.add($0) })
            } catch {
                result = .failure(error)
            }
            finished.close()
            try await group.waitForAll()
            return try result.get()
        }
        report.repeatedPrompts = (0..<generator.progress.scheduled).count(where: feed.isRepeat)
        return report
    }

    /// Writes what has ended, five times a second, until the sending is over; tells how far it is, and where the measured phase ends.
    private func keep(_ finished: FinishedRequests, phase: Phase, program: LoadPlan.Program) async throws {
        let start = Instant.now
        var isDraining = false
        while true {
            let isClosed = finished.isClosed
            for timeline in finished.take() { try await stage.recorder.append(timeline, flushes: false) }
            try await stage.recorder.flushRequests()
            let progress = generator.progress
            if phase == .measure {
                await stage.state.requests(done: progress.completed + progress.failed, scheduled: progress.scheduled)
                if !isDraining, isOver(program, progress, since: start) || stage.interruption.isRequested, progress.inFlight > 0 {
                    isDraining = true
                    try await stage.begin(.drain)
                }
            }
            if isClosed { return }
            report(progress, phase: isDraining ? .drain : phase, program: program, since: start)
            // Not bound to the task: what was measured before a cancellation is written too.
            await withUncancelledSleep(.milliseconds(200))
        }
    }

    /// Whether no more requests will be sent.
    private func isOver(_ program: LoadPlan.Program, _ progress: LoadProgress, since start: Instant) -> Bool {
        if let planned = program.plannedRequests ?? program.stop.requests, progress.scheduled >= planned { return true }
        if let duration = program.stop.duration { return Instant.now - start >= duration }
        return false
    }

    private func report(_ progress: LoadProgress, phase: Phase, program: LoadPlan.Program, since start: Instant) {
        let elapsed = Instant.now - start
        let done = progress.completed + progress.failed
        var fraction: Double?
        if let duration = program.stop.duration, duration > .zero {
            fraction = elapsed / duration
        } else if let planned = program.plannedRequests, planned > 0 {
            fraction = Double(done) / Double(planned)
        }
        fraction = fraction.map { min($0, 1) }
        let remaining = fraction.flatMap { $0 > 0 ? elapsed * ((1 - $0) / $0) : nil }
        stage.observer(
            .progress(
                RunProgress(
                    phase: phase, fraction: fraction, remaining: remaining,
                    tokensPerSecond: Double(progress.tokens) / max(elapsed.seconds, 1e-3),
                    inFlight: progress.inFlight)))
    }

    // MARK: Metrics of the server

    /// One look besides those of every second; a moment after the last answer, when the counters have come to rest.
    private func scrape(_ scraper: MetricsScraper?, after pause: Duration = .zero) async throws {
        guard let scraper, !Task.isCancelled else { return }
        if pause > .zero { try await Task.sleep(for: pause) }
        try await stage.recorder.append(await scraper.scrape())
    }

    /// Scrapes the server's metrics each second while `body` lasts.
    private func withScraper(_ body: @escaping @Sendable (MetricsScraper?) async throws -> Void) async throws {
        guard let scraper = MetricsScraper(dialect: target.dialect, fetch: generator.page) else { return try await body(nil) }
        let recorder = stage.recorder
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scraper.run { try await recorder.append($0) } }
            let result: Result<Void, any Error>
            do { result = .success(try await body(scraper)) } catch { result = .failure(error) }
            group.cancelAll()
            do { try await group.waitForAll() } catch { if case .success = result { throw error } }
            try result.get()
        }
    }
}

/// Requests that have ended and are not yet written; filled on the event loop.
private final class FinishedRequests: Sendable {
    private let state = Guarded<(waiting: [RequestTimeline], isClosed: Bool)>(([], false))

    func add(_ timeline: RequestTimeline) { state.withLock { $0.waiting.append(timeline) } }

    func take() -> [RequestTimeline] {
        state.withLock { state in
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
    }

    /// Nothing comes any more.
    func close() { state.withLock { $0.isClosed = true } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
}

/// Sleeps even where the task is cancelled.
private func withUncancelledSleep(_ duration: Duration) async {
    await Task.detached { try? await Task.sleep(for: duration) }.value
}

extension LoadPlan.Pacing {
    fileprivate var forClient: LoadProgram.Pacing {
        switch self {
        case .closed(let concurrency): .closed(concurrency: concurrency)
        case .open(let schedule, let most, let queues):
            .open(offsets: schedule.offsets, limit: most.map { LoadProgram.InFlightLimit($0, queues: queues) })
        }
    }
}

import JouleBackends
import JouleMeters
import JouleModel
import JouleProcess
import JouleUnits
import JouleWorkload

/// Takes one worker through the phases: idle host, load, idle loaded, warm-up, measure, cool-down.
struct PhaseRunner: Sendable {
    let experiment: Experiment
    let plan: Plan
    let sampler: Sampler
    let recorder: Recorder
    let state: StateKeeper
    let processTree: ProcessTreeTarget
    let visibleGPUCount: Int?
    let observer: RunObserver
    let notes = WorkerNotes()

    func run(child: ChildSpec, errorFile: String) async throws {
        try await idle(.idleHost, for: experiment.phases.idleHost)
        try await begin(.load)
        try await withWorker(child, errorFile: errorFile) { session in
            processTree.pid = session.pid
            defer { processTree.pid = nil }
            try await load(session)
            try await idle(.idleLoaded, for: experiment.phases.idleLoaded)
            try await warmUp(session)
            try await measure(session)
            try await idle(.cooldown, for: experiment.phases.cooldown)
            try await end()
        }
    }

    // MARK: Phases

    private func load(_ session: WorkerSession) async throws {
        let capabilities = try await session.capabilities()
        await notes.note(pid: session.pid, versions: await session.versions)
        observer(.step("devices: \(capabilities.devices.map(\.id).joined(separator: ", "))"))
        // A worker whose torch has no CUDA cannot be told device numbers; it falls back or refuses by `backend.device` alone.
        let seesGPUs = capabilities.devices.contains { $0.id.hasPrefix("cuda") }
        let model = try await session.load(experiment.backend, deviceCount: seesGPUs ? visibleGPUCount : nil) { stage in
            observer(.step(stage))
        }
        await notes.note(model: model)
        observer(.step("loaded \(model.modelClass ?? "model") as \(model.dtype ?? "its own type") on \(model.device)"))
    }

    private func idle(_ phase: Phase, for duration: Duration) async throws {
        guard duration > .zero else { return }
        let start = try await begin(phase)
        let end = start + duration
        while true {
            let left = end - .now
            if left <= .zero { break }
            let done = 1 - left.seconds / duration.seconds
            report(phase, fraction: done, remaining: left, tokensPerSecond: nil)
            try await Task.sleep(for: min(left, .milliseconds(250)))
        }
    }

    private func warmUp(_ session: WorkerSession) async throws {
        let requests = plan.warmup(experiment.phases.warmupRequests)
        guard !requests.isEmpty else { return }
        try await begin(.warmup)
        try await send(Plan.batches(of: requests, size: plan.batchSize), phase: .warmup, session: session)
    }

    private func measure(_ session: WorkerSession) async throws {
        try await begin(.measure)
        try await send(plan.batches, phase: .measure, session: session)
        if let stats = try? await session.stats() { await notes.note(stats: stats) }
    }

    private func send(_ batches: [ArraySlice<Plan.Request>], phase: Phase, session: WorkerSession) async throws {
        let start = Instant.now
        let total = batches.reduce(0) { $0 + $1.count }
        var tokens = 0
        var done = 0
        for (number, batch) in batches.enumerated() {
            try Task.checkCancellation()
            for timeline in try await generate(batch, number: number, phase: phase, session: session) {
                tokens += timeline.outputTokens ?? 0
                try await recorder.append(timeline)
            }
            done += batch.count
            if phase == .measure { await state.requestsDone(batch.count) }
            let elapsed = Instant.now - start
            let fraction = Double(done) / Double(total)
            report(
                phase, fraction: fraction, remaining: elapsed * ((1 - fraction) / fraction),
                tokensPerSecond: Double(tokens) / elapsed.seconds)
        }
    }

    private func generate(
        _ batch: ArraySlice<Plan.Request>, number: Int, phase: Phase, session: WorkerSession
    ) async throws -> [RequestTimeline] {
        let scheduled = Instant.now
        let prompts = batch.map { WorkerSession.Prompt(index: $0.index, text: $0.text) }
        // Each batch samples with a seed of its own, or equal prompts would be answered with equal words.
        let seed = experiment.seed &+ UInt64(number)
        let answer: GeneratedBatch
        do {
            answer = try await session.generate(prompts, scenario: experiment.scenario, seed: seed)
        } catch {
            // What was asked and never answered is a request too.
            for request in batch {
                let outcome: RequestOutcome = error is CancellationError ? .cancelled : .failed
                try? await recorder.append(
                    RequestTimeline(
                        index: request.index, promptID: request.promptID, phase: phase, outcome: outcome,
                        error: (error as? Failure)?.message,
                        batch: number, scheduled: scheduled, sent: scheduled, bodyEnd: .now))
            }
            throw error
        }
        await notes.note(batch: answer)
        return batch.map { request in
            var timeline = RequestTimeline(
                index: request.index, promptID: request.promptID, phase: phase, outcome: .failed, batch: number, scheduled: scheduled,
                sent: answer.start, bodyEnd: answer.end)
            guard let result = answer.results.first(where: { $0.index == request.index }) else {
                timeline.error = "the worker gave no result for this prompt"
                return timeline
            }
            timeline.outcome = result.outcome
            timeline.error = result.error.map { "\($0.message) [\($0.code)]" }
            timeline.inputTokens = result.inputTokens
            timeline.outputTokens = result.outputTokens
            timeline.tokenSource = result.outputTokens == nil ? nil : .worker
            timeline.firstToken = result.firstToken
            timeline.lastToken = result.lastToken
            timeline.tokenInstants = result.tokens ?? []
            timeline.finishReason = result.finishReason
            if phase == .measure, experiment.scenario.saveOutputs { timeline.text = result.text }
            return timeline
        }
    }

    // MARK: Edges and progress

    @discardableResult
    private func begin(_ phase: Phase) async throws -> Instant {
        let instant = sampler.markEdge()
        try await state.begin(phase, at: instant)
        observer(.phase(phase))
        return instant
    }

    private func end() async throws {
        try await state.end(at: sampler.markEdge())
    }

    private func report(_ phase: Phase, fraction: Double?, remaining: Duration?, tokensPerSecond: Double?) {
        observer(.progress(RunProgress(phase: phase, fraction: fraction, remaining: remaining, tokensPerSecond: tokensPerSecond)))
    }
}

/// What the worker said of itself during a run.
actor WorkerNotes {
    private(set) var versions: [String: String] = [:]
    private var pid: Int32?
    private var model: LoadedModel?
    private var peakMemory: ByteCount?
    private var modelMemory: ByteCount?

    func note(pid: Int32, versions: [String: String]) {
        self.pid = pid
        self.versions = versions
    }

    func note(model: LoadedModel) {
        self.model = model
        modelMemory = model.modelMemory
    }

    func note(batch: GeneratedBatch) { peak(batch.peakMemory) }

    func note(stats: WorkerStats) {
        peak(stats.peakMemory)
        modelMemory = modelMemory ?? stats.modelMemory
    }

    private func peak(_ value: ByteCount?) {
        guard let value else { return }
        peakMemory = max(peakMemory ?? value, value)
    }

    func process(id: String) -> ProcessResult {
        var result = ProcessResult(experimentID: id, processIndex: 0)
        result.pid = pid
        result.modelClass = model?.modelClass
        result.parameters = model?.parameters
        result.modelRevision = model?.revision
        result.contextLength = model?.contextLength
        result.dtype = model?.dtype
        result.devices = model?.devices ?? []
        result.modelMemory = modelMemory
        result.peakMemory = peakMemory
        return result
    }
}

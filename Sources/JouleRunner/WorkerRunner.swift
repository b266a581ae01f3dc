import JouleBackends
import JouleConfiguration
import JouleMeters
import JouleModel
import JouleProcess
import JouleStore
import JouleUnits
import JouleWorkload

/// A run with one worker: idle host, load, idle loaded, warm-up, measure, cool-down.
struct WorkerRunner: RunBody {
    private let plan: Plan
    private let installation: WorkerInstallation
    private let child: ChildSpec
    private let reasoning: ReasoningInstruction?
    private let notes = WorkerNotes()
    private static let errorFile = "worker.stderr.log"

    /// - Throws: when the worker's environment is not there.
    init(
        _ experiment: Experiment, plan: Plan, installation: WorkerInstallation, visibleGPUs: [String]?, reasoning: ReasoningInstruction?
    ) throws(Failure) {
        self.plan = plan
        self.reasoning = reasoning
        self.installation = installation
        child = try installation.childSpec(for: experiment.backend, visibleGPUs: visibleGPUs)
    }

    var plannedRequests: Int? { plan.requests.count }

    func record(of experiment: Experiment) -> ExperimentRecord {
        ExperimentRecord(experiment: experiment, promptsDigest: plan.digest, dataset: plan.dataset)
    }

    func describe(_ environment: inout RunEnvironment) async {
        environment.versions.merge(await notes.versions) { _, new in new }
        environment.reasoning?.note(await notes.chat, otherwise: reasoning?.template?.otherwise)
    }

    func writeOwnFiles(to directory: RunDirectory, failure: Failure?) async throws {
        var process = await notes.process(id: directory.id)
        if let failure, failure.code.hasPrefix("worker.") {
            process.lastErrorLines = lastErrorLines(of: directory.file(Self.errorFile))
        }
        try directory.write(process, to: "process_0.json")
        if let configuration = await notes.configuration { try directory.write(configuration, to: RunResults.modelConfigurationFile) }
    }

    func run(on stage: RunStage) async throws {
        try await stage.idle(.idleHost, for: stage.experiment.phases.idleHost)
        try await stage.begin(.load)
        try await withWorker(child, errorFile: stage.directory.file(Self.errorFile)) { session in
            stage.processTree.pid = session.pid
            defer { stage.processTree.pid = nil }
            try await WorkerPhases(stage: stage, plan: plan, session: session, notes: notes, reasoning: reasoning).run()
        }
    }
}

/// The phases in which the worker is there.
private struct WorkerPhases: Sendable {
    let stage: RunStage
    let plan: Plan
    let session: WorkerSession
    let notes: WorkerNotes
    let reasoning: ReasoningInstruction?

    private var experiment: Experiment { stage.experiment }

    func run() async throws {
        try await load()
        try await stage.idle(.idleLoaded, for: experiment.phases.idleLoaded)
        try await warmUp()
        try await measure()
        try await stage.idle(.cooldown, for: experiment.phases.cooldown)
        try await stage.end()
        // After everything that is measured: counting is slow, and it heats the machine.
        if experiment.compute.flops == .profiled { try await profile() }
    }

    /// The operations of a request with the run's mean lengths.
    private func profile() async throws {
        guard let lengths = await notes.meanLengths else { return await notes.note(profileReason: "no request completed") }
        stage.observer(.step("counting operations"))
        do {
            await notes.note(
                profile: try await session.profile(
                    promptTokens: lengths.input, decodeSteps: min(lengths.output - 1, WorkerNotes.longestProfile)))
        } catch let error as Failure {
            // The run is measured; that its operations cannot be counted takes nothing from it.
            await notes.note(profileReason: "the worker could not count: \(error.message)")
        }
    }

    private func load() async throws {
        let capabilities = try await session.capabilities()
        await notes.note(pid: session.pid, versions: await session.versions)
        try await session.require(reasoning?.template)
        stage.observer(.step("devices: \(capabilities.devices.map(\.id).joined(separator: ", "))"))
        // A worker whose torch has no CUDA cannot be told device numbers; it falls back or refuses by `backend.device` alone.
        let seesGPUs = capabilities.devices.contains { $0.id.hasPrefix("cuda") }
        let model = try await session.load(
            experiment.backend.renumbered(visibleGPUs: stage.visibleGPUs), deviceCount: seesGPUs ? stage.visibleGPUs?.count : nil
        ) { [stage] step in
            stage.observer(.step(step))
        }
        await notes.note(model: model)
        stage.observer(.step("loaded \(model.modelClass ?? "model") as \(model.dtype ?? "its own type") on \(model.device)"))
    }

    private func warmUp() async throws {
        let requests = plan.warmup(experiment.phases.warmupRequests)
        guard !requests.isEmpty else { return }
        try await stage.begin(.warmup)
        try await send(Plan.batches(of: requests, size: plan.batchSize), phase: .warmup)
    }

    private func measure() async throws {
        try await stage.begin(.measure)
        try await send(plan.batches, phase: .measure)
        if let stats = try? await session.stats() { await notes.note(stats: stats) }
    }

    private func send(_ batches: [ArraySlice<Plan.Request>], phase: Phase) async throws {
        let start = Instant.now
        let total = batches.reduce(0) { $0 + $1.count }
        var tokens = 0
        var done = 0
        for (number, batch) in batches.enumerated() {
            try Task.checkCancellation()
            try await rest(before: number, phase)
            for timeline in try await generate(batch, number: number, phase: phase) {
                tokens += timeline.outputTokens ?? 0
                try await stage.recorder.append(timeline)
            }
            done += batch.count
            if phase == .measure { await stage.state.requestsDone(batch.count) }
            let elapsed = Instant.now - start
            let fraction = Double(done) / Double(total)
            report(
                phase, fraction: fraction, remaining: elapsed * ((1 - fraction) / fraction),
                tokensPerSecond: Double(tokens) / elapsed.seconds)
        }
    }

    /// The time that a person would think, between two batches.
    private func rest(before number: Int, _ phase: Phase) async throws {
        let thinkTime = experiment.load.thinkTime
        guard thinkTime.isActive, number > 0 else { return }
        try await Task.sleep(for: thinkTime.rest(number - 1, seed: experiment.seed, isWarmup: phase == .warmup))
    }

    private func generate(
        _ batch: ArraySlice<Plan.Request>, number: Int, phase: Phase
    ) async throws -> [RequestTimeline] {
        let scheduled = Instant.now
        let prompts = batch.map { WorkerSession.Prompt(index: $0.index, text: reasoning?.text($0.text) ?? $0.text) }
        // Each batch samples with a seed of its own, or equal prompts would be answered with equal words.
        let seed = experiment.seed &+ UInt64(number)
        let answer: GeneratedBatch
        do {
            answer = try await session.generate(prompts, scenario: experiment.scenario, seed: seed, template: reasoning?.template)
        } catch {
            // What was asked and never answered is a request too.
            for request in batch {
                let outcome: RequestOutcome = error is CancellationError ? .cancelled : .failed
                try? await stage.recorder.append(
                    RequestTimeline(
                        index: request.index, promptID: request.promptID, phase: phase, outcome: outcome,
                        error: (error as? Failure)?.message,
                        batch: number, scheduled: scheduled, sent: scheduled, bodyEnd: .now))
            }
            throw error
        }
        await notes.note(batch: answer)
        if phase == .measure { await notes.note(lengths: answer.results) }
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
            timeline.paddingTokens = result.paddingTokens
            timeline.outputTokens = result.outputTokens
            timeline.tokenSource = result.outputTokens == nil ? nil : .worker
            timeline.firstToken = result.firstToken
            timeline.reasoningTokens = result.reasoningTokens
            timeline.firstOutputToken = result.firstOutputToken
            timeline.lastToken = result.lastToken
            timeline.chunks = (result.tokens ?? []).map { TokenChunk(instant: $0) }
            timeline.finishReason = result.finishReason
            if phase == .measure, experiment.scenario.saveOutputs { timeline.text = result.text }
            return timeline
        }
    }

    private func report(_ phase: Phase, fraction: Double?, remaining: Duration?, tokensPerSecond: Double?) {
        stage.observer(.progress(RunProgress(phase: phase, fraction: fraction, remaining: remaining, tokensPerSecond: tokensPerSecond)))
    }
}

/// What the worker said of itself during a run.
actor WorkerNotes {
    private(set) var versions: [String: String] = [:]
    private var pid: Int32?
    private var model: LoadedModel?
    private var peakMemory: ByteCount?
    private var modelMemory: ByteCount?
    /// What became of the chat template; the same for every batch.
    private(set) var chat: GeneratedBatch.Chat?
    private var profile: OperationProfile?
    private var profileReason: String?
    private var inputTokens = 0
    private var outputTokens = 0
    private var counted = 0

    /// Steps beyond which a profile learns nothing new.
    static let longestProfile = 32

    func note(lengths results: [GeneratedBatch.Result]) {
        for result in results where result.outcome == .completed {
            guard let input = result.inputTokens, let output = result.outputTokens else { continue }
            inputTokens += input
            outputTokens += output
            counted += 1
        }
    }

    /// Means over the measured requests that completed; nil without one.
    var meanLengths: (input: Int, output: Int)? {
        counted > 0 ? (max(inputTokens / counted, 1), max(outputTokens / counted, 1)) : nil
    }

    func note(profile: OperationProfile) { self.profile = profile }
    func note(profileReason: String) { self.profileReason = profileReason }

    /// The model's configuration as the worker told it; nil before a model was loaded.
    var configuration: ModelConfiguration? {
        guard let model else { return nil }
        return model.config.map { ModelConfiguration(source: "worker", config: $0) }
            ?? ModelConfiguration(reason: "the worker does not tell the configuration of its model")
    }

    func note(pid: Int32, versions: [String: String]) {
        self.pid = pid
        self.versions = versions
    }

    func note(model: LoadedModel) {
        self.model = model
        modelMemory = model.modelMemory
    }

    func note(batch: GeneratedBatch) {
        peak(batch.peakMemory)
        chat = batch.chat ?? chat
    }

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
        result.operationProfile = profile
        result.operationProfileReason = profileReason
        return result
    }
}

extension ReasoningRecord {
    /// - Parameter frame: what stands around prompts that no template frames.
    fileprivate mutating func note(_ chat: GeneratedBatch.Chat?, otherwise frame: ChatTemplateRequest.Frame?) {
        guard let chat else { return }
        usesTemplate = chat.template
        unusedArguments = chat.unusedArguments.isEmpty ? nil : chat.unusedArguments
        guard !chat.template, let frame else { return }
        if !frame.before.isEmpty { before = frame.before }
        if !frame.after.isEmpty { after = frame.after }
    }
}

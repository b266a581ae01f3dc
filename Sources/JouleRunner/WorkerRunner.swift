import JouleBackends
import JouleConfiguration
import JouleMeters
import JouleModel
import JouleProcess
import JouleStore
import JouleUnits
import JouleWorkload

/// A run with workers, one or several beside each other: idle host, load, idle loaded, warm-up, measure, cool-down.
struct WorkerRunner: RunBody {
    private let plan: Plan
    private let installation: WorkerInstallation
    private let children: [ChildSpec]
    private let shares: [[String]?]
    private let reasoning: ReasoningInstruction?
    private let notes: [WorkerNotes]

    private static func errorFile(_ number: Int) -> String { number == 0 ? "worker.stderr.log" : "worker_\(number).stderr.log" }

    /// - Throws: when the worker's environment is not there.
    init(
        _ experiment: Experiment, plan: Plan, installation: WorkerInstallation, visibleGPUs: [String]?, reasoning: ReasoningInstruction?
    ) throws(Failure) {
        self.plan = plan
        self.reasoning = reasoning
        self.installation = installation
        shares = try CrewDevices.shares(of: visibleGPUs, for: experiment.backend)
        var children: [ChildSpec] = []
        for share in shares { children.append(try installation.childSpec(for: experiment.backend, visibleGPUs: share)) }
        self.children = children
        notes = shares.map { _ in WorkerNotes() }
    }

    var plannedRequests: Int? { plan.requests.count }

    func record(of experiment: Experiment) -> ExperimentRecord {
        ExperimentRecord(experiment: experiment, promptsDigest: plan.digest, dataset: plan.dataset)
    }

    func describe(_ environment: inout RunEnvironment) async {
        // All run the same program with the same model.
        for notes in notes.reversed() {
            environment.versions.merge(await notes.versions) { _, new in new }
            environment.reasoning?.note(await notes.chat, otherwise: reasoning?.template?.otherwise)
        }
    }

    func writeOwnFiles(to directory: RunDirectory, failure: Failure?) async throws {
        for (number, notes) in notes.enumerated() {
            var process = await notes.process(id: directory.id, number: number)
            if let failure, failure.code.hasPrefix("worker.") {
                process.lastErrorLines = lastErrorLines(of: await notes.errorFile ?? directory.file(Self.errorFile(number)))
            }
            try directory.write(process, to: RunResults.processFile(number))
        }
        for notes in notes {
            guard let configuration = await notes.configuration else { continue }
            // The same model in every process.
            return try directory.write(configuration, to: RunResults.modelConfigurationFile)
        }
    }

    func run(on stage: RunStage) async throws {
        defer { stage.processTree.pid = nil }
        let key = BackendKeeper.Key(stage.experiment.backend, children: children)
        let isKept = try await stage.backends.isLoaded(key, for: stage)
        if !isKept {
            try await stage.idle(.idleHost, for: stage.experiment.phases.idleHost)
            try await stage.begin(.load)
            try await stage.backends.load(key, for: stage) { handOver in try await load(on: stage, handOver) }
        }
        try await stage.backends.use { backend in
            guard case .workers(let workers) = backend else { return }
            follow(workers.map(\.session), on: stage)
            var crew: [CrewMember] = []
            for (number, worker) in workers.enumerated() {
                if isKept { try await require(of: worker.session, on: stage) }
                await notes[number].note(worker, versions: await worker.session.versions)
                crew.append(CrewMember(number: number, session: worker.session, notes: notes[number]))
            }
            try await WorkerPhases(stage: stage, plan: plan, crew: crew, reasoning: reasoning).run()
        }
    }

    /// One tree is followed; the share of one worker of several would be taken for that of all.
    private func follow(_ sessions: [WorkerSession], on stage: RunStage) {
        stage.processTree.pid = sessions.count == 1 ? sessions.first?.pid : nil
    }

    // MARK: Loading

    private func load(on stage: RunStage, _ handOver: @escaping BackendHandOver) async throws {
        let places = children.enumerated().map { WorkerPlace(child: $1, errorFile: stage.directory.file(Self.errorFile($0))) }
        try await withWorkers(places) { sessions in
            follow(sessions, on: stage)
            let models = try await withThrowingTaskGroup(of: (Int, LoadedModel).self) { group in
                for (number, session) in sessions.enumerated() {
                    group.addTask { (number, try await load(session, number, on: stage)) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try await handOver(
                .workers(
                    sessions.enumerated().compactMap { number, session in
                        models[number].map { LoadedWorker(session: session, model: $0, errorFile: places[number].errorFile) }
                    }))
        }
    }

    private func load(_ session: WorkerSession, _ number: Int, on stage: RunStage) async throws -> LoadedModel {
        let capabilities = try await session.capabilities()
        await notes[number].note(pid: session.pid, versions: await session.versions)
        try await require(of: session, on: stage)
        stage.observer(.step("devices: \(capabilities.devices.map(\.id).joined(separator: ", "))"))
        // A worker whose torch has no CUDA cannot be told device numbers; it falls back or refuses by `backend.device` alone.
        let seesGPUs = capabilities.devices.contains { $0.id.hasPrefix("cuda") }
        let model = try await session.load(
            stage.experiment.backend.renumbered(visibleGPUs: shares[number]), deviceCount: seesGPUs ? shares[number]?.count : nil
        ) { step in
            stage.observer(.step(step))
        }
        stage.observer(.step("loaded \(model.modelClass ?? "model") as \(model.dtype ?? "its own type") on \(model.device)"))
        if let prefixes = model.taskPrefixes, !prefixes.isEmpty {
            stage.observer(.step("prompts begin with " + prefixes.map { "`\($0)`" }.joined(separator: " or ")))
        }
        return model
    }

    private func require(of session: WorkerSession, on stage: RunStage) async throws {
        try await session.require(reasoning?.template)
        try await session.require(stage.experiment.scenario)
    }
}

/// The phases in which the workers are there.
private struct WorkerPhases: Sendable {
    let stage: RunStage
    let plan: Plan
    let crew: [CrewMember]
    let reasoning: ReasoningInstruction?

    private var experiment: Experiment { stage.experiment }
    private var rule: BatchRule { BatchRule(experiment.scenario) }

    func run() async throws {
        let lengths = try await lengths()
        let batches = crew.map {
            WorkerBatches(plan.requests, lengths: lengths, rule: rule, member: $0.number, of: crew.count)
        }
        if let words = BatchPlan.words(batches.map(\.plan)) { stage.observer(.step(words)) }
        try await stage.idle(.idleLoaded, for: experiment.phases.idleLoaded)
        try await warmUp(lengths)
        try await measure(batches)
        try await stage.idle(.cooldown, for: experiment.phases.cooldown)
        try await stage.end()
        // After everything that is measured: counting is slow, and it heats the machine.
        if experiment.compute.flops == .profiled { try await profile() }
    }

    /// The operations of a request with the run's mean lengths; one worker tells for all, which have the same model.
    private func profile() async throws {
        guard let member = crew.first else { return }
        guard let lengths = await member.notes.meanLengths else { return await member.notes.note(profileReason: "no request completed") }
        stage.observer(.step("counting operations"))
        do {
            await member.notes.note(
                profile: try await member.session.profile(
                    promptTokens: lengths.input, decodeSteps: min(lengths.output - 1, WorkerNotes.longestProfile)))
        } catch let error as Failure {
            // The run is measured; that its operations cannot be counted takes nothing from it.
            await member.notes.note(profileReason: "the worker could not count: \(error.message)")
        }
    }

    /// The same of every worker, beside each other; the first failure ends it for all.
    private func together(_ work: @escaping @Sendable (CrewMember) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in crew { group.addTask { try await work(member) } }
            try await group.waitForAll()
        }
    }

    /// The lengths of all prompts, where batches go by them; asked before anything is measured, for it takes time.
    private func lengths() async throws -> [Int?]? {
        guard experiment.scenario.needsLengths, let first = crew.first else { return nil }
        let prompts = plan.requests.map { WorkerSession.Prompt(index: $0.index, text: reasoning?.text($0.text) ?? $0.text) }
        return try await first.session.countTokens(prompts, scenario: experiment.scenario, template: reasoning?.template)
    }

    private func warmUp(_ lengths: [Int?]?) async throws {
        let requests = plan.warmup(experiment.phases.warmupRequests)
        guard !requests.isEmpty else { return }
        try await stage.begin(.warmup)
        try await send(
            crew.map { WorkerBatches(warmup: requests, lengths: lengths, rule: rule, member: $0.number, of: crew.count) }, phase: .warmup)
    }

    private func measure(_ batches: [WorkerBatches]) async throws {
        try await stage.begin(.measure)
        try await send(batches, phase: .measure)
        for member in crew {
            if let stats = try? await member.session.stats() { await member.notes.note(stats: stats) }
        }
    }

    private func send(_ batches: [WorkerBatches], phase: Phase) async throws {
        let progress = CrewProgress(total: batches.reduce(0) { $0 + $1.plan.batches.reduce(0) { $0 + $1.count } })
        try await together { member in
            let own = batches[member.number]
            for (place, batch) in own.plan.batches.enumerated() {
                try Task.checkCancellation()
                try await rest(before: place, phase)
                var tokens = 0
                for timeline in try await generate(batch, by: member, number: own.number(place), phase: phase) {
                    tokens += timeline.outputTokens ?? 0
                    try await stage.recorder.append(timeline)
                }
                if phase == .measure { await stage.state.requestsDone(batch.count) }
                stage.observer(.progress(progress.note(done: batch.count, tokens: tokens, phase: phase)))
            }
        }
    }

    /// The time that a person would think, between two batches.
    private func rest(before number: Int, _ phase: Phase) async throws {
        let thinkTime = experiment.load.thinkTime
        guard thinkTime.isActive, number > 0 else { return }
        try await Task.sleep(for: thinkTime.rest(number - 1, seed: experiment.seed, isWarmup: phase == .warmup))
    }

    private func generate(
        _ batch: [Plan.Request], by member: CrewMember, number: Int, phase: Phase
    ) async throws -> [RequestTimeline] {
        let scheduled = Instant.now
        let process = crew.count > 1 ? member.number : nil
        let prompts = batch.map { WorkerSession.Prompt(index: $0.index, text: reasoning?.text($0.text) ?? $0.text) }
        // Each batch samples with a seed of its own, or equal prompts would be answered with equal words.
        let seed = experiment.seed &+ UInt64(number)
        let answer: GeneratedBatch
        do {
            answer = try await member.session.generate(prompts, scenario: experiment.scenario, seed: seed, template: reasoning?.template)
        } catch {
            // What was asked and never answered is a request too.
            for request in batch {
                let outcome: RequestOutcome = error is CancellationError ? .cancelled : .failed
                var timeline = RequestTimeline(
                    index: request.index, promptID: request.promptID, phase: phase, outcome: outcome, error: (error as? Failure)?.message,
                    batch: number, scheduled: scheduled, sent: scheduled, bodyEnd: .now)
                timeline.process = process
                try? await stage.recorder.append(timeline)
            }
            throw error
        }
        await member.notes.note(batch: answer, phase: phase)
        if phase == .measure { await member.notes.note(lengths: answer.results) }
        return batch.map { request in
            var timeline = RequestTimeline(
                index: request.index, promptID: request.promptID, phase: phase, outcome: .failed, batch: number, scheduled: scheduled,
                sent: answer.start, bodyEnd: answer.end)
            timeline.process = process
            guard let result = answer.results.first(where: { $0.index == request.index }) else {
                timeline.error = "the worker gave no result for this prompt"
                return timeline
            }
            timeline.outcome = result.outcome
            timeline.error = result.error.map { "\($0.message) [\($0.code)]" }
            timeline.inputTokens = result.inputTokens
            timeline.paddingTokens = result.paddingTokens
            timeline.outputTokens = result.outputTokens
            if let length = experiment.scenario.inputLength, timeline.outcome == .completed, let tokens = result.inputTokens,
                tokens != length
            {
                timeline.outcome = .failed
                timeline.error = "the prompt has \(tokens) tokens and not exactly \(length), for which the model has no room"
            }
            timeline.tokenSource = result.outputTokens == nil ? nil : .worker
            timeline.firstToken = result.firstToken
            timeline.reasoningTokens = result.reasoningTokens
            timeline.firstOutputToken = result.firstOutputToken
            timeline.lastToken = result.lastToken
            timeline.chunks = (result.tokens ?? []).map { TokenChunk(instant: $0) }
            timeline.finishReason = result.finishReason
            if phase == .measure, experiment.scenario.saveOutputs { (timeline.text, timeline.tokenIDs) = (result.text, result.tokenIDs) }
            return timeline
        }
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

import Foundation
import JouleBackends
import JouleModel
import JouleProcess
import JouleUnits
import JouleWorkload
import Synchronization

/// A backend that is there and answers prompts one by one, outside any run: a worker with its model loaded, or a server that answers.
package struct PromptSession: Sendable {
    private enum Work: Sendable {
        case worker(WorkerSession)
        case server(LoadGenerator, ServerTarget)
    }

    private let experiment: Experiment
    private let variables: [String: String]
    private let work: Work
    private let numbers: Numbers

    /// Opens the backend of an experiment for as long as `body` lasts.
    ///
    /// - Parameters:
    ///   - visibleGPUs: UUIDs of the GPUs that a worker may see; nil where there are none.
    ///   - inProcess: the server of a `simulated` backend.
    /// - Throws: what keeps the worker from starting or the server from answering; `server.launch` where the run itself would start it.
    package static func with<Result: Sendable>(
        _ experiment: Experiment, visibleGPUs: [String]?, variables: [String: String],
        installation: WorkerInstallation = WorkerInstallation(), inProcess: InProcessServer? = nil,
        body: @escaping @Sendable (PromptSession) async throws -> Result
    ) async throws -> Result {
        let numbers = Numbers()
        guard experiment.backend.kind.isServer else {
            let child = try installation.childSpec(for: experiment.backend, visibleGPUs: visibleGPUs)
            let errorFile = FileManager.default.temporaryDirectory.appending(path: "joulebench-worker-\(UUID().uuidString).log").path
            defer { try? FileManager.default.removeItem(atPath: errorFile) }
            return try await withWorker(child, errorFile: errorFile) { session in
                let capabilities = try await session.capabilities()
                let seesGPUs = capabilities.devices.contains { $0.id.hasPrefix("cuda") }
                _ = try await session.load(
                    experiment.backend.renumbered(visibleGPUs: visibleGPUs), deviceCount: seesGPUs ? visibleGPUs?.count : nil
                ) { _ in }
                return try await body(
                    PromptSession(experiment: experiment, variables: variables, work: .worker(session), numbers: numbers))
            }
        }
        let target = try ServerTarget(experiment.backend, variables: variables)
        try target.requireAddress()
        guard target.spec.launch == nil else {
            throw Failure(
                "server.launch", "single prompts go to a server that runs already, and `backend.launch` would start one",
                remedy: "start the server, and leave `backend.launch` out")
        }
        guard let inProcess else { return try await with(experiment, target, numbers, variables: variables, body: body) }
        return try await inProcess.serving(target) { target in
            try await with(experiment, target, numbers, variables: variables, body: body)
        }
    }

    private static func with<Result: Sendable>(
        _ experiment: Experiment, _ target: ServerTarget, _ numbers: Numbers, variables: [String: String],
        body: @escaping @Sendable (PromptSession) async throws -> Result
    ) async throws -> Result {
        let generator = LoadGenerator(
            LoadServer(
                target.endpoint, key: target.apiKey, fields: target.spec.headers, acceptsAnyCertificate: target.spec.insecure,
                clientVersion: ProductVersion.number))
        let outcome: Swift.Result<Result, any Error>
        do {
            let session = PromptSession(
                experiment: experiment, variables: variables, work: .server(generator, target), numbers: numbers)
            outcome = .success(try await body(session))
        } catch {
            outcome = .failure(error)
        }
        await generator.shutDown()
        return try outcome.get()
    }

    /// Asks one prompt and waits for the whole answer.
    ///
    /// - Parameter reasoning: what is asked of the model's thinking, in the place of the experiment's own.
    package func ask(_ prompt: String, reasoning: ReasoningSpec? = nil) async throws -> RequestTimeline {
        var experiment = experiment
        experiment.scenario.saveOutputs = true
        if let reasoning { experiment.scenario.reasoning = reasoning }
        let instruction = try ReasoningInstruction.resolve(experiment, variables: variables)
        let number = numbers.next()
        switch work {
        case .worker(let session): return try await answer(prompt, number, of: session, experiment, instruction)
        case .server(let generator, let target): return try await answer(prompt, number, of: generator, target, experiment, instruction)
        }
    }

    private func answer(
        _ prompt: String, _ number: Int, of session: WorkerSession, _ experiment: Experiment, _ instruction: ReasoningInstruction?
    ) async throws -> RequestTimeline {
        try await session.require(instruction?.template)
        let scheduled = Instant.now
        let batch = try await session.generate(
            [WorkerSession.Prompt(index: number, text: instruction?.text(prompt) ?? prompt)], scenario: experiment.scenario,
            seed: experiment.seed &+ UInt64(number), template: instruction?.template)
        guard let result = batch.results.first else {
            throw Failure("worker.protocol", "the worker gave no result for the prompt")
        }
        var timeline = RequestTimeline(
            index: number, promptID: "prompt-\(number)", phase: .measure, outcome: result.outcome, scheduled: scheduled, sent: batch.start,
            bodyEnd: batch.end)
        timeline.error = result.error.map { "\($0.message) [\($0.code)]" }
        timeline.inputTokens = result.inputTokens
        timeline.outputTokens = result.outputTokens
        timeline.reasoningTokens = result.reasoningTokens
        timeline.firstToken = result.firstToken
        timeline.lastToken = result.lastToken
        timeline.finishReason = result.finishReason
        timeline.text = result.text
        return timeline
    }

    private func answer(
        _ prompt: String, _ number: Int, of generator: LoadGenerator, _ target: ServerTarget, _ experiment: Experiment,
        _ instruction: ReasoningInstruction?
    ) async throws -> RequestTimeline {
        let label = experiment.backend.kind.isSimulation ? RequestLabel(.measure, number, promptID: "prompt-\(number)").text : nil
        let body = try ServingRequests(experiment, target: target, reasoning: instruction).bytes(prompt, identifier: label)
        var program = LoadProgram(
            phase: .measure, target: target.endpoint.target(target.spec.api, path: target.spec.path), pacing: .closed(concurrency: 1)
        ) { _ in PreparedRequest(index: number, promptID: "prompt-\(number)", body: body) }
        program.requests = 1
        program.timeouts = target.spec.timeouts
        program.retries = experiment.load.retries
        program.keepsText = true
        let answered = Guarded<RequestTimeline?>(nil)
        _ = try await generator.run(program) { timeline in answered.withLock { $0 = timeline } }
        guard let timeline = answered.withLock({ $0 }) else { throw CancellationError() }
        return timeline
    }

    /// Hands out the numbers of prompts.
    private final class Numbers: Sendable {
        private let last = Atomic<Int>(-1)

        func next() -> Int { last.add(1, ordering: .relaxed).newValue }
    }
}

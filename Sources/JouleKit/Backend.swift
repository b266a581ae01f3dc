import JouleModel
import JouleRunner
import JouleUnits

extension Experiment {
    /// Opens the experiment's backend, starts a worker and loads its model where it has one, and closes it when `body` ends.
    ///
    /// ```swift
    /// try await experiment.withBackend { backend in
    ///     let answer = try await backend.ask("Why is the sky blue?", reasoning: Reasoning(effort: .low))
    ///     print(answer.text ?? "", answer.energy.joules ?? .nan)
    /// }
    /// ```
    ///
    /// - Throws: ``KitError`` when the worker or the server is not to be had.
    public func withBackend<Result: Sendable>(_ body: @escaping @Sendable (Backend) async throws -> Result) async throws -> Result {
        try await KitError.translating {
            let host = HostContext.current
            let inProcess = try InProcessServer.forPrompts(resolved)
            let meters: MeterSelection
            if let inProcess, resolved.metrics.meters.isEmpty {
                meters = inProcess.meters(resolved.metrics, host: host)
            } else {
                meters = try await MeterSelection.discover(
                    metrics: resolved.metrics, deviceIDs: resolved.backend.meteredDevices, host: host)
            }
            let session = MeasurementSession(meters, period: resolved.metrics.samplePeriod)
            await session.drain()
            do {
                let result = try await PromptSession.with(
                    resolved, visibleGPUs: meters.visibleGPUs, variables: host.variables, inProcess: inProcess
                ) { prompts in
                    try await body(Backend(prompts: prompts, meters: session))
                }
                await session.stop()
                return result
            } catch {
                await session.stop()
                throw error
            }
        }
    }
}

/// What is asked of a model's thinking; see `docs/reasoning-formats.md`.
public struct Reasoning: Sendable, Hashable {
    public enum Effort: String, Sendable, Hashable { case none, low, medium, high }

    /// How much thinking, for models that know levels; none and low switch the others off.
    public var effort: Effort?
    public var enableThinking: Bool?
    /// The most tokens of thinking, where the backend can limit them.
    public var thinkingBudget: Int?

    public init(effort: Effort? = nil, enableThinking: Bool? = nil, thinkingBudget: Int? = nil) {
        self.effort = effort
        self.enableThinking = enableThinking
        self.thinkingBudget = thinkingBudget
    }

    func spec(over base: ReasoningSpec) -> ReasoningSpec {
        var spec = base
        spec.effort = effort.flatMap { ReasoningSpec.Effort(rawValue: $0.rawValue) }
        spec.enableThinking = enableThinking
        spec.thinkingBudget = thinkingBudget
        return spec
    }
}

/// A backend that is open: ask it prompts one by one.
public struct Backend: Sendable {
    let prompts: PromptSession
    let meters: MeasurementSession

    /// Asks one prompt and waits for the whole answer.
    ///
    /// - Parameter reasoning: in the place of the experiment's own; nil leaves that as it is.
    /// - Throws: ``KitError`` when the backend is lost; a prompt that fails is an ``Answer`` with an error.
    public func ask(_ prompt: String, reasoning: Reasoning? = nil) async throws -> Answer {
        try await KitError.translating {
            let start = meters.edge()
            let timeline = try await prompts.ask(prompt, reasoning: reasoning.map { $0.spec(over: ReasoningSpec()) })
            let end = meters.edge()
            await meters.settle(end)
            return Answer(timeline, energy: WindowEnergyReport(ledger: await meters.ledger(of: start..<end)))
        }
    }
}

/// What came back for one prompt.
public struct Answer: Sendable, Hashable {
    public let text: String?
    public let inputTokens: Int?
    /// Reasoning included.
    public let outputTokens: Int?
    public let reasoningTokens: Int?
    /// Seconds from the written request to the first token, and to the last.
    public let timeToFirstToken: Double?
    public let latency: Double?
    public let finishReason: String?
    /// Why there is no answer; nil when there is.
    public let error: String?
    /// Energy from before the request to after the answer.
    public let energy: WindowEnergyReport

    init(_ timeline: RequestTimeline, energy: WindowEnergyReport) {
        text = timeline.text
        inputTokens = timeline.inputTokens
        outputTokens = timeline.outputTokens
        reasoningTokens = timeline.reasoningTokens
        timeToFirstToken = timeline.timeToFirstToken?.seconds
        latency = timeline.serviceLatency?.seconds
        finishReason = timeline.finishReason
        error = timeline.outcome == .completed ? nil : timeline.error ?? timeline.outcome.rawValue
        self.energy = energy
    }
}

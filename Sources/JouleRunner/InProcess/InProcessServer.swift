import JouleBackends
import JouleMeters
import JouleModel
import JouleUnits
import JouleWorkload
import StubServing

/// A server inside this process that answers where no model runs: on the schedule of a `simulated` backend, or with the recorded times of a
/// `replay`. Requests reach it over the loopback interface, so that everything before and behind them is as with a real server.
package struct InProcessServer: Sendable {
    /// What it stands in for, as every summary says it.
    package let simulation: Simulation
    private let settings: Settings
    private let answers: AnswerSource
    private let activity = ServerActivity()
    /// nil for a replay, whose power nobody knows.
    private let power: SimulatedPower?

    /// How environments and dry runs call its place.
    package static let place = "in this process"

    /// The server of a backend that is one; nil for others.
    ///
    /// - Parameter plan: what will be asked; nil where single prompts are.
    /// - Throws: `replay.*` when the recording cannot be read or does not hold the answers.
    init?(_ experiment: Experiment, plan: LoadPlan?) throws {
        let backend = experiment.backend
        var settings = Settings()
        settings.model = backend.model
        settings.contextLength = 1_048_576
        settings.logLimit = 0
        // Times are kept exactly; a rate of the size that shares wake-ups is no aim here.
        settings.rates.tick = 0
        switch backend.kind {
        case .pytorch, .command, .vllm, .openai, .llamacpp, .sglang, .tgi, .ollama, .trtllm: return nil
        case .simulated:
            let spec = backend.simulated
            settings.rates.apply(spec)
            answers = Self.answers(of: spec, seed: experiment.seed)
            power = SimulatedPower(spec)
            simulation = Simulation(backend: backend.kind.rawValue, source: "the backend `simulated`, a model of a server in this process")
        case .replay:
            guard let plan else {
                throw Failure(
                    "replay.prompts", "single prompts have no recorded answers",
                    remedy: "run the experiment as a whole, or use the backend `simulated`")
            }
            let recorded = try RecordedAnswers(experiment)
            try recorded.check(plan, of: experiment)
            answers = { request in recorded.behaviour(for: request) }
            power = nil
            simulation = recorded.simulation
        }
        self.settings = settings
    }

    /// The server for single prompts; nil for backends that are none of ours.
    ///
    /// - Throws: `replay.prompts` for a replay, which has answers to its recorded prompts only.
    package static func forPrompts(_ experiment: Experiment) throws -> InProcessServer? { try InProcessServer(experiment, plan: nil) }

    /// The meters that go with it where none are named: the power of the simulated server; none for a replay, with the reason.
    package func meters(_ metrics: MetricsSpec, host: HostContext) -> MeterSelection {
        if let power, metrics.enabled { return .simulated([SimulatedMeter(activity: activity, power: power)], host: host) }
        return .nothing(
            because: "answers that are played again take no energy here, and that of their recording is not of this run",
            remedy:
                "name meters in `metrics.meters`: a csv log of the recorded power, or those of this machine for what it draws meanwhile",
            host: host)
    }

    /// Serves for as long as `body` lasts, at a port that the system chooses.
    func serving<Result: Sendable>(_ target: ServerTarget, _ body: (ServerTarget) async throws -> Result) async throws -> Result {
        let server = try await StubServer.start(settings, scenario: Scenario(rates: settings.rates), answers: answers, activity: activity)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(target.listening(at: try Endpoint(server.url)))) } catch { result = .failure(error) }
        try await server.stop()
        return try result.get()
    }

    /// Lengths and deviations by the seed and the number of the request, whatever the order in which requests arrive.
    private static func answers(of spec: SimulatedSpec, seed: UInt64) -> AnswerSource {
        { request in
            let label = request.identifier.flatMap(RequestLabel.init)
            let stream = label?.phase == .warmup ? RandomStream.warmupSimulatedAnswers : .simulatedAnswers
            var generator = SeededGenerator(seed: seed, stream: stream, number: label?.number ?? 0)
            var behaviour = Behaviour()
            behaviour.seed = generator.next()
            behaviour.tokens = spec.answerLengths?.sample(&generator)
            behaviour.reasoningTokens = spec.reasoningTokens
            return behaviour
        }
    }
}

/// How the server in this process knows a request: sent as `request_id` to it alone.
struct RequestLabel: Hashable {
    var phase: Phase
    var number: Int
    var promptID: String

    init(_ phase: Phase, _ number: Int, promptID: String) {
        self.phase = phase
        self.number = number
        self.promptID = promptID
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let phase = Phase(rawValue: parts[0]), let number = Int(parts[1]) else { return nil }
        self.init(phase, number, promptID: parts[2])
    }

    var text: String { "\(phase.rawValue)/\(number)/\(promptID)" }
}

extension Rates {
    fileprivate mutating func apply(_ spec: SimulatedSpec) {
        firstToken = spec.firstToken.nanoseconds
        interToken = spec.outputToken.nanoseconds
        firstTokenJitter = spec.firstTokenJitter.nanoseconds
        interTokenJitter = spec.outputTokenJitter.nanoseconds
        prefillRate = spec.prefillRate.isFinite ? spec.prefillRate : nil
        maxConcurrent = spec.maxConcurrency
        batchSlowdown = spec.batchSlowdown
    }
}

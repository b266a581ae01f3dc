import JouleConfiguration
import JouleModel
import JouleStore
import JouleUnits
import JouleWorkload
import StubServing

/// The answers of a recorded run, to be given again: when each token came after its request was sent, and how many came.
struct RecordedAnswers: Sendable {
    fileprivate struct Answer: Sendable {
        var promptID: String
        var arrivals: [Behaviour.Arrival]
        var inputTokens: Int?
        var reasoningTokens: Int
        var finishReason: String?

        var tokens: Int { arrivals.reduce(0) { $0 + $1.tokens } }
    }

    private struct Place: Hashable {
        var phase: Phase
        var number: Int
    }

    let simulation: Simulation
    private let runID: String
    private let recorded: Experiment
    private let promptsDigest: String?
    private let byPlace: [Place: Answer]
    /// Those of the measured phase before those of the warm-up, in the order of their numbers.
    private let byPrompt: [String: [Answer]]
    /// Requests of the recording without an answer that can be given again.
    private let left: Int

    /// Reads the recording that the experiment names.
    ///
    /// - Throws: `replay.run` when there is none, or it holds no whole answer; `replay.model` when it is of another model.
    init(_ experiment: Experiment) throws {
        let spec = experiment.backend.replay
        guard let name = spec.run else {
            throw Failure("config.missing-key", "the `replay` backend needs `backend.replay.run`", remedy: "name the folder of a run")
        }
        let directory: RunDirectory
        do throws(Failure) { directory = try StoredRuns.find(name, results: experiment.outputDirectory) } catch {
            throw Failure(
                "config.replay", "`backend.replay.run`: \(error.message)", remedy: "name the folder of a run, or its id below the results")
        }
        let record = try ExperimentRecord.parse(try directory.readText("experiment.json"), file: directory.file("experiment.json"))
        let (requests, digest) = try directory.readRequests()
        runID = directory.id
        recorded = record.experiment
        promptsDigest = record.promptsDigest
        guard recorded.backend.model == experiment.backend.model else {
            throw Failure(
                "config.replay",
                "the run \(directory.id) is of the model `\(recorded.backend.model)`, and `backend.model` is `\(experiment.backend.model)`",
                remedy: "set backend.model: \(recorded.backend.model)")
        }
        var byPlace: [Place: Answer] = [:]
        var byPrompt: [String: [Answer]] = [:]
        let inOrder = requests.sorted { ($0.phase == .measure ? 0 : 1, $0.index) < ($1.phase == .measure ? 0 : 1, $1.index) }
        for request in inOrder {
            guard let answer = Answer(request, speed: spec.speed) else { continue }
            byPlace[Place(phase: request.phase, number: request.index)] = answer
            byPrompt[request.promptID, default: []].append(answer)
        }
        guard !byPlace.isEmpty else {
            throw Failure(
                "config.replay", "the run \(directory.id) has no completed request with tokens, so there is nothing to play again",
                remedy: "name a run that completed")
        }
        self.byPlace = byPlace
        self.byPrompt = byPrompt
        left = requests.count - byPlace.count
        simulation = Self.simulation(of: directory.id, recorded.backend.kind, digest: digest, speed: spec.speed)
    }

    private static func simulation(of run: String, _ kind: BackendSpec.Kind, digest: String, speed: Double) -> Simulation {
        let pace = speed == 1 ? "" : ", \(Int(exactly: speed).map { "\($0)" } ?? "\(speed)") times as fast"
        let source = "the recorded answers of \(run) (backend `\(kind.rawValue)`, sha256 \(digest.prefix(12))) played again\(pace)"
        var simulation = Simulation(backend: BackendSpec.Kind.replay.rawValue, source: source)
        simulation.run = run
        simulation.recordingDigest = digest
        simulation.speed = speed
        return simulation
    }

    /// - Throws: `config.replay` when the experiment asks for prompts that the recording does not answer, with their count.
    func check(_ plan: LoadPlan, of experiment: Experiment) throws(Failure) {
        let remedy = "use the scenario and the seed of the recording: see \(runID)/experiment.json"
        for (key, now, then) in Self.textualKeys(experiment, recorded) where now != then {
            throw Failure(
                "config.replay", "the prompts are not those of \(runID): `\(key)` is \(now), and was \(then)", remedy: remedy)
        }
        let isSamePlan = experiment.scenario == recorded.scenario && experiment.load == recorded.load && experiment.seed == recorded.seed
        if isSamePlan, let promptsDigest, promptsDigest != plan.promptsDigest {
            throw Failure(
                "config.replay", "the data set `\(experiment.scenario.datasetName)` has changed since \(runID)",
                remedy: "bring the recorded version of it back")
        }
        var asked: Set<String> = []
        for program in [plan.warmup, plan.measure].compactMap(\.self) {
            // Prompts come again after the last one; those made up for a length of time are looked at when they are asked for.
            let count = [program.plannedRequests ?? program.stop.requests, program.feed.poolSize].compactMap(\.self).min() ?? 0
            for number in 0..<count { asked.insert(program.feed.request(number: number).promptID) }
        }
        let missing = asked.filter { byPrompt[$0] == nil }.sorted()
        guard let first = missing.first else { return }
        throw Failure(
            "config.replay", "\(missing.count) of the \(asked.count) prompts have no answer in \(runID), the first of them `\(first)`",
            cause: left > 0 ? "\(left) requests of the recording did not complete, or brought no token" : nil,
            remedy: remedy)
    }

    /// What makes the text behind the name of a prompt, as it is shown.
    private static func textualKeys(_ now: Experiment, _ then: Experiment) -> [(key: String, now: String, then: String)] {
        func text<Value>(_ value: Value?) -> String { value.map { "`\($0)`" } ?? "not set" }
        let (a, b) = (now.scenario, then.scenario)
        var keys: [(key: String, now: String, then: String)] = [
            ("scenario.dataset_name", text(a.datasetName), text(b.datasetName)),
            ("scenario.dataset_config", text(a.datasetConfig), text(b.datasetConfig)), ("scenario.split", text(a.split), text(b.split)),
            ("scenario.text_column_name", text(a.textColumnName), text(b.textColumnName)),
            ("scenario.template", text(a.template), text(b.template)), ("scenario.input_length", text(a.inputLength), text(b.inputLength)),
            ("scenario.unique_prefix", text(a.uniquePrefix), text(b.uniquePrefix)),
        ]
        if a.isSynthetic || a.inputLength != nil || a.uniquePrefix {
            keys += [
                ("scenario.prompt_lengths", text(a.promptLengths), text(b.promptLengths)),
                ("scenario.shared_prefix_tokens", text(a.sharedPrefixTokens), text(b.sharedPrefixTokens)),
                ("seed", text(now.seed), text(then.seed)),
            ]
        }
        return keys
    }

    /// How a request is answered: as the one of the same number where it is of the same prompt, else as the prompt's own answers in turn.
    func behaviour(for request: GenerationRequest) -> Behaviour {
        guard let label = request.identifier.flatMap(RequestLabel.init), let answer = answer(to: label) else {
            var refusal = Behaviour()
            refusal.status = 404
            refusal.body = .text(#"{"error":{"message":"\#(runID) has no answer to this prompt"}}"#, contentType: "application/json")
            return refusal
        }
        var behaviour = Behaviour()
        behaviour.arrivals = answer.arrivals
        behaviour.promptTokens = answer.inputTokens
        behaviour.reasoningTokens = answer.reasoningTokens
        // An answer that is cut short ends for that reason and not for its own.
        if request.maxTokens.map({ $0 >= answer.tokens }) ?? true { behaviour.finishReason = answer.finishReason }
        return behaviour
    }

    private func answer(to label: RequestLabel) -> Answer? {
        if let same = byPlace[Place(phase: label.phase, number: label.number)], same.promptID == label.promptID { return same }
        return byPrompt[label.promptID].map { $0[label.number % $0.count] }
    }
}

extension RecordedAnswers.Answer {
    /// nil for a request that did not complete or brought no token.
    fileprivate init?(_ request: RequestTimeline, speed: Double) {
        guard request.outcome == .completed, let sent = request.sent, let first = request.firstToken, let tokens = request.outputTokens,
            tokens > 0
        else { return nil }
        func offset(_ instant: Instant) -> Int64 { Int64(Double(max(0, (instant - sent).nanoseconds)) / speed) }
        promptID = request.promptID
        inputTokens = request.inputTokens
        finishReason = request.finishReason
        let chunks = request.chunks.filter(\.kind.isToken)
        let counted = chunks.reduce(0) { $0 + max(1, Int($1.tokens)) }
        if counted > 0 {
            // What the server counted and no chunk shows, such as the end token, is spread over the chunks.
            var arrivals: [Behaviour.Arrival] = []
            var (seen, given) = (0, 0)
            for chunk in chunks {
                seen += max(1, Int(chunk.tokens))
                let share = tokens * seen / counted - given
                given += share
                if share > 0 { arrivals.append(Behaviour.Arrival(offset: offset(chunk.instant), tokens: share)) }
            }
            self.arrivals = arrivals
        } else {
            // Without chunks only the ends are known: the tokens between them are spread evenly.
            let span = (request.lastToken ?? first) - first
            arrivals = (0..<tokens).map { number in
                let share = tokens > 1 ? span * (Double(number) / Double(tokens - 1)) : .zero
                return Behaviour.Arrival(offset: offset(first + share), tokens: 1)
            }
        }
        reasoningTokens = min(tokens, request.reasoningTokens ?? 0)
    }
}

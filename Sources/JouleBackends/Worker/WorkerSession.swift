import Foundation
import JouleModel
import JouleProcess
import JouleUnits

/// A conversation with one worker process; valid inside `withWorker`.
package actor WorkerSession {
    private let child: PipedChild
    private let errorFile: String
    private let output: WorkerLines
    private let lines: AsyncStream<[UInt8]>.Iterator
    private var nextID = 1
    package nonisolated let pid: Int32
    /// Versions that the worker reported: `worker`, `python`, and after `capabilities` those of its packages.
    package private(set) var versions: [String: String] = [:]
    private var features: Set<String> = []
    /// Whether the process ended before its work was done.
    package private(set) var isLost = false

    fileprivate init(child: PipedChild, errorFile: String) {
        self.child = child
        self.errorFile = errorFile
        pid = child.pid
        output = WorkerLines(descriptor: child.output)
        lines = output.lines.makeAsyncIterator()
    }

    /// Waits for the greeting and checks the version of the protocol.
    fileprivate func greet() async throws {
        // An interpreter on a slow disk takes its time; one that says nothing for a minute is no worker.
        let limit = Task { [output] in
            try await Task.sleep(for: .seconds(60))
            output.finish()
        }
        defer { limit.cancel() }
        guard case .hello(let hello) = try await nextReply().event else {
            throw Failure("worker.protocol", "the worker did not begin with `hello`", remedy: "see \(errorFile)")
        }
        guard hello.protocol == WorkerProtocol.version else {
            throw Failure(
                "worker.protocol", "the worker speaks protocol \(hello.protocol), this version speaks \(WorkerProtocol.version)",
                remedy: "use the worker that comes with this version")
        }
        versions["worker"] = hello.worker
        versions["python"] = hello.python
        features = Set(hello.features ?? [])
    }

    /// Imports the libraries and says what there is to run on.
    package func capabilities() async throws -> WorkerCapabilities {
        guard case .capabilities(let answer) = try await ask(.capabilities) else { throw unexpected("capabilities") }
        for (name, version) in answer.versions { if let version { versions[name] = version } }
        if let cuda = answer.cuda { versions["cuda"] = cuda }
        return answer
    }

    /// Loads the model; minutes for a large one.
    ///
    /// A worker that shares the processor with others is told so, where it announces that it can be.
    ///
    /// - Throws: `worker.no-feature` when layers are to be split and the worker does not announce that it can.
    package func load(_ spec: BackendSpec, deviceCount: Int?, progress: @escaping @Sendable (String) -> Void) async throws -> LoadedModel {
        let processes = spec.processes > 1 && features.contains("processes") ? spec.processes : nil
        if spec.tensorParallel > 1, !features.contains("tensor_parallel") {
            throw Failure(
                "worker.no-feature", "layers are to be split over devices, and the worker does not announce `tensor_parallel`",
                remedy: "leave backend.tensor_parallel out, or use a worker whose `hello` names this feature (docs/worker-protocol.md)")
        }
        let request = ModelLoad(spec, deviceCount: deviceCount, processes: processes)
        guard case .loaded(let model) = try await ask(.load(request), progress: progress) else {
            throw unexpected("loaded")
        }
        return model
    }

    /// Whether the worker counts the tokens of prompts.
    package var countsTokens: Bool { features.contains("count_tokens") }

    /// The lengths of prompts as the batches will have them, without padding; nil for one that the worker will refuse.
    package func countTokens(
        _ prompts: [Prompt], scenario: ScenarioSpec, template: ChatTemplateRequest? = nil
    ) async throws -> [Int?] {
        var counts: [Int?] = []
        // More at once are no request of the protocol, and a line has a longest length too.
        for start in stride(from: 0, to: prompts.count, by: CountRequest.mostPrompts) {
            let part = prompts[start..<min(start + CountRequest.mostPrompts, prompts.count)]
            let request = CountRequest(
                requests: part.map { Self.item($0, scenario) }, truncation: scenario.cutsInputs, maxInputTokens: scenario.inputLimit,
                chat: template.map(GenerateRequest.Chat.init))
            guard case .counts(let answer) = try await ask(.countTokens(request)), answer.counts.count == part.count else {
                throw unexpected("counts")
            }
            counts += answer.counts
        }
        return counts
    }

    /// - Throws: `worker.no-feature` when the worker has not announced what batches or saved ids need.
    package func require(_ scenario: ScenarioSpec) throws {
        let needed = [
            ("count_tokens", scenario.needsLengths, "batches are made by the prompts' lengths"),
            ("token_ids", scenario.saveOutputs && !scenario.decodesOutputs, "outputs are to be saved as token ids"),
        ]
        for (feature, isNeeded, purpose) in needed where isNeeded && !features.contains(feature) {
            throw Failure(
                "worker.no-feature", "\(purpose), and the worker does not announce `\(feature)`",
                remedy: "leave that out, or use a worker whose `hello` names this feature (docs/worker-protocol.md)")
        }
    }

    /// - Throws: `worker.no-chat` when the worker has not announced that it can do what the template asks for: it would refuse the batch.
    package func require(_ template: ChatTemplateRequest?) throws {
        guard let template else { return }
        let needed = ["chat"] + (template.thinkingBudget == nil ? [] : ["thinking_budget"])
        let missing = needed.filter { !features.contains($0) }
        guard !missing.isEmpty else { return }
        throw Failure(
            "worker.no-chat", "reasoning is asked for, and the worker does not announce `\(missing.joined(separator: "`, `"))`",
            remedy: "leave scenario.reasoning out, or use a worker whose `hello` names these features (docs/worker-protocol.md)")
    }

    /// One prompt of a batch.
    package struct Prompt: Sendable {
        package let index: Int
        package let text: String
        package init(index: Int, text: String) {
            self.index = index
            self.text = text
        }
    }

    /// Generates one batch. A prompt that fails is a failed result; only a lost worker or a broken protocol throws.
    package func generate(
        _ prompts: [Prompt], scenario: ScenarioSpec, seed: UInt64, template: ChatTemplateRequest? = nil
    ) async throws -> GeneratedBatch {
        let request = Self.request(prompts, scenario: scenario, seed: seed, template: template)
        guard case .batch(let batch) = try await ask(.generate(request)) else { throw unexpected("batch") }
        return batch
    }

    /// The line that asks for one batch, without its end.
    package static func generateLine(
        _ prompts: [Prompt], scenario: ScenarioSpec, seed: UInt64, template: ChatTemplateRequest?, id: Int
    ) throws -> [UInt8] {
        try line(WorkerRequest(id: id, body: .generate(request(prompts, scenario: scenario, seed: seed, template: template))))
    }

    private static func item(_ prompt: Prompt, _ scenario: ScenarioSpec) -> GenerateRequest.Item {
        GenerateRequest.Item(
            index: prompt.index, prompt: prompt.text, maxNewTokens: scenario.generation.maxNewTokens,
            minNewTokens: scenario.generation.minNewTokens)
    }

    private static func request(
        _ prompts: [Prompt], scenario: ScenarioSpec, seed: UInt64, template: ChatTemplateRequest?
    ) -> GenerateRequest {
        let generation = scenario.generation
        return GenerateRequest(
            requests: prompts.map { item($0, scenario) },
            sampling: .init(
                doSample: generation.samples, temperature: generation.temperature, topP: generation.topP, topK: generation.topK,
                repetitionPenalty: generation.repetitionPenalty, ignoreEOS: generation.ignoreEOS,
                stop: generation.stop.isEmpty ? nil : generation.stop, seed: seed),
            truncation: scenario.cutsInputs, maxInputTokens: scenario.inputLimit, padTo: scenario.padTo,
            returnText: scenario.saveOutputs && scenario.decodesOutputs,
            returnIDs: scenario.saveOutputs && !scenario.decodesOutputs ? true : nil,
            chat: template.map(GenerateRequest.Chat.init), thinkingBudget: template?.thinkingBudget)
    }

    /// Equal requests are equal lines.
    private static func line(_ request: WorkerRequest) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return Array(try encoder.encode(request))
    }

    /// Has the worker count the operations of a prompt and of the steps after it; takes as long as generating them twice.
    package func profile(promptTokens: Int, decodeSteps: Int) async throws -> OperationProfile {
        let request = ProfileRequest(promptTokens: promptTokens, decodeSteps: decodeSteps)
        guard case .profile(let profile) = try await ask(.profile(request)) else { throw unexpected("profile") }
        return profile
    }

    /// Rows of a data set that the worker's `datasets` library loads; without numbers only what there is.
    package func rows(of table: WorkerTable, numbers: [Int]) async throws -> WorkerRows {
        guard features.contains("rows") else {
            throw Failure(
                "worker.no-rows", "the worker does not announce `rows`", remedy: "use the worker that comes with this version")
        }
        guard case .rows(let answer) = try await ask(.rows(RowsRequest(table, numbers))) else { throw unexpected("rows") }
        return answer
    }

    package func stats() async throws -> WorkerStats {
        guard case .stats(let stats) = try await ask(.stats) else { throw unexpected("stats") }
        return stats
    }

    /// Asks the worker to end and waits until its output is closed, but not for ever: its work is done, and a worker that hangs is
    /// then ended by the scope that started it.
    fileprivate func shutdown(patience: Duration) async {
        let output = output
        let limit = Task {
            try await Task.sleep(for: patience)
            output.finish()
        }
        defer { limit.cancel() }
        guard (try? await ask(.shutdown)) != nil else { return }
        while await nextLine() != nil {}
    }

    // MARK: Conversation

    private func ask(_ body: WorkerRequest.Body, progress: (@Sendable (String) -> Void)? = nil) async throws -> WorkerEvent {
        let id = nextID
        nextID += 1
        try send(Self.line(WorkerRequest(id: id, body: body)) + [UInt8(ascii: "\n")])
        while true {
            let reply = try await nextReply()
            // An error without a number is about a line that could not be read, and there is none but ours.
            guard reply.id == id || reply.id == nil else {
                throw Failure(
                    "worker.protocol", "the worker answered question \(reply.id ?? 0) when it was asked question \(id)",
                    remedy: "see \(errorFile)")
            }
            switch reply.event {
            case .progress(let stage): progress?(stage)
            case .error(let error): throw error.failure
            case let event: return event
            }
        }
    }

    private func send(_ line: [UInt8]) throws {
        var offset = 0
        while offset < line.count {
            let count = line.withUnsafeBytes { write(child.input, $0.baseAddress! + offset, line.count - offset) }
            if count < 0 {
                if errno == EINTR { continue }
                throw died()
            }
            offset += count
        }
    }

    private func nextReply() async throws -> WorkerReply {
        guard let line = await nextLine() else {
            try Task.checkCancellation()
            throw died()
        }
        do {
            return try JSONDecoder().decode(WorkerReply.self, from: Data(line))
        } catch {
            throw Failure(
                "worker.protocol",
                "the worker said what is no message of the protocol: \(String(decoding: line.prefix(200), as: UTF8.self))",
                cause: "\(error)")
        }
    }

    /// The iterator is a handle on the stream's own storage, so a copy of it takes the next line all the same.
    private func nextLine() async -> [UInt8]? {
        var iterator = lines
        return await iterator.next(isolation: self)
    }

    private func died() -> Failure {
        isLost = true
        let lines = lastErrorLines(of: errorFile)
        return Failure(
            "worker.died", "the worker (pid \(pid)) ended before its work was done",
            cause: lines.isEmpty ? "it wrote nothing to its standard error" : lines.joined(separator: "\n"),
            remedy: "everything recorded so far is kept; the worker's whole output is in \(errorFile)")
    }

    private func unexpected(_ wanted: String) -> Failure {
        Failure("worker.protocol", "the worker did not answer with `\(wanted)`", remedy: "see \(errorFile)")
    }
}

/// The last lines that a program wrote to its standard error.
package func lastErrorLines(of file: String, count: Int = 12) -> [String] {
    guard let data = FileManager.default.contents(atPath: file) else { return [] }
    return String(decoding: data.suffix(16_384), as: UTF8.self).split(whereSeparator: \.isNewline).suffix(count).map(String.init)
}

/// Starts a worker, lets `body` talk to it, and ends it: the worker cannot outlive the call.
///
/// - Parameters:
///   - visibleGPUs: UUIDs that the worker may see, in their order; nil leaves the choice to its environment.
///   - errorFile: where the worker's standard error goes.
///   - patience: how long the worker may take to say goodbye, and then to end.
package func withWorker<Result: Sendable>(
    _ spec: ChildSpec, errorFile: String, patience: Duration = .seconds(10),
    body: @escaping @Sendable (WorkerSession) async throws -> Result
) async throws -> Result {
    let (result, exit) = try await withPipedChild(spec, errorFile: errorFile, patience: patience) { child in
        let session = WorkerSession(child: child, errorFile: errorFile)
        do {
            try await session.greet()
            let result = try await body(session)
            await session.shutdown(patience: patience)
            return Swift.Result<Result, Failure>.success(result)
        } catch let failure as Failure where failure.code == "worker.died" {
            // The child is gone: let the scope see how it ended instead of killing it.
            return .failure(failure)
        }
    }
    switch result {
    case .success(let value): return value
    case .failure(let failure):
        throw Failure(
            failure.code, "\(failure.message) with \(exit)", cause: failure.cause, remedy: failure.remedy, source: failure.source)
    }
}

import JouleModel
import JouleUnits

/// The requests of a run in the order in which they are made; a pure function of the experiment and its data.
package struct Plan: Hashable, Sendable {
    /// One request: its number in the run, and its prompt.
    package struct Request: Hashable, Sendable {
        package let index: Int
        package let promptID: String
        package let text: String
    }

    package let requests: [Request]
    package let batchSize: Int
    /// What is allowed and probably not meant: fewer prompts than were asked for.
    package let warnings: [Failure]

    /// Reads the scenario's data set and chooses its prompts.
    package init(scenario: ScenarioSpec, seed: UInt64, readFile: (String) throws -> [UInt8]) throws(Failures) {
        let source: PromptSource
        do {
            source = try PromptSource(datasetName: scenario.datasetName, textColumn: scenario.textColumnName)
        } catch {
            throw Failures([error])
        }
        self.init(pool: try source.prompts(readFile: readFile), scenario: scenario, seed: seed)
    }

    /// Chooses from prompts that are at hand.
    package init(pool: [Prompt], scenario: ScenarioSpec, seed: UInt64) {
        let chosen = Self.choose(scenario.sampleCount, of: pool, scenario.selection, seed: seed)
        requests = chosen.enumerated().map { Request(index: $0.offset, promptID: $0.element.id, text: $0.element.text) }
        batchSize = max(1, scenario.batchSize)
        var warnings: [Failure] = []
        if chosen.count < scenario.sampleCount {
            warnings.append(
                Failure(
                    "workload.few-prompts",
                    "`\(scenario.datasetName)` has \(pool.count) prompts and num_samples asks for \(scenario.sampleCount): \(chosen.count) are used",
                    remedy: "lower scenario.num_samples to \(chosen.count), or add prompts"))
        }
        self.warnings = warnings
    }

    /// The batches in order; only the last may be smaller.
    package var batches: [ArraySlice<Request>] { Self.batches(of: requests, size: batchSize) }

    /// Requests in batches of `size`, in their order.
    package static func batches(of requests: [Request], size: Int) -> [ArraySlice<Request>] {
        stride(from: 0, to: requests.count, by: size).map { requests[$0..<min($0 + size, requests.count)] }
    }

    /// Prompts for the requests that are in no figure: those of the plan from its beginning, again from there when they run out.
    package func warmup(_ count: Int) -> [Request] {
        guard !requests.isEmpty else { return [] }
        return (0..<count).map { number in
            let request = requests[number % requests.count]
            return Request(index: number, promptID: request.promptID, text: request.text)
        }
    }

    /// Says whether two runs asked the same things in the same order: SHA-256 of `sequenceBytes`, in hexadecimal.
    package var digest: String { SHA256.hexDigest(of: sequenceBytes) }

    /// The sequence of prompts as bytes. Each id and each text is preceded by its length in bytes and a colon, so that no two sequences give the same bytes.
    package var sequenceBytes: [UInt8] {
        requests.flatMap { request in
            [request.promptID, request.text].flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
        }
    }

    /// No prompt is taken twice.
    private static func choose(_ count: Int, of pool: [Prompt], _ selection: ScenarioSpec.Selection, seed: UInt64) -> [Prompt] {
        var generator = SeededGenerator(seed: seed)
        switch selection {
        case .first: return Array(pool.prefix(count))
        case .shuffled: return generator.permutation(of: pool.count).prefix(count).map { pool[$0] }
        case .random: return generator.permutation(of: pool.count).prefix(count).sorted().map { pool[$0] }
        }
    }
}

import JouleModel
import JouleUnits

/// The requests of a run in the order in which they are made; a pure function of the experiment and its data.
package struct Plan: Hashable, Sendable {
    /// One request: its number in the run, and its prompt.
    package struct Request: Hashable, Sendable {
        package let index: Int
        package let promptID: String
        package let text: String
        /// The exact length wanted of the answer, in tokens; nil goes by the generation's limits.
        package let outputTokens: Int?
        /// The length that a synthetic prompt was made for, in tokens; what it has is the server's to say.
        package let inputTokensAsked: Int?

        package init(index: Int, promptID: String, text: String, outputTokens: Int? = nil, inputTokensAsked: Int? = nil) {
            self.index = index
            self.promptID = promptID
            self.text = text
            self.outputTokens = outputTokens
            self.inputTokensAsked = inputTokensAsked
        }
    }

    package let requests: [Request]
    /// What the requests come from.
    package let feed: PromptFeed
    package let batchSize: Int
    /// What is allowed and probably not meant: fewer prompts than were asked for.
    package let warnings: [Failure]
    /// Where the prompts were fetched from; nil for those at hand.
    package let dataset: DatasetOrigin?

    /// Reads the scenario's data set and chooses its prompts, or makes them up.
    ///
    /// - Parameter selected: the prompts of a data set that had to be fetched.
    package init(
        scenario: ScenarioSpec, seed: UInt64, selected: PromptSelection? = nil, readFile: (String) throws -> [UInt8]
    ) throws(Failures) {
        let (feed, warnings) = try PromptFeed.read(
            scenario, count: scenario.sampleCount, seed: seed, selected: selected, readFile: readFile)
        self.init(
            feed, count: feed.poolSize ?? scenario.sampleCount, batchSize: scenario.batchSize, warnings: warnings, dataset: selected?.origin
        )
    }

    /// Chooses from prompts that are at hand.
    package init(pool: [Prompt], scenario: ScenarioSpec, seed: UInt64) {
        let (chosen, warnings) = Self.choose(scenario.sampleCount, of: pool, scenario, seed: seed)
        let feed = PromptFeed(pool: chosen, scenario: scenario, seed: seed)
        self.init(feed, count: chosen.count, batchSize: scenario.batchSize, warnings: warnings)
    }

    /// The first requests of a feed.
    init(_ feed: PromptFeed, count: Int, batchSize: Int = 1, warnings: [Failure] = [], dataset: DatasetOrigin? = nil) {
        self.feed = feed
        requests = (0..<max(0, count)).map { feed.request(number: $0) }
        self.batchSize = max(1, batchSize)
        self.warnings = warnings
        self.dataset = dataset
    }

    /// The same requests with other texts of theirs; the feed is that of the plan.
    package func with(_ feed: PromptFeed) -> Plan {
        Plan(feed, count: requests.count, batchSize: batchSize, warnings: warnings, dataset: dataset)
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
            return Request(
                index: number, promptID: request.promptID, text: request.text, outputTokens: request.outputTokens,
                inputTokensAsked: request.inputTokensAsked)
        }
    }

    /// Says whether two runs asked the same things in the same order: SHA-256 of `sequenceBytes`, in hexadecimal.
    package var digest: String { SHA256.hexDigest(of: sequenceBytes) }

    /// The sequence of prompts as bytes. Each id and each text is preceded by its length in bytes and a colon, so that no two sequences give the same bytes.
    /// A request with a length of its own has it behind them, between semicolons; a length in bytes never begins with one.
    package var sequenceBytes: [UInt8] {
        requests.flatMap { request in
            [request.promptID, request.text].flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
                + (request.outputTokens.map { Array(";\($0);".utf8) } ?? [])
        }
    }

    /// Prompts of a data set, none twice, with a warning when there are fewer than asked for.
    static func choose(
        _ count: Int, of pool: [Prompt?], _ scenario: ScenarioSpec, seed: UInt64
    ) -> (chosen: [Prompt], warnings: [Failure]) {
        var rows = RowSelection(total: pool.count, wanted: count, selection: scenario.selection, seed: seed)
        while !rows.needed.isEmpty { rows.take { pool[$0] } }
        let chosen = rows.prompts
        return (chosen, few(chosen.count, of: count, scenario).map { [$0] } ?? [])
    }

    /// A warning that a data set has fewer prompts than are asked for; nil when there are enough.
    package static func few(_ found: Int, of count: Int, _ scenario: ScenarioSpec) -> Failure? {
        guard found < count else { return nil }
        return Failure(
            fewPrompts, "`\(scenario.datasetName)` has \(found) prompts and num_samples asks for \(count): \(found) are used",
            remedy: "lower scenario.num_samples to \(found), or add prompts")
    }

    package static let fewPrompts = "workload.few-prompts"
}

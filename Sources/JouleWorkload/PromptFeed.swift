import JouleModel

/// Requests by number, for as long as a load lasts: a pure function of the scenario, its data and the seed.
///
/// Prompts of a data set come in the plan's order. When they are used up they are drawn again, round by round: each round holds every
/// prompt once, in an order of its own that the seed chooses. Synthetic prompts never repeat.
///
/// In conversations of N turns the requests N·c … N·c + N − 1 are those of conversation c. Their prompts are consecutive, unless a row of
/// the data set is itself a conversation. Prefixes stand before the first of them alone: what follows has the history before it.
package struct PromptFeed: Hashable, Sendable {
    private enum Content: Hashable {
        case pool([Prompt])
        case synthetic(Lengths)
    }

    private enum Lengths: Hashable {
        case drawn(LengthDistribution)
        /// Those of a trace, by the number of the request.
        case recorded([Int])
    }

    private let content: Content
    private let outputs: Lengths?
    private(set) var text: SyntheticText
    /// What synthetic prompts are made otherwise, by the number of their request.
    private(set) var corrections: [Int: SyntheticText.Correction] = [:]
    let sharedPrefixTokens: Int
    /// Requests of a conversation.
    package let turns: Int
    private let hasMarkers: Bool
    /// Tokens that each prompt of a pool is joined to.
    private let inputLength: Int?
    let seed: UInt64
    private var isWarmup = false

    /// Prompts that are at hand.
    init(pool: [Prompt], scenario: ScenarioSpec, seed: UInt64, trace: ArrivalTrace? = nil) {
        self.init(.pool(pool), scenario, seed, trace)
    }

    /// Synthetic prompts. Lengths that the scenario gives go before those of a trace.
    init(synthetic scenario: ScenarioSpec, seed: UInt64, trace: ArrivalTrace? = nil) throws(Failure) {
        let lengths: Lengths
        if let distribution = scenario.promptLengths {
            try distribution.validate(as: "scenario.prompt_lengths")
            guard scenario.sharedPrefixTokens < distribution.maximum else {
                throw Failure(
                    "workload.shared-prefix",
                    "the shared prefix of \(scenario.sharedPrefixTokens) tokens leaves nothing of prompts of at most \(distribution.maximum)",
                    remedy: "lengths of prompts include the shared prefix: raise scenario.prompt_lengths")
            }
            lengths = .drawn(distribution)
        } else if let trace {
            lengths = .recorded(trace.entries.map(\.inputTokens))
        } else {
            throw Failure(
                "workload.no-lengths", "synthetic prompts need lengths",
                remedy: "set scenario.prompt_lengths, such as {distribution: normal, mean: 256, std: 64}")
        }
        self.init(.synthetic(lengths), scenario, seed, trace)
    }

    private init(_ content: Content, _ scenario: ScenarioSpec, _ seed: UInt64, _ trace: ArrivalTrace?) {
        self.content = content
        self.seed = seed
        hasMarkers = scenario.uniquePrefix
        inputLength = scenario.inputLength
        outputs = scenario.outputLengths.map { .drawn($0) } ?? trace.map { .recorded($0.entries.map(\.outputTokens)) }
        turns = max(1, scenario.turns)
        sharedPrefixTokens = max(0, scenario.sharedPrefixTokens)
        text = SyntheticText(seed: seed, sharedPrefixTokens: sharedPrefixTokens)
    }

    /// The same feed with other texts of the same lengths.
    func with(_ text: SyntheticText, corrections: [Int: SyntheticText.Correction]) -> PromptFeed {
        var feed = self
        feed.text = text
        feed.corrections = corrections
        return feed
    }

    /// The same prompts for a warm-up, drawn from streams of their own.
    package var warmup: PromptFeed {
        var feed = self
        feed.isWarmup = true
        feed.corrections = [:]
        return feed
    }

    /// How many requests there are before a prompt comes again; nil when none does.
    package var poolSize: Int? {
        switch content {
        case .pool(let prompts): prompts.count * (Self.areConversations(prompts) ? turns : 1)
        case .synthetic: nil
        }
    }

    package var isSynthetic: Bool { if case .synthetic = content { true } else { false } }

    private static func areConversations(_ prompts: [Prompt]) -> Bool { prompts.first.map { !$0.laterTurns.isEmpty } ?? false }

    /// Whether the prompt of this request was already used by an earlier one.
    package func isRepeat(number: Int) -> Bool { poolSize.map { number >= $0 } ?? false }

    /// The request with this number, from 0. O(length of its text), and the same whatever was asked for before.
    package func request(number: Int) -> Plan.Request {
        let output = outputs.map { length($0, number, isWarmup ? .warmupOutputLengths : .outputLengths) }
        switch content {
        case .pool(let prompts):
            let (id, words) = prompt(number, from: prompts)
            let beginning = marker(of: number).map { text.marker($0) + " " } ?? ""
            let content = inputLength.map { joined(words, number, to: $0, from: prompts) } ?? words
            return Plan.Request(
                index: number, promptID: id, text: beginning + content, outputTokens: output, inputTokensAsked: inputLength)
        case .synthetic(let lengths):
            let tokens = self.tokens(lengths, number)
            return Plan.Request(
                index: number, promptID: (isWarmup ? "warmup-" : "synthetic-") + String(number),
                text: syntheticText(number, tokens: tokens, correction: corrections[number] ?? SyntheticText.Correction()),
                outputTokens: output, inputTokensAsked: tokens)
        }
    }

    /// The length that a synthetic prompt is to have; nil for prompts of a data set.
    func wantedTokens(number: Int) -> Int? {
        guard case .synthetic(let lengths) = content else { return nil }
        return tokens(lengths, number)
    }

    func syntheticText(_ number: Int, tokens: Int, correction: SyntheticText.Correction) -> String {
        text.text(
            number, tokens: tokens, stream: isWarmup ? .warmupPrompts : .prompts, marker: marker(of: number),
            sharesPrefix: number % turns == 0, correction: correction)
    }

    private func tokens(_ lengths: Lengths, _ number: Int) -> Int {
        length(lengths, number, isWarmup ? .warmupInputLengths : .inputLengths)
    }

    private func marker(of number: Int) -> Int? {
        guard hasMarkers, number % turns == 0 else { return nil }
        return isWarmup ? (1 << 35) + number : number
    }

    private func prompt(_ number: Int, from prompts: [Prompt]) -> (id: String, text: String) {
        guard Self.areConversations(prompts) else {
            let prompt = prompts[place(of: number, in: prompts.count)]
            return (prompt.id, prompt.text)
        }
        let (conversation, turn) = number.quotientAndRemainder(dividingBy: turns)
        let prompt = prompts[place(of: conversation, in: prompts.count)]
        return turn == 0 ? (prompt.id, prompt.text) : ("\(prompt.id)/\(turn + 1)", prompt.laterTurns[turn - 1])
    }

    /// A prompt with others behind it, chosen by the seed, until it has at least so many tokens. No tokenizer makes less than one token of a
    /// word between spaces, so that counting words is on the safe side; what is too much is cut by tokens where they are made.
    private func joined(_ first: String, _ number: Int, to length: Int, from prompts: [Prompt]) -> String {
        func words(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }
        var parts = [first]
        var count = words(first)
        var generator = SeededGenerator(seed: seed, stream: isWarmup ? .warmupJoinedPrompts : .joinedPrompts, number: number)
        while count < length {
            let next = prompts[generator.below(prompts.count)].text
            parts.append(next)
            // A prompt without a word would never end this.
            count += max(words(next), 1)
        }
        return parts.joined(separator: " ")
    }

    private func place(of number: Int, in count: Int) -> Int {
        let (round, rest) = number.quotientAndRemainder(dividingBy: count)
        guard isWarmup || round > 0 else { return rest }
        let generator = SeededGenerator(seed: seed, stream: isWarmup ? .warmupChoice : .repeats, number: round)
        return SeededOrder(count: count, generator: generator)[rest]
    }

    private func length(_ lengths: Lengths, _ number: Int, _ stream: RandomStream) -> Int {
        switch lengths {
        case .drawn(let distribution):
            var generator = SeededGenerator(seed: seed, stream: stream, number: number)
            return distribution.sample(&generator)
        case .recorded(let recorded):
            guard isWarmup else { return recorded[number % recorded.count] }
            // Prompt and answer of one entry stay together.
            var generator = SeededGenerator(seed: seed, stream: .warmupChoice, number: number)
            return recorded[generator.below(recorded.count)]
        }
    }
}

extension PromptFeed {
    /// The feed of a scenario, with what is allowed and probably not meant.
    ///
    /// - Parameters:
    ///   - count: how many prompts of a data set are wanted.
    ///   - selected: the prompts of a data set that had to be fetched.
    static func read(
        _ scenario: ScenarioSpec, count: Int, seed: UInt64, trace: ArrivalTrace? = nil, selected: PromptSelection? = nil,
        readFile: (String) throws -> [UInt8]
    ) throws(Failures) -> (feed: PromptFeed, warnings: [Failure]) {
        do throws(Failure) {
            try scenario.outputLengths?.validate(as: "scenario.output_lengths")
            if scenario.isSynthetic {
                let both = scenario.uniquePrefix && scenario.sharedPrefixTokens > 0
                let warnings = both ? [prefixesCancel] : []
                return (try PromptFeed(synthetic: scenario, seed: seed, trace: trace), warnings)
            }
            if scenario.promptLengths != nil || scenario.sharedPrefixTokens > 0 {
                throw Failure(
                    "workload.not-synthetic", "`\(scenario.datasetName)` has prompts of its own, and no lengths can be asked of them",
                    remedy: "set scenario.dataset_name: synthetic, or leave out prompt_lengths and shared_prefix_tokens")
            }
        } catch {
            throw Failures([error])
        }
        if let selected {
            return (PromptFeed(pool: selected.prompts, scenario: scenario, seed: seed, trace: trace), selected.warnings)
        }
        let source: PromptSource
        do {
            source = try PromptSource(scenario)
        } catch {
            throw Failures([error])
        }
        let pool = try source.rows(readFile: readFile)
        let (chosen, warnings) = Plan.choose(count, of: pool, scenario, seed: seed)
        return (PromptFeed(pool: chosen, scenario: scenario, seed: seed, trace: trace), warnings)
    }

    private static let prefixesCancel = Failure(
        "workload.prefixes-cancel", "unique_prefix puts different words before the shared prefix, so that no cache can share it",
        remedy: "use one of unique_prefix and shared_prefix_tokens")
}

extension ScenarioSpec {
    /// Whether the prompts are made up and not read.
    package var isSynthetic: Bool { datasetName == "synthetic" }
}

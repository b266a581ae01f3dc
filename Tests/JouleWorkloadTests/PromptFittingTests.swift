import JouleModel
import Testing

@testable import JouleWorkload

/// Tokenizers as far as their counts go: what makes prompts hard to give a length.
private enum Tokenizer: String, CaseIterable, Sendable {
    /// A token a word.
    case words
    /// The same with a beginning of text before every text.
    case wordsAndStart
    /// A token a byte.
    case bytes
    /// Two bytes a token, whatever stands there: joints of words are inside tokens.
    case pairs
    /// Three bytes of a word a token, as vocabularies do that hold no whole words.
    case syllables
    /// Words that follow each other in some pairs are one token, as in vocabularies that merge over spaces.
    case phrases

    func count(_ text: String) -> Int {
        let words = text.split(separator: " ")
        switch self {
        case .words: return words.count
        case .wordsAndStart: return words.count + 1
        case .bytes: return text.utf8.count
        case .pairs: return (text.utf8.count + 1) / 2
        case .syllables: return words.reduce(0) { $0 + ($1.utf8.count + 2) / 3 } + 2
        case .phrases:
            var count = 0
            var last: Substring?
            for word in words {
                if let before = last, (before.utf8.count &* 7 &+ word.utf8.count) % 5 == 0 {
                    last = nil
                } else {
                    count += 1
                    last = word
                }
            }
            return count
        }
    }

    var counter: TokenCounter { { texts in texts.map { self.count($0) } } }
}

private func feed(_ change: (inout ScenarioSpec) -> Void = { _ in }, seed: UInt64 = 7) throws -> PromptFeed {
    var scenario = ScenarioSpec()
    scenario.datasetName = "synthetic"
    scenario.promptLengths = LengthDistribution(kind: .uniform, mean: 120, minimum: 40, maximum: 200)
    change(&scenario)
    return try PromptFeed(synthetic: scenario, seed: seed)
}

struct PromptFittingTests {
    @Test(arguments: Tokenizer.allCases, [false, true])
    fileprivate func `every prompt has exactly its length, whatever the tokenizer makes of words`(tokenizer: Tokenizer, isUnique: Bool)
        async throws
    {
        let plain = try feed {
            $0.uniquePrefix = isUnique
            $0.sharedPrefixTokens = isUnique ? 0 : 20
        }
        let vocabulary = try await TokenVocabulary(counting: tokenizer.counter)
        let fitted = try await plain.fitted(to: vocabulary, count: 300, counting: tokenizer.counter)
        let requests = (0..<300).map { fitted.feed.request(number: $0) }
        #expect(fitted.unreached == 0)
        for request in requests {
            #expect(tokenizer.count(request.text) == request.inputTokensAsked, "\(tokenizer): \(request.text)")
            #expect(request.inputTokensAsked == plain.request(number: request.index).inputTokensAsked)
        }
        #expect(Set(requests.map(\.text)).count == 300)
        if !isUnique {
            let shared = fitted.feed.text.sharedBeginning
            #expect(tokenizer.count(shared) - vocabulary.special == 20, "\(shared)")
            #expect(requests.allSatisfy { $0.text.hasPrefix(shared) })
        }
        // The same seed and the same counts give the same bytes.
        let again = try await plain.fitted(to: vocabulary, count: 300, counting: tokenizer.counter).feed
        #expect((0..<400).allSatisfy { again.request(number: $0) == fitted.feed.request(number: $0) })
    }

    @Test func `a vocabulary that holds every word leaves every byte as it was`() async throws {
        let plain = try feed { $0.sharedPrefixTokens = 9 }
        let vocabulary = try await TokenVocabulary(counting: Tokenizer.words.counter)
        #expect(vocabulary.wholeWords == CommonWords.all.count && vocabulary.special == 0)
        let fitted = try await plain.fitted(to: vocabulary, count: 50, counting: Tokenizer.words.counter)
        #expect(fitted.mended == 0)
        #expect((0..<60).allSatisfy { fitted.feed.request(number: $0).text == plain.request(number: $0).text })
    }

    @Test func `prompts that are not counted are made of the same words`() async throws {
        let vocabulary = try await TokenVocabulary(counting: Tokenizer.wordsAndStart.counter)
        let fitted = try await feed().fitted(to: vocabulary, count: 1, counting: Tokenizer.wordsAndStart.counter).feed
        for number in 900..<1_000 {
            let request = fitted.request(number: number)
            #expect(Tokenizer.wordsAndStart.count(request.text) == request.inputTokensAsked)
        }
    }

    @Test func `a length that no text has is counted, and the nearest one is taken`() async throws {
        // Nothing but even numbers of tokens.
        let counter: TokenCounter = { texts in texts.map { $0.split(separator: " ").count * 2 } }
        let vocabulary = try await TokenVocabulary(counting: counter)
        let odd = try feed { $0.promptLengths = .fixed(41) }
        let fitted = try await odd.fitted(to: vocabulary, count: 10, counting: counter)
        #expect(fitted.unreached == 10)
        for number in 0..<10 {
            let count = fitted.feed.request(number: number).text.split(separator: " ").count * 2
            #expect(abs(count - 41) == 1)
        }
    }

    @Test func `a tokenizer that refuses every text leaves the lengths open`() async throws {
        await #expect(throws: Failure.self) { try await TokenVocabulary { texts in texts.map { _ in nil } } }
        let vocabulary = try await TokenVocabulary(counting: Tokenizer.words.counter)
        // As of a prompt that is too long for the model.
        let fitted = try await feed().fitted(to: vocabulary, count: 5) { texts in texts.map { _ in nil } }
        #expect(fitted.unreached == 5)
    }

    @Test func `the warm-up has prompts of its own with their own lengths`() async throws {
        let tokenizer = Tokenizer.syllables
        let vocabulary = try await TokenVocabulary(counting: tokenizer.counter)
        let warmup = try await feed().warmup.fitted(to: vocabulary, count: 40, counting: tokenizer.counter).feed
        for number in 0..<40 {
            let request = warmup.request(number: number)
            #expect(request.promptID.hasPrefix("warmup-") && tokenizer.count(request.text) == request.inputTokensAsked)
        }
    }
}

struct ConversationFeedTests {
    private func requests(_ scenario: ScenarioSpec, _ text: String, count: Int) throws -> [Plan.Request] {
        let (feed, _) = try PromptFeed.read(scenario, count: 10, seed: 1) { _ in Array(text.utf8) }
        return (0..<count).map { feed.request(number: $0) }
    }

    @Test func `prompts of a file are consecutive turns`() throws {
        var scenario = ScenarioSpec()
        (scenario.datasetName, scenario.turns) = ("p.txt", 2)
        let made = try requests(scenario, "one\ntwo\nthree\nfour", count: 4)
        #expect(made.map(\.text) == ["one", "two", "three", "four"])
    }

    @Test func `a conversation of the data set keeps its own turns, and a shorter one is left out`() throws {
        var scenario = ScenarioSpec()
        (scenario.datasetName, scenario.turns) = ("s.json", 2)
        let file = #"""
            [{"conversations": [{"from": "human", "value": "A1"}, {"from": "gpt", "value": "x"}, {"from": "human", "value": "A2"}]},
             {"conversations": [{"from": "human", "value": "short"}]},
             {"conversations": [{"from": "human", "value": "B1"}, {"from": "gpt", "value": "y"}, {"from": "human", "value": "B2"},
                                {"from": "human", "value": "B3"}]}]
            """#
        let made = try requests(scenario, file, count: 5)
        #expect(made.map(\.text).prefix(4) == ["A1", "A2", "B1", "B2"])
        #expect(made.map(\.promptID).prefix(4) == ["item-1", "item-1/2", "item-3", "item-3/2"])
        // Used up after two conversations, and begun anew with the first turn of one.
        #expect(["A1", "B1"].contains(made[4].text))
        scenario.turns = 1
        #expect(try requests(scenario, file, count: 3).map(\.text) == ["A1", "short", "B1"])
    }

    @Test func `prefixes stand before the first turn alone`() throws {
        let plain = try feed {
            $0.sharedPrefixTokens = 20
            $0.turns = 3
        }
        let shared = plain.text.sharedBeginning
        for number in 0..<9 {
            let request = plain.request(number: number)
            #expect(request.text.hasPrefix(shared) == (number % 3 == 0))
            #expect(request.text.split(separator: " ").count == request.inputTokensAsked)
        }
        let unique = try feed {
            $0.uniquePrefix = true
            $0.turns = 3
        }
        #expect(unique.request(number: 3).text.hasPrefix(unique.text.marker(3)))
        #expect(!unique.request(number: 4).text.hasPrefix(unique.text.marker(4)))
    }

    @Test func `an arrival is a conversation, and the last may be shorter`() throws {
        var experiment = Experiment(name: "t", backend: BackendSpec(kind: .vllm, model: "m"))
        (experiment.scenario.turns, experiment.scenario.promptLengths) = (3, .fixed(8))
        experiment.scenario.datasetName = "synthetic"
        (experiment.load.arrival, experiment.load.rate, experiment.load.requests) = (.poisson, 5, 10)
        let plan = try LoadPlan(experiment: experiment) { _ in [] }
        guard case .open(let schedule, _, _) = plan.measure.pacing else { return #expect(Bool(false), "no open loop") }
        #expect(schedule.count == 4 && plan.measure.plannedRequests == 10)
    }
}

import JouleModel
import JouleWorkload
import Testing

struct PlanTests {
    private let pool = (1...12).map { Prompt(id: "line-\($0)", text: "prompt \($0)") }

    private func plan(_ count: Int, _ selection: ScenarioSpec.Selection = .first, seed: UInt64 = 0, batch: Int = 1) -> Plan {
        var scenario = ScenarioSpec()
        scenario.sampleCount = count
        scenario.selection = selection
        scenario.batchSize = batch
        return Plan(pool: pool, scenario: scenario, seed: seed)
    }

    @Test func `the first prompts keep the order of the file`() {
        let plan = plan(5, seed: 99)
        #expect(plan.requests.map(\.promptID) == ["line-1", "line-2", "line-3", "line-4", "line-5"])
        #expect(plan.requests.map(\.index) == [0, 1, 2, 3, 4])
        #expect(plan.warnings.isEmpty)
    }

    @Test func `a seed fixes what is chosen, and no prompt is taken twice`() {
        for selection in [ScenarioSpec.Selection.shuffled, .random] {
            #expect(plan(6, selection, seed: 1) == plan(6, selection, seed: 1))
            #expect(plan(6, selection, seed: 1) != plan(6, selection, seed: 2))
            #expect(Set(plan(12, selection, seed: 3).requests.map(\.promptID)).count == 12)
        }
    }

    @Test func `a random choice keeps the order of the file, a shuffle does not`() {
        let order = Dictionary(uniqueKeysWithValues: pool.enumerated().map { ($0.element.id, $0.offset) })
        let random = plan(7, .random, seed: 5).requests.compactMap { order[$0.promptID] }
        #expect(random == random.sorted())
        #expect(plan(12, .random, seed: 5).requests == plan(12).requests)
        let shuffled = plan(12, .shuffled, seed: 5).requests.compactMap { order[$0.promptID] }
        #expect(shuffled != shuffled.sorted())
    }

    @Test func `fewer prompts than asked for are used with a warning`() {
        let plan = plan(20)
        #expect(plan.requests.count == 12)
        #expect(plan.warnings.map(\.code) == ["workload.few-prompts"])
        #expect(plan.warnings.first?.message == "`builtin:quickstart` has 12 prompts and num_samples asks for 20: 12 are used")
    }

    @Test(arguments: [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (5, [5]), (8, [5])])
    func `batches follow the order`(size: Int, counts: [Int]) {
        let plan = plan(5, batch: size)
        #expect(plan.batches.map(\.count) == counts)
        #expect(plan.batches.flatMap { Array($0) } == plan.requests)
    }

    @Test func `warm-up prompts come round again`() {
        let warmup = plan(2).warmup(5)
        #expect(warmup.map(\.promptID) == ["line-1", "line-2", "line-1", "line-2", "line-1"])
        #expect(warmup.map(\.index) == [0, 1, 2, 3, 4])
        #expect(plan(2).warmup(0).isEmpty)
    }

    @Test func `the bytes of a sequence tell ids, texts and order apart`() {
        func bytes(_ prompts: [(String, String)]) -> [UInt8] {
            Plan(pool: prompts.map { Prompt(id: $0.0, text: $0.1) }, scenario: ScenarioSpec(), seed: 0).sequenceBytes
        }
        let variants = [
            bytes([("a", "b"), ("c", "d")]), bytes([("c", "d"), ("a", "b")]), bytes([("ab", ""), ("c", "d")]),
            bytes([("a", "b1:c"), ("", "d")]), bytes([("a", "b")]),
        ]
        #expect(Set(variants).count == variants.count)
        #expect(String(decoding: variants[0], as: UTF8.self) == "1:a1:b1:c1:d")
    }

    @Test func `a plan reads its own data set`() throws {
        let plan = try Plan(scenario: ScenarioSpec(), seed: 0) { _ in [] }
        #expect(plan.requests.count == 10)
        #expect(plan.requests.last?.promptID == "quickstart-0010")
        var scenario = ScenarioSpec()
        scenario.datasetName = "gsm8k"
        #expect(throws: Failures.self) { try Plan(scenario: scenario, seed: 0) { _ in [] } }
    }
}

/// Prompts joined to a length.
struct JoinedPromptTests {
    private let pool = (0..<7).map { Prompt(id: "p\($0)", text: (0...$0).map { "word\($0)" }.joined(separator: " ")) }

    private func words(_ text: String) -> Int { text.split(separator: " ").count }

    @Test func `each prompt begins with its own text and has words enough`() {
        var scenario = ScenarioSpec()
        (scenario.sampleCount, scenario.inputLength) = (7, 50)
        for seed in UInt64(1)...5 {
            let plan = Plan(pool: pool, scenario: scenario, seed: seed)
            #expect(plan.requests.count == 7)
            for (request, prompt) in zip(plan.requests, pool) {
                #expect(request.text.hasPrefix(prompt.text) && words(request.text) >= 50, "seed \(seed)")
                #expect(request.inputTokensAsked == 50)
            }
            #expect(plan == Plan(pool: pool, scenario: scenario, seed: seed))
        }
        #expect(Plan(pool: pool, scenario: scenario, seed: 1) != Plan(pool: pool, scenario: scenario, seed: 2))
    }

    @Test func `a prompt that is long enough already is left alone, and one of spaces ends`() {
        var scenario = ScenarioSpec()
        (scenario.sampleCount, scenario.inputLength) = (1, 3)
        let long = [Prompt(id: "a", text: "one two three four")]
        #expect(Plan(pool: long, scenario: scenario, seed: 0).requests[0].text == "one two three four")
        #expect(Plan(pool: [Prompt(id: "b", text: "  ")], scenario: scenario, seed: 0).requests.count == 1)
    }
}

import JouleModel
import JouleUnits
import Testing

@testable import JouleWorkload

private func experiment(_ arrival: LoadSpec.Arrival = .closed, seed: UInt64 = 0, change: (inout Experiment) -> Void = { _ in })
    -> Experiment
{
    var experiment = Experiment(name: "x", seed: seed, backend: BackendSpec(kind: .vllm, model: "m"))
    experiment.load.arrival = arrival
    experiment.phases = .none
    change(&experiment)
    return experiment
}

private func plan(_ experiment: Experiment, files: [String: String] = [:]) throws -> LoadPlan {
    try LoadPlan(experiment: experiment) { path in Array((try #require(files[path])).utf8) }
}

private func code(_ experiment: Experiment) -> String? {
    #expect(throws: Failures.self) { _ = try plan(experiment) }?.all.first?.code
}

private func makeSynthetic(_ scenario: inout ScenarioSpec, mean: Double = 64) {
    scenario.datasetName = "synthetic"
    scenario.promptLengths = LengthDistribution(kind: .normal, mean: mean, standardDeviation: mean / 4, minimum: 8, maximum: 200)
}

private func words(_ text: String) -> [Substring] { text.split(separator: " ") }

struct LoadPlanTests {
    @Test func `a closed loop goes by the number of samples unless told otherwise`() throws {
        let plain = try plan(experiment { $0.load.concurrency = 4 })
        #expect(plain.measure.pacing == .closed(concurrency: 4))
        #expect(plain.measure.stop == StopRule(requests: 10))
        #expect(plain.warmup == nil)
        #expect(try plan(experiment(.sequential) { $0.load.concurrency = 4 }).measure.pacing == .closed(concurrency: 1))
        let timed = try plan(
            experiment {
                $0.load.duration = .seconds(90)
                $0.phases.measure = .seconds(60)
            })
        #expect(timed.measure.stop == StopRule(duration: .seconds(60)))
        #expect(timed.measure.plannedRequests == nil)
    }

    @Test func `the digest is that of the plan with the same requests`() throws {
        let asked = experiment(.closed, seed: 4) { $0.scenario.selection = .shuffled }
        let same = try Plan(scenario: asked.scenario, seed: 4) { _ in [] }
        #expect(try plan(asked).promptsDigest == same.digest)
    }

    @Test func `prompts that are used up come again round by round, each once`() throws {
        let feed = try plan(experiment { $0.load.duration = .seconds(1) }).measure.feed
        let ids = (0..<50).map { feed.request(number: $0).promptID }
        #expect(feed.poolSize == 10)
        for round in 0..<5 { #expect(Set(ids[(round * 10)..<(round * 10 + 10)]) == Set(ids[0..<10])) }
        #expect(ids[10..<20] != ids[20..<30])
        #expect((0..<50).count { feed.isRepeat(number: $0) } == 40)
        #expect((0..<50).reversed().map { feed.request(number: $0).promptID } == ids.reversed())
    }

    @Test func `more requests than prompts are warned of, and take what the data set has`() throws {
        let made = try plan(experiment { $0.load.requests = 30 })
        #expect(made.measure.feed.poolSize == 20)
        #expect(made.warnings.map(\.code) == ["workload.repeats"])
        #expect(made.measure.plannedRequests == 30)
    }

    @Test func `a unique prefix begins every prompt differently, those of the warm-up too`() throws {
        let made = try plan(
            experiment {
                $0.scenario.uniquePrefix = true
                $0.load.duration = .seconds(1)
                $0.phases.warmupRequests = 3
            })
        let warmup = try #require(made.warmup)
        let texts = (0..<500).flatMap { [made.measure.feed.request(number: $0).text, warmup.feed.request(number: $0).text] }
        #expect(Set(texts.map { words($0).prefix(SyntheticText.markerWords) }).count == 1_000)
        let plain = try plan(experiment()).measure.feed.request(number: 0).text
        #expect(texts[0].hasSuffix(" " + plain))
    }

    @Test func `synthetic prompts have the lengths asked for, and the seed fixes every byte`() throws {
        let asked = experiment(.poisson, seed: 7) {
            makeSynthetic(&$0.scenario)
            $0.scenario.outputLengths = LengthDistribution(kind: .uniform, mean: 7, minimum: 5, maximum: 9)
            $0.scenario.sharedPrefixTokens = 6
            $0.load.rate = 20
            $0.load.duration = .seconds(10)
        }
        let made = try plan(asked)
        #expect(try plan(asked) == made)
        let requests = (0..<300).map { made.measure.feed.request(number: $0) }
        for request in requests {
            #expect(request.inputTokensAsked == words(request.text).count)
            #expect((5...9).contains(try #require(request.outputTokens)))
        }
        #expect(Set(requests.map { words($0.text).prefix(6) }).count == 1)
        #expect(Set(requests.map(\.text)).count == 300)
        #expect(!made.measure.feed.isRepeat(number: 100_000))
    }

    @Test func `what is asked of one stream does not change the others`() throws {
        let base = experiment(.poisson, seed: 7) {
            makeSynthetic(&$0.scenario)
            $0.load.rate = 20
            $0.load.requests = 20
        }
        var longer = base
        makeSynthetic(&longer.scenario, mean: 100)
        longer.scenario.outputLengths = .fixed(5)
        let (first, second) = (try plan(base), try plan(longer))
        #expect(first.scheduleDigest == second.scheduleDigest)
        #expect(first.promptsDigest != second.promptsDigest)
        let (a, b) = (words(first.measure.feed.request(number: 3).text), words(second.measure.feed.request(number: 3).text))
        #expect(a == Array(b.prefix(a.count)))
        var faster = base
        faster.load.rate = 90
        #expect(try plan(faster).promptsDigest == first.promptsDigest)
    }

    @Test func `a trace brings its arrivals and its lengths`() throws {
        let file = [
            "t.csv": "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:00:00,30,4\n2023-11-16 18:00:02,20,6\n2023-11-16 18:00:09,9,1"
        ]
        let made = try plan(
            experiment(.trace) {
                $0.scenario.datasetName = "synthetic"
                $0.load.trace = "t.csv"
                $0.load.duration = .seconds(9)
            }, files: file)
        guard case .open(let schedule, _, _) = made.measure.pacing else {
            Issue.record("a trace is an open loop")
            return
        }
        #expect(schedule.offsets == [.zero, .seconds(2)])
        let requests = (0..<2).map { made.measure.feed.request(number: $0) }
        #expect(requests.map(\.inputTokensAsked) == [30, 20])
        #expect(requests.map(\.outputTokens) == [4, 6])
        #expect(made.warnings.isEmpty)
    }

    @Test func `warm-ups go by number or by time`() throws {
        func warmup(_ arrival: LoadSpec.Arrival, _ change: @escaping (inout Experiment) -> Void) throws -> LoadPlan.Program? {
            try plan(
                experiment(arrival) {
                    $0.load.concurrency = 8
                    $0.load.rate = arrival.isOpen ? 50 : nil
                    change(&$0)
                }
            ).warmup
        }
        let few = try #require(try warmup(.closed) { $0.phases.warmupRequests = 3 })
        #expect(few.pacing == .closed(concurrency: 3) && few.stop == StopRule(requests: 3))
        let timed = try #require(try warmup(.closed) { $0.phases.warmup = .seconds(5) })
        #expect(timed.pacing == .closed(concurrency: 4) && timed.stop == StopRule(duration: .seconds(5)))
        #expect(try #require(try warmup(.constant) { $0.phases.warmup = .seconds(5) }).plannedRequests == 50)
        #expect(try #require(try warmup(.poisson) { $0.phases.warmupRequests = 3 }).pacing == .closed(concurrency: 1))
    }

    @Test func `what cannot be sent is refused with its reason`() {
        #expect(code(experiment(.poisson)) == "load.no-rate")
        #expect(code(experiment(.trace)) == "load.no-trace")
        #expect(code(experiment { $0.load.concurrency = 0 }) == "load.count")
        #expect(code(experiment { $0.scenario.datasetName = "synthetic" }) == "workload.no-lengths")
        #expect(code(experiment { $0.scenario.promptLengths = .fixed(5) }) == "workload.not-synthetic")
        #expect(
            code(
                experiment {
                    makeSynthetic(&$0.scenario)
                    $0.scenario.sharedPrefixTokens = 200
                }) == "workload.shared-prefix")
    }
}

struct LengthDistributionTests {
    @Test(arguments: [LengthDistribution.Kind.normal, .lognormal])
    func `wide bounds keep the mean and the deviation`(kind: LengthDistribution.Kind) {
        var generator = SeededGenerator(seed: 21)
        let asked = LengthDistribution(kind: kind, mean: 500, standardDeviation: 100, minimum: 1, maximum: 100_000)
        let lengths = (0..<20_000).map { _ in Double(asked.sample(&generator)) }
        let mean = lengths.reduce(0, +) / 20_000
        let deviation = (lengths.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 19_999).squareRoot()
        #expect(abs(mean - 500) < 4 * 100 / 20_000.0.squareRoot())
        #expect(abs(deviation - 100) < 3)
    }

    @Test func `lengths stay inside their bounds, even where almost none of the distribution is`() {
        for seed in UInt64(0)..<50 {
            var generator = SeededGenerator(seed: seed)
            for kind in LengthDistribution.Kind.allCases {
                let asked = LengthDistribution(kind: kind, mean: 10, standardDeviation: 3, minimum: 100, maximum: 110)
                #expect((100...110).contains(asked.sample(&generator)), "seed \(seed)")
            }
        }
    }

    @Test func `the words are enough and all different`() {
        #expect(Set(CommonWords.all).count == 512)
    }
}

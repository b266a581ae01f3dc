import Foundation
import JouleModel
import Testing

@testable import JouleConfiguration

/// Files that describe several experiments.
struct StudyTests {
    private func study(_ text: String, environment: [String: String] = [:], overrides: [String] = []) throws -> LoadedStudy {
        let loader = ConfigurationLoader(environment: environment, readFile: files(["bench.yaml": text]))
        guard case .study(let study) = try loader.loadStudy("bench.yaml", overrides: overrides) else { throw NoStudy() }
        return study
    }

    private struct NoStudy: Error {}

    private func mistakes(_ text: String, overrides: [String] = []) -> [Failure] {
        let loader = ConfigurationLoader(environment: [:], readFile: files(["bench.yaml": text]))
        let error = #expect(throws: Failures.self) { try loader.loadStudy("bench.yaml", overrides: overrides) }
        return error?.all ?? []
    }

    @Test func `one variable at a time is the default`() throws {
        let text = """
            backend: {type: pytorch, model: base/model, quantization: fp16}
            scenario: {input_shapes: {batch_size: 4}, generate_kwargs: {max_new_tokens: 512}}
            repetitions: 2
            sweep:
              batch_size: [1, 2, 4]
              quantization: [int4, int8, fp16]
              output_length: [128, 512]
              model: [meta-llama/Llama-2-7b-hf, deepseek-ai/DeepSeek-R1]
            """
        let loaded = try study(text)
        let members = loaded.study.members
        #expect(
            members.map(\.name) == [
                "sweep_batch_size_1", "sweep_batch_size_2", "sweep_batch_size_4", "sweep_quantization_int4", "sweep_quantization_int8",
                "sweep_quantization_fp16", "sweep_output_length_128", "sweep_output_length_512", "sweep_model_meta-llama_Llama-2-7b-hf",
                "sweep_model_deepseek-ai_DeepSeek-R1",
            ])
        #expect(members.map(\.experiment.scenario.batchSize) == [1, 2, 4, 4, 4, 4, 4, 4, 4, 4])
        #expect(members[3].experiment.backend.quantization == Quantization(bits: 4))
        #expect(members[3].experiment.backend.torchDtype == .auto)
        #expect(members[6].experiment.scenario.generation.minNewTokens == 128)
        #expect(members[6].experiment.scenario.generation.maxNewTokens == 128)
        #expect(members[8].experiment.backend.model == "meta-llama/Llama-2-7b-hf")
        #expect(members[0].values == [Study.SweptValue(key: "scenario.input_shapes.batch_size", value: "1")])
        #expect(members[0].experiment.name == "bench batch_size=1")
        #expect(loaded.study.name == "bench")
        #expect(loaded.repetitions == 2)
        #expect(loaded.order == .interleaved)
    }

    @Test func `a grid is every combination, and stands beside single variables`() throws {
        let loaded = try study(serving + "sweep: {seed: [7], grid: {rate: [1/s, 2/s], prompt_lengths: [64, {mean: 256, std: 64}]}}")
        #expect(
            loaded.study.members.map(\.name) == [
                "sweep_seed_7", "sweep_rate_1_s_prompt_lengths_64", "sweep_rate_1_s_prompt_lengths_mean_256_std_64",
                "sweep_rate_2_s_prompt_lengths_64", "sweep_rate_2_s_prompt_lengths_mean_256_std_64",
            ])
        #expect(loaded.study.members.map(\.experiment.load.rate) == [nil, 1, 1, 2, 2])
        #expect(loaded.study.members[4].experiment.scenario.promptLengths?.kind == .normal)
        #expect(loaded.study.members[4].values.map(\.key) == ["load.rate", "scenario.prompt_lengths"])
        #expect(loaded.study.members[4].values.map(\.value) == ["2/s", "mean: 256, std: 64"])
    }

    @Test func `suites change several keys at once`() throws {
        let text =
            serving + """
                scenario: {prompt_lengths: {mean: 256, std: 64}, generate_kwargs: {max_new_tokens: 9}}
                sweep:
                  suites:
                    - {name: prefill, prompt_lengths: 2048, output_length: 1}
                    - {load.concurrency: 8, scenario: {generate_kwargs: {temperature: 0.5}}}
                    - {name: plain}
                """
        let members = try study(text).study.members
        #expect(members.map(\.name) == ["prefill", "sweep_concurrency_8_temperature_0.5", "plain"])
        #expect(members[0].experiment.scenario.promptLengths == .fixed(2_048))
        #expect(members[0].experiment.scenario.outputLengths == .fixed(1))
        #expect(members[0].values.map(\.key) == ["scenario.prompt_lengths", "scenario.output_lengths"])
        #expect(members[1].experiment.load.arrival == .closed)
        #expect(members[1].experiment.scenario.generation.temperature == 0.5)
        #expect(members[1].experiment.scenario.generation.maxNewTokens == 9)
        #expect(members[2].values.isEmpty)
        #expect(members[2].experiment == (try experiment(text.replacing(/sweep:[\s\S]*/, with: ""))))
    }

    @Test func `a member is what a file with its value would be`() throws {
        for member in try study(serving + "load: {slo: {ttft: 1s}}\nsweep: {load: {rate: [1/s, inf]}}").study.members {
            var alone = try experiment(serving + "load: {slo: {ttft: 1s}, rate: \(member.values[0].value)}")
            alone.name = member.experiment.name
            #expect(member.experiment == alone)
        }
    }

    @Test func `the base need not stand alone`() throws {
        #expect(try study("backend: {type: pytorch}\nsweep: {model: [a, b]}").study.members.map(\.experiment.backend.model) == ["a", "b"])
    }

    @Test func `overrides change the base, and the sweep itself, but not what it sweeps`() throws {
        let text = serving + "sweep: {rate: [1/s, 2/s]}"
        let loaded = try study(
            text, environment: ["BENCHMARK_MODEL": "other"], overrides: ["sweep.rate=[5/s]", "seed=9", "order=reversed"])
        #expect(loaded.study.members.map(\.experiment.load.rate) == [5])
        #expect(loaded.study.members.map(\.experiment.backend.model) == ["other"])
        #expect(loaded.seed == 9)
        #expect(loaded.order == .reversed)
        let lengths = mistakes(serving + "sweep: {output_length: [1]}", overrides: ["scenario.generate_kwargs.max_new_tokens=3"])
        #expect(lengths.map(\.code) == ["config.sweep"])
        let all = mistakes(text, overrides: ["load.rate=3"])
        #expect(all.map(\.code) == ["config.sweep"])
        #expect(all.first?.message.contains("would make all members alike") ?? false)
    }

    struct Case: Sendable {
        let text: String
        let code: String
        let place: String
        let says: String
    }

    @Test(arguments: [
        Case(text: "sweep: {batch_size: [1, 0]}", code: "config.out-of-range", place: "2:25", says: "batch_size must be >= 1"),
        Case(text: "sweep: {batch_sise: [1]}", code: "config.unknown-key", place: "2:9", says: "did you mean"),
        Case(text: "sweep: {turns: [2]}", code: "config.not-honoured", place: "2:17", says: "`scenario.turns` cannot be honoured"),
        Case(text: "sweep: {type: [a]}", code: "config.sweep", place: "2:9", says: "write the whole key"),
        Case(text: "sweep: {batch_size: 4}", code: "config.wrong-type", place: "2:21", says: "should be a list of values"),
        Case(text: "sweep: {batch_size: []}", code: "config.wrong-type", place: "2:21", says: "should be a list of values"),
        Case(text: "sweep: {batch_size: [2, 2]}", code: "config.sweep", place: "2:25", says: "has the value 2 twice"),
        Case(text: "sweep: {repetitions: [1, 2]}", code: "config.sweep", place: "2:9", says: "of the study as a whole"),
        Case(text: "sweep: [1]", code: "config.wrong-type", place: "2:8", says: "should be a map"),
        Case(text: "sweep: {grid: [1]}", code: "config.wrong-type", place: "2:15", says: "`sweep.grid` should be a map"),
        Case(text: "sweep: {suites: {a: 1}}", code: "config.wrong-type", place: "2:17", says: "a list of maps"),
        Case(text: "sweep: {suites: [5]}", code: "config.wrong-type", place: "2:18", says: "`sweep.suites[0]` should be a map"),
        Case(
            text: "sweep: {suites: [{name: a, seed: 1}, {name: a, seed: 2}]}", code: "config.sweep", place: "2:38",
            says: "two suites are named `a`"),
        Case(
            text: "sweep: {suites: [{batch_size: 1, scenario.input_shapes.batch_size: 2}]}", code: "config.duplicate-key", place: "2:34",
            says: "two names of one key"),
        Case(text: "sweep: {suites: [{name: a/b}]}", code: "config.invalid-value", place: "2:25", says: "no slash"),
        Case(text: "sweep: {rate: [4/s]}", code: "config.not-honoured", place: "2:16", says: "`load.rate` cannot be honoured"),
        Case(text: "sweep: {min_new_tokens: [300]}", code: "config.conflict", place: "2:26", says: "must be <= max_output_tokens"),
        Case(
            text: "sweep: {max_new_tokens: [3]}\nscenario: {generate_kwargs: {min_new_tokens: 5}}", code: "config.conflict", place: "2:26",
            says: "in the member `sweep_max_new_tokens_3`, together with bench.yaml:3:46"),
        Case(
            text: "sweep: {batch_size: [1, 2]}\nrepetitions: 0", code: "config.out-of-range", place: "3:14",
            says: "repetitions must be >= 1"),
        Case(text: "sweep: {batch_size: [1, 2]}\norder: odd", code: "config.invalid-value", place: "3:8", says: "Invalid order"),
        Case(text: "sweep: {grid: {}}", code: "config.sweep", place: "2:8", says: "describes no member"),
    ])
    func `a mistake of a study is named once, with the place of the sweep's entry`(mistake: Case) throws {
        let all = mistakes(minimal + mistake.text)
        #expect(all.count == 1, "\(all)")
        let failure = try #require(all.first)
        #expect(failure.code == mistake.code)
        #expect(failure.source?.description == "bench.yaml:\(mistake.place)", "\(failure)")
        #expect(failure.description.contains(mistake.says), "\(failure)")
    }

    @Test func `every mistake of every member is reported at once`() {
        let all = mistakes(minimal + "sweep: {batch_size: [0, 1, -1], quantization: [int3, int4], topk: [3]}\nseeed: 3")
        #expect(
            all.map { $0.source?.description } == [
                "bench.yaml:2:22", "bench.yaml:2:28", "bench.yaml:2:48", "bench.yaml:2:61", "bench.yaml:3:1",
            ])
    }

    @Test func `an experiment alone is no study`() throws {
        let loader = ConfigurationLoader(environment: [:], readFile: files(["bench.yaml": minimal + "order: shuffled\nsweep: {}"]))
        guard case .experiment(let loaded) = try loader.loadStudy("bench.yaml") else { throw NoStudy() }
        #expect(loaded.experiment == (try experiment(minimal)))
    }

    @Test func `each run has one slot, in the order asked for`() throws {
        func slots(_ order: String, seed: Int = 1) throws -> [[Int]] {
            try study(minimal + "repetitions: 2\nseed: \(seed)\norder: \(order)\nsweep: {batch_size: [1, 2, 3]}").slots
                .map { [$0.member, $0.repetition] }
        }
        #expect(try slots("sequential") == [[0, 1], [0, 2], [1, 1], [1, 2], [2, 1], [2, 2]])
        #expect(try slots("interleaved") == [[0, 1], [1, 1], [2, 1], [0, 2], [1, 2], [2, 2]])
        #expect(try slots("reversed") == [[2, 1], [1, 1], [0, 1], [2, 2], [1, 2], [0, 2]])
        let shuffled = try slots("shuffled")
        #expect(Set(shuffled) == Set(try slots("sequential")))
        #expect(shuffled.map { $0[1] } == [1, 1, 1, 2, 2, 2])
        #expect(try slots("shuffled") == shuffled)
        #expect(try (2...9).contains { try slots("shuffled", seed: $0) != shuffled })
    }
}

extension StudyTests {
    @Test func `no damage to a study brings the reader down`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = TestRandom(seed: seed)
        let whole = """
            backend: {type: vllm, model: m, endpoint: "${E:-http://h:1/v1}", headers: {X-A: b}, extra_body: {a: [1, {b: null}]}}
            scenario: {prompt_lengths: {mean: 256, std: 64, min: 3}, output_lengths: 9, unique_prefix: true}
            load: {ramp: {from: 1/s, to: 120/min, over: 5s}, slo: {ttft: 5ms}, max_in_flight: 4}
            phases: {warmup: 5s, measure: 1 min}
            order: shuffled
            sweep:
              seed: [1, 2]
              grid: {concurrency: [1, 4], scenario: {output_lengths: [{mean: 5}, 7]}}
              suites: [{name: one, load.rate: 3/s, output_length: 3}, {api: chat}]
            """
        for round in 0..<300 {
            var scalars = Array(whole.unicodeScalars)
            for _ in 0..<random.int(1...3) {
                let start = random.int(0...scalars.count - 1)
                let end = min(scalars.count, start + random.int(0...6))
                scalars.replaceSubrange(start..<end, with: random.flip() ? Array(random.text().unicodeScalars) : [])
            }
            let text = String(String.UnicodeScalarView(scalars))
            do {
                _ = try ConfigurationLoader(environment: [:], readFile: files(["bench.yaml": text])).loadStudy("bench.yaml")
            } catch {
                try #require(!error.all.isEmpty, "seed \(seed), round \(round)")
                try #require(error.all.allSatisfy { $0.source != nil }, "seed \(seed), round \(round): \(error.all)")
            }
        }
    }
}

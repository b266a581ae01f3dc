import JouleConfiguration
import JouleModel
import JouleTestSupport
import Testing

/// Defaults < extends < file < environment < `--set`.
struct PrecedenceTests {
    @Test func `each layer wins over the ones below it`() throws {
        let others = [
            "base.yaml": minimal + "scenario: {num_samples: 2, input_shapes: {batch_size: 2}, max_input_tokens: 2}\nseed: 2\nrepetitions: 2"
        ]
        let file = "extends: base.yaml\nscenario: {num_samples: 3, input_shapes: {batch_size: 3}}\nseed: 3"
        let environment = ["BENCHMARK_NUM_SAMPLES": "4", "JOULEBENCH__seed": "4", "JOULEBENCH__scenario__input_shapes__batch_size": "4"]
        let result = try load(file, others: others, environment: environment, overrides: ["scenario.num_samples=5", "seed=5"]).experiment
        #expect(result.scenario.selection == .first)
        #expect(result.repetitions == 2)
        #expect(result.scenario.maxInputTokens == 2)
        #expect(result.scenario.batchSize == 4)
        #expect(result.scenario.sampleCount == 5)
        #expect(result.seed == 5)
    }

    @Test func `the variables of the older tools set their keys`() throws {
        let environment = [
            "BENCHMARK_BACKEND": "pytorch", "BENCHMARK_MODEL": "gpt2: large", "BENCHMARK_NUM_SAMPLES": "7", "BENCHMARK_OUTPUT_DIR": "out",
        ]
        let remote = ["BENCHMARK_BACKEND": "vllm", "BENCHMARK_ENDPOINT": "http://gpu:8001"]
        #expect(try experiment("backend: {model: m}", environment: remote).backend.server.endpoint == "http://gpu:8001")
        let result = try experiment("backend: {type: command}", environment: environment)
        #expect(result.backend.kind == .pytorch)
        #expect(result.backend.model == "gpt2: large")
        #expect(result.scenario.sampleCount == 7)
        #expect(result.outputDirectory == "out")
        #expect(try experiment(minimal, environment: ["BENCHMARK_MODEL": "", "JOULEBENCH__seed": ""]).backend.model == "m")
    }

    @Test func `a variable in capitals names the same key, and wins over the older tools' names`() throws {
        let environment = ["JOULEBENCH__SCENARIO__NUM_SAMPLES": "8", "BENCHMARK_NUM_SAMPLES": "7", "JOULEBENCH_MARKS": "/tmp/x"]
        #expect(try experiment(minimal, environment: environment).scenario.sampleCount == 8)
    }

    @Test func `mistakes in the environment and in assignments name their source`() throws {
        let all = failures(
            minimal,
            environment: ["BENCHMARK_NUM_SAMPLES": "many", "JOULEBENCH__scenario__num_sample": "1", "BENCHMARK_ENDPOINT": "http://x"],
            overrides: ["seed", "seeed=1", "phases.cooldown=5", "extends=x.yaml", "name=[1", "a..b=1"])
        #expect(try golden.difference(all.map { "\($0)\n" }.joined(), from: "outside_mistakes.txt") == nil)
    }

    @Test func `bases lie below each other in the order of the list, and paths start at the file that names them`() throws {
        let others = [
            "configs/a.yaml": "extends: common/root.yaml\nseed: 1\nrepetitions: 1", "configs/b.yaml": "seed: 2",
            "configs/common/root.yaml": minimal + "name: root\nseed: 0\nscenario: {num_samples: 9}",
            "configs/run.yml": "_extends: [a.yaml, ./b.yaml]\nscenario: {selection: random}",
        ]
        let loaded = try ConfigurationLoader(environment: [:], readFile: files(others)).load("configs/run.yml")
        #expect(loaded.experiment.seed == 2)
        #expect(loaded.experiment.scenario.sampleCount == 9)
        #expect(loaded.experiment.scenario.selection == .random)
        #expect(loaded.experiment.name == "root")
        #expect(loaded.files == ["configs/run.yml", "configs/a.yaml", "configs/common/root.yaml", "configs/b.yaml"])
    }

    @Test func `maps merge, and everything else replaces`() throws {
        let base = """
            backend: {type: pytorch, model: m, device_ids: [0, 1], max_memory: {0: 1GB, cpu: 2GB}, quantization: {bits: 4, quant_type: fp4}}
            metrics: {meters: [nvml, rapl]}
            """
        let text = """
            extends: base.yaml
            backend: {gpu_list: [2], max_memory: {0: 3GB}, quantization: {double_quant: true}}
            metrics: {meters: nvml}
            """
        let result = try load(text, others: ["base.yaml": base]).experiment
        #expect(result.backend.deviceIDs == [.index(2)])
        #expect(result.backend.maxMemory == ["0": "3GB", "cpu": "2GB"])
        #expect(result.backend.quantization == Quantization(bits: 4, kind: .fp4, doubleQuantization: true))
        #expect(result.metrics.meters == [MeterSelector(.nvml)])
    }

    @Test func `an empty section puts all of its keys back`() throws {
        let base = minimal + "phases: {cooldown: 9s}\nmetrics: {region: r}"
        let result = try load("extends: base.yaml\nphases:\nmetrics: {}", others: ["base.yaml": base]).experiment
        #expect(result.phases == .quick)
        #expect(result.metrics.region == "r")
    }

    @Test func `a circle of files is an error that names the chain`() throws {
        let others = ["a.yaml": "extends: dir/b.yaml", "dir/b.yaml": "extends: ../a.yaml\nseeed: 1"]
        let all = failures("extends: a.yaml\n" + minimal, others: others)
        #expect(all.map(\.code) == ["config.cycle", "config.unknown-key"])
        #expect(all[0].message == "Circular config inheritance detected: a.yaml → dir/b.yaml → a.yaml")
        #expect(all[0].source?.description == "dir/b.yaml:1:10")
    }

    @Test func `two ways to one base are no circle`() throws {
        let others = ["a.yaml": "extends: root.yaml", "b.yaml": "extends: root.yaml", "root.yaml": minimal]
        #expect(try load("extends: [a.yaml, b.yaml]", others: others).files.count == 4)
    }

    @Test func `mistakes in a base are reported at their place in it, even where they are overridden`() {
        let others = ["base.yaml": "backend:\n  type: pytorch\n  modle: m\nscenario: {num_samples: 0}"]
        let all = failures("seed: -1\nextends: base.yaml\nbackend: {model: m}", others: others, overrides: ["scenario.num_samples=3"])
        #expect(all.map { $0.source?.description } == ["bench.yaml:1:7", "base.yaml:3:3"])
    }

    @Test func `a base that is missing is reported where it is named, with the other mistakes`() {
        let all = failures("extends: [gone.yaml, odd.ini]\nseed: -1")
        #expect(all.map(\.code) == ["config.unreadable", "config.format", "config.out-of-range"])
        #expect(all[0].source?.description == "bench.yaml:1:11")
        #expect(all[0].cause == "no such file")
    }

    @Test func `variables are put into the values of a file`() throws {
        let text = """
            backend: {type: pytorch, model: m}
            name: run-${USER_NAME}-${KIND:-x}
            seed: ${SEED:-12}
            scenario: {num_samples: "${COUNT}"}
            output_dir: $${HOME}/$5
            """
        let result = try experiment(text, environment: ["USER_NAME": "ada", "KIND": "", "COUNT": "3"])
        #expect(result.name == "run-ada-x")
        #expect(result.seed == 12)
        #expect(result.scenario.sampleCount == 3)
        #expect(result.outputDirectory == "${HOME}/$5")
    }

    @Test func `a default may be a variable with a default of its own`() throws {
        let text = "backend: {type: pytorch, model: \"${A:-${B:-x}}\"}\nname: n-${A:-${B:-x}/${C:-y}}-${D:-$${E}}\n"
        for (environment, model, name) in [
            ([:], "x", "n-x/y-${E}"), (["B": "b"], "b", "n-b/y-${E}"), (["A": "a", "D": "d"], "a", "n-a-d"),
        ] as [([String: String], String, String)] {
            let result = try experiment(text, environment: environment)
            #expect(result.backend.model == model && result.name == name)
        }
        #expect(failures("name: ${A:-${B}\n").contains { $0.code == "config.interpolation" })
        // Only the default that is needed is looked at.
        #expect(failures("name: ${A:-${B}}\n").contains { $0.code == "config.missing-variable" })
    }

    @Test func `a program builds an experiment without a file`() throws {
        let loader = ConfigurationLoader(environment: [:])
        let built = try loader.build(name: "mine", overrides: ["backend.type=pytorch", "backend.model=m", "seed=3"])
        #expect(built.experiment.name == "mine")
        #expect(built.experiment.seed == 3)
        let error = #expect(throws: Failures.self) { try loader.build(name: "mine", overrides: []) }
        #expect(error?.all.map(\.message) == ["`backend.type` is missing", "`backend.model` is missing"])
        #expect(error?.all.first?.cause == nil)
    }

    @Test func `warnings say what is probably not meant, with places`() throws {
        let text = """
            backend: {type: pytorch, model: m, quantization: int8, torch_dtype: float32}
            scenario: {generate_kwargs: {max_new_tokens: 2049, top_p: 0.5}}
            """
        let warnings = try load(text).warnings
        #expect(warnings.map(\.code) == ["config.quantized-float32", "config.long-output", "config.no-effect"])
        #expect(warnings.map { $0.source?.description } == ["bench.yaml:1:50", "bench.yaml:2:46", "bench.yaml:2:59"])
        #expect(try load(minimal + "scenario: {generate_kwargs: {max_new_tokens: 2048}}").warnings.isEmpty)
        let folder = "metrics: {output_dir: emissions}\n"
        #expect(
            try load(minimal + folder).warnings.map(\.message) == [
                "`metrics.output_dir` has no effect: no reporter writes an emissions.csv"
            ])
        #expect(
            try load(minimal + folder + "reporter: {type: codecarbon, output_file: e.csv}").warnings.map(\.code) == ["config.no-effect"])
        #expect(try load(minimal + folder + "reporter: codecarbon").warnings.isEmpty)
    }
}

import Foundation
import JouleModel
import JouleTestSupport
import Testing

@testable import JouleConfiguration

/// What `config show` prints is a valid file again and describes the same, studies included.
struct ResolvedFileTests {
    /// All that a file comes to, apart from where it was read.
    private struct Meaning: Equatable {
        var experiments: [Study.Member]
        var study: String?
        var slots: [LoadedStudy.Slot] = []
        var rules: StudyRules
        var order: StudyOrder?
        var slurm: SlurmSpec
        /// Their order is that of the lines.
        var warnings: Set<String>

        init(_ loaded: LoadedFile) {
            switch loaded {
            case .experiment(let loaded):
                experiments = [Study.Member(name: "", values: [], experiment: loaded.experiment)]
                (rules, slurm, warnings) = (loaded.rules, loaded.slurm, Set(loaded.warnings.map(\.message)))
            case .study(let loaded):
                (experiments, study, slots) = (loaded.study.members, loaded.study.name, loaded.slots)
                (rules, order, slurm, warnings) = (loaded.rules, loaded.order, loaded.slurm, Set(loaded.warnings.map(\.message)))
            }
        }
    }

    private func resolved(_ text: String, file: String = "shown.yaml") throws -> ResolvedFile {
        try ConfigurationLoader(environment: [:], readFile: files([file: text])).resolve(file)
    }

    /// Shows a file, reads what was shown, and shows that.
    private func expectRoundTrip(_ file: ResolvedFile, _ comment: @autoclosure () -> String = "") throws {
        let (yaml, json) = (file.yaml(), file.json())
        let again = try resolved(yaml)
        try #require(Meaning(again.loaded) == Meaning(file.loaded), "\(comment())\n\(yaml)")
        try #require(again.yaml() == yaml, "\(comment())")
        let other = try resolved(json, file: "shown.json")
        try #require(Meaning(other.loaded) == Meaning(file.loaded), "\(comment())\n\(json)")
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
    }

    @Test(arguments: Shipped.alone) func `every shipped configuration is shown as a file that means the same`(name: String) throws {
        let loader = ConfigurationLoader(environment: ["MODEL": "mine", "RUN": "exp_1"])
        try expectRoundTrip(try loader.resolve(Shipped.folder.appending(path: name).path))
    }

    @Test func `a study is shown with what its members share, and with its own keys`() throws {
        let file = try ConfigurationLoader(environment: [:]).resolve(Shipped.folder.appending(path: "slurm_sweep.yaml").path)
        #expect(try golden.difference(file.yaml(), from: "slurm_sweep_show.yaml") == nil)
        #expect(file.files.count == 2)
    }

    @Test func `a default that hangs on a swept key stays a default`() throws {
        let text = """
            backend: {type: vllm, model: m, endpoint: 'http://h:1'}
            sweep: {temperature: [0, 0.70], arrival: [sequential], concurrency: [1, 4], preset: [none, protocol]}
            """
        let file = try resolved(text)
        try expectRoundTrip(file)
        let yaml = file.yaml()
        for key in ["do_sample:", "idle_host:", "  arrival: ", "  concurrency: "] { #expect(!yaml.contains(key), "\(yaml)") }
        // As it was written, for the members are named after it.
        #expect(yaml.contains("  - 0.70\n") && file.json().contains("0.70"))
        #expect(yaml.contains("max_new_tokens: 256") && yaml.contains("name: shown\n"))
    }

    @Test func `a plain word is what its key takes it for`() throws {
        let text = """
            backend: {type: pytorch, model: 007, revision: 0012, compile: yes, trust_remote_code: off}
            metrics: {country_iso_code: NO}
            scenario: {num_samples: 1_000, max_input_tokens: null}
            sweep: {seed: [10, 2], tokenizer: [no, 12e4], compile: [true]}
            """
        try expectRoundTrip(try resolved(text))
        let file = try resolved(text.replacing("[10, 2]", with: "[1_0, 2]").replacing("[true]", with: "[on]"))
        // Members are named after what was written, which JSON cannot repeat.
        #expect(try resolved(file.yaml()).loaded.names.contains("sweep_seed_1_0"))
        #expect(try resolved(file.json(), file: "shown.json").loaded.names.suffix(1) == ["sweep_compile_true"])
        for line in [#""model": "007""#, #""revision": "0012""#, #""trust_remote_code": false"#, #""country_iso_code": "NO""#] {
            #expect(file.json().contains(line), "\(file.json())")
        }
    }

    @Test func `a study has no secrets in it`() throws {
        let text = """
            backend: {type: vllm, model: m, headers: {Authorization: "Bearer geheim", X-Run: seen}}
            sweep:
              backend.headers: [{X-Api-Key: geheim}, {X-Run: also seen}]
              suites: [{name: s, backend: {launch: {command: [serve, --api-key, geheim], env: {HF_TOKEN: geheim}}}}]
            """
        let file = try resolved(text)
        for shown in [file.yaml(), file.json()] {
            #expect(!shown.contains("geheim") && shown.contains("***") && shown.contains("also seen"), "\(shown)")
        }
        // What is hidden cannot be run.
        let error = #expect(throws: Failures.self) { try resolved(file.yaml()) }
        #expect(error?.all.allSatisfy { $0.code == "config.hidden-secret" } == true)
    }

    @Test func `what an experiment says of studies and of Slurm is shown too`() throws {
        let file = try resolved(
            minimal + "repetitions: 3\norder: shuffled\nstudy: {cooldown: 1s}\nslurm: {partition: gpu, time: 1:30:00}\n")
        try expectRoundTrip(file)
        for line in ["order: shuffled\n", "  cooldown: 1s\n", "  retries: 2\n", "  partition: gpu\n"] {
            #expect(file.yaml().contains(line), "\(file.yaml())")
        }
        let plain = try resolved(minimal)
        #expect(plain.yaml() == ConfigurationRenderer.yaml(try experiment(minimal + "name: shown")))
        try expectRoundTrip(try resolved(minimal + "study: {until_cv: 5%}\n"))
        try expectRoundTrip(try resolved(minimal + "sweep:\nstudy:\n"))
    }

    @Test func `random sweeps mean the same when they are shown`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = TestRandom(seed: seed)
        var count = 0
        for round in 0..<160 where count < 40 {
            let text = Sweeps.text(&random)
            guard let file = try? resolved(text) else { continue }
            count += 1
            try expectRoundTrip(file, "seed \(seed), round \(round)\n\(text)")
        }
        #expect(count >= 20, "seed \(seed): most sweeps were refused")
    }
}

extension LoadedFile {
    fileprivate var names: [String] {
        guard case .study(let study) = self else { return [] }
        return study.study.members.map(\.name)
    }
}

/// Files with sweeps of all kinds, not all of which can be run.
private enum Sweeps {
    private static let both = [
        ("temperature", ["0", "0.7"]), ("generate_kwargs.top_p", ["0.9"]), ("seed", ["1", "2"]), ("num_samples", ["10", "20"]),
        ("max_new_tokens", ["16", "32"]), ("output_length", ["short", "7"]), ("dataset", ["gsm8k", "synthetic"]),
        ("reasoning", ["true", "false"]), ("reasoning_effort", ["low"]), ("sample_period", ["50ms"]), ("meters", ["none", "[nvml, rapl]"]),
        ("metrics.enabled", ["false"]), ("preset", ["none", "quick", "protocol"]), ("cooldown", ["1s"]), ("zone", ["NO", "DE"]),
        ("selection", ["random"]), ("ignore_eos", ["true", "false"]), ("delay_max", ["1s"]), ("latency_simulation.enabled", ["true"]),
        ("concurrency", ["1", "4"]),
    ]
    private static let worker = [
        ("batch_size", ["1", "4"]), ("quantization", ["fp16", "bf16", "int4", "{bits: 8}"]), ("torch_dtype", ["float16", "auto"]),
        ("input_length", ["short", "512"]), ("device", ["cpu", "cuda:1"]), ("model", ["a", "b/c"]), ("compile", ["true"]),
        ("device_ids", ["[0, 1]", "0"]), ("dynamic_batching", ["true"]), ("max_batch_tokens", ["2048"]), ("processes", ["2"]),
    ]
    private static let server = [
        ("rate", ["1", "2/s", "inf"]), ("prompt_lengths", ["64", "{mean: 256, std: 64}"]), ("output_lengths", ["9"]),
        ("burstiness", ["0.5"]),
        ("arrival", ["poisson", "closed", "burst"]), ("load.duration", ["5s", "1 min"]), ("load.requests", ["10"]), ("warmup", ["2s"]),
        ("warmup_requests", ["1"]), ("measure", ["3s"]), ("turns", ["2"]), ("slo", ["{ttft: 1s}"]), ("max_in_flight", ["3"]),
        ("extra_body", ["{a: [yes, true, 1.0, '2']}"]), ("api", ["completions"]), ("endpoint", ["http://h:2"]),
        ("load.ramp", ["{from: 1/s, to: 5/s}"]),
    ]

    static func text(_ random: inout TestRandom) -> String {
        let isServer = random.flip()
        let all = both + (isServer ? server : worker)
        func some(_ random: inout TestRandom, _ most: Int) -> [(String, [String])] {
            (0..<random.int(1...most)).map { _ in random.one(of: all) }.reduce(into: []) { list, item in
                if !list.contains(where: { $0.0 == item.0 }) { list.append(item) }
            }
        }
        var lines = [isServer ? "backend.type: vllm" : "backend.type: pytorch", "backend.model: m"]
        if random.flip() { lines.append("repetitions: \(random.int(1...3))") }
        if random.flip() { lines.append("study.until_cv: 5%") }
        if random.flip() { lines.append("order: \(random.one(of: StudyOrder.allCases).rawValue)") }
        // A base that says something of its own, under a whole name.
        for (name, values) in random.flip() ? some(&random, 3) : [] {
            guard case .key(let key)? = resolve(name) else { continue }
            lines.append("\(key.name): \(random.one(of: values))")
        }
        var sweep: [String] = []
        for (name, values) in some(&random, 3) { sweep.append("\(name): [\(values.joined(separator: ", "))]") }
        if random.flip() {
            let grid = some(&random, 2).map { "\($0.0): [\($0.1.joined(separator: ", "))]" }.joined(separator: ", ")
            sweep.append("grid: {\(grid)}")
        }
        if random.flip() {
            let suites = (0..<random.int(1...3)).map { number in
                let values = some(&random, 2).map { "\($0.0): \(random.one(of: $0.1))" }
                return "{" + ((random.flip() ? ["name: s\(number)"] : []) + values).joined(separator: ", ") + "}"
            }
            sweep.append("suites: [\(suites.joined(separator: ", "))]")
        }
        return nested(lines) + "sweep:\n" + sweep.map { "  \($0)\n" }.joined()
    }

    private static func resolve(_ name: String) -> SweptKey? {
        var unheard = Reading()
        return SweptKey.resolve(ConfigurationKey.split(name), at: .program, reading: &unheard)
    }

    /// `a.b: c` as `a: {b: c}`, of which a file may hold one for each `a`: YAML's maps of flow style, put together by section.
    private static func nested(_ lines: [String]) -> String {
        var root = ConfigNode.map([], at: .program)
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            root = root.setting(
                ConfigNode(.scalar(parts[1], isQuoted: false), at: .program), at: ConfigurationKey.split(parts[0])[...], keyOrigin: .program
            )
        }
        func text(_ node: ConfigNode) -> String {
            guard let entries = node.entries else { return node.inline }
            return "{" + entries.map { "\($0.key): \(text($0.value))" }.joined(separator: ", ") + "}"
        }
        return (root.entries ?? []).map { "\($0.key): \(text($0.value))\n" }.joined()
    }
}

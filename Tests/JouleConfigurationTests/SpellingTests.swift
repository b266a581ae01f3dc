import JouleModel
import Testing

@testable import JouleConfiguration

/// What a person is told that a key may have been meant to be.
struct SpellingTests {
    private static let keys = ConfigurationKeys.all.flatMap { [$0.path] + $0.aliases } + StudyKeys.names

    @Test(
        arguments: [
            ("scenario.num_sample", "scenario.num_samples"), ("num_samples", "scenario.num_samples"), ("modle", "backend.model"),
            ("backned.type", "backend.type"), ("metrics.sampel_period", "metrics.sample_period"), ("gpu_list", "backend.gpu_list"),
            ("phases.rate", "load.rate"), ("zzz", nil), ("reptitions", "repetitions"), ("Seed", "seed"),
        ] as [(String, String?)])
    func `the nearest key is found across sections`(name: String, key: String?) {
        #expect(Spelling.nearestKeys(to: ConfigurationKey.split(name), among: Self.keys) == [key].compactMap(\.self))
    }

    @Test(
        arguments: [
            ("backend.dtype", ["backend.torch_dtype"]), ("dtype", ["backend.torch_dtype"]),
            ("precision", ["backend.torch_dtype", "backend.quantization"]),
            ("backend.precision", ["backend.torch_dtype", "backend.quantization"]),
            ("scenario.max_tokens", ["scenario.generate_kwargs.max_new_tokens"]), ("load.max_concurrency", ["load.concurrency"]),
            ("max_concurrency", ["load.concurrency"]), ("backend.url", ["backend.endpoint"]), ("load.qps", ["load.rate"]),
            // A slip in a word of the section is nearer than what other tools mean by it.
            ("backend.replay.runs", ["backend.replay.run"]), ("runs", ["repetitions"]),
        ])
    func `what other tools call a key is known`(name: String, keys: [String]) {
        #expect(Spelling.nearestKeys(to: ConfigurationKey.split(name), among: Self.keys) == keys)
    }

    @Test(arguments: [
        ("scenario.samples", "scenario.num_samples"), ("carbon.api_key", "carbon.api_key_env"), ("period", "metrics.sample_period"),
    ])
    func `a part of a name is enough where only one has it`(name: String, key: String) {
        #expect(Spelling.nearestKeys(to: ConfigurationKey.split(name), among: Self.keys) == [key])
    }

    @Test(arguments: ["log", "nope", "foo", "scenario.foo", "tokens", "cpu", "version", "comment"])
    func `a word that is near nothing gets no guess`(name: String) {
        #expect(Spelling.nearestKeys(to: ConfigurationKey.split(name), among: Self.keys) == [])
    }

    @Test(arguments: [("fil", "file"), ("cvs", "csv"), ("sdt", "std"), ("log", nil), ("jsn", "json"), ("nvm", "nvml"), ("cat", nil)])
    func `a short word is near another one only by a missing, a further or a swapped letter`(word: String, guess: String?) {
        #expect(Spelling.nearest(to: word, among: ["file", "csv", "std", "lon", "lat", "json", "nvml", "html"]) == guess)
    }

    @Test func `every synonym stands for keys that there are, and is none itself`() {
        let all = Set(Self.keys.map { $0.joined(separator: ".") })
        for (word, keys) in Spelling.synonyms {
            #expect(!keys.isEmpty && keys.allSatisfy(all.contains), "\(word): \(keys)")
            #expect(!all.contains(word), "\(word)")
        }
    }

    @Test func `only keys that can be swept are offered for a sweep`() throws {
        func remedy(_ key: String) -> String? {
            let loader = ConfigurationLoader(environment: [:], readFile: files(["bench.yaml": minimal + "sweep: {\(key): [1, 2]}\n"]))
            let error = #expect(throws: Failures.self) { try loader.loadStudy("bench.yaml") }
            return error?.all.first { $0.code == "config.unknown-key" }?.remedy
        }
        let none = "`joulebench config reference` lists the keys"
        #expect(remedy("nope") == none)
        #expect(remedy("nmae") == none && remedy("output_dri") == "did you mean `metrics.output_dir`?")
        #expect(remedy("datasets") == "did you mean `dataset`?")
        #expect(remedy("precision") == "did you mean `backend.torch_dtype` or `backend.quantization`?")
    }

    @Test func `only a file is told of keys that only files have`() throws {
        #expect(try failure("extend: base.yaml\n" + minimal).remedy == "did you mean `extends`?")
        #expect(try failure(minimal, overrides: ["extend=base.yaml"]).remedy?.contains("extends") == false)
    }

    @Test(arguments: [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)])
    func `the edit distance counts swaps as one`(left: String, right: String, distance: Int) {
        #expect(Spelling.distance(left, right) == distance)
        #expect(Spelling.distance(right, left) == distance)
    }
}

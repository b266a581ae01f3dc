import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleConfiguration

struct RenderingTests {
    private func quickstart() throws -> Experiment {
        try ConfigurationLoader(environment: [:]).load(repository.appending(path: "configs/quickstart.yaml").path).experiment
    }

    @Test func `the quickstart is shown with every key`() throws {
        #expect(try golden.difference(ConfigurationRenderer.yaml(quickstart()), from: "quickstart_show.yaml") == nil)
    }

    @Test func `a serving run is shown with the keys of its backend`() throws {
        let file = repository.appending(path: "configs/serving_poisson.yaml").path
        let experiment = try ConfigurationLoader(environment: [:]).load(file).experiment
        #expect(try golden.difference(ConfigurationRenderer.yaml(experiment), from: "serving_poisson_show.yaml") == nil)
    }

    @Test func `the quickstart is what it says`() throws {
        let experiment = try quickstart()
        #expect(experiment.name == "quickstart")
        #expect(experiment.backend.model == "builtin:smollm2-135m")
        #expect(experiment.scenario.sampleCount == 10)
        #expect(experiment.scenario.generation.minNewTokens == 50)
        #expect(experiment.scenario.generation.maxNewTokens == 50)
        #expect(experiment.phases == .quick)
    }

    @Test func `the record of an experiment is kept byte for byte`() throws {
        let record = ExperimentRecord(experiment: try quickstart(), promptsDigest: SHA256.hexDigest(of: "prompts"))
        #expect(try golden.difference(record.json(), from: "quickstart_experiment.json") == nil)
        #expect(try ExperimentRecord.parse(record.json(), file: "experiment.json") == record)
    }

    @Test func `a record is read as it stands`() throws {
        var experiment = try quickstart()
        experiment.name = "${HOME} \u{2028} \"quoted\" \\ \t"
        experiment.outputDirectory = "null"
        let record = ExperimentRecord(experiment: experiment)
        #expect(record.json().contains("${HOME}"))
        #expect(try ExperimentRecord.parse(record.json(), file: "e").experiment == experiment)
    }

    @Test(arguments: [
        ("{\"schema_version\": 2, \"future\": 1}", "config.newer-schema"), ("{}", "config.parse"), ("", "config.parse"),
        ("{\"schema_version\": 1, \"experiment\": {\"seed\": \"x\"}}", "config.missing-key"), ("{", "config.parse"),
    ])
    func `what is no record is refused`(text: String, code: String) throws {
        let error = #expect(throws: Failures.self) { try ExperimentRecord.parse(text, file: "experiment.json") }
        #expect(error?.all.contains { $0.code == code } ?? false)
    }

    @Test func `what is shown reads back as the same experiment`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = TestRandom(seed: seed)
        for round in 0..<100 {
            let original = random.experiment()
            let yaml = ConfigurationRenderer.yaml(original)
            let json = ConfigurationRenderer.json(original)
            let record = ExperimentRecord(experiment: original, promptsDigest: "0f")
            let read = try [("bench.yaml", yaml), ("bench.json", json)].map { file, text in
                try ConfigurationLoader(environment: [:], readFile: files([file: text])).load(file).experiment
            }
            // The first line that differs says more than two whole experiments.
            for copy in read.map(ConfigurationRenderer.yaml) {
                let parted = zip(copy.split(separator: "\n"), yaml.split(separator: "\n")).first { $0 != $1 }
                try #require(parted == nil, "seed \(seed), round \(round)")
            }
            try #require(read == [original, original], "seed \(seed), round \(round)")
            try #require(try ExperimentRecord.parse(record.json(), file: "e") == record, "seed \(seed), round \(round)")
            try #require(try JSONSerialization.jsonObject(with: Data(record.json().utf8)) is [String: Any], "seed \(seed)")
        }
    }

    @Test func `laying layers over each other is associative and changes none of them`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = TestRandom(seed: seed)
        for _ in 0..<3_000 {
            let (a, b, c) = (random.node(depth: 3), random.node(depth: 3), random.node(depth: 3))
            let copies = (a, b, c)
            let left = c.merged(over: b.merged(over: a))
            let right = c.merged(over: b).merged(over: a)
            try #require(left == right, "seed \(seed)")
            try #require((a, b, c) == copies, "seed \(seed)")
            try #require(a.merged(over: a) == a, "seed \(seed)")
        }
    }
}

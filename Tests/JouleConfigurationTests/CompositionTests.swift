import JouleConfiguration
import JouleModel
import Testing

/// Files that are made up of others as Hydra does it.
struct CompositionTests {
    private let backend = "type: vllm\nmodel: m\nendpoint: http://h:8000\n"

    @Test func `a group is the section of its name`() throws {
        let experiment = try load("defaults:\n  - backend: vllm\n", others: ["backend/vllm.yaml": backend]).experiment
        #expect(experiment.backend.kind == .vllm)
        #expect(experiment.backend.server.endpoint == "http://h:8000")
    }

    @Test(arguments: [("[base, _self_]", 5), ("[base]", 5), ("[_self_, base]", 3)])
    func `later entries lie over earlier ones, and the file itself over all unless it is named`(list: String, count: Int) throws {
        let file = "defaults: \(list)\nbackend: {type: pytorch, model: m}\nscenario: {num_samples: 5}\n"
        let experiment = try load(file, others: ["base.yaml": "scenario: {num_samples: 3, save_outputs: true}\n"]).experiment
        #expect(experiment.scenario.sampleCount == count)
        #expect(experiment.scenario.saveOutputs)
    }

    @Test func `a file of a group may ask for another section, and have a list of its own`() throws {
        let others = [
            "scenario/long.yaml": "# @package _global_\ndefaults:\n  - common\nscenario: {num_samples: 7}\n",
            "scenario/common.yaml": "# @package _global_\nseed: 9\n", "parts/server.yaml": backend,
        ]
        let file = "defaults:\n  - scenario: long\n  - parts@backend: server\n  - optional load: none_here\n"
        let experiment = try load(file, others: others).experiment
        #expect(experiment.scenario.sampleCount == 7)
        #expect(experiment.seed == 9)
        #expect(experiment.backend.kind == .vllm)
    }

    @Test func `a choice can be overridden where the lists of two files meet`() throws {
        let others = ["backend/a.yaml": "type: pytorch\nmodel: a\n", "backend/b.yaml": "type: pytorch\nmodel: b\n"]
        let experiment = try load("defaults:\n  - backend: a\n  - override backend: b\n", others: others).experiment
        #expect(experiment.backend.model == "b")
    }

    @Test func `a mistake in a group's file has its place there, under the key's whole name`() throws {
        let failure = try failure(
            "defaults:\n  - backend: vllm\n", others: ["backend/vllm.yaml": "type: vllm\nmodel: m\nendpont: http://h:1\n"])
        #expect(failure.message == "unknown key `backend.endpont`")
        #expect(failure.source?.file == "backend/vllm.yaml")
        #expect(failure.source?.line == 3)
    }

    @Test(arguments: [
        ("defaults: base\n", "config.wrong-type"), ("defaults: [[a]]\n", "config.wrong-type"),
        ("defaults: [_self_, _self_]\n", "config.duplicate-key"), ("defaults: [{override backend: b}]\n", "config.invalid-value"),
        ("defaults: [{backend: nowhere}]\n", "config.unreadable"), ("defaults: [bench]\n", "config.cycle"),
    ])
    func `a list that makes no sense is refused with its place`(list: String, code: String) throws {
        let all = failures(list + minimal)
        #expect(all.map(\.code) == [code])
        #expect(all.first?.source?.line == 1)
    }

    @Test func `the launcher's own settings are named and left out`() throws {
        let loaded = try load(minimal + "hydra: {run: {dir: out}}\n")
        #expect(loaded.warnings.map(\.code) == ["config.no-effect"])
        #expect(loaded.experiment == (try experiment(minimal)))
    }

    @Test func `a variable may be written as OmegaConf has it`() throws {
        #expect(try experiment(minimal + "name: \"${oc.env:NAME}\"", environment: ["NAME": "n"]).name == "n")
        #expect(try experiment(minimal + "name: \"${oc.env:NAME, other}\"").name == "other")
    }
}

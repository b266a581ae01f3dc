import Foundation
import Testing

/// Each file of `configs/` through the tool, on a machine without a network, a GPU, a server or PyTorch.
struct ShippedConfigurationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "configs").path

    /// What a plan says where that is known; the others are checked for having one.
    private static let plans: [String: [String]] = [
        "energy_star.yaml": ["# measure: closed loop, 1 in flight, 1000 requests", "row-0: Energy prompt 0, as it stands."],
        "gpt_oss_120b.yaml": ["reasoning_effort: high", "row-0: Energy prompt 0, as it stands."],
        "hpml_sweep.yaml": [
            "study hpml_sweep: 16 members, 16 runs, sequential", "16. sweep_model_deepseek-ai_DeepSeek-R1-Distill-Qwen-7B",
            "the model is loaded 5 times for 16 runs",
        ],
        "llama2_7b.yaml": ["# plan: 32 requests in 8 batches of up to 4", "row-1: Instruction 1."],
        "pytorch_multigpu.yaml": ["# plan: 10 requests", "device_map: auto", "  - 3\n"],
        "pytorch_test.yaml": ["# plan: 3 requests in 3 batches", "model: microsoft/phi-2"],
        "pytorch_validation.yaml": ["# plan: 1000 requests", "row-2: Energy prompt 2, as it stands.", "min_new_tokens: 10"],
        "serving_poisson.yaml": ["# measure: open loop", "rate: 64/s"],
        "slurm_sweep.yaml": ["study slurm_sweep: 6 members, 12 runs, sequential"],
    ]

    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".yaml") && $0 != "base.yaml" }.sorted()

    @Test func `the plans are those of files that there are`() {
        #expect(Set(Self.plans.keys).subtracting(Self.names) == [] && Self.names.count >= 16)
    }

    @Test(arguments: names) func `a dry run shows the plan, with the prompts of the hub`(name: String) async throws {
        let scene = try Scene()
        let hub = try await StandInHub(scene)
        var environment = ["HF_DATASETS_SERVER": hub.url, "MODEL": "mine"]
        if name == "replay.yaml" {
            let first = try await scene.run(scene.runOptions("\(Self.folder)/simulated.yaml", meters: nil))
            #expect(first.status == 0, "\(first.error)")
            environment["RUN"] = try scene.onlyRun().path
        }
        let valid = try await scene.run(["config", "validate", "\(Self.folder)/\(name)"], environment: environment)
        #expect(valid.status == 0 && valid.error.isEmpty && valid.output.contains("\(name): valid"), "\(valid.output)\(valid.error)")
        let ended = try await scene.run(
            scene.runOptions("\(Self.folder)/\(name)", meters: nil, ["--dry-run"]), environment: environment)
        #expect(ended.status == 0, "\(ended.error)")
        let isStudy = ended.output.hasPrefix("study ")
        #expect(isStudy || ended.output.contains(/# (plan|measure): [^\n]+(\n#[^\n]+)*\n#   \d+: [^\n]+/), "\(ended.output)")
        #expect(isStudy || ended.output.contains("# meters:\n"))
        for text in Self.plans[name] ?? [] { #expect(ended.output.contains(text), "\(ended.output)") }
        withExtendedLifetime(hub) {}
    }

    @Test(arguments: [
        ("hpml_sweep.yaml", ": valid, a study of 16 members, 16 runs (2 files read)"),
        ("slurm_sweep.yaml", ": valid, a study of 6 members, 12 runs (2 files read)"), ("llama2_7b.yaml", ": valid (2 files read)"),
    ])
    func `what is shown of a file checks, and is shown the same again`(name: String, said: String) async throws {
        let scene = try Scene()
        let valid = try await scene.run(["config", "validate", "\(Self.folder)/\(name)"])
        #expect(valid.status == 0 && valid.output.contains(said), "\(valid.output)")
        let shown = try await scene.run(["config", "show", "\(Self.folder)/\(name)"])
        #expect(shown.status == 0 && shown.error.isEmpty, "\(shown.error)")
        let copy = try scene.write("copy.yaml", shown.output)
        let checked = try await scene.run(["config", "validate", copy])
        #expect(checked.status == 0 && checked.error.isEmpty, "\(checked.error)\n\(shown.output)")
        #expect(checked.output.contains(said.replacing("2 files", with: "1 file")), "\(checked.output)")
        #expect(try await scene.run(["config", "show", copy]).output == shown.output)
        let json = try await scene.run(["config", "show", "\(Self.folder)/\(name)", "--json"])
        #expect(json.status == 0)
        #expect(try json.json["name"].text == (name as NSString).deletingPathExtension)
        let other = try scene.write("copy.json", json.output)
        #expect(try await scene.run(["config", "show", other]).output == shown.output)
    }

    @Test func `the sweep of the older script runs, with a worker that only takes its time`() async throws {
        let scene = try Scene()
        let hub = try await StandInHub(scene)
        let sets = [
            "backend.type=command", "backend.command=[\(Tool.python), \(Tool.fixtures)/stand_in_worker.py]", "phases.preset=none",
            "scenario.num_samples=2", "study.cooldown=0s", "study.retries=0",
        ]
        let ended = try await scene.run(
            scene.runOptions("\(Self.folder)/hpml_sweep.yaml", meters: "none", sets.flatMap { ["--set", $0] }),
            environment: ["HF_DATASETS_SERVER": hub.url, "STAND_IN_TOKEN_MS": "0.01", "STAND_IN_PREFILL_MS": "1"])
        withExtendedLifetime(hub) {}
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try RunFolder(path: scene.results + "/studies/hpml_sweep").json("summary.json")["rows"].list
        #expect(rows.count == 16 && rows.allSatisfy { $0["failure"] == .absent })
        #expect(scene.runs.count == 16)
    }
}

/// The hub's service of rows in a process of its own; it ends with this object.
private final class StandInHub: Sendable {
    let url: String
    private let child: Child

    init(_ scene: Scene) async throws {
        child = try Child(
            [Tool.python, "\(Tool.fixtures)/stand_in_hub.py"], environment: scene.environment,
            output: scene.file("hub-\(UUID().uuidString)"))
        let ready = await eventually { [child] in child.output.contains("\n") || child.status != nil }
        try #require(ready && child.status == nil, "the stand-in of the hub did not start: \(child.error)")
        url = child.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

import Foundation
import JouleKit
import Testing

/// Experiments of the library: as strict as those of the command line.
struct ExperimentTests {
    private let settings = ["backend.type": "pytorch", "backend.model": "m"]

    @Test func `an experiment in code is the one that its own text describes`() throws {
        let experiment = try Experiment(
            name: "code", settings: settings.merging(["scenario.num_samples": "3", "seed": "7"]) { $1 }, environment: [:])
        #expect(experiment.name == "code")
        let file = NSTemporaryDirectory() + "joulekit-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try experiment.yaml.write(toFile: file, atomically: true, encoding: .utf8)
        let again = try Experiment(file: file, environment: [:])
        #expect(again.digest == experiment.digest)
        #expect(try Experiment(file: file, settings: ["seed": "8"], environment: [:]).digest != experiment.digest)
    }

    @Test func `every mistake comes at once, each with its code and its remedy`() throws {
        let error = #expect(throws: KitError.self) {
            try Experiment(name: "x", settings: ["backend.type": "pytorch", "scenario.num_sample": "3", "seed": "-1"], environment: [:])
        }
        #expect(Set(error?.problems.map(\.code) ?? []) == ["config.missing-key", "config.unknown-key", "config.out-of-range"])
        #expect(error?.description.contains("did you mean `scenario.num_samples`?") == true)
    }

    @Test func `a mistake of a file has its place`() throws {
        let file = NSTemporaryDirectory() + "joulekit-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "backend: {type: pytorch, model: m}\nseeed: 1\n".write(toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: KitError.self) { try Experiment(file: file, environment: [:]) }
        #expect(error?.problems.first?.place == "\(file):2:1")
    }

    @Test func `a run that cannot begin says why`() async throws {
        let experiment = try Experiment(
            name: "x", settings: settings.merging(["scenario.dataset_name": "nowhere.txt"]) { $1 }, environment: [:])
        let error = await #expect(throws: KitError.self) { try await experiment.run() }
        #expect(error?.problems.map(\.code) == ["workload.unreadable"])
    }

    @Test func `a simulated experiment runs without a model and labels every figure`() async throws {
        let results = NSTemporaryDirectory() + "joulekit-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: results) }
        let experiment = try Experiment(
            name: "simulated",
            settings: [
                "backend.type": "simulated", "backend.model": "any", "backend.simulated.ttft": "2ms", "backend.simulated.tpot": "1ms",
                "scenario.num_samples": "3", "scenario.generate_kwargs.max_new_tokens": "4", "phases.preset": "none",
                "output_dir": results,
            ], environment: [:])
        let report = try await experiment.run()
        #expect(report.completedRequests == 3 && report.outputTokens == 12)
        #expect(report.flags.contains("simulated"))
        #expect(report.figures["joules_per_output_token"]?.method == "simulated")
        #expect(report.figures.values.allSatisfy { $0.flags.contains("simulated") })
    }
}

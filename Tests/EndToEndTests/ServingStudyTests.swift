import Foundation
import Testing

/// Several runs together: the curve of energy over load, and the fit of prefill and decode.
struct ServingStudyTests {
    @Test func `a study over the concurrency prints, draws and keeps its curve`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let gpus = try StandInGPUs(["WAVE": "constant:300"])
        // The shipped study, with everything that takes time made short.
        let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "configs/energy_curve_concurrency.yaml").path
        let short = [
            "sweep.concurrency=[1, 4]", "phases.preset=none", "phases.idle_loaded=0s", "phases.warmup=0s", "phases.measure=0.5s",
            "phases.cooldown=0s", "scenario.num_samples=32", "scenario.prompt_lengths=8", "scenario.output_lengths=8",
        ]
        let ended = try await scene.run(
            scene.runOptions(shipped, meters: "nvml", short.flatMap { ["--set", $0] }),
            environment: gpus.environment.merging(["VLLM_ENDPOINT": stub.url, "MODEL": "stub-model"]) { _, new in new })
        withExtendedLifetime(stub) {}
        #expect(ended.status == 0, "\(ended.error)")
        #expect(scene.runs.count == 2)
        #expect(ended.output.contains("2 of 2 runs") && ended.output.contains("J/token"))
        let studies = try FileManager.default.contentsOfDirectory(atPath: scene.results + "/studies")
        let folder = RunFolder(path: scene.results + "/studies/" + (try #require(studies.first)))
        let points = try folder.json("summary.json")["curve"]["points"].list
        #expect(points.map { $0["load"].number } == [1, 4])
        for (point, run) in zip(points, scene.runs) {
            let power = point["mean_power"]
            try Accuracy.check(power["value"].number, plusMinus: power["plus_minus"].number, truth: 300, "mean power")
            #expect(point["joules_per_output_token"] == (try run.summary["figures"]["joules_per_output_token"]))
        }
        // The same power for more tokens: a token costs less.
        let costs = points.compactMap { $0["joules_per_output_token"]["value"].number }
        #expect(costs.count == 2 && costs[1] < costs[0])
        #expect(try Table(file: folder.file("table.csv")).rows.count == 2)
        #expect(try folder.text("report.html").contains("<svg"))
        // Two loads make no knee, and windows of half a second no optimum; both are said.
        #expect(ended.output.contains("no knee") && ended.output.contains("no energy-optimal load"))
    }

    @Test func `a fit needs runs of different kinds, and its coefficients come with their errors`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, ["--prefill-rate", "20000"])
        let gpus = try StandInGPUs(["WAVE": "constant:300"])
        // Prompt tokens, output tokens, requests in flight.
        for (input, output, flight) in [(800, 1, 2), (400, 1, 4), (8, 64, 2), (8, 64, 4), (256, 32, 2)] {
            let ended = try await scene.run(
                [
                    "load-test", "--endpoint", stub.url, "--model", "stub-model", "--results-dir", scene.results, "--meters", "nvml",
                    "--preset", "none", "--num-warmups", "0", "--num-prompts", "12", "--concurrency", "\(flight)", "--random-prompts",
                    "--random-input-len", "\(input)", "--random-output-len", "\(output)",
                ], environment: gpus.environment)
            #expect(ended.status == 0, "\(ended.error)")
        }
        withExtendedLifetime(stub) {}
        let runs = scene.runs.map(\.path)
        try #require(runs.count == 5)
        let fitted = try await scene.run(["fit"] + runs + ["--results-dir", scene.results, "--json"])
        #expect(fitted.status == 0, "\(fitted.error)")
        // The stand-in draws the same power whatever it does, so all energy belongs to time.
        let texts = fitted.output
        #expect(texts.contains("standard_error"), "\(texts)")
        let printed = try await scene.run(["fit"] + runs + ["--results-dir", scene.results])
        let power = try #require(printed.output.firstMatch(of: /P0 +power without tokens +([0-9.]+)/), "\(printed.output)")
        #expect(abs(try #require(Double(power.output.1)) - 300) < 15)
        #expect(printed.output.contains("R² 0.9") || printed.output.contains("R² 1"))

        let alike = try await scene.run(["fit"] + runs.prefix(1) + runs.prefix(1) + ["--results-dir", scene.results])
        #expect(alike.status != 0)
        let same = try await scene.run(["fit"] + runs[2...3] + ["--results-dir", scene.results])
        #expect(same.status == 1, "\(same.error)")
        #expect(same.error.contains("cannot separate prefill from decode"))
    }
}

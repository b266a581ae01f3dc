import Foundation
import Testing

/// Runs without a model: a simulated server, and recorded answers that are played again.
struct SimulatedTests {
    private static let configs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "configs").path

    private func sets(_ keys: [String: String]) -> [String] {
        keys.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
    }

    /// A short configuration; prompts of ten words.
    private func config(_ scene: Scene, _ simulated: String, more: String = "", requests: Int = 6, tokens: Int = 12) throws -> String {
        try scene.write(
            "sim.yaml",
            """
            backend: {type: simulated, model: nobody-1b, simulated: {\(simulated)}}
            scenario: {dataset_name: \(try scene.prompts(32)), num_samples: \(requests), generate_kwargs: {max_new_tokens: \(tokens)}}
            phases: {preset: none}
            \(more)

            """)
    }

    /// Every object in a tree that is a figure.
    private func figures(_ json: JSON) -> [JSON] {
        json.objects(with: "method").filter { !$0.keys.isDisjoint(with: ["unit", "energy_joules"]) }
    }

    /// From the moment the client began to send to a stamp, in milliseconds: an upper bound of nothing, and a lower bound that no
    /// machine can break.
    private func milliseconds(_ request: JSON, _ stamp: String) throws -> Double {
        let (begin, end) = (try #require(request["started_ns"].number), try #require(request[stamp].number))
        return (end - begin) * 1e-6
    }

    /// What a replay plays: from the written request to a stamp.
    private func recordedMilliseconds(_ request: JSON, _ stamp: String) throws -> Double {
        let (begin, end) = (try #require(request["sent_ns"].number), try #require(request[stamp].number))
        return (end - begin) * 1e-6
    }

    /// The completed requests of the measured phase by their numbers.
    private func byIndex(_ run: RunFolder) throws -> [JSON] {
        func number(_ request: JSON) -> Double { request["index"].number ?? -1 }
        return try run.completed.sorted { first, second in number(first) < number(second) }
    }

    @Test func `the shipped example needs no server, and says on its first line that it is simulated`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(
            scene.runOptions("\(Self.configs)/simulated.yaml", meters: nil)
                + sets(["load.requests": "12", "reporter": "[html, csv, codecarbon]", "load.slo.ttft": "1s"]))
        #expect(ended.status == 0, "\(ended.error)")
        let first = try #require(ended.output.split(separator: "\n").first)
        #expect(first.hasPrefix("simulated: ") && first.contains("energy: simulated (gpu)"), "\(first)")
        let run = try scene.onlyRun()
        let summary = try run.summary
        let all = figures(summary)
        #expect(all.count > 40)
        for figure in all { #expect(figure["flags"].list.contains(.text("simulated")), "\(figure)") }
        // What has a value and is neither a price nor what the tool itself took is no measurement by its method either.
        for (name, figure) in summary["figures"].members where figure["value"].number != nil {
            #expect(figure["method"].text == "simulated", "\(name)")
        }
        #expect(summary["simulation"]["backend"].text == "simulated")
        #expect(summary["requests"]["completed"].number == 12 && summary["requests"]["output_tokens"].number == 12 * 32)
        #expect(all.allSatisfy { $0["plus_minus"].number == nil || $0["method"].text != "simulated" })
        #expect(try run.environment["server"]["endpoint"].text == "in this process")
        #expect(try run.text("report.html").contains("no model ran, and no figure here is a measurement of one"))
        let row = try #require(try Table(file: "\(scene.results)/results.csv").rows.first)
        #expect(row["energy_method"] == "simulated" && row["flags"]?.contains("simulated") == true && row["config_backend"] == "simulated")
        let emissions = try #require(try Table(file: "\(scene.results)/emissions.csv").rows.first)
        #expect(emissions["tracking_mode"] == "simulated" && emissions["codecarbon_version"]?.hasSuffix("simulated") == true)
        // Computed anew it is what it was.
        let again = try await scene.run(["analyze", run.path])
        #expect(again.output.hasPrefix("simulated: "), "\(again.error)")
        // Who wants figures that may be quoted is told.
        let strict = try await scene.run(
            scene.runOptions("\(Self.configs)/simulated.yaml", meters: nil, ["--strict"]) + sets(["load.requests": "2"]))
        #expect(strict.status == 3)
    }

    @Test func `tokens come when they are configured to, and energy is the power of each state`() async throws {
        let scene = try Scene()
        let file = try config(
            scene, "ttft: 60ms, tpot: 10ms, prefill_rate: inf, idle_power: 10 W, prefill_power: 500 W, decode_power: 200 W",
            more: "metrics: {sample_period: 10ms}")
        let ended = try await scene.run(scene.runOptions(file, meters: nil))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let requests = try run.completed
        #expect(requests.count == 6)
        for request in requests {
            #expect(request["output_tokens"].number == 12 && request["input_tokens"].isPositive)
            #expect(try milliseconds(request, "first_token_ns") >= 60)
            #expect(try milliseconds(request, "last_token_ns") >= 60 + 11 * 10)
        }
        // Two busy cores make a token late, and never all of them by this much.
        let firsts = try requests.map { try milliseconds($0, "first_token_ns") }.sorted()
        #expect(firsts[0] < 60 + 500)
        let energy = try run.gross("gpu")
        #expect(energy["method"].text == "simulated")
        // 60 ms at 500 W and 110 ms at 200 W for each; the edges of the window fall between readings.
        let least: Double = 6 * (30 + 22) * 0.9
        #expect(try #require(energy["value"].number) >= least)
    }

    @Test func `the same seed asks and answers alike, and another does not`() async throws {
        let scene = try Scene()
        let file = try config(
            scene,
            "ttft: 1ms, tpot: 0.1ms, ttft_jitter: 1ms, answer_lengths: {distribution: uniform, min: 1, max: 200}, reasoning_tokens: 2",
            more: "load: {arrival: poisson, rate: 200/s}", requests: 20, tokens: 400)
        for seed in ["7", "7", "8"] {
            let ended = try await scene.run(scene.runOptions(file, meters: nil, ["--set", "seed=\(seed)"]))
            #expect(ended.status == 0, "\(ended.error)")
        }
        let lengths: [[Double?]] = try scene.runs.map { run in try byIndex(run).map { request in request["output_tokens"].number } }
        #expect(lengths.count == 3 && lengths[0].count == 20)
        #expect(lengths[0] == lengths[1] && lengths[0] != lengths[2])
        #expect(try scene.runs[0].completed.contains { $0["reasoning_tokens"].number == 2 })
        #expect(try scene.runs[0].completed.allSatisfy { $0["finish_reason"].text == "stop" })
    }

    @Test func `requests past the greatest concurrency wait`() async throws {
        let scene = try Scene()
        let file = try config(
            scene, "ttft: 20ms, tpot: 1ms, prefill_rate: inf, max_concurrency: 1", more: "load: {arrival: burst}", requests: 4, tokens: 4)
        let ended = try await scene.run(scene.runOptions(file, meters: "none"))
        #expect(ended.status == 0, "\(ended.error)")
        let last = try scene.onlyRun().completed.map { try milliseconds($0, "last_token_ns") }.max()
        #expect(try #require(last) >= 4 * 23)
    }

    @Test func `a sweep keeps the label`() async throws {
        let scene = try Scene()
        let file = try config(scene, "ttft: 1ms, tpot: 1ms", more: "sweep: {concurrency: [1, 2]}")
        let ended = try await scene.run(scene.runOptions(file, meters: nil))
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.output.contains("simulated: ") && ended.output.contains("2 of 2 runs"), "\(ended.output)")
        let studies = try FileManager.default.contentsOfDirectory(atPath: scene.results + "/studies")
        let folder = RunFolder(path: scene.results + "/studies/" + (try #require(studies.first)))
        let members = try folder.json("summary.json")["members"].list
        #expect(members.count == 2)
        for figure in members.flatMap({ $0["figures"].members.map(\.value) }) where figure["mean"].number != nil {
            #expect(figure["flags"].list.contains(.text("simulated")) && figure["method"].text == "simulated", "\(figure)")
        }
        #expect(try folder.text("report.html").contains("no model ran"))
    }

    @Test func `a fit of simulated runs is kept apart from the model's own`() async throws {
        let scene = try Scene()
        let simulated = "ttft: 0s, tpot: 2ms, prefill_rate: 20000/s, idle_power: 0 W, prefill_power: 400 W, decode_power: 100 W"
        for (input, output, flight) in [(800, 1, 1), (400, 1, 1), (8, 64, 1), (8, 32, 2), (256, 32, 1)] {
            let file = try scene.write(
                "fit.yaml",
                """
                backend: {type: simulated, model: nobody-1b, simulated: {\(simulated)}}
                scenario: {prompt_lengths: \(input), output_lengths: \(output), num_samples: 8}
                load: {concurrency: \(flight)}
                phases: {preset: none}

                """)
            let ended = try await scene.run(scene.runOptions(file, meters: nil))
            #expect(ended.status == 0, "\(ended.error)")
        }
        let fitted = try await scene.run(["fit"] + scene.runs.map(\.path) + ["--results-dir", scene.results, "--json"])
        #expect(fitted.status == 0, "\(fitted.error)")
        #expect(try fitted.json["model"].text == "nobody-1b (simulated)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: scene.results + "/fits")
        #expect(!kept.contains("nobody-1b.json") && kept.count == 1)
    }

    // MARK: Replay

    /// A recorded run to be played again.
    ///
    /// - Parameter cooldown: what its log of power has in reserve for a replay that begins later.
    private func recorded(_ scene: Scene, more: String = "", cooldown: String = "0s") async throws -> (run: RunFolder, file: String) {
        let file = try config(
            scene, "ttft: 25ms, tpot: 3ms, prefill_rate: inf, answer_lengths: {min: 2, max: 30}, reasoning_tokens: 1",
            more: "load: {concurrency: 2}\n\(more)", requests: 8, tokens: 24)
        let ended = try await scene.run(scene.runOptions(file, meters: nil, ["--set", "phases.cooldown=\(cooldown)"]))
        #expect(ended.status == 0, "\(ended.error)")
        return (try scene.onlyRun(), file)
    }

    private func replay(_ scene: Scene, _ file: String, of run: String, _ keys: [String: String] = [:]) async throws -> Ended {
        let backend = ["backend.type": "replay", "backend.simulated": "null", "backend.replay.run": run]
        return try await scene.run(scene.runOptions(file, meters: nil) + sets(backend.merging(keys) { $1 }))
    }

    @Test func `a replay gives each prompt its recorded tokens at their recorded times, and no energy`() async throws {
        let scene = try Scene()
        let (original, file) = try await recorded(scene)
        let id = (original.path as NSString).lastPathComponent
        let ended = try await replay(scene, file, of: id)
        #expect(ended.status == 0, "\(ended.error)")
        // On a busy machine the client's own lateness is told in the same line.
        #expect(ended.output.hasPrefix("simulated: completed"))
        let run = try #require(scene.runs.last)
        #expect(try run.outcomes == ["completed": 8])
        let (then, now) = (try byIndex(original), try byIndex(run))
        #expect(then.count == 8 && now.count == 8)
        for (old, new) in zip(then, now) {
            for key in ["prompt_id", "input_tokens", "output_tokens", "reasoning_tokens", "finish_reason"] { #expect(old[key] == new[key]) }
            for key in ["first_token_ns", "last_token_ns"] {
                #expect(try milliseconds(new, key) >= recordedMilliseconds(old, key) - 1e-6)
            }
        }
        let summary = try run.summary
        #expect(summary["simulation"]["run"].text == id)
        #expect(summary["simulation"]["recording_sha256"].text?.count == 64)
        #expect(figures(summary).allSatisfy { $0["flags"].list.contains(.text("simulated")) })
        #expect(summary["figures"]["joules_per_output_token"]["value"].isNull)
        #expect(ended.output.contains("answers that are played again take no energy here") || ended.output.contains("energy: unavailable"))
    }

    @Test func `a replay with the recorded power log has its energy, and says that it is simulated`() async throws {
        let scene = try Scene()
        let (original, file) = try await recorded(scene, more: "metrics: {sample_period: 20ms}", cooldown: "4s")
        let log = original.file("samples.csv")
        let ended = try await replay(
            scene, file, of: original.path, ["metrics.meters": "[{csv: {file: \(log)}}]", "backend.replay.speed": "2"])
        #expect(ended.status == 0, "\(ended.error)")
        let run = try #require(scene.runs.last)
        #expect(try run.gross("gpu")["value"].isPositive)
        #expect(try run.gross("gpu")["method"].text == "simulated")
        for (old, new) in zip(try byIndex(original), try byIndex(run)) {
            #expect(try milliseconds(new, "first_token_ns") >= recordedMilliseconds(old, "first_token_ns") / 2 - 1e-6)
        }
    }

    @Test func `prompts that the recording does not answer are counted before anything runs`() async throws {
        let scene = try Scene()
        let (original, file) = try await recorded(scene)
        let more = try await replay(scene, file, of: original.path, ["scenario.num_samples": "11"])
        #expect(more.status == 64)
        #expect(more.error.contains("3 of the 11 prompts have no answer"), "\(more.error)")
        let model = try await replay(scene, file, of: original.path, ["backend.model": "other"])
        #expect(model.status == 64 && model.error.contains("set backend.model: nobody-1b"), "\(model.error)")
        let text = try await replay(scene, file, of: original.path, ["scenario.dataset_name": "builtin:quickstart"])
        #expect(text.status == 64 && text.error.contains("`scenario.dataset_name` is `builtin:quickstart`, and was"), "\(text.error)")
        let nothing = try await replay(scene, file, of: "exp_of_nobody")
        #expect(nothing.status == 64 && nothing.error.contains("there is no run `exp_of_nobody`"), "\(nothing.error)")
        #expect(scene.runs.count == 1)
    }

    @Test func `the shipped replay plays the shipped simulation`() async throws {
        let scene = try Scene()
        let few = ["load.requests": "5"]
        let first = try await scene.run(scene.runOptions("\(Self.configs)/simulated.yaml", meters: nil) + sets(few))
        #expect(first.status == 0, "\(first.error)")
        let id = (try scene.onlyRun().path as NSString).lastPathComponent
        let ended = try await scene.run(
            scene.runOptions("\(Self.configs)/replay.yaml", meters: nil) + sets(few), environment: ["RUN": id])
        #expect(ended.status == 0, "\(ended.error)")
        let dry = try await scene.run(
            scene.runOptions("\(Self.configs)/replay.yaml", meters: nil, ["--dry-run"]) + sets(few), environment: ["RUN": id])
        #expect(dry.status == 0 && dry.output.contains("# server: in this process, no model runs: the recorded answers of \(id)"))
    }

    @Test func `a simulated server answers single prompts of the library`() async throws {
        let scene = try Scene()
        let file = try config(scene, "ttft: 5ms, tpot: 1ms", tokens: 5)
        let ended = try await scene.start([file, "Why?"], command: [Tool.products.appending(path: "ask").path]).wait()
        #expect(ended.output.contains("5 output tokens") && ended.output.contains("J (simulated)"), "\(ended.output)\(ended.error)")
    }
}

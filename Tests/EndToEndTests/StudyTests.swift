import Foundation
import Testing

/// Studies as their users run them: the model that stays loaded, and what happens to runs that fail.
struct StudyTests {
    /// A study over the stand-in worker, which writes down each process that is started.
    ///
    /// - Parameter worker: what is run in the place of the worker alone; `WORKER` is its command.
    private func config(_ scene: Scene, study: String = "", worker: String = "exec WORKER", _ sweep: String) throws -> String {
        try FileManager.default.createDirectory(atPath: scene.file("log"), withIntermediateDirectories: true)
        let command = worker.replacing("WORKER", with: "\(Tool.python) \(Tool.fixtures)/stand_in_worker.py")
        let script = try scene.write("worker.sh", "export STAND_IN_LOG=\(scene.file("log"))\n\(command)\n")
        return try scene.write(
            "study.yaml",
            """
            backend: {type: command, model: stand-in, command: [/bin/sh, \(script)]}
            scenario: {num_samples: 2, generate_kwargs: {max_new_tokens: 10}}
            phases: {idle_host: 200ms, idle_loaded: 200ms, warmup_requests: 1, cooldown: 200ms}
            study: {cooldown: 0s\(study.isEmpty ? "" : ", \(study)")}
            sweep: \(sweep)

            """)
    }

    /// How many workers were started.
    private func workers(_ scene: Scene) -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: scene.file("log"))) ?? []).compactMap { Int32($0) }
    }

    private func study(_ scene: Scene, _ name: String = "study") -> RunFolder { RunFolder(path: "\(scene.results)/studies/\(name)") }

    private func phases(_ run: RunFolder) throws -> [String] { try run.state["phases"].list.compactMap { $0["phase"].text } }

    @Test func `members that need the same model share one, and its load and its idle host are told once`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try config(scene, "{batch_size: [1, 2], max_new_tokens: [5]}")))
        #expect(ended.status == 0, "\(ended.error)")
        let runs = scene.runs
        try #require(runs.count == 3)
        #expect(workers(scene).count == 1 && workers(scene).allSatisfy { !isAlive($0) })
        #expect(try phases(runs[0]) == ["idle_host", "load", "idle_loaded", "warmup", "measure", "cooldown"])
        #expect(runs[0].has("worker.stderr.log") && !runs[0].has("kept_model.json"))
        let loader = try runs[0].summary
        #expect(loader["model_loaded_by"] == .absent)
        let host = try #require(loader["energies"].list.first { $0["scope"].text == "system" })
        for run in runs.dropFirst() {
            #expect(try phases(run) == ["idle_loaded", "warmup", "measure", "cooldown"])
            let kept = try run.json("kept_model.json")
            #expect(kept["loaded_by"] == loader["run_id"] && kept["loaded_seconds_before"].isPositive)
            #expect(kept["idle_host"]["seconds_before"].number! > kept["loaded_seconds_before"].number!)
            let summary = try run.summary
            #expect(summary["model_loaded_by"] == loader["run_id"])
            // The loading run's baseline, and this run's own energy over it.
            let energy = try #require(summary["energies"].list.first { $0["scope"].text == "system" })
            #expect(energy["idle_host_power"]["value"] == host["idle_host_power"]["value"])
            #expect(energy["net_over_idle_host"]["value"].number != nil && energy["net_over_idle_loaded"]["value"].number != nil)
            #expect(summary["notes"].list.contains { $0.text?.contains("idle host is that of") == true })
            // What the worker said when it loaded is known of every run.
            #expect(try run.process["parameters"].number == 1_000 && run.process["pid"] == runs[0].process["pid"])
            #expect(try run.environment["versions"]["torch"].text == "0.0-stand-in")
        }
        let table = try Table(file: study(scene).file("table.csv"))
        #expect(table.rows.map { $0["model_loaded_by"] } == ["NA"] + Array(repeating: loader["run_id"].text, count: 2))
        #expect(ended.output.contains("2 runs found the model loaded by an earlier run"))
        // Computed from the files alone the figures are the same.
        let before = try runs[1].text("summary.json")
        #expect(try await scene.run(["analyze", runs[1].path]).status == 0)
        #expect(try runs[1].text("summary.json") == before)
    }

    @Test func `another precision is another load, and the order decides how many there are`() async throws {
        let scene = try Scene()
        let config = try config(scene, "{torch_dtype: [float16, float32]}")
        let dry = try await scene.run(["run", config, "--dry-run", "--set", "repetitions=2"])
        #expect(dry.output.contains("the model is loaded 4 times for 4 runs"), "\(dry.output)")
        let ended = try await scene.run(scene.runOptions(config, ["--set", "repetitions=2", "--set", "order=sequential"]))
        #expect(ended.status == 0, "\(ended.error)")
        #expect(workers(scene).count == 2)
        #expect(try scene.runs.map { try phases($0).contains("load") } == [true, false, true, false])
    }

    @Test func `a run that fails is made again with a fresh worker, and its row says so`() async throws {
        let scene = try Scene()
        // The first worker dies in its fourth batch, the warm-up of the second member.
        let once = "test -e \(scene.file("died")) || { touch \(scene.file("died")); export STAND_IN_DIE_AT=4; }; exec WORKER"
        let ended = try await scene.run(scene.runOptions(try config(scene, worker: once, "{batch_size: [1, 2]}")))
        #expect(ended.status == 0, "\(ended.error)")
        #expect(workers(scene).count == 2 && scene.runs.count == 3)
        let rows = try study(scene).json("summary.json")["rows"].list
        #expect(rows.count == 2 && rows[0]["failed_attempts"] == .absent)
        let failed = rows[1]["failed_attempts"].list
        #expect(failed.count == 1 && failed[0]["failure"].text?.contains("[worker.died]") == true)
        #expect(rows[1]["failure"] == .absent && rows[1]["run_id"] != failed[0]["run_id"])
        // The attempt that failed is kept, and the one after it has loaded the model itself.
        let runs = scene.runs
        #expect(try runs[1].state["status"].text == "failed" && runs[1].process["last_error_lines"].list.count > 1)
        #expect(try runs[2].state["status"].text == "completed" && phases(runs[2]).contains("idle_host"))
        #expect(ended.output.contains("Run again") && ended.output.contains("attempt 2"))
        #expect(try Table(file: study(scene).file("table.csv")).rows.map { $0["attempts"] } == ["1", "2"])
    }

    @Test func `after so many failed members the rest is not run, and a model that does not exist is not tried again`() async throws {
        let scene = try Scene()
        let config = try config(scene, study: "max_failures: 2", "{batch_size: [1, 2, 4, 8]}")
        let ended = try await scene.run(scene.runOptions(config), environment: ["STAND_IN_LOAD_ERROR": "model.not-found"])
        #expect(ended.status == 1, "\(ended.error)")
        #expect(scene.runs.count == 2, "one attempt each")
        let rows = try study(scene).json("summary.json")["rows"].list
        #expect(rows.map { $0["not_run"].text != nil } == [false, false, true, true])
        #expect(rows[3]["not_run"].text == "2 members failed before it, and study.max_failures is 2")
        #expect(ended.output.contains("0 of 4 runs") && ended.output.contains("Not run"))
    }

    @Test func `a member is repeated until its energy per token varies little enough, or until the most runs allowed`() async throws {
        let scene = try Scene()
        let loose = try config(scene, study: "until_cv: 100%", "{batch_size: [2]}")
        #expect(try await scene.run(scene.runOptions(loose)).status == 0)
        #expect(scene.runs.count == 3)
        let member = try study(scene).json("summary.json")["members"][0]
        #expect(member["ending"].text?.contains("after 3 runs, not above 100 %") == true, "\(member["ending"])")
        let tight = try Scene()
        let config = try config(tight, study: "until_cv: {below: 0.0000001, at_most: 4}", "{batch_size: [2]}")
        let ended = try await tight.run(tight.runOptions(config))
        #expect(ended.status == 0 && tight.runs.count == 4)
        // The text is broken at the width of the page.
        #expect(ended.output.contains(/ended\s+at\s+the\s+most\s+runs\s+allowed/), "\(ended.output)")
        #expect(workers(tight).count == 1)
    }

    @Test func `only the members that are named are run`() async throws {
        let scene = try Scene()
        let config = try config(scene, "{batch_size: [1, 2, 16], max_new_tokens: [4]}")
        let ended = try await scene.run(scene.runOptions(config, ["--set", "study.only=[sweep_batch_size_1*, sweep_max*]"]))
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try study(scene).json("summary.json")["rows"].list
        #expect(rows.compactMap { $0["member"].text } == ["sweep_batch_size_1", "sweep_batch_size_16", "sweep_max_new_tokens_4"])
        let wrong = try await scene.run(["run", config, "--set", "study.only=sweep_batch"])
        #expect(wrong.status == 64 && wrong.error.contains("sweep_batch_size_1, sweep_batch_size_2"), "\(wrong.error)")
    }

    @Test func `a signal between two members ends the model that was kept, and what is left is said not to have been run`() async throws {
        let scene = try Scene()
        let config = try config(scene, "{batch_size: [1, 2, 4]}")
        try await Seats.shared.sit {
            let child = try scene.start(scene.runOptions(config, ["--set", "study.cooldown=60s"]))
            // The table is written after the first run, before the pause in which the worker waits.
            let isPausing = await eventually { study(scene).has("table.csv") }
            try #require(isPausing, "\(child.error)")
            let worker = try #require(workers(scene).first)
            #expect(isAlive(worker))
            child.send(SIGINT)
            let ended = try await child.wait()
            #expect(ended.status == 130)
            #expect(!isAlive(worker))
            #expect(scene.runs.count == 1)
            let rows = try study(scene).json("summary.json")["rows"].list
            #expect(rows.map { $0["not_run"].text } == [nil, "the study was interrupted", "the study was interrupted"])
        }
    }

    @Test func `a server that a run launched answers the next member too`() async throws {
        let scene = try Scene()
        let port = try freePort()
        let script = try scene.write(
            "serve.sh", "echo $$ >> \(scene.file("servers"))\nexec \(StubServer.path) --port \(port) --ttft 5ms --itl 1ms\n")
        let config = try scene.write(
            "launch.yaml",
            """
            backend: {type: vllm, model: stub-model, endpoint: "http://127.0.0.1:\(port)", launch: {command: [/bin/sh, \(script)]}}
            scenario: {dataset_name: \(try scene.prompts(8)), num_samples: 4, generate_kwargs: {max_new_tokens: 4}}
            load: {arrival: closed, requests: 4}
            phases: {preset: none, idle_host: 0.3s, idle_loaded: 0.3s}
            study: {cooldown: 0s}
            sweep: {concurrency: [1, 2]}

            """)
        let ended = try await scene.run(scene.runOptions(config))
        #expect(ended.status == 0, "\(ended.error)")
        let servers = try scene.read("servers").split(separator: "\n").compactMap { Int32($0) }
        #expect(servers.count == 1 && servers.allSatisfy { !isAlive($0) })
        let runs = scene.runs
        try #require(runs.count == 2)
        #expect(runs[0].has("server.log") && !runs[1].has("server.log"))
        #expect(try phases(runs[1]).first == "idle_loaded")
        #expect(try runs[1].summary["model_loaded_by"] == runs[0].summary["run_id"])
        #expect(try runs.map { try $0.environment["server"]["pid"].number } == [Double(servers[0]), Double(servers[0])])
    }
}

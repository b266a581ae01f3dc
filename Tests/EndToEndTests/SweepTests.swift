import Foundation
import Testing

/// Studies with a plan: listed, made in part, watched and continued.
struct SweepTests {
    /// Four members; the worker of the third ends at once until a file `mended` is there.
    private func config(_ scene: Scene, more: String = "") throws -> String {
        let flaky = try scene.write(
            "flaky.sh",
            """
            [ -e \(scene.file("mended")) ] || { echo 'the driver is broken' >&2; exit 7; }
            exec \(Tool.python) \(Tool.fixtures)/stand_in_worker.py
            """)
        return try scene.config(
            requests: 2, tokens: 4,
            more: """
                study: {cooldown: 0s, retries: 0}
                order: sequential
                sweep:
                  suites: [{seed: 1}, {seed: 2}, {name: third, backend.command: [/bin/bash, \(flaky)]}, {seed: 4}]
                \(more)
                """)
    }

    private func sweep(_ scene: Scene, _ arguments: String..., environment: [String: String] = [:]) async throws -> Ended {
        try await scene.run(["sweep"] + arguments + ["--results-dir", scene.results], environment: environment)
    }

    private func study(_ scene: Scene) -> RunFolder { RunFolder(path: scene.results + "/studies/bench") }

    @Test func `a plan lists every run before anything is run`() async throws {
        let scene = try Scene()
        let config = try config(scene, more: "slurm: {tasks_per_job: 3}\nrepetitions: 2")
        let text = try await sweep(scene, "plan", config)
        #expect(text.status == 0, "\(text.error)")
        #expect(text.output.contains("study bench: 4 members, 8 runs, sequential; 3 tasks when it is submitted"))
        #expect(text.output.contains("8    3     sweep_seed_4  2           seed=4"), "\(text.output)")
        let json = try await sweep(scene, "plan", config, "--json").json
        #expect(json["runs"].list.map { $0["number"].number } == (1...8).map(Double.init))
        #expect(json["runs"][5]["member"].text == "third" && json["runs"][5]["repetition"].number == 2)
        #expect(json["members"].list.allSatisfy { $0["digest"].text?.count == 64 })
        #expect(json["runs_per_task"].number == 3)
        #expect(!FileManager.default.fileExists(atPath: scene.results))
    }

    @Test func `a study that failed in part is resumed from its plan, whatever its file says by then`() async throws {
        let scene = try Scene()
        let config = try config(scene)
        let first = try await sweep(scene, "run", config, "--meters", "model")
        #expect(first.status == 3, "\(first.error)")
        let status = try await sweep(scene, "status", "bench")
        #expect(status.output.contains("study bench: 4 runs: 3 completed, 1 failed"), "\(status.output)")
        #expect(status.error.contains("sweep resume"))
        let before = try await sweep(scene, "status", "bench", "--json").json
        #expect(before["counts"]["failed"].number == 1 && before["is_over"].flag == true)
        #expect(before["runs"][2]["state"].text == "failed" && before["runs"][2]["reason"].text?.contains("worker") == true)
        // The runs are the planned ones.
        let digests = try study(scene).json("plan.json")["members"].list.map { $0["digest"].text }
        #expect(try scene.runs.map { try $0.json("experiment.json")["digest"].text } == digests)
        // Neither the missing file nor another folder matters.
        try FileManager.default.removeItem(atPath: config)
        try scene.write("mended", "")
        let again = try await sweep(scene, "resume", study(scene).path, "--meters", "model")
        #expect(again.status == 0, "\(again.error)")
        #expect(again.output.contains("4 of 4 runs"), "\(again.output)")
        #expect(scene.runs.count == 5)
        #expect(try study(scene).json("summary.json")["rows"].list.compactMap { $0["failure"].text } == [])
        #expect(try study(scene).json("runs/0003.attempt-1.json")["status"].text == "failed")
        #expect(study(scene).has("report.html"))
        let done = try await sweep(scene, "resume", "bench")
        #expect(done.status == 0 && done.error.contains("nothing to resume: 4 of 4 runs have completed"))
        let end = try await sweep(scene, "status", "bench")
        #expect(end.output.contains("4 completed") && end.error.contains("report: "))
    }

    @Test func `tasks beside each other make each run once, and the last one sums up`() async throws {
        let scene = try Scene()
        try scene.write("mended", "")
        // A study whose first process was killed while its first run was under way.
        let config = try config(scene)
        let killed = try scene.start(
            ["sweep", "run", config, "--results-dir", scene.results, "--meters", "model"], environment: ["STAND_IN_HANG_AT": "2"])
        let began = await eventually { study(scene).has("runs/0001.json") && scene.runs.first?.has("requests.jsonl") == true }
        try #require(began, "\(killed.error)")
        killed.send(SIGKILL)
        _ = try await killed.wait()
        let lost = try await sweep(scene, "status", "bench", "--json").json
        #expect(lost["runs"].list.map { $0["state"].text } == ["lost", "waiting", "waiting", "waiting"])
        #expect(lost["runs"][0]["reason"].text?.contains("is gone") == true)
        // Five processes for three tasks that are free: of two for one task, one finds nothing left.
        let tasks = [1, 2, 2, 3, 4]
        let ended = try await withThrowingTaskGroup(of: Ended.self) { group in
            for task in tasks {
                group.addTask { try await sweep(scene, "run", "--task", "\(task)", study(scene).path, "--meters", "model") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for one in ended where one.status != 0 {
            // The two of the second task may have looked at the same time; then the run is refused to one of them.
            #expect(one.status == 3 || one.status == 1)
            #expect(try study(scene).states() == ["running", "completed", "completed", "completed"])
        }
        #expect(scene.runs.count == 4)
        #expect(!study(scene).has("report.html"), "the first run is not over")
        let resumed = try await sweep(scene, "resume", "bench", "--meters", "model")
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try study(scene).states() == ["completed", "completed", "completed", "completed"])
        #expect(try study(scene).json("summary.json")["rows"].list.count == 4)
        #expect(Set(try study(scene).json("summary.json")["rows"].list.map { $0["run_id"].text }).count == 4)
    }

    @Test func `an interrupted study says what is missing, and goes on there`() async throws {
        let scene = try Scene()
        try scene.write("mended", "")
        let config = try config(scene)
        let child = try scene.start(
            ["run", config, "--results-dir", scene.results, "--meters", "model"], environment: ["STAND_IN_TOKEN_MS": "400"])
        let began = await eventually { scene.runs.first?.has("requests.jsonl") == true }
        try #require(began, "\(child.error)")
        child.send(SIGINT)
        let ended = try await child.wait()
        #expect(ended.status == 130)
        let status = try await sweep(scene, "status", "bench", "--json").json
        #expect(status["runs"].list.map { $0["state"].text } == ["interrupted", "waiting", "waiting", "waiting"])
        let resumed = try await sweep(scene, "resume", "bench", "--meters", "model")
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try study(scene).states() == ["completed", "completed", "completed", "completed"])
    }

    // MARK: Submitting

    private static let section = "slurm: {partition: gpu, gres: 'gpu:1', time: 2h, environment: [module load cuda/12.4]}"

    @Test func `a dry run prints the script and writes nothing`() async throws {
        let scene = try Scene()
        let config = try config(scene, more: Self.section)
        let ended = try await sweep(scene, "submit", "--slurm", config, "--dry-run", "--strict", "--at-once", "2")
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.output.hasPrefix("#!/bin/bash\n"))
        for line in [
            "#SBATCH --partition=gpu", "#SBATCH --gres=gpu:1", "#SBATCH --time=0-02:00:00", "#SBATCH --array=1-4%2",
            "module load cuda/12.4",
        ] {
            #expect(ended.output.contains("\n\(line)\n"), "\(ended.output)")
        }
        #expect(
            ended.output.contains("' sweep run --task \"$SLURM_ARRAY_TASK_ID\" '--strict' -- '\(study(scene).path)'"), "\(ended.output)")
        #expect(!FileManager.default.fileExists(atPath: scene.results))
        let script = try scene.write("job.sh", ended.output)
        let check = try Child(["/bin/bash", "-n", script], output: scene.file("check"))
        #expect(try await check.wait().status == 0)
    }

    @Test func `the section changes nothing for a file that is run here`() async throws {
        let scene = try Scene()
        try scene.write("mended", "")
        let ended = try await scene.run(scene.runOptions(try config(scene, more: Self.section), ["--set", "slurm.nodes=4"]))
        #expect(ended.status == 0, "\(ended.error)")
        #expect(!ended.error.contains("slurm.") && !ended.error.contains("warning"))
    }

    @Test func `without Slurm the study is not submitted, and nothing is left behind`() async throws {
        let scene = try Scene()
        let config = try config(scene, more: Self.section)
        let ended = try await sweep(scene, "submit", "--slurm", config, environment: ["PATH": "/nowhere"])
        #expect(ended.status == 69)
        #expect(ended.error.contains("[slurm.missing]") && ended.error.contains("help: submit from a login node"))
        #expect(!FileManager.default.fileExists(atPath: scene.results))
    }

    @Test(arguments: [
        (["--slurm", "--set", "slurm.nodes=2"], "[slurm.nodes]"), (["--slurm", "--", "--array=1-9"], "[usage.sbatch]"),
        (["--slurm", "--at-once", "0"], "[usage.at-once]"), ([], "[usage.scheduler]"),
        (["--slurm", "--set", "slurm.time=soon"], "[config.invalid-value]"),
    ])
    func `what cannot be honoured is refused before anything is written`(options: [String], code: String) async throws {
        let scene = try Scene()
        let ended = try await scene.run(["sweep", "submit", try config(scene), "--results-dir", scene.results] + options)
        #expect(ended.status == 64, "\(ended.error)")
        #expect(ended.error.contains(code) && ended.error.contains("help:"), "\(ended.error)")
        #expect(!FileManager.default.fileExists(atPath: scene.results))
    }
}

extension RunFolder {
    /// The states of the planned runs of a study, as their files have them.
    func states() throws -> [String?] {
        try json("plan.json")["runs"].list.indices.map { index in
            let name = "runs/\(String(repeating: "0", count: 4 - "\(index + 1)".count))\(index + 1).json"
            return has(name) ? try json(name)["status"].text : nil
        }
    }
}

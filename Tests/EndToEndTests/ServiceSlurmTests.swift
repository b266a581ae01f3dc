import Foundation
import Synchronization
import Testing

/// Studies as job arrays of a real Slurm: one node, four processors.
@Suite(.enabled(if: SlurmLab.isThere, "needs Slurm and root: `make test-services`"), .serialized)
struct ServiceSlurmTests {
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
                sweep:
                  suites: [{seed: 1}, {seed: 2}, {name: third, backend.command: [/bin/bash, \(flaky)]}, {seed: 4}]
                slurm:
                  partition: debug
                  time: 20 min
                  environment: ["export GREETING='hello from the task'", echo "$GREETING"]
                \(more)
                """)
    }

    private func sweep(_ scene: Scene, _ lab: SlurmLab, _ arguments: String...) async throws -> Ended {
        try await scene.run(["sweep"] + arguments + ["--results-dir", scene.results], environment: lab.environment)
    }

    /// The states of all runs, once none of them is under way.
    private func settled(_ scene: Scene, _ lab: SlurmLab) async throws -> JSON {
        for _ in 0..<300 {
            let status = try await sweep(scene, lab, "status", "bench", "--json").json
            let busy = ["running", "queued", "unconfirmed"].reduce(0) { $0 + (status["counts"][$1].number ?? 0) }
            if busy == 0 { return status }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw Unsettled(output: lab.queue())
    }

    private struct Unsettled: Error { let output: String }

    private func study(_ scene: Scene) -> RunFolder { RunFolder(path: scene.results + "/studies/bench") }

    @Test func `a study is submitted, a member that fails is recorded, and resuming completes it`() async throws {
        let scene = try Scene()
        let lab = try await SlurmLab(scene)
        let config = try config(scene)
        let submitted = try await sweep(scene, lab, "submit", "--slurm", config, "--meters", "model")
        #expect(submitted.status == 0, "\(submitted.error)")
        let job = try #require(submitted.output.firstMatch(of: /job (\d+): 4 tasks, 4 runs of the study bench/)?.output.1)
        #expect(submitted.output.contains("studies/bench/logs/\(job)_*.log"))
        // From now on the file may say what it likes.
        try Data("nonsense".utf8).write(to: URL(filePath: config))
        let first = try await settled(scene, lab)
        #expect(
            first["runs"].list.map { $0["state"].text }.sorted { ($0 ?? "") < ($1 ?? "") } == [
                "completed", "completed", "completed", "failed",
            ])
        let failed = try #require(first["runs"].list.first { $0["state"].text == "failed" })
        #expect(failed["member"].text == "third")
        #expect(failed["reason"].text?.contains("worker") == true)
        // Whoever ended last has summed up.
        #expect(try study(scene).json("summary.json")["rows"].list.count == 4)
        #expect(try study(scene).text("logs/\(job)_1.log").contains("hello from the task"))
        #expect(try study(scene).json("runs/0001.json")["slurm"]["array_job"].text == String(job))
        let ids = scene.runs.map(\.path)
        #expect(Set(ids).count == 4, "each run has a folder of its own")

        try scene.write("mended", "")
        let resumed = try await sweep(scene, lab, "resume", "bench", "--slurm", "--json")
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(try resumed.json["tasks"].list.map(\.number) == [failed["task"].number])
        let second = try await settled(scene, lab)
        #expect(second["counts"]["completed"].number == 4)
        #expect(second["is_over"].flag == true)
        #expect(try study(scene).json("summary.json")["rows"].list.compactMap { $0["failure"].text } == [])
        #expect(study(scene).has("report.html"))
        let nothing = try await sweep(scene, lab, "resume", "bench", "--slurm")
        #expect(nothing.status == 0 && nothing.error.contains("nothing to resume"))
        withExtendedLifetime(lab) {}
    }

    @Test func `a task that is cancelled keeps what it measured, and its runs are made by the next one`() async throws {
        let scene = try Scene()
        let lab = try await SlurmLab(scene)
        try scene.write("mended", "")
        let config = try config(scene, more: "  tasks_per_job: 2\n")
        lab.set("STAND_IN_TOKEN_MS", "300")
        let submitted = try await sweep(scene, lab, "submit", "--slurm", config, "--meters", "model", "--at-once", "1", "--json")
        #expect(submitted.status == 0, "\(submitted.error)")
        let job = try #require(try submitted.json["job"].text)
        let began = await eventually { study(scene).has("runs/0001.json") && scene.runs.first?.has("requests.jsonl") == true }
        try #require(began, "\(lab.queue())")
        let busy = try await sweep(scene, lab, "status", "bench", "--json").json
        #expect(busy["runs"].list.map { $0["state"].text } == ["running", "queued", "queued", "queued"])
        // What is under way is not begun a second time.
        let early = try await sweep(scene, lab, "resume", "bench", "--slurm")
        #expect(early.error.contains("4 runs left alone"), "\(early.error)")
        try await lab.run("scancel", job)
        let cancelled = try await settled(scene, lab)
        // Slurm's signal goes to the worker too: whichever of the two ends first says how the run ended.
        #expect(cancelled["runs"].list.dropFirst().allSatisfy { $0["state"].text == "waiting" })
        #expect(["interrupted", "failed"].contains(cancelled["runs"][0]["state"].text))
        #expect(try scene.onlyRun().has("summary.json"))
        lab.unset("STAND_IN_TOKEN_MS")
        let resumed = try await sweep(scene, lab, "resume", "bench", "--slurm")
        #expect(resumed.output.contains("2 tasks, 4 runs"), "\(resumed.error)")
        let end = try await settled(scene, lab)
        #expect(end["counts"]["completed"].number == 4)
        #expect(try study(scene).json("summary.json")["rows"].list.count == 4)
        withExtendedLifetime(lab) {}
    }

    @Test(arguments: [("slurm.partition=nope", "sinfo"), ("slurm.time=10d", "slurm.time"), ("slurm.gres=gpu:1", "slurm.gres")])
    func `what Slurm refuses is said with its words, and nothing is left behind`(setting: String, remedy: String) async throws {
        let scene = try Scene()
        let lab = try await SlurmLab(scene)
        let ended = try await sweep(scene, lab, "submit", "--slurm", try config(scene), "--set", setting)
        #expect(ended.status == 64, "\(ended.error)")
        #expect(ended.error.contains("[slurm.refused]") && ended.error.contains("sbatch: error:"), "\(ended.error)")
        #expect(ended.error.contains(remedy), "\(ended.error)")
        #expect(!study(scene).has("plan.json"))
        withExtendedLifetime(lab) {}
    }
}

/// A Slurm of its own on this machine; gone with the object.
final class SlurmLab: Sendable {
    static var isThere: Bool { ProcessInfo.processInfo.environment["JOULEBENCH_TEST_SERVICES"]?.contains("slurm") == true }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "scripts/services/slurm.sh").path

    private let scene: Scene
    private let folder: String
    private let extra = Mutex<[String: String]>([:])

    init(_ scene: Scene) async throws {
        self.scene = scene
        folder = scene.file("slurm")
        let child = try Child(["/bin/bash", Self.script, "start", folder], output: scene.file("slurm-start"))
        let ended = try await child.wait()
        try #require(ended.status == 0, "\(ended.error)")
    }

    deinit {
        let child = try? Child(["/bin/bash", Self.script, "stop", folder], output: scene.file("slurm-stop"))
        while child?.status == nil, child != nil { usleep(2_000) }
    }

    /// What a user of this cluster has in the environment, which Slurm passes on to the tasks.
    var environment: [String: String] { extra.withLock { $0.merging(["SLURM_CONF": "\(folder)/slurm.conf"]) { $1 } } }

    func set(_ name: String, _ value: String) { extra.withLock { $0[name] = value } }
    func unset(_ name: String) { extra.withLock { $0[name] = nil } }

    func run(_ command: String...) async throws {
        let child = try Child(
            ["/usr/bin/env"] + command, environment: scene.environment.merging(environment) { $1 },
            output: scene.file("command-\(UUID().uuidString)"))
        let ended = try await child.wait()
        try #require(ended.status == 0, "\(ended.error)")
    }

    /// Slurm's queue and the end of its log, for messages.
    func queue() -> String {
        let log = (try? String(contentsOfFile: "\(folder)/slurmctld.log", encoding: .utf8)) ?? ""
        return String(log.suffix(2_000))
    }
}

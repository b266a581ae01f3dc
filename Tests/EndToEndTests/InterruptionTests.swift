import Foundation
import Testing

/// Runs that are stopped or killed: partial results are kept, and nothing survives.
struct InterruptionTests {
    /// Starts a long run and waits until some of its requests have been answered.
    private func started(_ scene: Scene, _ environment: [String: String] = [:]) async throws -> (
        child: Child, run: RunFolder, worker: Int32
    ) {
        let options = scene.runOptions(try scene.config(requests: 20), ["--set", "scenario.num_samples=20"])
        let settings = environment.merging(["STAND_IN_PID_FILE": scene.file("pid"), "STAND_IN_TOKEN_MS": "10"]) { given, _ in given }
        let child = try scene.start(options, environment: settings)
        let ready = await eventually { (try? scene.runs.first?.completed.count ?? 0) ?? 0 >= 2 }
        try #require(ready, "no request was answered; \(child.error)")
        return (child, try scene.onlyRun(), try #require(Int32(try scene.read("pid"))))
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends the run and keeps what was measured`(signal: Int32) async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let (child, run, worker) = try await started(scene)
            child.send(signal)
            let ended = try await child.wait()
            #expect(ended.status == 128 + signal)
            #expect(!isAlive(worker))
            let done = try run.completed.count
            #expect(done >= 2 && done < 20)
            let state = try run.state
            #expect(state["status"].text == "interrupted")
            #expect(state["reason"].text?.contains("measure") == true)
            let summary = try run.summary
            #expect(summary["status"].text == "interrupted")
            #expect(summary["requests"]["completed"].number == Double(done))
            #expect(try run.gross("system")["value"].isPositive)
            #expect(ended.output.contains("interrupted, \(done) of 20 requests"))
            // The request under way was asked for and not answered.
            #expect(try run.requests.last?["outcome"].text == "cancelled")
            #expect(!run.has(".reserve"))
            let measure = try #require(summary["phases"].list.last { $0["phase"].text == "measure" })
            #expect(measure["energy"]["value"].isPositive, "\(measure)")
            #expect(summary["window_kind"].text?.contains("as far as it went") == true)
        }
    }

    @Test func `a worker that does not care about its end is killed`() async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let (child, run, worker) = try await started(scene, ["STAND_IN_STUBBORN": "1"])
            child.send(SIGINT)
            let ended = try await child.wait()
            #expect(ended.status == 130)
            #expect(!isAlive(worker))
            #expect(try run.summary["status"].text == "interrupted")
        }
    }

    @Test func `a worker that hangs can be interrupted`() async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let (child, run, worker) = try await started(scene, ["STAND_IN_HANG_AT": "3"])
            child.send(SIGINT)
            let ended = try await child.wait()
            #expect(ended.status == 130)
            #expect(!isAlive(worker))
            #expect(try run.completed.count == 2)
        }
    }

    @Test func `a run that is interrupted while idle has no figures and says why`() async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let child = try scene.start(scene.runOptions(try scene.config(idle: "100s")))
            let idle = await eventually { child.error.contains("phase: idle host") }
            try #require(idle)
            child.send(SIGINT)
            let ended = try await child.wait()
            #expect(ended.status == 130)
            let summary = try scene.onlyRun().summary
            #expect(summary["status"].text == "interrupted")
            #expect(summary["figures"]["joules_per_output_token"]["reason"].text?.isEmpty == false)
        }
    }

    @Test(arguments: ["doctor", "run"]) func `a killed run is found and marked with its phase by the next`(finder: String) async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let (child, run, worker) = try await started(scene)
            child.send(SIGKILL)
            let ended = try await child.wait()
            #expect(ended.status == 137)
            // The end of its standard input ends the worker.
            let gone = await eventually { !isAlive(worker) }
            #expect(gone)
            #expect(try run.state["status"].text == "running")
            // Everything that was handed to the kernel can be read, up to a line that was cut.
            #expect(try run.samples.columns == RunFolder.sampleColumns)
            #expect(try run.completed.count >= 2)
            #expect(try run.environment["start_anchor"]["monotonic_ns"].number != nil)

            if finder == "doctor" {
                let doctor = try await scene.start(["doctor", "--results-dir", scene.results, "--json"]).wait()
                let found = try doctor.json.list.first { $0["subject"].text?.contains((run.path as NSString).lastPathComponent) == true }
                #expect(found?["finding"].text?.contains("killed in the phase measure") == true)
            } else {
                let options = scene.runOptions(try scene.config(requests: 1))
                let next = try await scene.start(options).wait()
                #expect(next.status == 0)
                #expect(next.error.contains("killed in the phase measure"))
                #expect(scene.runs.count == 2)
            }
            let state = try run.state
            #expect(state["status"].text == "killed")
            #expect(state["reason"].text?.contains("in the phase measure") == true)
            #expect(!run.has(".reserve"))
            let done = try run.completed.count
            #expect(state["reason"].text?.contains("after \(done) of 20") == true, "\(state)")
        }
    }
}

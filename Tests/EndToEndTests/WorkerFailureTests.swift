import Foundation
import Testing

/// Workers and prompts that fail on the way: what was recorded stays, and the end is written down.
struct WorkerFailureTests {
    @Test(arguments: [("exit", "exit code 9"), ("kill", "signal 9")])
    func `a worker that dies leaves the finished requests and its last words`(how: String, words: String) async throws {
        let scene = try Scene()
        let options = scene.runOptions(try scene.config(requests: 5))
        let ended = try await scene.run(options, environment: ["STAND_IN_DIE_AT": "3", "STAND_IN_DIE_BY": how])
        #expect(ended.status == 1)
        #expect(ended.error.contains("[worker.died]") && ended.error.contains(words))
        #expect(ended.error.contains("MemoryError: scripted") && ended.error.contains("help:"))
        let run = try scene.onlyRun()
        let requests = try run.requests
        #expect(requests.map { $0["outcome"].text } == ["completed", "completed", "failed"])
        #expect(requests[2]["error"].text?.isEmpty == false)
        #expect(try run.state["status"].text == "failed")
        #expect(try run.state["reason"].text?.contains("worker.died") == true)
        #expect(try run.summary["status"].text == "failed")
        #expect(try run.summary["requests"]["completed"].number == 2)
        #expect(try run.process["last_error_lines"].list.last == .text("MemoryError: scripted"))
        #expect(try run.text("worker.stderr.log").contains("MemoryError: scripted"))
        // What the finished requests cost is known.
        #expect(try run.gross("system")["value"].isPositive)
        #expect(ended.output.contains("failed, 2 of 5 requests"))
    }

    @Test(arguments: ["RUBBISH_AT", "STRAY_AT"]) func `a line that is no message ends the run with the line`(what: String) async throws {
        let scene = try Scene()
        let pid = scene.file("pid")
        let options = scene.runOptions(try scene.config(requests: 5))
        let ended = try await scene.run(options, environment: ["STAND_IN_\(what)": "2", "STAND_IN_PID_FILE": pid])
        #expect(ended.status == 1)
        #expect(ended.error.contains("[worker.protocol]"))
        #expect(ended.error.contains(what == "STRAY_AT" ? "Loading checkpoint shards" : "}{ this is no message"))
        let run = try scene.onlyRun()
        #expect(try run.completed.count == 1)
        #expect(try run.state["status"].text == "failed")
        let worker = try #require(Int32(try scene.read("pid")))
        #expect(!isAlive(worker))
    }

    @Test func `a result that the worker forgot is a failed request`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config()), environment: ["STAND_IN_FORGET_AT": "2"])
        #expect(ended.status == 3)
        let run = try scene.onlyRun()
        #expect(try run.requests.map { $0["outcome"].text } == ["completed", "failed", "completed", "completed"])
    }

    @Test(arguments: [("PROTOCOL", "7", "worker.protocol"), ("LOAD_ERROR", "model.not-found", "model.not-found")])
    func `a worker that cannot begin is said plainly`(setting: String, value: String, code: String) async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config()), environment: ["STAND_IN_\(setting)": value])
        #expect(ended.status == 1)
        #expect(ended.error.contains("[\(code)]"))
        let run = try scene.onlyRun()
        #expect(try run.state["status"].text == "failed")
        #expect(try run.requests.isEmpty)
    }

    @Test func `a worker that is not there is said plainly`() async throws {
        let scene = try Scene()
        let options = scene.runOptions(try scene.config(), ["--set", "backend.command=[/nowhere/worker]"])
        let ended = try await scene.run(options)
        #expect(ended.error.contains("/nowhere/worker") && ended.error.contains("[process.spawn]"))
        #expect(try scene.onlyRun().state["status"].text == "failed")
        #expect(ended.status == 69)
    }

    @Test func `a worker that lacks a package is a backend that is not to be had`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(
            scene.runOptions(try scene.config()), environment: ["STAND_IN_LOAD_ERROR": "environment.missing-package"])
        #expect(ended.status == 69 && ended.error.contains("[environment.missing-package]"), "\(ended.error)")
    }

    @Test func `some failing prompts are exit 3 with their reasons`() async throws {
        let scene = try Scene()
        let prompts = try scene.write("prompts.txt", "one\nplease FAIL\nthree\n")
        let options = scene.runOptions(try scene.config(requests: 3), ["--prompts", prompts])
        let ended = try await scene.run(options)
        #expect(ended.status == 3)
        #expect(ended.output.contains("1 failed") && ended.output.contains("request.out-of-memory"))
        let run = try scene.onlyRun()
        let failed = try run.requests.filter { $0["outcome"].text == "failed" }
        #expect(failed.count == 1)
        #expect(failed[0]["error"].text?.contains("request.out-of-memory") == true)
        #expect(try run.summary["requests"]["failed"].number == 1)
        #expect(try run.state["status"].text == "completed")
    }

    @Test func `in a batch a failing prompt does not take the others along`() async throws {
        let scene = try Scene()
        let prompts = try scene.write("prompts.txt", "one\nplease FAIL\nthree\nfour\n")
        let options = scene.runOptions(
            try scene.config(requests: 4), ["--prompts", prompts, "--set", "scenario.input_shapes.batch_size=3"])
        let ended = try await scene.run(options)
        #expect(ended.status == 3)
        let requests = try scene.onlyRun().requests
        #expect(requests.map { $0["outcome"].text } == ["completed", "failed", "completed", "completed"])
        #expect(requests.map { $0["batch"].number } == [0, 0, 0, 1])
    }

    @Test func `no prompt that succeeds is exit 1, with all files written`() async throws {
        let scene = try Scene()
        let prompts = try scene.write("prompts.txt", "FAIL one\nFAIL two\n")
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 2), ["--prompts", prompts]))
        #expect(ended.status == 1)
        #expect(ended.output.contains("request.out-of-memory"))
        let run = try scene.onlyRun()
        for name in ["summary.json", "report.html", "samples.csv", "requests.jsonl", "process_0.json"] { #expect(run.has(name)) }
        #expect(try run.summary["figures"]["joules_per_output_token"]["value"].isNull)
    }
}

import Foundation
import Testing

/// Servers that the tool starts itself, and stops.
struct ServingLaunchTests {
    /// A configuration that launches a command; `PORT` in it is the port.
    private func config(_ scene: Scene, port: Int, command: [String], requests: Int = 6, tokens: Int = 8, ready: String = "10s") throws
        -> String
    {
        let words = command.map { "\"\($0.replacing("PORT", with: "\(port)"))\"" }.joined(separator: ", ")
        return try scene.write(
            "launch.yaml",
            """
            backend:
              type: vllm
              model: stub-model
              endpoint: http://127.0.0.1:\(port)
              launch: {command: [\(words)], ready_timeout: \(ready)}
            scenario: {dataset_name: \(try scene.prompts(64)), num_samples: \(requests), generate_kwargs: {max_new_tokens: \(tokens)}}
            load: {arrival: closed, concurrency: 2, requests: \(requests)}
            phases: {preset: none, idle_host: 0.3s, idle_loaded: 0.3s, warmup_requests: 1, cooldown: 0.3s}

            """)
    }

    /// The stub behind a shell that writes down its process and becomes it.
    private func stub(_ scene: Scene) throws -> [String] {
        let script = try scene.write(
            "serve.sh", "echo $$ > \(scene.file("stub.pid"))\nexec \(StubServer.path) --port $1 --ttft 20ms --itl 2ms\n")
        return ["/bin/sh", script, "PORT"]
    }

    /// The server that was started, from the file that it wrote.
    private func server(_ scene: Scene) throws -> Int32 {
        try #require(Int32(try scene.read("stub.pid").trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test func `a launched server has its phases, its idle and its log, and is gone at the end`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:250"])
        let config = try config(scene, port: try freePort(), command: try stub(scene))
        let ended = try await scene.run(scene.runOptions(config, meters: "nvml"), environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(!isAlive(try server(scene)))
        let run = try scene.onlyRun()
        try run.expectOneLineEach(6)
        let phases = try run.state["phases"].list.compactMap { $0["phase"].text }.filter { $0 != "drain" }
        #expect(phases == ["idle_host", "load", "idle_loaded", "warmup", "measure", "cooldown"])
        #expect(try run.text("server.log").contains("listening on"))
        let energies = try #require(try run.summary["energies"].list.first { $0["scope"].text == "gpu" })
        for name in ["host", "loaded"] {
            let idle = energies["idle_\(name)_power"]
            try Accuracy.check(idle["value"].number, plusMinus: idle["plus_minus"].number, truth: 250, "idle \(name)")
            #expect(energies["net_over_idle_\(name)"]["value"].number != nil)
        }
        #expect(try run.environment["server"]["version"].text == "0.0.0+stub")
    }

    @Test func `children of a launched server do not survive it`() async throws {
        let scene = try Scene()
        // A shell that starts the server beside another child and waits for both.
        let serve = try stub(scene).dropLast().joined(separator: " ")
        let script = try scene.write("both.sh", "sleep 300 & echo $! > \(scene.file("other.pid"))\n\(serve) $1 &\nwait\n")
        let ended = try await scene.run(
            scene.runOptions(try config(scene, port: try freePort(), command: ["/bin/sh", script, "PORT"]), meters: "none"))
        #expect(ended.status == 0, "\(ended.error)")
        #expect(!isAlive(try server(scene)))
        let other = try #require(Int32(try scene.read("other.pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(!isAlive(other))
    }

    @Test func `an occupied port is said before anything is started`() async throws {
        let scene = try Scene()
        let other = try await StubServer(scene)
        let port = try #require(other.url.split(separator: ":").last.flatMap { Int($0) })
        let ended = try await scene.run(scene.runOptions(try config(scene, port: port, command: try stub(scene)), meters: "none"))
        #expect(ended.status == 69, "\(ended.error)")
        #expect(ended.error.contains("[server.occupied]"))
        #expect(!FileManager.default.fileExists(atPath: scene.file("stub.pid")))
        withExtendedLifetime(other) {}
    }

    @Test func `a server that is never ready is given up and stopped`() async throws {
        let scene = try Scene()
        let script = try scene.write("serve.sh", "echo $$ > \(scene.file("stub.pid"))\nexec sleep 300\n")
        let config = try config(scene, port: try freePort(), command: ["/bin/sh", script], ready: "500ms")
        let ended = try await scene.run(scene.runOptions(config, meters: "none"))
        #expect(ended.status == 69, "\(ended.error)")
        #expect(ended.error.contains("[server.not-ready]") && ended.error.contains("ready_timeout"))
        #expect(!isAlive(try server(scene)))
        #expect(try scene.onlyRun().state["reason"].text?.contains("load") == true)
    }

    @Test func `a server that ends before it is ready leaves its last words`() async throws {
        let scene = try Scene()
        let command = ["/bin/sh", "-c", "echo out of memory: no CUDA device >&2; exit 3"]
        let ended = try await scene.run(scene.runOptions(try config(scene, port: try freePort(), command: command), meters: "none"))
        #expect(ended.status == 69 || ended.status == 1)
        #expect(ended.error.contains("[server.died]") && ended.error.contains("no CUDA device"))
        #expect(try scene.onlyRun().text("server.log").contains("no CUDA device"))
    }

    @Test func `a program that is not there is exit 69`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(
            scene.runOptions(try config(scene, port: try freePort(), command: ["/nowhere/vllm"]), meters: "none"))
        #expect(ended.status == 69)
        #expect(ended.error.contains("/nowhere/vllm"))
    }

    @Test func `a server that is killed on the way ends the run, with what was answered`() async throws {
        let scene = try Scene()
        let config = try config(scene, port: try freePort(), command: try stub(scene), requests: 60, tokens: 20)
        try await Seats.shared.sit {
            let child = try scene.start(scene.runOptions(config, meters: "none"))
            let going = await eventually { scene.hasMeasured(4) }
            try #require(going, "\(child.error)")
            kill(try server(scene), SIGKILL)
            // What is left of the sixty requests has nobody to go to, and is not waited for.
            let ended = try await child.wait(limit: .seconds(15))
            #expect(ended.status == 1)
            #expect(ended.error.contains("[server.died]"), "\(ended.error)")
            let run = try scene.onlyRun()
            try run.expectOneLineEach(try run.measured.count)
            #expect((try run.outcomes["completed"] ?? 0) >= 4)
            #expect(try run.state["status"].text == "failed")
        }
    }

    @Test func `an interrupted run stops the server that it started`() async throws {
        let scene = try Scene()
        let config = try config(scene, port: try freePort(), command: try stub(scene), requests: 60, tokens: 20)
        try await Seats.shared.sit {
            let child = try scene.start(scene.runOptions(config, meters: "none"))
            let going = await eventually { scene.hasMeasured(2) }
            try #require(going, "\(child.error)")
            child.send(SIGINT)
            let ended = try await child.wait(limit: .seconds(20))
            #expect(ended.status == 130)
            #expect(!isAlive(try server(scene)))
        }
    }
}

import Foundation
import JouleBackends
import JouleModel
import JouleUnits
import Testing

struct WorkerSessionTests {
    private static let scenario: ScenarioSpec = {
        var scenario = ScenarioSpec()
        scenario.generation.maxNewTokens = 5
        return scenario
    }()

    /// What a conversation fails with.
    private static func failure(
        of script: String, patience: Duration = .seconds(60),
        _ body: @escaping @Sendable (WorkerSession) async throws -> Void = { _ = try await $0.capabilities() }
    ) async throws -> Failure {
        let worker = try ScriptedWorker(script)
        let failure = await #expect(throws: Failure.self) { try await worker.run(patience: patience, body) }
        return try #require(failure)
    }

    // MARK: A conversation

    @Test func `a whole conversation asks what the protocol says and reads what it answers`() async throws {
        let worker = try ScriptedWorker(
            """
            hello()
            for request in listen():
                match request["op"]:
                    case "capabilities": capabilities()
                    case "load":
                        say("progress", stage="weights", id=request["id"])
                        say("progress", stage="ready", id=request["id"])
                        say("loaded", model_class="Tiny", parameters=12, model_memory_bytes=34, device="cpu", devices=["cpu"],
                            dtype="float32", context_length=56, revision=None)
                    case "generate":
                        say("batch", start_ns=10, end_ns=90, peak_memory_bytes=78, results=[
                            {"index": 3, "outcome": "completed", "input_tokens": 2, "output_tokens": 2, "first_token_ns": 20,
                             "last_token_ns": 80, "token_ns": [20, 80], "finish_reason": "length", "text": "é"},
                            {"index": 4, "outcome": "failed", "error": {"code": "request.too-long", "message": "too long"}}])
                    case "stats": say("stats", peak_memory_bytes=None, model_memory_bytes=34, cpu_seconds=1.5)
                    case "shutdown":
                        bye()
                        break
            """)
        let stages = Box<[String]>([])
        try await worker.run { session in
            #expect(await session.versions == ["worker": "0.0-test", "python": "3.test"])
            let capabilities = try await session.capabilities()
            #expect(capabilities.devices.map(\.id) == ["cpu"])
            #expect(await session.versions["torch"] == "9.9")
            #expect(await session.versions["cuda"] == "12.8")
            #expect(await session.versions["gguf"] == nil, "what is not installed has no version")

            var spec = BackendSpec(kind: .pytorch, model: "some/model")
            spec.quantization = Quantization(bits: 4, computeDtype: .bfloat16)
            let model = try await session.load(spec, deviceCount: 2) { stage in stages.change { $0.append(stage) } }
            #expect(model.modelClass == "Tiny")
            #expect(model.modelMemory == ByteCount(34))
            #expect(model.revision == nil)

            let batch = try await session.generate(
                [.init(index: 3, text: "a \"prompt\"\nwith é/😀"), .init(index: 4, text: "")], scenario: Self.scenario, seed: .max)
            #expect(batch.start == Instant(nanoseconds: 10) && batch.end == Instant(nanoseconds: 90))
            #expect(batch.results[0].tokens == [Instant(nanoseconds: 20), Instant(nanoseconds: 80)])
            #expect(batch.results[0].text == "é")
            #expect(batch.results[1].outcome == .failed)
            #expect(batch.results[1].outputTokens == nil, "absent is not zero")
            #expect(batch.results[1].error?.failure == Failure("request.too-long", "too long"))

            let stats = try await session.stats()
            #expect(stats.peakMemory == nil && stats.cpuSeconds == 1.5)
        }
        #expect(stages.value == ["weights", "ready"])

        let heard = try worker.heard
        #expect(heard.map { $0["op"] as? String } == ["capabilities", "load", "generate", "stats", "shutdown"])
        #expect(heard.map { $0["id"] as? Int } == [1, 2, 3, 4, 5])
        let load = heard[1]
        #expect(load["model"] as? String == "some/model")
        #expect(load["device_ids"] as? [Int] == [0, 1])
        let quantization = try #require(load["quantization"] as? [String: Any])
        #expect(Set(quantization.keys) == ["method", "bits", "compute_dtype", "quant_type", "double_quant"])
        // The worker refuses keys that it does not know; these are what its page names.
        #expect(
            Set(load.keys).subtracting([
                "id", "op", "model", "revision", "tokenizer", "task", "device", "device_ids", "device_map", "max_memory", "torch_dtype",
                "quantization", "trust_remote_code", "attn_implementation", "compile",
            ]).isEmpty)
        let requests = try #require(heard[2]["requests"] as? [[String: Any]])
        #expect(requests.map { $0["prompt"] as? String } == ["a \"prompt\"\nwith é/😀", ""])
        #expect(requests[0]["max_new_tokens"] as? Int == 5)
        #expect((heard[2]["sampling"] as? [String: Any])?["seed"] as? UInt64 == .max)
    }

    @Test func `a chat template is asked of a worker that announces it, and what became of it is read`() async throws {
        let script = """
            say("hello", protocol=1, worker="0.0-test", pid=os.getpid(), python="3.test", features=["chat", "thinking_budget"])
            for request in listen():
                if request["op"] == "shutdown":
                    bye()
                    break
                say("batch", start_ns=1, end_ns=9, peak_memory_bytes=None, chat={"template": True, "unused_arguments": ["x"]}, results=[
                    {"index": 0, "outcome": "completed", "output_tokens": 5, "reasoning_tokens": 3, "first_output_token_ns": 7}])
            """
        let template = ChatTemplateRequest(arguments: ["x": .bool(true)], needed: "y", otherwise: .init(before: "b"), thinkingBudget: 6)
        let worker = try ScriptedWorker(script)
        try await worker.run { session in
            try await session.require(template)
            let batch = try await session.generate([.init(index: 0, text: "t")], scenario: Self.scenario, seed: 0, template: template)
            #expect(batch.chat?.template == true && batch.chat?.unusedArguments == ["x"])
            #expect(batch.results[0].reasoningTokens == 3 && batch.results[0].firstOutputToken == Instant(nanoseconds: 7))
            _ = try await session.generate([.init(index: 0, text: "t")], scenario: Self.scenario, seed: 0)
        }
        let heard = try worker.heard
        let chat = try #require(heard[0]["chat"] as? [String: Any])
        #expect(chat["arguments"] as? [String: Bool] == ["x": true] && chat["needed"] as? String == "y")
        #expect(chat["otherwise"] as? [String: String] == ["before": "b", "after": ""])
        #expect(heard[0]["thinking_budget"] as? Int == 6)
        #expect(Set(heard[1].keys).isDisjoint(with: ["chat", "thinking_budget"]), "an older worker would refuse them")
    }

    @Test func `a worker that announces no chat templates is not asked for one`() async throws {
        let failure = try await Self.failure(of: "hello()\nfor request in listen(): bye()") { try await $0.require(ChatTemplateRequest()) }
        #expect(failure.code == "worker.no-chat" && failure.message.contains("`chat`"))
    }

    @Test func `a line of twenty megabytes is one answer, and one of megabytes one question`() async throws {
        let worker = try ScriptedWorker(
            """
            hello()
            for request in listen():
                if request["op"] == "shutdown":
                    bye()
                    break
                text = "x" * 20_000_000 + str(len(request["requests"][0]["prompt"]))
                say("batch", start_ns=1, end_ns=2, peak_memory_bytes=None,
                    results=[{"index": 0, "outcome": "completed", "text": text}])
            """)
        let ending = try await worker.run { session in
            let prompt = String(repeating: "p", count: 3_000_000)
            let batch = try await session.generate([.init(index: 0, text: prompt)], scenario: Self.scenario, seed: 1)
            let text = try #require(batch.results[0].text)
            #expect(text.utf8.count == 20_000_007)
            return String(text.suffix(7))
        }
        #expect(ending == "3000000")
    }

    @Test func `a line that comes in pieces is one line`() async throws {
        let worker = try ScriptedWorker(
            """
            hello()
            for request in listen():
                if request["op"] == "shutdown":
                    os.write(1, b'{"event":"bye"')
                    os.write(1, b'}\\n')
                    break
                for part in ('{"event":', '"stats","cpu_seconds":2.5,', '"peak_memory_bytes":nu', 'll}', '\\n'):
                    os.write(1, part.encode())
            """)
        #expect(try await worker.run { try await $0.stats() }.cpuSeconds == 2.5)
    }

    // MARK: What goes wrong

    @Test func `another version of the protocol is refused`() async throws {
        let failure = try await Self.failure(of: "hello(protocol=2)\nfor _ in listen(): pass")
        #expect(failure.code == "worker.protocol")
        #expect(failure.message.contains("protocol 2") && failure.message.contains("1"))
        #expect(failure.remedy != nil)
    }

    @Test func `a worker that does not greet is refused`() async throws {
        let failure = try await Self.failure(of: "bye()\nfor _ in listen(): pass")
        #expect(failure.code == "worker.protocol")
        #expect(failure.message.contains("hello"))
    }

    @Test(arguments: [
        "Loading checkpoint shards: 100%", "", "{}", "[]", "{\"event\":\"party\"}", "{\"event\":\"stats\",\"cpu_seconds\":\"much\"}",
        "{\"event\":\"counts\",\"counts\":[9223372036854775807]}", "{\"event\":\"batch\",\"start_ns\":-9223372036854775808}",
        "{\"event\":\"batch\",\"start_ns\":1,\"end_ns\":2,\"results\":[{\"index\":0,\"outcome\":\"completed\",\"input_tokens\":-1}]}",
        "{\"event\":\"stats\"",
    ])
    func `a line that is no message is shown`(line: String) async throws {
        let words = line.replacing("\"", with: "\\\"")
        let failure = try await Self.failure(of: "hello()\nfor _ in listen(): os.write(1, b\"\(words)\\n\")")
        #expect(failure.code == "worker.protocol")
        #expect(line.isEmpty || failure.message.contains(line))
        #expect(failure.cause != nil)
    }

    @Test func `an answer to another question is no answer`() async throws {
        let failure = try await Self.failure(of: "hello()\nfor _ in listen(): bye()")
        #expect(failure.code == "worker.protocol")
        #expect(failure.message.contains("capabilities"))
    }

    @Test func `an error keeps its code and words, and the worker goes on`() async throws {
        let worker = try ScriptedWorker(
            """
            hello()
            for request in listen():
                if request["op"] == "capabilities":
                    say("error", code="environment.missing-package", message="no torch", remedy="install it", detail="ModuleNotFoundError")
                elif request["op"] == "stats": say("stats")
                else: bye(); break
            """)
        let seconds = try await worker.run { session in
            let failure = await #expect(throws: Failure.self) { try await session.capabilities() }
            #expect(failure == Failure("environment.missing-package", "no torch", cause: "ModuleNotFoundError", remedy: "install it"))
            return try await session.stats().cpuSeconds
        }
        #expect(seconds == nil)
    }

    @Test func `a worker that dies in the middle of a request is reported with its end and its last words`() async throws {
        let failure = try await Self.failure(
            of: """
                hello()
                for request in listen():
                    for number in range(50): print(f"line {number}", file=sys.stderr)
                    print("MemoryError: scripted", file=sys.stderr)
                    os._exit(9)
                """)
        #expect(failure.code == "worker.died")
        #expect(failure.message.hasSuffix("with exit code 9"))
        let words = try #require(failure.cause).split(separator: "\n")
        #expect(words.last == "MemoryError: scripted")
        #expect(words.first == "line 39", "twelve lines and no more")
        #expect(failure.remedy?.contains("stderr") == true)
    }

    @Test func `a worker that is killed is reported with the signal`() async throws {
        let failure = try await Self.failure(of: "hello()\nfor request in listen(): os.kill(os.getpid(), signal.SIGKILL)")
        #expect(failure.code == "worker.died")
        #expect(failure.message.hasSuffix("with signal 9 (SIGKILL)"))
        #expect(failure.cause == "it wrote nothing to its standard error")
    }

    @Test func `a worker that is gone before the first word is reported too`() async throws {
        let failure = try await Self.failure(of: "sys.exit('no such option')")
        #expect(failure.code == "worker.died")
        #expect(failure.message.hasSuffix("with exit code 1"))
        #expect(failure.cause == "no such option")
    }

    /// In a process of its own: a SIGPIPE would be the end of all tests.
    @Test func `a worker that died between two requests is reported and does not take us along`() async {
        await #expect(processExitsWith: .success) {
            let failure = try await WorkerSessionTests.failure(of: "hello()\nos.close(0)\nos._exit(7)") { session in
                #expect(try await eventually { kill(session.pid, 0) != 0 || WorkerSessionTests.isZombie(session.pid) })
                let large = String(repeating: "x", count: 1_000_000)
                _ = try await session.generate([.init(index: 0, text: large)], scenario: WorkerSessionTests.scenario, seed: 0)
            }
            #expect(failure.code == "worker.died")
            #expect(failure.message.hasSuffix("with exit code 7"))
        }
    }

    static func isZombie(_ pid: Int32) -> Bool {
        (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.contains(") Z") == true
    }

    @Test func `a worker that closes its output and goes on is ended`() async throws {
        let failure = try await Self.failure(
            of: "hello()\nfor request in listen():\n    os.close(1)\n    time.sleep(600)", patience: .milliseconds(50))
        #expect(failure.code == "worker.died")
        #expect(failure.message.hasSuffix("with signal 15 (SIGTERM)"))
    }

    // MARK: The end

    @Test(arguments: [
        "bye(); time.sleep(600)",  // says goodbye and stays
        "time.sleep(600)",  // says nothing
        "bye(); os.close(1); time.sleep(600)",  // only its output ends
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); bye(); time.sleep(600)",  // must be killed
        "os.fork(); bye(); time.sleep(600)",  // a child of its own holds the output open
        "os.setsid() if os.fork() == 0 else bye(); time.sleep(600 if os.getppid() == 1 else 20)",  // and even leaves the group
    ])
    func `a worker that hangs at its end does not lose what was done, nor keep us`(end: String) async throws {
        let worker = try ScriptedWorker(
            """
            hello()
            for request in listen():
                if request["op"] == "shutdown":
                    \(end)
                say("stats", cpu_seconds=3.5)
            """)
        let pid = Box<Int32>(0)
        let seconds = try await worker.run(patience: .milliseconds(100)) { session in
            pid.change { $0 = session.pid }
            return try await session.stats().cpuSeconds
        }
        #expect(seconds == 3.5)
        #expect(kill(pid.value, 0) != 0, "no worker outlives the call")
    }

    @Test func `a failure of the body ends the worker and comes out`() async throws {
        let worker = try ScriptedWorker("hello()\nfor _ in listen(): pass\ntime.sleep(600)")
        let pid = Box<Int32>(0)
        await #expect(throws: CocoaError.self) {
            try await worker.run { session in
                pid.change { $0 = session.pid }
                throw CocoaError(.featureUnsupported)
            }
        }
        #expect(pid.value > 0 && kill(pid.value, 0) != 0)
    }

    @Test func `a cancelled conversation ends the worker in the middle of a request`() async throws {
        let worker = try ScriptedWorker("hello()\nfor _ in listen(): time.sleep(600)")
        let pid = Box<Int32>(0)
        let task = Task {
            try await worker.run { session in
                pid.change { $0 = session.pid }
                _ = try await session.stats()
            }
        }
        #expect(try await eventually { pid.value > 0 && ((try? worker.heard.count) ?? 0) == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(kill(pid.value, 0) != 0)
    }

    @Test func `many conversations at once do not hear each other`() async throws {
        let worker = try ScriptedWorker(
            """
            hello()
            for request in listen():
                if request["op"] == "shutdown":
                    bye()
                    break
                say("stats", cpu_seconds=os.getpid())
            """)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await worker.run { session in
                        for _ in 0..<20 {
                            let heard = try await session.stats().cpuSeconds
                            #expect(heard == Double(session.pid))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

import Foundation
import Testing

/// Batches by length, and several workers beside each other: what the worker was asked, and what the files say of it.
struct BatchingTests {
    /// Prompts of these numbers of words, which the stand-in counts as tokens.
    private static let lengths = [2, 30, 3, 28, 29, 2, 31, 4, 2, 60]

    private func config(_ scene: Scene, _ settings: [String] = [], warmup: Int = 0) throws -> [String] {
        let prompts = Self.lengths.map { Array(repeating: "word", count: $0).joined(separator: " ") }
        let file = try scene.write("prompts.txt", prompts.joined(separator: "\n") + "\n")
        try FileManager.default.createDirectory(atPath: scene.file("asked"), withIntermediateDirectories: true)
        let base = try scene.config(requests: Self.lengths.count, tokens: 4, warmup: warmup)
        let own = ["scenario.dataset_name=\(file)", "backend.device=cpu"]
        return scene.runOptions(base, (own + settings).flatMap { ["--set", $0] })
    }

    private func run(_ scene: Scene, _ options: [String], _ environment: [String: String] = [:]) async throws -> Ended {
        try await scene.run(
            options,
            environment: ["STAND_IN_LOG": scene.file("asked"), "STAND_IN_TOKEN_MS": "1", "STAND_IN_PREFILL_MS": "2"].merging(environment) {
                $1
            })
    }

    /// What each worker was asked, in the order of their process numbers as far as these are known.
    private func asked(_ scene: Scene) throws -> [Int: [JSON]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.file("asked"))
        return try Dictionary(
            uniqueKeysWithValues: names.compactMap { Int($0) }.map { pid in
                (pid, try scene.read("asked/\(pid)").split(separator: "\n").map { try JSON(parsing: String($0)) })
            })
    }

    private func batches(_ requests: [JSON]) -> [[Int]] {
        requests.filter { $0["op"].text == "generate" }.map { $0["requests"].list.compactMap { $0["index"].number.map { Int($0) } } }
    }

    private func weight(_ batch: [Int]) -> Int { (batch.map { Self.lengths[$0] }.max() ?? 0) * batch.count }

    @Test(arguments: [false, true]) func `dynamic batches stay inside their budget, and padding counts nowhere`(sorted: Bool) async throws {
        let scene = try Scene()
        let settings = [
            "scenario.dynamic_batching=true", "scenario.max_batch_tokens=62", "scenario.input_shapes.batch_size=4",
            "scenario.sort_by_length=\(sorted)",
        ]
        let ended = try await run(scene, try config(scene, settings))
        #expect(ended.status == 0, "\(ended.error)")
        let batches = batches(try #require(try asked(scene).values.first))
        #expect(batches.flatMap(\.self).sorted() == Array(Self.lengths.indices))
        #expect(batches.allSatisfy { weight($0) <= 62 && $0.count <= 4 })
        let expected = sorted ? [[9], [6, 1], [4, 3], [7, 2], [0, 5, 8]] : [[0, 1], [2, 3], [4, 5], [6, 7], [8], [9]]
        #expect(batches == expected)
        // The index tells which prompt it was, and the tokens are the prompt's own.
        let completed = try scene.onlyRun().completed
        let tokens = Dictionary(
            uniqueKeysWithValues: completed.map { (Int($0["index"].number ?? -1), Int($0["input_tokens"].number ?? -1)) })
        #expect(tokens == Dictionary(uniqueKeysWithValues: Self.lengths.enumerated().map { ($0, $1) }))
        #expect(try scene.onlyRun().summary["requests"]["input_tokens"].number == Double(Self.lengths.reduce(0, +)))
        // The prompt that has no room is told where the figures are.
        let flag = try scene.onlyRun().summary["flags"].list.first { $0["flag"].text == "prompts_over_budget" }
        #expect(flag == nil, "the longest prompt has 60 tokens")
        let process = try scene.onlyRun().process
        #expect(process["batches"].number == Double(batches.count))
        #expect(process["padding_tokens"].number == Double(batches.map(weight).reduce(0, +) - Self.lengths.reduce(0, +)))
    }

    @Test func `a prompt that alone is over the budget is told in the summary, the report and the output`() async throws {
        let scene = try Scene()
        let settings = ["scenario.dynamic_batching=true", "scenario.max_batch_tokens=40", "scenario.input_shapes.batch_size=4"]
        let ended = try await run(scene, try config(scene, settings) + ["--json"])
        #expect(ended.status == 0, "\(ended.error)")
        let detail = "1 of 10 prompts, the longest with 60 tokens; `scenario.max_batch_tokens` is 40"
        for summary in [try scene.onlyRun().summary, try ended.json] {
            let flag = summary["flags"].list.first { $0["flag"].text == "prompts_over_budget" }
            #expect(flag?["detail"].text == detail && flag?["grade"].text == "note", "\(summary["flags"])")
        }
        let prose = detail.replacing("`scenario.max_batch_tokens`", with: "<code>scenario.max_batch_tokens</code>")
        #expect(try scene.onlyRun().text("report.html").contains(prose))
    }

    @Test func `sorted batches of a fixed size are full but for one`() async throws {
        let scene = try Scene()
        let ended = try await run(
            scene, try config(scene, ["scenario.sort_by_length=true", "scenario.input_shapes.batch_size=4"], warmup: 5))
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try scene.onlyRun().completed
        let groups = Dictionary(grouping: measured) { $0["batch"].number ?? -1 }.mapValues { $0.compactMap { $0["index"].number } }
        #expect(groups[0] == [9, 6])
        #expect(groups.values.map(\.count).sorted() == [2, 4, 4])
        #expect(try scene.onlyRun().requests.count { $0["phase"].text == "warmup" } == 5)
    }

    @Test func `a worker that cannot count is refused before any request`() async throws {
        let scene = try Scene()
        let ended = try await run(scene, try config(scene, ["scenario.sort_by_length=true"]), ["STAND_IN_FEATURES": "chat"])
        #expect(ended.status != 0)
        #expect(ended.error.contains("[worker.no-feature]") && ended.error.contains("count_tokens"))
        #expect(try scene.onlyRun().requests.isEmpty)
    }

    @Test func `answers longer than the decoder's positions are refused before anything is measured`() async throws {
        let scene = try Scene()
        let settings = ["scenario.generate_kwargs.max_new_tokens=9", "scenario.generate_kwargs.min_new_tokens=1"]
        let ended = try await run(scene, try config(scene, settings), ["STAND_IN_ANSWER_LENGTH": "8"])
        #expect(ended.status == 64, "\(ended.error)")
        #expect(ended.error.contains("9 tokens are to be generated") && ended.error.contains("positions for 8"), "\(ended.error)")
        #expect(ended.error.contains("set scenario.generate_kwargs.max_new_tokens to 8 or less"), "\(ended.error)")
        #expect(try scene.onlyRun().requests.isEmpty)
    }

    @Test func `outputs are kept as ids in the place of text`() async throws {
        let scene = try Scene()
        let settings = ["scenario.save_outputs=true", "scenario.decode_token_to_text=false"]
        let ended = try await run(scene, try config(scene, settings))
        #expect(ended.status == 0, "\(ended.error)")
        let lines = try scene.onlyRun().text("outputs.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(lines.count == Self.lengths.count)
        for line in lines {
            #expect(line["token_ids"].list.compactMap(\.number) == [0, 1, 2, 3])
            #expect(line["text"] == .absent)
        }
    }

    @Test func `a flat file of the older framework asks for the same`() async throws {
        let scene = try Scene()
        let flat = try scene.write(
            "flat.yaml",
            """
            config_name: flat
            model_name: m
            num_processes: 1
            decode_token_to_text: false
            save_outputs: true
            batching_options: {max_batch_size___adaptive_batching: 4, adaptive_batching: true, adaptive_max_tokens: 62}
            """)
        let ended = try await scene.run(["config", "show", flat])
        #expect(ended.status == 0, "\(ended.error)")
        for line in ["dynamic_batching: true", "max_batch_tokens: 62", "batch_size: 4", "decode_token_to_text: false"] {
            #expect(ended.output.contains(line), "\(line) in \(ended.output)")
        }
    }

    @Test func `several workers share the prompts and the processor, and each has a file of its own`() async throws {
        let scene = try Scene()
        let settings = ["backend.processes=3", "scenario.input_shapes.batch_size=2"]
        let ended = try await run(scene, try config(scene, settings, warmup: 2))
        #expect(ended.status == 0, "\(ended.error)")
        let folder = try scene.onlyRun()
        let asked = try asked(scene)
        #expect(asked.count == 3)
        var tokens = 0.0
        for number in 0..<3 {
            let process = try folder.json("process_\(number).json")
            let pid = try #require(process["pid"].number.map { Int($0) })
            let requests = try #require(asked[pid])
            #expect(requests.first { $0["op"].text == "load" }?["processes"].number == 3)
            // The warm-up whole, then every third prompt by twos.
            let own = Array(stride(from: number, to: Self.lengths.count, by: 3))
            let expected =
                [[2 * number, 2 * number + 1]] + stride(from: 0, to: own.count, by: 2).map { Array(own[$0..<min($0 + 2, own.count)]) }
            #expect(batches(requests) == expected)
            #expect(process["process_index"].number == Double(number))
            #expect(process["output_tokens"].number == Double(own.count * 4))
            #expect(process["input_tokens"].number == Double(own.map { Self.lengths[$0] }.reduce(0, +)))
            #expect(process["tokens_per_second"].isPositive)
            tokens += process["output_tokens"].number ?? 0
        }
        #expect(!folder.has("process_3.json"))
        // One run: its tokens are the sum, its phases are there once, its energy is that of the machine.
        let completed = try folder.completed
        #expect(completed.count == Self.lengths.count)
        #expect(Set(completed.compactMap { $0["process"].number }) == [0, 1, 2])
        #expect(Set(completed.compactMap { request in request["batch"].number.map { [$0, request["process"].number ?? -1] } }).count == 6)
        #expect(try folder.summary["requests"]["output_tokens"].number == tokens)
        #expect(try folder.requests.count { $0["phase"].text == "warmup" } == 6)
        #expect(try folder.state["phases"].list.count { $0["phase"].text == "measure" } == 1)
        #expect(try folder.gross("system")["value"].isPositive)
        // On the processor no meter tells them apart, and the file says so.
        let energy = try folder.json("process_1.json")["energy"]["system"]
        #expect(energy["value"] == .null && energy["reason"].text == "3 workers share what this meters", "\(energy)")
        let together = try JSON(parsing: try scene.read("results/aggregated/\((folder.path as NSString).lastPathComponent).json"))
        #expect(together["output_tokens"].number == tokens && together["processes"].list.count == 3)
        #expect(together["temporal_overlap_verified"].flag == true && together["gpu_attribution_verified"].flag == false)
        #expect(together["energy"]["system"]["value"].number == (try folder.gross("system"))["value"].number)
        #expect(together["warnings"].list.count == 3)
        #expect(folder.has("worker.stderr.log") && folder.has("worker_2.stderr.log"))
    }

    @Test func `each worker has GPUs of its own, and the energy is that of each GPU once`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "4", "WAVE": "constant:100;constant:200;constant:300;constant:400"])
        let base = try scene.config(requests: 8, tokens: 20, warmup: 1)
        let options = scene.runOptions(base, meters: "nvml", ["--set", "backend.processes=2"])
        let ended = try await scene.run(options, environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let folder = try scene.onlyRun()
        for number in 0..<2 {
            #expect(try folder.json("process_\(number).json")["device_ids"].list == [.text("cuda:0"), .text("cuda:1")])
        }
        let gross = try folder.gross("gpu")
        try Accuracy.check(
            gross["value"].number, plusMinus: gross["plus_minus"].number,
            truth: (0..<4).map { gpus.joules(of: $0, in: try folder.window()) }.reduce(0, +), "four GPUs of two workers")
        for number in 0..<2 {
            let own = try folder.json("process_\(number).json")["energy"]["gpu"]
            try Accuracy.check(
                own["value"].number, plusMinus: own["plus_minus"].number,
                truth: [2 * number, 2 * number + 1].map { gpus.joules(of: $0, in: try folder.window()) }.reduce(0, +),
                "the two GPUs of worker \(number)")
        }
        let together = try JSON(parsing: try scene.read("results/aggregated/\((folder.path as NSString).lastPathComponent).json"))
        #expect(together["gpu_attribution_verified"].flag == true && together["warnings"].list.isEmpty, "\(together)")
    }

    @Test func `a worker that splits its layers is told so, and the energy is that of all its GPUs`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "3", "WAVE": "constant:100;constant:200;constant:300"])
        let base = try scene.config(requests: 3, tokens: 20, warmup: 1)
        try FileManager.default.createDirectory(atPath: scene.file("asked"), withIntermediateDirectories: true)
        func start(_ settings: [String], _ more: [String: String] = [:]) async throws -> Ended {
            let options = scene.runOptions(base, meters: "nvml", (["backend.tensor_parallel=2"] + settings).flatMap { ["--set", $0] })
            let environment = gpus.environment.merging(["STAND_IN_LOG": scene.file("asked")]) { $1 }.merging(more) { $1 }
            return try await scene.run(options, environment: environment)
        }
        let tooMany = try await start([])
        #expect(tooMany.status == 64)
        #expect(tooMany.error.contains("which makes 2 GPUs; 3 are to be used"), "\(tooMany.error)")
        let ended = try await start(["backend.device_ids=[0, 2]"])
        #expect(ended.status == 0, "\(ended.error)")
        let load = try asked(scene).values.flatMap(\.self).first { $0["op"].text == "load" }
        #expect(load?["tensor_parallel"].number == 2 && load?["device_ids"].list.count == 2)
        let folder = try scene.onlyRun()
        let gross = try folder.gross("gpu")
        try Accuracy.check(
            gross["value"].number, plusMinus: gross["plus_minus"].number,
            truth: [0, 2].map { gpus.joules(of: $0, in: try folder.window()) }.reduce(0, +), "the two GPUs of one worker")
        let refused = try await start(["backend.device_ids=[0, 2]"], ["STAND_IN_FEATURES": "chat"])
        #expect(refused.status != 0 && refused.error.contains("does not announce `tensor_parallel`"), "\(refused.error)")
    }

    @Test func `more workers than GPUs are refused`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "2"])
        let options = scene.runOptions(try scene.config(), meters: "nvml", ["--set", "backend.processes=3"])
        let ended = try await scene.run(options, environment: gpus.environment)
        #expect(ended.status == 64, "\(ended.error)")
        #expect(ended.error.contains("num_processes must be <= len(gpu_list)"))
        #expect(scene.runs.isEmpty)
    }

    @Test func `a worker that dies among others ends the run, and all are gone`() async throws {
        let scene = try Scene()
        let ended = try await run(
            scene, try config(scene, ["backend.processes=2"]), ["STAND_IN_DIE_AT": "3"])
        #expect(ended.status == 1)
        #expect(ended.error.contains("[worker.died]") && ended.error.contains("exit code 9"), "\(ended.error)")
        let folder = try scene.onlyRun()
        #expect(try folder.state["status"].text == "failed")
        #expect(try folder.completed.count >= 2)
        for pid in try asked(scene).keys { #expect(!isAlive(Int32(pid))) }
    }
}

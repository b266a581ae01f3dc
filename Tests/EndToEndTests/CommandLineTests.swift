import Foundation
import Testing

/// Options, configurations, and what is printed where.
struct CommandLineTests {
    @Test(arguments: ["--version", "-v"]) func `the version is one line`(option: String) async throws {
        let ended = try await Scene().run([option])
        #expect(ended.status == 0)
        #expect(ended.output.wholeMatch(of: /joulebench \d+\.\d+\.\d+\n/) != nil, "\(ended.output)")
        #expect(ended.error.isEmpty)
    }

    @Test(arguments: [
        ["--frobnicate"], ["frobnicate"], ["run"], ["run", "bench.yaml", "--frobnicate"], ["measure"],
        ["measure", "--repeat", "0", "--", "true"],
        ["log-power"], ["measure", "--meters", "sundial", "--", "true"], ["measure", "--idle", "soon", "--", "true"],
        ["log-power", "--duration", "-1", "--output", "x.csv"], ["run", "/nowhere/bench.yaml"],
    ])
    func `a wrong command line is exit 64 and prints no result`(arguments: [String]) async throws {
        let ended = try await Scene().run(arguments)
        #expect(ended.status == 64, "\(ended.error)")
        #expect(ended.output.isEmpty && !ended.error.isEmpty)
    }

    @Test func `every mistake of a configuration has its place`() async throws {
        let scene = try Scene()
        let config = try scene.write(
            "bad.yaml", "backend:\n  type: pytroch\n  model: x\nscenario:\n  num_sample: 3\nphases:\n  cooldown: 5\n")
        for arguments in [["config", "validate", config], ["config", "show", config], ["run", config, "--dry-run"], ["run", config]] {
            let ended = try await scene.run(arguments)
            #expect(ended.status == 64)
            #expect(ended.output.isEmpty)
            for place in ["\(config):2:9:", "\(config):5:3:", "\(config):7:13:"] { #expect(ended.error.contains(place), "\(ended.error)") }
            #expect(ended.error.contains("did you mean `pytorch`"))
        }
        #expect(scene.runs.isEmpty)
    }

    @Test func `a value on the command line can be wrong too`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(), ["--set", "scenario.num_samples=none"]))
        #expect(ended.status == 64)
        #expect(ended.error.contains("--set scenario.num_samples=none"))
        #expect(scene.runs.isEmpty)
    }

    @Test func `the resolved configuration can be shown and read again`() async throws {
        let scene = try Scene()
        let config = try scene.config()
        let valid = try await scene.run(["config", "validate", config])
        #expect(valid.status == 0 && valid.output.contains("valid"))
        let shown = try await scene.run(["config", "show", config, "--set", "seed=7"])
        #expect(shown.status == 0 && shown.output.contains("seed: 7"))
        let again = try await scene.run(["config", "show", try scene.write("again.yaml", shown.output)])
        #expect(again.output == shown.output)
        let json = try await scene.run(["config", "show", config, "--json"])
        #expect(try json.json["scenario"]["num_samples"].number == 4)
    }

    @Test func `a dry run runs nothing and writes nothing`() async throws {
        let scene = try Scene()
        let before = try FileManager.default.subpathsOfDirectory(atPath: scene.folder).filter { !$0.hasPrefix("output-") }
        let config = try scene.config()
        let options = scene.runOptions(config, ["--dry-run"])
        let ended = try await scene.run(options, environment: ["STAND_IN_PID_FILE": scene.file("pid")])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.output.contains("# plan: 4 requests") && ended.output.contains("# meters:"))
        let after = try FileManager.default.subpathsOfDirectory(atPath: scene.folder).filter { !$0.hasPrefix("output-") }
        #expect(Set(after) == Set(before + ["bench.yaml"]))
    }

    @Test func `a run writes its files, and JSON is the same summary`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 2, warmup: 1), ["--json"]))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        #expect(try ended.json == run.summary)
        for name in ["experiment.json", "environment.json", "process_0.json", "state.json", "summary.json"] {
            #expect(try run.json(name)["schema_version"].number == 1, "\(name)")
        }
        #expect(try run.samples.columns == RunFolder.sampleColumns)
        #expect(try run.text("report.html").contains("</html>"))
        #expect(!run.has(".reserve"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path).allSatisfy { !$0.hasSuffix(".tmp") })
        // Warm-up is recorded and in no figure.
        #expect(try run.requests.map { $0["phase"].text } == ["warmup", "measure", "measure"])
        #expect(try run.summary["requests"]["output_tokens"].number == 40)
        // The worker's stamps are passed on as they were taken, on the sampler's clock.
        for request in try run.completed {
            let stamps = try run.stamps(of: request)
            #expect(stamps.count == 20)
            #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
            let sent = try #require(request["sent_ns"].number)
            let end = try #require(request["body_end_ns"].number)
            #expect(sent < stamps[0] && stamps[19] <= end)
        }
        let progress = ended.error.split(separator: "\n")
        #expect(progress.contains("phase: measure") && !ended.error.contains("\u{1B}"))
    }

    @Test func `quiet prints results only`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 1), ["--quiet"]))
        #expect(ended.status == 0)
        #expect(ended.error.isEmpty)
        #expect(ended.output.hasPrefix("completed"))
    }

    @Test func `outputs are kept when asked for`() async throws {
        let scene = try Scene()
        let options = scene.runOptions(try scene.config(requests: 2, tokens: 3), ["--set", "scenario.save_outputs=true"])
        #expect(try await scene.run(options).status == 0)
        let lines = try scene.onlyRun().text("outputs.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(lines.map { $0["text"].text } == ["word0 word1 word2", "word0 word1 word2"])
    }

    @Test func `repetitions make a run each, and their spread`() async throws {
        let scene = try Scene()
        let options = ["--repeat", "3", "--set", "study.cooldown=0s"]
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 2, more: "name: thrice"), options))
        #expect(ended.status == 0, "\(ended.error)")
        #expect(scene.runs.count == 3)
        #expect(Set(scene.runs.map(\.path)).count == 3)
        #expect(ended.output.contains("thrice: 3 of 3 runs") && ended.output.contains("Over the repetitions"))
        let line = ended.output.split(separator: "\n").first { $0.contains("energy per output token") }
        #expect(line?.contains("±") == true && line?.hasSuffix(" 3") == true, "\(ended.output)")
        let study = RunFolder(path: scene.results + "/studies/thrice")
        let member = try study.json("summary.json")["members"][0]
        #expect(member["completed"].number == 3)
        let figure = member["figures"]["joules_per_output_token"]
        let runs = try scene.runs.map { try #require(try $0.summary["figures"]["joules_per_output_token"]["value"].number) }
        let mean = runs.reduce(0, +) / 3
        #expect(figure["n"].number == 3 && figure["mean"].isNumber(near: mean, within: 1e-9 * mean))
        // The model's 50 % or more is the same in all three, and is not shrunk by them.
        #expect(try #require(figure["plus_minus_systematic"].number) >= 0.5 * mean)
        #expect(try #require(figure["plus_minus"].number) >= (try #require(figure["plus_minus_systematic"].number)))
        let rows = try Table(file: study.file("members.csv")).rows
        #expect(rows.contains { $0["figure"] == "joules_per_output_token" && $0["n"] == "3" })
        #expect(rows.contains { $0["figure"] == "energy_cpu" && $0["unit"] == "J" })
        #expect(try study.text("report.html").contains("Over the repetitions"))
        let planned = try await scene.run(scene.runOptions(try scene.config(requests: 2), options + ["--dry-run"]))
        #expect(planned.status == 0 && planned.output.contains("repetitions: 3"), "\(planned.output)")
    }

    @Test func `repetitions end with the first that fails, with its exit code`() async throws {
        let scene = try Scene()
        let options = scene.runOptions(
            try scene.config(requests: 2), meters: "nvml", ["--repeat", "3", "--set", "study.cooldown=0s", "--require-energy"])
        let ended = try await scene.run(options)
        #expect(ended.status == 69, "\(ended.error)")
        #expect(ended.error.contains("run 1 of 3") && !ended.error.contains("run 2 of 3"))
    }

    @Test func `the table of runs widens, and no column shifts`() async throws {
        let scene = try Scene()
        let table = scene.file("table.csv")
        let config = try scene.config(requests: 1, more: "reporter: [{type: csv, output_file: \(table)}]")
        #expect(try await scene.run(scene.runOptions(config)).status == 0)
        let first = try Table(file: table)
        let gpus = try StandInGPUs(["WAVE": "constant:300"])
        let second = try await scene.run(scene.runOptions(config, meters: "nvml"), environment: gpus.environment)
        #expect(second.status == 0, "\(second.error)")
        #expect(try await scene.run(scene.runOptions(config)).status == 0)
        let whole = try Table(file: table)
        #expect(whole.rows.count == 3)
        #expect(whole.columns.last == "timestamp" && first.columns.last == "timestamp")
        let new = whole.columns.filter { !first.columns.contains($0) }
        #expect(new.contains("gpu_stats_gpu_0_power_draw_w"))
        // What both have keeps its order, and every row its values under the names that they had.
        #expect(whole.columns.filter { !new.contains($0) } == first.columns)
        #expect(whole.rows[0].filter { !new.contains($0.key) } == first.rows[0])
        #expect(new.allSatisfy { whole.rows[0][$0] == "NA" && whole.rows[2][$0] == "NA" })
        let power = try #require(Double(whole.rows[1]["gpu_stats_gpu_0_power_draw_w"] ?? ""))
        #expect(abs(power - 300) < 3)
        #expect(whole.rows.map { $0["run_id"] } == scene.runs.map { ($0.path as NSString).lastPathComponent })
    }

    @Test func `meters and doctor print JSON`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "2", "WAVE": "constant:150;constant:250"])
        let meters = try await scene.run(["meters", "--json", "--meters", "nvml"], environment: gpus.environment)
        #expect(meters.status == 0)
        let rows = try meters.json["meters"].list
        #expect(rows.map { $0["channel"]["scope"].text } == ["gpu", "gpu"])
        let powers = rows.compactMap { $0["mean_power_watts"].number }
        #expect(powers.count == 2 && abs(powers[0] - 150) < 8 && abs(powers[1] - 250) < 13)
        let doctor = try await scene.run(["doctor", "--json", "--results-dir", scene.results], environment: gpus.environment)
        // The PyTorch worker has not been set up in this scene.
        #expect(doctor.status == 69)
        let checks = try doctor.json.list
        #expect(checks.allSatisfy { ["good", "limited", "bad"].contains($0["verdict"].text) && $0["finding"].text?.isEmpty == false })
        #expect(checks.filter { $0["subject"].text == "energy of gpu" && $0["verdict"].text == "good" }.count == 2)
        #expect(checks.first { $0["verdict"].text == "bad" }?["remedy"].text?.contains("setup pytorch") == true)
    }
}

import Foundation
import Testing

/// Where results go: the files that reporters write, read by somebody who has not got the program.
struct ReporterTests {
    private static let kinds = ["json", "jsonl", "html", "markdown", "csv", "codecarbon", "vllm"]

    private func config(_ scene: Scene, _ stub: StubServer, reporters: String, more: String = "") throws -> String {
        try scene.write(
            "bench.yaml",
            """
            name: trial
            backend: {type: vllm, model: stub-model, endpoint: \(stub.url), headers: {X-Token: sk-do-not-print-me}}
            scenario: {dataset_name: \(try scene.prompts(8)), num_samples: 4, generate_kwargs: {max_new_tokens: 6}}
            phases: {preset: none}
            reporter: \(reporters)
            \(more)

            """)
    }

    private func lines(_ path: String) throws -> [JSON] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    @Test func `a study hands every run to every reporter of a file`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let list = Self.kinds.map { "{type: \($0), output_file: \(scene.file("out/\($0)"))}" } + ["markdown", "vllm", "jsonl"]
        let config = try config(
            scene, stub, reporters: "[\(list.joined(separator: ", "))]",
            more: "sweep: {load.concurrency: [1, 2]}\nload: {arrival: closed}\nstudy: {cooldown: 0s}")
        let ended = try await scene.run(scene.runOptions(config))
        withExtendedLifetime(stub) {}
        try #require(ended.status == 0, "\(ended.error)")
        let runs = scene.runs
        try #require(runs.count == 2)
        let ids = runs.map { ($0.path as NSString).lastPathComponent }

        // Files that grow: a row, a line, a section for each run.
        #expect(try Table(file: scene.file("out/csv")).rows.map { $0["run_id"] } == ids)
        #expect(try Table(file: scene.file("out/codecarbon")).rows.map { $0["run_id"] } == ids)
        for path in [scene.file("out/jsonl"), scene.results + "/results.jsonl"] {
            let lines = try lines(path)
            #expect(lines.map { $0["id"].text } == ids)
            for (line, run) in zip(lines, runs) {
                #expect(line["schema_version"].number == 1)
                #expect(line["summary"] == (try run.summary))
                let record = try run.json("experiment.json")
                #expect(line["digest"] == record["digest"] && line["experiment"] == record["experiment"])
                #expect(line["prompts_sha256"] == record["prompts_sha256"])
            }
        }
        let page = try scene.read("out/markdown")
        #expect(ids.allSatisfy { page.contains("`\($0)`") })
        #expect(page.ranges(of: "\n### Figures\n").count == 2)

        // Files of one result: the last run's where all name one file, each its own in the folders of the runs.
        for run in runs {
            #expect(try run.text("report.md").contains("| energy per output token"))
            let result = try run.json("vllm.json")
            #expect(result["completed"].number == 4 && result["model_id"].text == "stub-model" && result["backend"].text == "vllm")
            #expect(result["ttfts"].list.count == 4 && result["itls"].list.count == 4 && result["errors"].list.count == 4)
            #expect(result["total_output_tokens"] == (try run.summary["requests"]["output_tokens"]))
            #expect(try run.json("reporters.json")["reporters"].list.map { $0["status"].text }.allSatisfy { $0 == "delivered" })
        }
        #expect(try JSON(parsing: try scene.read("out/json")) == (try runs[1].summary))
        #expect(try scene.read("out/html") == (try runs[1].text("report.html")))
        #expect(try JSON(parsing: try scene.read("out/vllm")) == (try runs[1].json("vllm.json")))
        for name in Self.kinds { #expect(try !scene.read("out/\(name)").contains("sk-do-not-print-me"), "\(name)") }
    }

    @Test func `the result of a run is the same as that of load-test, key for key`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let options = try scene.loadTest(
            stub.url,
            [
                "--save-result", scene.file("load-test.json"), "--save-detailed", "--percentile-metrics", "ttft,tpot,itl,e2el",
                "--metric-percentiles", "50,90,95,99",
            ], requests: 4)
        #expect(try await scene.run(options).status == 0)
        let ended = try await scene.run(scene.runOptions(try config(scene, stub, reporters: "vllm"), meters: "none"))
        withExtendedLifetime(stub) {}
        #expect(ended.status == 0, "\(ended.error)")
        let run = try #require(scene.runs.last)
        func keys(_ json: JSON) -> Set<String> { Set(json.members.map(\.name)) }
        #expect(keys(try run.json("vllm.json")) == keys(try JSON(parsing: try scene.read("load-test.json"))))
    }

    @Test func `a file that cannot be written leaves the run whole, and is told with exit code 3`() async throws {
        let scene = try Scene()
        try scene.write("file", "no folder")
        let config = try scene.config(
            requests: 1, more: "reporter: [{type: csv, output_file: \(scene.file("file/table.csv"))}, markdown]")
        let ended = try await scene.run(scene.runOptions(config))
        #expect(ended.status == 3, "\(ended.error)")
        #expect(ended.error.contains("the reporter `csv` did not write \(scene.file("file/table.csv"))"), "\(ended.error)")
        #expect(ended.error.contains("[reporter.file]") && ended.error.contains("help: "))
        #expect(ended.output.contains("1 of 1 requests"))
        let run = try scene.onlyRun()
        #expect(run.has("summary.json") && run.has("report.md"))
        #expect(try run.state["status"].text == "completed")
        let reporters = try run.json("reporters.json")["reporters"].list
        #expect(reporters.map { $0["status"].text } == ["failed", "delivered"])
        #expect(reporters[0]["code"].text == "reporter.file" && reporters[0]["remedy"].text != nil)
        // What is computed again is not handed out again.
        #expect(try await scene.run(["analyze", run.path]).status == 0)
    }

    @Test func `a study in which a reporter failed has every run and ends with 3`() async throws {
        let scene = try Scene()
        try scene.write("file", "no folder")
        let config = try scene.config(requests: 1, more: "reporter: {type: jsonl, output_file: \(scene.file("file/runs.jsonl"))}")
        let ended = try await scene.run(scene.runOptions(config, ["--repeat", "2", "--set", "study.cooldown=0s"]))
        #expect(ended.status == 3, "\(ended.error)")
        #expect(scene.runs.count == 2)
        #expect(ended.error.ranges(of: "did not write").count == 2)
        #expect(ended.output.contains("2 of 2 runs"), "\(ended.output)")
    }

    @Test func `a worker has no result of vLLM's tool, and is told before it starts`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 1, more: "reporter: [json, vllm]")))
        #expect(ended.status == 64)
        #expect(ended.error.contains("bench.yaml:") && ended.error.contains("the reporter `vllm` cannot be honoured"))
        #expect(scene.runs.isEmpty)
    }
}

import Foundation
import JouleBackends
import JouleModel
import JouleRunner
import JouleTestSupport
import JouleWorkload
import Testing

/// Instructions as a data set has them; every seventh has no output.
private func fields(_ number: Int) -> [String: JSONValue] {
    [
        "instruction": .string("Do  task \(number)."), "input": .string(number % 3 == 0 ? "" : "with\n\(number)"),
        "output": .string(number % 7 == 0 ? "" : "done"),
    ]
}

private func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
}

private struct Place {
    let folder = FileManager.default.temporaryDirectory.appending(path: "joule-supply-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        return "\(folder)/\(name)"
    }

    func supply(_ variables: [String: String] = [:], python: String? = nil) -> PromptSupply {
        PromptSupply(
            variables: variables.merging(["HF_HOME": folder]) { old, _ in old },
            installation: WorkerInstallation(environment: ["JOULEBENCH_CACHE": folder]), python: python)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

private func hub(rows total: Int) -> LoopbackServer {
    LoopbackServer { request in
        if request.path == "/splits" {
            return .init(#"{"splits": [{"dataset": "tatsu-lab/alpaca", "config": "default", "split": "train"}]}"#)
        }
        let query = Dictionary(
            uniqueKeysWithValues: (URLComponents(string: request.target)?.queryItems ?? []).map { ($0.name, $0.value ?? "") })
        guard query["dataset"] == "tatsu-lab/alpaca", let offset = Int(query["offset"] ?? ""), let length = Int(query["length"] ?? "")
        else {
            return .init(#"{"error": "no such"}"#, status: 404)
        }
        let rows = (offset..<max(offset, min(total, offset + length))).map {
            #"{"row_idx": \#($0), "row": \#(json(fields($0))), "truncated_cells": []}"#
        }
        let features = ["instruction", "input", "output"].map { #"{"name": "\#($0)"}"# }
        return .init(
            #"{"features": [\#(features.joined(separator: ","))], "rows": [\#(rows.joined(separator: ","))], "num_rows_total": \#(total)}"#,
            headers: ["X-Revision": "0123abcd"])
    }
}

struct PromptSupplyTests {
    @Test(arguments: ScenarioSpec.Selection.allCases)
    func `the hub and a file of the same rows give the same prompts for every seed`(selection: ScenarioSpec.Selection) async throws {
        let place = try Place()
        defer { place.remove() }
        let server = hub(rows: 230)
        let file = try place.write("rows.jsonl", (0..<230).map { json(fields($0)) + "\n" }.joined())
        for _ in 0..<3 {
            let seed = UInt64.random(in: 0...UInt64.max)
            var scenario = ScenarioSpec()
            (scenario.datasetName, scenario.selection, scenario.sampleCount) = ("alpaca", selection, 40)
            let supply = place.supply(["HF_DATASETS_SERVER": server.url])
            let selected = try #require(try await supply.select(scenario, count: 40, seed: seed))
            let again = try await supply.select(scenario, count: 40, seed: seed)
            #expect(again == selected, "seed \(seed)")
            (scenario.datasetName, scenario.template) = (file, "alpaca")
            #expect(try await supply.select(scenario, count: 40, seed: seed) == nil)
            let plan = try Plan(scenario: scenario, seed: seed) { path in Array(try Data(contentsOf: URL(filePath: path))) }
            #expect(selected.prompts.map(\.text) == plan.requests.map(\.text), "seed \(seed)")
            #expect(selected.prompts.count == 40)
            let origin = try #require(selected.origin)
            #expect(origin.name == "tatsu-lab/alpaca" && origin.revision == "0123abcd" && origin.rows == 230 && origin.split == "train")
        }
    }

    @Test func `fewer rows than asked for is a warning with the number`() async throws {
        let place = try Place()
        defer { place.remove() }
        let server = hub(rows: 10)
        var scenario = ScenarioSpec()
        scenario.datasetName = "tatsu-lab/alpaca"
        let selected = try #require(
            try await place.supply(["HF_DATASETS_SERVER": server.url]).select(scenario, count: 50, seed: 1))
        #expect(selected.prompts.map(\.id) == [1, 2, 3, 4, 5, 6, 8, 9].map { "row-\($0)" })
        #expect(selected.prompts.map(\.text).prefix(3) == ["Do task 1. with 1", "Do task 2. with 2", "Do task 3."])
        #expect(selected.warnings.map(\.code) == ["workload.few-prompts"])
        #expect(selected.warnings.first?.message.contains("8 are used") == true)
    }

    @Test func `a column that the data set does not have is an error with the columns`() async throws {
        let place = try Place()
        defer { place.remove() }
        let server = hub(rows: 10)
        var scenario = ScenarioSpec()
        (scenario.datasetName, scenario.template) = ("alpaca", "Say {word}")
        let failure = await #expect(throws: Failure.self) {
            try await place.supply(["HF_DATASETS_SERVER": server.url]).select(scenario, count: 5, seed: 1)
        }
        #expect(failure?.code == "workload.no-column")
        #expect(failure?.remedy?.contains("instruction, input, output") == true)
    }

    @Test func `what the hub does not serve says how the library could read it`() async throws {
        let place = try Place()
        defer { place.remove() }
        let server = hub(rows: 10)
        var scenario = ScenarioSpec()
        scenario.datasetName = "someone/scripted"
        let supply = place.supply(["HF_DATASETS_SERVER": server.url])
        let failure = await #expect(throws: Failure.self) { try await supply.select(scenario, count: 5, seed: 1) }
        // The stand-in answers the list of splits for every name, and has no rows of this one.
        #expect(failure?.code == "hub.not-found")
        #expect(failure?.remedy?.contains("pip install datasets") == true)
        scenario.datasetName = try place.write("x.parquet", "no parquet")
        let parquet = await #expect(throws: Failure.self) { try await supply.select(scenario, count: 5, seed: 1) }
        #expect(parquet?.code == "backend.no-pytorch")
        #expect(parquet?.remedy?.contains("JOULEBENCH_DATASETS_PYTHON") == true)
    }

    @Test func `without the hub, what the library has in its own cache is read offline`() async throws {
        let place = try Place()
        defer { place.remove() }
        // A library of the same interface, which says where it was asked to look.
        try FileManager.default.createDirectory(atPath: place.folder + "/library/datasets", withIntermediateDirectories: true)
        _ = try place.write("library/datasets/__init__.py", Self.library)
        let python = try place.write("python", "#!/bin/sh\nPYTHONPATH='\(place.folder)/library' exec python3 \"$@\"\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
        var scenario = ScenarioSpec()
        scenario.datasetName = "someone/questions"
        for variables in [["HF_DATASETS_SERVER": "http://127.0.0.1:9"], ["HF_HUB_OFFLINE": "1"]] {
            let selected = try #require(try await place.supply(variables, python: python).select(scenario, count: 2, seed: 1))
            #expect(selected.prompts.map(\.text) == ["someone/questions train", "\(place.folder) 1 1"])
            #expect(selected.origin?.via == "datasets library" && selected.origin?.rows == 2)
        }
        scenario.datasetName = "someone/nothing"
        let failure = await #expect(throws: Failure.self) {
            try await place.supply(["HF_DATASETS_SERVER": "http://127.0.0.1:9"], python: python).select(scenario, count: 2, seed: 1)
        }
        #expect(failure?.code == "hub.unreachable")
        #expect(
            failure?.cause?.contains("no connection") == true && failure?.cause?.contains("which says: ") == true,
            "\(String(describing: failure))")
    }

    private static let library = """
        import os
        def disable_progress_bars(): pass
        class Table(list):
            column_names = ["text"]
            info = None
        def load_dataset(name, config, split, revision):
            if name != "someone/questions": raise ConnectionError("nothing of it is here")
            places = [os.environ[name] for name in ("HF_HOME", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE")]
            return Table([{"text": f"{name} {split}"}, {"text": " ".join(places)}])
        """

    @Test func `without the hub and the library it is said what was tried`() async throws {
        let place = try Place()
        defer { place.remove() }
        var scenario = ScenarioSpec()
        scenario.datasetName = "gsm8k"
        for (variables, code) in [
            (["HF_DATASETS_SERVER": "http://127.0.0.1:9"], "hub.unreachable"), (["HF_HUB_OFFLINE": "1"], "hub.offline"),
        ] {
            let failure = await #expect(throws: Failure.self) { try await place.supply(variables).select(scenario, count: 2, seed: 1) }
            #expect(failure?.code == code)
            for words in [
                code == "hub.offline" ? "tried: the cache" : "tried: the hub's service of rows", "the cache \(place.folder)",
                "(\(place.folder)/datasets), which no interpreter here has",
            ] {
                #expect(failure?.cause?.contains(words) == true, "\(String(describing: failure))")
            }
            #expect(failure?.remedy?.contains("pip install datasets") == true)
        }
    }

    @Test func `a data set is shown with its prompts, and the list names what is in the cache`() async throws {
        let place = try Place()
        defer { place.remove() }
        let server = hub(rows: 10)
        let supply = place.supply(["HF_DATASETS_SERVER": server.url])
        var scenario = ScenarioSpec()
        (scenario.datasetName, scenario.sampleCount) = ("alpaca", 2)
        let view = try await DatasetView(scenario, seed: 1, supply: supply)
        #expect(
            view.text == """
                tatsu-lab/alpaca: 10 rows, from hub
                configuration default, split train, commit 0123abcd
                columns: instruction, input, output
                prompt: columns `instruction` and `input`, joined (as is usual for tatsu-lab/alpaca)

                [row-1]
                Do task 1. with 1

                [row-2]
                Do task 2. with 2
                """)
        #expect(DatasetListing(supply).text.contains("  tatsu-lab/alpaca  default  train  10 rows  0123abcd"))
    }
}

/// With the real `datasets` library, through the worker; `make test-services` runs them.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["JOULEBENCH_TEST_DATASETS_PYTHON"] != nil))
struct DatasetLibraryTests {
    @Test func `a folder with a file of lines loads as a name of the hub does`() async throws {
        let python = ProcessInfo.processInfo.environment["JOULEBENCH_TEST_DATASETS_PYTHON"]
        let place = try Place()
        defer { place.remove() }
        try FileManager.default.createDirectory(atPath: place.folder + "/data", withIntermediateDirectories: true)
        let file = try place.write("data/rows.jsonl", (0..<120).map { json(fields($0)) + "\n" }.joined())
        var scenario = ScenarioSpec()
        (scenario.datasetName, scenario.template, scenario.selection) = (place.folder + "/data", "alpaca", .shuffled)
        scenario.sampleCount = 30
        let selected = try #require(try await place.supply(python: python).select(scenario, count: 30, seed: 5))
        #expect(selected.origin?.via == "datasets library" && selected.origin?.rows == 120)
        scenario.datasetName = file
        let plan = try Plan(scenario: scenario, seed: 5) { path in Array(try Data(contentsOf: URL(filePath: path))) }
        #expect(selected.prompts.map(\.text) == plan.requests.map(\.text))
    }

    @Test func `what the library has fetched before is read without the hub`() async throws {
        let python = try #require(ProcessInfo.processInfo.environment["JOULEBENCH_TEST_DATASETS_PYTHON"])
        let place = try Place()
        defer { place.remove() }
        let file = try place.write("rows.jsonl", (0..<120).map { json(fields($0)) + "\n" }.joined())
        let fill = Process()
        fill.executableURL = URL(filePath: python)
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Fixtures/fill_datasets_cache.py")
        fill.arguments = [script.path, file, "tatsu-lab/alpaca"]
        fill.environment = ProcessInfo.processInfo.environment.merging(["HF_HOME": place.folder]) { $1 }
        try fill.run()
        fill.waitUntilExit()
        try #require(fill.terminationStatus == 0)
        var scenario = ScenarioSpec()
        (scenario.datasetName, scenario.selection, scenario.sampleCount) = ("alpaca", .shuffled, 30)
        let supply = place.supply(["HF_DATASETS_SERVER": "http://127.0.0.1:9"], python: python)
        let selected = try #require(try await supply.select(scenario, count: 30, seed: 5))
        #expect(selected.origin?.via == "datasets library" && selected.origin?.rows == 120)
        (scenario.datasetName, scenario.template) = (file, "alpaca")
        let plan = try Plan(scenario: scenario, seed: 5) { path in Array(try Data(contentsOf: URL(filePath: path))) }
        #expect(selected.prompts.map(\.text) == plan.requests.map(\.text))
    }
}

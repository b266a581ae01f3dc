import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleSinks

/// The script under the machine's own Python, with a stand-in for the package; the real one has its test among the services.
struct WandBSinkTests {
    /// A module `wandb` that writes down what it is given.
    private static let module = """
        import json, os
        Settings = type("Settings", (), {"model_fields": {"silent": 1}, "__init__": lambda self, **given: None})
        log = {"rows": [], "summary": {}, "files": []}
        class Run:
            url = None if os.environ.get("WANDB_MODE") == "offline" else "https://wandb.example/runs/1"
            dir = os.getcwd() + "/files"
            settings = type("S", (), {"mode": os.environ.get("WANDB_MODE", "online")})
            summary = type("U", (), {"update": staticmethod(lambda given: log["summary"].update(given))})
            def define_metric(self, *names, **options): pass
            def log(self, row): log["rows"].append(row)
            def save(self, path, **options): log["files"].append(path)
            def finish(self, exit_code):
                log["exit_code"] = exit_code
                with open(os.environ["STAND_IN_LOG"], "w") as file: json.dump(log, file)
        def init(**given):
            print("words of the package")
            if os.environ.get("WANDB_API_KEY") == "wrong": raise ValueError("No API key configured. Use `wandb login`")
            given.pop("settings")
            log["init"] = given
            log["base_url"] = os.environ.get("WANDB_BASE_URL")
            return Run()
        """

    /// The interpreter with that module, and where it writes.
    private func interpreter(_ run: TestRun, module: String? = Self.module) throws -> String {
        if let module {
            try FileManager.default.createDirectory(atPath: run.folder + "/modules", withIntermediateDirectories: true)
            try Data(module.utf8).write(to: URL(filePath: run.folder + "/modules/wandb.py"))
        }
        let path = run.folder + "/python"
        let script = """
            #!/bin/sh
            export PYTHONPATH='\(run.folder)/modules' STAND_IN_LOG='\(run.folder)/log.json' WANDB_MODE=${STAND_IN_MODE:-online}
            exec python3 -I -c "
            import sys, runpy
            sys.path.insert(0, '\(run.folder)/modules')
            sys.argv = sys.argv[1:]
            runpy.run_path(sys.argv[0], run_name='__main__')" "$@"

            """
        try Data(script.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func sink(_ run: TestRun, python: String, _ variables: [String: String] = [:], keyVariable: String? = nil) throws -> WandBSink {
        let reporter = ReporterSpec(
            kind: .wandb, url: "https://wandb.example", project: "energy", apiKeyVariable: keyVariable, python: python)
        return try WandBSink(reporter, variables: variables.merging(["JOULEBENCH_CACHE": run.folder + "/cache"]) { $1 })
    }

    @Test func `the package gets the configuration, the figures, the power over time and the files`() async throws {
        let run = try TestRun()
        let place = try await sink(run, python: try interpreter(run)).send(run.sent)
        #expect(place == "https://wandb.example/runs/1")
        let log = try JSONDecoder().decode(JSONValue.self, from: try Data(contentsOf: URL(filePath: run.folder + "/log.json")))
        #expect(log["init"]?["project"] == .string("energy") && log["base_url"] == .string("https://wandb.example"))
        #expect(log["init"]?["config"]?["backend"]?["model"] == .string("meta-llama/Llama-2-7b-hf"))
        #expect(log["init"]?["tags"]?.list.contains(.string("power_capped")) == true)
        #expect(log["summary"]?["energy_joules_gpu"]?.number == 31_512 && log["summary"]?["run_id"] == .string("exp_20261121_093000"))
        #expect(log["rows"]?.list.count == 600)
        #expect(log["rows"]?.list.first?["power_watts/gpu · NVIDIA H200 #0"]?.number == 400)
        #expect(log["files"] == .array([.string(run.folder + "/summary.json")]) && log["exit_code"] == .integer(0))
        #expect(!FileManager.default.fileExists(atPath: run.folder + "/.wandb-run.json"))
    }

    @Test func `a package that is not there names the command that brings it`() async throws {
        let run = try TestRun()
        let sink = try sink(run, python: try interpreter(run, module: nil))
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        #expect(failure.code == "reporter.no-wandb" && failure.remedy?.contains("joulebench setup wandb") == true)
        let absent = try await self.failureOf { _ = try WandBSink(ReporterSpec(kind: .wandb), variables: ["JOULEBENCH_CACHE": run.folder]) }
        #expect(absent?.code == "reporter.no-wandb" && absent?.remedy?.contains("joulebench setup wandb") == true)
    }

    private func failureOf(_ body: () throws -> Void) async throws -> Failure? { try await failure { try body() } }

    @Test func `a refused key is told in the package's words, and never shown`() async throws {
        let run = try TestRun()
        let sink = try sink(run, python: try interpreter(run), ["KEY": "wrong"], keyVariable: "KEY")
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        #expect(failure.code == "reporter.key" && failure.cause == "No API key configured. Use `wandb login`")
        #expect(failure.remedy?.contains("WANDB_MODE=offline") == true && !failure.description.contains("wrong"))
    }

    @Test func `an interpreter that breaks off is told with its last words`() async throws {
        let run = try TestRun()
        let path = run.folder + "/python"
        try Data("#!/bin/sh\necho out of memory >&2\nexit 9\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let sink = try sink(run, python: path)
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        #expect(failure.code == "reporter.refused" && failure.cause == "out of memory (exit code 9)")
    }

    @Test func `a package that never comes back is ended`() async throws {
        let run = try TestRun()
        let path = run.folder + "/python"
        try Data("#!/bin/sh\nexec sleep 600\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let sink = try WandBSink(
            ReporterSpec(kind: .wandb, python: path), variables: ["JOULEBENCH_CACHE": run.folder + "/cache"], timeout: .milliseconds(200))
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        #expect(failure.code == "reporter.unreachable" && failure.message.contains("within 0.2 s"))
    }

    @Test func `a run keeps its id, and no other run has it`() throws {
        let run = try TestRun()
        let other = try TestRun()
        #expect(WandBSink.id(of: run.sent) == WandBSink.id(of: run.sent) && WandBSink.id(of: run.sent) != WandBSink.id(of: other.sent))
        #expect(WandBSink.id(of: run.sent).hasPrefix("exp_20261121_093000-"))
    }
}

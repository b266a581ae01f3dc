import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleSinks

struct MLflowSinkTests {
    private static let api = "/api/2.0/mlflow"

    /// A tracking server that knows the words of the real one.
    private static func server(
        knowsExperiment: Bool = true, artifacts: String = "mlflow-artifacts:/7/r1/artifacts",
        _ other: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply? = { _ in nil }
    ) -> LoopbackServer {
        LoopbackServer { request in
            if let reply = other(request) { return reply }
            switch request.path {
            case "\(api)/experiments/get-by-name":
                return knowsExperiment
                    ? .init(#"{"experiment": {"experiment_id": "7", "lifecycle_stage": "active"}}"#)
                    : .init(#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Could not find experiment"}"#, status: 404)
            case "\(api)/experiments/create": return .init(#"{"experiment_id": "7"}"#)
            case "\(api)/runs/create": return .init(#"{"run": {"info": {"run_id": "r1", "artifact_uri": "\#(artifacts)"}}}"#)
            default: return .init("{}")
            }
        }
    }

    private func sink(
        _ server: LoopbackServer, _ variables: [String: String] = [:], _ change: (inout ReporterSpec) -> Void = { _ in }
    ) throws -> MLflowSink {
        var reporter = ReporterSpec(kind: .mlflow, url: server.url)
        change(&reporter)
        return try MLflowSink(reporter, variables: variables)
    }

    @Test func `a run goes out as an experiment, a run, its parameters, its figures, its files and its end`() async throws {
        let server = Self.server(knowsExperiment: false)
        let run = try TestRun()
        let place = try await sink(server).send(run.sent)
        #expect(
            server.requests.map(\.line) == [
                "GET \(Self.api)/experiments/get-by-name", "POST \(Self.api)/experiments/create", "POST \(Self.api)/runs/create",
                "POST \(Self.api)/runs/log-batch", "POST \(Self.api)/runs/log-batch",
                "PUT /api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/summary.json", "POST \(Self.api)/runs/update",
            ])
        #expect(place == "\(server.url)/#/experiments/7/runs/r1")
        #expect(server.requests[0].target.hasSuffix("?experiment_name=llama2%2C%20two%20GPUs"))
        let made = try #require(server.requests[2].json)
        #expect(made["start_time"] == .integer(1_795_253_400_250))
        let tags = Dictionary(uniqueKeysWithValues: made["tags"]?.list.map { ($0["key"]?.text, $0["value"]?.text) } ?? [])
        #expect(tags["joulebench.flags"] == "power_capped,implausible" || tags["joulebench.flags"] == "implausible,power_capped")
        #expect(tags["joulebench.run_id"] == "exp_20261121_093000" && tags["joulebench.energy_method"] == "measured-counter")
        #expect(server.requests[3].json?["params"]?.list.first?["key"] == .string("backend.model"))
        let metrics = Dictionary(
            uniqueKeysWithValues: server.requests[4].json?["metrics"]?.list.map { ($0["key"]?.text, $0["value"]?.number) } ?? [])
        #expect(metrics["energy_joules_gpu"] == 31_512 && metrics["energy_joules_gpu_plus_minus"] == 1_580)
        #expect(metrics["idle_share_percent"] == 30.5 && metrics["peak_power_watts"] == nil)
        #expect(server.requests[5].text == #"{"schema_version": 1}"#)
        #expect(server.requests[6].json?["status"] == .string("FINISHED"))
    }

    @Test(arguments: [(RunState.Status.failed, "FAILED"), (.interrupted, "KILLED")])
    func `a run that did not end well says so`(_ status: RunState.Status, _ word: String) async throws {
        let server = Self.server()
        let run = try TestRun(status: status, reason: "the worker died")
        _ = try await sink(server).send(run.sent)
        #expect(server.requests.last?.json?["status"] == .string(word))
    }

    @Test func `no call holds more than the server takes`() async throws {
        let server = Self.server()
        let long = String(repeating: "ü", count: 7_000)
        let parameters = (0..<250).map { (name: "key(\($0))", value: $0 == 3 ? long : "\($0)") }
        let run = try TestRun(parameters: parameters)
        _ = try await sink(server).send(run.sent)
        let batches = server.requests.compactMap { $0.json?["params"]?.list }
        #expect(batches.map(\.count) == [100, 100, 50])
        let values = batches.joined().compactMap { $0["value"]?.text }
        #expect(values[3].unicodeScalars.count == 500 && values[3].hasSuffix("ü…"))
        #expect(batches[0][0]["key"] == .string("key_0_"))
    }

    @Test func `files stay here where the server does not hand them on`() async throws {
        let server = Self.server(artifacts: "s3://bucket/7/r1/artifacts")
        let run = try TestRun()
        _ = try await sink(server).send(run.sent)
        #expect(!server.requests.contains { $0.method == "PUT" })
        let tags = server.requests[1].json?["tags"]?.list ?? []
        #expect(tags.contains { $0["key"] == .string("joulebench.run_directory") && $0["value"] == .string(run.folder) })
    }

    @Test func `what the server says of a refused figure is told, and the run there is closed`() async throws {
        let server = Self.server { request in
            request.path.hasSuffix("log-batch") && request.json?["metrics"] != nil
                ? .init(#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid value for metric"}"#, status: 400) : nil
        }
        let run = try TestRun()
        let sink = try sink(server)
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        #expect(failure.code == "reporter.refused" && failure.message.contains("MLflow at \(server.url)"))
        #expect(failure.cause == "POST runs/log-batch: status 400: Invalid value for metric (INVALID_PARAMETER_VALUE)")
        #expect(failure.remedy != nil)
        #expect(server.requests.last?.json?["status"] == .string("FAILED"))
    }

    @Test func `an experiment that another run makes at the same moment is used`() async throws {
        let looks = Guarded(0)
        let server = Self.server(knowsExperiment: true) { request in
            switch request.path {
            case "\(Self.api)/experiments/get-by-name":
                let look = looks.withLock { count in
                    count += 1
                    return count
                }
                return look == 1 ? .init(#"{"error_code": "RESOURCE_DOES_NOT_EXIST"}"#, status: 404) : nil
            case "\(Self.api)/experiments/create": return .init(#"{"error_code": "RESOURCE_ALREADY_EXISTS"}"#, status: 400)
            default: return nil
            }
        }
        let run = try TestRun()
        #expect(try await sink(server).send(run.sent)?.hasSuffix("/experiments/7/runs/r1") == true)
    }

    @Test func `a deleted experiment is named with the command that restores it`() async throws {
        let server = Self.server { request in
            request.path.hasSuffix("get-by-name")
                ? .init(#"{"experiment": {"experiment_id": "9", "lifecycle_stage": "deleted"}}"#) : nil
        }
        let run = try TestRun()
        let sink = try sink(server) { $0.experiment = "old" }
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        #expect(failure.message.contains("`old`") && failure.remedy?.contains("mlflow experiments restore -x 9") == true)
    }

    @Test func `keys come from the environment, and no failure shows them`() async throws {
        let server = Self.server { $0.path.hasSuffix("get-by-name") ? .init("who are you?", status: 401) : nil }
        let run = try TestRun()
        let usual = try sink(server, ["MLFLOW_TRACKING_TOKEN": "sesame"])
        let told = try #require(try await failure { _ = try await usual.send(run.sent) })
        #expect(told.code == "reporter.key" && told.cause?.contains("who are you?") == true)
        #expect(!told.description.contains("sesame") && told.remedy?.contains("token_env") == true)
        #expect(server.requests.last?.headers["authorization"] == "Bearer sesame")
        let named = try sink(server, ["U": "ada", "P": "sesame"]) { ($0.userVariable, $0.passwordVariable) = ("U", "P") }
        _ = try await failure { _ = try await named.send(run.sent) }
        #expect(server.requests.last?.headers["authorization"] == "Basic YWRhOnNlc2FtZQ==")
        let unset = try await failure { _ = try sink(server) { $0.tokenVariable = "NOT_SET" } }
        #expect(unset?.code == "reporter.key" && unset?.message.contains("`NOT_SET`") == true)
    }

    @Test func `the address may come from MLflow's own variable, and a store of files is no server`() async throws {
        let server = Self.server()
        let run = try TestRun()
        let sink = try MLflowSink(
            ReporterSpec(kind: .mlflow),
            variables: ["MLFLOW_TRACKING_URI": server.url + "/below/", "MLFLOW_EXPERIMENT_NAME": "theirs"])
        _ = try? await sink.send(run.sent)
        #expect(server.requests.first?.target == "/below\(Self.api)/experiments/get-by-name?experiment_name=theirs")
        for variables in [[:], ["MLFLOW_TRACKING_URI": "file:///tmp/mlruns"]] {
            let failure = try await failure { _ = try MLflowSink(ReporterSpec(kind: .mlflow), variables: variables) }
            #expect(failure?.code == "reporter.url" && failure?.remedy != nil)
        }
    }
}

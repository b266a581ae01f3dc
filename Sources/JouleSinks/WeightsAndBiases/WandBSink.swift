import Foundation
import JouleModel
import JouleProcess
import JouleReport
import JouleUnits

/// Weights & Biases by its own Python package, for the service describes no other way in. With `WANDB_MODE=offline` the package writes
/// into the run's folder, and no network is needed.
package struct WandBSink: Sink {
    package static let usualProject = "joulebench"

    package let destination: String
    private let reporter: ReporterSpec
    private let interpreter: String
    private let installation: WandBInstallation
    private let environment: [String: String]
    private let timeout: Duration

    /// - Parameter timeout: of everything that the package does.
    /// - Throws: `reporter.key`, `reporter.no-wandb`.
    package init(_ reporter: ReporterSpec, variables: [String: String], timeout: Duration = .seconds(180)) throws(Failure) {
        installation = WandBInstallation(variables: variables)
        self.reporter = reporter
        self.timeout = timeout
        let keys = ServiceKeys(service: "Weights & Biases", variables: variables)
        var environment: [String: String] = [:]
        if let variable = reporter.apiKeyVariable { environment["WANDB_API_KEY"] = try keys.value(of: variable, else: nil) }
        if let url = reporter.url { environment["WANDB_BASE_URL"] = url }
        self.environment = environment
        interpreter = reporter.python ?? installation.interpreter
        if reporter.python == nil, !FileManager.default.isExecutableFile(atPath: interpreter) {
            throw Failure(
                "reporter.no-wandb",
                "there is no Python environment with the package wandb at \(installation.virtualEnvironment)",
                remedy: "run `joulebench setup wandb` once, or name an interpreter that has wandb in `python` of the reporter")
        }
        let project = [reporter.entity ?? variables["WANDB_ENTITY"], Self.project(reporter, variables)].compactMap(\.self).joined(
            separator: "/")
        let url = reporter.url ?? variables["WANDB_BASE_URL"] ?? "https://wandb.ai"
        let place = variables["WANDB_MODE"] == "offline" ? "offline" : URLSecrets.hidden(url)
        destination = "\(place), project \(project)"
        self.project = Self.project(reporter, variables)
    }

    private let project: String

    private static func project(_ reporter: ReporterSpec, _ variables: [String: String]) -> String {
        reporter.project ?? variables["WANDB_PROJECT"].flatMap { $0.isEmpty ? nil : $0 } ?? usualProject
    }

    package func send(_ run: SentRun) async throws(Failure) -> String? {
        let script = try installation.installScript()
        // By a file and not by a pipe: an interpreter that cannot start must not break the pipe under the writer.
        let file = run.directory + "/.wandb-run.json"
        guard FileManager.default.createFile(atPath: file, contents: Data(job(run).line())) else {
            throw Failure(
                "reporter.file", "\(file) cannot be written", remedy: "see that the folder of the run has room and may be written")
        }
        defer { try? FileManager.default.removeItem(atPath: file) }
        var spec = ChildSpec(executable: interpreter, arguments: [script, file], environment: environment, ownGroup: true)
        spec.environment["PYTHONUNBUFFERED"] = "1"
        let ended = try await ended(spec)
        let answer = ended.output.split(separator: "\n").last.flatMap { try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
        if let error = answer?["error"]?.text { throw failure(error, kind: answer?["kind"]?.text) }
        guard ended.exit == .code(0), let answer else {
            throw failure(ServiceClient.excerpt(String(ended.error.suffix(2_000))) + " (\(ended.exit))", kind: nil)
        }
        if let url = answer["url"]?.text { return url }
        return answer["directory"]?.text.map { "\($0); `wandb sync` sends it" }
    }

    private typealias Ended = (exit: ChildExit, output: String, error: String)

    /// The child's end, or `reporter.unreachable` when it takes too long. Runs in a task of its own, so that a run that was interrupted is
    /// sent like others.
    private func ended(_ spec: ChildSpec) async throws(Failure) -> Ended {
        let timeout = timeout
        let task = Task.detached { () -> Ended? in
            try await withThrowingTaskGroup(of: Ended?.self) { group in
                group.addTask { try await capture(spec) }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
        do {
            if let ended = try await task.value { return ended }
        } catch let failure as Failure {
            throw Failure(
                "reporter.no-wandb", "the interpreter of the reporter `wandb` does not start", cause: failure.message,
                remedy: failure.remedy)
        } catch {
            throw failure("\(error)", kind: nil)
        }
        throw Failure(
            "reporter.unreachable", "Weights & Biases did not take the run within \(timeout.seconds) s",
            remedy: "see that this machine reaches it, or set WANDB_MODE=offline and send with `wandb sync` later")
    }

    private func failure(_ error: String, kind: String?) -> Failure {
        let cause = ServiceClient.excerpt(error)
        return switch kind {
        case "package":
            Failure(
                "reporter.no-wandb", "the interpreter of the reporter `wandb` has no such package", cause: cause,
                remedy: "run `joulebench setup wandb` once, or name an interpreter that has wandb in `python` of the reporter")
        case "key":
            Failure(
                "reporter.key", "Weights & Biases does not let us in", cause: cause,
                remedy: "export WANDB_API_KEY, name its variable in api_key_env, or set WANDB_MODE=offline")
        default:
            Failure(
                "reporter.refused", "Weights & Biases did not take the run", cause: cause,
                remedy: "see that this machine reaches it, or set WANDB_MODE=offline and send with `wandb sync` later")
        }
    }

    /// What the script is given.
    private func job(_ run: SentRun) -> JSONValue {
        let history = PowerHistory(summary: run.summary, recording: run.recording)
        let rows = history.rows.map { row in
            var members: [String: JSONValue] = ["time_seconds": .number(row.seconds)]
            for (name, watts) in zip(history.names, row.watts) { if let watts { members["power_watts/\(name)"] = .number(watts) } }
            return JSONValue.object(members)
        }
        let metrics = RunMetrics.all(of: run.summary).map { ($0.name, JSONValue.number($0.value)) }
        let facts: [(String, String)] = [
            ("run_id", run.summary.runID), ("status", run.summary.status.rawValue), ("energy_method", run.energyMethod),
            ("headline_scope", run.summary.headlineScope.rawValue), ("window_verdict", run.summary.windowVerdict.rawValue),
        ]
        let marks = [run.energyMethod, "scope:\(run.summary.headlineScope.rawValue)"] + run.flags.map(\.rawValue)
        var config = Self.nested(run.parameters)
        config["joulebench"] = .object([
            "version": .string(run.recording.environment.joulebench), "digest": .string(run.digest), "host": .string(run.host),
            "run_directory": .string(run.directory),
        ])
        var job: [String: JSONValue] = [
            "project": .string(project), "name": .string(run.summary.name), "id": .string(Self.id(of: run)),
            "notes": .string(run.summary.energyReason ?? ""), "tags": .array(marks.map { .string(String($0.prefix(64))) }),
            "config": .object(config), "history": .array(rows), "directory": .string(run.directory),
            "summary": .object(Dictionary(metrics + facts.map { ($0, .string($1)) }) { first, _ in first }),
            "files": .array(run.files.map { .string($0.path) }), "exit_code": .integer(run.summary.status == .completed ? 0 : 1),
            "timeout_seconds": .integer(60),
        ]
        if let entity = reporter.entity { job["entity"] = .string(entity) }
        return .object(job)
    }

    /// The same id whenever this run is sent, and another one for every other run of any machine.
    static func id(of run: SentRun) -> String {
        let seed = "\(run.host) \(run.directory) \(run.start)"
        return "\(run.summary.runID)-\(SHA256.hexDigest(of: seed).prefix(8))"
    }

    /// `backend.model` as `{backend: {model}}`, as the pages of the service fold it.
    static func nested(_ parameters: [(name: String, value: String)]) -> [String: JSONValue] {
        var tree: [String: JSONValue] = [:]
        for (name, value) in parameters { insert(.string(value), at: name.split(separator: ".").map(String.init)[...], into: &tree) }
        return tree
    }

    private static func insert(_ value: JSONValue, at path: ArraySlice<String>, into tree: inout [String: JSONValue]) {
        guard let key = path.first else { return }
        guard path.count > 1 else {
            tree[key] = value
            return
        }
        var below: [String: JSONValue] = [:]
        if case .object(let members) = tree[key] { below = members }
        insert(value, at: path.dropFirst(), into: &below)
        tree[key] = .object(below)
    }
}

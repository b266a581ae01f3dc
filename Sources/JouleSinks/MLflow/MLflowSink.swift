import Foundation
import JouleHTTP
import JouleModel
import JouleReport
import JouleUnits

/// MLflow's tracking server, by its REST API 2.0: an experiment, and in it one run for each of ours.
///
/// Names and limits: https://mlflow.org/docs/latest/rest-api.html.
package struct MLflowSink: Sink {
    package let destination: String
    private let client: ServiceClient
    private let experiment: String?

    /// - Throws: `reporter.url`, `reporter.key`.
    package init(_ reporter: ReporterSpec, variables: [String: String]) throws(Failure) {
        let keys = ServiceKeys(service: "MLflow", variables: variables)
        guard let url = reporter.url ?? variables["MLFLOW_TRACKING_URI"], !url.isEmpty else {
            throw Failure(
                "reporter.url", "the reporter `mlflow` does not know where its server is",
                remedy: "add url: http://HOST:5000, or export MLFLOW_TRACKING_URI")
        }
        guard reporter.url != nil || url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw Failure(
                "reporter.url", "MLFLOW_TRACKING_URI is no address of a server: runs are sent over HTTP, not into files or databases",
                remedy: "start `mlflow server` over that store, and name it as http://HOST:5000")
        }
        var headers: [(name: String, value: String)] = []
        if reporter.userVariable != nil || reporter.tokenVariable == nil && variables["MLFLOW_TRACKING_TOKEN"] == nil {
            let user = try keys.value(of: reporter.userVariable, else: "MLFLOW_TRACKING_USERNAME")
            let password = try keys.value(of: reporter.passwordVariable, else: "MLFLOW_TRACKING_PASSWORD")
            if let user, let password { headers.append(ServiceKeys.basic(user: user, password: password)) }
        } else if let token = try keys.value(of: reporter.tokenVariable, else: "MLFLOW_TRACKING_TOKEN") {
            headers.append(("Authorization", "Bearer \(token)"))
        }
        client = try ServiceClient(
            service: "MLflow", url: url, variable: reporter.url == nil ? "MLFLOW_TRACKING_URI" : "reporter.url",
            keyRemedy: "name the variable of its token in token_env, or of user and password in user_env and password_env",
            authorization: headers, insecure: variables["MLFLOW_TRACKING_INSECURE_TLS"] == "true")
        destination = client.shown
        experiment = reporter.experiment ?? variables["MLFLOW_EXPERIMENT_NAME"].flatMap { $0.isEmpty ? nil : $0 }
    }

    package func send(_ run: SentRun) async throws(Failure) -> String? {
        let name = experiment ?? run.recording.experiment.metrics.projectName ?? run.summary.name
        let experiment = try await experimentID(name)
        let made = try await post(
            "runs/create",
            .object([
                "experiment_id": .string(experiment), "run_name": .string("\(run.summary.name) \(run.summary.runID)"),
                "start_time": milliseconds(run.start), "tags": MLflowRecord.pairs(MLflowRecord.tags(of: run)),
            ]))
        guard let info = made["run"]?["info"], let id = info["run_id"]?.text else {
            throw unexpected("runs/create")
        }
        do throws(Failure) {
            for batch in MLflowRecord.batches(of: run, timestamp: milliseconds(run.end)) {
                try await post("runs/log-batch", .object(batch.merging(["run_id": .string(id)]) { $1 }))
            }
            if let folder = info["artifact_uri"]?.text.flatMap(Self.uploadPath) { try await upload(run.files, to: folder) }
        } catch {
            // A run that is half there must not look as if it were still going on.
            _ = try? await close(id, run, status: "FAILED")
            throw error
        }
        try await close(id, run, status: Self.status(of: run.summary.status))
        return "\(client.shown)/#/experiments/\(experiment)/runs/\(id)"
    }

    /// The experiment of a name, made if there is none.
    private func experimentID(_ name: String) async throws(Failure) -> String {
        if let found = try await existing(name) { return found }
        let body = JSONValue.object(["name": .string(name)])
        let reply = try await client.answer("POST", Self.page("experiments/create"), type: "application/json", body: body.line())
        if reply.isSuccess, let id = JSONValue(reply)?["experiment_id"]?.text { return id }
        // Another run may have made it meanwhile.
        if JSONValue(reply)?["error_code"]?.text == "RESOURCE_ALREADY_EXISTS", let found = try await existing(name) { return found }
        throw refusal(reply, of: "POST experiments/create")
    }

    private func existing(_ name: String) async throws(Failure) -> String? {
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let query = name.addingPercentEncoding(withAllowedCharacters: plain) ?? name
        let reply = try await client.answer("GET", Self.page("experiments/get-by-name?experiment_name=\(query)"))
        let answer = JSONValue(reply)
        if answer?["error_code"]?.text == "RESOURCE_DOES_NOT_EXIST" { return nil }
        guard reply.isSuccess, let found = answer?["experiment"], let id = found["experiment_id"]?.text else {
            throw refusal(reply, of: "GET experiments/get-by-name")
        }
        guard found["lifecycle_stage"]?.text != "deleted" else {
            throw Failure(
                "reporter.refused", "the experiment `\(name)` of MLflow at \(client.shown) is deleted",
                remedy: "restore it (`mlflow experiments restore -x \(id)`), or name another one in reporter.experiment")
        }
        return id
    }

    private func close(_ id: String, _ run: SentRun, status: String) async throws(Failure) {
        try await post(
            "runs/update", .object(["run_id": .string(id), "status": .string(status), "end_time": milliseconds(run.end)]))
    }

    /// Through the server's own proxy, where it has one; stores that only MLflow's Python client can reach are left alone.
    private func upload(_ files: [SentRun.File], to folder: String) async throws(Failure) {
        for file in files {
            guard let bytes = FileManager.default.contents(atPath: file.path) else { continue }
            let page = "/api/2.0/mlflow-artifacts/artifacts/\(folder)/\(file.name)"
            try await client.carryOut("PUT", page, type: "application/octet-stream", body: Array(bytes))
        }
    }

    /// `1/4f0c…/artifacts` of `mlflow-artifacts:/1/4f0c…/artifacts`; nil for other stores.
    static func uploadPath(_ uri: String) -> String? {
        let scheme = "mlflow-artifacts:/"
        guard uri.hasPrefix(scheme), !uri.hasPrefix(scheme + "/") else { return nil }
        return String(uri.dropFirst(scheme.count))
    }

    @discardableResult
    private func post(_ page: String, _ body: JSONValue) async throws(Failure) -> JSONValue {
        let reply = try await client.answer("POST", Self.page(page), type: "application/json", body: body.line())
        guard reply.isSuccess else { throw refusal(reply, of: "POST \(page)") }
        guard let answer = JSONValue(reply) else { throw unexpected(page) }
        return answer
    }

    /// With MLflow's own words, where the answer is one of MLflow's.
    private func refusal(_ reply: HTTPReply, of request: String) -> Failure {
        let answer = JSONValue(reply)
        let words = answer?["message"]?.text.map { "\($0) (\(answer?["error_code"]?.text ?? "no code"))" }
        return client.refusal(reply, of: request, words: words)
    }

    private func unexpected(_ page: String) -> Failure {
        Failure(
            "reporter.refused", "MLflow at \(client.shown) answers \(page) with something else than its API describes",
            remedy: "see that this is the address of a tracking server")
    }

    private static func page(_ name: String) -> String { "/api/2.0/mlflow/\(name)" }

    private func milliseconds(_ seconds: Double) -> JSONValue { .integer(Int64((seconds * 1_000).rounded())) }

    private static func status(of status: RunState.Status) -> String {
        switch status {
        case .completed: "FINISHED"
        case .running, .failed: "FAILED"
        case .interrupted, .killed: "KILLED"
        }
    }
}

import Foundation
import Testing

private let variables = ProcessInfo.processInfo.environment

/// A service on a loopback port for one test; it ends with it.
private struct Service {
    let child: Child
    let url: String

    /// - Parameter command: given the port.
    init(_ scene: Scene, _ name: String, health: String, environment: [String: String] = [:], _ command: (Int) throws -> [String])
        async throws
    {
        let port = try freePort()
        url = "http://127.0.0.1:\(port)"
        child = try Child(
            try command(port), environment: scene.environment.merging(environment) { $1 }, output: scene.file("service-\(name)"))
        // Python servers take their time on a busy machine.
        for _ in 0..<240 where try await Page(url + health, scene) == nil {
            try #require(child.status == nil, "\(child.error)")
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}

/// What a service answers.
private struct Page {
    let text: String
    var json: JSON { get throws { try JSON(parsing: text) } }

    /// nil where there is no answer, or one that is none of success.
    init?(_ url: String, post body: String? = nil, headers: [String: String] = [:], _ scene: Scene) async throws {
        let script = """
            import sys, json, urllib.request
            url, body, headers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
            request = urllib.request.Request(url, data=body.encode() or None, headers=headers)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            print(opener.open(request, timeout=20).read().decode())
            """
        let options = String(decoding: try JSONEncoder().encode(headers), as: UTF8.self)
        let child = try Child(
            [Tool.python, "-c", script, url, body ?? "", options], environment: scene.environment,
            output: scene.file("page-\(UUID().uuidString)"))
        let ended = try await child.wait()
        guard ended.status == 0 else { return nil }
        text = ended.output
    }
}

extension Scene {
    /// One short run with one reporter.
    fileprivate func report(
        to reporter: String, name: String = "a run", environment: [String: String] = [:]
    ) async throws -> (ended: Ended, run: RunFolder) {
        let config = try config(requests: 4, more: "name: \(name)\nreporter: [json, html, \(reporter)]")
        let ended = try await run(runOptions(config), environment: environment)
        return (ended, try #require(runs.last, "\(ended.error)"))
    }
}

/// MLflow's own server, asked by its own API.
@Suite(.enabled(if: variables["JOULEBENCH_MLFLOW_PYTHON"] != nil, "needs MLflow: `make test-services`"))
struct ServiceMLflowTests {
    @Test func `MLflow has the run with its parameters, figures, tags and files`() async throws {
        let scene = try Scene()
        let python = try #require(variables["JOULEBENCH_MLFLOW_PYTHON"])
        let quiet = ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"]
        let server = try await Service(scene, "mlflow", health: "/health", environment: quiet) { port in
            [
                python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", "\(port)", "--workers", "1", "--backend-store-uri",
                "sqlite:///\(scene.file("mlflow.sqlite"))", "--artifacts-destination", scene.file("artifacts"),
            ]
        }
        // Twice: the experiment is made, and found again.
        for _ in 1...2 {
            let (ended, _) = try await scene.report(
                to: "{type: mlflow, experiment: \"läufe & co\"}", environment: ["MLFLOW_TRACKING_URI": server.url])
            #expect(ended.status == 0, "\(ended.error)")
            #expect(ended.error.contains("\(server.url)/#/experiments/"))
        }
        let api = server.url + "/api/2.0/mlflow"
        let found = try #require(
            try await Page(api + "/experiments/get-by-name?experiment_name=l%C3%A4ufe%20%26%20co", scene))
        let experiment = try #require(try found.json["experiment"]["experiment_id"].text)
        let search = try #require(
            try await Page(
                api + "/runs/search", post: #"{"experiment_ids": ["\#(experiment)"]}"#, headers: ["Content-Type": "application/json"],
                scene))
        let runs = try search.json["runs"].list
        try #require(runs.count == 2 && scene.runs.count == 2)
        let ids = Set(scene.runs.map { URL(filePath: $0.path).lastPathComponent })
        #expect(Set(runs.compactMap { Self.value("joulebench.run_id", in: $0["data"]["tags"]).text }) == ids)
        let run = runs[0]
        #expect(run["info"]["status"].text == "FINISHED")
        #expect(Self.value("scenario.num_samples", in: run["data"]["params"]).text == "4")
        #expect(Self.value("requests_completed", in: run["data"]["metrics"]).number == 4)
        #expect(Self.value("energy_joules_system", in: run["data"]["metrics"]).isPositive)
        #expect(Self.value("joulebench.energy_method", in: run["data"]["tags"]).text == "modelled")
        let id = try #require(run["info"]["run_id"].text)
        let files = try #require(try await Page(api + "/artifacts/list?run_id=\(id)", scene)).json["files"].list
        #expect(Set(files.compactMap { $0["path"].text }).isSuperset(of: ["summary.json", "report.html"]))
        #expect(files.allSatisfy { $0["file_size"].isPositive })
        server.child.send(SIGTERM)
    }

    private static func value(_ key: String, in pairs: JSON) -> JSON { pairs.list.first { $0["key"].text == key }?["value"] ?? .absent }
}

/// The real package without a network, read back by itself.
@Suite(.enabled(if: variables["JOULEBENCH_WANDB_PYTHON"] != nil, "needs wandb: `make test-services`"))
struct ServiceWandBTests {
    @Test func `the package keeps the run offline, and what it kept can be read back`() async throws {
        let scene = try Scene()
        let python = try #require(variables["JOULEBENCH_WANDB_PYTHON"])
        let (ended, run) = try await scene.report(
            to: "{type: wandb, project: energy, python: \(python)}", environment: ["WANDB_MODE": "offline"])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.error.contains("`wandb sync`"))
        let reader = try scene.write(
            "reader.py",
            """
            import glob, json, struct, sys
            from wandb.proto import wandb_internal_pb2

            def records(path):
                # Blocks of 32 KiB with pieces of records, each behind a checksum, a length and its kind (whole, first, middle, last).
                data = open(path, "rb").read()
                place, parts = 7, b""
                while place + 7 <= len(data):
                    left = 32768 - place % 32768
                    if left < 7:
                        place += left
                        continue
                    _, length, kind = struct.unpack("<IHB", data[place:place + 7])
                    parts += data[place + 7:place + 7 + length]
                    place += 7 + length
                    if kind in (1, 4):
                        record = wandb_internal_pb2.Record()
                        record.ParseFromString(parts)
                        parts = b""
                        yield record

            found = {"summary": {}, "config": {}, "rows": 0, "files": []}
            def members(items):
                return {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in items}
            for record in records(glob.glob(sys.argv[1] + "/wandb/offline-run-*/*.wandb")[0]):
                if record.HasField("run"):
                    found.update(project=record.run.project, tags=list(record.run.tags), id=record.run.run_id)
                    found["config"].update(members(record.run.config.update))
                if record.HasField("summary"): found["summary"].update(members(record.summary.update))
                if record.HasField("history"): found["rows"] += 1
                if record.HasField("files"): found["files"] += [file.path for file in record.files.files]
            print(json.dumps(found))
            """)
        let child = try Child([python, reader, run.path], environment: scene.environment, output: scene.file("read"))
        let read = try await child.wait()
        try #require(read.status == 0, "\(read.error)")
        let found = try read.json
        #expect(found["project"].text == "energy" && found["id"].text?.hasPrefix("exp_") == true)
        #expect(found["config"]["scenario"]["num_samples"].text == "4")
        #expect(found["summary"]["requests_completed"].number == 4 && found["summary"]["energy_joules_system"].isPositive)
        #expect(found["tags"].list.contains(.text("energy_modelled")))
        #expect(found["rows"].isPositive && found["files"].list.contains(.text("summary.json")))
    }

    @Test func `without a key the run is kept, and the reason is told`() async throws {
        let scene = try Scene()
        let python = try #require(variables["JOULEBENCH_WANDB_PYTHON"])
        let (ended, run) = try await scene.report(to: "{type: wandb, project: energy, python: \(python)}")
        #expect(ended.status == 3)
        #expect(ended.error.contains("[reporter.key]") && ended.error.contains("WANDB_API_KEY"), "\(ended.error)")
        #expect(run.has("summary.json") && run.has("report.html"))
    }
}

/// Debian's ClickHouse, the oldest that is spoken to.
@Suite(.enabled(if: variables["JOULEBENCH_CLICKHOUSE_SERVER"] != nil, "needs ClickHouse: `make test-services`"))
struct ServiceClickHouseTests {
    private func server(_ scene: Scene) async throws -> Service {
        for folder in ["data", "tmp"] { try scene.write("clickhouse/\(folder)/.keep", "") }
        let users = try scene.write(
            "clickhouse/users.xml",
            """
            <yandex><profiles><default><max_memory_usage>500000000</max_memory_usage></default></profiles><quotas><default/></quotas>
            <users><joule><password>sesame</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
            <quota>default</quota></joule></users></yandex>
            """)
        let tcp = try freePort()
        let program = try #require(variables["JOULEBENCH_CLICKHOUSE_SERVER"])
        return try await Service(scene, "clickhouse", health: "/ping") { port in
            let config = try scene.write(
                "clickhouse/config.xml",
                """
                <yandex><logger><level>warning</level><console>1</console></logger><http_port>\(port)</http_port><tcp_port>\(tcp)</tcp_port>
                <listen_host>127.0.0.1</listen_host><path>\(scene.file("clickhouse/data"))/</path>
                <tmp_path>\(scene.file("clickhouse/tmp"))/</tmp_path><users_config>\(users)</users_config>
                <default_profile>default</default_profile><default_database>default</default_database>
                <mark_cache_size>67108864</mark_cache_size></yandex>
                """)
            return [program, "--config-file=\(config)"]
        }
    }

    @Test func `ClickHouse has one row a run, with any text, in a table of ours and in an older one`() async throws {
        let scene = try Scene()
        let server = try await server(scene)
        let keys = ["CLICKHOUSE_USER": "joule", "CLICKHOUSE_PASSWORD": "sesame"]
        let headers = ["X-ClickHouse-User": "joule", "X-ClickHouse-Key": "sesame"]
        func query(_ statement: String) async throws -> Page {
            try #require(try await Page(server.url, post: statement, headers: headers, scene), "\(statement)")
        }
        _ = try await query("CREATE DATABASE old")
        _ = try await query(
            "CREATE TABLE old.runs (started_at DateTime('UTC'), run_id String, theirs UInt8 DEFAULT 7) ENGINE = MergeTree() PARTITION BY tuple() ORDER BY run_id"
        )
        let name = #""quote\" 'single' `tick` \\ tab\t line\nline\r\n zero\x01 é 日本 👩‍🔬 \u2028 {}""#
        let reporters = "{type: clickhouse, url: \(server.url)}, {type: clickhouse, url: \(server.url), table: old.runs}"
        let (ended, run) = try await scene.report(to: reporters, name: name, environment: keys)
        #expect(ended.status == 0, "\(ended.error)")
        for table in ["joulebench_runs", "old.runs"] {
            let rows = try await query("SELECT * FROM \(table) FORMAT JSON").json["data"].list
            try #require(rows.count == 1)
            let row = rows[0]
            let summary = try run.summary
            #expect(row["run_id"].text == URL(filePath: run.path).lastPathComponent)
            #expect(row["name"].text == summary["name"].text && row["name"].text?.contains("\n") == true)
            #expect(
                row["energy_joules"].number == summary["energies"].list.first { $0["scope"].text == "system" }?["gross"]["value"].number)
            #expect(row["requests_completed"].text == "4" && row["energy_method"].text == "modelled")
            #expect(row["flags"].list.contains(.text("energy_modelled")))
            #expect(try JSON(parsing: row["summary"].text ?? "") == summary)
            #expect(row["started_at"].text?.prefix(10) == summary["started_at"].text?.prefix(10))
        }
        let theirs = try await query("SELECT theirs FROM old.runs").text
        #expect(theirs.trimmingCharacters(in: .whitespacesAndNewlines) == "7")
        let refused = try await scene.report(to: "{type: clickhouse, url: \(server.url)}", environment: ["CLICKHOUSE_USER": "nobody"])
        #expect(refused.ended.status == 3 && refused.ended.error.contains("[reporter.key]"), "\(refused.ended.error)")
        server.child.send(SIGTERM)
    }
}

/// The real Pushgateway, and the checker of Prometheus.
@Suite(.enabled(if: variables["JOULEBENCH_PUSHGATEWAY_GATEWAY"] != nil, "needs prometheus-pushgateway: `make test-services`"))
struct ServicePushgatewayTests {
    @Test func `the gateway has the run's families with their types, and the next run takes their place`() async throws {
        let scene = try Scene()
        let program = try #require(variables["JOULEBENCH_PUSHGATEWAY_GATEWAY"])
        let gateway = try await Service(scene, "pushgateway", health: "/-/ready") {
            // Debian's keeps its groups in a file of the system otherwise.
            ["\(program)", "--web.listen-address=127.0.0.1:\($0)", "--persistence.file="]
        }
        for _ in 1...2 {
            let (ended, _) = try await scene.report(to: "{type: prometheus, url: \(gateway.url)}", name: "\"läufe/eins\"")
            #expect(ended.status == 0, "\(ended.error)")
        }
        let groups = try #require(try await Page(gateway.url + "/api/v1/metrics", scene)).json["data"].list
        try #require(groups.count == 1)
        let group = groups[0]
        #expect(group["labels"]["job"].text == "joulebench" && group["labels"]["experiment"].text == "läufe/eins")
        #expect(group["joulebench_energy_joules_total"]["type"].text == "COUNTER")
        #expect(group["joulebench_request_latency_seconds"]["type"].text == "HISTOGRAM")
        #expect(group["joulebench_request_latency_seconds"]["metrics"][0]["count"].text == "4")
        let info = group["joulebench_run_info"]["metrics"][0]["labels"]
        #expect(info["run_id"].text == scene.runs.last.map { URL(filePath: $0.path).lastPathComponent })
        if let promtool = variables["JOULEBENCH_PUSHGATEWAY_PROMTOOL"] {
            let page = try #require(try await Page(gateway.url + "/metrics", scene)).text
            let ours = page.split(separator: "\n").filter { $0.contains("joulebench_") }.joined(separator: "\n") + "\n"
            let file = try scene.write("page.txt", ours)
            let child = try Child(
                [promtool, "check", "metrics"], environment: scene.environment, output: scene.file("promtool"), input: file)
            let checked = try await child.wait(limit: .seconds(30))
            #expect(checked.status == 0 && checked.error.isEmpty, "\(checked.error)")
        }
        gateway.child.send(SIGTERM)
    }
}

import Foundation
import Testing

/// A secret in every place of a configuration that can carry one: none of them is in anything that is written or printed.
struct SecretTests {
    /// Every secret has this in it, and a number of its own.
    private static let mark = "sesame"

    /// Meters of pages at which nobody answers.
    private static let meters = """
        [{plug: {url: "http://u:sesame01@127.0.0.1:9/cm?user=admin&password=sesame02", kind: tasmota}},
        {plug: {url: "u:sesame03@127.0.0.1:9", kind: shelly}}, {prometheus: {url: "http://u:sesame04@127.0.0.1:9/metrics?token=sesame05"}},
        {dcgm: {url: "http://sesame06@127.0.0.1:9/metrics?sesame07"}}, {zeusd: {url: "http://u:sesame08@127.0.0.1:9"}},
        {energy_metrics: {url: "http://u:sesame09@127.0.0.1:9/energy_metrics#sesame10"}}, model]
        """

    /// A run against a server that it starts; `PORT` is the server's port.
    private func config(_ scene: Scene, more: String = "") throws -> String {
        let port = try freePort()
        let serve = try scene.write("serve.sh", "exec \(StubServer.path) --port $1 --ttft 5ms --itl 1ms\n")
        return try scene.write(
            "bench.yaml",
            """
            output_dir: \(scene.results)
            backend:
              type: vllm
              model: stub-model
              endpoint: http://127.0.0.1:\(port)
              path: /v1/chat/completions?api-key=sesame11
              headers: {Authorization: Bearer sesame12, X-Api-Key: sesame13, X-Proxy: "http://u:sesame14@proxy/?key=sesame15"}
              extra_body: {api_key: sesame16, metadata: {userPassword: sesame17, hook: "http://u:sesame18@hook", kept: visible}}
              launch:
                command: [/bin/sh, \(serve), "\(port)", --api-key, sesame19, "--token=sesame20", "http://u:sesame21@mirror"]
                env: {HF_TOKEN: sesame22, HTTPS_PROXY: "http://u:sesame23@proxy:3128", ARGUMENTS: "visible"}
            scenario: {dataset_name: \(try scene.prompts(4)), num_samples: 4, generate_kwargs: {max_new_tokens: 64, min_new_tokens: 60}}
            load: {arrival: closed, concurrency: 2}
            phases: {preset: none}
            metrics: {meters: \(Self.meters)}
            reporter: [json, jsonl, html, markdown, csv, vllm]
            \(more)

            """)
    }

    /// Lines with a secret of all files below a folder.
    private func leaks(below folder: String) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        try #require(!names.isEmpty, "\(folder) is empty")
        return names.sorted().flatMap { name -> [String] in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                return name.contains(Self.mark) ? [name] : []
            }
            return leaks(in: String(decoding: data, as: UTF8.self)).map { "\(name): \($0)" }
        }
    }

    private func leaks(in text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).filter { $0.contains(Self.mark) }.map { String($0.prefix(300)) }
    }

    @Test func `no file of a run and no line that it prints has a secret`() async throws {
        let scene = try Scene()
        let config = try config(scene)
        let ended = try await scene.run(["run", config, "--verbose"])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(leaks(in: ended.output + ended.error) == [])
        #expect(try leaks(below: scene.results) == [])
        // The places are there, so that this test looks where they would be.
        let run = try scene.onlyRun()
        let record = try run.text("experiment.json")
        for shown in [
            "http://***@127.0.0.1:9/cm?***", "\"***@127.0.0.1:9\"", "\"api_key\": \"***\"", "visible", "\"--token=***\"",
            "http://***@mirror",
            "/v1/chat/completions?api-key=***", "http://***@proxy:3128",
        ] {
            #expect(record.contains(shown), "\(shown) is not in \(record)")
        }
        let command = try run.environment["server"]["launch_command"].list.compactMap(\.text)
        #expect(Array(command.suffix(4)) == ["--api-key", "***", "--token=***", "http://***@mirror"])
        #expect(try run.environment["unavailable_meters"].list.count == 6)
        #expect(try run.text("report.html").contains("http://***@127.0.0.1:9/cm?***"))
        // What is made of the record later needs no secrets.
        let again = try await scene.run(["analyze", run.path])
        #expect(again.status == 0 && leaks(in: again.output + again.error) == [], "\(again.error)")
    }

    @Test func `commands that run nothing print no secret`() async throws {
        let scene = try Scene()
        let config = try config(scene)
        let commands: [[String]] = [
            ["config", "show", config], ["config", "show", "--json", config], ["config", "validate", config],
            ["config", "convert", config],
            ["run", config, "--dry-run"], ["sweep", "plan", config, "--set", "repetitions=2"], ["meters", "--meters", Self.meters],
            ["formats", "explain", config],
            [
                "load-test", "--prompts", try scene.prompts(4), "--base-url", "http://127.0.0.1:9", "--model", "m", "--header",
                "X-Api-Key: sesame31", "--extra-body",
                #"{"api_key": "sesame32"}"#, "--meters", Self.meters, "--dry-run",
            ],
        ]
        for command in commands {
            let ended = try await scene.run(command)
            #expect(leaks(in: ended.output + ended.error) == [], "\(command.prefix(2))")
            #expect(!ended.output.isEmpty, "\(command.prefix(2)): \(ended.error)")
        }
        let shown = try scene.write("shown.yaml", try await scene.run(["config", "show", config]).output)
        let refused = try await scene.run(["run", shown])
        #expect(refused.status == 64 && refused.error.contains("[config.hidden-secret]"), "\(refused.error)")
    }

    @Test(arguments: [
        ["metrics.meters=[{plug: {url: 'http://u:sesame41@h/?sesame42', kind: none}}]"],
        ["metrics.meters=[{plug: {url: 'u:sesame43@h', kind: none}}]"],
        ["metrics.meters=[{plug: {url: [http://u:sesame44@h], kind: shelly}}]"],
        ["metrics.meters=[{agent: {endpoint: 'u:sesame45@host:9430'}}]"], ["metrics.meters=[{zeusd: {url: 'ftp://u:sesame46@h'}}]"],
        ["metrics.meters=[{zeusd: {url: 'http://u:ses/sesame47@h'}}]"], ["metrics.meters=[{agent: {endpoint: h, token_env: 'sesame-48'}}]"],
        ["backend.extra_body={api_key: sesame49"], [#"backend.extra_body={"api_key": "sesame50", "model": "m"}"#],
        ["backend.extra_body='{\"api_key\": \"sesame51\"'"], ["backend.endpoint=http://u:sesame52@h"],
        ["backend.endpoint=u:sesame66@h"],
        ["backend.endpoint=http://u:sesame53/x@h"],
        ["backend.path=v1?key=sesame54"],
        ["backend.launch.command=[]", "load.rate=x"],
        ["reporter={type: mlflow, url: 'http://u:sesame56@h'}"], ["backend.api_key_env=sesame-57"],
        ["scenario.dataset_name=http://u:sesame58@h"],
        ["backend.headers={Content-Length: sesame59}"],
        ["backend.headers='Authorization: Bearer sesame60'"], ["backend.launch.env=HF_TOKEN=sesame63"],
        ["backend.launch.command=serve --api-key sesame64"], ["backend.timeouts=http://u:sesame65@h"],
    ])
    func `a complaint quotes no secret`(settings: [String]) async throws {
        let scene = try Scene()
        let options = settings.flatMap { ["--set", $0] }
        let ended = try await scene.run(["run", try config(scene)] + options)
        #expect(ended.status != 0, "\(ended.output)")
        #expect(leaks(in: ended.output + ended.error) == [])
    }

    @Test func `a study writes no secret, and what was planned with one says that it has to be given again`() async throws {
        let scene = try Scene()
        let meters = ["sesame61", "sesame62"].map { "{plug: {url: 'http://u:\($0)@127.0.0.1:9', kind: shelly}}" }
        let config = try config(
            scene,
            more: """
                study: {cooldown: 0s, retries: 0}
                sweep:
                  suites: [{seed: 1}, {metrics.meters: [\(meters[0]), model]}, {metrics.meters: [\(meters[1]), model]}]
                """)
        let ended = try await scene.run(["sweep", "run", config])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(leaks(in: ended.output + ended.error) == [])
        #expect(try leaks(below: scene.results) == [])
        #expect(scene.runs.count == 3)
        let sbatch = try scene.write("bin/sbatch", "#!/bin/sh\necho 1\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sbatch)
        let path = "\(scene.file("bin")):\(scene.environment["PATH"] ?? "")"
        let arguments = ["sweep", "submit", "--slurm", config]
        let submitted = try await scene.run(arguments, environment: ["PATH": path])
        #expect(submitted.status != 0 && submitted.error.contains("[study.secret]"), "\(submitted.error)")
        #expect(leaks(in: submitted.output + submitted.error) == [])
        #expect(try leaks(below: scene.results) == [])
    }
}

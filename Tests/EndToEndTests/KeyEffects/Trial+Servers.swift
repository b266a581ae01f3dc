/// Which server is asked, how, for how long, and how it is started.
extension Trial {
    private static func server(_ backend: String = #"endpoint: "{stub}""#, tokens: Int = 3, more: String = "phases: {preset: none}")
        -> String
    {
        """
        backend: {type: vllm, model: stub-model, \(backend)}
        scenario: {dataset_name: '{prompts}', num_samples: 2, generate_kwargs: {max_new_tokens: \(tokens)}}
        metrics: {meters: none}
        \(more)

        """
    }
    private static let launched = server(
        #"endpoint: "http://127.0.0.1:{port}", launch: {command: [/bin/sh, "{scene}/serve.sh", "{port}"]}"#)

    private static func timeout(_ name: String, script: String) -> Trial {
        Trial(
            name: "patience: \(name)", base: server(), stub: [], script: script,
            effects: [Effect("backend.timeouts.\(name)", "150ms", .file("requests.jsonl"), .says("timeout"))])
    }

    static let servers: [Trial] = [
        Trial(
            name: "a kind of backend",
            base: """
                backend: {type: command, model: stub-model, command: {worker}}
                scenario: {num_samples: 1, generate_kwargs: {max_new_tokens: 3}}
                phases: {preset: none}
                metrics: {meters: none}

                """, stub: [],
            way: .ofFile(server()),
            effects: [Effect("backend.type", "vllm", .wire, .says("POST /v1/chat/completions"))]),
        Trial(
            name: "an address", base: server(), stub: [],
            effects: [Effect("backend.endpoint", "{stub}/elsewhere/v1", .wire, .says("GET /elsewhere/"))]),
        Trial(
            name: "an interface", base: server(), environment: ["MY_KEY": "s3cret"], stub: [],
            effects: [
                Effect("backend.api", "completions", .wire, .says("POST /v1/completions")),
                Effect("backend.api_key_env", "MY_KEY", .wire, .says("Authorization: ")),
                Effect("backend.headers", "{X-Group: blue}", .wire, .says("X-Group: blue")),
                Effect("backend.extra_body", "{priority: 5}", .wire, .says(#""priority":5"#)),
            ]),
        Trial(
            name: "another name at the server", base: server(), stub: [],
            effects: [Effect("backend.served_model_name", "an-alias", .terminal, .says("does not serve `an-alias`"))]),
        Trial(
            name: "a path", base: server(), stub: [], effects: [Effect("backend.path", "/api/answer", .wire, .says("POST /api/answer"))]),
        Trial(
            name: "a certificate that nobody signed", base: server(), stub: [], isEncrypted: true,
            effects: [Effect("backend.insecure", "true", .wire, .says("POST /v1/chat/completions"))]),
        Trial(
            name: "patience: connect", base: server(), stub: [], script: #"{"server": {"accept_delay_ms": 700}, "rules": []}"#,
            isEncrypted: true,
            options: ["--set", "backend.insecure=true"],
            effects: [Effect("backend.timeouts.connect", "150ms", .terminal, .drops("exit 0"))]),
        timeout("headers", script: #"[{"delay_ms": 700}]"#),
        timeout("first_token", script: #"[{"ttft_ms": 700}]"#),
        timeout("idle", script: #"[{"break": {"after_tokens": 1, "how": "stall", "for_ms": 700}}]"#),
        timeout("total", script: #"[{"itl_ms": 300}]"#),
        Trial(
            name: "a server that is started", base: server(#"endpoint: "http://127.0.0.1:{port}""#),
            effects: [
                Effect("backend.launch.command", #"[/bin/sh, "{scene}/serve.sh", "{port}", extra]"#, .launch, .says("argument: extra"))
            ]),
        Trial(
            name: "how a server is started", base: launched,
            effects: [
                Effect("backend.launch.env", "{LEVEL: seven}", .launch, .says("LEVEL=seven")),
                Effect("backend.launch.working_directory", "{scene}/asked", .launch, .matches("folder: .*/asked")),
                Effect("backend.tensor_parallel", "2", .launch, .says("argument: --tensor-parallel-size")),
                Effect("backend.pipeline_parallel", "3", .launch, .says("argument: --pipeline-parallel-size")),
            ]),
        Trial(
            name: "patience with a server that starts",
            base: server(#"endpoint: "http://127.0.0.1:{port}", launch: {command: [sleep, "20"], ready_timeout: 2s}"#),
            effects: [Effect("backend.launch.ready_timeout", "1s", .terminal, .says("is not ready after 1 s"))]),
    ]

    static let loads: [Trial] = [
        Trial(
            name: "a closed loop", base: server(tokens: 30).replacing("num_samples: 2", with: "num_samples: 8"),
            stub: [],
            effects: [Effect("load.concurrency", "3", .file("client.json"), .says(#""most_in_flight" : 3"#))]),
        Trial(
            name: "an open loop", base: server(), stub: [],
            effects: [
                Effect("load.rate", "50/s", .file("experiment.json"), .says("arrivals_sha256")),
                Effect("load.requests", "5", .file("requests.jsonl"), .says(#""index":4"#)),
            ]),
        Trial(
            name: "a kind of arrivals", base: server(more: "phases: {preset: none}\nload: {rate: 50/s, requests: 4}"), stub: [],
            effects: [Effect("load.arrival", "constant", .file("experiment.json"), .differs(#""arrivals_sha256": "(\w+)""#))]),
        Trial(
            name: "bursts", base: server(more: "phases: {preset: none}\nload: {arrival: gamma, rate: 50/s, requests: 4}"), stub: [],
            effects: [Effect("load.burstiness", "0.3", .file("experiment.json"), .differs(#""arrivals_sha256": "(\w+)""#))]),
        Trial(
            name: "a ramp", base: server(more: "phases: {preset: none}\nload: {arrival: poisson, rate: 50/s, requests: 4}"), stub: [],
            effects: [
                Effect("load.ramp", "{from: 10/s, over: 1s}", .file("experiment.json"), .differs(#""arrivals_sha256": "(\w+)""#))
            ]),
        Trial(
            name: "a trace", base: server(), stub: [],
            files: [
                "trace.csv": """
                TIMESTAMP,ContextTokens,GeneratedTokens
                2023-11-16 18:15:46.6805900,6,4
                2023-11-16 18:15:46.7805900,9,5
                2023-11-16 18:15:46.8805900,9,2

                """
            ],
            effects: [Effect("load.trace", "{scene}/trace.csv", .wire, .says(#""max_tokens":5"#))]),
        Trial(
            name: "a cap",
            base: server(tokens: 60, more: "phases: {preset: none}\nload: {arrival: burst, requests: 6}"),
            stub: [], effects: [Effect("load.max_in_flight", "2", .file("requests.jsonl"), .says("dropped"))]),
        Trial(
            name: "a queue",
            base: server(
                tokens: 60, more: "phases: {preset: none}\nload: {arrival: burst, requests: 6, max_in_flight: 2}"),
            stub: [],
            effects: [Effect("load.queue", "true", .file("requests.jsonl"), .drops("dropped"))]),
        Trial(
            name: "another try", base: server(), stub: [], script: #"[{"status": 503}]"#,
            effects: [Effect("load.retry", "2", .file("requests.jsonl"), .drops("rejected"))]),
        Trial(
            name: "a duration", base: server(more: "phases: {preset: none}\nload: {arrival: constant, rate: 20/s, requests: 3}"), stub: [],
            effects: [Effect("load.duration", "50ms", .file("requests.jsonl"), .drops(#""index":2"#))]),
        Trial(
            name: "objectives", base: server(), stub: [],
            effects: [
                Effect("load.slo.ttft", "10s", .terminal, .says("TTFT ≤ 10")),
                Effect("load.slo.tpot", "9s", .terminal, .matches("TPOT ≤ 9")),
                Effect("load.slo.e2el", "8s", .terminal, .matches("≤ 8")),
            ]),
        Trial(
            name: "phases", base: server(), stub: [],
            effects: [
                Effect("phases.idle_loaded", "50ms", .file("state.json"), .says("idle_loaded")),
                Effect("phases.warmup_requests", "1", .file("requests.jsonl"), .says(#""phase":"warmup""#)),
                Effect("phases.cooldown", "50ms", .file("state.json"), .says("cooldown")),
            ]),
        Trial(
            name: "idle before the load", base: launched,
            effects: [Effect("phases.idle_host", "50ms", .file("state.json"), .says("idle_host"))]),
        Trial(
            name: "a preset", base: server(more: "phases: {preset: none, idle_host: 0s, idle_loaded: 0s, cooldown: 0s}"), stub: [],
            effects: [Effect("phases.preset", "quick", .file("requests.jsonl"), .says(#""phase":"warmup""#))]),
        Trial(
            name: "a warm-up of a length", base: server(more: "phases: {preset: none}\nload: {rate: 50/s, requests: 2}"), stub: [],
            effects: [Effect("phases.warmup", "300ms", .file("requests.jsonl"), .says(#""phase":"warmup""#))]),
        Trial(
            name: "a rate of the warm-up", base: server(more: "phases: {preset: none, warmup: 500ms}\nload: {rate: 50/s, requests: 2}"),
            stub: [], effects: [Effect("phases.warmup_rate", "60/s", .file("requests.jsonl"), .counts(#""phase":"warmup""#))]),
        Trial(
            name: "a width of the warm-up",
            base: server(
                tokens: 40, more: "phases: {preset: none, warmup: 600ms}\nload: {concurrency: 16, requests: 16}"),
            stub: [],
            effects: [Effect("phases.warmup_concurrency", "1", .file("requests.jsonl"), .counts(#""phase":"warmup""#))]),
        Trial(
            name: "a length of the measurement",
            base: server(more: "phases: {preset: none}\nload: {arrival: constant, rate: 20/s, requests: 4}"),
            stub: [], effects: [Effect("phases.measure", "80ms", .file("requests.jsonl"), .drops(#""index":3"#))]),
        Trial(
            name: "patience at the end", base: server(more: "phases: {preset: none}\nload: {arrival: burst, duration: 200ms, requests: 2}"),
            stub: [], script: #"[{"break": {"after_tokens": 1, "how": "stall", "for_ms": 1500}}]"#,
            effects: [Effect("phases.drain", "100ms", .file("requests.jsonl"), .says("cancelled"))]),
    ]
}

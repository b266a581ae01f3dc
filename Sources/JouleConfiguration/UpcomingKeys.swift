/// Keys of the product that this version does not carry out yet.
///
/// They are neither unknown nor dropped: a file that uses one is told so plainly, unless the value asks for nothing.
struct UpcomingKey: Sendable {
    let path: [String]
    /// Values that ask for nothing, and so may stand in a file today.
    let neutral: Set<String>

    init(_ name: String, neutral: Set<String> = []) {
        path = ConfigurationKey.split(name)
        self.neutral = neutral
    }

    func asksForNothing(_ node: ConfigNode) -> Bool {
        guard !node.isNull else { return true }
        guard case .scalar(let text, _) = node.content else { return false }
        return neutral.contains(text)
    }
}

enum UpcomingKeys {
    static let backendTypes: Set<String> = [
        "vllm", "openai", "llamacpp", "sglang", "tgi", "ollama", "trtllm", "tensorrt", "replay", "simulated",
    ]

    static let all: [UpcomingKey] = general + backend + scenario + load + phases + rest

    static let byPath: [[String]: UpcomingKey] = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

    static let sections: Set<[String]> = Set(all.flatMap { key in (1..<key.path.count).map { Array(key.path.prefix($0)) } })

    private static let general = [
        UpcomingKey("order", neutral: ["sequential", "interleaved"]), UpcomingKey("defaults"), UpcomingKey("sweep"), UpcomingKey("study"),
        UpcomingKey("slurm"),
    ]

    private static let backend =
        ["endpoint", "api", "api_key_env", "headers", "extra_body", "timeouts", "launch"].map { UpcomingKey("backend.\($0)") }
        + ["processes", "num_processes", "tensor_parallel", "pipeline_parallel"].map { UpcomingKey("backend.\($0)", neutral: ["1"]) }
        + [UpcomingKey("backend.insecure", neutral: ["false"])]

    private static let scenario =
        [
            "dataset_config", "split", "template", "max_batch_tokens", "input_length", "prompt_lengths", "output_lengths",
            "reasoning_params", "formats_file", "input_shapes.pad_to",
        ].map { UpcomingKey("scenario.\($0)") }
        + ["dynamic_batching", "unique_prefix", "reasoning"].map { UpcomingKey("scenario.\($0)", neutral: ["false"]) }
        + [UpcomingKey("scenario.shared_prefix_tokens", neutral: ["0"]), UpcomingKey("scenario.turns", neutral: ["1"])]

    private static let load =
        ["rate", "burstiness", "ramp", "trace", "max_in_flight", "retry", "requests", "duration", "slo"].map { UpcomingKey("load.\($0)") }
        + [UpcomingKey("load.arrival", neutral: ["sequential"]), UpcomingKey("load.concurrency", neutral: ["1"])]

    private static let phases = ["warmup", "measure", "drain", "warmup_rate", "warmup_concurrency"].map { UpcomingKey("phases.\($0)") }

    private static let rest =
        ["method", "alpha", "beta"].map { UpcomingKey("attribution.\($0)") }
        + ["flops", "peak_flops", "peak_bandwidth"].map { UpcomingKey("compute.\($0)") }
        + [
            "source", "zone", "intensity", "lat", "lon", "file", "api_key_env", "pue", "wue", "grid_wue", "embodied", "electricity_price",
        ].map { UpcomingKey("carbon.\($0)") }
        + [
            UpcomingKey("metrics.output_dir"), UpcomingKey("latency_simulation.enabled", neutral: ["false"]),
            UpcomingKey("latency_simulation.delay_min"), UpcomingKey("latency_simulation.delay_max"),
        ]
}

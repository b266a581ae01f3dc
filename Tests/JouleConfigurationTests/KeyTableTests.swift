import JouleModel
import Testing

@testable import JouleConfiguration

/// The table of keys and the experiment agree, key by key.
struct KeyTableTests {
    /// A value for each key that differs from its default, as it may stand in a file.
    private static let samples: [String: String] = [
        "name": "other", "output_dir": "elsewhere", "repetitions": "3", "seed": "18446744073709551615",
        "backend.type": "command", "backend.model": "gpt2", "backend.revision": "main", "backend.tokenizer": "t",
        "backend.task": "summarisation", "backend.device": "cuda:1", "backend.device_ids": "[0, GPU-1a, MIG-2b]",
        "backend.device_map": "balanced_low_0", "backend.max_memory": "{0: 20GB, cpu: 1.5 GiB}", "backend.torch_dtype": "bfloat16",
        "backend.quantization": "{method: bitsandbytes, bits: 4, compute_dtype: float16, quant_type: fp4, double_quant: true}",
        "backend.trust_remote_code": "true", "backend.attn_implementation": "sdpa", "backend.compile": "yes",
        "backend.processes": "2", "backend.tensor_parallel": "2", "backend.pipeline_parallel": "3",
        "scenario.dynamic_batching": "true", "scenario.max_batch_tokens": "4096", "scenario.sort_by_length": "true",
        "scenario.decode_token_to_text": "false", "backend.python": "/usr/bin/python3", "backend.command": "[worker, --fast]",
        "scenario.dataset_name": "data/Prompts.TXT", "scenario.text_column_name": "q",
        "scenario.dataset_config": "main", "scenario.split": "test", "scenario.template": "'Say: {q}'",
        "scenario.input_shapes.pad_to": "512", "scenario.input_length": "256",
        "scenario.num_samples": "1_000",
        "backend.endpoint": "https://h:8443/v1", "backend.api": "completions", "backend.path": "/api/generate",
        "backend.served_model_name": "alias",
        "backend.api_key_env": "MY_KEY", "backend.headers": "{X-Run: a b, X-Empty: ''}",
        "backend.extra_body": "{a: [1, 2.5, null, 'true', true], b: {c: d}}", "backend.insecure": "true",
        "backend.timeouts.connect": "1s", "backend.timeouts.headers": "2s", "backend.timeouts.first_token": "3s",
        "backend.timeouts.idle": "4s", "backend.timeouts.total": "5 min", "backend.launch.command": "[vllm, serve, m]",
        "backend.launch.env": "{CUDA_VISIBLE_DEVICES: '0', EMPTY: ''}", "backend.launch.ready_timeout": "20 min",
        "backend.launch.working_directory": "/srv",
        "backend.simulated.ttft": "75ms", "backend.simulated.prefill_rate": "inf", "backend.simulated.tpot": "12ms",
        "backend.simulated.ttft_jitter": "5ms", "backend.simulated.tpot_jitter": "1ms", "backend.simulated.max_concurrency": "16",
        "backend.simulated.batch_slowdown": "0.05", "backend.simulated.answer_lengths": "{mean: 128, std: 32, min: 8, max: 256}",
        "backend.simulated.reasoning_tokens": "32", "backend.simulated.idle_power": "90", "backend.simulated.prefill_power": "1.2 kW",
        "backend.simulated.decode_power": "350.5W", "backend.replay.run": "results/raw/exp_1", "backend.replay.speed": "10",
        "scenario.prompt_lengths": "{distribution: lognormal, mean: 256, std: 64.5, min: 8, max: 900}", "scenario.output_lengths": "128",
        "scenario.shared_prefix_tokens": "16", "scenario.unique_prefix": "true", "scenario.turns": "4",
        "load.arrival": "burst", "load.concurrency": "4", "load.rate": "120/min", "load.burstiness": "0.5",
        "load.ramp": "{from: 1/s, to: 0.1/s, over: 60s, shape: exponential}", "load.trace": "azure.csv", "load.max_in_flight": "64",
        "load.queue": "true", "load.retry": "2", "load.requests": "500", "load.duration": "90s", "load.slo.ttft": "200ms",
        "load.slo.tpot": "50ms", "load.slo.e2el": "10s",
        "latency_simulation.enabled": "true", "latency_simulation.delay_min": "500ms", "latency_simulation.delay_max": "1500ms",
        "phases.warmup": "30s", "phases.warmup_rate": "2/s", "phases.warmup_concurrency": "3", "phases.measure": "75s",
        "phases.drain": "5s", "attribution.method": "token_share", "attribution.alpha": "0.02", "attribution.beta": "0.5",
        "scenario.reasoning": "true", "scenario.reasoning_params.reasoning_effort": "medium",
        "scenario.reasoning_params.enable_thinking": "false", "scenario.reasoning_params.thinking_budget": "512",
        "scenario.reasoning_params.cot_depth": "2", "scenario.reasoning_params.reasoning": "true", "scenario.formats_file": "own.yaml",
        "backend.use_harmony": "true",
        "compute.flops": "14 GFLOP", "compute.peak_flops": "989 TFLOP/s", "compute.peak_bandwidth": "3.35 TB/s",
        "scenario.selection": "random", "scenario.truncation": "false", "scenario.max_input_tokens": "128",
        "scenario.input_shapes.batch_size": "4", "scenario.save_outputs": "true",
        "scenario.generate_kwargs.max_new_tokens": "50", "scenario.generate_kwargs.min_new_tokens": "10",
        "scenario.generate_kwargs.temperature": "0.7", "scenario.generate_kwargs.top_p": "0.9", "scenario.generate_kwargs.top_k": "40",
        "scenario.generate_kwargs.do_sample": "false", "scenario.generate_kwargs.repetition_penalty": "1.1",
        "scenario.generate_kwargs.ignore_eos": "true", "scenario.generate_kwargs.stop": "[\"\\n\", END]",
        "phases.preset": "none", "phases.idle_host": "10 min", "phases.idle_loaded": "100ms", "phases.warmup_requests": "0",
        "phases.cooldown": "1h 30min",
        "metrics.enabled": "false", "metrics.meters": "[nvml, {rapl: {gain: 0.02}}, {csv: {file: p.csv}}]",
        "metrics.sample_period": "10ms", "metrics.require": "[gpu, package]", "metrics.project_name": "p",
        "metrics.output_dir": "emissions",
        "metrics.country_iso_code": "NO", "metrics.region": "r",
        "carbon.source": "uk", "carbon.zone": "US-CA", "carbon.intensity": "123.5", "carbon.lat": "48.5", "carbon.lon": "11.5",
        "carbon.file": "i.csv", "carbon.api_key_env": "MY_KEY", "carbon.pue": "1.25", "carbon.wue": "0.5", "carbon.grid_wue": "3",
        "carbon.embodied": "{lifetime: 6y, devices: [{name: H100, kgco2e: 164, count: 8}]}",
        "carbon.electricity_price": "{per_kwh: 0.25, currency: EUR}", "reporter": "[csv, markdown, {type: jsonl, output_file: r.jsonl}]",
    ]

    /// What a key needs beside it to be allowed and to say something.
    private static let companions: [String: [String]] = [
        "scenario.dynamic_batching": ["scenario.max_batch_tokens=64"],
        "scenario.max_batch_tokens": ["scenario.dynamic_batching=true", "scenario.max_batch_tokens=64"],
        "scenario.decode_token_to_text": ["scenario.save_outputs=true"],
        "backend.pipeline_parallel": ["backend.launch.command=[s]"],
        "latency_simulation.enabled": ["latency_simulation.delay_max=2s"],
        "latency_simulation.delay_min": ["latency_simulation.enabled=true", "latency_simulation.delay_max=2s"],
        "latency_simulation.delay_max": ["latency_simulation.enabled=true", "latency_simulation.delay_max=2s"],
        "backend.command": ["backend.type=command", "backend.command=[v]"], "load.arrival": ["backend.type=vllm"],
        "load.burstiness": ["load.rate=4"], "load.max_in_flight": ["load.rate=4"], "load.queue": ["load.rate=4", "load.max_in_flight=3"],
        "scenario.shared_prefix_tokens": ["scenario.prompt_lengths=64"], "phases.warmup_rate": ["load.rate=4", "phases.warmup=9s"],
        "phases.warmup_concurrency": ["load.concurrency=4", "phases.warmup=9s"],
        "carbon.lat": ["carbon.lat=1", "carbon.lon=2"], "carbon.lon": ["carbon.lat=1", "carbon.lon=2"],
        "carbon.file": ["carbon.source=csv", "carbon.file=other.csv"],
        "carbon.api_key_env": ["carbon.source=electricity-maps", "carbon.zone=DE"],
        "scenario.dataset_config": ["scenario.dataset_name=gsm8k"], "scenario.split": ["scenario.dataset_name=gsm8k"],
        "scenario.template": ["scenario.dataset_name=gsm8k"], "scenario.text_column_name": ["scenario.dataset_name=gsm8k"],
        "attribution.alpha": ["attribution.alpha=9", "attribution.beta=1"],
        "attribution.beta": ["attribution.alpha=1", "attribution.beta=9"], "backend.launch.env": ["backend.launch.command=[s]"],
        "backend.launch.ready_timeout": ["backend.launch.command=[s]"], "backend.launch.working_directory": ["backend.launch.command=[s]"],
    ]

    private static func needs(_ name: String) -> [String] {
        let key = ConfigurationKeys.all.first { $0.name == name }
        let isForServers = key.map { !$0.audience.includes(.pytorch) && $0.audience.includes(.vllm) } ?? false
        let isSimulation = name.hasPrefix("backend.simulated.")
        let isReplay = name.hasPrefix("backend.replay.")
        return (isForServers ? ["backend.type=vllm"] : []) + (isSimulation ? ["backend.type=simulated"] : [])
            + (isReplay ? ["backend.type=replay", "backend.replay.run=other"] : []) + (companions[name] ?? [])
    }

    private static let settable = ConfigurationKeys.all.filter { !["metrics.type", "backend.use_harmony"].contains($0.name) }.map(\.name)

    private func text(_ name: String, _ value: String) -> String {
        let key = ConfigurationKey.split(name)
        let braces = String(repeating: "}", count: key.count - 1)
        return key.dropLast().map { "{\($0): " }.joined() + "{\(key[key.count - 1]): \(value)}" + braces
    }

    @Test(arguments: settable)
    func `every key changes the experiment, and is shown as it was read`(name: String) throws {
        let value = try #require(Self.samples[name], "no sample value for \(name)")
        let base = "{backend: {type: pytorch, model: m}}"
        let before = try experiment(base, overrides: Self.needs(name))
        let together = name == "backend.type" ? ["backend.command=[w]"] : Self.needs(name)
        let after = try experiment(base, overrides: together + ["\(name)=\(value)"])
        #expect(before != after)
        #expect(ConfigurationRenderer.digest(of: before) != ConfigurationRenderer.digest(of: after))

        // The same value from a file that is laid over nothing but the two required keys.
        let file = try load(
            "extends: base.yaml\n" + ConfigurationRenderer.yaml(after), others: ["base.yaml": text(name, value)]
        ).experiment
        #expect(file == after)
        let key = try #require(ConfigurationKeys.all.first { $0.name == name })
        #expect(key.shown(in: after) != nil)
    }

    @Test(arguments: ConfigurationKeys.all.flatMap { key in key.aliases.map { (key.name, $0.joined(separator: ".")) } })
    func `an older name is the same key`(name: String, alias: String) throws {
        let value = try #require(Self.samples[name])
        #expect(try experiment(minimal, overrides: ["\(alias)=\(value)"]) == experiment(minimal, overrides: ["\(name)=\(value)"]))
    }

    @Test func `the table names every key once, with words about it`() {
        let names = ConfigurationKeys.all.flatMap { [$0.path] + $0.aliases }
        #expect(Set(names).count == names.count)
        for key in ConfigurationKeys.all {
            #expect(key.summary.hasSuffix("."), "\(key.name)")
            #expect(!key.fallback.isEmpty && !key.type.isEmpty, "\(key.name)")
        }
    }

    @Test func `defaults in the table are those of the experiment`() {
        let fallbacks = Dictionary(uniqueKeysWithValues: ConfigurationKeys.all.map { ($0.name, $0.fallback) })
        #expect(fallbacks["backend.type"] == "required")
        #expect(fallbacks["scenario.num_samples"] == "10")
        #expect(fallbacks["scenario.generate_kwargs.max_new_tokens"] == "256")
        #expect(fallbacks["metrics.sample_period"] == "100ms")
        #expect(fallbacks["metrics.meters"] == "auto")
        #expect(fallbacks["backend.revision"] == "–")
    }

    @Test(arguments: ["native", "codecarbon", "zeus"])
    func `names of older measuring engines are accepted`(name: String) throws {
        #expect(try experiment(minimal + "metrics: {type: \(name)}") == experiment(minimal))
    }

    @Test(arguments: [
        "backend.processes=1", "scenario.dynamic_batching=false", "latency_simulation.enabled=false",
        "scenario.turns=1", "order=interleaved", "order=shuffled", "sweep={}", "sweep=null",
    ])
    func `a value that asks for nothing may stand`(assignment: String) throws {
        #expect(try experiment(minimal, overrides: [assignment]) == experiment(minimal))
    }

    @Test(arguments: ConfigurationKeys.all.filter { !$0.isRequired }.map(\.name))
    func `null puts a key back to its default`(name: String) throws {
        let value = Self.samples[name] ?? "zeus"
        let companions = name == "backend.command" ? ["backend.type=pytorch"] : []
        let after = try experiment(minimal, overrides: companions + ["\(name)=\(value)", "\(name)=null"])
        #expect(after == (try experiment(minimal)))
    }
}

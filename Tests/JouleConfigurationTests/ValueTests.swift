import JouleModel
import JouleUnits
import Testing

@testable import JouleConfiguration

/// Values with more than one spelling.
struct ValueTests {
    @Test(
        arguments: [
            ("60s", 60_000_000_000), ("10 min", 600_000_000_000), ("100ms", 100_000_000), ("1h", 3_600_000_000_000),
            ("1h 30min", 5_400_000_000_000), ("1m30s", 90_000_000_000), ("0.1s", 100_000_000), ("250us", 250_000), ("250µs", 250_000),
            ("7ns", 7), ("1_000ms", 1_000_000_000), ("0", 0), ("0s", 0), ("1d", 86_400_000_000_000),
        ] as [(String, Int64)])
    func `durations are read with their units`(text: String, nanoseconds: Int64) {
        #expect(DurationText.parse(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: ["", "5", "s", "5x", "-1s", "1s 5", "5 5s", "1e3s", "1000d", "1.2.3s", "inf s", "٥s"])
    func `what is no duration is refused`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        arguments: [
            (0, "0s"), (5_000_000_000, "5s"), (100_000_000, "100ms"), (1_500_000_000, "1500ms"), (1_000, "1us"), (7, "7ns"),
        ] as [(Int64, String)])
    func `durations are shown in the largest unit that is exact`(nanoseconds: Int64, text: String) {
        #expect(DurationText.spell(.nanoseconds(nanoseconds)) == text)
        #expect(DurationText.parse(text) == .nanoseconds(nanoseconds))
    }

    @Test(
        arguments: [
            ("none", nil, .auto), ("int8", 8, .auto), ("int4", 4, .auto), ("fp16", nil, .float16), ("bf16", nil, .bfloat16),
            ("bfp16", nil, .bfloat16), ("fp32", nil, .float32), ("{load_in_8bit: true}", 8, .auto),
            ("{bits: 4, load_in_4bit: true}", 4, .auto),
        ] as [(String, Int?, TorchDtype)])
    func `quantization has short names`(text: String, bits: Int?, dtype: TorchDtype) throws {
        let backend = try experiment(minimal, overrides: ["backend.quantization=\(text)"]).backend
        #expect(backend.quantization?.bits == bits)
        #expect(backend.torchDtype == dtype)
    }

    @Test(
        arguments: [
            ("auto", []), ("[auto]", []), ("none", [MeterSelector(.none)]), ("nvml", [MeterSelector(.nvml)]),
            ("[nvml, rapl]", [MeterSelector(.nvml), MeterSelector(.rapl)]), ("[nvidia-smi: null]", [MeterSelector(.nvidiaSMI)]),
            ("{csv: {file: p.csv, gain: 0.01}}", [MeterSelector(.csv, gain: 0.01, file: "p.csv")]),
        ] as [(String, [MeterSelector])])
    func `meters are named alone, in a list, or with options`(text: String, meters: [MeterSelector]) throws {
        let metrics = try experiment(minimal, overrides: ["metrics.meters=\(text)"]).metrics
        #expect(metrics.meters == meters)
        #expect(metrics.enabled)
    }

    @Test(
        arguments: [
            ("csv", [ReporterSpec(kind: .csv)]), ("{type: csv, output_file: a.csv}", [ReporterSpec(kind: .csv, outputFile: "a.csv")]),
            ("[json, {type: html}]", [ReporterSpec(kind: .json), ReporterSpec(kind: .html)]), ("[]", []),
        ] as [(String, [ReporterSpec])])
    func `reporters are one or a list`(text: String, reporters: [ReporterSpec]) throws {
        #expect(try experiment(minimal, overrides: ["reporter=\(text)"]).reporters == reporters)
    }

    @Test(arguments: [("0", nil), ("-1", nil), ("40", 40)] as [(String, Int?)])
    func `top_k of 0 or -1 means all`(text: String, topK: Int?) throws {
        #expect(try experiment(minimal, overrides: ["scenario.generate_kwargs.top_k=\(text)"]).scenario.generation.topK == topK)
    }

    @Test(arguments: [("none", nil), ("auto", .auto)] as [(String, DeviceMap?)])
    func `device_map none is no map`(text: String, map: DeviceMap?) throws {
        #expect(try experiment(minimal, overrides: ["backend.device_map=\(text)"]).backend.deviceMap == map)
    }

    @Test func `one device and one stop text need no list`() throws {
        let result = try experiment(minimal + "scenario: {generate_kwargs: {stop: \"\\n\"}}", overrides: ["backend.gpu_list=1"])
        #expect(result.scenario.generation.stop == ["\n"])
        #expect(result.backend.deviceIDs == [.index(1)])
    }

    @Test func `a preset lays the lengths that other keys change, wherever it stands`() throws {
        let phases = try experiment(minimal + "phases: {cooldown: 7s, preset: none}").phases
        #expect(phases == PhasesSpec(preset: .none, idleHost: .zero, idleLoaded: .zero, warmupRequests: 0, cooldown: .seconds(7)))
    }

    @Test func `a plain value that YAML 1.1 would take for a boolean stays a text where a text is asked for`() throws {
        #expect(try experiment(minimal + "metrics: {country_iso_code: NO, project_name: on}").metrics.countryISOCode == "NO")
    }

    @Test func `JSON is read like YAML`() throws {
        let json = #"{"backend": {"type": "pytorch", "model": "a\/b"}, "scenario": {"num_samples": 3, "truncation": false}}"#
        let loaded = try ConfigurationLoader(environment: [:], readFile: files(["x.json": json])).load("x.json").experiment
        #expect(loaded.backend.model == "a/b")
        #expect(loaded.scenario.sampleCount == 3)
        #expect(loaded.name == "x")
    }

    @Test func `anchors, aliases and merge keys are YAML's own`() throws {
        let text = """
            backend: {type: pytorch, model: m}
            scenario:
              generate_kwargs: &limits {max_new_tokens: 9, min_new_tokens: 9}
              <<: [{num_samples: 4, selection: random}, {num_samples: 5, save_outputs: true}]
              selection: first
            """
        let scenario = try experiment(text).scenario
        #expect(scenario.generation.minNewTokens == 9)
        #expect(scenario.sampleCount == 4)
        #expect(scenario.selection == .first)
        #expect(scenario.saveOutputs)
    }

    @Test func `a byte order mark and the line ends of Windows do no harm`() throws {
        #expect(try experiment("\u{FEFF}" + minimal.replacing("\n", with: "\r\n") + "seed: 4\r\n").seed == 4)
        #expect(try failure("\u{FEFF}seeed: 1\r\n" + minimal + "\r\n").source?.description == "bench.yaml:1:1")
    }

    @Test(arguments: [
        "scenario.num_samples", "load.requests", "load.concurrency", "scenario.turns", "scenario.generate_kwargs.max_new_tokens",
    ])
    func `a count that nothing could be counted to is refused`(key: String) {
        let all = failures("backend: {type: vllm, model: m}\n", overrides: ["\(key)=9223372036854775807"])
        #expect(all.contains { $0.code == "config.out-of-range" && $0.message.contains("<= 1000000000") }, "\(all)")
    }
}

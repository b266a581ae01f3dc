import JouleConfiguration
import JouleModel
import JouleTestSupport
import Testing

/// Every mistake has its code, its place and words that help.
struct MistakeTests {
    @Test func `seven mistakes of one file are reported at once`() throws {
        let all = failures(try golden.text("seven_mistakes.yaml"))
        #expect(all.count == 7)
        #expect(try golden.difference(all.map { "\($0)\n" }.joined(), from: "seven_mistakes.txt") == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let code: String
        let place: String?
        let says: String
        var testDescription: String { says }

        init(_ text: String, _ code: String, at place: String?, _ says: String) {
            (self.text, self.code, self.place, self.says) = (minimal + text, code, place, says)
        }
    }

    private static let cases: [Case] = [
        // names
        Case("scenario:\n  num_sample: 3", "config.unknown-key", at: "3:3", "unknown key `scenario.num_sample`"),
        Case("num_samples: 3", "config.unknown-key", at: "2:1", "did you mean `scenario.num_samples`?"),
        Case("metrics: {meters: [{csv: {fil: x}}]}", "config.unknown-key", at: "2:27", "did you mean `file`?"),
        Case("load: {rate: 5/s}", "config.not-honoured", at: "2:14", "a worker answers one batch after the other"),
        Case("scenario: {turns: 2}", "config.not-honoured", at: "2:19", "prompts that do not depend on each other"),
        Case(
            "scenario: {input_length: 128, max_input_tokens: 64}", "config.conflict", at: "2:26", "both say where a prompt is cut"),
        Case("latency_simulation: {enabled: true}", "config.missing-key", at: "2:31", "says no rest"),
        Case(
            "latency_simulation: {enabled: true, delay_min: 2s, delay_max: 1s}", "config.conflict", at: "2:48",
            "delay_min must be <= delay_max"),
        Case("carbon: {pue: 0.9}", "config.out-of-range", at: "2:15", "pue must be >= 1"),
        Case("sweep: {batch_size: [1, 2]}", "config.study", at: "2:8", "makes a study of this file"),
        Case("order: random", "config.invalid-value", at: "2:8", "Invalid order: `random`"),
        Case("phases: {preset: protocol}", "config.not-honoured", at: "2:18", "the preset `protocol`"),
        Case("metrics: {meters: [nvml, agent]}", "config.missing-key", at: "2:26", "the meter `agent` does not say its `endpoint`"),
        Case("reporter: {type: prometheus}", "config.missing-key", at: "2:11", "the reporter `prometheus` does not say its `url`"),
        Case("reporter: [json, vllm]", "config.not-honoured", at: "2:18", "the reporter `vllm` cannot be honoured"),
        Case("reporter: {type: csv, url: 'http://h'}", "config.not-honoured", at: "2:23", "the reporter `csv` has no option `url`"),
        Case("reporter: {type: csv, output_fil: x}", "config.unknown-key", at: "2:23", "did you mean `output_file`?"),
        Case("reporter: [json, {type: html, out: x}]", "config.unknown-key", at: "2:31", "unknown option `out` of `reporter[1]`"),
        Case("scenario: {dataset_name: gsm9k}", "config.invalid-value", at: "2:26", "there is no data set `gsm9k`"),
        Case("scenario: {dataset_name: gsm8k, template: 'Say it'}", "config.invalid-value", at: "2:43", "has no place for a column"),
        Case("scenario: {dataset_name: gsm8k, template: 'a {b'}", "config.invalid-value", at: "2:43", "a `{` that is not closed"),
        Case("scenario: {dataset_name: p.txt, template: alpaca}", "config.conflict", at: "2:43", "`p.txt` has none"),
        Case("scenario: {dataset_name: p.txt, text_column_name: q}", "config.conflict", at: "2:51", "`p.txt` has none"),
        Case("scenario: {text_column_name: q}", "config.conflict", at: "2:30", "`builtin:quickstart` has none"),
        Case("scenario: {dataset_name: p.jsonl, split: test}", "config.conflict", at: "2:42", "for data sets on the hub and folders"),
        Case("scenario: {dataset_name: p.csv, split: test}", "config.conflict", at: "2:40", "for data sets on the hub"),
        Case(
            "scenario: {dataset_name: p.csv, template: '{a}', text_column_name: a}", "config.conflict", at: "2:43", "both say what of a row"
        ),
        Case("scenario: {dynamic_batching: true}", "config.missing-key", at: "2:30", "`scenario.max_batch_tokens` is missing"),
        Case(
            "scenario: {dynamic_batching: true, max_batch_tokens: 64, input_shapes: {pad_to: 100}}", "config.conflict", at: "2:81",
            "is 100 and `scenario.max_batch_tokens` is 64"),
        Case("scenario: {max_batch_tokens: 0}", "config.out-of-range", at: "2:30", "max_batch_tokens"),
        Case("scenario: {dataset_name: 'builtin:other'}", "config.invalid-value", at: "2:26", "no built-in data set"),
        Case("seed: 1\nseed: 2", "config.duplicate-key", at: "3:1", "`seed` is given twice (first in line 2)"),
        Case("scenario: 3", "config.wrong-type", at: "2:11", "`scenario` is a section of keys and is the number 3"),
        // kinds
        Case("scenario: {num_samples: many}", "config.wrong-type", at: "2:25", "a whole number and is the text `many`"),
        Case("scenario: {num_samples: '3'}", "config.wrong-type", at: "2:25", "is the text \"3\""),
        Case("scenario: {num_samples: 2.5}", "config.wrong-type", at: "2:25", "is the number 2.5"),
        Case("scenario: {num_samples: [3]}", "config.wrong-type", at: "2:25", "is a list of 1"),
        Case("scenario: {num_samples: 10s}", "config.wrong-type", at: "2:25", "counts are bare numbers"),
        Case("scenario: {truncation: 1}", "config.wrong-type", at: "2:24", "should be true or false and is the number 1"),
        Case("phases: {idle_host: 5}", "config.wrong-type", at: "2:21", "say the unit: `5s`"),
        Case("phases: {idle_host: 5 parsecs}", "config.wrong-type", at: "2:21", "units are ns, us, ms, s, min, h, d"),
        Case("phases: {idle_host: -5}", "config.wrong-type", at: "2:21", "a duration cannot be negative"),
        Case("name: {a: 1}", "config.wrong-type", at: "2:7", "should be a text and is a map of 1 key"),
        // ranges
        Case("scenario: {num_samples: 0}", "config.out-of-range", at: "2:25", "num_samples must be >= 1"),
        Case("scenario: {input_shapes: {batch_size: 0}}", "config.out-of-range", at: "2:39", "batch_size must be >= 1"),
        Case("repetitions: 0", "config.out-of-range", at: "2:14", "repetitions must be >= 1"),
        Case("seed: -1", "config.out-of-range", at: "2:7", "a seed is a whole number from 0"),
        Case("scenario: {generate_kwargs: {top_p: 1.5}}", "config.out-of-range", at: "2:37", "top_p must be > 0, <= 1"),
        Case("scenario: {generate_kwargs: {temperature: -1}}", "config.out-of-range", at: "2:43", "temperature must be >= 0"),
        Case("metrics: {sample_period: 0s}", "config.out-of-range", at: "2:26", "from 1ms to 60s"),
        Case("metrics: {meters: {nvml: {gain: 5}}}", "config.out-of-range", at: "2:33", "gain must be >= 0, <= 1"),
        // values
        Case("metrics: {type: nvidia}", "config.invalid-value", at: "2:17", "Invalid metrics.type: `nvidia`"),
        Case("metrics: {require: [gpu, disk]}", "config.invalid-value", at: "2:26", "Invalid scope: `disk`"),
        Case("metrics: {meters: [nvml, none]}", "config.invalid-value", at: "2:19", "`none` stands beside other meters"),
        Case("metrics: {meters: csv}", "config.missing-key", at: "2:19", "does not say its `file`"),
        Case("metrics: {country_iso_code: Germany}", "config.invalid-value", at: "2:29", "no ISO code of a country"),
        Case("reporter: {output_file: x.csv}", "config.missing-key", at: "2:11", "does not say its type"),
        // together
        Case(
            "scenario: {generate_kwargs: {min_new_tokens: 9, max_new_tokens: 8}}", "config.conflict", at: "2:46",
            "min_output_tokens must be <= max_output_tokens"),
        Case("scenario: {generate_kwargs: {do_sample: true}}", "config.conflict", at: "2:41", "temperature 0"),
        Case("metrics: {enabled: false, require: gpu}", "config.conflict", at: "2:36", "asks for gpu, and `metrics.enabled` is false"),
        Case("metrics: {meters: none, require: gpu}", "config.conflict", at: "2:34", "`metrics.meters` is none"),
        // interpolation
        Case("name: ${NOBODY_SET_THIS}", "config.missing-variable", at: "2:7", "NOBODY_SET_THIS is not set"),
        Case("name: ${OPEN", "config.interpolation", at: "2:7", "does not close it"),
        Case("name: ${not a name}", "config.interpolation", at: "2:7", "names no environment variable"),
        // syntax
        Case("scenario:\n\tnum_samples: 3", "config.parse", at: "3:1", "indent with spaces"),
        Case("name: [1, 2", "config.parse", at: "3:1", "Failed to parse `bench.yaml`"),
        Case("scenario: {num_samples: ${N}}", "config.parse", at: "2:26", "a variable needs quotes"),
        Case("name: !secret x", "config.parse", at: "2:7", "the tag `!secret` has no meaning"),
        Case("name: !!python/object:os.system x", "config.parse", at: "2:7", "the tag `!!python/object:os.system` has no meaning"),
        Case("name: !!set x", "config.parse", at: "2:7", "the tag `!!set` has no meaning"),
        Case("load: !!python/object:a.B {rate: 1/s}", "config.parse", at: "2:7", "the tag `!!python/object:a.B` has no meaning"),
        Case("reporter: !!python/tuple [csv]", "config.parse", at: "2:11", "the tag `!!python/tuple` has no meaning"),
        Case("!!python/name:x name: y", "config.parse", at: "2:1", "the tag `!!python/name:x` has no meaning"),
        Case("? [a]\n: 1", "config.parse", at: "2:3", "a key must be a text"),
    ]

    @Test func `a file that is an object of some language is one mistake`() throws {
        let complaint = try failure("--- !!python/object:os.system {a: 1}\n")
        #expect(complaint.code == "config.parse" && complaint.source?.description == "bench.yaml:1:5", "\(complaint)")
    }

    @Test(arguments: cases)
    func `a mistake is named with its place`(_ mistake: Case) throws {
        let failure = try failure(mistake.text)
        #expect(failure.code == mistake.code)
        #expect(failure.source?.description == mistake.place.map { "bench.yaml:\($0)" })
        #expect(failure.description.contains(mistake.says), "\(failure)")
    }

    private static let backends: [Case] = [
        Case("type: replay, model: m", "config.missing-key", at: "1:17", "needs `backend.replay.run`"),
        Case("type: simulated, model: m, endpoint: 'http://h'", "config.not-honoured", at: "1:48", "answers inside this process"),
        Case(
            "type: replay, model: m, replay: {run: r}, simulated: {ttft: 1s}", "config.not-honoured", at: "1:71", "no server is simulated"),
        Case("type: simulated, model: m, simulated: {idle_power: 3 hp}", "config.wrong-type", at: "1:62", "a power such as `350 W`"),
        Case("type: gpu, model: m", "config.invalid-value", at: "1:17", "Invalid backend type: `gpu`"),
        Case("model: m", "config.missing-key", at: "1:1", "`backend.type` is missing"),
        Case("type: pytorch", "config.missing-key", at: "1:1", "`backend.model` is missing"),
        Case("type: pytorch, model: ''", "config.invalid-value", at: "1:33", "`backend.model` is empty"),
        Case("type: pytorch, model: 'builtin:x'", "config.invalid-value", at: "1:33", "no built-in model"),
        Case("type: command, model: m", "config.missing-key", at: "1:17", "needs `backend.command`"),
        Case("type: command, model: m, command: [w], python: p", "config.not-honoured", at: "1:58", "`backend.python`"),
        Case("type: pytorch, model: m, command: [w]", "config.not-honoured", at: "1:45", "`backend.command`"),
        Case("type: pytorch, model: m, command: a b", "config.wrong-type", at: "1:45", "should be a list"),
        Case("type: pytorch, model: m, device: tpu", "config.invalid-value", at: "1:44", "unknown device `tpu`"),
        Case("type: pytorch, model: m, device: cpu, device_ids: 0", "config.not-honoured", at: "1:61", "uses no GPU"),
        Case("type: pytorch, model: m, device_ids: [0, x]", "config.wrong-type", at: "1:52", "should name a GPU"),
        Case("type: pytorch, model: m, device_ids: []", "config.invalid-value", at: "1:48", "is an empty list"),
        Case("type: pytorch, model: m, device_ids: [0, 0]", "config.invalid-value", at: "1:48", "named twice"),
        Case("type: pytorch, model: m, gpu_list: 0, device_ids: 0", "config.duplicate-key", at: "1:49", "two names of one key"),
        Case("type: pytorch, model: m, max_memory: {0: 20}", "config.invalid-value", at: "1:52", "write it with its unit"),
        Case(
            "type: pytorch, model: m, processes: 3, device_ids: [0, 1]", "config.conflict", at: "1:47",
            "num_processes must be <= len(gpu_list), but `backend.processes` is 3 and the devices are 2"),
        Case("type: pytorch, model: m, num_processes: 2, gpu_list: 0", "config.conflict", at: "1:51", "num_processes must be <="),
        Case("type: pytorch, model: m, processes: 2, device: mps", "config.conflict", at: "1:47", "the devices are 1"),
        Case("type: vllm, model: m, processes: 2", "config.not-honoured", at: "1:44", "no worker is started"),
        Case("type: pytorch, model: m, pipeline_parallel: 2", "config.not-honoured", at: "1:55", "a worker splits layers"),
        Case(
            "type: pytorch, model: m, tensor_parallel: 2, device_map: auto", "config.conflict", at: "1:53",
            "`backend.device_map` does not go with that"),
        Case(
            "type: pytorch, model: m, tensor_parallel: 2, processes: 2, device_ids: [0, 1, 2]", "config.conflict", at: "1:53",
            "is 2 for each of 2 workers, and `backend.device_ids` names 3 GPUs and not 4"),
        Case("type: pytorch, model: m, tensor_parallel: 2, device: mps", "config.conflict", at: "1:53", "is one device: mps"),
        Case("type: vllm, model: m, tensor_parallel: 2", "config.not-honoured", at: "1:50", "the server runs already"),
        Case("type: llamacpp, model: m, pipeline_parallel: 2", "config.not-honoured", at: "1:56", "llama.cpp"),
        Case(
            "type: vllm, model: m, tensor_parallel: 2, launch: {command: [vllm, serve, m, -tp, '4']}", "config.conflict", at: "1:50",
            "`-tp` in `backend.launch.command`"),
        Case("type: pytorch, model: m, endpoint: 'http://x'", "config.not-honoured", at: "1:46", "`backend.endpoint`"),
        Case("type: pytorch, model: m, quantization: int3", "config.invalid-value", at: "1:50", "Invalid quantization: `int3`"),
        Case(
            "type: pytorch, model: m, quantization: {load_in_4bit: true, load_in_8bit: true}", "config.conflict", at: "1:50",
            "Cannot enable both 4-bit and 8-bit quantization"),
        Case("type: pytorch, model: m, quantization: {bits: 5}", "config.out-of-range", at: "1:57", "bits must be 4 or 8"),
        Case("type: pytorch, model: m, quantization: {quant_type: nf4}", "config.missing-key", at: "1:50", "does not say its bits"),
        Case("type: pytorch, model: m, quantization: {bits: 8, quant_type: nf4}", "config.not-honoured", at: "1:72", "8 bits"),
        Case("type: pytorch, model: m, torch_dtype: float32, quantization: fp16", "config.conflict", at: "1:72", "asks for float16"),
    ].map { Case(bare: "backend: {\($0.text.dropFirst(minimal.count))}", $0) }

    @Test(arguments: backends)
    func `a mistake about the backend is named with its place`(_ mistake: Case) throws {
        let failure = try failure(mistake.text)
        #expect(failure.code == mistake.code)
        #expect(failure.source?.description == mistake.place.map { "bench.yaml:\($0)" }, "\(failure)")
        #expect(failure.description.contains(mistake.says), "\(failure)")
    }

    @Test func `a rule about two keys keeps silent when one of them was refused`() throws {
        let failure = try failure(minimal + "scenario: {generate_kwargs: {max_new_tokens: lots, min_new_tokens: 300}}")
        #expect(failure.code == "config.wrong-type")
    }

    @Test func `every repeated key is reported and the rest is still read`() {
        let all = failures(minimal + "\"seed\": 1\nscenario: {num_samples: 1, num_samples: 2}\nseed: 2\nseed: 3\nrepetitions: 0")
        #expect(all.map(\.code) == ["config.duplicate-key", "config.duplicate-key", "config.duplicate-key", "config.out-of-range"])
        #expect(all.map { $0.source?.description } == ["bench.yaml:3:28", "bench.yaml:4:1", "bench.yaml:5:1", "bench.yaml:6:14"])
    }

    @Test func `aliases of aliases without end are refused`() throws {
        var text = "stop: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...7 { text += "s\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n" }
        let all = failures(minimal + text)
        #expect(all.contains { $0.message.contains("more than 100000 values") })
    }

    @Test(arguments: ["bench.toml", "bench", "folder.yaml/bench"])
    func `a file of another format is refused by name`(file: String) {
        let error = #expect(throws: Failures.self) {
            try ConfigurationLoader(environment: [:], readFile: files([file: minimal])).load(file)
        }
        #expect(error?.all.map(\.code) == ["config.format"])
        #expect(error?.all.first?.message == "Unsupported config format: `\(file)`")
    }

    @Test(arguments: ["", "# nothing\n", "[1, 2]", "just words"])
    func `a file without keys is refused`(text: String) throws {
        let failure = try failure(text)
        #expect(failure.message.hasPrefix("Failed to parse `bench.yaml`: it holds"))
    }

    @Test func `no damage to a file brings the reader down, and every complaint has its place`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = TestRandom(seed: seed)
        let whole = Array(try golden.text("quickstart_show.yaml").unicodeScalars)
        for round in 0..<400 {
            var scalars = whole
            for _ in 0..<random.int(1...4) {
                let start = random.int(0...scalars.count - 1)
                let end = min(scalars.count, start + random.int(0...6))
                scalars.replaceSubrange(start..<end, with: random.flip() ? Array(random.text().unicodeScalars) : [])
            }
            let text = String(String.UnicodeScalarView(scalars))
            for failure in failures(text) {
                let line = try #require(failure.source?.line, "seed \(seed), round \(round)")
                #expect((1...scalars.count { $0 == "\n" || $0 == "\r" || $0 == "\u{85}" || $0 == "\u{2028}" } + 2).contains(line))
            }
        }
    }

    @Test func `a file that is missing says so`() {
        let error = #expect(throws: Failures.self) { try ConfigurationLoader(environment: [:]).load("/nowhere/bench.yaml") }
        #expect(error?.all.map(\.description) == ["`/nowhere/bench.yaml` cannot be read [config.unreadable]: no such file"])
    }
}

extension MistakeTests.Case {
    fileprivate init(bare text: String, _ other: Self) {
        (self.text, code, place, says) = (text, other.code, other.place, other.says)
    }
}

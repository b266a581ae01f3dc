import JouleConfiguration
import JouleModel
import Testing

/// Mistakes of serving runs, each with its code, its place and words that help.
struct ServingMistakeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let code: String
        let place: String
        let says: String
        var testDescription: String { says }

        init(_ text: String, _ code: String, at place: String, _ says: String) {
            (self.text, self.code, self.place, self.says) = (text, code, place, says)
        }
    }

    private static let keys: [Case] = [
        Case("endpoint: h:8000", "config.invalid-value", at: "1:43", "write http://h:8000"),
        Case("endpoint: 'ftp://h'", "config.invalid-value", at: "1:43", "not http or https"),
        Case("endpoint: 'http://'", "config.invalid-value", at: "1:43", "names no host"),
        Case("endpoint: 'http://h:port'", "config.invalid-value", at: "1:43", "`port` is no port"),
        Case("endpoint: 'http://[::1]:0/v1'", "config.invalid-value", at: "1:43", "`0` is no port"),
        Case("endpoint: 'http://me:pw@h'", "config.invalid-value", at: "1:43", "variable that holds the key"),
        Case("endpoint: 'http://h/v1?x=1'", "config.invalid-value", at: "1:43", "it has a query"),
        Case("api: completions}\nscenario: {turns: 3", "config.not-honoured", at: "2:19", "only the chat API has turns"),
        Case("endpoint: [a]", "config.wrong-type", at: "1:43", "should be a URL"),
        Case("endpont: 'http://h'", "config.unknown-key", at: "1:33", "did you mean `backend.endpoint`?"),
        Case("timeouts: {first_tokn: 1s}", "config.unknown-key", at: "1:44", "did you mean `backend.timeouts.first_token`?"),
        Case("timeouts: {idle: 5}", "config.wrong-type", at: "1:50", "say the unit: `5s`"),
        Case("timeouts: {idle: 0s}", "config.out-of-range", at: "1:50", "from 1ms to"),
        Case("api: responses", "config.invalid-value", at: "1:38", "known are: chat, completions"),
        Case("path: v1/chat", "config.invalid-value", at: "1:39", "a path begins with a slash"),
        Case("headers: {Content-Length: '5'}", "config.invalid-value", at: "1:42", "belongs to the client"),
        Case("headers: {X-A: '5', x-a: '6'}", "config.invalid-value", at: "1:42", "is given twice"),
        Case("headers: {'a b': c}", "config.invalid-value", at: "1:42", "`a b` is no name of a header"),
        Case("headers: {Authorization: '***'}", "config.hidden-secret", at: "1:42", "take it from the environment"),
        Case("extra_body: {extra_body: {a: 1}}", "config.not-honoured", at: "1:58", "a notion of the Python SDK"),
        Case("extra_body: {a: 1, stream: false}", "config.not-honoured", at: "1:60", "no time to the first token"),
        Case("extra_body: [1]", "config.wrong-type", at: "1:45", "should be a map and is a list of 1"),
        Case("extra_body: '{\"a\": }'", "config.wrong-type", at: "1:45", "is no JSON"),
        Case("extra_body: {a: .inf}", "config.invalid-value", at: "1:49", "JSON has no number"),
        Case("launch: {command: vllm serve}", "config.wrong-type", at: "1:51", "should be a list"),
        Case("launch: {env: {A: b}}", "config.missing-key", at: "1:41", "`backend.launch.command` is missing"),
        Case("launch: {command: [s, --api-key, '***']}", "config.hidden-secret", at: "1:51", "is hidden"),
        Case("task: summarization", "config.not-honoured", at: "1:39", "prompts go to it as they are"),
        Case("revision: main", "config.not-honoured", at: "1:43", "has loaded its model"),
        Case("torch_dtype: float16", "config.not-honoured", at: "1:46", "`backend.torch_dtype` cannot be honoured"),
        Case("quantization: fp16", "config.not-honoured", at: "1:47", "`backend.quantization` cannot be honoured"),
        Case("quantization: int8", "config.not-honoured", at: "1:47", "`backend.quantization` cannot be honoured"),
        Case("device_map: auto", "config.not-honoured", at: "1:45", "`backend.device_map`"),
        Case("command: [a]", "config.not-honoured", at: "1:42", "backend.launch.command"),
        Case("python: p", "config.not-honoured", at: "1:41", "no worker is started"),
    ].map { Case("backend: {type: vllm, model: m, \($0.text)}", $0.code, at: $0.place, $0.says) }

    private static let together: [Case] = [
        Case("load: {arrival: closed, rate: 4}", "config.conflict", at: "2:31", "set arrival: poisson"),
        Case("load: {arrival: closed, ramp: {from: 1, to: 2}}", "config.conflict", at: "2:31", "has no rate"),
        Case("load: {arrival: sequential, concurrency: 4}", "config.conflict", at: "2:42", "set arrival: closed"),
        Case("load: {rate: 4, concurrency: 4}", "config.conflict", at: "2:30", "max_in_flight caps"),
        Case("load: {arrival: poisson}", "config.missing-key", at: "2:17", "add rate: 64/s"),
        Case("load: {arrival: trace}", "config.missing-key", at: "2:17", "name the file of the trace"),
        Case("load: {arrival: poisson, rate: 1, trace: t.csv}", "config.conflict", at: "2:42", "set arrival: trace"),
        Case("load: {trace: t.csv, rate: 4}", "config.conflict", at: "2:28", "never rescaled"),
        Case("load: {trace: t.csv, ramp: {from: 1, to: 2}, arrival: trace, rate: inf}", "config.conflict", at: "2:28", "`load.ramp` ends"),
        Case("load: {arrival: burst, rate: 4}", "config.conflict", at: "2:30", "sends everything at once"),
        Case("load: {arrival: burst, duration: 5s}", "config.missing-key", at: "2:17", "add load.requests"),
        Case("load: {rate: 4, arrival: poisson, burstiness: 2}", "config.conflict", at: "2:47", "set arrival: gamma"),
        Case("load: {rate: 4, queue: true}", "config.conflict", at: "2:24", "add load.max_in_flight"),
        Case("load: {concurrency: 4, max_in_flight: 8}", "config.conflict", at: "2:39", "caps an open loop"),
        Case("load: {rate: 4, ramp: {from: 1, to: 5}}", "config.conflict", at: "2:23", "ends at 5/s"),
        Case("load: {ramp: {from: 1}}", "config.missing-key", at: "2:14", "does not say the rate it ends at"),
        Case("load: {ramp: {to: 1}}", "config.missing-key", at: "2:14", "add from: 1/s"),
        Case("load: {ramp: {from: 0, to: 1, shape: exponential}}", "config.invalid-value", at: "2:21", "cannot start from 0"),
        Case("load: {rate: fast}", "config.invalid-value", at: "2:14", "`fast` is no rate"),
        Case("load: {rate: [1]}", "config.wrong-type", at: "2:14", "a rate such as `64/s`"),
        Case("load: {arrival: poison}", "config.invalid-value", at: "2:17", "did you mean `poisson`?"),
        Case("load: {slo: {ttft: 200}}", "config.wrong-type", at: "2:20", "`200ms`"),
        Case("load: {slo: {itl: 5ms}}", "config.unknown-key", at: "2:14", "unknown key `load.slo.itl`"),
        Case("load: {duration: 0s}", "config.out-of-range", at: "2:18", "from 1ms"),
        Case("scenario: {turns: 0}", "config.out-of-range", at: "2:19", "turns must be >= 1"),
        Case("scenario: {turns: 2, input_length: 9}", "config.not-honoured", at: "2:19", "cuts what is sent"),
        Case("scenario: {turns: 2}\nload: {arrival: trace, trace: t.csv}", "config.not-honoured", at: "2:19", "each entry of a trace"),
        Case("scenario: {dataset_name: synthetic}", "config.missing-key", at: "2:26", "add prompt_lengths: 256"),
        Case("scenario: {dataset_name: a.txt, prompt_lengths: 5}", "config.conflict", at: "2:49", "the data set is `a.txt`"),
        Case("scenario: {shared_prefix_tokens: 5}", "config.conflict", at: "2:34", "for synthetic prompts"),
        Case("scenario: {prompt_lengths: 9, shared_prefix_tokens: 10}", "config.conflict", at: "2:53", "does not fit"),
        Case(
            "scenario: {prompt_lengths: 9, shared_prefix_tokens: 5, unique_prefix: true}", "config.conflict", at: "2:53",
            "cannot begin alike"),
        Case("scenario: {prompt_lengths: 9, text_column_name: q}", "config.conflict", at: "2:49", "`synthetic` has none"),
        Case("scenario: {prompt_lengths: 0}", "config.out-of-range", at: "2:28", "at least 1 token"),
        Case("scenario: {prompt_lengths: {mean: 5, std: 1, min: 9, max: 6}}", "config.invalid-value", at: "2:51", "swap the two"),
        Case("scenario: {prompt_lengths: {mean: 5, std: 1, min: 10}}", "config.invalid-value", at: "2:35", "outside the bounds"),
        Case("scenario: {prompt_lengths: {mean: 5, std: 1, min: 6, max: 9}}", "config.invalid-value", at: "2:35", "outside the bounds"),
        Case("scenario: {prompt_lengths: {mean: 5.5}}", "config.invalid-value", at: "2:35", "a whole number of tokens"),
        Case("scenario: {prompt_lengths: {min: 5}}", "config.missing-key", at: "2:28", "does not say its max"),
        Case("scenario: {prompt_lengths: {distribution: zipf}}", "config.invalid-value", at: "2:43", "Invalid distribution: `zipf`"),
        Case("scenario: {prompt_lengths: {mean: 5, sdt: 1}}", "config.unknown-key", at: "2:38", "did you mean `std`?"),
        Case("scenario: {output_lengths: 5, generate_kwargs: {max_new_tokens: 5}}", "config.conflict", at: "2:65", "keep one of the two"),
        Case("scenario: {input_shapes: {batch_size: 4}}", "config.not-honoured", at: "2:39", "use load.concurrency"),
        Case("scenario: {max_input_tokens: 4}", "config.not-honoured", at: "2:30", "truncate_prompt_tokens"),
        Case("phases: {idle_host: 10s}", "config.not-honoured", at: "2:21", "give backend.launch"),
        Case("phases: {warmup: 10s, warmup_requests: 4}", "config.conflict", at: "2:18", "keep one of the two"),
        Case("phases: {measure: 10s}\nload: {duration: 9s}", "config.conflict", at: "2:19", "`load.duration` 9s"),
        Case("attribution: {alpha: 1}", "config.missing-key", at: "2:22", "`attribution.beta`"),
        Case("attribution: {alpha: 0, beta: 0}", "config.conflict", at: "2:22", "both 0"),
        Case("attribution: {method: token_share, beta: 1}", "config.not-honoured", at: "2:42", "knows no coefficients"),
    ].map { Case(serving + $0.text, $0.code, at: $0.place, $0.says) }

    @Test(arguments: keys + together)
    func `a mistake of a serving run is named with its place`(_ mistake: Case) throws {
        let failure = try failure(mistake.text)
        #expect(failure.code == mistake.code)
        #expect(failure.source?.description == "bench.yaml:\(mistake.place)", "\(failure)")
        #expect(failure.description.contains(mistake.says), "\(failure)")
    }

    @Test(
        arguments: [
            ("ignore_eos: true", ["openai", "tgi", "ollama"]), ("min_new_tokens: 5", ["openai", "tgi", "ollama", "llamacpp"]),
            ("top_k: 5", ["openai", "tgi", "ollama"]), ("repetition_penalty: 1.1", ["openai", "tgi", "ollama"]), ("stop: x", []),
            ("temperature: 0.5", []),
        ] as [(String, [String])])
    func `a parameter that a server's interface lacks is refused`(parameter: String, lacking: [String]) {
        for kind in BackendSpec.Kind.allCases where kind.isServer {
            let run = kind == .replay ? ", replay: {run: r}" : ""
            let all = failures("backend: {type: \(kind.rawValue), model: m\(run)}\nscenario: {generate_kwargs: {\(parameter)}}")
            #expect(all.map(\.code) == (lacking.contains(kind.rawValue) ? ["config.not-honoured"] : []), "\(kind): \(all)")
        }
    }

    @Test(arguments: ["openai", "tgi", "ollama", "pytorch"])
    func `answers of an exact length need a backend that can force it`(kind: String) throws {
        let failure = try failure("backend: {type: \(kind), model: m}\nscenario: {output_lengths: 5}")
        #expect(failure.code == "config.not-honoured")
        #expect(failure.remedy?.contains("max_new_tokens") ?? false)
    }

    @Test(arguments: [
        "load: {arrival: poisson}", "load: {arrival: burst}", "load: {concurrency: 2}", "load: {max_in_flight: 2}", "load: {requests: 2}",
        "load: {duration: 2s}", "load: {slo: {ttft: 1s}}", "load: {retry: 1}", "load: {trace: t}", "load: {rate: inf}",
        "phases: {warmup: 5s}", "phases: {measure: 5s}", "phases: {drain: 5s}",
    ])
    func `what only a server can do is refused for a worker`(text: String) throws {
        #expect(try failure(minimal + text).code == "config.not-honoured")
    }

    @Test func `all mistakes of a serving run are reported at once`() {
        let text = """
            backend: {type: vllm, model: m, endpoint: , torch_dtype: float16, api_key_env: sk-1234}
            scenario: {input_shapes: {batch_size: 4}}
            load: {arrival: closed, rate: 4, slo: {ttft: 5}}
            """
        #expect(
            failures(text).map(\.code) == [
                "config.missing-key", "config.not-honoured", "config.invalid-value", "config.not-honoured", "config.conflict",
                "config.wrong-type",
            ])
    }
}

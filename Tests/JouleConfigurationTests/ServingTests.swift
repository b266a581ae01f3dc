import JouleModel
import JouleUnits
import Testing

@testable import JouleConfiguration

/// The two keys of a serving run.
let serving = "backend: {type: vllm, model: m}\n"

/// Values of serving runs, and what a file means without saying it.
struct ServingTests {
    @Test(
        arguments: [
            ("64/s", 64), ("64 / s", 64), ("120/min", 2), ("7200/h", 2), ("0.5", 0.5), ("64", 64), ("1_000/s", 1_000), ("1e3", 1_000),
            ("30/minute", 0.5),
        ] as [(String, Double)])
    func `rates are read with their units`(text: String, perSecond: Double) throws {
        #expect(try RateText.parse(text) == .perSecond(perSecond))
        #expect(try RateText.parse(RateText.spell(perSecond)) == .perSecond(perSecond))
        #expect(try experiment(serving + "load: {rate: \(text)}").load.rate == perSecond)
    }

    @Test(arguments: ["inf", "INF", ".inf", "infinity"])
    func `an unlimited rate is a burst, and with a concurrency a closed loop`(text: String) throws {
        #expect(try RateText.parse(text) == .unlimited)
        let burst = try experiment(serving + "load: {rate: \(text)}").load
        #expect(burst.arrival == .burst)
        #expect(burst.rate == nil)
        #expect(try experiment(serving + "load: {rate: \(text), arrival: poisson}").load.arrival == .burst)
        let closed = try experiment(serving + "load: {rate: \(text), concurrency: 8}").load
        #expect(closed.arrival == .closed)
        #expect(closed.rate == nil)
    }

    @Test(arguments: ["", "/s", "x", "-1/s", "0", "0/s", "5/parsec", "5s", "nan", "5/s/s", "inf/s"])
    func `what is no rate is refused`(text: String) {
        let error = #expect(throws: Failure.self) { try RateText.parse(text) }
        #expect(error?.code == "rate.invalid")
    }

    @Test(
        arguments: [
            ("", .sequential), ("concurrency: 4", .closed), ("rate: 4", .poisson), ("rate: 4, burstiness: 0.5", .gamma),
            ("ramp: {from: 1, to: 4}", .poisson), ("trace: t.csv", .trace), ("arrival: constant, rate: 4", .constant),
            ("requests: 4", .sequential),
        ] as [(String, LoadSpec.Arrival)])
    func `the arrival is the one that the other keys speak of`(text: String, arrival: LoadSpec.Arrival) throws {
        let result = try experiment(serving + "load: {\(text)}")
        #expect(result.load.arrival == arrival)
        #expect(ConfigurationRenderer.yaml(result).contains("arrival: \(arrival.rawValue)\n"))
    }

    @Test func `a ramp ends at the rate`() throws {
        let ramp = LoadSpec.Ramp(from: 0, to: 2, over: .seconds(60))
        for text in [
            "rate: 2, ramp: {from: 0, over: 60s}", "ramp: {from: 0, to: 120/min, over: 60s}", "rate: 2, ramp: {from: 0, to: 2, over: 60s}",
        ] {
            let load = try experiment(serving + "load: {\(text)}").load
            #expect(load.ramp == ramp)
            #expect(load.rate == 2)
        }
    }

    @Test(
        arguments: [
            ("128", .fixed(128)), ("{mean: 128}", .fixed(128)), ("{distribution: fixed, mean: 128}", .fixed(128)),
            ("{mean: 256, std: 64}", LengthDistribution(kind: .normal, mean: 256, standardDeviation: 64, minimum: 1, maximum: 512)),
            ("{mean: 256, std: 10}", LengthDistribution(kind: .normal, mean: 256, standardDeviation: 10, minimum: 216, maximum: 296)),
            ("{min: 10, max: 21}", LengthDistribution(kind: .uniform, mean: 15.5, minimum: 10, maximum: 21)),
            (
                "{distribution: lognormal, mean: 100, std: 50}",
                LengthDistribution(kind: .lognormal, mean: 100, standardDeviation: 50, minimum: 1, maximum: 600)
            ),
        ] as [(String, LengthDistribution)])
    func `lengths are a number or a distribution with bounds`(text: String, lengths: LengthDistribution) throws {
        let scenario = try experiment(serving + "scenario: {prompt_lengths: \(text), output_lengths: \(text)}").scenario
        #expect(scenario.promptLengths == lengths)
        #expect(scenario.outputLengths == lengths)
        #expect(scenario.datasetName == "synthetic")
    }

    @Test func `an endpoint that is left out is the dialect's own, and one that is empty is a mistake`() throws {
        #expect(try experiment(serving).backend.server.endpoint == nil)
        for (text, kind) in [("", "vLLM"), ("null", "vLLM"), ("''", "vLLM"), ("\"${NOWHERE:-}\"", "vLLM")] {
            let failure = try failure("backend: {type: vllm, model: m, endpoint: \(text)}")
            #expect(failure.code == "config.missing-key")
            #expect(failure.message.hasPrefix("\(kind) backend requires endpoint"))
            #expect(failure.source?.line == 1)
        }
        let overridden = try experiment(
            "backend: {type: ollama, model: m, endpoint: null}", environment: ["BENCHMARK_ENDPOINT": "http://x"])
        #expect(overridden.backend.server.endpoint == "http://x")
    }

    @Test func `tensorrt is a name of trtllm`() throws {
        #expect(try experiment("backend: {type: tensorrt, model: m}").backend.kind == .trtllm)
    }

    @Test func `the extra body is any JSON, as a map or as a text`() throws {
        let map = "{top_n: 3, ratio: 1.0, on: yes, none: ~, text: '1', list: [true, {}]}"
        let json = #"{"top_n": 3, "ratio": 1.5, "on": "yes", "none": null, "text": "1", "list": [true, {}]}"#
        var expected: [String: JSONValue] = [
            "top_n": .integer(3), "ratio": .number(1), "on": .string("yes"), "none": .null, "text": .string("1"),
            "list": .array([.bool(true), .object([:])]),
        ]
        #expect(try experiment("backend: {type: vllm, model: m, extra_body: \(map)}").backend.server.extraBody == .object(expected))
        expected["ratio"] = .number(1.5)
        for assignment in ["backend.extra_body=\(json)", "backend.extra_body='\(json)'"] {
            #expect(try experiment(serving, overrides: [assignment]).backend.server.extraBody == .object(expected))
        }
        #expect(try JSONArgument.extraBody(json) == .object(expected))
    }

    @Test(arguments: ["{a: 1}", "{\"a\": }", "", "[1", "{\"extra_body\": {}}", "3", "{\"stream\": false}", "{\"model\": \"x\"}"])
    func `what cannot be an extra body is refused`(text: String) {
        let error = #expect(throws: Failure.self) { try JSONArgument.extraBody(text) }
        #expect(["json.invalid", "config.not-honoured"].contains(error?.code))
        #expect(error?.remedy != nil)
    }

    @Test func `a stream may be asked for once more`() throws {
        #expect(
            try experiment("backend: {type: vllm, model: m, extra_body: {stream: true}}").backend.server.extraBody["stream"]
                == .bool(true))
    }

    @Test func `a member that another key sets is warned about`() throws {
        let warnings = try load("backend: {type: vllm, model: m, extra_body: {max_tokens: 5}}").warnings
        #expect(warnings.map(\.code) == ["config.overridden"])
        #expect(warnings.first?.message.contains("scenario.generate_kwargs.max_new_tokens") ?? false)
        #expect(warnings.first?.source?.column == 58)
    }

    @Test func `the protocol is the long preset, whose lengths give way to what is written`() throws {
        #expect(try experiment(serving + "phases: {preset: protocol}").phases == .full)
        let counted = try experiment(serving + "phases: {preset: protocol, warmup_requests: 5}\nload: {duration: 30s}").phases
        #expect(counted.warmup == nil)
        #expect(counted.warmupRequests == 5)
        #expect(counted.measure == nil)
        let timed = try experiment(serving + "phases: {warmup: 7s}").phases
        #expect(timed.warmup == .seconds(7))
        #expect(timed.warmupRequests == 0)
        let cold = try experiment(serving + "phases: {warmup: 0s}").phases
        #expect(cold.warmup == nil)
        #expect(cold.warmupRequests == 0)
    }

    @Test func `the keys of a worker are not shown for a server, nor the other way round`() throws {
        let server = ConfigurationRenderer.yaml(try experiment(serving))
        let worker = ConfigurationRenderer.yaml(try experiment(minimal))
        for key in ["torch_dtype", "batch_size", "attn_implementation"] {
            #expect(worker.contains(key))
            #expect(!server.contains(key))
        }
        for key in ["timeouts", "arrival", "drain", "api: chat"] {
            #expect(server.contains(key))
            #expect(!worker.contains(key))
        }
    }

    @Test(arguments: [
        "scenario.input_shapes.batch_size=1", "scenario.truncation=true", "backend.device_map=none", "backend.quantization=none",
        "backend.trust_remote_code=false", "backend.torch_dtype=auto", "scenario.generate_kwargs.ignore_eos=false",
        "scenario.generate_kwargs.min_new_tokens=0", "scenario.generate_kwargs.top_k=-1", "backend.python=null",
        "phases.idle_host=5s", "load.concurrency=1",
    ])
    func `a key that the server cannot honour may stand where its value asks for nothing`(assignment: String) throws {
        let base = "backend: {type: openai, model: m}"
        #expect(try experiment(base, overrides: [assignment]) == experiment(base))
    }

    @Test(arguments: [
        "load.arrival=sequential", "load.arrival=closed", "load.concurrency=1", "load.rate=null", "backend.headers={}",
        "backend.extra_body={}", "backend.insecure=false", "phases.drain=60s", "backend.endpoint=null", "load.queue=no",
        "phases.measure=0s",
    ])
    func `a key that the worker cannot honour may stand where its value asks for nothing`(assignment: String) throws {
        #expect(try experiment(minimal, overrides: [assignment]) == experiment(minimal))
    }

    @Test func `devices of a server are those to meter, whatever device says`() throws {
        let backend = try experiment("backend: {type: vllm, model: m, device: cpu, device_ids: [0, 2]}").backend
        #expect(backend.deviceIDs == [.index(0), .index(2)])
        #expect(backend.device == "cpu")
    }
}

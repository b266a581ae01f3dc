import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct RunComputeTests {
    private static let configuration = """
        {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32,
         "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": false, "dtype": "bfloat16"}
        """

    /// Ten requests one after the other in batches of two, 100 tokens in and 50 out, 20 ms a token, on one GPU at 350 W.
    private func recording(_ change: (inout Recording) -> Void = { _ in }) -> Recording {
        var environment = RunEnvironment(
            joulebench: "test", cpu: .init(logicalCores: 8), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "Linux"),
            start: ClockAnchor(monotonic: at(0), unixSeconds: 1_795_253_400, bootNanoseconds: 0))
        environment.end = ClockAnchor(monotonic: at(60), unixSeconds: 1_795_253_460, bootNanoseconds: 60_000_000_000)
        var gpu = RunEnvironment.GPU(index: 0, uuid: "GPU-0")
        gpu.name = "NVIDIA H100 80GB HBM3"
        environment.gpus = [gpu]
        var state = RunState(status: .completed, pid: 1, processStart: nil, requestsPlanned: 10, updated: at(60))
        state.phases = [PhaseSpan(phase: .measure, start: at(0), end: at(60))]
        let requests = (0..<10).map { index in
            let sent = Double(index / 2) * 2
            return RequestTimeline(
                index: index, promptID: "p", phase: .measure, outcome: .completed, batch: index / 2, scheduled: at(sent), sent: at(sent),
                firstToken: at(sent + 0.02), lastToken: at(sent + 0.02 + 49 * 0.02), bodyEnd: at(sent + 2), inputTokens: 100,
                outputTokens: 50, tokenSource: .worker, chunks: (0..<50).map { TokenChunk(instant: at(sent + 0.02 + Double($0) * 0.02)) })
        }
        var process = ProcessResult(experimentID: "e", processIndex: 0)
        process.devices = ["cuda:0"]
        process.dtype = "bfloat16"
        process.parameters = 8_030_261_248
        var result = Recording(
            runID: "r", experiment: Experiment(name: "t", backend: BackendSpec(kind: .pytorch, model: "m")), environment: environment,
            state: state, process: process, series: [constant(350, to: 61)], requests: requests,
            modelConfiguration: ModelConfiguration(source: "worker", config: parsed(Self.configuration)))
        change(&result)
        return result
    }

    private func summary(_ change: (inout Recording) -> Void = { _ in }) -> Summary {
        RunAnalysis.summary(of: recording(change), ownCost: [:])
    }

    private func compute(_ change: (inout Recording) -> Void = { _ in }) throws -> Summary.Compute {
        try #require(summary(change).compute)
    }

    @Test func `the operations of a run are those of its requests by their own lengths`() throws {
        let compute = try compute()
        let model = try #require(ModelArchitecture.read(parsed(Self.configuration)).value)
        let each = model.request(inputTokens: 100, outputTokens: 50)
        let total = 10 * (each.prefill.total + each.decode.total)
        #expect(compute.method == .architecture && compute.confidence == .medium)
        #expect(isClose(compute.flops.value.map { $0 / total }, 1))
        #expect(compute.flops.unit == "FLOP" && compute.flops.method == "architecture")
        #expect(isClose(compute.flopsPerSecond.value.map { $0 / total * 10 }, 1))
        #expect(isClose(compute.flopsPerToken.value.map { $0 / total * 500 }, 1))
        #expect(isClose(compute.flopsPerJoule.value.map { $0 / total * 3_500 }, 1, within: 1e-3))
        #expect(compute.flopsPerJoule.scope == .gpu && compute.flopsPerJoule.plusMinus != nil)
        #expect(isClose(compute.utilization.value, total / 10 / 989.4e12 * 100))
        #expect(compute.parameters == 8_030_261_248 && compute.activeParameters == 8_030_261_248)
        #expect(compute.peak?.devices == "H100 SXM" && compute.peak?.precision == "bfloat16")
        #expect(compute.notes.isEmpty)
    }

    @Test func `bandwidth is weights and cache over the time of a step`() throws {
        let compute = try compute()
        let model = try #require(ModelArchitecture.read(parsed(Self.configuration)).value)
        #expect(compute.batch == 2)
        let bytes = model.stepWeightBytes(WeightWidth(all: 2), batch: 2) + 2 * 125 * 65_536 * 2
        #expect(isClose(compute.bandwidthUtilization.value, bytes / 0.02 / 3.35e12 * 100))
        #expect(compute.cacheBytesPerToken == ByteCount(131_072))
        #expect(compute.weightBytes == ByteCount(2 * 8_030_261_248))
        // Half the weights' bytes, all of the operations.
        let quantized = try self.compute { $0.experiment.backend.quantization = Quantization(bits: 8) }
        #expect(quantized.flops == compute.flops && quantized.utilization == compute.utilization)
        #expect(try #require(quantized.bandwidthUtilization.value) < 0.6 * #require(compute.bandwidthUtilization.value))
    }

    @Test func `methods come in the order of trust`() throws {
        let profile = OperationProfile(promptTokens: 100, prefill: 1e12, decodeSteps: 10, decode: 1e11, tool: "test")
        let profiled = try compute { $0.process?.operationProfile = profile }
        #expect(profiled.method == .profiled && profiled.confidence == .high)
        #expect(isClose(profiled.flops.value, 10 * (1e12 + 49 * 1e10)))
        let byParameters = try compute { $0.modelConfiguration = ModelConfiguration(reason: "there is none") }
        #expect(byParameters.method == .parameters && byParameters.confidence == .low)
        #expect(isClose(byParameters.flops.value, 2 * 8_030_261_248 * 1_500))
        #expect(byParameters.notes.first == "not by architecture: there is none")
        #expect(byParameters.bandwidthUtilization.reason == "there is none")
        let provided = try compute { $0.experiment.compute.flops = .perToken(2e9) }
        #expect(provided.method == .provided && provided.flops.value == 2e9 * 1_500)
        let nothing = try compute {
            $0.modelConfiguration = nil
            $0.process?.parameters = nil
        }
        #expect(nothing.method == nil && nothing.flops.value == nil)
        #expect(nothing.flops.reason?.contains("kept no configuration") == true && nothing.flops.reason?.contains("parameters") == true)
    }

    @Test func `a method that was asked for has no substitute`() throws {
        let profiled = try compute {
            $0.experiment.compute.flops = .profiled
            $0.process?.operationProfileReason = "the worker could not count: no counter"
        }
        #expect(profiled.method == nil)
        #expect(profiled.flops.reason == "the worker could not count: no counter")
        #expect(profiled.utilization.reason == profiled.flops.reason)
    }

    @Test func `what a prefix cache held is not computed again`() throws {
        let whole = try #require(try compute().flops.value)
        let cached = try #require(
            try compute { recording in
                for index in recording.requests.indices { recording.requests[index].cachedInputTokens = 90 }
            }.flops.value)
        let model = try #require(ModelArchitecture.read(parsed(Self.configuration)).value)
        #expect(isClose((whole - cached) / (10 * (model.prefill(100).total - model.prefill(100, cached: 90).total)), 1))
    }

    @Test func `without a known device there is no share of its peak, and with given peaks there is`() throws {
        let processor = try compute { $0.process?.devices = ["cpu"] }
        #expect(processor.utilization.reason?.contains("ran on cpu") == true)
        #expect(processor.flopsPerSecond.value != nil && processor.peak == nil)
        let unknown = try compute { $0.environment.gpus[0].name = "Accelerator" }
        #expect(unknown.utilization.reason?.contains("Accelerator") == true)
        let given = try compute {
            $0.process?.devices = ["cpu"]
            $0.experiment.compute.peakFLOPS = 1e13
            $0.experiment.compute.peakBandwidth = 1e12
        }
        #expect(isClose(given.utilization.value.map { $0 / 100 * 1e13 }, try #require(given.flopsPerSecond.value)))
        #expect(given.bandwidthUtilization.value != nil && given.peak?.source == "configuration")
    }

    @Test func `what a device cannot do is implausible`() {
        let flags = summary { $0.experiment.compute.peakFLOPS = 1e9 }.flags.filter { $0.flag == .implausible }
        #expect(flags.count == 1 && flags[0].detail.contains("H100 SXM"))
        #expect(summary().flags.allSatisfy { $0.flag != .implausible })
    }

    @Test func `energy far from what others measured is implausible`() {
        func details(_ watts: Double, model: String = "meta-llama/Llama-3.1-8B-Instruct") -> [String] {
            summary { recording in
                recording.experiment.backend.model = model
                recording.series = [constant(watts, to: 61)]
                // Sixteen at a time, a hundred tokens each.
                recording.requests = (0..<32).map { index in
                    let sent = Double(index / 16) * 5
                    return RequestTimeline(
                        index: index, promptID: "p", phase: .measure, outcome: .completed, batch: index / 16, scheduled: at(sent),
                        sent: at(sent), firstToken: at(sent + 0.1), lastToken: at(sent + 4.9), bodyEnd: at(sent + 5), inputTokens: 100,
                        outputTokens: 400, tokenSource: .worker)
                }
            }.flags.filter { $0.flag == .implausible }.map(\.detail)
        }
        // 12,800 tokens in ten seconds; the reference is about 0.3 J/token.
        #expect(details(400).isEmpty)
        #expect(details(10).count == 1)
        #expect(details(10).first?.contains("ML.ENERGY") == true)
        #expect(details(10, model: "somebody/else").isEmpty)
    }
}

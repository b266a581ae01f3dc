import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct EstimateTests {
    private let estimator = EnergyEstimator()

    private func ask(
        _ model: EnergyEstimator.Subject, gpu: String = "H100", precision: Precision? = nil, batch: Double = 32, tokens: Int = 500,
        input: Int = 0, gpus: Int? = nil
    ) throws -> EnergyEstimate {
        try estimator.estimate(
            .init(model: model, gpu: gpu, precision: precision, batch: batch, outputTokens: tokens, inputTokens: input, gpuCount: gpus))
    }

    @Test func `a model with references gets their range`() throws {
        let estimate = try ask(.named("meta-llama/Llama-3.1-8B-Instruct"), batch: 100)
        #expect(estimate.basis == .referenceBands)
        #expect(estimate.label == "assumed")
        #expect(estimate.gpuCounts == [1])
        let bands = ReferenceBands()
        let rows = bands.rows(model: "meta-llama/Llama-3.1-8B-Instruct", gpu: try #require(DevicePeaks.named("H100")))
        let band = try #require(bands.band(of: rows, batch: 100))
        #expect(estimate.perToken.low == band.low.rawValue && estimate.perToken.high == band.high.rawValue)
        #expect(isClose(estimate.wattHours.high, estimate.perToken.high * 500 / 3_600))
    }

    @Test func `a model without references is estimated from peaks, and the range holds what was measured`() throws {
        // The same model by its configuration under another name, against the references of its own.
        let entry = try #require(PublicModels.all.first { $0.name == "meta-llama/Llama-3.1-8B" })
        let configuration = parsed(entry.configuration)
        for gpu in ["H100", "B200"] {
            let rows = ReferenceBands().rows(model: "meta-llama/Llama-3.1-8B-Instruct", gpu: try #require(DevicePeaks.named(gpu)))
            for row in rows where row.batch <= 256 {
                let estimate = try ask(
                    .configured("mine", configuration), gpu: gpu, batch: Double(row.batch), tokens: Int(row.outputTokens), input: 100)
                #expect(estimate.basis == .devicePeaks)
                #expect(estimate.perToken.low <= row.perToken.rawValue && row.perToken.rawValue <= estimate.perToken.high, "\(row)")
            }
        }
    }

    @Test func `larger models, longer prompts and smaller batches cost more`() throws {
        func perToken(_ count: Double, batch: Double = 8, input: Int = 0, precision: Precision? = nil) throws -> Double {
            try ask(.parameters(count), precision: precision, batch: batch, input: input).perToken.high
        }
        #expect(try perToken(14e9) > perToken(7e9))
        #expect(try perToken(7e9, batch: 1) > perToken(7e9, batch: 8))
        #expect(try perToken(7e9, input: 4_000) > perToken(7e9, input: 100))
        #expect(try perToken(7e9, precision: .int4) < perToken(7e9))
        // 140 GB of weights are more than one holds.
        #expect(try ask(.parameters(70e9)).gpuCounts == [2])
        #expect(try ask(.parameters(7e9)).gpuCounts == [1])
    }

    @Test func `what is unknown is answered with the nearest names`() throws {
        let gpu = #expect(throws: Failure.self) { try ask(.named("Qwen/Qwen3-8B"), gpu: "H10") }
        #expect(gpu?.code == "estimate.unknown-gpu" && gpu?.remedy?.contains("H100") == true)
        let model = #expect(throws: Failure.self) { try ask(.named("Qwen3-7B")) }
        #expect(model?.code == "estimate.unknown-model" && model?.remedy?.contains("Qwen/Qwen3-8B") == true)
        let precision = #expect(throws: Failure.self) { try ask(.parameters(7e9), gpu: "V100", precision: .bfloat16) }
        #expect(precision?.code == "estimate.no-precision")
    }

    @Test func `outside the batches of the references a dense model is taken by its name, and the batches are told`() throws {
        let one = try ask(.named("Qwen/Qwen3-8B"), batch: 1)
        #expect(one.basis == .devicePeaks && one.label == "assumed" && one.model == "Qwen/Qwen3-8B" && one.precision == "bfloat16")
        #expect(one.notes.first?.hasPrefix("the references for Qwen/Qwen3-8B on H100") == true)
        #expect(one.notes.first?.hasSuffix("; --batch takes one of them") == true)
        #expect(one.method.contains { $0.hasPrefix("Its shape is not known here: two operations for each of the 8.0 billion") })
        #expect(one.perToken == (try ask(.parameters(8e9), batch: 1)).perToken)
        // A mixture's name does not say what it computes with, and other families' names may not.
        for name in ["Qwen/Qwen3-30B-A3B-Instruct-2507", "openai/gpt-oss-20b"] {
            let refused = #expect(throws: Failure.self) { try ask(.named(name), batch: 1e6) }
            #expect(refused?.code == "estimate.unknown-model" && refused?.remedy?.contains("a batch and a GPU of the references") == true)
        }
    }

    @Test func `a number of parameters is one with its letter`() {
        #expect(EnergyEstimator.parameterCount("7B") == 7e9)
        #expect(EnergyEstimator.parameterCount("1.5b") == 1.5e9)
        #expect(EnergyEstimator.parameterCount("135M") == 135e6)
        for text in ["7", "B", "-7B", "Qwen3-8B", "", "nanB", "infB"] { #expect(EnergyEstimator.parameterCount(text) == nil, "\(text)") }
    }
}

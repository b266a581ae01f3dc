import Foundation
import JouleConfiguration
import JouleModel
import Testing

/// The files in `configs/`.
enum Shipped {
    static let folder = repository.appending(path: "configs")

    /// All of them, relative to the folder.
    static let files = ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()

    /// Those that are no part of another one.
    static let alone = files.filter { !$0.contains("/") && $0 != "base.yaml" }
}

struct ShippedConfigurationTests {
    private func loaded(_ name: String, environment: [String: String] = [:]) throws -> LoadedFile {
        try ConfigurationLoader(environment: environment).loadStudy(Shipped.folder.appending(path: name).path)
    }

    private func members(_ name: String) throws -> [Study.Member] {
        guard case .study(let study) = try loaded(name) else { return [] }
        return study.study.members
    }

    @Test func `there are some`() {
        #expect(Shipped.alone.contains("quickstart.yaml"))
        #expect(Shipped.alone.count >= 6)
    }

    @Test(arguments: Shipped.alone)
    func `a shipped configuration is read without a warning`(name: String) throws {
        switch try loaded(name, environment: ["MODEL": "mine", "VLLM_ENDPOINT": "http://gpu:8001"]) {
        case .experiment(let loaded): #expect(loaded.warnings.isEmpty, "\(loaded.warnings)")
        case .study(let loaded):
            #expect(loaded.warnings.isEmpty, "\(loaded.warnings)")
            for member in loaded.study.members where member.experiment.backend.kind.isServer {
                #expect(member.experiment.backend.model == "mine")
                #expect(member.experiment.backend.server.endpoint == "http://gpu:8001")
            }
        }
    }

    @Test func `the sweep of the older script has its sixteen suites, one variable at a time`() throws {
        let members = try members("hpml_sweep.yaml")
        #expect(members.count == 16)
        #expect(members.first?.name == "sweep_input_length_short")
        #expect(members.last?.name == "sweep_model_deepseek-ai_DeepSeek-R1-Distill-Qwen-7B")
        #expect(members.contains { $0.name == "sweep_model_meta-llama_Llama-2-7b-hf" })
        #expect(members.allSatisfy { $0.experiment.scenario.sampleCount == 32 })
        let scenarios = members.map(\.experiment.scenario)
        #expect(scenarios.prefix(3).map(\.inputLength) == [128, 512, 1_024])
        #expect(scenarios[3..<6].map(\.generation.maxNewTokens) == [128, 512, 1_024])
        #expect(scenarios[3..<6].map(\.generation.minNewTokens) == [128, 512, 1_024])
        #expect(members[8..<11].map { $0.experiment.backend.quantization?.bits } == [4, 8, nil])
        #expect(scenarios[11..<14].map(\.batchSize) == [1, 2, 4])
        let base = scenarios[0]
        #expect(base.batchSize == 4 && base.generation.maxNewTokens == 512 && base.datasetName.contains("alpaca"))
    }

    @Test func `groups and bases are put together`() throws {
        guard case .experiment(let star) = try loaded("energy_star.yaml"), case .experiment(let llama) = try loaded("llama2_7b.yaml") else {
            return #expect(Bool(false))
        }
        #expect(star.experiment.scenario.sampleCount == 1_000 && star.experiment.scenario.generation.maxNewTokens == 10)
        #expect(llama.files.count == 2 && llama.experiment.backend.torchDtype == .float16 && llama.experiment.scenario.batchSize == 4)
    }

    @Test func `the Poisson run is what it says`() throws {
        guard case .experiment(let loaded) = try loaded("serving_poisson.yaml") else { return #expect(Bool(false)) }
        #expect(loaded.experiment.load.arrival == .poisson)
        #expect(loaded.experiment.load.rate == 64)
        #expect(loaded.experiment.scenario.promptLengths?.mean == 256)
        #expect(loaded.experiment.scenario.promptLengths?.standardDeviation == 64)
        #expect(loaded.experiment.phases == .full)
    }

    @Test func `the study for the fit holds work that is not alike`() throws {
        let members = try members("fit_prefill_decode.yaml")
        #expect(members.count == 18)
        #expect(Set(members.map(\.experiment.load.concurrency)) == [8, 32])
        let prefill = members.filter { $0.experiment.scenario.outputLengths == .fixed(1) }
        #expect(Set(prefill.compactMap(\.experiment.scenario.promptLengths?.minimum)) == [128, 256, 512, 1_024, 2_048])
        #expect(prefill.allSatisfy { $0.experiment.scenario.uniquePrefix })
        let decode = members.filter { $0.experiment.scenario.sharedPrefixTokens > 0 }
        #expect(decode.count == 2)
        #expect(decode.allSatisfy { $0.experiment.scenario.outputLengths == .fixed(512) && !$0.experiment.scenario.uniquePrefix })
    }

    @Test func `the energy curves have enough loads for a knee, and objectives`() throws {
        let rates = try members("energy_curve_rate.yaml")
        let concurrencies = try members("energy_curve_concurrency.yaml")
        #expect(rates.compactMap(\.experiment.load.rate) == [1, 2, 4, 8, 16, 32, 64, 128])
        #expect(concurrencies.map(\.experiment.load.concurrency) == [1, 2, 4, 8, 16, 32, 64, 128])
        #expect((rates + concurrencies).allSatisfy { !$0.experiment.load.objectives.isEmpty })
        #expect(rates.allSatisfy { $0.values.map(\.key) == ["load.rate"] })
    }
}

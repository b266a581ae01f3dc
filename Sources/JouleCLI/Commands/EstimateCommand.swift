import ArgumentParser
import Foundation
import JouleAnalysis
import JouleModel
import JouleReport
import JouleRunner
import JouleStore

struct EstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate", abstract: "Energy of a model without a run: a range, assumed.",
        discussion: """
            From measurements that others published, where there are some of the model on the GPU at batches around the given one; else from \
            the operations and the bytes of the model at the peaks of the GPU. The result is GPU energy, labelled `assumed`; it is never \
            mixed with measured figures. docs/compute.md has the method.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(help: "A model with references or in the hub's cache, a folder with config.json or that file, or a number of parameters: 7B.")
    var model: String

    @Option(help: "The GPU, as NVML names it or shorter: H100, B200, A100 80GB.")
    var gpu: String

    @Option(help: "bfloat16, float16, fp8, int4 …; else that of the references or of the configuration.")
    var precision: String?

    @Option(help: "Requests that run at a time.")
    var batch = 1.0

    @Option(help: "Output tokens of a request.")
    var tokens: Int

    @Option(name: .customLong("input-tokens"), help: "Prompt tokens of a request.")
    var inputTokens = 0

    @Option(name: .customLong("gpus"), help: "GPUs that hold the model together.")
    var gpuCount: Int?

    @Flag(help: "Print the estimate as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let estimate = try EnergyEstimator().estimate(try question())
            console.result(
                json
                    ? String(decoding: try JSONText.encode(estimate), as: UTF8.self)
                    : EstimateText.render(estimate, width: min(console.width, 100), color: console.outputColor))
            return ExitStatus.success
        }
    }

    private func question() throws(Failure) -> EnergyEstimator.Question {
        guard tokens >= 1, inputTokens >= 0, batch >= 1, batch.isFinite, gpuCount.map({ $0 >= 1 }) ?? true else {
            throw Failure(
                "usage.range", "--tokens, --batch and --gpus are at least 1, and --input-tokens at least 0", remedy: "give larger numbers")
        }
        let most = RequestTimeline.plausibleTokens.upperBound
        guard tokens <= most, inputTokens <= most, batch <= Double(most), gpuCount.map({ $0 <= most }) ?? true else {
            throw Failure("usage.range", "--tokens, --input-tokens, --batch and --gpus are at most \(most)", remedy: "give smaller numbers")
        }
        var wanted: Precision?
        if let precision {
            guard let known = Precision(named: precision) else {
                throw Failure(
                    "usage.precision", "`\(precision)` is no precision that is known",
                    remedy: "known are \(Precision.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            wanted = known
        }
        return EnergyEstimator.Question(
            model: try subject(), gpu: gpu, precision: wanted, batch: batch, outputTokens: tokens, inputTokens: inputTokens,
            gpuCount: gpuCount)
    }

    private func subject() throws(Failure) -> EnergyEstimator.Subject {
        let path = (model as NSString).expandingTildeInPath
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            let file = isFolder.boolValue ? path + "/config.json" : path
            return .configured(model, try JSONText.decode(JSONValue.self, from: try FileSystem.read(file), path: file))
        }
        if let count = EnergyEstimator.parameterCount(model) { return .parameters(count) }
        let known = ModelFiles(variables: ProcessInfo.processInfo.environment).configuration(of: BackendSpec(kind: .openai, model: model))
        return known.config.map { .configured(model, $0) } ?? .named(model)
    }
}

import Foundation
import JouleModel
import JouleReport
import JouleRunner
import JouleStore

/// The files that `load-test` writes where it is told to, besides the run directory.
struct ResultFiles: Sendable {
    private let table: String?
    private let result: String?
    private let isDetailed: Bool
    private let metrics: [VLLMResult.Metric]
    private let percentiles: [Double]
    private let label: String?

    /// - Throws: `usage.…` for lists that cannot be read, before anything is sent.
    init(_ options: LoadTestOutputOptions, model: String) throws(Failure) {
        table = options.output
        isDetailed = options.saveDetailed
        label = options.label
        var metrics: [VLLMResult.Metric] = []
        for name in options.percentileMetrics.split(separator: ",") {
            guard let metric = VLLMResult.Metric(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
                throw Failure("usage.percentile-metrics", "`\(name)` is no metric", remedy: "choose from ttft, tpot, itl, e2el")
            }
            metrics.append(metric)
        }
        self.metrics = metrics
        var percentiles: [Double] = []
        for text in options.metricPercentiles.split(separator: ",") {
            guard let value = Double(text.trimmingCharacters(in: .whitespaces)), (0...100).contains(value) else {
                throw Failure("usage.percentiles", "`\(text)` is no percentile", remedy: "write numbers from 0 to 100: 50,90,99")
            }
            percentiles.append(value)
        }
        self.percentiles = percentiles
        if let file = options.saveResult {
            // The option without a name: `vllm bench serve` makes one up.
            result = file == LoadTestOutputOptions.unnamed ? Self.path(options, model: model) : file
        } else {
            result = options.resultFilename == nil && !options.saveDetailed ? nil : Self.path(options, model: model)
        }
    }

    private static func path(_ options: LoadTestOutputOptions, model: String) -> String {
        let stem = model.split(separator: "/").last.map(String.init) ?? "model"
        let name = options.resultFilename ?? "load-test-\(stem)-\(VLLMResult.stamp(Date().timeIntervalSince1970)).json"
        return options.resultDir.map { "\($0)/\(name)" } ?? name
    }

    /// Writes what was asked for, and says where.
    func write(_ outcome: RunOutcome, note: (String) -> Void) throws {
        if let table {
            try FileSystem.write(RequestTable.csv(outcome.recording), to: table)
            note("\(table): a row for each request")
        }
        guard let result else { return }
        guard let text = json(outcome) else {
            note("\(result) is not written: no request was sent")
            return
        }
        if let folder = result.lastIndex(of: "/"), folder != result.startIndex { try FileSystem.createDirectory(String(result[..<folder])) }
        try FileSystem.write(text, to: result)
        note("\(result): the result as `vllm bench serve` writes it")
    }

    private func json(_ outcome: RunOutcome) -> String? {
        guard var result = VLLMResult(outcome.summary, recording: outcome.recording, label: label) else { return nil }
        result.metrics = metrics
        result.percentiles = percentiles
        result.isDetailed = isDetailed
        return result.json
    }
}

import Foundation
import JouleAnalysis
import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits

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
        let name = options.resultFilename ?? "load-test-\(stem)-\(stamp(Date())).json"
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
        let recording = outcome.recording
        let experiment = recording.experiment
        let sent = recording.requests.filter { $0.phase == .measure && $0.sent != nil }
            .sorted { ($0.sent ?? $0.scheduled, $0.index) < ($1.sent ?? $1.scheduled, $1.index) }
        guard let first = sent.first?.sent, let last = sent.compactMap({ $0.bodyEnd ?? $0.lastToken ?? $0.sent }).max() else { return nil }
        let anchor = recording.environment.start
        let isOpen = experiment.load.arrival.isOpen && experiment.load.arrival != .burst
        var result = VLLMResult(
            date: Self.stamp(Date(timeIntervalSince1970: anchor.unixSeconds(at: first))),
            endpointType: experiment.backend.server.api == .chat ? "openai-chat" : "openai",
            backend: experiment.backend.kind.rawValue, label: label, modelID: experiment.backend.model,
            tokenizerID: experiment.backend.tokenizer ?? experiment.backend.model,
            promptCount: recording.requests.count { $0.phase == .measure }, requestRate: isOpen ? experiment.load.rate : nil,
            burstiness: experiment.load.burstiness,
            maxConcurrency: isOpen ? experiment.load.maxInFlight : experiment.load.arrival == .burst ? nil : experiment.load.concurrency,
            duration: (last - first).seconds, requests: sent.compactMap { request(of: $0) },
            startUnixSeconds: anchor.unixSeconds(at: first),
            endUnixSeconds: anchor.unixSeconds(at: last))
        if let ramp = experiment.load.ramp {
            result.ramp = VLLMResult.Ramp(strategy: ramp.shape.rawValue, start: ramp.from, end: ramp.to)
        }
        result.requestGoodput = outcome.summary.serving?.goodput?.requestsPerSecond.value
        result.maxConcurrentRequests = recording.client?.mostInFlight
        result.maxOutputTokensPerSecond = Self.mostTokensInASecond(sent)
        result.energy = energy(of: recording, in: first..<max(last, first + .nanoseconds(1)))
        result.metrics = metrics
        result.percentiles = percentiles
        result.isDetailed = isDetailed
        return result.json
    }

    /// nil for a request that was never written.
    private func request(of timeline: RequestTimeline) -> VLLMResult.Request? {
        guard let sent = timeline.sent else { return nil }
        let figures = VLLMDefinitions(timeline)
        return VLLMResult.Request(
            succeeded: timeline.outcome == .completed, inputTokens: timeline.inputTokens, outputTokens: timeline.outputTokens,
            startTime: Double(sent.nanoseconds) * 1e-9, timeToFirstToken: figures?.timeToFirstToken.seconds,
            timePerOutputToken: figures?.timePerOutputToken?.seconds,
            interTokenLatencies: figures?.interTokenLatencies.map(\.seconds) ?? [], endToEnd: figures?.endToEnd.seconds,
            error: timeline.outcome == .completed ? "" : timeline.error ?? timeline.outcome.rawValue)
    }

    /// The GPUs' energy from the first request to the last answer, as that tool has it; nil where no GPU is metered.
    private func energy(of recording: Recording, in window: Range<Instant>) -> VLLMResult.Energy? {
        let ledger = MeterTraces(of: recording).account(of: window).ledger
        let gpus = ledger.entries.filter { $0.scope == .gpu && $0.inTotal && $0.energy != nil }
        guard case .value(let total) = ledger.total(of: .gpu), !gpus.isEmpty else { return nil }
        let power = total.value / window.duration
        return VLLMResult.Energy(total: total.value, meanPerGPU: power / Double(gpus.count), meanTotal: power)
    }

    /// The most tokens that arrived in one second counted from the first request.
    private static func mostTokensInASecond(_ requests: [RequestTimeline]) -> Double? {
        guard let start = requests.compactMap(\.sent).min() else { return nil }
        var seconds: [Int: Int] = [:]
        for request in requests where request.outcome == .completed {
            for chunk in request.chunks { seconds[Int((chunk.instant - start).seconds), default: 0] += Int(chunk.tokens) }
        }
        return seconds.values.max().map(Double.init)
    }

    private static func stamp(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyyMMdd-HHmmss"
        return format.string(from: date)
    }
}

import Foundation
import JouleAnalysis
import JouleModel
import JouleReport
import JouleUnits

extension VLLMResult {
    /// A run's requests to a server by the definitions of `vllm bench serve`, from the first that was sent to the last answer.
    ///
    /// - Returns: nil when no request was sent.
    package init?(_ summary: Summary, recording: Recording, label: String? = nil) {
        let experiment = recording.experiment
        let sent = recording.requests.filter { $0.phase == .measure && $0.sent != nil }
            .sorted { ($0.sent ?? $0.scheduled, $0.index) < ($1.sent ?? $1.scheduled, $1.index) }
        guard let first = sent.first?.sent, let last = sent.compactMap({ $0.bodyEnd ?? $0.lastToken ?? $0.sent }).max() else { return nil }
        let anchor = recording.environment.start
        let isOpen = experiment.load.arrival.isOpen && experiment.load.arrival != .burst
        self.init(
            date: Self.stamp(anchor.unixSeconds(at: first)),
            endpointType: experiment.backend.server.api == .chat ? "openai-chat" : "openai",
            backend: experiment.backend.kind.rawValue, label: label, modelID: experiment.backend.model,
            tokenizerID: experiment.backend.tokenizer ?? experiment.backend.model,
            promptCount: recording.requests.count { $0.phase == .measure }, requestRate: isOpen ? experiment.load.rate : nil,
            burstiness: experiment.load.burstiness,
            maxConcurrency: isOpen ? experiment.load.maxInFlight : experiment.load.arrival == .burst ? nil : experiment.load.concurrency,
            duration: (last - first).seconds, requests: sent.compactMap(Self.request), startUnixSeconds: anchor.unixSeconds(at: first),
            endUnixSeconds: anchor.unixSeconds(at: last))
        if let given = experiment.load.ramp { ramp = Ramp(strategy: given.shape.rawValue, start: given.from, end: given.to) }
        requestGoodput = summary.serving?.goodput?.requestsPerSecond.value
        maxConcurrentRequests = recording.client?.mostInFlight
        maxOutputTokensPerSecond = Self.mostTokensInASecond(sent)
        energy = Self.energy(of: recording, in: first..<max(last, first + .nanoseconds(1)))
    }

    /// nil for a request that was never written.
    private static func request(of timeline: RequestTimeline) -> Request? {
        guard let sent = timeline.sent else { return nil }
        let figures = VLLMDefinitions(timeline)
        return Request(
            succeeded: timeline.outcome == .completed, inputTokens: timeline.inputTokens, outputTokens: timeline.outputTokens,
            startTime: Double(sent.nanoseconds) * 1e-9, timeToFirstToken: figures?.timeToFirstToken.seconds,
            timePerOutputToken: figures?.timePerOutputToken?.seconds,
            interTokenLatencies: figures?.interTokenLatencies.map(\.seconds) ?? [], endToEnd: figures?.endToEnd.seconds,
            error: timeline.outcome == .completed ? "" : timeline.error ?? timeline.outcome.rawValue)
    }

    /// The GPUs' energy from the first request to the last answer, as that tool has it; nil where no GPU is metered.
    private static func energy(of recording: Recording, in window: Range<Instant>) -> Energy? {
        let ledger = Ledger.build(from: recording.series, in: window, samplePeriod: recording.experiment.metrics.samplePeriod)
        let gpus = ledger.entries.filter { $0.scope == .gpu && $0.inTotal && $0.energy != nil }
        guard case .value(let total) = ledger.total(of: .gpu), !gpus.isEmpty else { return nil }
        let power = total.value / window.duration
        return Energy(total: total.value, meanPerGPU: power / Double(gpus.count), meanTotal: power)
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

    /// `20261121-093000` in local time, as that tool writes it.
    package static func stamp(_ unixSeconds: Double) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyyMMdd-HHmmss"
        return format.string(from: Date(timeIntervalSince1970: unixSeconds))
    }
}

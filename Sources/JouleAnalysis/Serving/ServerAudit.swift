import JouleModel
import JouleUnits

/// What the server's own counters say of the measured phase, its drain included.
///
/// Counters are not interpolated to the edges of the phase: between two scrapes they move when tokens come, not evenly. They are read
/// at the last scrape before the first request and at the first after the last answer, when the server has nothing to do.
struct ServerAudit {
    /// A difference of token counts over this part of the greater is a mismatch.
    static let tolerance = 0.01

    private let names: MetricNames
    private let metrics: ServerMetrics
    private let first: ServerMetrics.Scrape?
    private let last: ServerMetrics.Scrape?
    /// Why the counters do not belong to the phase alone; nil when they do.
    let reason: String?
    let restarted: String?

    /// Nil where there are no metrics, or none of a server that is known.
    init?(_ recording: Recording, requests: [RequestTimeline]) {
        guard let metrics = recording.serverMetrics, let names = MetricNames.of(metrics) else { return nil }
        self.metrics = metrics
        self.names = names
        let good = metrics.scrapes.filter { $0.failure == nil && !$0.values.isEmpty }
        guard let begin = requests.compactMap(\.begun).min(), let end = requests.compactMap({ $0.ended ?? $0.begun }).max() else {
            first = nil
            last = nil
            reason = "no request was sent"
            restarted = Self.restart(good, names)
            return
        }
        let first = good.last { $0.instant <= begin }
        let last = good.first { $0.instant >= end }
        self.first = first
        self.last = last
        let warm = recording.requests.filter { $0.phase == .warmup }.compactMap { $0.ended ?? $0.begun }.max()
        if first == nil {
            reason = "no scrape before the first request"
        } else if last == nil {
            reason = "no scrape after the last answer"
        } else if let first, let warm, first.instant < warm {
            reason = "no scrape between the warm-up and the first request"
        } else {
            reason = nil
        }
        restarted = Self.restart(good.filter { $0.instant >= (first?.instant ?? begin) && $0.instant <= (last?.instant ?? end) }, names)
    }

    private static func restart(_ scrapes: [ServerMetrics.Scrape], _ names: MetricNames) -> String? {
        for (before, after) in zip(scrapes, scrapes.dropFirst()) {
            if let old = before.values[MetricNames.processStart], let new = after.values[MetricNames.processStart], new > old + 0.5 {
                return "\(MetricNames.processStart) went from \(decimal(old, 0)) to \(decimal(new, 0))"
            }
            for name in names.outputTokens + names.promptTokens {
                guard let old = before.values[name], let new = after.values[name], new < old else { continue }
                return "\(name) went back from \(decimal(old, 0)) to \(decimal(new, 0))"
            }
        }
        return nil
    }

    /// How much a counter grew over the phase; nil where it was not read at both ends, or began anew in between.
    private func growth(of candidates: [String]) -> (name: String, value: Double)? {
        guard restarted == nil, let first, let last else { return nil }
        for name in candidates {
            if let begin = first.values[name], let end = last.values[name] { return (name, end - begin) }
        }
        return nil
    }

    // MARK: Beside our own counts

    /// - Parameter requests: all of the measured phase.
    func check(of requests: [RequestTimeline], in window: Range<Instant>?) -> Summary.ServerCheck {
        let inside = metrics.scrapes.filter { $0.failure == nil && (window?.contains($0.instant) ?? false) }
        func values(_ candidates: [String]) -> [Double] {
            inside.compactMap { scrape in candidates.lazy.compactMap { scrape.values[$0] }.first }
        }
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        var check = Summary.ServerCheck(
            pairs: reason == nil ? pairs(requests) : [], scrapes: metrics.scrapes.count { $0.failure == nil },
            failedScrapes: metrics.scrapes.count { $0.failure != nil }, restarted: restarted != nil)
        check.meanRunning = mean(values(names.running))
        check.meanWaiting = mean(values(names.waiting))
        check.peakCacheUsage = values(names.cacheUsage).max()
        check.preemptions = growth(of: names.preemptions)?.value
        return check
    }

    private func pairs(_ requests: [RequestTimeline]) -> [Summary.ServerCheck.Pair] {
        var pairs: [Summary.ServerCheck.Pair] = []
        if let (name, server) = growth(of: names.outputTokens) {
            let ours = requests.compactMap { $0.outputCount(ofChunks: $0.tokensOfChunks) }.reduce(0, +)
            pairs.append(.init(metric: name, ours: Double(ours), server: server))
        }
        if let (name, server) = growth(of: names.promptTokens) {
            let ours = requests.compactMap { names.promptTokensAreUncached ? $0.uncachedInputTokens : $0.inputTokens }.reduce(0, +)
            pairs.append(.init(metric: name, ours: Double(ours), server: server))
        }
        let cached = requests.compactMap(\.cachedInputTokens)
        if !cached.isEmpty, let (name, server) = growth(of: names.cachedTokens) {
            pairs.append(.init(metric: name, ours: Double(cached.reduce(0, +)), server: server))
        }
        return pairs
    }

    /// Pairs that differ by more than 1 %. The server also counts what it made for requests that were cut off, so more on its side
    /// is a mismatch only where all requests completed.
    static func mismatches(_ pairs: [Summary.ServerCheck.Pair], of requests: [RequestTimeline]) -> [String] {
        let allCompleted = requests.allSatisfy { $0.outcome == .completed || $0.outcome == .dropped }
        return pairs.filter { pair in
            let difference = pair.server - pair.ours
            return abs(difference) > tolerance * max(pair.server, pair.ours) && (difference < 0 || allCompleted)
        }.map { "\($0.metric): \(decimal($0.server, 0)) by the server, \(decimal($0.ours, 0)) by the answers" }
    }

    // MARK: As weights

    /// The engine's own seconds per uncached prompt token and per output token; nil where it does not tell them.
    var secondsPerToken: (prefill: Double, decode: Double)? {
        guard reason == nil, let prefill = growth(of: names.prefillSeconds)?.value, let decode = growth(of: names.decodeSeconds)?.value,
            let prompt = growth(of: names.promptTokens)?.value, let output = growth(of: names.outputTokens)?.value
        else { return nil }
        let cached = names.promptTokensAreUncached ? nil : growth(of: names.cachedTokens)?.value
        let computed = cached.map { prompt - $0 } ?? prompt
        guard computed > 0, output > 0, prefill > 0, decode > 0 else { return nil }
        return (prefill / computed, decode / output)
    }
}

import JouleModel
import JouleStatistics
import JouleUnits

/// The latencies of a run: exact distributions over the completed requests of the measured phase.
package enum Latency {
    /// By their names in `summary.json`. A figure that a request does not have, such as the time per token of a single token,
    /// is left out of its distribution, never put in as zero.
    package static func distributions(of requests: [RequestTimeline]) -> [String: Summary.Distribution] {
        // The gaps are by far the most values; where every read brought one token they are the times between tokens too.
        let gaps = chunkGaps(of: requests)
        let parts: [@Sendable () -> [(String, Summary.Distribution)]] = [
            {
                let between = distribution(gaps.seconds)
                return gaps.areOfSingleTokens ? [("chunk_gap", between), ("inter_token_latency", between)] : [("chunk_gap", between)]
            },
            {
                var parts = [
                    ("time_to_first_token", distribution(seconds(requests, \.timeToFirstToken))),
                    ("time_to_first_output_token", distribution(seconds(requests, \.timeToFirstOutputToken))),
                    ("time_per_output_token", distribution(seconds(requests, \.timePerOutputToken))),
                    ("response_latency", distribution(seconds(requests, \.responseLatency))),
                    ("service_latency", distribution(seconds(requests, \.serviceLatency))),
                ]
                if !gaps.areOfSingleTokens { parts.append(("inter_token_latency", distribution(interTokenLatencies(of: requests)))) }
                return parts
            },
        ]
        return Dictionary(uniqueKeysWithValues: parts.concurrentMap { $0() }.joined())
    }

    /// The latencies of requests with all that did not complete counting as infinite: a quantile that falls among them is nil, and
    /// so are mean and maximum once there is one.
    package static func censored(of requests: [RequestTimeline]) -> [String: Summary.Distribution] {
        let infinite = requests.count { $0.phase == .measure && $0.outcome != .completed }
        return [
            "time_to_first_token": distribution(seconds(requests, \.timeToFirstToken), infinite: infinite),
            "time_per_output_token": distribution(seconds(requests, \.timePerOutputToken), infinite: infinite),
            "response_latency": distribution(seconds(requests, \.responseLatency), infinite: infinite),
            "service_latency": distribution(seconds(requests, \.serviceLatency), infinite: infinite),
        ]
    }

    /// One latency of the completed requests of the measured phase.
    private static func seconds(_ requests: [RequestTimeline], _ latency: (RequestTimeline) -> Duration?) -> [Double] {
        requests.compactMap { $0.isTimed ? latency($0)?.seconds : nil }
    }

    /// Times between neighbouring reads that brought tokens or the finish, in seconds.
    private static func chunkGaps(of requests: [RequestTimeline]) -> (seconds: [Double], areOfSingleTokens: Bool) {
        var gaps: [Double] = []
        var areOfSingleTokens = true
        gaps.reserveCapacity(requests.reduce(0) { $0 + $1.chunks.count })
        for request in requests where request.isTimed {
            request.forEachGap { nanoseconds, tokens in
                gaps.append(Double(nanoseconds) * 1e-9)
                if tokens != 1 { areOfSingleTokens = false }
            }
        }
        return (gaps, areOfSingleTokens)
    }

    /// Each gap over the tokens that its read brought, once for each of them, in seconds. What came with the first read has no gap.
    private static func interTokenLatencies(of requests: [RequestTimeline]) -> [Double] {
        var latencies: [Double] = []
        latencies.reserveCapacity(requests.reduce(0) { $0 + $1.chunks.count })
        for request in requests where request.isTimed {
            request.forEachGap { nanoseconds, tokens in
                let share = Double(nanoseconds) * 1e-9 / Double(tokens)
                for _ in 0..<tokens { latencies.append(share) }
            }
        }
        return latencies
    }

    static func distribution(_ seconds: [Double], infinite: Int = 0) -> Summary.Distribution {
        var result = Summary.Distribution(count: seconds.count + infinite)
        guard let order = OrderedSample(seconds, infinite: infinite) else { return result }
        func quantile(_ fraction: Double) -> Double? {
            let value = order.quantile(fraction)
            return value.isFinite ? value : nil
        }
        result.minimum = order.minimum
        result.p50 = quantile(0.5)
        result.p90 = quantile(0.9)
        result.p95 = quantile(0.95)
        result.p99 = quantile(0.99)
        guard infinite == 0, let moments = Moments(seconds) else { return result }
        result.mean = moments.mean
        result.standardDeviation = moments.standardDeviation
        result.maximum = order.maximum
        return result
    }
}

extension RequestTimeline {
    fileprivate var isTimed: Bool { phase == .measure && outcome == .completed }

    /// The time between each read that brought tokens or the finish and the one before, with the tokens of the later one. Records of
    /// one read, which has one stamp, count together.
    @inline(__always)
    fileprivate func forEachGap(_ body: (_ nanoseconds: Int64, _ tokens: Int) -> Void) {
        var before: Int64?
        var read: Int64?
        var tokens = 0
        for chunk in chunks where chunk.isCounted {
            let stamp = chunk.instant.nanoseconds
            if stamp == read {
                tokens += chunk.count
                continue
            }
            if let before, let read { body(read - before, tokens) }
            before = read
            read = stamp
            tokens = chunk.count
        }
        if let before, let read { body(read - before, tokens) }
    }
}

import JouleModel
import JouleStatistics
import JouleUnits

/// The latencies of a run: exact distributions over the completed requests of the measured phase.
package enum Latency {
    /// By their names in `summary.json`. A figure that a request does not have, such as the time per token of a single token,
    /// is left out of its distribution, never put in as zero.
    package static func distributions(of requests: [RequestTimeline]) -> [String: Summary.Distribution] {
        let completed = requests.filter { $0.phase == .measure && $0.outcome == .completed }
        return [
            "time_to_first_token": distribution(completed.compactMap(\.timeToFirstToken?.seconds)),
            "time_per_output_token": distribution(completed.compactMap(\.timePerOutputToken?.seconds)),
            "inter_token_latency": distribution(interTokenLatencies(of: completed)),
            "response_latency": distribution(completed.compactMap(\.responseLatency?.seconds)),
            "service_latency": distribution(completed.compactMap(\.serviceLatency?.seconds)),
        ]
    }

    /// The gaps between the tokens of one request. The rows of a worker's batch share their token steps and each give their own.
    private static func interTokenLatencies(of requests: [RequestTimeline]) -> [Double] {
        var gaps: [Double] = []
        gaps.reserveCapacity(requests.reduce(0) { $0 + max($1.tokenInstants.count - 1, 0) })
        for request in requests {
            let stamps = request.tokenInstants
            for (before, after) in zip(stamps, stamps.dropFirst()) {
                gaps.append(Double(after.nanoseconds - before.nanoseconds) * 1e-9)
            }
        }
        return gaps
    }

    private static func distribution(_ seconds: [Double]) -> Summary.Distribution {
        var result = Summary.Distribution(count: seconds.count)
        guard let order = OrderedSample(seconds), let moments = Moments(seconds) else { return result }
        result.mean = moments.mean
        result.standardDeviation = moments.standardDeviation
        result.minimum = order.minimum
        result.p50 = order.quantile(0.5)
        result.p90 = order.quantile(0.9)
        result.p95 = order.quantile(0.95)
        result.p99 = order.quantile(0.99)
        result.maximum = order.maximum
        return result
    }
}

import JouleHTTP
import JouleModel
import JouleUnits

/// Reads a server's metrics page once a second.
package struct MetricsScraper: Sendable {
    private let dialect: ServerDialect
    private let path: String
    private let fetch: ServerProbe.Fetch
    private static let period: Duration = .seconds(1)
    private static let limit: Duration = .seconds(2)

    /// nil for dialects without a page of metrics in Prometheus' text format.
    package init?(dialect: ServerDialect, fetch: @escaping ServerProbe.Fetch) {
        guard let path = dialect.metricsPath else { return nil }
        self.dialect = dialect
        self.path = path
        self.fetch = fetch
    }

    /// One look at the page. The instant is the middle between question and answer.
    package func scrape() async -> ServerMetrics.Scrape {
        let start = Instant.now
        do {
            let page = try await fetch(path, Self.limit)
            let middle = page.asked + (page.answered - page.asked) / 2
            guard page.status == 200 else { return ServerMetrics.Scrape(instant: middle, values: [:], failure: "status \(page.status)") }
            let values = PrometheusText(String(decoding: page.body, as: UTF8.self)).sums(where: isWanted)
            return ServerMetrics.Scrape(
                instant: middle, values: values, failure: values.isEmpty ? "no metric of this dialect on the page" : nil)
        } catch {
            return ServerMetrics.Scrape(instant: start, values: [:], failure: ServerProbe.reason(error))
        }
    }

    /// Scrapes once a second, to the schedule, until the task is cancelled.
    package func run(_ take: (ServerMetrics.Scrape) async throws -> Void) async throws {
        var next = Instant.now
        while !Task.isCancelled {
            try await take(await scrape())
            next = next + Self.period
            let now = Instant.now
            // A server that took longer than a second to answer is asked again at the next full second.
            while next <= now { next = next + Self.period }
            do { try await Task.sleep(for: next - now) } catch { return }
        }
    }

    /// Sums and counts of histograms are kept, their buckets are not: they would be most of the log.
    private func isWanted(_ name: String) -> Bool {
        if name == "process_start_time_seconds" { return true }
        guard dialect.metricPrefixes.contains(where: { name.hasPrefix($0) }) else { return false }
        return !name.hasSuffix("_bucket") && !name.hasSuffix("_created")
    }
}

extension ServerDialect {
    /// How the names of the server's own metrics begin.
    fileprivate var metricPrefixes: [String] {
        switch self {
        case .vllm: ["vllm:"]
        case .sglang: ["sglang:"]
        case .llamacpp: ["llamacpp:"]
        case .tgi: ["tgi_"]
        case .trtllm: ["trtllm_"]
        case .openai, .ollama: []
        }
    }
}

import JouleUnits

/// What a server's metrics page said at each scrape: `server_metrics.csv`.
///
/// Values are summed over the labels of a name (engines, ranks). Names are the server's own, such as `vllm:generation_tokens_total`.
package struct ServerMetrics: Hashable, Sendable {
    /// One scrape; a name that the page did not have is missing.
    package struct Scrape: Hashable, Sendable {
        /// The middle of request and response.
        package var instant: Instant
        package var values: [String: Double]
        /// Why nothing was read; nil when it was.
        package var failure: String?

        package init(instant: Instant, values: [String: Double], failure: String? = nil) {
            self.instant = instant
            self.values = values
            self.failure = failure
        }
    }

    package var scrapes: [Scrape]

    package init(scrapes: [Scrape]) { self.scrapes = scrapes }
}

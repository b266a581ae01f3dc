import JouleModel

/// A service that takes the results of finished runs.
package protocol Sink: Sendable {
    /// Where results go, for people: no user, no password, no key is in it.
    var destination: String { get }

    /// Sends one run, whose own files are closed by then.
    ///
    /// - Returns: where it is to be found, if that is more than the destination.
    /// - Throws: `reporter.*` with the service, its own words, and what to do.
    func send(_ run: SentRun) async throws(Failure) -> String?
}

package enum Sinks {
    /// The service of a reporter, with its keys read from the environment; nil for reporters that write files.
    ///
    /// - Throws: `reporter.url`, `reporter.key`, `reporter.no-wandb`: what would keep it from being reached, known before anything runs.
    package static func sink(for reporter: ReporterSpec, variables: [String: String]) throws(Failure) -> (any Sink)? {
        switch reporter.kind {
        case .mlflow: try MLflowSink(reporter, variables: variables)
        case .wandb: try WandBSink(reporter, variables: variables)
        case .clickhouse: try ClickHouseSink(reporter, variables: variables)
        case .prometheus: try PushgatewaySink(reporter, variables: variables)
        case .json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm: nil
        }
    }
}

import JouleModel
import JouleUnits

/// The requests of a run as CSV: the six columns of the older serving toolkit, then what we know beyond them. Absent values are empty.
///
/// `timestamp_s` is the Unix time at which the client began to send, `latency_s` runs from there to the end of the answer, so that the
/// two cover what the request did on the axis of a power log; `scheduled_s` is the Unix time at which it was to be sent.
package enum RequestTable {
    package static let header = [
        "timestamp_s", "latency_s", "prompt_tokens", "completion_tokens", "status_code", "error", "outcome", "ttft_s", "tpot_s",
        "scheduled_s", "reasoning_tokens", "token_source", "finish_reason", "anomalies",
    ]

    /// The measured requests in order of sending; those that were never sent stand where they were to be sent.
    package static func csv(_ recording: Recording) -> String {
        let anchor = recording.environment.start
        let rows = recording.requests.filter { $0.phase == .measure }.sorted { ($0.begun, $0.index) < ($1.begun, $1.index) }
        var text = CSVLine.join(header) + "\n"
        for request in rows { text += CSVLine.join(fields(request, anchor)) + "\n" }
        return text
    }

    private static func fields(_ request: RequestTimeline, _ anchor: ClockAnchor) -> [String] {
        func unix(_ instant: Instant) -> String { seconds(anchor.unixSeconds(at: instant)) }
        let started = request.started ?? request.sent
        let latency = started.flatMap { started in (request.bodyEnd ?? request.lastToken).map { ($0 - started).seconds } }
        let anomalies = request.anomalies.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        return [
            started.map(unix) ?? "", latency.map(seconds) ?? "", request.inputTokens.map { "\($0)" } ?? "",
            request.outputTokens.map { "\($0)" } ?? "", request.httpStatus.map { "\($0)" } ?? "", request.error ?? "",
            request.outcome.rawValue, request.timeToFirstToken.map { seconds($0.seconds) } ?? "",
            request.timePerOutputToken.map { seconds($0.seconds) } ?? "", unix(request.scheduled),
            request.reasoningTokens.map { "\($0)" } ?? "", request.tokenSource?.rawValue ?? "", request.finishReason ?? "",
            anomalies.joined(separator: ";"),
        ]
    }

    /// Microseconds: finer than a Double holds of the Unix time.
    private static func seconds(_ value: Double) -> String { NumberText.fixed(value, decimals: 6, separator: "") }
}

extension RequestTimeline {
    fileprivate var begun: Instant { started ?? sent ?? scheduled }
}

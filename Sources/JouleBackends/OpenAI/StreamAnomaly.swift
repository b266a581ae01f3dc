/// Oddities of a response that do not end it: named counters of `RequestTimeline.anomalies`. The names are stable.
package enum StreamAnomaly: String, CaseIterable, Sendable, Hashable {
    /// An event whose data is no JSON; it was passed over.
    case invalidJSON = "invalid_json"
    /// JSON that holds nothing of the interface: no choices, no usage, no error.
    case unrecognisedEvent = "unrecognised_event"
    /// An event without data.
    case emptyEvent = "empty_event"
    /// A line that is no field of an event stream.
    case unknownField = "unknown_field"
    /// Several JSON texts in one event: the server ends its events with one line end where two are due.
    case joinedEvents = "joined_events"
    /// The stream ended inside its last event, which was read all the same.
    case unterminatedEvent = "unterminated_event"
    /// The type of the content is not what the body turned out to be.
    case contentType = "content_type"
    /// One JSON answer though a stream was asked for: no times of tokens.
    case notStreamed = "not_streamed"
    /// The body ended without `[DONE]`.
    case noDone = "no_done"
    /// The body ended with `[DONE]` and no choice had a finish reason.
    case noFinishReason = "no_finish_reason"
    case repeatedDone = "repeated_done"
    /// An event after `[DONE]`.
    case eventAfterDone = "event_after_done"
    /// A token after the only choice had finished.
    case tokenAfterFinish = "token_after_finish"
    /// The connection broke or a limit of time was reached after the answer was whole.
    case brokenAfterFinish = "broken_after_finish"
    /// Events with several choices, or a choice that was not asked for.
    case severalChoices = "several_choices"
    /// Reasoning together with output or a tool call in one event; it counts as output.
    case mixedKinds = "mixed_kinds"
    /// A running token count that went down.
    case usageDecreased = "usage_decreased"
    /// A token count that is negative, no whole number, beyond all reason, or risen by more than a chunk can carry.
    case implausibleUsage = "implausible_usage"
    /// Half of a character outside the basic plane, without the other half.
    case loneSurrogate = "lone_surrogate"
    /// More text than is kept.
    case textTruncated = "text_truncated"
    /// More chunks than are recorded for one request; their tokens are in its counts only.
    case unrecordedChunks = "unrecorded_chunks"
}

import JouleModel

/// The energy of requests that other tools measured: what `analyze` computes from captured logs.
package struct CapturedSummary: Hashable, Sendable, Encodable {
    /// From the first request's start to the last one's end.
    package struct Window: Hashable, Sendable, Encodable {
        /// ISO 8601 in UTC; nil where the logs count from a zero of their own.
        package var startedAt: String?
        package var endedAt: String?
        /// From the zero of the logs, which is 1970 where the times above are there.
        package var startSeconds: Double
        package var endSeconds: Double
        package var durationSeconds: Double

        package init(startedAt: String?, endedAt: String?, startSeconds: Double, endSeconds: Double, durationSeconds: Double) {
            self.startedAt = startedAt
            self.endedAt = endedAt
            self.startSeconds = startSeconds
            self.endSeconds = endSeconds
            self.durationSeconds = durationSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case startedAt = "started_at"
            case endedAt = "ended_at"
            case startSeconds = "start_seconds"
            case endSeconds = "end_seconds"
            case durationSeconds = "duration_seconds"
        }
    }

    package struct Requests: Hashable, Sendable, Encodable {
        package var succeeded: Int
        package var failed: Int
        /// Due, and never sent.
        package var unsent: Int

        package init(succeeded: Int, failed: Int, unsent: Int) {
            self.succeeded = succeeded
            self.failed = failed
            self.unsent = unsent
        }
    }

    /// The names of the figures, in the order in which people read them.
    package enum FigureName: String, CaseIterable, Sendable {
        case energy
        case activeEnergy = "active_energy"
        case meanPower = "mean_power"
        case idlePower = "idle_power"
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case joulesPerOutputToken = "joules_per_output_token"
        case activeJoulesPerOutputToken = "active_joules_per_output_token"
        case outputTokensPerSecond = "output_tokens_per_second"
    }

    package let schemaVersion = 1
    package var scope: Scope
    /// nil when there is no request with a length.
    package var window: Window?
    package var requests: Requests
    package var figures: [String: Figure] = [:]
    /// What was left out or assumed on reading the logs.
    package var notes: [String] = []

    package init(scope: Scope, window: Window?, requests: Requests) {
        self.scope = scope
        self.window = window
        self.requests = requests
    }

    package subscript(name: FigureName) -> Figure? {
        get { figures[name.rawValue] }
        set { figures[name.rawValue] = newValue }
    }

    private enum CodingKeys: String, CodingKey {
        case scope, window, requests, figures, notes
        case schemaVersion = "schema_version"
    }
}

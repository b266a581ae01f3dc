/// What a study came to: `studies/<name>/summary.json`, and what its table, chart and report are drawn from.
package struct StudySummary: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    /// One run of one member.
    package struct Row: Hashable, Sendable, Codable {
        package var member: String
        package var values: [Study.SweptValue]
        package var repetition: Int
        package var runID: String?
        /// Why there is no run, or how it failed; nil when it completed, and when it was not to be run any more.
        package var failure: String?
        package var summary: Summary?
        /// The runs that failed before this one, which took their place; nil when the first one did it.
        package var failedAttempts: [FailedAttempt]?
        /// Why it was not run; nil when it was.
        package var notRun: String?

        package init(
            member: String, values: [Study.SweptValue], repetition: Int, runID: String? = nil, failure: String? = nil,
            summary: Summary? = nil, notRun: String? = nil
        ) {
            self.member = member
            self.values = values
            self.repetition = repetition
            self.runID = runID
            self.failure = failure
            self.summary = summary
            self.notRun = notRun
        }

        private enum CodingKeys: String, CodingKey {
            case member, values, repetition, failure, summary
            case runID = "run_id"
            case failedAttempts = "failed_attempts"
            case notRun = "not_run"
        }

        /// How often it was tried; 0 when it was not run.
        package var attempts: Int { notRun == nil ? 1 + (failedAttempts ?? []).count : 0 }
    }

    /// A run that failed and was made again.
    package struct FailedAttempt: Hashable, Sendable, Codable {
        /// nil when it failed before it had a folder.
        package var runID: String?
        package var failure: String

        package init(runID: String?, failure: String) {
            self.runID = runID
            self.failure = failure
        }

        private enum CodingKeys: String, CodingKey { case failure, runID = "run_id" }
    }

    /// One load of an energy curve, over its repetitions.
    package struct CurvePoint: Hashable, Sendable, Codable {
        /// Requests a second or requests in flight.
        package var load: Double
        package var verdict: Summary.WindowVerdict
        /// Means over the repetitions; absent ones with their reason.
        package var joulesPerOutputToken: Figure
        package var meanPower: Figure
        package var outputTokensPerSecond: Figure
        package var goodputPerJoule: Figure
        /// In seconds.
        package var timeToFirstTokenP99: Double?
        package var timePerOutputTokenP99: Double?
        /// Whether its p99 latencies meet every objective; nil without objectives.
        package var meetsObjectives: Bool?

        package init(
            load: Double, verdict: Summary.WindowVerdict, joulesPerOutputToken: Figure, meanPower: Figure, outputTokensPerSecond: Figure,
            goodputPerJoule: Figure
        ) {
            self.load = load
            self.verdict = verdict
            self.joulesPerOutputToken = joulesPerOutputToken
            self.meanPower = meanPower
            self.outputTokensPerSecond = outputTokensPerSecond
            self.goodputPerJoule = goodputPerJoule
        }

        private enum CodingKeys: String, CodingKey {
            case load, verdict
            case joulesPerOutputToken = "joules_per_output_token"
            case meanPower = "mean_power"
            case outputTokensPerSecond = "output_tokens_per_second"
            case goodputPerJoule = "goodput_per_joule"
            case timeToFirstTokenP99 = "time_to_first_token_p99_seconds"
            case timePerOutputTokenP99 = "time_per_output_token_p99_seconds"
            case meetsObjectives = "meets_objectives"
        }
    }

    /// Energy and latency over the load.
    package struct EnergyCurve: Hashable, Sendable, Codable {
        package enum Variable: String, Hashable, Sendable, Codable { case rate, concurrency }

        package var variable: Variable
        /// Ascending in load.
        package var points: [CurvePoint]
        /// Index of the point at the greatest distance from the chord of throughput against load; nil under five loads.
        package var knee: Int?
        /// Index of the steady point with the least headline J/output token whose p99 meet the objectives; nil when there is none.
        package var optimum: Int?
        /// Why there is no knee or no optimum.
        package var notes: [String]

        package init(variable: Variable, points: [CurvePoint], knee: Int? = nil, optimum: Int? = nil, notes: [String] = []) {
            self.variable = variable
            self.points = points
            self.knee = knee
            self.optimum = optimum
            self.notes = notes
        }
    }

    package var schemaVersion = StudySummary.schemaVersion
    package var name: String
    package var rows: [Row]
    /// The figures of each member over its repetitions, in the order of the study's first runs; none in files of older versions.
    package var members: [Member]
    package var curve: EnergyCurve?

    package init(name: String, rows: [Row], members: [Member] = [], curve: EnergyCurve? = nil) {
        self.name = name
        self.rows = rows
        self.members = members
        self.curve = curve
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schemaVersion = try container.decode(Int.self, forKey: .schemaVersion)
        name = try container.decode(String.self, forKey: .name)
        rows = try container.decode([Row].self, forKey: .rows)
        members = try container.decodeIfPresent([Member].self, forKey: .members) ?? []
        curve = try container.decodeIfPresent(EnergyCurve.self, forKey: .curve)
    }

    private enum CodingKeys: String, CodingKey {
        case name, rows, members, curve
        case schemaVersion = "schema_version"
    }
}

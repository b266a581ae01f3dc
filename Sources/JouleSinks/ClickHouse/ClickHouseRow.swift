import JouleModel
import JouleUnits

/// A run as one row: docs/reporters.md has the columns. A column that is here once keeps its name and its type.
enum ClickHouseRow {
    struct Column: Sendable {
        let name: String
        let type: String
        let value: JSONValue
    }

    static func columns(of run: SentRun) -> [Column] {
        var row = Row()
        identity(run, into: &row)
        energy(run.summary, run.headline, into: &row)
        work(run.summary, into: &row)
        row.texts("flags", run.flags.map(\.rawValue))
        row.texts("invalid_flags", run.flags.filter { $0.grade == .invalid }.map(\.rawValue))
        row.text("configuration", Self.json(.object(Dictionary(run.parameters.map { ($0.name, .string($0.value)) }) { first, _ in first })))
        row.text("summary", summary(run))
        return row.columns
    }

    private static func identity(_ run: SentRun, into row: inout Row) {
        let experiment = run.recording.experiment
        row.time("started_at", run.start)
        row.time("ended_at", run.end)
        row.time("sent_at", ClockAnchor.now.unixSeconds)
        row.text("run_id", run.summary.runID)
        row.text("host", run.host)
        row.text("name", run.summary.name)
        row.text("model", run.summary.model)
        row.text("backend", experiment.backend.kind.rawValue)
        row.text("dataset", experiment.scenario.datasetName)
        row.text("project", experiment.metrics.projectName ?? "")
        row.text("digest", run.digest)
        row.text("joulebench_version", run.recording.environment.joulebench)
        row.text("status", run.summary.status.rawValue)
        row.text("status_reason", run.summary.statusReason ?? "")
        row.text("window_verdict", run.summary.windowVerdict.rawValue)
        row.number("window_duration_seconds", run.summary.windowDurationSeconds)
    }

    private static func energy(_ summary: Summary, _ headline: Summary.ScopeEnergy?, into row: inout Row) {
        row.text("headline_scope", summary.headlineScope.rawValue)
        row.text("energy_method", headline?.gross.method ?? EnergyMethod.unavailable.rawValue)
        row.text("energy_reason", summary.energyReason ?? "")
        row.number("energy_joules", headline?.gross)
        row.number("net_over_idle_host_joules", headline?.netOverIdleHost.value)
        row.number("net_over_idle_loaded_joules", headline?.netOverIdleLoaded.value)
        row.number("mean_power_watts", headline?.meanPower.value)
        row.number("peak_power_watts", headline?.peakPower.value)
        for scope in [Scope.gpu, .package, .cpu, .dram, .system, .node] {
            row.number("\(scope.rawValue)_energy_joules", summary.energies.first { $0.scope == scope }?.gross.value)
        }
        for key in [
            "joules_per_output_token", "net_joules_per_output_token", "joules_per_request", "watt_hours_per_request",
            "watt_hours_per_1000_requests", "output_tokens_per_joule",
        ] { row.number(key, summary.figures[key]) }
        row.number("grams_co2e", summary.figures["grams_co2e"]?.value)
        row.number("carbon_intensity_grams_co2e_per_kwh", summary.carbon?.intensity.value)
    }

    private static func work(_ summary: Summary, into row: inout Row) {
        let requests = summary.requests
        row.count("requests_planned", requests.planned)
        row.count("requests_completed", requests.completed)
        row.count("requests_failed", requests.failed)
        row.count("input_tokens", requests.inputTokens)
        row.count("cached_input_tokens", requests.cachedInputTokens)
        row.count("output_tokens", requests.outputTokens)
        row.count("reasoning_tokens", requests.reasoningTokens)
        for key in ["output_tokens_per_second", "total_tokens_per_second", "requests_per_second"] {
            row.number(key, summary.figures[key]?.value)
        }
        for key in [
            "time_to_first_token", "time_per_output_token", "inter_token_latency", "response_latency", "service_latency",
        ] {
            let distribution = summary.latencies[key]
            for (part, value) in [("mean", distribution?.mean), ("p50", distribution?.p50), ("p99", distribution?.p99)] {
                row.number("\(key)_\(part)_seconds", value)
            }
        }
    }

    /// `summary.json` as it lies in the run's folder, in one text.
    private static func summary(_ run: SentRun) -> String {
        (try? JSONValue(encoding: run.summary)).map(json) ?? ""
    }

    private static func json(_ value: JSONValue) -> String { String(decoding: value.line(), as: UTF8.self) }

    private struct Row {
        private(set) var columns: [Column] = []

        mutating func text(_ name: String, _ value: String) { columns.append(Column(name: name, type: "String", value: .string(value))) }

        mutating func texts(_ name: String, _ values: [String]) {
            columns.append(Column(name: name, type: "Array(String)", value: .array(values.map { .string($0) })))
        }

        /// In whole seconds of UTC.
        mutating func time(_ name: String, _ unixSeconds: Double) {
            let text = WallTime.text(unixSeconds).prefix(19)
            let plain = text.split(separator: "T").joined(separator: " ")
            columns.append(Column(name: name, type: "DateTime('UTC')", value: .string(plain)))
        }

        mutating func number(_ name: String, _ value: Double?) {
            let json = value.flatMap { $0.isFinite ? JSONValue.number($0) : nil }
            columns.append(Column(name: name, type: "Nullable(Float64)", value: json ?? .null))
        }

        mutating func number(_ name: String, _ figure: Figure?) {
            number(name, figure?.value)
            let interval = name.hasSuffix("_joules") ? "\(name.dropLast(7))_plus_minus_joules" : "\(name)_plus_minus"
            number(interval, figure?.value == nil ? nil : figure?.plusMinus)
        }

        mutating func count(_ name: String, _ value: Int?) {
            columns.append(Column(name: name, type: "Nullable(Int64)", value: value.map { .integer(Int64($0)) } ?? .null))
        }
    }
}

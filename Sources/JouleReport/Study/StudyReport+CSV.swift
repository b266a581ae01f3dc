import JouleModel

extension StudyReport {
    /// `table.csv` of a study: one row for each run, with all digits; `NA` where there is nothing.
    package static func csv(_ study: StudySummary) -> String {
        let keys = StudyLine.keys(of: study)
        let known = FigureNames.knownFigures + FigureNames.furtherKnownFigures
        let rows = study.rows.map { row(of: $0, keys: keys, figures: known, curve: study.curve) }
        // Every row adds the same names, so the first one has them all.
        guard let names = rows.first?.map(\.0) else { return "" }
        return ([CSVLine.join(names)] + rows.map { CSVLine.join($0.map(\.1)) }).joined(separator: "\n") + "\n"
    }

    private static func row(
        of run: StudySummary.Row, keys: [String], figures: [String], curve: StudySummary.EnergyCurve?
    ) -> [(String, String)] {
        var row = CSVRow()
        let summary = run.summary
        row.add("member", run.member)
        for key in keys { row.add(key, run.values.first { $0.key == key }?.value) }
        row.add("repetition", run.repetition)
        row.add("run_id", run.runID)
        row.add("status", summary?.status.rawValue)
        row.add("failure", run.failure)
        row.add("attempts", run.attempts)
        row.add("failed_attempts", CSVRow.list((run.failedAttempts ?? []).map { $0.runID ?? "no run" }))
        row.add("not_run", run.notRun)
        row.add("model_loaded_by", summary?.modelLoadedBy)
        row.add("model", summary?.model)
        row.add("headline_scope", summary?.headlineScope.rawValue)
        row.add("window_duration_seconds", summary?.windowDurationSeconds)
        row.add("completed_requests", summary?.requests.completed)
        row.add("failed_requests", summary?.requests.failed)
        row.add("input_tokens", summary?.requests.inputTokens)
        row.add("output_tokens", summary?.requests.outputTokens)
        for key in figures {
            let figure = summary?.figures[key]
            row.add(FigureNames.column(of: key), figure?.value)
            row.add("\(FigureNames.column(of: key))_plus_minus", figure?.value == nil ? nil : figure?.plusMinus)
        }
        for key in FigureNames.ordered(latencies: FigureNames.knownLatencies + FigureNames.furtherKnownLatencies) {
            let distribution = summary?.latencies[key]
            for (name, value) in [("mean", distribution?.mean), ("p50", distribution?.p50), ("p99", distribution?.p99)] {
                row.add("\(key)_\(name)_seconds", value)
            }
        }
        RunRow.serving(summary, into: &row)
        if let curve {
            let load =
                switch curve.variable {
                case .rate: summary?.serving?.load.rate
                case .concurrency: summary?.serving?.load.concurrency.map(Double.init)
                }
            let place = load.flatMap { load in curve.points.firstIndex { $0.load == load } }
            row.add("is_knee", place.map { $0 == curve.knee ? "true" : "false" })
            row.add("is_optimum", place.map { $0 == curve.optimum ? "true" : "false" })
        }
        row.add("flags", CSVRow.list(summary?.flagGroups.map(\.flag.rawValue) ?? []))
        row.add("timestamp", summary?.startedAt)
        return row.columns
    }
}

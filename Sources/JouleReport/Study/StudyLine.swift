import JouleModel

/// What one line of a study's table and one point of its charts show: a load of an energy curve, or a run.
struct StudyLine {
    /// The load, or the swept values in the order of `StudyLine.keys`.
    var values: [String]
    /// Where the point stands on the horizontal axis of the charts.
    var x: Double
    var repetition: Int
    var verdict: Summary.WindowVerdict?
    var joulesPerOutputToken: Figure
    var meanPower: Figure
    var outputTokensPerSecond: Figure
    /// Requests a second that keep every objective; nil where none were set.
    var goodput: Figure?
    var goodputPerJoule: Figure?
    /// In seconds.
    var timeToFirstTokenP99: Double?
    var timePerOutputTokenP99: Double?
    var meetsObjectives: Bool?
    var isKnee = false
    var isOptimum = false
    /// Why there is no run, or how it failed.
    var failure: String?

    var mark: String { [isKnee ? "knee" : nil, isOptimum ? "optimum" : nil].compactMap(\.self).joined(separator: ", ") }
}

extension StudyLine {
    private init(_ point: StudySummary.CurvePoint, in study: StudySummary, of variable: StudySummary.EnergyCurve.Variable) {
        self.init(
            values: [NumberText.trimmed(point.load)], x: point.load, repetition: 1, verdict: point.verdict,
            joulesPerOutputToken: point.joulesPerOutputToken, meanPower: point.meanPower,
            outputTokensPerSecond: point.outputTokensPerSecond, goodput: Self.goodput(at: point.load, in: study, of: variable),
            goodputPerJoule: point.goodputPerJoule.value == nil ? nil : point.goodputPerJoule,
            timeToFirstTokenP99: point.timeToFirstTokenP99, timePerOutputTokenP99: point.timePerOutputTokenP99,
            meetsObjectives: point.meetsObjectives)
    }

    private init(_ row: StudySummary.Row, keys: [String], x: Double) {
        let summary = row.summary
        let reason = row.failure ?? "no run"
        func figure(_ key: String, _ unit: String) -> Figure { summary?.figure(key, unit: unit) ?? .absent(unit: unit, reason: reason) }
        let goodput = summary?.serving?.goodput
        self.init(
            values: keys.map { key in row.values.first { $0.key == key }?.value ?? FigureFormat.absent }, x: x,
            repetition: row.repetition, verdict: summary?.windowVerdict,
            joulesPerOutputToken: figure("joules_per_output_token", "J/token"), meanPower: figure("mean_power", "W"),
            outputTokensPerSecond: figure("output_tokens_per_second", "token/s"), goodput: goodput?.requestsPerSecond,
            goodputPerJoule: goodput?.requestsPerJoule, timeToFirstTokenP99: summary?.latencies["time_to_first_token"]?.p99,
            timePerOutputTokenP99: summary?.latencies["time_per_output_token"]?.p99, failure: row.failure)
    }

    /// The lines of a study: the points of its energy curve, or else its runs in their order.
    static func lines(of study: StudySummary) -> [StudyLine] {
        guard let curve = study.curve else {
            let keys = self.keys(of: study)
            // What was not run has a list of its own.
            let rows = study.rows.filter { $0.notRun == nil }
            let numbers = rows.map { row in keys.count == 1 ? row.values.first.flatMap { Double($0.value) } : nil }
            // Where the one swept key is a number, that number is the axis; else the runs are counted.
            let isNumeric = !numbers.isEmpty && numbers.allSatisfy { $0?.isFinite == true }
            return rows.enumerated().map { number, row in
                StudyLine(row, keys: keys, x: (isNumeric ? numbers[number] : nil) ?? Double(number + 1))
            }
        }
        return curve.points.enumerated().map { number, point in
            var line = StudyLine(point, in: study, of: curve.variable)
            line.isKnee = number == curve.knee
            line.isOptimum = number == curve.optimum
            return line
        }
    }

    /// The swept keys of all rows, in the order of their first appearance.
    static func keys(of study: StudySummary) -> [String] {
        var keys: [String] = []
        for value in study.rows.flatMap(\.values) where !keys.contains(value.key) { keys.append(value.key) }
        return keys
    }

    /// What the columns of `values` and the horizontal axis are called.
    static func headers(of study: StudySummary) -> [String] {
        switch study.curve?.variable {
        case .rate: return ["req/s"]
        case .concurrency: return ["in flight"]
        case nil:
            let keys = self.keys(of: study)
            let short = keys.map { String($0.split(separator: ".").last ?? "") }
            return Set(short).count == keys.count ? short : keys
        }
    }

    /// The mean over the runs at one load. Its interval over repetitions is the analysis's to state, so none is given here.
    private static func goodput(at load: Double, in study: StudySummary, of variable: StudySummary.EnergyCurve.Variable) -> Figure? {
        let figures = study.rows.compactMap { row -> Figure? in
            guard let serving = row.summary?.serving else { return nil }
            let own =
                switch variable {
                case .rate: serving.load.rate
                case .concurrency: serving.load.concurrency.map(Double.init)
                }
            guard own == load else { return nil }
            return serving.goodput?.requestsPerSecond
        }
        let values = figures.compactMap(\.value)
        guard let first = figures.first, !values.isEmpty else { return nil }
        return Figure(value: values.reduce(0, +) / Double(values.count), unit: first.unit, method: first.method)
    }
}

extension StudySummary {
    /// Sentences under the table: where the knee and the optimum lie, and why there is none.
    var remarks: [String] {
        guard let curve else { return [] }
        var remarks: [String] = []
        let unit = curve.variable == .rate ? "requests/s" : "requests in flight"
        if let optimum = curve.optimum, curve.points.indices.contains(optimum) {
            let point = curve.points[optimum]
            let limit = point.meetsObjectives == true ? " that keep the objectives at p99" : ""
            remarks.append(
                "Energy-optimal: \(NumberText.trimmed(point.load)) \(unit), \(FigureFormat.text(point.joulesPerOutputToken).sentence), "
                    + "the least of all steady loads\(limit).")
        }
        if let knee = curve.knee, curve.points.indices.contains(knee) {
            remarks.append("Knee: \(NumberText.trimmed(curve.points[knee].load)) \(unit); beyond it throughput grows less than the load.")
        }
        return remarks + curve.notes
    }

    /// Runs that came to their end.
    var done: Int { rows.count { $0.summary?.status == .completed && $0.failure == nil } }

    /// The runs that failed, each with its reason, and how often it was tried.
    var failures: [String] {
        rows.compactMap { row in
            row.failure.map { "\(Self.label(row)): \($0)\(row.attempts > 1 ? ", in each of \(row.attempts) attempts" : "")" }
        }
    }

    /// The runs that went well when they were made again, each with what failed before.
    var retried: [String] {
        rows.compactMap { row in
            guard row.failure == nil, let failed = row.failedAttempts, let last = failed.last else { return nil }
            let runs = failed.compactMap(\.runID)
            let kept = runs.isEmpty ? "" : " (\(runs.joined(separator: ", ")))"
            return "\(Self.label(row)): attempt \(row.attempts); before: \(last.failure)\(kept)"
        }
    }

    /// What was not run: how much of it for which reason.
    var notRun: [String] {
        var reasons: [String] = []
        for reason in rows.compactMap(\.notRun) where !reasons.contains(reason) { reasons.append(reason) }
        return reasons.map { reason in
            let labels = rows.filter { $0.notRun == reason }.map(Self.label)
            let more = labels.count > 6 ? " and \(labels.count - 6) more" : ""
            return "\(reason): \(labels.prefix(6).joined(separator: ", "))\(more)"
        }
    }

    /// Why each member was not repeated any more, where a goal decided it.
    var endings: [String] { members.compactMap { member in member.ending.map { "\(member.name): \($0)" } } }

    /// What a reader should know of models that stayed loaded; nil where none did.
    var loads: String? {
        let kept = rows.compactMap(\.summary?.modelLoadedBy)
        guard !kept.isEmpty else { return nil }
        let runs = kept.count == 1 ? "1 run" : "\(kept.count) runs"
        return "\(runs) found the model loaded by an earlier run, whose figures have the load; their idle host is that run's too."
    }

    private static func label(_ row: Row) -> String { "\(row.member)\(row.repetition > 1 ? " (repetition \(row.repetition))" : "")" }
}

extension NumberText {
    /// A number that someone typed: no more decimals than it has.
    static func trimmed(_ value: Double) -> String {
        for decimals in 0..<6 where abs(value - (value * powerOfTen(decimals)).rounded() / powerOfTen(decimals)) < 1e-9 * abs(value) {
            return fixed(value, decimals: decimals)
        }
        return value == 0 ? "0" : significant(value)
    }
}

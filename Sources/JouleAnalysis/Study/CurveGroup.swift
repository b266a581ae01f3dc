import JouleModel
import JouleStatistics

/// The repetitions of one load.
struct CurveGroup {
    let load: Double
    let runs: [Summary]

    var point: StudySummary.CurvePoint {
        var point = StudySummary.CurvePoint(
            load: load, verdict: verdict, joulesPerOutputToken: mean(of: "joules_per_output_token", unit: "J/token"),
            meanPower: mean(of: "mean_power", unit: "W"),
            outputTokensPerSecond: mean(of: "output_tokens_per_second", unit: "token/s"),
            goodputPerJoule: mean(of: "goodput_per_joule", unit: "request/J"))
        point.timeToFirstTokenP99 = mean(runs.compactMap { $0.latencies["time_to_first_token"]?.p99 })
        point.timePerOutputTokenP99 = mean(runs.compactMap { $0.latencies["time_per_output_token"]?.p99 })
        let verdicts = runs.compactMap(meetsObjectives)
        point.meetsObjectives = verdicts.isEmpty ? nil : verdicts.allSatisfy { $0 }
        return point
    }

    /// The worst of the repetitions: one that was saturated says that the load is not one to keep.
    private var verdict: Summary.WindowVerdict {
        func rank(_ verdict: Summary.WindowVerdict) -> Int {
            switch verdict {
            case .saturated: 0
            case .noSteadyState: 1
            case .short: 2
            case .wholePhase: 3
            case .steady: 4
            }
        }
        return runs.map(\.windowVerdict).min { rank($0) < rank($1) } ?? .noSteadyState
    }

    /// Nil without objectives; a p99 that is not defined does not meet one.
    private func meetsObjectives(_ run: Summary) -> Bool? {
        guard let objectives = run.serving?.goodput?.objectives, !objectives.isEmpty else { return nil }
        let names = ["ttft": "time_to_first_token", "tpot": "time_per_output_token", "e2el": "service_latency"]
        return objectives.allSatisfy { key, limit in
            names[key].flatMap { run.latencies[$0]?.p99 }.map { $0 <= limit } ?? false
        }
    }

    private func mean(_ values: [Double]) -> Double? { Moments(values)?.mean }

    /// The mean of a figure over the repetitions that have it; the figure of the run itself where there is one run alone.
    private func mean(of name: String, unit: String) -> Figure {
        let figures = runs.compactMap { $0.figures[name] }
        let known = figures.filter { $0.value != nil }
        if known.count == 1 { return known[0] }
        guard !figures.isEmpty else { return .absent(unit: unit, reason: "no run has this figure") }
        return Repetitions.joined(figures, unit: unit).figure
    }
}

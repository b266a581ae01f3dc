import JouleModel
import JouleStatistics

/// The repetitions of one experiment: runs that came to their end, to be summed up.
struct Repetitions {
    let runs: [Summary]

    /// Figures of a summary that are stated over repetitions, with their units for runs that have none of them.
    private static let figures = [
        ("joules_per_output_token", "J/token"), ("net_joules_per_output_token", "J/token"), ("output_tokens_per_joule", "token/J"),
        ("joules_per_request", "J/request"),
        ("watt_hours_per_1000_requests", "Wh/1000 requests"), ("mean_power", "W"), ("idle_share", "%"),
        ("output_tokens_per_second", "token/s"),
        ("requests_per_second", "request/s"),
    ]

    /// The same for runs whose carbon was computed.
    private static let carbonFigures = [
        ("grams_co2e", "gCO2e"), ("grams_co2e_per_request", "gCO2e/request"), ("grams_co2e_per_1000_output_tokens", "gCO2e/1000 token"),
    ]

    /// Latencies that are stated over repetitions, each at its median and its 99th percentile.
    private static let latencies = ["time_to_first_token", "time_per_output_token"]

    /// The headline figures and latencies by name.
    var headlines: [String: RepeatedFigure] {
        var headlines: [String: RepeatedFigure] = [:]
        for (name, unit) in Self.figures { headlines[name] = figure(name, unit: unit) }
        headlines["net_energy_over_idle_host"] = ofHeadline("J") { $0.energies.first(of: $0.headlineScope)?.netOverIdleHost }
        headlines["net_energy_over_idle_loaded"] = ofHeadline("J") { $0.energies.first(of: $0.headlineScope)?.netOverIdleLoaded }
        headlines.merge(carbon) { own, _ in own }
        for name in Self.latencies {
            headlines["\(name)_p50"] = latency(name, \.p50)
            headlines["\(name)_p99"] = latency(name, \.p99)
        }
        return headlines
    }

    /// Carbon, water and cost of the headline scope, as far as the runs have them.
    private var carbon: [String: RepeatedFigure] {
        guard runs.contains(where: { $0.carbon != nil }) else { return [:] }
        var figures: [String: RepeatedFigure] = [:]
        for (name, unit) in Self.carbonFigures { figures[name] = figure(name, unit: unit) }
        let others: [(String, KeyPath<Summary.Carbon.Row, Figure>)] = [
            ("site_energy", \.facilityEnergy), ("water", \.water), ("cost", \.cost), ("cost_per_1000_requests", \.costPerThousandRequests),
        ]
        for (name, path) in others {
            let repeated = ofHeadline("") { $0.carbon?.row(of: $0.headlineScope)?[keyPath: path] }
            // Nobody gave a price, or a water usage: that is no finding of these runs.
            if repeated.count > 0 { figures[name] = repeated }
        }
        return figures
    }

    /// One figure of each run that is of its headline scope.
    private func ofHeadline(_ unit: String, _ figure: (Summary) -> Figure?) -> RepeatedFigure {
        Self.joined(runs.map { figure($0) ?? .absent(unit: unit, reason: "the run has no such figure") }, unit: unit)
    }

    /// Gross energy of every scope that a run knows of.
    var energies: [String: RepeatedFigure] {
        var energies: [String: RepeatedFigure] = [:]
        for scope in Set(runs.flatMap { $0.energies.map(\.scope) }) {
            let known = runs.map { run in
                run.energies.first { $0.scope == scope }?.gross
                    ?? .absent(unit: "J", scope: scope, reason: "the run has no energy of the scope \(scope.rawValue)")
            }
            energies[scope.rawValue] = Self.joined(known, unit: "J")
        }
        return energies
    }

    /// One figure of the summaries.
    func figure(_ name: String, unit: String) -> RepeatedFigure {
        let none = Figure.absent(unit: unit, reason: "the run has no such figure")
        return Self.joined(runs.map { $0.figures[name] ?? none }, unit: unit)
    }

    /// One order statistic of a latency, in seconds.
    func latency(_ name: String, _ statistic: KeyPath<Summary.Distribution, Double?>) -> RepeatedFigure {
        let none = Figure.absent(unit: "s", reason: "no request of the run has this latency")
        let figures = runs.map { run in
            let figure = run.latencies[name]?[keyPath: statistic].map { Figure(value: $0, unit: "s", method: "timed") } ?? none
            return run.simulation == nil ? figure : figure.simulated
        }
        return Self.joined(figures, unit: "s")
    }

    /// Figures of one kind from runs of one experiment, as one.
    ///
    /// Each run's own random error is part of the scatter between the runs, so the random part is Student's t over that scatter alone:
    /// t · s / √n. The gain of a sensor errs alike in every run: it is the mean of the runs' own systematic parts and is joined at the
    /// end as an independent error. Where a run does not keep the two apart, all of its interval counts as systematic, which is the wider
    /// statement.
    static func joined(_ figures: [Figure], unit: String) -> RepeatedFigure {
        let known = figures.filter { $0.value?.isFinite == true }
        guard let first = known.first, let moments = Moments(known.compactMap(\.value)) else {
            let reason = figures.lazy.compactMap(\.reason).first ?? "no run came to its end"
            return RepeatedFigure(
                count: 0, mean: nil, unit: figures.first?.unit ?? unit, method: EnergyMethod.unavailable.rawValue,
                scope: figures.first?.scope, reason: reason)
        }
        let methods = known.compactMap { EnergyMethod(rawValue: $0.method) }
        let method = methods.count == known.count ? methods.reduce(EnergyMethod.measuredCounter) { $0.weaker($1) }.rawValue : first.method
        var joined = RepeatedFigure(
            count: known.count, mean: moments.mean, unit: first.unit, method: method, scope: first.scope,
            flags: known.reduce(into: []) { $0.formUnion($1.flags) })
        joined.standardDeviation = moments.standardDeviation
        joined.coefficientOfVariation = moments.coefficientOfVariation
        // The gain is taken over all runs that state one: a run without an interval has the same sensor.
        joined.systematic = Moments(known.compactMap { $0.systematic ?? $0.plusMinus })?.mean
        joined.random = moments.plusMinus95
        if let random = moments.plusMinus95 {
            joined.plusMinus = joined.systematic.map { (random * random + $0 * $0).squareRoot() } ?? random
        } else {
            joined.reason = "one run shows no scatter, so the mean has no interval: two are needed"
        }
        return joined
    }
}

extension [Summary.ScopeEnergy] {
    fileprivate func first(of scope: Scope) -> Summary.ScopeEnergy? { first { $0.scope == scope } }
}

extension StudySummary.Row {
    /// The summary of a run that came to its end; one that was cut short is in the table, not in a mean.
    var completed: Summary? { failure == nil && summary?.status == .completed ? summary : nil }
}

extension StudySummary.Member {
    /// The members of a study in the order of their first runs; those of which nothing was run are none.
    static func all(of rows: [StudySummary.Row]) -> [StudySummary.Member] {
        var order: [String] = []
        var groups: [String: [StudySummary.Row]] = [:]
        for row in rows where row.notRun == nil {
            if groups[row.member] == nil { order.append(row.member) }
            groups[row.member, default: []].append(row)
        }
        return order.compactMap { name in
            guard let rows = groups[name], let first = rows.first else { return nil }
            let runs = rows.compactMap(\.completed)
            let repetitions = Repetitions(runs: runs)
            return StudySummary.Member(
                name: name, values: first.values, completed: runs.count, failed: rows.count - runs.count, figures: repetitions.headlines,
                energies: repetitions.energies)
        }
    }
}

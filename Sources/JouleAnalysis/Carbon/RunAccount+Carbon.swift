import JouleModel
import JouleUnits

extension RunAccount {
    /// Carbon, water, embodied share and cost of the window; nil where no intensity was looked up.
    var carbon: Summary.Carbon? {
        guard let record = recording.carbon, let account,
            let steps = IntensitySteps(record.points, in: account.window, anchor: recording.environment.start)
        else { return nil }
        let calculation = CarbonCalculation(record: record, steps: steps, account: self, window: account)
        return calculation.summary
    }

    /// Of the headline scope, for the figures that every run is compared by.
    func carbonFigures(_ carbon: Summary.Carbon?) -> [String: Figure] {
        guard let carbon, let row = carbon.row(of: headline) else { return [:] }
        return [
            "grams_co2e": row.emissions, "grams_co2e_per_request": row.perRequest,
            "grams_co2e_per_1000_output_tokens": row.perThousandOutputTokens,
        ]
    }

    var carbonFlags: [Summary.RaisedFlag] {
        guard let reason = recording.carbon?.fallbackReason else { return [] }
        return [Summary.RaisedFlag(.intensityFallback, detail: reason)]
    }
}

/// The figures of one record over one window.
private struct CarbonCalculation {
    let record: CarbonRecord
    let steps: IntensitySteps
    let account: RunAccount
    let window: WindowAccount

    var summary: Summary.Carbon {
        let scopes = Scope.allCases.filter { window.ledger.totals[$0] != nil }
        let rows = scopes.map(row)
        return Summary.Carbon(
            record: record, intensity: intensity, rows: rows, embodied: embodied.figure(scope: nil), scores: scores, notes: notes)
    }

    /// A measured quantity of a scope, with the method that the weaker of energy and intensity allows.
    private func method(_ energy: EnergyMethod) -> EnergyMethod { record.isAssumed ? energy.weaker(.assumed) : energy }

    private var flags: Set<Flag> { record.fallbackReason == nil ? [] : [.intensityFallback] }

    /// A facility's own meter has the overhead of the site in it already.
    private func pue(_ scope: Scope) -> Double { scope == .facility ? 1 : record.pue }

    // MARK: Rows

    private func row(_ scope: Scope) -> Summary.Carbon.Row {
        let energy = account.total(of: scope)
        let facility = energy.map { $0.map { $0 * pue(scope) } }
        let emissions = emissions(scope)
        let perToken = account.saturation.map { Reading<Double>.absent(reason: $0) } ?? account.tally.generated
        return Summary.Carbon.Row(
            scope: scope, itEnergy: itEnergy(energy, scope), facilityEnergy: facility.figure(scope: scope),
            emissions: emissions.figure(scope: scope),
            perRequest: per(emissions, account.tally.completed, unit: "gCO2e/request", scope: scope),
            perThousandOutputTokens: per(
                emissions, perToken, times: 1_000, unit: "gCO2e/1000 token", scope: scope, flags: account.tally.tokenFlags),
            water: water(energy, scope), cost: cost(facility, scope),
            costPerThousandRequests: cost(facility, scope, of: account.tally.completed.map { $0 / 1_000 }, tail: "/1000 requests"))
    }

    private func itEnergy(_ energy: Reading<Measured<Joules>>, _ scope: Scope) -> Figure {
        guard scope == .facility else { return energy.figure(scope: scope) }
        return .absent(unit: Joules.symbol, scope: scope, reason: "the meter of the site does not tell the machines apart")
    }

    private func emissions(_ scope: Scope) -> Reading<Measured<CarbonMass>> {
        account.total(of: scope).map { energy in
            let mass = CarbonFormula.emissions(slices(of: scope, total: energy.value), pue: pue(scope))
            func share(_ part: Joules?) -> CarbonMass? {
                energy.value == .zero ? nil : part.map { (mass * ($0 / energy.value.magnitude)).magnitude }
            }
            return Measured(
                mass, plusMinus: share(energy.plusMinus), systematic: share(energy.systematic), method: method(energy.method), scope: scope,
                flags: energy.flags.union(flags))
        }
    }

    /// The energy of each step; together that of the window. Where a part has no curve to cut, its energy is spread evenly over time.
    private func slices(of scope: Scope, total: Joules) -> [(energy: Joules, intensity: CarbonIntensity)] {
        guard !steps.isConstant else { return [(total, steps.steps[0].intensity)] }
        let edges = [window.window.lowerBound] + steps.steps.map(\.window.upperBound)
        var sums = [Double](repeating: 0, count: steps.steps.count)
        let parts = window.parts[scope] ?? []
        var isCut = !parts.isEmpty
        for part in parts {
            guard let curve = part.trace.cumulative(at: edges, by: part.energy) else {
                isCut = false
                break
            }
            for index in sums.indices { sums[index] += curve[index + 1] - curve[index] }
        }
        if isCut { return zip(sums, steps.steps).map { (Joules($0), $1.intensity) } }
        let whole = window.window.duration
        return steps.steps.map { (total * ($0.window.duration / whole), $0.intensity) }
    }

    private func water(_ energy: Reading<Measured<Joules>>, _ scope: Scope) -> Figure {
        let unit = Litres.symbol
        switch energy {
        case .absent(let reason): return .absent(unit: unit, scope: scope, reason: reason)
        case .value(let energy):
            guard scope != .facility else {
                return .absent(unit: unit, scope: scope, reason: "water is counted by the energy of the machines")
            }
            func litres(_ joules: Joules) -> Litres? {
                CarbonFormula.water(joules, site: record.siteWUE, grid: record.gridWUE, pue: record.pue)
            }
            guard let value = litres(energy.value) else {
                return .absent(unit: unit, scope: scope, reason: "no WUE is known here: give carbon.wue and carbon.grid_wue")
            }
            return Measured(
                value, plusMinus: energy.plusMinus.flatMap(litres), systematic: energy.systematic.flatMap(litres), method: energy.method,
                scope: scope, flags: energy.flags
            ).figure
        }
    }

    private func cost(
        _ facility: Reading<Measured<Joules>>, _ scope: Scope, of count: Reading<Double> = .value(1), tail: String = ""
    ) -> Figure {
        guard let price = record.price else {
            return .absent(unit: "", scope: scope, reason: "no price is given: carbon.electricity_price")
        }
        let unit = price.currency + tail
        switch (facility, count) {
        case (.absent(let reason), _), (_, .absent(let reason)): return .absent(unit: unit, scope: scope, reason: reason)
        case (.value(let energy), .value(let count)):
            let tariff = price.perKilowattHour / count
            return Figure(
                value: energy.value.kilowattHours * tariff, unit: unit, plusMinus: energy.plusMinus.map { $0.kilowattHours * tariff },
                systematic: energy.systematic.map { $0.kilowattHours * tariff }, method: energy.method.rawValue, scope: scope,
                flags: energy.flags)
        }
    }

    private func per(
        _ mass: Reading<Measured<CarbonMass>>, _ count: Reading<Double>, times factor: Double = 1, unit: String, scope: Scope,
        flags: Set<Flag> = []
    ) -> Figure {
        switch (mass, count) {
        case (.absent(let reason), _), (_, .absent(let reason)): return .absent(unit: unit, scope: scope, reason: reason)
        case (.value(let mass), .value(let count)):
            return Figure(
                value: mass.value.rawValue * factor / count, unit: unit, plusMinus: mass.plusMinus.map { $0.rawValue * factor / count },
                systematic: mass.systematic.map { $0.rawValue * factor / count }, method: mass.method.rawValue, scope: scope,
                flags: mass.flags.union(flags))
        }
    }

    // MARK: The whole

    /// Weighted by the energy of the headline scope, so that energy times intensity is the carbon that is stated; by time without it.
    private var intensity: Figure {
        let unit = CarbonIntensity.symbol
        let method = record.isAssumed ? EnergyMethod.assumed.rawValue : record.source.rawValue
        guard !steps.isConstant, let energy = account.gross.value?.value, energy > .zero else {
            return Figure(value: steps.mean.rawValue, unit: unit, method: method, flags: flags)
        }
        let mass = CarbonFormula.emissions(slices(of: account.headline, total: energy), pue: 1)
        return Figure(value: mass.rawValue / energy.kilowattHours, unit: unit, method: method, flags: flags)
    }

    private var embodied: Reading<Measured<CarbonMass>> {
        guard let table = record.embodied else {
            return .absent(reason: "no devices are given: carbon.embodied, where `default` accepts the table that comes with the tool")
        }
        let share = CarbonFormula.embodied(table.total, used: window.window.duration, lifetimeSeconds: table.lifetimeSeconds)
        return .value(Measured(share, plusMinus: nil, method: .assumed, scope: .node))
    }

    /// Energy of the widest scope that has any: a score is of all of the machine, as the making of its devices is.
    private var scores: [Summary.Carbon.Score] {
        let widest = [Scope.facility, .node, .system].first { account.total(of: $0).value != nil } ?? .system
        let tokens = account.saturation.map { Reading<Double>.absent(reason: $0) } ?? account.tally.generated
        return [
            score("one request", "gCO2e/request", widest, account.tally.completed),
            score("1,000 output tokens", "gCO2e/1000 token", widest, tokens.map { $0 / 1_000 }, flags: account.tally.tokenFlags),
        ]
    }

    private func score(
        _ name: String, _ unit: String, _ scope: Scope, _ count: Reading<Double>, flags: Set<Flag> = []
    ) -> Summary.Carbon.Score {
        let figure: Figure
        switch (emissions(scope), embodied, count) {
        case (.value(let operational), .value(let embodied), .value(let count)):
            let score = CarbonFormula.score(operational: operational.value, embodied: embodied.value, units: count)
            figure = Figure(
                value: score.rawValue, unit: unit, plusMinus: operational.plusMinus.map { $0.rawValue / count },
                systematic: operational.systematic.map { $0.rawValue / count }, method: operational.method.weaker(embodied.method).rawValue,
                scope: scope, flags: operational.flags.union(flags))
        case (.absent(let reason), _, _), (_, .absent(let reason), _), (_, _, .absent(let reason)):
            figure = .absent(unit: unit, scope: scope, reason: reason)
        }
        return Summary.Carbon.Score(functionalUnit: name, score: figure)
    }

    private var notes: [String] {
        var notes = ["± is that of the energy: no interval is known of an intensity"]
        if record.isAssumed { notes.append("no zone is given: the average of the world is assumed (carbon.zone)") }
        if record.isEstimated == true { notes.append("the source says that its values are estimates") }
        return notes + record.warnings
    }
}

extension Reading {
    /// The figure of a quantity that is of no one scope.
    fileprivate func figure<Quantity: JouleUnits.Quantity>(scope: Scope?) -> Figure where Value == Measured<Quantity> {
        switch self {
        case .value(let measured):
            Figure(
                value: measured.value.rawValue, unit: Quantity.symbol, plusMinus: measured.plusMinus?.rawValue,
                systematic: measured.systematic?.rawValue, method: measured.method.rawValue, scope: scope, flags: measured.flags)
        case .absent(let reason): .absent(unit: Quantity.symbol, scope: scope, reason: reason)
        }
    }
}

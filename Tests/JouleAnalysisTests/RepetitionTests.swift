import Foundation
import JouleAnalysis
import JouleModel
import JouleTestSupport
import Testing

/// Means over the repetitions of an experiment, with their intervals.
struct RepetitionTests {
    private func run(_ value: Double?, gain: Double = 0.05, random: Double = 0, status: RunState.Status = .completed) -> Summary {
        var summary = Summary(runID: "r", name: "n", model: "m", status: status, startedAt: "", headlineScope: .gpu)
        let systematic = value.map { abs($0) * gain }
        summary.figures["joules_per_output_token"] =
            value.map {
                Figure(
                    value: $0, unit: "J/token", plusMinus: joined(abs($0) * gain, random), systematic: systematic,
                    method: "measured-counter",
                    scope: .gpu)
            } ?? .absent(unit: "J/token", scope: .gpu, reason: "no token was counted")
        summary.figures["output_tokens_per_second"] = value.map { Figure(value: $0, unit: "token/s", method: "timed") }
        return summary
    }

    private func member(_ runs: [Summary]) throws -> StudySummary.Member {
        let rows = runs.enumerated().map { number, summary in
            StudySummary.Row(member: "m", values: [], repetition: number + 1, runID: "r\(number)", failure: nil, summary: summary)
        }
        return try #require(StudyAnalysis.summary(name: "s", rows: rows).members.first)
    }

    private func energy(_ values: [Double], gain: Double = 0.05, random: Double = 0) throws -> RepeatedFigure {
        try #require(try member(values.map { run($0, gain: gain, random: random) }).figures["joules_per_output_token"])
    }

    /// One normal draw by the polar form of G. E. P. Box and M. E. Muller's transformation.
    private func normal(_ random: inout SeededRandom) -> Double {
        while true {
            let (u, v) = (Double.random(in: -1...1, using: &random), Double.random(in: -1...1, using: &random))
            let square = u * u + v * v
            if square > 0, square < 1 { return u * (-2 * log(square) / square).squareRoot() }
        }
    }

    @Test func `mean, spread and both parts of the interval agree with a hand calculation`() throws {
        let figure = try energy([1, 1.1, 1.2])
        #expect(figure.count == 3)
        #expect(isClose(figure.mean, 1.1))
        #expect(isClose(figure.standardDeviation, 0.1))
        #expect(isClose(figure.coefficientOfVariation, 0.1 / 1.1))
        let scatter = 4.302653 * 0.1 / 3.0.squareRoot()
        #expect(isClose(figure.random, scatter, within: 1e-6))
        #expect(isClose(figure.systematic, 0.055))
        #expect(isClose(figure.plusMinus, joined(scatter, 0.055), within: 1e-6))
        #expect(figure.method == "measured-counter" && figure.scope == .gpu && figure.reason == nil)
    }

    @Test(arguments: 2...7) func `identical runs leave the gain of the sensor, however many they are`(count: Int) throws {
        let figure = try energy(Array(repeating: 3.7, count: count), random: 0.4)
        #expect(figure.random == 0)
        #expect(isClose(figure.systematic, 3.7 * 0.05))
        #expect(isClose(figure.plusMinus, 3.7 * 0.05))
        #expect(figure.coefficientOfVariation == 0)
    }

    @Test func `what is no energy has the scatter of the runs alone`() throws {
        let figure = try #require(try member([10, 12, 14].map { run($0) }).figures["output_tokens_per_second"])
        #expect(figure.systematic == nil)
        #expect(isClose(figure.plusMinus, 4.302653 * 2 / 3.0.squareRoot(), within: 1e-6))
        #expect(figure.method == "timed")
    }

    @Test func `one run has a mean, and says why it has no interval`() throws {
        let figure = try energy([5], random: 0.1)
        #expect(figure.count == 1 && figure.mean == 5)
        #expect(figure.plusMinus == nil && figure.random == nil && figure.standardDeviation == nil)
        #expect(figure.reason?.contains("two are needed") == true)
        #expect(figure.figure.plusMinus == nil && figure.figure.reason == nil)
    }

    @Test func `a figure that no run has is absent with the reason of the runs`() throws {
        let figure = try #require(try member([run(nil), run(nil)]).figures["joules_per_output_token"])
        #expect(figure.count == 0 && figure.mean == nil && figure.plusMinus == nil)
        #expect(figure.reason == "no token was counted")
        #expect(figure.figure.reason == "no token was counted")
        let some = try #require(try member([run(nil), run(2), run(4)]).figures["joules_per_output_token"])
        #expect(some.count == 2 && some.mean == 3)
    }

    @Test func `runs that failed or were cut short are counted, and in no mean`() throws {
        var rows = [1.0, 2, 3].enumerated().map { number, value in
            StudySummary.Row(member: "m", values: [], repetition: number + 1, runID: "r", failure: nil, summary: run(value))
        }
        rows.append(.init(member: "m", values: [], repetition: 4, runID: "r", failure: nil, summary: run(99, status: .interrupted)))
        rows.append(.init(member: "m", values: [], repetition: 5, runID: "r", failure: "died", summary: run(99)))
        rows.append(.init(member: "m", values: [], repetition: 6, runID: nil, failure: "no memory", summary: nil))
        let member = try #require(StudyAnalysis.summary(name: "s", rows: rows).members.first)
        #expect(member.completed == 3 && member.failed == 3)
        #expect(member.figures["joules_per_output_token"]?.mean == 2)
    }

    @Test func `members keep the order of their first runs, and medians and tails of latency are there`() throws {
        func row(_ name: String, _ median: Double) -> StudySummary.Row {
            var summary = run(1)
            var latency = Summary.Distribution(count: 9)
            (latency.p50, latency.p99) = (median, median * 2)
            summary.latencies["time_to_first_token"] = latency
            return .init(member: name, values: [], repetition: 1, runID: "r", failure: nil, summary: summary)
        }
        let members = StudyAnalysis.summary(name: "s", rows: [row("b", 0.1), row("a", 1), row("b", 0.3), row("a", 1)]).members
        #expect(members.map(\.name) == ["b", "a"])
        #expect(isClose(members[0].figures["time_to_first_token_p50"]?.mean, 0.2))
        #expect(isClose(members[0].figures["time_to_first_token_p99"]?.mean, 0.4))
        #expect(members[0].figures["time_to_first_token_p99"]?.unit == "s")
        #expect(members[0].figures["time_per_output_token_p50"]?.reason == "no request of the run has this latency")
    }

    @Test func `energies are summed up by scope`() throws {
        func metered(_ joules: Double) -> Summary {
            var summary = run(1)
            let watts = Figure.absent(unit: "W", reason: "-")
            let none = Figure.absent(unit: "J", reason: "-")
            let gross = Figure(
                value: joules, unit: "J", plusMinus: joules * 0.05, systematic: joules * 0.05, method: "measured-power", scope: .gpu)
            summary.energies = [
                Summary.ScopeEnergy(
                    scope: .gpu, gross: gross, netOverIdleHost: none, netOverIdleLoaded: none, idleHostPower: watts, idleLoadedPower: watts,
                    meanPower: watts, peakPower: watts)
            ]
            return summary
        }
        let energies = try member([metered(100), metered(100)]).energies
        #expect(energies.keys.sorted() == ["gpu"])
        #expect(energies["gpu"]?.mean == 100 && isClose(energies["gpu"]?.plusMinus, 5) && energies["gpu"]?.method == "measured-power")
    }

    @Test func `carbon, net energy, idle share, water and cost are summed up, gain and all that is shared apart`() throws {
        func priced(_ joules: Double) -> Summary {
            var summary = run(joules)
            func figure(_ factor: Double, _ unit: String, gain: Double = 0.05) -> Figure {
                Figure(
                    value: joules * factor, unit: unit, plusMinus: joules * factor * 0.06, systematic: joules * factor * gain,
                    method: "measured-counter", scope: .gpu)
            }
            let watts = Figure.absent(unit: "W", reason: "-")
            summary.energies = [
                Summary.ScopeEnergy(
                    scope: .gpu, gross: figure(1, "J"), netOverIdleHost: figure(0.8, "J"), netOverIdleLoaded: figure(0.7, "J"),
                    idleHostPower: watts, idleLoadedPower: watts, meanPower: watts, peakPower: watts)
            ]
            summary.figures["idle_share"] = figure(0.3, "%", gain: 0)
            summary.figures["net_joules_per_output_token"] = figure(0.01, "J/token")
            summary.figures["grams_co2e_per_1000_output_tokens"] = figure(0.2, "gCO2e/1000 token")
            var record = CarbonRecord(source: .fixed, asked: .fixed, points: [], origin: "carbon.intensity")
            record.pue = 1.2
            let none = Figure.absent(unit: "", scope: .gpu, reason: "no price is given")
            let row = Summary.Carbon.Row(
                scope: .gpu, itEnergy: figure(1, "J"), facilityEnergy: figure(1.2, "J"), emissions: figure(2, "gCO2e"),
                perRequest: figure(1, "gCO2e/request"), perThousandOutputTokens: figure(0.2, "gCO2e/1000 token"),
                water: figure(0.5, "L"), cost: none, costPerThousandRequests: none)
            summary.carbon = Summary.Carbon(
                record: record, intensity: figure(1, "g/kWh"), rows: [row], embodied: none, scores: [], notes: [])
            return summary
        }
        let figures = try member([100, 110, 120].map { priced($0) }).figures
        let scatter = 4.302653 * 10 / 3.0.squareRoot()
        for (name, factor, gain) in [
            ("net_energy_over_idle_loaded", 0.7, 0.05), ("net_energy_over_idle_host", 0.8, 0.05), ("idle_share", 0.3, 0),
            ("net_joules_per_output_token", 0.01, 0.05), ("grams_co2e_per_1000_output_tokens", 0.2, 0.05), ("site_energy", 1.2, 0.05),
            ("water", 0.5, 0.05),
        ] {
            let figure = try #require(figures[name], "\(name)")
            #expect(figure.count == 3 && isClose(figure.mean, 110 * factor), "\(name)")
            #expect(isClose(figure.random, scatter * factor, within: 1e-6), "\(name)")
            #expect(isClose(figure.systematic, 110 * factor * gain, within: 1e-6), "\(name)")
        }
        // Nobody gave a price.
        #expect(figures["cost"] == nil && figures["water"]?.unit == "L")
        #expect(try member([run(1), run(2)]).figures["grams_co2e"] == nil)
    }

    @Test func `a factor on every run is a factor on mean, spread and interval`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let factor = exp(Double.random(in: -8...8, using: &random))
            let values = (0..<Int.random(in: 2...9, using: &random)).map { _ in Double.random(in: 1...2, using: &random) }
            let (plain, scaled) = (try energy(values), try energy(values.map { $0 * factor }))
            func agrees(_ path: KeyPath<RepeatedFigure, Double?>, _ factor: Double) -> Bool {
                guard let left = plain[keyPath: path], let right = scaled[keyPath: path] else { return false }
                return abs(left * factor - right) <= 1e-9 * abs(right)
            }
            let paths: [KeyPath<RepeatedFigure, Double?>] = [\.mean, \.standardDeviation, \.random, \.systematic, \.plusMinus]
            for path in paths { #expect(agrees(path, factor), "seed \(seed)") }
            #expect(agrees(\.coefficientOfVariation, 1), "seed \(seed)")
        }
    }

    @Test func `the order of the runs does not matter`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let values = (0..<8).map { _ in Double.random(in: 1...2, using: &random) }
        let (left, right) = (try energy(values), try energy(values.shuffled(using: &random)))
        #expect(isClose(left.mean, right.mean ?? .nan), "seed \(seed)")
        #expect(isClose(left.plusMinus, right.plusMinus ?? .nan), "seed \(seed)")
    }

    /// The seed is fixed: 4,000 trials of a share of 95 % scatter by 0.34 %, and the bounds are four times that.
    @Test(arguments: [2, 3, 5, 10]) func `the interval holds the truth in 95 of 100 normal experiments`(count: Int) throws {
        var random = SeededRandom(seed: 20_261_121)
        let trials = 4_000
        var held = 0
        for _ in 0..<trials {
            let figure = try energy((0..<count).map { _ in 100 + 3 * normal(&random) }, gain: 0)
            if abs(try #require(figure.mean) - 100) <= (try #require(figure.plusMinus)) { held += 1 }
        }
        let share = Double(held) / Double(trials)
        #expect(abs(share - 0.95) < 0.014, "\(share)")
    }

    @Test func `more runs shrink the scatter and never the gain`() throws {
        func interval(_ count: Int) throws -> RepeatedFigure { try energy((0..<count).map { $0.isMultiple(of: 2) ? 0.9 : 1.1 }) }
        let (few, many) = (try interval(4), try interval(400))
        #expect(try #require(many.random) < 0.1 * (try #require(few.random)))
        #expect(isClose(many.systematic, 0.05) && isClose(few.systematic, 0.05))
        #expect(try #require(many.plusMinus) > 0.05)
    }

    @Test func `a study's file keeps its members, and an older one has none`() throws {
        let rows = [1.0, 2].map { StudySummary.Row(member: "m", values: [], repetition: 1, runID: "r", failure: nil, summary: run($0)) }
        let study = StudyAnalysis.summary(name: "s", rows: rows)
        let data = try JSONEncoder().encode(study)
        #expect(try JSONDecoder().decode(StudySummary.self, from: data) == study)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"plus_minus_random\"") && text.contains("\"plus_minus_systematic\"") && text.contains("\"n\":2"))
        let old = Data(#"{"schema_version": 1, "name": "s", "rows": []}"#.utf8)
        #expect(try JSONDecoder().decode(StudySummary.self, from: old).members.isEmpty)
    }
}

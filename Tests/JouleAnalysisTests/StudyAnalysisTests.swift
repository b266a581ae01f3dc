import JouleAnalysis
import JouleModel
import Testing

struct StudyAnalysisTests {
    private func row(
        _ load: Double, throughput: Double, energy: Double?, verdict: Summary.WindowVerdict = .steady, repetition: Int = 0,
        ttft: Double = 0.1, objectives: [String: Double] = [:], key: String = "load.rate", others: [(String, String)] = []
    ) -> StudySummary.Row {
        var summary = Summary(runID: "r", name: "n", model: "m", status: .completed, startedAt: "", headlineScope: .gpu)
        summary.windowVerdict = verdict
        summary.figures = [
            "joules_per_output_token": energy.map {
                Figure(value: $0, unit: "J/token", plusMinus: $0 * 0.05, method: "measured-counter", scope: .gpu)
            } ?? .absent(unit: "J/token", scope: .gpu, reason: "saturated: the queue grew"),
            "mean_power": Figure(value: 400, unit: "W", method: "measured-counter", scope: .gpu),
            "output_tokens_per_second": Figure(value: throughput, unit: "token/s", method: "timed"),
        ]
        var first = Summary.Distribution(count: 10)
        first.p99 = ttft
        summary.latencies["time_to_first_token"] = first
        if !objectives.isEmpty {
            let none = Figure.absent(unit: "", reason: "")
            var serving = Summary.Serving(
                load: .init(arrival: "poisson"), client: .init(lateness: .init(count: 0), report: nil, isLimiting: false))
            serving.goodput = .init(objectives: objectives, good: 0, undefined: 0, requestsPerSecond: none, requestsPerJoule: none)
            summary.serving = serving
        }
        let swept = [(key, load.rounded() == load ? "\(Int(load))" : "\(load)")] + others
        return StudySummary.Row(
            member: "m\(load)", values: swept.map { .init(key: $0.0, value: $0.1) }, repetition: repetition, runID: "r", failure: nil,
            summary: summary)
    }

    private var saturating: [StudySummary.Row] {
        [
            row(8, throughput: 390, energy: 1.1), row(1, throughput: 100, energy: 4), row(2, throughput: 200, energy: 2.2),
            row(4, throughput: 380, energy: 1.2), row(16, throughput: 400, energy: nil, verdict: .saturated),
        ]
    }

    @Test func `a curve over the rate has its knee, its optimum and its loads in order`() throws {
        let curve = try #require(StudyAnalysis.summary(name: "s", rows: saturating).curve)
        #expect(curve.variable == .rate)
        #expect(curve.points.map(\.load) == [1, 2, 4, 8, 16])
        #expect(curve.knee == 2)
        #expect(curve.optimum == 3)
        #expect(curve.notes.isEmpty)
        #expect(curve.points[4].joulesPerOutputToken.reason == "saturated: the queue grew")
        #expect(curve.points[0].meetsObjectives == nil)
        #expect(curve.points[0].goodputPerJoule.value == nil)
    }

    @Test func `repetitions are joined with Student's t, and the worst verdict holds`() throws {
        let rows =
            [1.0, 1.1, 1.2].enumerated().map { row(4, throughput: 100, energy: $0.element, repetition: $0.offset) }
            + [row(8, throughput: 150, energy: 1, verdict: .steady), row(8, throughput: 150, energy: 1, verdict: .short, repetition: 1)]
        let curve = try #require(StudyAnalysis.summary(name: "s", rows: rows).curve)
        let figure = curve.points[0].joulesPerOutputToken
        #expect(isClose(figure.value, 1.1))
        let scatter = 4.302653 * 0.1 / 3.0.squareRoot()
        #expect(isClose(figure.plusMinus, joined(scatter, 0.055), within: 1e-6))
        #expect(figure.method == "measured-counter")
        #expect(curve.points[1].verdict == .short)
        #expect(curve.knee == nil)
        #expect(curve.notes == ["no knee: 2 loads with a throughput, and five are needed"])
    }

    @Test func `the optimum meets the objectives or there is none`() throws {
        let limit = ["ttft": 0.5]
        let rows = [
            row(1, throughput: 1, energy: 4, objectives: limit), row(2, throughput: 2, energy: 3, objectives: limit),
            row(4, throughput: 4, energy: 1, ttft: 0.9, objectives: limit),
        ]
        let curve = try #require(StudyAnalysis.summary(name: "s", rows: rows).curve)
        #expect(curve.points.map(\.meetsObjectives) == [true, true, false])
        #expect(curve.optimum == 1)
        let missed = rows.map { row in
            var row = row
            row.summary?.latencies["time_to_first_token"]?.p99 = nil
            return row
        }
        let none = try #require(StudyAnalysis.summary(name: "s", rows: missed).curve)
        #expect(none.optimum == nil)
        #expect(none.notes.contains("no energy-optimal load: no steady load meets the objectives"))
    }

    @Test func `loads too short to be steady have no optimum, and the note says what to do`() throws {
        let rows = [1.0, 2, 4].map { row($0, throughput: $0, energy: 1, verdict: .short, key: "load.concurrency") }
        let curve = try #require(StudyAnalysis.summary(name: "s", rows: rows).curve)
        #expect(curve.variable == .concurrency)
        #expect(curve.optimum == nil)
        #expect(
            curve.notes.last?.hasPrefix("no energy-optimal load: no load was steady (3 x short_window); a steady window takes 30 s") == true
        )
    }

    @Test func `there is no curve when something else was varied too`() {
        let two = [
            row(1, throughput: 1, energy: 1, others: [("backend.model", "a")]),
            row(2, throughput: 1, energy: 1, others: [("backend.model", "b")]),
        ]
        #expect(StudyAnalysis.summary(name: "s", rows: two).curve == nil)
        let constant = [
            row(1, throughput: 1, energy: 1, others: [("backend.model", "a")]),
            row(2, throughput: 2, energy: 1, others: [("backend.model", "a")]),
        ]
        #expect(StudyAnalysis.summary(name: "s", rows: constant).curve != nil)
        let other = [1.0, 2].map { row($0, throughput: 1, energy: 1, key: "scenario.batch_size") }
        #expect(StudyAnalysis.summary(name: "s", rows: other).curve == nil)
    }

    @Test func `a straight throughput has no knee`() throws {
        let rows = (1...6).map { row(Double($0), throughput: Double($0) * 10, energy: 1) }
        let curve = try #require(StudyAnalysis.summary(name: "s", rows: rows).curve)
        #expect(curve.knee == nil)
        #expect(curve.notes == ["no knee: the throughput grows straight with the load"])
    }
}

import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleReport

@Suite struct `The report of a run against a server` {
    static let examples = [("serving", SyntheticServing.steady.run()), ("serving_saturated", SyntheticServing.saturated.run())]

    static func terminal(_ run: SyntheticRun, width: Int = 100) -> String {
        TerminalSummary.render(run.summary, runDirectory: "results/raw/\(run.summary.runID)", width: width)
    }

    @Test(arguments: 0..<2) func `the console is as it was approved`(number: Int) throws {
        let (name, run) = Self.examples[number]
        #expect(try Golden().difference(Self.terminal(run), from: "\(name).txt") == nil)
        #expect(try Golden().difference(Self.terminal(run, width: 80), from: "\(name)_80.txt") == nil)
    }

    @Test(arguments: 0..<2, [80, 100]) func `the console fits its width and one look`(number: Int, width: Int) {
        let lines = Self.terminal(Self.examples[number].1, width: width).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= width && $0.last != " " })
        if width == 100 { #expect(lines.count <= 74, "\(lines.count) lines") }
    }

    @Test(arguments: 0..<2) func `the page is as it was approved, well-formed, and reaches for nothing`(number: Int) throws {
        let (name, run) = Self.examples[number]
        let page = HTMLReport.render(summary: run.summary, recording: run.recording)
        #expect(wellFormed(page) == nil)
        for word in ["<script", "src=", "href=", "url(", "NaN", "nan\""] { #expect(!page.contains(word), "\(word)") }
        #expect(try Golden().difference(page, from: "\(name).html") == nil)
    }

    @Test func `a saturated run leads with that and names no energy per token`() {
        let run = SyntheticServing.saturated.run()
        let text = Self.terminal(run)
        #expect(text.hasPrefix("saturated, "))
        #expect(text.contains("the load saturated the server"))
        #expect(text.contains("p99 ∞"))
        #expect(text.contains("17 rejected"))
    }

    @Test func `what does not exist is not shown`() {
        var run = SyntheticServing.steady.run()
        run.summary.serving?.goodput = nil
        run.summary.serving?.server = nil
        run.summary.serving?.client.report = nil
        run.summary.attribution = nil
        run.summary.requests.reasoningTokens = nil
        run.recording.serverMetrics = nil
        let text = Self.terminal(run)
        for word in ["goodput", "Attribution", "loop lag", "ours / its", "answer token"] { #expect(!text.contains(word), "\(word)") }
        let page = HTMLReport.render(summary: run.summary, recording: run.recording)
        for word in ["goodput", "Attribution", "loop lag", "<h2>Server</h2>"] { #expect(!page.contains(word), "\(word)") }
    }

    @Test func `hostile names of a server stay text`() {
        let hostile = "</title><script>\u{1B}[2J\u{202E}"
        var run = SyntheticServing.saturated.run()
        run.summary.serving?.finishReasons = [hostile: 3]
        run.summary.serving?.anomalies = [hostile: 2]
        run.summary.requests.outcomes[hostile] = 2
        run.summary.serving?.server?.pairs = [.init(metric: hostile, ours: 1, server: 2)]
        run.summary.attribution?.origin = hostile
        run.summary.windowKind = hostile
        let page = HTMLReport.render(summary: run.summary, recording: run.recording)
        #expect(wellFormed(page) == nil)
        #expect(!page.contains("<script"))
        let text = Self.terminal(run)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }

    @Test func `100,000 requests make a page under 2 MB`() {
        var run = SyntheticServing.steady.run()
        var chance = Chance(seed: 9)
        run.recording.requests = (0..<100_000).map { index in
            let at = 66 + 129 * Double(index) / 100_000
            let sent = SyntheticRun.instant(at)
            let first = SyntheticRun.instant(at + 0.02 + chance.next() * 0.5)
            var request = RequestTimeline(
                index: index, promptID: "p", phase: .measure, outcome: index % 50 == 0 ? .idleTimeout : .completed, scheduled: sent,
                sent: sent, firstToken: first, lastToken: first + .milliseconds(Int(chance.next() * 2_000)), outputTokens: 2)
            request.chunks = [TokenChunk(instant: first), TokenChunk(instant: first + .milliseconds(20))]
            return request
        }
        let page = HTMLReport.render(summary: run.summary, recording: run.recording)
        #expect(page.utf8.count < 2_000_000, "\(page.utf8.count)")
    }

    @Test func `the row of a serving run has its load, its goodput and its attribution behind the older columns`() {
        let run = SyntheticServing.steady.run()
        let row = RunRow.columns(for: run.summary, recording: run.recording)
        let names = row.map(\.0)
        func value(_ name: String) -> String? { row.first { $0.0 == name }?.1 }
        #expect(value("load_arrival") == "poisson")
        #expect(value("load_rate_per_second") == "2.0")
        #expect(value("window_verdict") == "steady")
        #expect(value("outcomes") == "completed:240")
        #expect(value("prefill_joules") == "\(26_882 * 0.12)")
        #expect(value("load_concurrency") == "NA")
        #expect(names.last == "timestamp" && Set(names).count == names.count)
        let worker = RunRow.columns(for: SyntheticRun.failed().summary, recording: SyntheticRun.failed().recording).map(\.0)
        #expect(names.filter { worker.contains($0) } == worker.filter { names.contains($0) })
        let flags = names.firstIndex(of: "flags") ?? 0
        #expect(names.dropFirst(flags + 1).contains("goodput_requests_per_joule"))
    }
}

@Suite struct `The report of a study` {
    @Test func `an energy curve on the console, in the page and as a table is as it was approved`() throws {
        let study = StudySummary.curve()
        #expect(try Golden().difference(StudyReport.terminal(study), from: "study_curve.txt") == nil)
        #expect(try Golden().difference(StudyReport.terminal(study, width: 80), from: "study_curve_80.txt") == nil)
        #expect(try Golden().difference(StudyReport.csv(study), from: "study_curve.csv") == nil)
        let page = StudyReport.html(study, version: "0.2.0")
        #expect(wellFormed(page) == nil)
        #expect(try Golden().difference(page, from: "study_curve.html") == nil)
    }

    @Test func `repetitions have their runs, and their means with both parts of the interval`() throws {
        let study = StudySummary.repeated(varied: false)
        #expect(try Golden().difference(StudyReport.terminal(study), from: "study_repeated.txt") == nil)
        #expect(try Golden().difference(StudyReport.terminal(study, width: 80), from: "study_repeated_80.txt") == nil)
        #expect(try Golden().difference(StudyReport.membersCSV(study), from: "study_repeated_members.csv") == nil)
        let page = StudyReport.html(study)
        #expect(wellFormed(page) == nil)
        #expect(page.contains("Over the repetitions") && page.contains("scatter ±"))
    }

    @Test func `members of a study are compared by their means, and one run alone says why it has no interval`() throws {
        let study = StudySummary.repeated(varied: true)
        #expect(try Golden().difference(StudyReport.terminal(study), from: "study_members.txt") == nil)
        #expect(wellFormed(StudyReport.html(study)) == nil)
        #expect(StudyReport.membersCSV(study).hasPrefix("member,scenario.batch_size,completed_runs,failed_runs,figure,unit,scope,n,mean,"))
        #expect(StudyReport.membersCSV(StudySummary(name: "nothing", rows: [])).isEmpty)
    }

    @Test func `a study of any keys has a line for each run`() throws {
        let study = StudySummary.grid()
        #expect(try Golden().difference(StudyReport.terminal(study), from: "study_grid.txt") == nil)
        #expect(wellFormed(StudyReport.html(study)) == nil)
        let lines = StudyReport.csv(study).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("member,backend.torch_dtype,scenario.batch_size,repetition,run_id"))
    }

    @Test func `what failed, was made again, was not run and stayed loaded is said`() throws {
        let study = StudySummary.troubled()
        let text = StudyReport.terminal(study)
        #expect(text.hasPrefix("batch sizes: 2 of 5 runs"))
        for title in ["Runs enough", "Failed runs", "Not run", "Run again"] { #expect(text.contains(title), "\(text)") }
        let rows = StudyReport.csv(study).split(separator: "\n")
        #expect(rows.count == 6 && rows[0].contains(",failure,attempts,failed_attempts,not_run,model_loaded_by,"))
        let page = StudyReport.html(study, version: "0.2.0")
        #expect(wellFormed(page) == nil)
        #expect(page.contains("2 of 5 runs") && page.contains("1 run found the model loaded by an earlier run"))
    }

    @Test(arguments: [80, 100]) func `no line of a study is wider than asked`(width: Int) {
        for study in [StudySummary.curve(), .grid(), .troubled(), .repeated(varied: false), .repeated(varied: true)] {
            for line in StudyReport.terminal(study, width: width).split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        }
    }

    @Test func `the knee and the optimum are marked where they are`() {
        let text = StudyReport.terminal(.curve())
        let lines = text.split(separator: "\n")
        #expect(lines.contains { $0.hasSuffix("optimum") && $0.contains(" 6 ") })
        #expect(lines.contains { $0.hasSuffix("knee") && $0.contains(" 8 ") })
        #expect(text.contains("Energy-optimal: 6 requests/s"))
    }

    @Test func `an empty study is an empty table`() {
        let study = StudySummary(name: "nothing", rows: [])
        #expect(StudyReport.terminal(study).hasPrefix("nothing: 0 of 0 runs"))
        #expect(StudyReport.csv(study).isEmpty)
        #expect(wellFormed(StudyReport.html(study)) == nil)
    }
}

@Suite struct `The text of a fit` {
    @Test func `coefficients have their errors and units, and every run its residual`() throws {
        let fit = EnergyFit(
            model: "Qwen/Qwen3-8B", device: "NVIDIA H200", precision: "bfloat16", scope: .gpu,
            baseline: .init(value: 121.4, unit: "W", standardError: 3.2),
            alpha: .init(value: 0.0213, unit: "J/token", standardError: 0.00042),
            beta: .init(value: 0.502, unit: "J/token", standardError: nil), rSquared: 0.99871, residuals: [4.1, -7.72, 3.62],
            observations: [
                .init(label: "prefill 2048", energy: 9_121, seconds: 40.2, prefillTokens: 204_800, outputTokens: 100),
                .init(label: "decode 512", energy: 41_200.5, seconds: 120, prefillTokens: 900, outputTokens: 51_200),
                .init(label: "mix", energy: 22_020, seconds: 80.5, prefillTokens: 100_000, outputTokens: 20_000),
            ])
        #expect(try Golden().difference(FitText.render(fit), from: "fit.txt") == nil)
    }
}

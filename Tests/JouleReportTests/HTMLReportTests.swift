import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleReport

#if canImport(FoundationXML)
import FoundationXML
#endif

/// What is wrong with the text as XML; nil when nothing is.
func wellFormed(_ text: String) -> String? {
    let parser = XMLParser(data: Data(text.utf8))
    return parser.parse() ? nil : "\(parser.parserError.map { "\($0)" } ?? "unknown"), line \(parser.lineNumber)"
}

@Suite struct `The HTML report` {
    static func render(_ run: SyntheticRun) -> String {
        HTMLReport.render(summary: run.summary, recording: run.recording, configuration: "name: demo\nbackend:\n  type: pytorch\n")
    }

    @Test(arguments: Example.allCases) func `every report is well-formed and reaches for nothing`(example: Example) {
        let page = Self.render(example.run)
        #expect(wellFormed(page) == nil)
        #expect(!page.contains("<script"))
        // The name of the SVG language is the only address, and nobody fetches it.
        let addresses = page.split(separator: "http").dropFirst().filter { !$0.hasPrefix("://www.w3.org/2000/svg\"") }
        #expect(addresses.isEmpty, "\(addresses)")
        for word in ["src=", "href=", "url(", "@import"] { #expect(!page.contains(word), "\(word)") }
        #expect(!page.contains("NaN") && !page.contains("nan\""))
    }

    @Test func `a small report is as it was approved`() throws {
        #expect(try Golden().difference(Self.render(.twoGPUs(samplePeriod: 2)), from: "two_gpus.html") == nil)
    }

    @Test func `hostile names stay text`() {
        let hostile = "</title><script>alert('x')</script>\"&<img src=x onerror=y>\u{0}\u{202E}"
        var run = SyntheticRun.modelledCPU()
        run.summary.name = hostile
        run.summary.model = hostile
        run.summary.statusReason = hostile
        run.summary.energyReason = hostile
        run.summary.requests.errors = [hostile: 2]
        run.summary.notes = [hostile]
        run.summary.flags = [.init(.gap, detail: hostile)]
        run.recording.environment.versions = [hostile: hostile]
        run.recording.environment.cpu.model = hostile
        run.recording.environment.unavailableMeters = [.init(meter: hostile, reason: hostile, remedy: hostile)]
        for index in run.recording.requests.indices {
            run.recording.requests[index].promptID = hostile
            run.recording.requests[index].error = hostile
        }
        let page = HTMLReport.render(summary: run.summary, recording: run.recording, configuration: hostile)
        #expect(wellFormed(page) == nil)
        #expect(!page.contains("<script") && !page.contains("<img"))
        #expect(!page.unicodeScalars.contains("\u{202E}") && !page.unicodeScalars.contains("\u{0}"))
    }

    @Test func `the headline figures of the summary stand in the page`() {
        let run = SyntheticRun.twoGPUs()
        let page = Self.render(run)
        for (key, figure) in run.summary.figures {
            let text = FigureFormat.text(figure)
            #expect(page.contains(text.value) && page.contains("<code>\(key)</code>"), "\(key)")
            if let interval = text.plusMinus { #expect(page.contains("± \(interval)"), "\(key)") }
            if let reason = text.reason { #expect(page.contains(reason), "\(key)") }
        }
    }

    @Test func `what is typed or named stands as code in reasons too`() {
        var run = SyntheticRun.twoGPUs()
        for key in run.summary.figures.keys {
            run.summary.figures[key] = .absent(unit: "J/token", scope: .gpu, reason: "`phases.cooldown` is 0")
        }
        let page = Self.render(run)
        #expect(page.contains("<code>phases.cooldown</code> is 0") && !page.contains("`phases.cooldown`"))
    }

    @Test func `36,000 samples of four channels stay small and keep their peak`() throws {
        var run = SyntheticRun.twoGPUs(samplePeriod: 72.0 / 36_000)
        run.recording.series[0].samples[20_000].power = Watts(1_987)
        let chart = try #require(PowerChart.chart(summary: run.summary, recording: run.recording))
        #expect(chart.y.domain.upperBound >= 1_987)
        #expect(chart.svg().text.utf8.count < 300_000)
        guard case .line(_, _, let curve, _, _) = chart.layers[0] else {
            Issue.record("the first layer is no line")
            return
        }
        #expect(curve.points.contains { $0.y == 1_987 })
    }

    @Test func `many requests are drawn as dots and few as bars`() throws {
        var run = SyntheticRun.modelledCPU()
        let few = try #require(RequestChart.chart(recording: run.recording))
        #expect(few.title == "Requests over time")
        run.recording.requests = Array(repeating: run.recording.requests, count: 20).flatMap(\.self)
        let many = try #require(RequestChart.chart(recording: run.recording))
        #expect(many.title == "Latency over time")
        #expect(many.svg().text.utf8.count < 20_000)
    }

    @Test func `a run without samples and requests says so`() {
        var run = SyntheticRun.failed()
        run.recording.series = []
        let page = Self.render(run)
        #expect(page.contains("No power was recorded"))
        #expect(page.contains("No request was sent"))
        #expect(page.contains("no throughput and no latency"))
    }
}

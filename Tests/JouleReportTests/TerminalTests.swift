import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleReport

@Suite struct `The summary on the console` {
    static func render(_ run: SyntheticRun, width: Int = 100, color: Bool = false) -> String {
        TerminalSummary.render(run.summary, runDirectory: "results/raw/\(run.summary.runID)", width: width, color: color)
    }

    @Test(arguments: Example.allCases) func `the summary is as it was approved`(example: Example) throws {
        #expect(try Golden().difference(Self.render(example.run), from: "\(example.rawValue).txt") == nil)
        #expect(try Golden().difference(Self.render(example.run, width: 80), from: "\(example.rawValue)_80.txt") == nil)
    }

    @Test(arguments: Example.allCases, [60, 80, 100, 200])
    func `no line is wider than asked, and none wider than 100`(example: Example, width: Int) {
        let limit = min(width, 100)
        let lines = Self.render(example.run, width: width).split(separator: "\n")
        // Tables keep their essential columns even where 60 characters cannot hold them.
        for line in lines where width >= 80 { #expect(line.count <= limit, "\(line)") }
        #expect(lines.allSatisfy { $0.last != " " })
    }

    @Test func `the first line says how it ended and where the energy comes from`() {
        func first(_ run: SyntheticRun) -> String { String(Self.render(run).prefix { $0 != "\n" }) }
        #expect(first(.twoGPUs()) == "completed, 12 of 12 requests · energy: measured by nvml (gpu, measured-counter), ± 5.0 %")
        #expect(first(.modelledCPU()) == "completed, 9 of 10 requests, 1 failed · energy: modelled (system), ± 54 %")
        #expect(first(.failed()) == "failed, 0 of 10 requests · energy: unavailable (gpu)")
        #expect(first(.interrupted()).hasPrefix("interrupted, 9 of 40 requests, partial results kept"))
        var killed = SyntheticRun.interrupted()
        killed.summary.status = .killed
        #expect(first(killed).hasPrefix("killed"))
        var empty = SyntheticRun.failed()
        empty.summary.status = .completed
        #expect(first(empty).hasPrefix("finished, but no request completed"))
    }

    @Test func `colour is escapes and nothing else`() {
        let plain = Self.render(.twoGPUs())
        let painted = Self.render(.twoGPUs(), color: true)
        #expect(!plain.contains("\u{1B}"))
        #expect(painted.contains("\u{1B}[1;32m"))
        let stripped = painted.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(stripped.split(separator: "\n").map { $0.trimmingTail } == plain.split(separator: "\n").map { $0.trimmingTail })
    }

    @Test func `names cannot steer the terminal`() {
        var run = SyntheticRun.modelledCPU()
        run.summary.model = "evil\u{1B}[2J\u{7}\r\nname\u{202E}"
        run.summary.statusReason = "a\u{1B}]0;title\u{7}b"
        run.summary.requests.errors = ["x\u{1B}[31m\u{9B}y": 1]
        let text = Self.render(run)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }

    @Test func `a flag that two devices raised stands once`() {
        var run = SyntheticRun.twoGPUs()
        run.summary.flags = [.init(.throttled, detail: "GPU 0"), .init(.gap, detail: "3.2 s"), .init(.throttled, detail: "GPU 1")]
        let text = Self.render(run)
        #expect(text.components(of: "throttled:") == 1)
        #expect(text.components(of: "GPU 0; GPU 1") == 1)
    }

    @Test func `waste is said where there is some`() {
        var run = SyntheticRun.twoGPUs()
        run.summary.figures["joules_per_useful_token"] = Figure(value: 50, unit: "J/token", plusMinus: 2, method: "measured-counter")
        #expect(!Self.render(run).contains("useful"))
        run.summary.requests.wastedTokens = 12
        #expect(Self.render(run).contains("energy per useful token"))
        #expect(Self.render(run).contains("12 output tokens belong to requests that did not complete"))
    }

    @Test func `an absent figure shows its reason once and never a zero`() {
        var run = SyntheticRun.twoGPUs()
        for index in run.summary.energies.indices {
            run.summary.energies[index].netOverIdleHost = .absent(unit: "J", reason: "the phase idle_host was not run")
        }
        let text = Self.render(run)
        #expect(text.components(of: "the phase idle_host was not run") == 1)
        #expect(text.components(of: "—¹") == 4)
    }
}

@Suite struct `The live line` {
    static func line(_ width: Int, fraction: Double? = 0.42, watts: Watts? = Watts(412.3)) -> String {
        ProgressLine.render(phase: .measure, fraction: fraction, eta: .seconds(75), watts: watts, tokensPerSecond: 183.4, width: width)
    }

    @Test func `it shows phase, progress, time left, power and rate`() {
        #expect(Self.line(100) == "measure      ▕██████████              ▏   42 %   1:15 left     412 W     183 tok/s")
        #expect(Self.line(60) == "measure       42 %   1:15 left     412 W     183 tok/s")
    }

    @Test func `it never exceeds the width`() {
        for width in 0...120 { #expect(Self.line(width).count <= max(width, 0)) }
    }

    @Test func `it keeps its length while it moves`() {
        let lengths = Set(stride(from: 0.0, through: 1, by: 0.01).map { Self.line(100, fraction: $0).count })
        #expect(lengths.count == 1)
    }

    @Test func `what is not known is not zero`() {
        let line = ProgressLine.render(phase: .load, fraction: nil, eta: nil, watts: nil, tokensPerSecond: nil, width: 100)
        #expect(line.contains("— W"))
        #expect(!line.contains("0"))
        #expect(Self.line(100, fraction: .nan, watts: Watts(.infinity)).contains("— W"))
        #expect(Self.line(100, fraction: 7).contains("100 %"))
    }

    @Test func `times read like a clock`() {
        #expect(ProgressLine.clock(.seconds(42)) == "0:42")
        #expect(ProgressLine.clock(.seconds(725)) == "12:05")
        #expect(ProgressLine.clock(.seconds(3_727)) == "1:02:07")
        #expect(ProgressLine.clock(.seconds(-3)) == "0:00")
    }
}

extension Substring {
    fileprivate var trimmingTail: Substring {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}

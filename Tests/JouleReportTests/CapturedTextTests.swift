import JouleModel
import JouleTestSupport
import Testing

@testable import JouleReport

@Suite struct `Captured logs on the console` {
    static func summary() -> CapturedSummary {
        func energy(_ value: Double, _ interval: Double, _ unit: String) -> Figure {
            Figure(value: value, unit: unit, plusMinus: interval, method: "measured-power", scope: .gpu, flags: [.lowSampleRate])
        }
        var summary = CapturedSummary(
            scope: .gpu,
            window: .init(
                startedAt: "2026-01-31T12:00:10.000Z", endedAt: "2026-01-31T12:10:10.000Z", startSeconds: 1_769_860_810,
                endSeconds: 1_769_861_410, durationSeconds: 600),
            requests: .init(succeeded: 1_190, failed: 3, unsent: 2))
        summary[.energy] = energy(202_241, 10_112, "J")
        summary[.activeEnergy] = energy(189_779, 10_112, "J")
        summary[.meanPower] = energy(337.068, 16.85, "W")
        summary[.idlePower] = Figure(value: 20.77, unit: "W", method: "assumed")
        summary[.inputTokens] = Figure(value: 59_500, unit: "token", method: "counted")
        summary[.outputTokens] = Figure(value: 118_615, unit: "token", method: "counted")
        summary[.joulesPerOutputToken] = energy(1.70502, 0.08525, "J/token")
        summary[.activeJoulesPerOutputToken] = energy(1.59996, 0.08525, "J/token")
        summary[.outputTokensPerSecond] = Figure(value: 197.69, unit: "token/s", method: "timed")
        summary.notes = ["power.csv: line 631 does not end and is left out", "requests.csv: 2 requests were\u{1B}[2J never sent"]
        return summary
    }

    static func absent() -> CapturedSummary {
        var summary = CapturedSummary(scope: .node, window: nil, requests: .init(succeeded: 0, failed: 4, unsent: 0))
        summary[.energy] = .absent(unit: "J", scope: .node, reason: "there are no requests with a length")
        summary[.idlePower] = .absent(unit: "W", reason: "neither --idle-log nor --idle-power was given")
        summary[.joulesPerOutputToken] = .absent(unit: "J/token", reason: "there are no requests with a length")
        return summary
    }

    @Test func `the text is as it was approved`() throws {
        #expect(try Golden().difference(CapturedText.render(Self.summary()), from: "captured.txt") == nil)
        #expect(try Golden().difference(CapturedText.render(Self.summary(), width: 80), from: "captured_80.txt") == nil)
        #expect(try Golden().difference(CapturedText.render(Self.absent()), from: "captured_absent.txt") == nil)
    }

    @Test(arguments: [80, 100, 200]) func `no line is wider than asked`(width: Int) {
        for line in CapturedText.render(Self.summary(), width: width).split(separator: "\n") {
            #expect(line.count <= min(width, 100), "\(line)")
        }
    }

    @Test func `a file's name cannot steer the terminal`() {
        #expect(!CapturedText.render(Self.summary()).contains("\u{1B}"))
    }
}

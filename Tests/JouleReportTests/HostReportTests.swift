import JouleModel
import JouleTestSupport
import Testing

@testable import JouleReport

@Suite struct `A report over several machines` {
    private let run = SyntheticRun.twoHosts()
    private var page: String { HTMLReport.render(summary: run.summary, recording: run.recording) }

    /// The cells of every row of a table under a heading, without their tags.
    private func rows(_ page: String, under heading: String) -> [[String]] {
        guard let start = page.range(of: ">\(heading)</h"), let end = page.range(of: "</table>", range: start.upperBound..<page.endIndex)
        else { return [] }
        return page[start.upperBound..<end.lowerBound].split(separator: "<tr>").dropFirst().map { row in
            row.replacing(/<\/t[dh]>/, with: "\u{1}").replacing(/<[^>]*>/, with: "").split(
                separator: "\u{1}", omittingEmptySubsequences: false
            )
            .map { String($0) }.dropLast()
        }
    }

    @Test func `the ledger names the machine and why a label is less`() throws {
        let ledger = rows(page, under: "Ledger")
        let header = try #require(ledger.first)
        #expect(header.contains("host"))
        #expect(ledger[1][1] == "gpu-7")
        #expect(page.contains("</code> of gpu-7: counter and power differ by more than 3 % (3.5 %)</p>"))
        #expect(ledger[2][1] == "gpu-8")
        #expect(ledger[3][1] == "this machine")
    }

    @Test func `agents stand with their clocks and what they missed`() {
        let agents = rows(page, under: "Agents")
        #expect(agents.count == 3)
        #expect(agents[1] == ["gpu-7", "gpu-7:9464", "0.1.0", "± 0.340 ms", "21", "0", "0", "1", "none"])
        #expect(agents[2].last == "30.2–33.8" || agents[2].last == "30.3–33.8")
        #expect(page.contains("no samples of agent gpu-7 are missing"))
    }

    @Test func `sensors stand as they behaved`() {
        let sensors = rows(page, under: "Sensors").isEmpty ? [] : rows(page, under: "Sensors")
        #expect(sensors.count == 4)
        #expect(sensors[1].suffix(5) == ["20.1 ms", "≤ 100 ms", "990 ms ± 20.0 ms", "40.0 ms", "0.997"])
        #expect(sensors[2].suffix(5) == ["20.1 ms", "—", "—", "—", "—"])
        #expect(page.contains("no averaging could be had: the power varied too little to tell, by 2.1 % of its mean"))
    }

    @Test func `without agents and other machines nothing speaks of them`() {
        let plain = SyntheticRun.modelledCPU()
        let page = HTMLReport.render(summary: plain.summary, recording: plain.recording)
        #expect(!page.contains(">Agents<"))
        #expect(!page.contains(">Sensors<"))
        #expect(!rows(page, under: "Ledger")[0].contains("host"))
    }

    @Test func `the power of devices of one name on two machines is drawn twice`() {
        #expect(PowerCurve.counted(in: run.recording, ledger: run.summary.ledger).count == 4)
    }

    @Test func `the console names the machines and the idle after the run`() {
        let text = TerminalSummary.render(run.summary)
        #expect(text.contains("NVIDIA H200 of gpu-7"))
        #expect(text.contains("Idle power"))
        #expect(text.contains("idle after the run "))
        for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    }
}

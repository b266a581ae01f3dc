import JouleModel
import JouleTestSupport
import Testing

@testable import JouleReport

struct MarkdownReportTests {
    static let digests = RunDigests(
        configuration: String(repeating: "0123456789abcdef", count: 4), prompts: String(repeating: "fedcba98", count: 8), arrivals: nil)

    private func page(_ run: SyntheticRun, configuration: String = "name: quickstart\nseed: 7\n") -> String {
        MarkdownReport.section(run.summary, recording: run.recording, digests: Self.digests, configuration: configuration)
    }

    @Test(arguments: Example.allCases) func `a page is as it was approved`(example: Example) throws {
        #expect(try Golden().difference(page(example.run), from: "\(example.rawValue).md") == nil)
    }

    @Test func `the page of a run against a server is as it was approved`() throws {
        #expect(try Golden().difference(page(SyntheticServing.saturated.run()), from: "serving_saturated.md") == nil)
    }

    /// The number of cells of each row, a bar that is escaped not counting.
    private func cells(_ line: Substring) -> Int {
        var (count, isEscaped) = (0, false)
        for character in line {
            if character == "|", !isEscaped { count += 1 }
            isEscaped = character == "\\" && !isEscaped
        }
        return count - 1
    }

    @Test func `no name and no message breaks a table, a heading or the page`() throws {
        let hostile = "a|b `c` | <b>*x*</b>\n# not a heading \\| \u{202E}``` | &amp; [l](u) _e_ file_name"
        var run = SyntheticRun.modelledCPU()
        run.summary.name = hostile
        run.summary.model = hostile
        run.summary.requests.errors = [hostile: 3]
        run.summary.flags = [.init(.energyModelled, detail: hostile)]
        run.summary.notes = [hostile]
        run.summary.figures["mean_power"] = .absent(unit: "W", reason: hostile)
        run.recording.environment.cpu.model = hostile
        let text = page(run, configuration: "a: |\n  ```\n  fenced\n  ````\n")
        let usual = page(.modelledCPU())
        func headings(_ text: String) -> Int { text.split(separator: "\n").count { $0.hasPrefix("#") } }
        // The fence of the configuration is longer than any inside.
        #expect(text.contains("`````yaml\n"))
        #expect(headings(text) == headings(usual))
        var columns: Int?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else { columns = nil; continue }
            #expect(cells(line) == columns ?? cells(line), "\(line)")
            columns = cells(line)
        }
        #expect(!text.contains("<b>") || text.contains("\\<b>"))
        #expect(text.contains("file_name") && text.contains("\\_e\\_"))
        #expect(!text.contains("\u{202E}"))
    }

    @Test func `every figure of the summary has its row, with its reason where it has no value`() {
        let run = Example.failed.run
        let text = page(run)
        for (key, figure) in run.summary.figures {
            let label = MarkdownText.escaped(FigureNames.label(of: key))
            #expect(text.contains("| \(label) "), "\(key)")
            if figure.value == nil, let reason = figure.reason { #expect(text.contains(MarkdownText.sentence(reason)), "\(key)") }
        }
        #expect(!text.contains("| 0 |  | J/token"))
    }
}

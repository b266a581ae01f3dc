import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleReport

struct ComputeReportTests {
    private var compute: Summary.Compute {
        var compute = Summary.Compute(absent: "nobody counted")
        compute.method = .architecture
        compute.confidence = .medium
        func figure(_ value: Double, _ unit: String) -> Figure { Figure(value: value, unit: unit, method: "architecture") }
        compute.flops = figure(2.5e15, "FLOP")
        compute.flopsPerSecond = figure(4.2e13, "FLOP/s")
        compute.flopsPerToken = figure(1.6e10, "FLOP/token")
        compute.flopsPerJoule = Figure(value: 6e10, unit: "FLOP/J", plusMinus: 3e9, method: "architecture", scope: .gpu)
        compute.utilization = figure(2.1, "%")
        compute.modelType = "mixtral"
        compute.parameters = 46_702_792_704
        compute.activeParameters = 12_879_425_536
        compute.weightBytes = .mebibytes(89_000)
        compute.batch = 4
        var peak = Summary.Compute.Peak(source: "makers' data sheets, dense")
        peak.devices = "2 × H100 SXM"
        peak.precision = "bfloat16"
        peak.flops = 1_978.8e12
        peak.bandwidth = 6.7e12
        compute.peak = peak
        compute.notes = ["a note <about> it"]
        return compute
    }

    private func run(_ compute: Summary.Compute?) -> SyntheticRun {
        var run = SyntheticRun.twoGPUs()
        run.summary.compute = compute
        return run
    }

    @Test func `the console shows what was counted, how, and against which peak`() {
        let text = TerminalSummary.render(run(compute).summary)
        // How wide its columns are is the table's affair.
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for line in [
            "Compute", "counted from the model's architecture (confidence medium); mixtral; 46.70 billion parameters, 12.88 billion active",
            "operations 2.500 PFLOP", "operations per output token 16.00 GFLOP/token", "GFLOP/J gpu", "of the peak (MFU) 2.100 %",
            "2 × H100 SXM, bfloat16: 1.98 PFLOP/s and 6.70 TB/s (makers' data sheets, dense)",
        ] { #expect(words.contains(line), "\(line)\n\(text)") }
        // What is absent is in the report, with its reason.
        #expect(!text.contains("bandwidth"))
    }

    @Test func `where nothing was counted the console is silent and the report says why once`() throws {
        let nothing = Summary.Compute(absent: "its configuration has no `model_type`")
        #expect(!TerminalSummary.render(run(nothing).summary).contains("Compute"))
        let page = HTMLReport.render(summary: run(nothing).summary, recording: run(nothing).recording)
        let start = try #require(page.range(of: "<h2>Compute</h2>"))
        let section = page[start.lowerBound...].prefix { $0 != "\n" }
        #expect(try Golden().difference(section + "\n", from: "compute_absent.html") == nil)
        #expect(TerminalSummary.render(run(nil).summary) == TerminalSummary.render(run(nothing).summary))
    }

    @Test func `the report escapes notes and names every figure`() {
        let page = HTMLReport.render(summary: run(compute).summary, recording: run(compute).recording)
        #expect(page.contains("a note &lt;about&gt; it"))
        #expect(page.contains("89,000 MiB") && page.contains("nobody counted"))
    }

    @Test func `the row of a run has its operations and how they were counted`() {
        let columns = Dictionary(
            uniqueKeysWithValues: RunRow.columns(for: run(compute).summary, recording: run(compute).recording))
        #expect(columns["compute_flops_total"].flatMap(Double.init) == 2.5e15)
        #expect(columns["compute_flops_method"] == "architecture" && columns["compute_mfu_percent"] == "2.1")
        #expect(columns["compute_bandwidth_utilization_percent"] == "NA")
    }

    @Test func `an estimate says first that it is assumed, and ends with its source`() {
        var estimate = EnergyEstimate(
            model: "m", gpu: "H100 SXM", gpuCounts: [1, 2], precision: "fp8", batch: 8, outputTokens: 2_000, inputTokens: 0,
            basis: .referenceBands, perToken: Joules(0.12)...Joules(0.5), method: ["Somehow."], source: "somewhere, 2026")
        estimate.notes = ["beware"]
        let lines = EstimateText.render(estimate, width: 100, color: false).split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("assumed") == true)
        #expect(lines[1] == "m · 1 or 2 × H100 SXM · fp8 · batch 8")
        #expect(lines.contains { $0.contains("energy per output token") && $0.contains("0.120") && $0.contains("J/token") })
        #expect(lines.contains("  source: somewhere, 2026") && lines.contains("  note: beware"))
    }
}

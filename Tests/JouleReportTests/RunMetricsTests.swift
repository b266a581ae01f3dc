import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleReport

struct RunMetricsTests {
    /// Every number under `value` of an object that has the shape of a figure.
    private func figures(in value: JSONValue) -> [Double] {
        switch value {
        case .array(let items): return items.flatMap(figures)
        case .object(let members):
            if members["unit"] != nil, members["method"] != nil {
                switch members["value"] {
                case .number(let number): return [number]
                case .integer(let number): return [Double(number)]
                default: return []
                }
            }
            // The ledger and the sensors name devices, whose number has no end; the power of the tool is of no scope of the run.
            return members.filter { !["ledger", "sensors", "own_cost_measure"].contains($0.key) }.sorted { $0.key < $1.key }
                .flatMap { figures(in: $0.value) }
        case .null, .bool, .integer, .number, .string: return []
        }
    }

    private static var summaries: [Summary] {
        Example.allCases.map(\.run.summary) + [SyntheticServing.steady.run().summary]
    }

    @Test func `no figure of a summary is left out`() throws {
        for summary in Self.summaries {
            let tree = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(summary))
            let values = Set(RunMetrics.all(of: summary).map(\.value))
            let expected = figures(in: tree)
            let missing = expected.filter { !values.contains($0) }
            #expect(missing.isEmpty, "\(summary.name)")
            #expect(summary.status == .failed || expected.count > 20)
        }
    }

    @Test func `names are of their own, plain, and say the unit`() {
        for summary in Self.summaries {
            let names = RunMetrics.all(of: summary).map(\.name)
            #expect(Set(names).count == names.count)
            #expect(names.allSatisfy { name in name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) } })
        }
        let metrics = Dictionary(uniqueKeysWithValues: RunMetrics.all(of: SyntheticRun.twoGPUs().summary).map { ($0.name, $0.value) })
        #expect(metrics["energy_joules_gpu"] == 31_512 && metrics["energy_joules_gpu_plus_minus"] == 1_580)
        #expect(metrics["mean_power_watts_package"] != nil && metrics["idle_share_percent"] != nil)
    }

    @Test func `what could not be had has no metric, not even zero`() {
        let names = Set(RunMetrics.all(of: SyntheticRun.failed().summary).map(\.name))
        #expect(!names.contains { $0.hasPrefix("mean_power") || $0.hasPrefix("energy_joules") })
    }

    @Test func `power over time has a row a step and loses no watt in the mean`() {
        let run = SyntheticRun.twoGPUs()
        let history = PowerHistory(summary: run.summary, recording: run.recording, limit: 50)
        #expect(history.rows.count <= 50 && history.rows.count > 40)
        #expect(history.names.contains("gpu · NVIDIA H200 #0") && history.names.contains { $0.hasSuffix("(modelled)") })
        #expect(Set(history.names).count == history.names.count)
        #expect(zip(history.rows, history.rows.dropFirst()).allSatisfy { $0.seconds < $1.seconds })
        let inWindow = history.rows.filter { SyntheticRun.window.contains($0.seconds) }.compactMap { $0.watts.first ?? nil }
        let mean = inWindow.reduce(0, +) / Double(inWindow.count)
        #expect(abs(mean - 412) < 25)
        let whole = PowerHistory(summary: run.summary, recording: run.recording)
        #expect(whole.rows.count > history.rows.count && whole.rows.count <= 2_000)
    }
}

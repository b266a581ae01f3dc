// Energy of windows by JouleKit beside the truth that the NVML stand-in knows.
//
//   window-error PLAN.json     prints one JSON object with a row for each window of the plan
import Foundation
import JouleKit

struct Row: Encodable {
    let length: Double
    let seconds: Double
    let start: Int64
    let joules: Double?
    let plusMinus: Double?
    let truth: Double
    let method: String
    let reason: String?
}

struct Result: Encodable {
    let tool = "joulebench"
    let rows: [Row]
}

func measure(_ plan: Plan) async throws -> Result {
    let monitor = try await EnergyMonitor(meters: ["nvml"])
    let truth = try Truth()
    // The counter's update period is learnt in the first second.
    _ = await monitor.energy(from: monitor.mark(), to: monitor.mark())
    try await Task.sleep(for: .seconds(1))
    let marks = await MarkSchedule.run(plan, monitor: monitor)
    var rows: [Row] = []
    for (window, edges) in zip(plan.windows, marks) {
        let report = await monitor.energy(from: edges.start, to: edges.end)
        rows.append(
            Row(
                length: window.length, seconds: report.seconds, start: edges.start.nanoseconds, joules: report.joules,
                plusMinus: report.plusMinusJoules,
                truth: truth.joules(from: edges.start.nanoseconds, to: edges.end.nanoseconds), method: report.method,
                reason: report.reason))
    }
    await monitor.stop()
    return Result(rows: rows)
}

guard CommandLine.arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: window-error PLAN.json\n".utf8))
    exit(64)
}
let plan = try JSONDecoder().decode(Plan.self, from: Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1])))
let result = try await measure(plan)
let encoder = JSONEncoder()
encoder.outputFormatting = .sortedKeys
FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))

import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits

/// `doctor --overhead`: what sampling costs here.
struct OverheadCheck {
    let metrics: MetricsSpec
    let console: Console

    func run(duration: Duration, json: Bool) async throws -> Int32 {
        let selection = try await MeterSelection.discover(metrics: metrics, deviceIDs: nil, host: .current)
        let overhead = try SamplingOverhead(meters: selection.meters, duration: duration)
        let report = try await overhead.run { step, steps, what in
            let seconds = NumberText.significant(duration.seconds, digits: 2)
            if console.errorIsTerminal {
                console.progress("overhead  \(step) of \(steps): \(what), \(seconds) s")
            } else if step == 1 {
                console.note("measuring the cost of sampling: \(steps) times \(seconds) s")
            }
        }
        console.clearProgress()
        console.result(json ? String(decoding: try JSONText.encode(report), as: UTF8.self) : OverheadText.render(report))
        return ExitStatus.success
    }
}

/// The cost of sampling as a table.
enum OverheadText {
    static func render(_ report: SamplingOverhead.Report) -> String {
        var lines = [
            "Cost of sampling \(report.channels.count) channel\(report.channels.count == 1 ? "" : "s"): \(report.channels.joined(separator: ", "))"
        ]
        var table = [["rate", "CPU, % of a core", "bare timer", "above it", "wake-ups/s", "timer's", "RSS", "missed", "power above none"]]
        for row in report.rows {
            table.append([
                row.rateHertz.map { "\(NumberText.fixed($0, decimals: 0)) Hz" } ?? "none", percent(row.use.corePercent),
                percent(row.timer?.corePercent), percent(row.corePercentAboveTimer), number(row.use.wakeUpsPerSecond),
                number(row.timer?.wakeUpsPerSecond), row.resident.map { ToolUse.text($0) } ?? FigureFormat.absent,
                row.rateHertz == nil ? FigureFormat.absent : "\(row.missedTicks) of \(row.ticks + row.missedTicks)",
                row.rateHertz == nil || row.powerAboveNone.value == nil
                    ? FigureFormat.absent : FigureFormat.text(row.powerAboveNone).sentence,
            ])
        }
        lines += TextTable.render(table)
        lines.append(
            "Each over \(NumberText.significant(report.durationSeconds, digits: 3)) s. The bare timer wakes as often and reads nothing: no "
                + "sampler here can cost less.")
        if let none = report.rows.first, let reason = none.power.reason {
            lines.append("Power: \(reason).")
        } else if let power = report.rows.first?.power {
            lines.append("Power without sampling: \(FigureFormat.text(power).sentence) (\(power.scope?.rawValue ?? ""), \(power.method)).")
        }
        if !report.leftOut.isEmpty {
            lines.append("Left out, for they are read by another program at its own pace: \(report.leftOut.joined(separator: ", ")).")
        }
        return lines.joined(separator: "\n")
    }

    private static func percent(_ value: Double?) -> String { value.map { NumberText.fixed($0, decimals: 2) } ?? FigureFormat.absent }

    private static func number(_ value: Double?) -> String { value.map { NumberText.fixed($0, decimals: 1) } ?? FigureFormat.absent }
}

import JouleModel
import JouleUnits

/// The chart of power over time: every device that counts, their total, the phases and the measured window.
enum PowerChart {
    /// nil when no channel has readings to draw.
    static func chart(summary: Summary, recording: Recording) -> Chart? {
        let counted = PowerCurve.counted(in: recording, ledger: summary.ledger)
        guard !counted.isEmpty else { return nil }
        let total = PowerCurve.total(of: counted)
        let bands = PhaseBands(recording: recording)
        let times = (counted.flatMap { $0.curve.segments.flatMap { [$0.first, $0.last] } }.compactMap { $0?.x }) + bands.edges
        guard let first = times.min(), let last = times.max() else { return nil }
        let x = Axis(title: "time since the start of the run, s", over: min(first, 0)...max(last, min(first, 0) + 1e-3), ticks: 10)
        // Every reading is heard for the scale, so that no peak is cut off.
        let watts = (counted + [total].compactMap(\.self)).flatMap { $0.curve.points.map(\.y) }
        var chart = Chart(title: "Power over time", x: x, y: Axis(title: "power, W", covering: watts))
        chart.bands = bands.bands
        if let from = summary.windowStartSeconds, let length = summary.windowDurationSeconds, length > 0 {
            chart.highlight = Chart.Band(from...(from + length), label: "\(summary.windowName), \(FigureFormat.seconds(length)) s")
        }
        for (number, power) in counted.enumerated() {
            chart.layers.append(layer(power, color: .series(number), isStrong: counted.count == 1, in: chart))
        }
        if let total { chart.layers.append(layer(total, color: .ink, isStrong: true, in: chart)) }
        return chart
    }

    private static func layer(_ power: PowerCurve, color: ChartColor, isStrong: Bool, in chart: Chart) -> ChartLayer {
        .line(
            name: power.name + power.origin.remark, color: color,
            curve: power.curve.reduced(to: chart.columns, over: chart.x.domain), isDashed: power.origin != .measured, isStrong: isStrong)
    }
}

/// The phases of a recording as bands of a time axis; one that never ended lasts until the last thing that was written down.
struct PhaseBands {
    private(set) var bands: [Chart.Band] = []

    var edges: [Double] { bands.flatMap { [$0.range.lowerBound, $0.range.upperBound] } }

    init(recording: Recording) {
        let start = recording.environment.start.monotonic
        let lastSample = recording.series.compactMap { $0.samples.last?.instant }.max()
        for span in recording.state.phases {
            let from = (span.start - start).seconds
            let end = span.end ?? max(lastSample ?? span.start, span.start)
            let to = (end - start).seconds
            guard to > from else { continue }
            bands.append(Chart.Band(from...to, label: span.phase.label + (span.end == nil ? " (not ended)" : "")))
        }
    }
}

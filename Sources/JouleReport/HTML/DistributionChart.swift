import JouleModel
import JouleUnits

/// The share of all requests that had their answer within a time; requests that failed never have it, so the curve ends below them.
enum DistributionChart {
    /// Steps drawn; the order statistics between them lie within a quarter of a percent.
    private static let steps = 400

    static func chart(
        _ requests: [RequestTimeline], _ latency: (RequestTimeline) -> Duration?, title: String, summary: Summary.Distribution?,
        objective: Double?
    ) -> Chart? {
        var values: [Double] = []
        var failed = 0
        for request in requests {
            switch request.outcome {
            case .completed: if let value = latency(request) { values.append(value.seconds) }
            // Stopped by us: it might have had its answer yet.
            case .cancelled, .dropped: break
            case .failed, .incomplete, .streamError, .httpError, .rejected, .connectError, .tlsError, .connectTimeout, .headersTimeout,
                .firstTokenTimeout, .idleTimeout, .totalTimeout, .protocolError, .invalidResponse:
                failed += 1
            }
        }
        guard values.count > 1 else { return nil }
        values.sort()
        let scale = UnitScale.best(for: values[values.count / 2], unit: "s")
        let total = Double(values.count + failed)
        let (longest, p99) = (values[values.count - 1], values[Int(0.99 * Double(values.count - 1))])
        // One straggler must not press all others against the axis.
        let isCut = longest > 3 * p99
        let end = max(isCut ? 2 * p99 : longest, objective.map { $0 * 1.05 } ?? 0)
        func text(_ seconds: Double) -> String { ServingText.duration(seconds) }
        let axisTitle = "\(title), \(scale.unit)" + (isCut ? " (the longest: \(text(longest)))" : "")
        var chart = Chart(
            title: "Distribution of \(title)", x: Axis(title: axisTitle, covering: [end * scale.factor]),
            y: Axis(title: "share of requests, %", over: 0...100, ticks: 5))
        chart.width = 500
        chart.plotHeight = 190
        var points = [ChartPoint(x: 0, y: 0)]
        let stride = max(1, values.count / steps)
        for index in Swift.stride(from: 0, to: values.count, by: stride) {
            points.append(ChartPoint(x: values[index] * scale.factor, y: Double(index + 1) / total * 100))
        }
        points.append(ChartPoint(x: longest * scale.factor, y: Double(values.count) / total * 100))
        points = points.filter { chart.x.domain.contains($0.x) }
        let curve = Curve(segments: [points], interpolation: .step)
        chart.layers = [.line(name: "", color: .series(0), curve: curve, isDashed: false, isStrong: true)]
        // The percentiles of the table, so that there is one p99 on the page.
        chart.marks = [("p50", summary?.p50), ("p99", summary?.p99)].compactMap { name, seconds in
            seconds.map { Chart.Mark($0 * scale.factor, label: "\(name) \(text($0))", color: .muted) }
        }
        if let objective {
            chart.marks.append(Chart.Mark(objective * scale.factor, label: "objective \(text(objective))", color: .bad))
        }
        return chart
    }
}

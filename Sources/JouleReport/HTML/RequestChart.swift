import JouleModel
import JouleUnits

/// The chart of the requests over time: a bar for each as long as they can be told apart, their latencies as dots beyond that.
enum RequestChart {
    /// More bars than this are thinner than a line.
    static let mostBars = 160

    /// nil when no request was sent.
    static func chart(recording: Recording) -> Chart? {
        let start = recording.environment.start.monotonic
        let rows = recording.requests.filter { $0.sent != nil }.sorted { ($0.sent ?? $0.scheduled) < ($1.sent ?? $1.scheduled) }
        let times = rows.flatMap { [$0.sent, $0.lastToken, $0.bodyEnd].compactMap(\.self) }.map { ($0 - start).seconds }
        guard let first = times.min(), let last = times.max(), last > first else { return nil }
        let margin = (last - first) * 0.01
        let x = Axis(title: "time since the start of the run, s", over: (first - margin)...(last + margin), ticks: 10)
        var chart = rows.count <= mostBars ? bars(rows, x: x, start: start) : dots(rows, x: x, start: start)
        chart.bands = PhaseBands(recording: recording).bands.compactMap { band in
            let range = band.range.clamped(to: x.domain)
            // A sliver at the edge of the chart says nothing and its name would stand in the way.
            let share = (range.upperBound - range.lowerBound) / (x.domain.upperBound - x.domain.lowerBound)
            return share > 0.03 ? Chart.Band(range, label: band.label) : nil
        }
        return chart
    }

    private static func bars(_ rows: [RequestTimeline], x: Axis, start: Instant) -> Chart {
        var waiting: [ChartLayer.Bar] = []
        var decoding: [ChartLayer.Bar] = []
        var failed: [ChartLayer.Bar] = []
        var stamps: [ChartLayer.Bar] = []
        let rowHeight = rows.count > 40 ? 8.0 : 14.0
        let decodeSeconds = rows.compactMap { $0.timePerOutputToken?.seconds }.min() ?? 0
        // Strokes closer than this would be a solid block.
        let shortestGap = (x.domain.upperBound - x.domain.lowerBound) / 300
        let showsStamps = rowHeight > 8 && decodeSeconds > shortestGap
        for (row, request) in rows.enumerated() {
            guard let sent = request.sent else { continue }
            let y = (Double(row) + 0.14)...(Double(row) + 0.86)
            let title = describe(request)
            func bar(_ from: Instant, _ to: Instant) -> ChartLayer.Bar {
                let left = (from - start).seconds
                return ChartLayer.Bar(x: left...max((to - start).seconds, left), y: y, title: title)
            }
            let first = request.firstToken
            let end = request.lastToken ?? request.bodyEnd ?? first ?? sent
            if request.outcome != .completed {
                failed.append(bar(sent, max(end, sent)))
                continue
            }
            waiting.append(bar(sent, first ?? end))
            if let first { decoding.append(bar(first, end)) }
            if showsStamps {
                stamps += request.chunks.lazy.filter(\.kind.isToken).dropFirst().map { chunk in
                    let time = (chunk.instant - start).seconds
                    return ChartLayer.Bar(x: time...time, y: (Double(row) + 0.6)...(Double(row) + 0.86))
                }
            }
        }
        let step = Axis.step(over: 0...Double(rows.count), count: 10) < 1 ? 1 : Axis.step(over: 0...Double(rows.count), count: 10)
        let ticks = stride(from: 0, to: rows.count, by: Int(step)).map { row in
            Axis.Tick(value: Double(row) + 0.5, label: "\(rows[row].index)")
        }
        var chart = Chart(
            title: "Requests over time", x: x, y: Axis(title: "request", over: 0...Double(max(rows.count, 1)), labelled: ticks))
        chart.yDirection = .down
        chart.plotHeight = max(rowHeight * Double(rows.count), 56)
        chart.layers = [
            .bars(name: "sent to first token (prefill)", color: .series(1), bars: waiting),
            .bars(name: "first to last token (decode)", color: .series(0), bars: decoding),
        ]
        if !stamps.isEmpty { chart.layers.append(.strokes(name: "a token", color: .ink, strokes: stamps)) }
        if !failed.isEmpty { chart.layers.append(.bars(name: "did not complete", color: .bad, bars: failed)) }
        return chart
    }

    private static func dots(_ rows: [RequestTimeline], x: Axis, start: Instant) -> Chart {
        func points(_ latency: (RequestTimeline) -> Duration?) -> [ChartPoint] {
            rows.compactMap { request in
                guard request.outcome == .completed, let sent = request.sent, let latency = latency(request) else { return nil }
                return ChartPoint(x: (sent - start).seconds, y: latency.seconds)
            }
        }
        let service = points(\.serviceLatency)
        let first = points(\.timeToFirstToken)
        let failed = rows.compactMap { request -> ChartPoint? in
            guard request.outcome != .completed, let sent = request.sent else { return nil }
            return ChartPoint(x: (sent - start).seconds, y: 0)
        }
        var chart = Chart(
            title: "Latency over time", x: x, y: Axis(title: "latency, s", covering: (service + first).map(\.y)))
        chart.plotHeight = 220
        chart.layers = [
            .dots(name: "sent to last token", color: .series(0), points: service),
            .dots(name: "sent to first token", color: .series(1), points: first),
        ]
        if !failed.isEmpty { chart.layers.append(.dots(name: "did not complete", color: .bad, points: failed)) }
        return chart
    }

    private static func describe(_ request: RequestTimeline) -> String {
        var parts = ["request \(request.index), \(request.promptID), \(request.phase.label), \(request.outcome.rawValue)"]
        if let latency = request.timeToFirstToken { parts.append("first token after \(NumberText.significant(latency.milliseconds)) ms") }
        if let latency = request.serviceLatency { parts.append("last token after \(NumberText.significant(latency.milliseconds)) ms") }
        if let tokens = request.outputTokens { parts.append("\(NumberText.count(tokens)) tokens") }
        if let error = request.error { parts.append(error) }
        return parts.joined(separator: "; ")
    }
}

import JouleModel
import JouleUnits

/// The charts over time of a run against a server, on the axis of its chart of power so that they can be read across.
enum ServingCharts {
    /// Requests sent and not yet answered.
    static func inFlight(_ recording: Recording, below power: Chart) -> Chart? {
        var changes: [(time: Double, change: Int)] = []
        changes.reserveCapacity(recording.requests.count * 2)
        let start = recording.environment.start.monotonic
        for request in recording.requests {
            guard let from = request.started ?? request.sent, let to = request.bodyEnd ?? request.lastToken, to > from else { continue }
            changes.append(((from - start).seconds, 1))
            changes.append(((to - start).seconds, -1))
        }
        guard !changes.isEmpty else { return nil }
        // At one instant an end comes before a beginning: a slot that is handed on holds one request.
        changes.sort { ($0.time, $0.change) < ($1.time, $1.change) }
        var points: [ChartPoint] = []
        points.reserveCapacity(changes.count)
        var count = 0
        for (time, change) in changes {
            count += change
            points.append(ChartPoint(x: time, y: Double(count)))
        }
        var chart = small(
            "Requests in flight over time", y: Axis(title: "in flight", covering: points.lazy.map(\.y), ticks: 3), below: power)
        let curve = Curve(segments: [points], interpolation: .step).reduced(to: chart.columns, over: chart.x.domain)
        chart.layers = [
            .area(name: "", color: .series(4), curve: curve),
            .line(name: "requests in flight", color: .series(4), curve: curve, isDashed: false, isStrong: false),
        ]
        return chart
    }

    /// Output tokens a second as they arrived.
    static func tokenRate(_ recording: Recording, below power: Chart) -> Chart? {
        let start = recording.environment.start.monotonic
        var (first, last) = (Double.infinity, -Double.infinity)
        for request in recording.requests {
            guard let from = request.firstToken, let to = request.lastToken else { continue }
            first = min(first, (from - start).seconds)
            last = max(last, (to - start).seconds)
        }
        guard last > first else { return nil }
        // A round width under which neighbouring bins of one device batch still differ little.
        let width = max(Axis.step(over: 0...(last - first), count: 300), 0.1)
        let origin = (first / width).rounded(.down) * width
        var bins = [Double](repeating: 0, count: Int(((last - origin) / width).rounded(.down)) + 1)
        for request in recording.requests {
            // Without usage in each chunk a chunk counts for one token; the request's own count is the better one.
            let seen = request.chunks.reduce(0) { $0 + ($1.kind.isToken ? Int($1.tokens) : 0) }
            guard seen > 0 else { continue }
            let scale = request.outputTokens.map { Double($0) / Double(seen) } ?? 1
            for chunk in request.chunks where chunk.kind.isToken {
                let bin = Int(((chunk.instant - start).seconds - origin) / width)
                if bins.indices.contains(bin) { bins[bin] += Double(chunk.tokens) * scale }
            }
        }
        guard bins.contains(where: { $0 > 0 }) else { return nil }
        var points = bins.enumerated().map { ChartPoint(x: origin + Double($0.offset) * width, y: $0.element / width) }
        points.append(ChartPoint(x: origin + Double(bins.count) * width, y: 0))
        var chart = small(
            "Output tokens per second over time", y: Axis(title: "output tokens/s", covering: points.map(\.y), ticks: 4), below: power)
        chart.plotHeight = 130
        let unit = width == 1 ? "of 1 s" : "of \(NumberText.significant(width, digits: 1)) s"
        let curve = Curve(segments: [points], interpolation: .step).reduced(to: chart.columns, over: chart.x.domain)
        chart.layers = [
            .area(name: "", color: .series(0), curve: curve),
            .line(name: "output tokens/s, means \(unit)", color: .series(0), curve: curve, isDashed: false, isStrong: false),
        ]
        return chart
    }

    /// One latency of every request, at the moment it was sent; failures stand on the foot of the chart.
    static func scatter(
        _ recording: Recording, _ latency: (RequestTimeline) -> Duration?, title: String, color: ChartColor, below power: Chart
    ) -> Chart? {
        let start = recording.environment.start.monotonic
        var points: [ChartPoint] = []
        var failed: [ChartPoint] = []
        for request in recording.requests {
            guard let sent = request.sent ?? request.started else { continue }
            let x = (sent - start).seconds
            if request.outcome != .completed {
                failed.append(ChartPoint(x: x, y: 0))
            } else if let value = latency(request) {
                points.append(ChartPoint(x: x, y: value.seconds))
            }
        }
        guard let longest = points.lazy.map(\.y).max() else { return nil }
        let scale = UnitScale.best(for: longest, unit: "s")
        let shown = points.map { ChartPoint(x: $0.x, y: $0.y * scale.factor) }
        var chart = small(
            "\(title) over time", y: Axis(title: "\(title), \(scale.unit)", covering: shown.lazy.map(\.y), ticks: 4), below: power)
        chart.plotHeight = 150
        chart.layers = [.dots(name: "\(title) of a request, at its sending", color: color, points: shown)]
        if !failed.isEmpty { chart.layers.append(.dots(name: "did not complete", color: .bad, points: failed)) }
        return chart
    }

    /// What the server's own metrics said: requests in its batch and in its queue, and how full its cache is.
    static func server(_ metrics: ServerMetrics, start: Instant, below power: Chart?) -> [Chart] {
        func curve(_ names: [String], factor: Double = 1) -> Curve? {
            var segments: [[ChartPoint]] = [[]]
            for scrape in metrics.scrapes {
                // A scrape that failed is a hole, not a straight line.
                guard scrape.failure == nil, let value = names.lazy.compactMap({ scrape.values[$0] }).first else {
                    if segments[segments.count - 1].last != nil { segments.append([]) }
                    continue
                }
                segments[segments.count - 1].append(ChartPoint(x: (scrape.instant - start).seconds, y: value * factor))
            }
            let curve = Curve(segments: segments)
            return curve.isEmpty ? nil : curve
        }
        func chart(_ title: String, _ axis: String, _ series: [(name: String, color: ChartColor, curve: Curve?)]) -> Chart? {
            let present = series.compactMap { entry in entry.curve.map { (entry.name, entry.color, $0) } }
            guard !present.isEmpty else { return nil }
            let times = present.flatMap { $0.2.points.map(\.x) }
            guard let first = times.min(), let last = times.max() else { return nil }
            let x = power?.x ?? Axis(title: "time since the start of the run, s", over: first...max(last, first + 1), ticks: 10)
            var chart = Chart(
                title: title, x: x, y: Axis(title: axis, covering: present.flatMap { $0.2.points.map(\.y) }, ticks: 3))
            if let power { inherit(power, into: &chart) }
            chart.plotHeight = 100
            chart.layers = present.map { name, color, curve in
                .line(
                    name: name, color: color, curve: curve.reduced(to: chart.columns, over: x.domain), isDashed: false, isStrong: false)
            }
            return chart
        }
        return [
            chart(
                "Requests in the server over time", "requests",
                [
                    ("running in the server", .series(0), curve(ServerMetricNames.running)),
                    ("waiting in the server", .series(1), curve(ServerMetricNames.waiting)),
                ]),
            chart(
                "Cache usage over time", "cache, %",
                [("key-value cache in use", .series(2), curve(ServerMetricNames.cacheUsage, factor: 100))]),
        ].compactMap(\.self)
    }

    private static func small(_ title: String, y: Axis, below power: Chart) -> Chart {
        var chart = Chart(title: title, x: power.x, y: y)
        inherit(power, into: &chart)
        chart.plotHeight = 84
        return chart
    }

    private static func inherit(_ power: Chart, into chart: inout Chart) {
        chart.bands = power.bands
        chart.namesBands = false
        chart.highlight = power.highlight.map { Chart.Band($0.range, label: "") }
    }
}

/// What the servers call the same thing.
private enum ServerMetricNames {
    static let running = ["vllm:num_requests_running", "sglang:num_running_reqs", "llamacpp:requests_processing", "tgi_batch_current_size"]
    static let waiting = ["vllm:num_requests_waiting", "sglang:num_queue_reqs", "llamacpp:requests_deferred", "tgi_queue_size"]
    static let cacheUsage = [
        "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "sglang:token_usage", "llamacpp:kv_cache_usage_ratio",
    ]
}

import JouleModel
import JouleUnits

/// Power over time of one channel, or of all channels of a total together, in seconds since the start of the run.
struct PowerCurve: Hashable, Sendable {
    /// `gpu · NVIDIA H200 #0`.
    let name: String
    let curve: Curve
    let origin: Origin

    /// Where the readings come from: a sensor, a model of the load, or, for a total, both; or a simulated server.
    enum Origin: Hashable, Sendable {
        case measured, modelled, partlyModelled, simulated

        init(_ kind: MeterKind) {
            self =
                switch kind {
                case .model: .modelled
                case .simulated: .simulated
                case .counter, .power, .imported: .measured
                }
        }

        /// What follows a name where it needs to be said.
        var remark: String {
            switch self {
            case .measured: ""
            case .modelled: " (modelled)"
            case .partlyModelled: " (partly modelled)"
            case .simulated: " (simulated)"
            }
        }
    }

    /// Counters that tick every millisecond give wild quotients over one tick; a chart needs no finer mean than this.
    private static let shortestMean = 0.05

    /// A channel's power as it was read, or the slope of its energy where it delivers no power; nil without two usable readings.
    init?(_ series: SampleSeries, start: Instant, samplePeriod: Duration) {
        let channel = series.channel
        let period = max(samplePeriod.seconds, channel.updatePeriod?.seconds ?? 0)
        // The same rule that makes a window unavailable: a longer silence is a hole, not a straight line.
        let longestGap = max(3, 5 * period)
        let curve =
            channel.hasPower
            ? Self.readings(series.samples, start: start, longestGap: longestGap)
            : Self.slopes(series.samples, start: start, longestGap: longestGap)
        guard !curve.isEmpty else { return nil }
        let scope = channel.scope.rawValue
        self.init(
            name: channel.name.hasPrefix(scope) ? channel.name : "\(scope) · \(channel.name)", curve: curve,
            origin: Origin(channel.kind))
    }

    private init(name: String, curve: Curve, origin: Origin) {
        self.name = name
        self.curve = curve
        self.origin = origin
    }

    /// The curves of a recording that count into its totals, in the order of the meters.
    ///
    /// The ledger knows best what counts: it leaves out what a wider scope covers already. Where it counts nothing, as after a run
    /// without a window, the meters' own word is taken.
    static func counted(in recording: Recording, ledger: [LedgerEntry]) -> [PowerCurve] {
        let hasTotals = ledger.contains(where: \.inTotal)
        return recording.series.compactMap { series in
            let channel = series.channel
            let entry = ledger.first {
                $0.scope == channel.scope && $0.device == channel.device && $0.meter == channel.meter && $0.host == channel.host
            }
            guard hasTotals ? entry?.inTotal ?? channel.countsInTotals : channel.countsInTotals else { return nil }
            return PowerCurve(
                series, start: recording.environment.start.monotonic, samplePeriod: recording.experiment.metrics.samplePeriod)
        }
    }

    /// The sum of several curves, where all of them have a value; where one has none, the total has none either.
    static func total(of curves: [PowerCurve]) -> PowerCurve? {
        guard curves.count > 1, let finest = curves.max(by: { $0.pointCount < $1.pointCount }) else { return nil }
        var cursors = curves.map { Cursor($0.curve) }
        var segments: [[ChartPoint]] = []
        for segment in finest.curve.segments {
            var points: [ChartPoint] = []
            for point in segment {
                var sum = 0.0
                var isComplete = true
                for index in cursors.indices {
                    if let value = cursors[index].value(at: point.x) { sum += value } else { isComplete = false }
                }
                if isComplete {
                    points.append(ChartPoint(x: point.x, y: sum))
                } else if !points.isEmpty {
                    segments.append(points)
                    points = []
                }
            }
            segments.append(points)
        }
        let curve = Curve(segments: segments, interpolation: finest.curve.interpolation)
        guard !curve.isEmpty else { return nil }
        let origins = Set(curves.map(\.origin))
        return PowerCurve(
            name: "total of \(curves.count)", curve: curve, origin: origins.count == 1 ? origins.first ?? .measured : .partlyModelled)
    }

    private var pointCount: Int { curve.segments.map(\.count).reduce(0, +) }

    private static func readings(_ samples: [Sample], start: Instant, longestGap: Double) -> Curve {
        var segments: [[ChartPoint]] = [[]]
        for sample in samples {
            guard sample.status.isOK, let power = sample.power ?? sample.averagePower, power.isFinite else { continue }
            append(ChartPoint(x: (sample.instant - start).seconds, y: power.rawValue), to: &segments, longestGap: longestGap)
        }
        return Curve(segments: segments)
    }

    /// Mean power between the instants at which a counter was first seen to have moved.
    private static func slopes(_ samples: [Sample], start: Instant, longestGap: Double) -> Curve {
        var segments: [[ChartPoint]] = [[]]
        var last: (time: Double, energy: Double)?
        for sample in samples {
            guard sample.status.isOK, let energy = sample.energy?.rawValue, energy.isFinite else { continue }
            let time = (sample.instant - start).seconds
            guard let from = last, energy >= from.energy, time - from.time <= longestGap else {
                // The first reading, a reset, or a silence: a new beginning.
                last = (time, energy)
                segments.append([])
                continue
            }
            guard energy > from.energy, time - from.time >= shortestMean else { continue }
            let power = (energy - from.energy) / (time - from.time)
            if segments[segments.count - 1].last != nil { segments[segments.count - 1].removeLast() }
            segments[segments.count - 1] += [ChartPoint(x: from.time, y: power), ChartPoint(x: time, y: power)]
            last = (time, energy)
        }
        return Curve(segments: segments, interpolation: .step)
    }

    private static func append(_ point: ChartPoint, to segments: inout [[ChartPoint]], longestGap: Double) {
        if let previous = segments[segments.count - 1].last {
            guard point.x > previous.x else { return }
            if point.x - previous.x > longestGap { segments.append([]) }
        }
        segments[segments.count - 1].append(point)
    }

    /// Reads a curve at growing times, in one walk over all of them.
    private struct Cursor {
        private let segments: [[ChartPoint]]
        private let interpolation: Curve.Interpolation
        private var segment = 0
        private var point = 0

        init(_ curve: Curve) {
            segments = curve.segments
            interpolation = curve.interpolation
        }

        mutating func value(at x: Double) -> Double? {
            while segment < segments.count, let last = segments[segment].last, last.x < x { (segment, point) = (segment + 1, 0) }
            guard segment < segments.count, segments[segment][0].x <= x else { return nil }
            let points = segments[segment]
            while point + 1 < points.count, points[point + 1].x <= x { point += 1 }
            guard point + 1 < points.count, interpolation == .linear else { return points[point].y }
            let (left, right) = (points[point], points[point + 1])
            guard right.x > left.x else { return right.y }
            return left.y + (right.y - left.y) * (x - left.x) / (right.x - left.x)
        }
    }
}

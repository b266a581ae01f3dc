import JouleModel

/// Energy, power, latency, throughput and goodput per joule over the loads of a curve, or over the runs of any other study.
enum StudyCharts {
    /// Whether the horizontal axis counts the runs, for want of one number that they differ in.
    static func isCounted(_ study: StudySummary, _ lines: [StudyLine]) -> Bool {
        study.curve == nil && !(StudyLine.keys(of: study).count == 1 && lines.allSatisfy { Double($0.values.first ?? "") != nil })
    }

    static func charts(_ study: StudySummary, _ lines: [StudyLine]) -> [Chart] {
        guard lines.count > 1 else { return [] }
        let columns = StudyColumns(lines)
        let x = axis(study, lines)
        let connected = study.curve != nil
        func chart(_ title: String, _ unit: String, _ value: (StudyLine) -> (value: Double, plusMinus: Double?)?) -> Chart? {
            StudyCharts.chart(title, unit, x: x, lines: lines, isConnected: connected, value: value)
        }
        func figure(_ figure: Figure?, _ factor: Double) -> (value: Double, plusMinus: Double?)? {
            figure.flatMap { figure in figure.value.map { ($0 * factor, figure.plusMinus.map { $0 * factor }) } }
        }
        func latency(_ title: String, _ seconds: (StudyLine) -> Double?) -> Chart? {
            let scale = UnitScale.best(for: lines.compactMap(seconds).max() ?? 1, unit: "s")
            return chart(title, scale.unit) { line in seconds(line).map { ($0 * scale.factor, nil) } }
        }
        let (energy, power, joule) = (columns.energy, columns.power, columns.joule)
        return [
            chart("energy per output token", energy?.unit ?? "J/token") { figure($0.joulesPerOutputToken, energy?.factor ?? 1) },
            chart("mean power", power?.unit ?? "W") { figure($0.meanPower, power?.factor ?? 1) },
            latency("TTFT p99", \.timeToFirstTokenP99), latency("TPOT p99", \.timePerOutputTokenP99),
            chart("output throughput", "token/s") { figure($0.outputTokensPerSecond, 1) },
            chart("goodput per energy", "request/\(joule.unit)") { figure($0.goodputPerJoule, joule.factor) },
        ].compactMap(\.self)
    }

    private static func axis(_ study: StudySummary, _ lines: [StudyLine]) -> Axis {
        if isCounted(study, lines) {
            let count = lines.count
            let step = max(1, Int(Axis.step(over: 0...Double(count), count: 10)))
            let ticks = stride(from: 1, through: count, by: step).map { Axis.Tick(value: Double($0), label: "\($0)") }
            return Axis(title: "run", over: 0.5...(Double(count) + 0.5), labelled: ticks)
        }
        let title =
            switch study.curve?.variable {
            case .rate: "load, requests/s"
            case .concurrency: "load, requests in flight"
            case nil: StudyLine.headers(of: study).first ?? ""
            }
        return Axis(title: title, covering: lines.map(\.x), ticks: 6)
    }

    private static func chart(
        _ title: String, _ unit: String, x: Axis, lines: [StudyLine], isConnected: Bool,
        value: (StudyLine) -> (value: Double, plusMinus: Double?)?
    ) -> Chart? {
        var steady: [ChartPoint] = []
        var saturated: [ChartPoint] = []
        var segments: [[ChartPoint]] = [[]]
        var intervals: [ChartLayer.Bar] = []
        for line in lines {
            guard let (value, plusMinus) = value(line), value.isFinite else {
                segments.append([])
                continue
            }
            let point = ChartPoint(x: line.x, y: value)
            segments[segments.count - 1].append(point)
            if line.verdict == .saturated { saturated.append(point) } else { steady.append(point) }
            if let plusMinus, plusMinus.isFinite, plusMinus > 0 {
                intervals.append(ChartLayer.Bar(x: line.x...line.x, y: (value - plusMinus)...(value + plusMinus)))
            }
        }
        let points = steady + saturated
        guard !points.isEmpty else { return nil }
        var axis = Axis(title: "\(title), \(unit)", covering: points.map(\.y) + intervals.map(\.y.upperBound), ticks: 5)
        // A queue without end is a hundred times a short one; on a straight axis the loads that matter would lie on its foot.
        if intervals.isEmpty, let decades = Decades(points.map(\.y)) {
            axis = decades.axis(title: "\(title), \(unit), log scale")
            (steady, saturated) = (steady.map(decades.point), saturated.map(decades.point))
            segments = segments.map { $0.map(decades.point) }
        }
        var chart = Chart(title: title, x: x, y: axis)
        chart.isSparse = true
        chart.width = 500
        chart.plotHeight = 190
        if isConnected {
            let curve = Curve(segments: segments)
            chart.layers.append(.line(name: "", color: .series(0), curve: curve, isDashed: false, isStrong: false))
        }
        if !intervals.isEmpty { chart.layers.append(.intervals(name: "± 95 %", color: .series(0), intervals: intervals)) }
        chart.layers.append(.dots(name: saturated.isEmpty ? "" : "not saturated", color: .series(0), points: steady))
        if !saturated.isEmpty { chart.layers.append(.dots(name: "saturated", color: .bad, points: saturated)) }
        chart.marks = lines.filter { !$0.mark.isEmpty }.map { line in
            Chart.Mark(line.x, label: line.mark, color: line.isOptimum ? .series(2) : .muted)
        }
        return chart
    }
}

/// A logarithmic axis, made of a straight one over the exponents.
private struct Decades {
    private let range: ClosedRange<Double>

    /// nil where the values span too little to need it, or where one is not above zero.
    init?(_ values: [Double]) {
        guard let low = values.min(), let high = values.max(), low > 0, high / low >= 20 else { return nil }
        range = low...high
    }

    /// The exponent at the foot of the axis, which is its zero.
    private var foot: Int { NumberText.exponent(of: range.lowerBound) }

    func point(_ point: ChartPoint) -> ChartPoint { ChartPoint(x: point.x, y: Self.exponent(of: point.y) - Double(foot)) }

    func axis(title: String) -> Axis {
        let high = NumberText.exponent(of: range.upperBound) + 1
        let ticks = (foot...high).map { exponent in
            Axis.Tick(
                value: Double(exponent - foot), label: NumberText.fixed(NumberText.powerOfTen(exponent), decimals: max(0, -exponent)))
        }
        return Axis(title: title, over: 0...Double(high - foot), labelled: ticks)
    }

    /// The decimal logarithm to a thousandth, finer than the drawing: by halving, for want of a mathematics library here.
    private static func exponent(of value: Double) -> Double {
        let whole = NumberText.exponent(of: value)
        var rest = value / NumberText.powerOfTen(whole)
        var (result, digit) = (Double(whole), 0.5)
        for _ in 0..<12 {
            rest *= rest
            if rest >= 10 {
                rest /= 10
                result += digit
            }
            digit /= 2
        }
        return result
    }
}

import JouleModel
import JouleUnits
import Testing

@testable import JouleReport

@Suite struct `Charts` {
    @Test(arguments: [
        (0.0, 100.0, 5, 20.0), (0, 1, 5, 0.2), (0, 0.03, 5, 0.005), (0, 3_600, 8, 500), (-5, 5, 5, 2), (0, 7, 7, 1),
    ])
    func `ticks stand at round distances`(low: Double, high: Double, count: Int, step: Double) {
        #expect(abs(Axis.step(over: low...high, count: count) / step - 1) < 1e-9)
    }

    @Test func `ticks lie inside their axis, grow, and are neither crowded nor sparse`() {
        var chance = Chance(seed: 3)
        for _ in 0..<500 {
            let low = (chance.next() - 0.5) * NumberText.powerOfTen(Int(chance.next() * 10) - 4)
            let high = low + chance.next() * NumberText.powerOfTen(Int(chance.next() * 10) - 4) + 1e-6
            let axis = Axis(title: "x", over: low...high, ticks: 8)
            let values = axis.ticks.map(\.value)
            let slack = (high - low) * 1e-3
            #expect(values.allSatisfy { $0 >= low - slack && $0 <= high + slack })
            #expect((3...14).contains(values.count), "\(low)...\(high): \(values)")
            #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
            #expect(Set(axis.ticks.map(\.label)).count == values.count, "\(axis.ticks)")
        }
    }

    @Test func `tick labels show no rounding dirt`() {
        #expect(Axis(title: "", over: 0...1, ticks: 5).ticks.map(\.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Axis(title: "", over: -0.4...0.4, ticks: 4).ticks.map(\.label) == ["-0.4", "-0.2", "0.0", "0.2", "0.4"])
    }

    @Test func `an axis of quantities starts at zero and ends above the highest`() {
        let axis = Axis(title: "power, W", covering: [412, 447.3, .nan, 380])
        #expect(axis.domain == 0...500)
        #expect(Axis(title: "", covering: []).domain == 0...1)
        #expect(Axis(title: "", covering: [0, 0]).domain.upperBound > 0)
        #expect(Axis(title: "", covering: [-30, 20]).domain.lowerBound <= -30)
    }

    @Test func `a scale holds its ends and stays inside them`() throws {
        let scale = LinearScale(domain: 10...20, from: 300, to: 100)
        #expect(scale.position(10) == 300)
        #expect(scale.position(20) == 100)
        #expect(scale.position(15) == 200)
        #expect(scale.position(-1e9) == 300)
        #expect(scale.position(.infinity) == 100)
        #expect(scale.position(.nan) == nil)
        #expect(LinearScale(domain: 5...5, from: 0, to: 10).position(5) == 5)
    }

    @Test func `reducing a curve keeps its ends and every peak`() throws {
        var chance = Chance(seed: 11)
        var points = (0..<36_000).map { ChartPoint(x: Double($0) * 0.1, y: 100 + chance.next() * 20) }
        points[17_321].y = 990
        points[20_000].y = 1
        let curve = Curve(segments: [points]).reduced(to: 800, over: 0...3_600)
        let kept = try #require(curve.segments.first)
        #expect(kept.count <= 3_204)
        #expect(kept.first == points.first)
        #expect(kept.last == points.last)
        #expect(kept.contains { $0.y == 990 })
        #expect(kept.contains { $0.y == 1 })
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test func `a drawing holds no number that is none`() {
        let wild = [Double.nan, .infinity, -.infinity, 0, 1e300, -1e300, .leastNonzeroMagnitude, 5]
        let points = zip(wild, wild.reversed()).map { ChartPoint(x: $0, y: $1) } + wild.map { ChartPoint(x: 1, y: $0) }
        for domain in [0.0...1.0, 3.0...3.0, -1e300...1e300] {
            var chart = Chart(title: "wild", x: Axis(title: "x", over: domain), y: Axis(title: "y", covering: wild))
            chart.bands = [.init(0...0, label: "nothing"), .init(-5...1e12, label: "everything")]
            chart.highlight = .init(0.2...0.2, label: "window")
            for interpolation in [Curve.Interpolation.linear, .step] {
                let curve = Curve(segments: [points, [], [points[3]]], interpolation: interpolation)
                chart.layers.append(.line(name: "line", color: .ink, curve: curve, isDashed: true, isStrong: false))
                chart.layers.append(.area(name: "area", color: .series(9), curve: curve))
            }
            chart.layers.append(.dots(name: "dots", color: .series(-1), points: points))
            chart.layers.append(.bars(name: "bars", color: .bad, bars: [.init(x: 0...0, y: -1e300...1e300, title: "<&>")]))
            let text = chart.svg().text
            for place in text.matches(of: /\ (?:d|x|y|width|height)="([^"]*)"/) {
                #expect(place.output.1.wholeMatch(of: /[-0-9.MLHVhvZ ]*/) != nil, "\(place.output.0)")
            }
            #expect(!text.contains("nan") && !text.contains(">inf") && !text.contains(">-inf"))
            #expect(wellFormed(text) == nil)
        }
    }

    @Test func `names of neighbouring bands do not overlap`() {
        let bands = (0..<7).map { Chart.Band(Double($0)...Double($0 + 1), label: "a rather long name \($0)") }
        let labels = BandLabels(bands: bands, scale: LinearScale(domain: 0...600, from: 64, to: 940)).placed
        for (number, one) in labels.enumerated() {
            for other in labels[(number + 1)...] where other.row == one.row {
                #expect(abs(one.textCenter - other.textCenter) >= ChartLegend.width(of: one.text))
            }
        }
    }
}

@Suite struct `Power curves` {
    static let start = SyntheticRun.origin

    static func series(_ samples: [Sample], hasPower: Bool, kind: MeterKind = .counter) -> SampleSeries {
        SampleSeries(
            channel: MeterChannel(
                meter: "m", scope: .package, device: "d", name: "d", kind: kind, hasEnergy: !hasPower, hasPower: hasPower, gain: 0.05),
            samples: samples)
    }

    static func curve(_ samples: [Sample], hasPower: Bool) -> PowerCurve? {
        PowerCurve(series(samples, hasPower: hasPower), start: start, samplePeriod: .milliseconds(100))
    }

    @Test func `a counter without power is drawn from the differences of its energy`() throws {
        let samples = (0...20).map { Sample(instant: SyntheticRun.instant(Double($0) * 0.1), energy: Joules(5_000 + Double($0) * 20)) }
        let curve = try #require(Self.curve(samples, hasPower: false)).curve
        #expect(curve.interpolation == .step)
        #expect(curve.points.allSatisfy { abs($0.y - 200) < 1e-6 })
        #expect(curve.segments.first?.last?.x == 2)
    }

    @Test func `a counter that went backwards begins anew instead of drawing a fall`() throws {
        let energies = [100.0, 110, 120, 3, 13, 23]
        let samples = energies.enumerated().map { Sample(instant: SyntheticRun.instant(Double($0)), energy: Joules($1)) }
        let curve = try #require(Self.curve(samples, hasPower: false)).curve
        #expect(curve.segments.count == 2)
        #expect(curve.points.allSatisfy { $0.y == 10 })
    }

    @Test func `a long silence is a hole and a failed read is not a zero`() throws {
        var samples = (0..<10).map { Sample(instant: SyntheticRun.instant(Double($0)), power: Watts(50)) }
        samples[4] = Sample(instant: SyntheticRun.instant(4), status: .retry("busy"))
        samples += (20..<25).map { Sample(instant: SyntheticRun.instant(Double($0)), power: Watts(60)) }
        let curve = try #require(Self.curve(samples, hasPower: true)).curve
        #expect(curve.segments.map(\.count) == [9, 5])
        #expect(curve.points.allSatisfy { $0.y >= 50 })
    }

    @Test func `the total is there only where all its parts are`() throws {
        let long = (0...10).map { Sample(instant: SyntheticRun.instant(Double($0)), power: Watts(100)) }
        let short = (2...6).map { Sample(instant: SyntheticRun.instant(Double($0) + 0.5), power: Watts(30)) }
        let curves = [Self.curve(long, hasPower: true), Self.curve(short, hasPower: true)].compactMap(\.self)
        let total = try #require(PowerCurve.total(of: curves))
        #expect(total.curve.segments == [(3...6).map { ChartPoint(x: Double($0), y: 130) }])
    }

    @Test func `what a wider scope covers is not drawn again`() {
        let run = SyntheticRun.twoGPUs()
        #expect(PowerCurve.counted(in: run.recording, ledger: run.summary.ledger).count == 4)
        let reduced =
            run.summary.ledger.filter { $0.scope == .gpu }
            + run.summary.ledger.filter { $0.scope != .gpu }.map {
                LedgerEntry(
                    scope: $0.scope, device: $0.device, meter: $0.meter, energy: $0.energy, plusMinus: nil, meanPower: nil, peakPower: nil,
                    method: $0.method, flags: [], inTotal: false)
            }
        #expect(PowerCurve.counted(in: run.recording, ledger: reduced).count == 2)
    }
}

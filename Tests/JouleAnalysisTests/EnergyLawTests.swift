import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

/// Laws that hold for every series of readings, tried on random ones.
struct EnergyLawTests {
    private static let seeds: [UInt64] = [1, 20_261_121, 0xC0FFEE, 977]

    private func randomSeries(_ random: inout SeededRandom, kind: MeterKind, scale: Double = 1) -> SampleSeries {
        var time = 0.0
        var energy = 0.0
        var watts = 100.0
        var samples: [Sample] = []
        while time < 60 {
            let step = Double.random(in: 0.02...0.4, using: &random)
            if Double.random(in: 0...1, using: &random) < 0.2 { watts = Double.random(in: 20...700, using: &random) }
            time += step
            energy += watts * step
            let isNew = Double.random(in: 0...1, using: &random) < 0.8
            let value = isNew ? energy : (samples.last?.energy?.rawValue).map { $0 / scale } ?? energy
            samples.append(
                Sample(
                    instant: at(time), power: kind == .counter ? nil : Watts(watts * scale),
                    energy: kind == .power ? nil : Joules(value * scale)))
        }
        return SampleSeries(channel: channel(kind: kind), samples: samples)
    }

    @Test(arguments: seeds, [MeterKind.power, .counter])
    func `energies of adjacent windows add up`(seed: UInt64, kind: MeterKind) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let trace = MeterTrace(randomSeries(&random, kind: kind), samplePeriod: tenHertz)
        for _ in 0..<200 {
            let cuts = (0..<3).map { _ in Double.random(in: 2...58, using: &random) }.sorted()
            guard cuts[0] < cuts[1], cuts[1] < cuts[2] else { continue }
            let parts = try zip(cuts, cuts.dropFirst()).map { try #require(trace.energy(in: window($0, $1)).energy.value).value }
            let whole = try #require(trace.energy(in: window(cuts[0], cuts[2])).energy.value).value
            #expect(isClose(parts.sum().rawValue, whole.rawValue, within: 1e-9))
            #expect(parts.allSatisfy { $0 >= .zero })
        }
    }

    @Test(arguments: seeds, [MeterKind.power, .counter])
    func `a power so many times as large gives an energy so many times as large`(seed: UInt64, kind: MeterKind) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var again = random
        let factor = 3.7
        let single = MeterTrace(randomSeries(&random, kind: kind), samplePeriod: tenHertz)
        let multiple = MeterTrace(randomSeries(&again, kind: kind, scale: factor), samplePeriod: tenHertz)
        for _ in 0..<50 {
            let begin = Double.random(in: 2...30, using: &random)
            let cut = window(begin, begin + Double.random(in: 0.05...25, using: &random))
            let one = try #require(single.energy(in: cut).energy.value)
            let many = try #require(multiple.energy(in: cut).energy.value)
            #expect(isClose(many.value.rawValue, one.value.rawValue * factor, within: 1e-6))
            #expect(isClose(many.plusMinus?.rawValue, try #require(one.plusMinus).rawValue * factor, within: 1e-5))
        }
    }

    @Test func `a hundred thousand readings are one pass and many windows`() throws {
        let series = powerSeries((0...100_000).map { (Double($0) / 10, 100 + Double($0 % 7)) })
        let trace = MeterTrace(series, samplePeriod: tenHertz)
        let whole = try #require(trace.energy(in: window(0, 10_000)).energy.value).value
        let pieces = try (0..<1_000).map { piece in
            try #require(trace.energy(in: window(Double(piece) * 10, Double(piece + 1) * 10)).energy.value).value
        }
        #expect(isClose(pieces.sum().rawValue, whole.rawValue, within: 1e-9))
    }
}

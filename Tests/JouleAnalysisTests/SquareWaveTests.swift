import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

/// Accuracy against a truth that is known: 100 W and 500 W in turn, 0.35 s each, on a counter that is renewed every 20 ms.
struct SquareWaveTests {
    private static let period = 0.7

    /// Energy of the wave from its own beginning, in joules.
    private static func truth(_ time: Double) -> Double {
        let cycles = (time / period).rounded(.down)
        let rest = time - cycles * period
        return cycles * 210 + 500 * min(rest, 0.35) + 100 * max(rest - 0.35, 0)
    }

    /// Readings from 1 s before the window to 1 s after it: the counter alone every 0.2 ms around each of its updates, so that the
    /// first sighting and the read before it are kept; counter and power every 100 ms.
    private static func readings(wave: Double, counter: Double, length: Double, _ random: inout SeededRandom) -> SampleSeries {
        func energy(at time: Double) -> Double {
            let renewed = ((time - counter) / 0.02).rounded(.down) * 0.02 + counter
            return (truth(renewed + wave) * 1_000).rounded(.down) / 1_000
        }
        var samples: [Sample] = []
        for tick in -50...Int((length + 1) / 0.02) {
            let update = Double(tick) * 0.02 + counter
            let late = Double.random(in: 1e-6...1.99e-4, using: &random)
            for time in [update + late - 2e-4, update + late] {
                samples.append(Sample(instant: at(time), energy: Joules(energy(at: time))))
            }
        }
        for tick in -9...Int((length + 0.9) * 10) {
            let time = Double(tick) / 10
            let isHigh = (time + wave + 10 * period).truncatingRemainder(dividingBy: period) < 0.35
            samples.append(Sample(instant: at(time), power: Watts(isHigh ? 500 : 100), energy: Joules(energy(at: time))))
        }
        samples.sort { $0.instant < $1.instant }
        return SampleSeries(channel: channel(kind: .counter, gain: 0, updatePeriod: .milliseconds(20)), samples: samples)
    }

    @Test(arguments: [(0.05, 3.0), (0.2, 1.0), (1.0, 0.3), (3.0, 0.1)], [0x5157_4156, 7, 20_261_121] as [UInt64])
    func `the worst of a hundred phases stays within the goal for its window`(aim: (length: Double, goal: Double), seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var worst = 0.0
        var held = 0
        for _ in 0..<100 {
            let wave = Double.random(in: 0..<Self.period, using: &random) + 7
            let counter = Double.random(in: 0..<0.02, using: &random)
            let series = Self.readings(wave: wave, counter: counter, length: aim.length, &random)
            let measured = try #require(windowEnergy(of: series, in: window(0, aim.length), samplePeriod: tenHertz).energy.value)
            #expect(measured.method == .measuredCounter)
            let expected = Self.truth(aim.length + wave) - Self.truth(wave)
            let error = measured.value.rawValue - expected
            worst = max(worst, abs(error) / expected * 100)
            if abs(error) <= (try #require(measured.plusMinus).rawValue) { held += 1 }
        }
        let rounded = (worst * 1_000).rounded() / 1_000
        print("seed \(seed): window \(aim.length) s: worst error \(rounded) %, goal \(aim.goal) %; interval right \(held) times of 100")
        #expect(worst <= aim.goal)
        // The stated interval is one of 95 %, here without any gain.
        #expect(held >= 95)
    }
}

import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct PowerWindowTests {
    private let steps = powerSeries([(0, 100), (1, 200), (3, 200), (3.5, 100)])

    @Test func `power readings are joined by straight lines, at the edges of a window too`() {
        #expect(isClose(windowEnergy(of: steps, in: window(0, 3.5), samplePeriod: tenHertz).energy.value?.value.rawValue, 625))
        let inner = windowEnergy(of: steps, in: window(0.5, 3.25), samplePeriod: tenHertz)
        #expect(isClose(inner.energy.value?.value.rawValue, 531.25))
        #expect(inner.method == .measuredPower)
        #expect(isClose(inner.meanPower?.rawValue, 531.25 / 2.75))
        #expect(inner.peakPower == Watts(200))
        #expect(inner.sampleCount == 2)
        #expect(isClose(inner.achievedRate, 2 / 2.75))
        #expect(inner.largestGap == .seconds(2))
        #expect(inner.counterEnergy == nil)
        #expect(inner.flags.keys.contains(.lowSampleRate))
    }

    @Test func `the interval joins gain and edges as variances`() throws {
        let inner = windowEnergy(of: steps, in: window(0.5, 3.25), samplePeriod: tenHertz)
        let plusMinus = try #require(inner.energy.value?.plusMinus?.rawValue)
        // 5 % of 531.25 J; 100 W over the second around the begin, and over the half second around the end.
        #expect(isClose(plusMinus, joined(26.5625, 100, 50)))
    }

    @Test func `a repeated value is kept, or a step would become a ramp`() {
        let step = powerSeries([(0, 100), (1, 100), (2, 100), (2.001, 300), (3, 300)])
        let energy = windowEnergy(of: step, in: window(0, 3), samplePeriod: tenHertz).energy.value?.value.rawValue
        #expect(isClose(energy, 200 + 0.2 + 299.7))
    }

    @Test func `a window the readings do not cover has no energy`() {
        for outside in [window(-1, 2), window(1, 4), window(5, 6)] {
            let result = windowEnergy(of: steps, in: outside, samplePeriod: tenHertz)
            #expect(result.energy.value == nil)
            #expect(result.energy.reason?.contains("not bracketed") == true)
            #expect(result.method == .unavailable)
            #expect(result.meanPower == nil)
            #expect(result.peakPower == nil)
            #expect(result.flags.keys.contains(.energyUnavailable))
        }
    }

    @Test func `one reading, or none, is no energy`() {
        for readings in [[], [(0.0, 100.0)]] {
            let result = windowEnergy(of: powerSeries(readings), in: window(0, 1), samplePeriod: tenHertz)
            #expect(result.energy.value == nil)
            #expect(result.energy.reason != nil)
        }
        #expect(windowEnergy(of: steps, in: window(1, 1), samplePeriod: tenHertz).energy.reason == "the window is empty")
    }

    @Test func `a gap longer than three seconds and five periods has no energy, a shorter one has`() {
        let gap = powerSeries([(0, 100), (1, 100), (4.1, 100), (5, 100)])
        let result = windowEnergy(of: gap, in: window(0.5, 4.5), samplePeriod: tenHertz)
        #expect(result.energy.reason?.contains("gap of 3.10 s") == true)
        #expect(result.flags.keys.contains(.gap))
        #expect(isClose(windowEnergy(of: gap, in: window(0.5, 4.5), samplePeriod: .seconds(1)).energy.value?.value.rawValue, 400))
        #expect(isClose(windowEnergy(of: gap, in: window(4.2, 4.5), samplePeriod: tenHertz).energy.value?.value.rawValue, 30))
        let exact = powerSeries([(0, 100), (3, 100), (4, 100)])
        #expect(windowEnergy(of: exact, in: window(0, 4), samplePeriod: tenHertz).energy.value != nil)
    }

    @Test func `stamps that do not advance are dropped and counted`() {
        let readings = powerSeries([(0, 100), (1, 100), (1, 900), (0.5, 900), (2, 100)])
        let result = windowEnergy(of: readings, in: window(0, 2), samplePeriod: tenHertz)
        #expect(isClose(result.energy.value?.value.rawValue, 200))
        #expect(result.droppedTimestamps == 2)
        #expect(result.sampleCount == 2)
    }

    @Test func `a failed read is a missing sample and never zero`() {
        var series = powerSeries([(0, 100), (1, 100), (2, 100)])
        series.samples.insert(Sample(instant: at(1.5), power: .zero, status: .retry("timeout")), at: 2)
        series.samples.append(Sample(instant: at(2.5), power: Watts(.nan)))
        let result = windowEnergy(of: series, in: window(0, 2), samplePeriod: tenHertz)
        #expect(isClose(result.energy.value?.value.rawValue, 200))
    }

    @Test func `a lost device has no energy, and the reason says how it was lost`() {
        var series = powerSeries([(0, 100), (1, 100)])
        series.samples.append(Sample(instant: at(1.1), status: .gone("GPU is lost")))
        let result = windowEnergy(of: series, in: window(0, 2), samplePeriod: tenHertz)
        #expect(result.energy.reason?.contains("GPU is lost") == true)
    }

    @Test func `a window between two readings takes its peak from the line between them`() {
        let result = windowEnergy(of: steps, in: window(0.2, 0.4), samplePeriod: tenHertz)
        #expect(isClose(result.peakPower?.rawValue, 140))
        #expect(result.sampleCount == 0)
        #expect(result.flags[.lowSampleRate] == nil)
    }

    @Test func `an active energy is the gross less the idle power over the same time`() {
        let net = netEnergy(gross: Joules(212_340.9954298465), idle: Watts(20.76969364548495), over: .seconds(629.964506149292))
        #expect(isClose(net.rawValue, 199_256.82562959648, within: 1e-12))
    }
}

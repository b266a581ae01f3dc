import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct CounterWindowTests {
    /// A counter of a constant power, renewed every 100 ms and read 1 ms after that, with the read before each update too.
    private func ticking(_ watts: Double, to end: Double, _ channel: MeterChannel = channel(kind: .counter)) -> SampleSeries {
        var readings: [(Double, Double)] = []
        for tick in -10...Int(end * 10) {
            let begin = Double(tick) / 10
            readings.append((begin + 0.001, 5_000 + watts * begin))
            readings.append((begin + 0.099, 5_000 + watts * begin))
        }
        return counterSeries(readings, channel)
    }

    @Test func `a counter's curve runs through the first sightings of its values`() {
        let result = windowEnergy(of: ticking(300, to: 5), in: window(0.537, 3.211), samplePeriod: tenHertz)
        #expect(isClose(result.energy.value?.value.rawValue, 300 * 2.674, within: 1e-9))
        #expect(result.method == .measuredCounter)
        #expect(isClose(result.peakPower?.rawValue, 300, within: 1e-6))
        // An update lies at most 2 ms before its sighting: 0.6 J at either edge.
        #expect(isClose(result.energy.value?.plusMinus?.rawValue, joined(0.05 * 802.2, 0.6, 0.6), within: 1e-6))
    }

    @Test(arguments: [0.0, 0.004, 0.013, 0.02]) func `an update that was sighted late is placed where the updates before it say`(
        late: Double
    ) {
        // 400 W on a counter renewed every 20 ms and followed to 0.2 ms, but for one stall of the sampler that hides an edge.
        func truth(_ time: Double) -> Double { 400 * (time * 50 + 1e-9).rounded(.down) / 50 }
        var readings: [(Double, Double)] = []
        for tick in 0..<50 {
            let update = Double(tick) / 50
            guard !(0.49...0.53).contains(update) else { continue }
            readings += [(update - 0.000_1, truth(update - 0.01)), (update + 0.000_1, truth(update))]
        }
        // The updates at 0.50 and 0.52 s were slept through; the value of the second is sighted after it.
        readings.append((0.520_2 + late * 0.9, truth(0.52)))
        readings.sort { $0.0 < $1.0 }
        let result = windowEnergy(of: counterSeries(readings), in: window(0.3, 0.521), samplePeriod: tenHertz)
        #expect(isClose(result.energy.value?.value.rawValue, 400 * 0.221, within: 400 * 0.000_4))
    }

    @Test func `a step inside the update interval at an edge is placed so that the interval keeps its energy`() {
        // 100 W until 0.53 s, 500 W after; updates at every tenth of a second.
        func truth(_ time: Double) -> Double { 100 * min(time, 0.53) + 500 * max(time - 0.53, 0) }
        let readings = stride(from: 0, through: 1.5, by: 0.1).flatMap { tick in
            [(tick, truth(tick)), (tick + 0.099, truth(tick))]
        }
        for edge in [0.51, 0.53, 0.55, 0.59] {
            let result = windowEnergy(of: counterSeries(readings), in: window(edge, 1.2), samplePeriod: tenHertz)
            #expect(isClose(result.energy.value?.value.rawValue, truth(1.2) - truth(edge), within: 1e-6))
        }
    }

    @Test func `long update intervals follow the power readings inside them`() {
        // A counter renewed every 10 s; within, 4 s at 400 W and 6 s at 100 W, which the meter's power reads 10 % too high.
        func truth(_ time: Double) -> Double {
            let cycles = (time / 10).rounded(.down)
            let rest = time - cycles * 10
            return cycles * 2_200 + 400 * min(rest, 4) + 100 * max(rest - 4, 0)
        }
        let samples = stride(from: 0, through: 60, by: 0.1).map { time in
            let phase = (time + 1e-9).truncatingRemainder(dividingBy: 10)
            return Sample(
                instant: at(time), power: Watts(phase < 4 ? 440 : 110), energy: Joules(truth(((time + 1e-9) / 10).rounded(.down) * 10)))
        }
        let series = SampleSeries(channel: channel(kind: .counter), samples: samples)
        let result = windowEnergy(of: series, in: window(13, 36), samplePeriod: tenHertz)
        let expected = truth(36) - truth(13)
        #expect(isClose(result.energy.value?.value.rawValue, expected, within: 0.01))
        #expect(result.counterEnergy == result.energy.value?.value)
    }

    @Test func `a counter that stands still for good has used nothing, where it must have been renewed`() {
        let still = (0...50).map { (Double($0) / 10, 77.0) }
        let known = counterSeries(still, channel(kind: .counter, updatePeriod: .milliseconds(100)))
        let result = windowEnergy(of: known, in: window(1, 4), samplePeriod: tenHertz)
        #expect(result.energy.value?.value == .zero)
        #expect(result.method == .measuredCounter)

        let unknown = windowEnergy(of: counterSeries(still), in: window(1, 4), samplePeriod: tenHertz)
        #expect(unknown.energy.reason?.contains("moved too rarely") == true)
    }

    @Test func `a counter that stands still while power is drawn is not believed`() {
        let samples = (0...50).map { Sample(instant: at(Double($0) / 10), power: Watts(80), energy: Joules(77)) }
        let series = SampleSeries(channel: channel(kind: .counter, updatePeriod: .milliseconds(100)), samples: samples)
        let result = windowEnergy(of: series, in: window(1, 4), samplePeriod: tenHertz)
        #expect(result.method == .measuredPower)
        #expect(isClose(result.energy.value?.value.rawValue, 240))
    }

    @Test func `later reads of the same value bracket a window, and what was used since is bounded`() throws {
        // 100 W until 2.0 s, then nothing: the counter is read on to 4 s and does not move any more.
        let readings = stride(from: 0, through: 4.0001, by: 0.05).map { ($0, 100 * min((($0 + 1e-9) * 10).rounded(.down) / 10, 2)) }
        let result = windowEnergy(of: counterSeries(readings), in: window(0.5, 3.5), samplePeriod: tenHertz)
        let measured = try #require(result.energy.value)
        // One increment of 10 J may have gone unseen.
        #expect(abs(measured.value.rawValue - 150) <= 10 + 1e-6)
        #expect(try #require(measured.plusMinus).rawValue >= 10)
        let idle = windowEnergy(of: counterSeries(readings), in: window(3, 3.5), samplePeriod: tenHertz)
        #expect(isClose(idle.energy.value?.value.rawValue, 0))
        #expect(windowEnergy(of: counterSeries(readings), in: window(0.5, 4.5), samplePeriod: tenHertz).energy.value == nil)
    }

    @Test func `beyond the last update the power readings say what was used`() {
        let samples = stride(from: 0, through: 8.0001, by: 0.1).map { time in
            Sample(instant: at(time), power: Watts(50), energy: Joules(50 * ((time + 1e-9) / 5).rounded(.down) * 5))
        }
        let series = SampleSeries(channel: channel(kind: .counter, updatePeriod: .seconds(5)), samples: samples)
        let result = windowEnergy(of: series, in: window(2, 7), samplePeriod: tenHertz)
        #expect(isClose(result.energy.value?.value.rawValue, 250, within: 1e-6))
        #expect(result.method == .measuredCounter)
    }

    @Test func `a counter that goes backwards is void, and power stands in for it where there is power`() {
        var readings = (0...40).map { (Double($0) / 10, Double($0) * 10) }
        for index in 20...40 { readings[index].1 -= 150 }
        let bare = windowEnergy(of: counterSeries(readings), in: window(1, 3), samplePeriod: tenHertz)
        #expect(bare.energy.value == nil)
        #expect(bare.energy.reason?.contains("backwards") == true)
        #expect(bare.flags.keys.contains(.counterReset))

        let both = SampleSeries(
            channel: channel(kind: .counter),
            samples: readings.map { Sample(instant: at($0.0), power: Watts(100), energy: Joules($0.1)) })
        let result = windowEnergy(of: both, in: window(1, 3), samplePeriod: tenHertz)
        #expect(result.method == .measuredPower)
        #expect(isClose(result.energy.value?.value.rawValue, 200))
        #expect(result.energy.value?.flags.contains(.counterReset) == true)

        for quiet in [window(0.5, 1.5), window(2.5, 3.5)] {
            let result = windowEnergy(of: both, in: quiet, samplePeriod: tenHertz)
            #expect(result.method == .measuredCounter)
            #expect(isClose(result.energy.value?.value.rawValue, 100))
            #expect(result.flags[.counterReset] == nil)
        }
    }

    @Test func `a gap inside a window costs a counter nothing, a gap at its edge everything`() {
        let readings = (Array(0...20) + Array(70...120)).map { (Double($0) / 10, Double($0) * 10) }
        let inside = windowEnergy(of: counterSeries(readings), in: window(1, 11), samplePeriod: tenHertz)
        #expect(isClose(inside.energy.value?.value.rawValue, 1_000))
        #expect(inside.flags.keys.contains(.gap))
        let edge = windowEnergy(of: counterSeries(readings), in: window(1, 5), samplePeriod: tenHertz)
        #expect(edge.energy.reason?.contains("gap of 5.00 s") == true)
    }

    /// A counter and a power reading of the same 100 W, 900 W in the two seconds from 4 s on, in which nothing was read.
    private func withHole(gain: Double = 1) -> SampleSeries {
        func energy(_ time: Double) -> Double { 100 * (time + 5) + 800 * min(max(time - 4, 0), 2) }
        let times = stride(from: -3.0, through: 23, by: 0.02).filter { $0 < 3.99 || $0 > 6.01 }
        return SampleSeries(
            channel: channel(kind: .counter),
            samples: times.map { Sample(instant: at($0), power: Watts(100 * gain), energy: Joules(energy($0))) })
    }

    @Test func `where nothing was read, counter and power are not held against each other`() throws {
        let result = windowEnergy(of: withHole(), in: window(0, 20), samplePeriod: .milliseconds(20))
        #expect(isClose(result.counterEnergy?.rawValue, 3_600, within: 0.01) && isClose(result.powerEnergy?.rawValue, 2_000, within: 0.01))
        #expect(result.method == .measuredCounter && result.flags[.counterPowerDisagree] == nil)
        // What both cover is still compared.
        let wrong = windowEnergy(of: withHole(gain: 1.1), in: window(0, 20), samplePeriod: .milliseconds(20))
        #expect(wrong.method == .measuredPower)
        let detail = try #require(wrong.flags[.counterPowerDisagree])
        #expect(detail.contains("10.0 %") && detail.contains("s that both cover"), "\(detail)")
    }

    @Test func `counter and power that differ by more than 3 % over ten seconds raise a flag and widen the interval`() throws {
        func both(_ factor: Double) -> SampleSeries {
            SampleSeries(
                channel: channel(kind: .counter, gain: 0.01),
                samples: (0...200).map {
                    Sample(instant: at(Double($0) / 10), power: Watts(100 * factor), energy: Joules(Double($0) * 10))
                })
        }
        let far = windowEnergy(of: both(1.04), in: window(2, 14), samplePeriod: tenHertz)
        #expect(far.flags[.counterPowerDisagree] == "counter 1200.0 J, power 1248.0 J (4.0 %)")
        #expect(try #require(far.energy.value?.plusMinus).rawValue > 48)
        // The energy is still the counter's; its label is not.
        #expect(isClose(far.energy.value?.value.rawValue, 1_200))
        #expect(far.method == .measuredPower)
        #expect(far.energy.value?.method == .measuredPower)
        #expect(isClose(far.counterEnergy?.rawValue, 1_200))
        #expect(isClose(far.powerEnergy?.rawValue, 1_248))
        #expect(windowEnergy(of: both(1.02), in: window(2, 14), samplePeriod: tenHertz).flags.isEmpty)
        #expect(windowEnergy(of: both(1.04), in: window(2, 11), samplePeriod: tenHertz).flags.isEmpty)
    }

    @Test func `a model's energy is a line through its readings and is labelled as a model's`() {
        let samples = (0...50).map { Sample(instant: at(Double($0) / 10), power: Watts(40), energy: Joules(Double($0) * 4)) }
        let series = SampleSeries(channel: channel("model", .cpu, "cpu", kind: .model, gain: 0.5), samples: samples)
        let result = windowEnergy(of: series, in: window(0.55, 3.55), samplePeriod: tenHertz)
        #expect(result.method == .modelled)
        #expect(isClose(result.energy.value?.value.rawValue, 120))
        #expect(isClose(result.energy.value?.plusMinus?.rawValue, 60))
        #expect(result.flags.keys.contains(.energyModelled))
    }

    @Test func `an imported log is labelled by what it holds`() {
        let power = constant(50, to: 5, channel("csv", kind: .imported))
        #expect(windowEnergy(of: power, in: window(1, 2), samplePeriod: tenHertz).method == .measuredPower)
        let energy = ticking(50, to: 5, channel("csv", kind: .imported))
        #expect(windowEnergy(of: energy, in: window(1, 2), samplePeriod: tenHertz).method == .measuredCounter)
    }
}

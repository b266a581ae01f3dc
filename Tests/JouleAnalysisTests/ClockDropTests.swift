import JouleModel
import JouleUnits
import Testing

@testable import JouleAnalysis

/// A fall of the clock under load, from readings ten times a second over 60 s.
@Suite struct `A clock that falls` {
    private func trace(
        busy: (Double) -> Double? = { _ in 100 }, power: (Double) -> Double = { _ in 400 }, reasons: (Double) -> UInt64? = { _ in nil },
        limit: Double? = nil, clock: (Double) -> Double
    ) -> MeterTrace {
        let samples = stride(from: -5.0, through: 65, by: 0.1).map { time in
            var sample = Sample(instant: at(time), power: Watts(power(time)))
            sample.smClockMHz = clock(time)
            sample.utilizationPercent = busy(time)
            sample.throttleReasons = reasons(time)
            sample.powerLimit = limit.map { Watts($0) }
            return sample
        }
        return MeterTrace(SampleSeries(channel: channel(), samples: samples), samplePeriod: tenHertz)
    }

    private func drop(_ trace: MeterTrace) -> ClockDrop? { trace.clockDrop(in: window(0, 60)) }

    @Test func `a clock that falls and stays low is told with its moment`() throws {
        let found = try #require(drop(trace { $0 < 31 ? 1_980 : 1_500 }))
        #expect(found.held == 1_980 && found.low == 1_500)
        #expect(found.words(since: at(0)).hasPrefix("the SM clock fell from 1980 to 1500 MHz under load, by 24 %, after 3"))
    }

    @Test func `a clock that holds, wanders a little or rises has not fallen`() {
        #expect(drop(trace { _ in 1_980 }) == nil)
        #expect(drop(trace { 1_980 - $0 / 60 * 80 }) == nil)
        #expect(drop(trace { $0 < 20 ? 1_500 : 1_980 }) == nil)
    }

    @Test func `idle moments and short bursts are left out`() {
        // Half of the time the device rests at its lowest clock.
        let rests = trace(busy: { $0.truncatingRemainder(dividingBy: 4) < 2 ? 100 : 0 }) {
            $0.truncatingRemainder(dividingBy: 4) < 2 ? 1_980 : 345
        }
        #expect(drop(rests) == nil)
        // Prefill lowers the clock for a second in five.
        #expect(drop(trace { $0.truncatingRemainder(dividingBy: 5) < 1 ? 1_600 : 1_980 }) == nil)
        // A last tenth of the window without load.
        #expect(drop(trace(busy: { $0 < 50 ? 100 : 0 }) { $0 < 50 ? 1_980 : 345 }) == nil)
    }

    @Test func `where no utilisation is read the power tells work from rest`() {
        func found(_ clock: @escaping (Double) -> Double) -> ClockDrop? {
            drop(trace(busy: { _ in nil }, power: { $0 > 0 && $0 < 50 ? 400 : 100 }, clock: clock))
        }
        #expect(found { $0 < 50 ? 1_980 : 345 } == nil)
        #expect(found { $0 < 30 ? 1_980 : 1_400 }?.low == 1_400)
        #expect(drop(trace(busy: { _ in nil }) { $0 < 30 ? 1_980 : 1_400 }) == nil, "a power that never moves tells nothing")
    }

    @Test func `a reason that is told explains it`() {
        let falls: (Double) -> Double = { $0 < 30 ? 1_980 : 1_500 }
        #expect(drop(trace(reasons: { $0 < 30 ? 0 : ThrottleReason.swThermalSlowdown.rawValue }, clock: falls)) == nil)
        #expect(drop(trace(reasons: { $0 < 30 ? 0 : ThrottleReason.swPowerCap.rawValue }, clock: falls)) == nil)
        #expect(drop(trace(reasons: { _ in 0 }, clock: falls)) != nil)
        // At the power limit, where no reasons are read.
        #expect(drop(trace(power: { $0 < 30 ? 400 : 499 }, limit: 500, clock: falls)) == nil)
    }

    @Test func `few readings say nothing`() {
        #expect(trace { $0 < 1 ? 1_980 : 1_500 }.clockDrop(in: window(0, 1.8)) == nil)
    }

    @Test func `the flag is raised with the device and is a doubt`() throws {
        let run = summary(
            of: serving((0..<20).map { answer($0, sent: Double($0) * 2.5) }, arrival: .sequential) { recording in
                for index in recording.series[0].samples.indices {
                    recording.series[0].samples[index].utilizationPercent = 99
                    recording.series[0].samples[index].smClockMHz = recording.series[0].samples[index].instant < at(25) ? 1_980 : 1_400
                }
            })
        let flag = try #require(run.flags.first { $0.flag == .clockDrop })
        #expect(flag.grade == .doubt && flag.detail.hasPrefix("GPU 0: the SM clock fell from 1980 to 1400 MHz under load, by 29 %"))
    }
}

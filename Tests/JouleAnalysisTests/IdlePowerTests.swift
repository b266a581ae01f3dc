import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

struct IdlePowerTests {
    /// 50 W with a slow wave of ± 5 W until 20 s, 300 W until 40 s, then an idle power of its own.
    private func account(after: Double = 50, gain: Double = 0.05) -> WindowAccount {
        var random = SeededRandom(seed: 42)
        let readings = (0...700).map { tick -> (Double, Double) in
            let time = Double(tick) / 10
            let noise = Double.random(in: -5...5, using: &random)
            return (time, time < 20 ? 50 + noise : time <= 40 ? 300 : after + noise)
        }
        let series = powerSeries(readings, channel(gain: gain))
        return WindowAccount([MeterTrace(series, samplePeriod: tenHertz)], in: window(22, 38))
    }

    @Test func `net is gross less idle over the same time, with the baseline's scatter in its interval`() throws {
        let account = account(gain: 0)
        let idle = try #require(account.idlePower(of: .gpu, in: window(2, 18)).value)
        #expect(abs(idle.power.value.rawValue - 50) < 1)
        #expect(idle.scatter > .zero)
        // 160 readings of ± 5 W evenly spread have a standard error of 0.23 W.
        #expect(idle.scatter.rawValue > 0.2)
        #expect(idle.scatter.rawValue < 1)
        let net = try #require(account.net(of: .gpu, over: idle).value)
        #expect(isClose(net.value.rawValue, 4_800 - idle.power.value.rawValue * 16))
        #expect(isClose(net.plusMinus?.rawValue, idle.scatter.rawValue * 16))
        #expect(net.flags == [])
    }

    @Test func `a sensor's gain is taken of the net, for it errs alike in both`() throws {
        let account = account(gain: 0.05)
        let idle = try #require(account.idlePower(of: .gpu, in: window(2, 18)).value)
        let net = try #require(account.net(of: .gpu, over: idle).value)
        let gain = net.value.rawValue * 0.05
        let scatter = idle.scatter.rawValue * 16
        #expect(isClose(net.plusMinus?.rawValue, joined(gain, scatter)))
    }

    @Test func `readings that follow each other count less than independent ones`() throws {
        // A wave of 4 s: its 160 readings hold four independent ones at most, so the plain standard error would be far too small.
        let waves = (0...200).map { tick in (Double(tick) / 10, Double((tick / 20).isMultiple(of: 2) ? 60 : 40)) }
        let account = WindowAccount([MeterTrace(powerSeries(waves), samplePeriod: tenHertz)], in: window(0, 20))
        let idle = try #require(account.idlePower(of: .gpu, in: window(1, 19)).value)
        let plain = 1.96 * 10 / 180.0.squareRoot()
        #expect(idle.scatter.rawValue > 2 * plain)
    }

    @Test func `a constant model has no scatter, not the rounding of its integrals`() throws {
        let account = WindowAccount([MeterTrace(constant(70.1, from: 0, to: 40), samplePeriod: tenHertz)], in: window(22, 38))
        for end in [12.3, 14.9, 17.77] {
            let idle = try #require(account.idlePower(of: .gpu, in: window(1.1, end)).value)
            let edges = try #require(account.idlePower(of: .gpu, in: window(1.1, 1.4)).value)
            #expect(idle.scatter <= edges.scatter)
        }
    }

    @Test func `a negative net keeps its sign and raises a flag`() throws {
        let account = account()
        let idle = try #require(account.idlePower(of: .gpu, in: window(22, 38)).value)
        let low = WindowAccount(
            [MeterTrace(constant(100, from: 0, to: 40), samplePeriod: tenHertz)], in: window(2, 18))
        let net = try #require(low.net(of: .gpu, over: idle).value)
        #expect(isClose(net.value.rawValue, (100 - 300) * 16))
        #expect(net.flags.contains(.negativeNet))
    }

    @Test func `idle power that moved by more than its scatter and 2 % is a drift`() throws {
        for (after, drifts) in [(50.0, false), (60, true), (40, true)] {
            let account = account(after: after)
            let before = try #require(account.idlePower(of: .gpu, in: window(2, 18)).value)
            let later = try #require(account.idlePower(of: .gpu, in: window(50, 66)).value)
            #expect((account.drift(from: before, to: later) != nil) == drifts)
        }
    }

    @Test func `an idle window that the readings do not cover has no idle power`() {
        #expect(account().idlePower(of: .gpu, in: window(-5, 5)).reason?.contains("not bracketed") == true)
        #expect(account().idlePower(of: .package, in: window(1, 5)).value == nil)
    }
}

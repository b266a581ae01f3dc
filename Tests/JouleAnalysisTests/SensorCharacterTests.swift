import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleAnalysis

@Suite struct `The character of a sensor` {
    /// A load that switches between two powers at random times, as a function of time and with its integral.
    private struct Load {
        private var edges: [(time: Double, power: Double, energy: Double)] = [(0, 100, 0)]

        init(seed: UInt64, until end: Double, low: Double = 100, high: Double = 500) {
            var random = SeededRandom(seed: seed)
            while let last = edges.last, last.time < end {
                let length = Double.random(in: 0.3...3, using: &random)
                edges.append((last.time + length, last.power == low ? high : low, last.energy + last.power * length))
            }
        }

        /// The same length each time.
        init(every length: Double, until end: Double) {
            while let last = edges.last, last.time < end {
                edges.append((last.time + length, last.power == 100 ? 500 : 100, last.energy + last.power * length))
            }
        }

        func energy(_ time: Double) -> Double {
            let edge = edges[max(0, edges.partitioningIndex { $0.time > time } - 1)]
            return edge.energy + edge.power * (time - edge.time)
        }

        /// Over the last `window` seconds, as it was `delay` seconds ago.
        func mean(at time: Double, window: Double, delay: Double) -> Double {
            let window = max(window, 1e-3)
            return (energy(time - delay) - energy(time - delay - window)) / window
        }
    }

    /// A counter that is renewed every `counter` seconds and a power register that is every `register`, read every `reads`.
    private func series(
        _ load: Load, window: Double, delay: Double = 0, counter: Double = 0.02, register: Double = 0.05, reads: Double = 0.01,
        until end: Double = 60, gain: Double = 1
    ) -> SampleSeries {
        let samples = stride(from: 3.0, through: end, by: reads).map { time in
            let counted = ((time + 1e-9) / counter).rounded(.down) * counter
            let shown = ((time + 1e-9) / register).rounded(.down) * register
            return Sample(
                instant: at(time), power: Watts(load.mean(at: shown, window: window, delay: delay) * gain),
                energy: Joules(load.energy(counted)))
        }
        return SampleSeries(channel: channel(kind: .counter), samples: samples)
    }

    private func character(_ series: SampleSeries) -> SensorCharacter { SensorCharacter(MeterTrace(series, samplePeriod: tenHertz)) }

    private func averaging(_ series: SampleSeries) -> SensorCharacter.Averaging? {
        if case .found(let averaging, _) = character(series).fit { averaging } else { nil }
    }

    private func reason(_ series: SampleSeries) -> String? {
        if case .none(let reason) = character(series).fit { reason } else { nil }
    }

    @Test(arguments: [0.1, 0.25, 0.5, 1.0], [0.0, 0.1])
    func `the averaging window and the delay of a power reading come out of its own counter`(window: Double, delay: Double) throws {
        let seed = UInt64(window * 1_000 + delay * 10)
        print("seed \(seed)")
        let found = try #require(averaging(series(Load(seed: seed, until: 70), window: window, delay: delay, gain: 1.03)))
        #expect(abs(found.window.seconds - window) <= 0.04, "\(found)")
        #expect(abs(found.delay.seconds - delay) <= 0.04, "\(found)")
        #expect(found.rSquared > 0.98)
    }

    @Test(arguments: [0.02, 0.05, 0.1])
    func `the window comes out within the counter's own period`(period: Double) throws {
        for (seed, window) in [(1, 0.0), (2, 0.3), (3, 0.8)] as [(UInt64, Double)] {
            print("seed \(seed)")
            let found = try #require(averaging(series(Load(seed: seed, until: 70), window: window, counter: period)))
            #expect(abs(found.window.seconds - window) <= period + 0.03, "\(window): \(found)")
        }
    }

    @Test(arguments: [0.2, 0.5, 1.0])
    func `under a load that repeats itself the window is not taken for the rest of the period`(window: Double) throws {
        // 1.7 s of period: the mean over 1 s is, but for its size, that over 0.7 s a little later.
        let wave = Load(every: 0.85, until: 70)
        let readings = series(wave, window: window, counter: 0.02, register: 0.02, reads: 0.1)
        guard case .found(let found, let resolution) = character(readings).fit else {
            Issue.record("no window: \(reason(readings) ?? "")")
            return
        }
        #expect(abs(found.window.seconds - window) <= resolution.seconds + 0.05, "\(found)")
        #expect(resolution >= .milliseconds(100))
    }

    @Test func `a reading of its moment under a load without noise has a short window, as short as its changes can tell`() throws {
        let wave = series(Load(every: 0.85, until: 70), window: 0, counter: 0.02, register: 0.02, reads: 0.1)
        guard case .found(let found, let resolution) = character(wave).fit else {
            Issue.record("no window: \(reason(wave) ?? "")")
            return
        }
        #expect(found.window.seconds <= 0.1, "\(found)")
        #expect(found.window - resolution <= .zero)
    }

    @Test func `readings every 100 ms are enough`() throws {
        let found = try #require(
            averaging(series(Load(seed: 5, until: 200), window: 1, counter: 0.1, register: 0.1, reads: 0.1, until: 190)))
        #expect(abs(found.window.seconds - 1) <= 0.15, "\(found)")
    }

    @Test func `update periods are the distances of changes, apart for counter and power`() throws {
        let found = character(series(Load(seed: 11, until: 70), window: 0.5, counter: 0.1, register: 0.05))
        #expect(abs(try #require(found.counterPeriod).distance.seconds - 0.1) < 0.011)
        #expect(abs(try #require(found.powerPeriod).distance.seconds - 0.05) < 0.011)
        #expect(found.counterPeriod?.isLimitedByReads == false)
        let coarse = character(series(Load(seed: 11, until: 70), window: 0.5, counter: 0.02, reads: 0.1))
        #expect(coarse.counterPeriod?.isLimitedByReads == true)
    }

    /// The moments at which a register of 20 ms shows a new value, and what it shows.
    private func readings(_ power: (Double) -> Double, register: Double, reads: Double, from begin: Double = 0, until end: Double)
        -> [Sample]
    {
        stride(from: begin, through: end, by: reads).map { time in
            Sample(instant: at(time), power: Watts(power(((time + 1e-9) / register).rounded(.down) * register)))
        }
    }

    private func powerPeriod(_ samples: [Sample], quiet: [Range<Instant>] = []) -> SensorCharacter.Period? {
        SensorCharacter(MeterTrace(SampleSeries(channel: channel(), samples: samples), samplePeriod: tenHertz), quiet: quiet).powerPeriod
    }

    @Test func `the period of a load that repeats itself is not taken for the sensor's`() throws {
        let square = Load(every: 0.85, until: 70)
        let found = try #require(
            powerPeriod(readings({ square.mean(at: $0, window: 0, delay: 0).rounded() }, register: 0.02, reads: 0.1, until: 60)))
        #expect(found.isLimitedByLoad && found.distance >= .milliseconds(700), "\(found)")
        // The same load on a sensor with noise in its last digit shows each renewal.
        var random = SeededRandom(seed: 3)
        var noise: [Int: Double] = [:]
        let noisy = stride(from: 0.0, through: 60, by: 0.01).map { time in
            let renewal = Int(((time + 1e-9) / 0.1).rounded(.down))
            if noise[renewal] == nil { noise[renewal] = Double.random(in: -2...2, using: &random) }
            return Sample(
                instant: at(time), power: Watts(square.mean(at: Double(renewal) * 0.1, window: 0, delay: 0) + (noise[renewal] ?? 0)))
        }
        let seen = try #require(powerPeriod(noisy))
        #expect(!seen.isLimitedByLoad && !seen.isLimitedByReads && abs(seen.distance.seconds - 0.1) < 0.011, "\(seen)")
    }

    @Test func `renewals that bring the old value again do not make the period longer`() throws {
        // Whole watts of a slow noise: two of three renewals change nothing.
        var random = SeededRandom(seed: 5)
        var (level, held) = (100.0, [Int: Double]())
        let samples = stride(from: 0.0, through: 60, by: 0.01).map { time in
            let renewal = Int(((time + 1e-9) / 0.1).rounded(.down))
            if held[renewal] == nil {
                if Double.random(in: 0...1, using: &random) < 0.33 { level += Bool.random(using: &random) ? 1 : -1 }
                held[renewal] = level
            }
            return Sample(instant: at(time), power: Watts(held[renewal] ?? 0))
        }
        let found = try #require(powerPeriod(samples))
        #expect(abs(found.distance.seconds - 0.1) < 0.011, "\(found)")
    }

    @Test func `the readings before the load decide, unless the run shows a shorter period`() throws {
        let square = Load(every: 0.85, until: 100)
        // Before the load the register's own noise is seen; after its begin the power jumps between two levels.
        let idle = readings({ 90 + ($0 * 7).truncatingRemainder(dividingBy: 3) }, register: 0.1, reads: 0.01, until: 20)
        let load = readings({ square.mean(at: $0, window: 0, delay: 0).rounded() }, register: 0.1, reads: 0.1, from: 20.1, until: 80)
        let found = try #require(powerPeriod(idle + load, quiet: [window(0, 20)]))
        #expect(found.source == .idle && abs(found.distance.seconds - 0.1) < 0.011 && !found.isLimitedByLoad, "\(found)")
        let slow = readings({ 90 + ($0 * 7).truncatingRemainder(dividingBy: 3) }, register: 1, reads: 0.01, until: 20)
        let fast = readings({ 300 + ($0 * 7).truncatingRemainder(dividingBy: 3) }, register: 0.1, reads: 0.01, from: 20.1, until: 80)
        let later = try #require(powerPeriod(slow + fast, quiet: [window(0, 20)]))
        #expect(later.source == .run && abs(later.distance.seconds - 0.1) < 0.011, "\(later)")
    }

    @Test func `a value that does not move has no period and says so`() throws {
        let still = MeterTrace(constant(300, to: 20), samplePeriod: tenHertz)
        let sensor = try #require(Summary.Sensor.sensors(of: [still]).first)
        #expect(sensor.powerPeriod == nil && sensor.powerPeriodReason == "the value was not seen to move")
    }

    @Test func `without movement, or without a counter, there is a reason and no window`() {
        var flat = series(Load(seed: 1, until: 70, low: 100, high: 101), window: 0.5)
        #expect(reason(flat)?.hasPrefix("the power varied too little to tell, by 0.") == true)
        for index in flat.samples.indices { flat.samples[index].energy = nil }
        #expect(reason(flat) == "there is no counter, or it moved too rarely, to hold the power readings against")
        for index in flat.samples.indices { flat.samples[index].power = nil }
        #expect(reason(flat) == "there are no power readings")
        #expect(reason(series(Load(seed: 4, until: 70), window: 0.2, counter: 1))?.hasPrefix("the counter moves every 1.00 s only") == true)
    }

    @Test func `power readings of something else follow no trailing mean`() {
        var mixed = series(Load(seed: 1, until: 70), window: 0.2)
        let other = series(Load(seed: 99, until: 70), window: 0.2)
        for index in mixed.samples.indices { mixed.samples[index].power = other.samples[index].power }
        #expect(reason(mixed)?.hasPrefix("the power readings follow no trailing mean of the counter") == true)
    }

    @Test func `a declared window is taken, and models have no character`() throws {
        let load = Load(seed: 8, until: 70)
        let fitted = series(load, window: 0.5)
        var declared = fitted.channel
        declared.averagingWindow = .seconds(1)
        let traces = [
            MeterTrace(SampleSeries(channel: declared, samples: fitted.samples), samplePeriod: tenHertz),
            MeterTrace(constant(40, to: 11, channel("model", .cpu, "cpu", kind: .model)), samplePeriod: tenHertz),
            MeterTrace(hostedSeries(fitted), samplePeriod: tenHertz),
        ]
        let sensors = Summary.Sensor.sensors(of: traces)
        #expect(sensors.map(\.host) == [nil, "b"])
        #expect(sensors.first?.averagingWindow == 1)
        #expect(sensors.first?.isDeclared == true)
        #expect(abs(try #require(sensors.last?.averagingWindow) - 0.5) < 0.05)
        #expect(sensors.last?.isDeclared == false)
    }

    private func hostedSeries(_ series: SampleSeries) -> SampleSeries {
        SampleSeries(channel: hosted("b", series.channel), samples: series.samples)
    }

    // MARK: What a trailing mean does to an energy

    @Test(arguments: [0.5, 1.0], [1, 2, 3] as [UInt64])
    func `energy from averaged power alone is that of the load, within the interval of its edges`(window averaging: Double, seed: UInt64)
        throws
    {
        print("seed \(seed)")
        let load = Load(seed: seed, until: 70)
        var averaged = channel(kind: .power, gain: 0)
        averaged.averagingWindow = .seconds(averaging)
        let readings = stride(from: 3.0, through: 60, by: 0.05).map { time in
            Sample(instant: at(time), power: Watts(load.mean(at: time, window: averaging, delay: 0)))
        }
        let trace = MeterTrace(SampleSeries(channel: averaged, samples: readings), samplePeriod: .milliseconds(50))
        let plain = MeterTrace(SampleSeries(channel: channel(kind: .power, gain: 0), samples: readings), samplePeriod: .milliseconds(50))
        var random = SeededRandom(seed: seed)
        var (shifted, unshifted) = (0.0, 0.0)
        for _ in 0..<100 {
            let begin = Double.random(in: 5...50, using: &random)
            let length = Double.random(in: 1...8, using: &random)
            let truth = load.energy(begin + length) - load.energy(begin)
            let cut = at(begin)..<at(begin + length)
            let measured = try #require(trace.energy(in: cut).energy.value)
            let error = abs(measured.value.rawValue - truth)
            #expect(
                error <= max(try #require(measured.plusMinus).rawValue * 1.5, 400 * averaging / 8 + 400 * 0.05), "at \(begin) for \(length)"
            )
            shifted += error
            unshifted += abs(try #require(plain.energy(in: cut).energy.value).value.rawValue - truth)
        }
        #expect(shifted < unshifted / 2)
    }

    @Test func `the edges of averaged power are as wide as its averaging, and slices still add up to the window`() throws {
        let ramp = (0...400).map { (Double($0) / 20, $0 < 200 ? 100.0 : 500.0) }
        var averaged = channel(kind: .power, gain: 0)
        averaged.averagingWindow = .seconds(1)
        let narrow = MeterTrace(powerSeries(ramp, channel(kind: .power, gain: 0)), samplePeriod: .milliseconds(50))
        let wide = MeterTrace(powerSeries(ramp, averaged), samplePeriod: .milliseconds(50))
        let cut = window(2, 9.7)
        let without = try #require(narrow.energy(in: cut).energy.value?.plusMinus)
        let with = try #require(wide.energy(in: cut).energy.value?.plusMinus)
        #expect(with > without)
        #expect(isClose(with.rawValue, 50, within: 0.1))
        let account = WindowAccount([wide], in: cut)
        let slices = try #require(SliceEnergies(of: account.parts[.gpu] ?? [], in: cut))
        #expect(isClose(slices.gross.reduce(0, +), account.ledger.total(of: .gpu).value?.value.rawValue ?? 0))
    }
}

import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

/// Figures that other tools printed for data that we have: what they come to here.
@Suite struct `Known answers` {
    @Test func `the trapezoid of 625 J`() throws {
        let series = powerSeries([(0, 100), (1, 200), (3, 200), (3.5, 100)])
        func joules(_ begin: Double, _ end: Double) -> Double? {
            windowEnergy(of: series, in: window(begin, end), samplePeriod: .seconds(1)).energy.value?.value.rawValue
        }
        #expect(isClose(joules(0, 3.5), 625))
        #expect(isClose(joules(0.5, 3.25), 531.25))
    }

    @Test func `the serving toolkit, whose throughput was over another span than its energy`() {
        let span = Duration.seconds(629.964506149292)
        let total = Joules(212_340.9954298465)
        let active = netEnergy(gross: total, idle: Watts(20.76969364548495), over: span)
        #expect(isClose(active.rawValue, 199_256.82562959648, within: 1e-12))
        #expect(isClose(total.rawValue / 118_615, 1.7901698, within: 5e-8))
        #expect(isClose(118_615 / span.seconds, 188.29, within: 5e-3 / 188))
        #expect(isClose(118_615 / 600.0, 197.69, within: 5e-3 / 197))
    }

    @Test func `the sweep, with no rounding on the way`() throws {
        // One mean power over the time that the energy was of; all tokens in it.
        let seconds = 296.8002
        let power = Joules(21_327.36) / .seconds(seconds)
        let log = powerSeries(Array(stride(from: 0.0, to: seconds, by: 0.5)).map { ($0, power.rawValue) } + [(seconds, power.rawValue)])
        let run = ImportedRun(
            power: [log],
            requests: [
                ImportedRun.Request(sent: at(0), latency: .seconds(seconds), inputTokens: 4_096, outputTokens: 16_384, succeeded: true)
            ])
        let totals = run.totals()
        #expect(isClose(totals.meanPower.value, 71.8576, within: 1e-6))
        #expect(isClose(totals.joulesPerOutputToken.value, 1.3017, within: 5e-5))
        let total = try #require(totals.total.value).value
        let input = try #require(totals.inputTokens.value)
        #expect(isClose(total.rawValue / input, 5.2069, within: 1e-5))
        let carbon = total * CarbonIntensity(574)
        #expect(isClose(carbon.rawValue, 3.400529, within: 2e-7))
    }

    @Test func `the CodeCarbon row, in which two columns of one name are two things`() {
        let emitted = CarbonMass.kilograms(1.902573047700639)
        let energy = Joules.kilowattHours(5.10692523280082)
        // Its `emissions_rate` is a rate over time; what the grid emits is mass over energy.
        #expect(isClose(emitted.rawValue / 1_000 / 38_115.6783618927, 4.991576e-05, within: 1e-10))
        #expect(isClose(emitted.rawValue / energy.kilowattHours, 372.548, within: 2e-6))
    }

    @Test func `the AI Energy Score, from watt-hours of the GPU`() throws {
        let seconds = 100.0
        let power = Joules.wattHours(25.4) / .seconds(seconds)
        let log = powerSeries((0...100).map { (Double($0), power.rawValue) })
        let run = ImportedRun(
            power: [log],
            requests: (0..<10).map { index in
                ImportedRun.Request(
                    sent: at(Double(index) * 10), latency: .seconds(10), inputTokens: 10, outputTokens: 150, succeeded: true)
            })
        let totals = run.totals()
        let energy = try #require(totals.total.value).value
        #expect(isClose(1_500 / energy.rawValue, 0.0164042, within: 1e-7))
        #expect(isClose(totals.joulesPerOutputToken.value.map { 1 / $0 }, 0.0164042, within: 1e-7))
        #expect(isClose(energy.wattHours / 10, 2.54))
        #expect(isClose(energy.wattHours / 10 * 1_000, 2_540))
    }

    @Test func `aggregation adds tokens and joules, and a device of one machine counts once`() throws {
        // (100 tokens, 10 J), (150, 15), (200, 20) on three machines.
        let joules = [10.0, 15, 20]
        let series = joules.enumerated().map { index, energy in
            constant(energy, to: 2, hosted("node-\(index)", channel("nvml", .gpu, "GPU-0")))
        }
        let traces = (series + [series[0]]).map { MeterTrace($0, samplePeriod: tenHertz) }
        let ledger = WindowAccount(traces, in: window(0, 1)).ledger
        #expect(isClose(ledger.total(of: .gpu).value?.value.rawValue, 45))
        #expect([100, 150, 200].reduce(0, +) == 450)
        #expect(ledger.entries.count { $0.inTotal } == 3)
    }
}

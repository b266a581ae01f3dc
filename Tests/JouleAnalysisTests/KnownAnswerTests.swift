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

    @Test func `the serving toolkit, whose throughput was over another span than its energy`() throws {
        // The log at its mean power, and requests in the 600 s inside of it.
        let seconds = 629.964506149292
        let power = 212_340.9954298465 / seconds
        let log = powerSeries(stride(from: 0.0, to: seconds, by: 0.5).map { ($0, power) } + [(seconds, power)])
        let tokens = Array(repeating: 988, count: 119) + [118_615 - 119 * 988]
        let run = ImportedRun(
            power: [log],
            requests: tokens.enumerated().map { index, tokens in
                ImportedRun.Request(
                    sent: at(15 + Double(index) * 5), latency: .seconds(5), inputTokens: 100, outputTokens: tokens, succeeded: true)
            }, idlePower: Watts(20.76969364548495))
        let whole = run.totals(over: .powerLog)
        #expect(isClose(whole.total.value?.value.rawValue, 212_340.9954298465, within: 1e-9))
        #expect(isClose(whole.active.value?.value.rawValue, 199_256.82562959648, within: 1e-9))
        #expect(whole.outputTokens.value == 118_615)
        #expect(isClose(whole.joulesPerOutputToken.value, 1.7901698, within: 5e-8))
        #expect(isClose(whole.outputTokensPerSecond.value, 188.29, within: 5e-3 / 188))
        // The window that tokens and energy share.
        let shared = run.totals()
        #expect(isClose(shared.outputTokensPerSecond.value, 197.69, within: 5e-3 / 197))
        #expect(isClose(shared.joulesPerOutputToken.value, power * 600 / 118_615, within: 1e-9))
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
        // What the grid emits is mass over energy. Its `emissions_rate` is one over time: `CodeCarbonRowTests` has it from our row.
        let energy = Joules.kilowattHours(5.10692523280082)
        let emitted = CarbonFormula.emissions([(energy, CarbonIntensity(372.548))], pue: 1)
        #expect(isClose(emitted.kilograms, 1.902573047700639, within: 2e-6))
        // The same in two parts and with a site's overhead.
        let parts = CarbonFormula.emissions([(energy / 4, CarbonIntensity(372.548)), (energy / 4 * 3, CarbonIntensity(372.548))], pue: 1.5)
        #expect(isClose(parts.kilograms, emitted.kilograms * 1.5, within: 1e-12))
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
        #expect(ledger.entries.count { $0.inTotal } == 3)
        // Processes at 50 tokens a second each: two are 100 together.
        let processes = [100, 150, 200].enumerated().map { index, tokens in
            var process = ProcessResult(experimentID: "r", processIndex: index)
            process.outputTokens = tokens
            process.tokensPerSecond = 50
            return process
        }
        #expect(ProcessResult.together(processes)?.outputTokens == 450)
        #expect(ProcessResult.together(Array(processes[..<2]))?.tokensPerSecond == 100)
    }
}

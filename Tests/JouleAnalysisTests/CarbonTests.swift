import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

struct CarbonTests {
    private let anchor = ClockAnchor(monotonic: at(0), unixSeconds: 1_795_248_000, bootNanoseconds: 0)

    private func points(_ values: [(Double, Double)]) -> [CarbonRecord.Point] {
        values.map { CarbonRecord.Point(unixSeconds: anchor.unixSeconds + $0.0, intensity: CarbonIntensity($0.1)) }
    }

    private func record(_ values: [(Double, Double)], _ change: (inout CarbonRecord) -> Void = { _ in }) -> CarbonRecord {
        var record = CarbonRecord(source: .fixed, asked: .fixed, points: points(values), origin: "test")
        change(&record)
        return record
    }

    /// One request over the whole measured phase of a run that was metered with these readings.
    private func recording(
        _ series: [SampleSeries], seconds: Double, tokens: Int, carbon: CarbonRecord?, requests count: Int = 1
    ) -> Recording {
        var environment = RunEnvironment(
            joulebench: "test", cpu: .init(logicalCores: 8), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "Linux"),
            start: anchor)
        environment.meters = series.map(\.channel)
        var state = RunState(status: .completed, pid: 1, processStart: nil, requestsPlanned: count, updated: at(seconds))
        state.phases = [PhaseSpan(phase: .measure, start: at(0), end: at(seconds))]
        let requests = (0..<count).map { index in
            RequestTimeline(
                index: index, promptID: "p", phase: .measure, outcome: .completed, scheduled: at(0), sent: at(0), firstToken: at(1),
                lastToken: at(seconds), bodyEnd: at(seconds), inputTokens: 20, outputTokens: tokens / count, tokenSource: .worker)
        }
        return Recording(
            runID: "run", experiment: Experiment(name: "t", backend: BackendSpec(kind: .pytorch, model: "m")), environment: environment,
            state: state, process: nil, series: series, requests: requests, carbon: carbon)
    }

    private func carbon(_ recording: Recording) throws -> Summary.Carbon {
        try #require(RunAnalysis.summary(of: recording, ownCost: [:]).carbon)
    }

    private func steady(_ watts: Double, _ seconds: Double, _ scope: Scope = .gpu) -> SampleSeries {
        powerSeries(stride(from: -1, through: seconds + 1, by: 1).map { ($0, watts) }, channel("test", scope, scope.rawValue))
    }

    @Test func `a kilowatt hour of 400 g with a PUE of 1.2 is 480 g, and 20 g for each 1,000 of 24,000 tokens`() throws {
        let run = recording(
            [steady(1_000, 3_600)], seconds: 3_600, tokens: 24_000,
            carbon: record([(-100, 400)]) {
                $0.pue = 1.2
                $0.siteWUE = 0.5
                $0.gridWUE = 2
                $0.price = .init(perKilowattHour: 0.25, currency: "EUR")
                $0.embodied = .init(
                    devices: [.init(name: "GPU", mass: .kilograms(164), count: 2, origin: "x")], lifetimeSeconds: 4 * 365 * 86_400)
            }, requests: 2)
        let summary = RunAnalysis.summary(of: run, ownCost: [:])
        let carbon = try #require(summary.carbon)
        let row = try #require(carbon.row(of: .gpu))
        #expect(isClose(row.itEnergy.value, 3.6e6) && isClose(row.facilityEnergy.value, 4.32e6))
        #expect(isClose(row.emissions.value, 480) && row.emissions.scope == .gpu && row.emissions.method == "measured-power")
        // The interval is that of the energy: 5 % of the sensor.
        #expect(isClose(row.emissions.plusMinus, 24, within: 1e-6))
        #expect(isClose(row.perThousandOutputTokens.value, 20) && isClose(row.perRequest.value, 240))
        // 1 kWh · (0.5 + 1.2 · 2)
        #expect(isClose(row.water.value, 2.9))
        #expect(isClose(row.cost.value, 0.3) && row.cost.unit == "EUR" && isClose(row.costPerThousandRequests.value, 150))
        let share = 328_000.0 * 3_600 / (4 * 365 * 86_400)
        #expect(isClose(carbon.embodied.value, share))
        #expect(carbon.scores.map(\.functionalUnit) == ["one request", "1,000 output tokens"])
        #expect(isClose(carbon.scores[0].score.value, (480 + share) / 2) && isClose(carbon.scores[1].score.value, (480 + share) / 24))
        #expect(isClose(carbon.intensity.value, 400))
        #expect(isClose(summary.figures["grams_co2e_per_1000_output_tokens"]?.value, 20))
        #expect(summary.figures["grams_co2e"]?.scope == summary.headlineScope)
    }

    @Test func `the known answers of the older tools`() {
        let sweep = CarbonFormula.emissions([(Joules(21_327.36), CarbonIntensity(574))], pue: 1)
        #expect((sweep.rawValue * 1e6).rounded() / 1e6 == 3.400529)
        let mass = CarbonMass.kilograms(1.902573047700639)
        #expect(abs(mass.kilograms / 38_115.6783618927 - 4.991576e-05) < 5e-12)
        #expect(((mass.rawValue / 5.10692523280082) * 1_000).rounded() / 1_000 == 372.548)
    }

    @Test func `an intensity that changes meets the energy of its own time`() throws {
        // 100 W for 100 s at 100 g/kWh, then 300 W for 100 s at 300 g/kWh; the step of the power is a millisecond wide.
        var readings = stride(from: -1.0, through: 100, by: 1).map { ($0, 100.0) }
        readings += [(100.001, 300)] + stride(from: 101.0, through: 201, by: 1).map { ($0, 300.0) }
        let run = recording([powerSeries(readings)], seconds: 200, tokens: 100, carbon: record([(-1_000, 100), (100, 300)]))
        let carbon = try carbon(run)
        let expected = (10_000.0 * 100 + 30_000 * 300) / 3.6e6
        #expect(isClose(carbon.row(of: .gpu)?.emissions.value, expected, within: 1e-5))
        // The mean is weighted by energy, so that energy times intensity is the carbon beside it.
        #expect(isClose(carbon.intensity.value, 250, within: 1e-4))
    }

    @Test func `an intensity of the whole world is assumed, and a stand-in is flagged`() throws {
        let run = recording(
            [steady(100, 10)], seconds: 10, tokens: 10,
            carbon: record([(0, 475)]) {
                $0.isAssumed = true
                $0.fallbackReason = "electricity-maps: nobody there"
            })
        let summary = RunAnalysis.summary(of: run, ownCost: [:])
        let row = try #require(summary.carbon?.row(of: .gpu))
        #expect(row.emissions.method == "assumed" && row.emissions.flags.contains(.intensityFallback))
        #expect(summary.flags.contains { $0.flag == .intensityFallback && $0.detail.contains("nobody there") })
        #expect(row.itEnergy.method == "measured-power" && !row.itEnergy.flags.contains(.intensityFallback))
    }

    @Test func `what is not known is absent with its reason, and never zero`() throws {
        let run = recording([steady(100, 10)], seconds: 10, tokens: 10, carbon: record([(0, 400)]))
        let carbon = try carbon(run)
        let row = try #require(carbon.row(of: .gpu))
        #expect(row.water.value == nil && row.water.reason?.contains("WUE") == true)
        #expect(row.cost.value == nil && row.cost.reason?.contains("price") == true)
        #expect(carbon.embodied.value == nil && carbon.scores.allSatisfy { $0.score.value == nil && $0.score.reason != nil })
        #expect(RunAnalysis.summary(of: recording([steady(100, 10)], seconds: 10, tokens: 10, carbon: nil), ownCost: [:]).carbon == nil)
        let blind = try self.carbon(recording([steady(100, 5)], seconds: 10, tokens: 10, carbon: record([(0, 400)])))
        #expect(blind.row(of: .gpu)?.emissions.value == nil && blind.row(of: .gpu)?.emissions.reason != nil)
    }

    @Test func `the meter of a site has the PUE in it already`() throws {
        let run = recording(
            [steady(100, 10, .node), steady(150, 10, .facility)], seconds: 10, tokens: 10,
            carbon: record([(0, 360)]) {
                $0.pue = 1.3
                $0.embodied = .init(devices: [.init(name: "x", mass: CarbonMass(0), count: 1, origin: "x")], lifetimeSeconds: 1e9)
            })
        let carbon = try carbon(run)
        #expect(isClose(carbon.row(of: .node)?.emissions.value, 1_000 * 1.3 / 1e4))
        #expect(isClose(carbon.row(of: .facility)?.emissions.value, 1_500 / 1e4))
        #expect(carbon.row(of: .facility)?.itEnergy.value == nil)
        #expect(carbon.scores[0].score.scope == .facility)
    }

    // MARK: Laws

    private func randomPoints(_ random: inout SeededRandom) -> [(Double, Double)] {
        let times = (0..<Int.random(in: 1...8, using: &random)).map { _ in Double.random(in: -20...60, using: &random) }
        return times.sorted().map { ($0, Double.random(in: 0...900, using: &random)) }
    }

    private func emissions(_ series: SampleSeries, _ points: [CarbonRecord.Point], _ window: Range<Instant>) -> Double {
        guard let steps = IntensitySteps(points, in: window, anchor: anchor) else { return .nan }
        let slices = steps.steps.compactMap { step in
            windowEnergy(of: series, in: step.window, samplePeriod: tenHertz).energy.value.map { ($0.value, step.intensity) }
        }
        guard slices.count == steps.steps.count else { return .nan }
        return CarbonFormula.emissions(slices, pue: 1.1).rawValue
    }

    @Test(arguments: 1...30) func `a series that never changes is a fixed intensity`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let grams = Double.random(in: 1...900, using: &random)
        let many = randomPoints(&random).map { ($0.0, grams) }
        let run = { (points: [(Double, Double)]) in
            try self.carbon(self.recording([self.steady(123, 40)], seconds: 40, tokens: 10, carbon: self.record(points)))
        }
        #expect(try run(many).rows == run([(0, grams)]).rows, "seed \(seed)")
    }

    @Test(arguments: 1...30) func `the carbon of two windows beside each other adds up`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let readings = (-10...410).map { (Double($0) / 10, Double.random(in: 50...700, using: &random)) }
        let series = powerSeries(readings)
        let points = points(randomPoints(&random))
        let edges = (0..<3).map { _ in Double.random(in: 0...40, using: &random) }.sorted()
        let whole = emissions(series, points, window(edges[0], edges[2]))
        let parts = emissions(series, points, window(edges[0], edges[1])) + emissions(series, points, window(edges[1], edges[2]))
        #expect(isClose(parts, whole, within: 1e-9), "seed \(seed)")
    }

    @Test(arguments: 1...20) func `the order of slices and of meters does not matter`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let slices = (0..<20).map { _ in
            (Joules(Double.random(in: 0...1e6, using: &random)), CarbonIntensity(Double.random(in: 0...900, using: &random)))
        }
        let straight = CarbonFormula.emissions(slices, pue: 1.2).rawValue
        #expect(
            isClose(CarbonFormula.emissions(slices.shuffled(using: &random), pue: 1.2).rawValue, straight, within: 1e-12), "seed \(seed)")
        let meters = [Scope.gpu, .package, .dram].map { steady(Double.random(in: 20...400, using: &random), 40, $0) }
        let record = record(randomPoints(&random))
        let one = try carbon(recording(meters, seconds: 40, tokens: 10, carbon: record))
        let other = try carbon(recording(meters.shuffled(using: &random), seconds: 40, tokens: 10, carbon: record))
        #expect(one.row(of: .gpu) == other.row(of: .gpu), "seed \(seed)")
        #expect(
            isClose(one.row(of: .system)?.emissions.value, other.row(of: .system)?.emissions.value ?? .nan, within: 1e-12), "seed \(seed)")
    }

    @Test(arguments: 1...30) func `the steps of a window are the window`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let whole = window(0, Double.random(in: 0.001...50, using: &random))
        let steps = try #require(IntensitySteps(points(randomPoints(&random)), in: whole, anchor: anchor)).steps
        #expect(steps.first?.window.lowerBound == whole.lowerBound && steps.last?.window.upperBound == whole.upperBound, "seed \(seed)")
        for (left, right) in zip(steps, steps.dropFirst()) {
            #expect(left.window.upperBound == right.window.lowerBound && left.intensity != right.intensity, "seed \(seed)")
        }
    }
}

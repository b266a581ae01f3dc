import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleWorkload

private func load(_ arrival: LoadSpec.Arrival, rate: Double? = nil, burstiness: Double = 1, ramp: LoadSpec.Ramp? = nil) -> LoadSpec {
    var load = LoadSpec()
    load.arrival = arrival
    load.rate = rate
    load.burstiness = burstiness
    load.ramp = ramp
    return load
}

private func code(_ body: () throws -> Void) -> String? { #expect(throws: Failure.self, performing: body)?.code }

/// Mean, variance and the mean's standard error.
private func moments(_ values: [Double]) -> (mean: Double, variance: Double, error: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count - 1)
    return (mean, variance, (variance / Double(values.count)).squareRoot())
}

struct ArrivalScheduleTests {
    private func gaps(_ load: LoadSpec, count: Int, seed: UInt64) throws -> [Double] {
        let offsets = try ArrivalSchedule(load: load, stop: StopRule(requests: count), seed: seed).offsets.map(\.seconds)
        return zip(offsets, [0] + offsets).map { $0 - $1 }
    }

    /// The schedule is part of a result: other bits on another machine or in another version would be other experiments.
    @Test func `schedules stay what they were`() throws {
        func first(_ load: LoadSpec) throws -> [Int64] {
            try ArrivalSchedule(load: load, stop: StopRule(requests: 4), seed: 42).offsets.map(\.nanoseconds)
        }
        #expect(try first(load(.constant, rate: 3)) == [0, 333_333_333, 666_666_667, 1_000_000_000])
        #expect(try first(load(.poisson, rate: 64)) == [27_207_524, 37_966_196, 42_940_459, 66_509_419])
        #expect(try first(load(.gamma, rate: 64, burstiness: 0.5)) == [375_011, 41_865_089, 43_724_216, 59_391_856])
        #expect(try first(load(.gamma, rate: 64, burstiness: 4)) == [6_571_106, 13_123_588, 32_337_969, 53_075_413])
        #expect(
            try first(load(.poisson, ramp: .init(from: 1, to: 10, over: .seconds(2)))) == [
                685_128_658, 840_467_792, 905_075_529, 1_171_049_535,
            ])
        #expect(
            try first(load(.poisson, ramp: .init(from: 1, to: 10, over: .seconds(2), shape: .exponential))) == [
                955_609_302, 1_158_984_746, 1_239_015_174, 1_541_791_627,
            ])
        let long = try ArrivalSchedule(load: load(.gamma, rate: 100, burstiness: 0.7), stop: StopRule(requests: 1_000), seed: 1)
        #expect(long.digest == "4efd18353f07a40b687a267951f1ca55c544deb9ea9b92af0bdee8f4a48a3b78")
    }

    @Test func `a constant rate fills a duration exactly`() throws {
        let schedule = try ArrivalSchedule(load: load(.constant, rate: 64), stop: StopRule(duration: .seconds(10)), seed: 0)
        #expect(schedule.count == 640)
        #expect(schedule.offsets.last == .nanoseconds(9_984_375_000))
    }

    @Test(arguments: [0.25, 0.5, 1, 2, 9]) func `gamma distances have the mean and variance of their burstiness`(burstiness: Double) throws
    {
        for seed in [UInt64(1)] {
            let (mean, variance, error) = moments(try gaps(load(.gamma, rate: 20, burstiness: burstiness), count: 40_000, seed: seed))
            #expect(abs(mean - 0.05) < 4 * error, "seed \(seed)")
            let expected = 0.05 * 0.05 / burstiness
            // Relative standard error of a gamma's sample variance: √((κ + 2)/n) with excess kurtosis κ = 6/shape.
            #expect(abs(variance / expected - 1) < 4 * ((6 / burstiness + 2) / 40_000).squareRoot(), "seed \(seed)")
        }
    }

    @Test func `Poisson distances are exponential by Kolmogorov and Smirnov`() throws {
        for seed in UInt64(10)..<12 {
            let sorted = try gaps(load(.poisson, rate: 50), count: 20_000, seed: seed).sorted()
            let count = Double(sorted.count)
            let distance = sorted.enumerated().map { index, gap in
                let probability = 1 - exp(-50 * gap)
                return max(Double(index + 1) / count - probability, probability - Double(index) / count)
            }.max()
            // 1.95/√n is passed once in a thousand seeds.
            #expect(try #require(distance) < 1.95 / count.squareRoot(), "seed \(seed)")
        }
    }

    @Test func `the number in a duration varies as Poisson says and is never scaled to a total`() throws {
        let counts = try (UInt64(0)..<400).map { seed in
            Double(try ArrivalSchedule(load: load(.poisson, rate: 10), stop: StopRule(duration: .seconds(10)), seed: seed).count)
        }
        let (mean, variance, error) = moments(counts)
        #expect(abs(mean - 100) < 4 * error)
        #expect(abs(variance / 100 - 1) < 4 * (2.0 / 400).squareRoot())
    }

    @Test func `the first stop rule that is met ends the schedule, and a longer one only adds to it`() throws {
        for (seed, arrival) in zip(UInt64(0)..., [LoadSpec.Arrival.constant, .poisson, .gamma]) {
            let spec = load(arrival, rate: 30, burstiness: 0.5)
            let long = try ArrivalSchedule(load: spec, stop: StopRule(requests: 900), seed: seed)
            let short = try ArrivalSchedule(load: spec, stop: StopRule(requests: 900, duration: .seconds(5)), seed: seed)
            let few = try ArrivalSchedule(load: spec, stop: StopRule(requests: 7, duration: .seconds(5)), seed: seed)
            #expect(long.count == 900 && few.count == 7)
            #expect(short.offsets == long.offsets.filter { $0 < .seconds(5) })
            #expect(few.offsets == Array(long.offsets.prefix(7)))
            #expect(long.offsets == long.offsets.sorted())
        }
    }

    @Test(arguments: [LoadSpec.Ramp.Shape.linear, .exponential], [(2.0, 40.0), (40, 2), (10, 10.000001)])
    func `a ramp has as many arrivals as the integral of its rate`(shape: LoadSpec.Ramp.Shape, rates: (Double, Double)) throws {
        let ramp = LoadSpec.Ramp(from: rates.0, to: rates.1, over: .seconds(20), shape: shape)
        let growth = log(rates.1 / rates.0) / 20
        for end in [5.0, 20, 30] {
            let inside = min(end, 20)
            let within =
                shape == .linear
                ? rates.0 * inside + (rates.1 - rates.0) * inside * inside / 40 : rates.0 * Foundation.expm1(growth * inside) / growth
            let expected = within + rates.1 * (end - inside)
            let stop = StopRule(duration: .seconds(end))
            let counts = try (UInt64(0)..<20).map {
                Double(try ArrivalSchedule(load: load(.poisson, ramp: ramp), stop: stop, seed: $0).count)
            }
            #expect(abs(moments(counts).mean - expected) < 4 * (expected / 20).squareRoot(), "\(shape) \(rates) until \(end)")
            let constant = try ArrivalSchedule(load: load(.constant, ramp: ramp), stop: stop, seed: 0).count
            #expect(abs(Double(constant) - expected) <= 1)
        }
    }

    @Test func `a ramp over the whole run of a count ends with it, and one to nothing stops`() throws {
        let whole = try ArrivalSchedule(
            load: load(.constant, ramp: .init(from: 0, to: 20)), stop: StopRule(requests: 101), seed: 0)
        #expect(abs(try #require(whole.offsets.last).seconds - 10.05) < 0.1)
        let fading = try ArrivalSchedule(
            load: load(.constant, ramp: .init(from: 20, to: 0, over: .seconds(10))), stop: StopRule(requests: 1_000), seed: 0)
        #expect((100...101).contains(fading.count))
    }

    @Test func `a burst is all at once`() throws {
        let stop = StopRule(requests: 5)
        #expect(try ArrivalSchedule(load: load(.burst), stop: stop, seed: 3).offsets == Array(repeating: .zero, count: 5))
    }

    @Test func `loads that make no process are refused`() {
        let stop = StopRule(requests: 3)
        let bad: [(LoadSpec, StopRule, String)] = [
            (load(.poisson), stop, "load.no-rate"), (load(.poisson, rate: 0), stop, "load.rate"),
            (load(.constant, rate: .infinity), stop, "load.rate"), (load(.gamma, rate: 1, burstiness: 0), stop, "load.burstiness"),
            (load(.poisson, rate: 5, ramp: .init(from: 1, to: 4)), stop, "load.ramp"),
            (load(.poisson, ramp: .init(from: 0, to: 4, shape: .exponential)), stop, "load.ramp"),
            (load(.poisson, rate: 5), StopRule(), "load.unbounded"), (load(.burst), StopRule(duration: .seconds(1)), "load.unbounded"),
            (load(.closed), stop, "load.no-process"), (load(.constant, rate: 1e-12), stop, "load.too-slow"),
        ]
        for (spec, stop, expected) in bad {
            #expect(code { _ = try ArrivalSchedule(load: spec, stop: stop, seed: 0) } == expected)
        }
    }

    @Test func `streams do not change each other`() throws {
        let spec = load(.poisson, rate: 5)
        let stop = StopRule(requests: 10)
        let arrivals = try ArrivalSchedule(load: spec, stop: stop, seed: 9)
        #expect(try ArrivalSchedule(load: spec, stop: stop, seed: 9) == arrivals)
        #expect(try ArrivalSchedule(load: spec, stop: stop, seed: 10) != arrivals)
        #expect(try ArrivalSchedule(load: spec, stop: stop, seed: 9, stream: .warmupArrivals) != arrivals)
        let firsts = RandomStream.allCases.map { stream in
            var generator = SeededGenerator(seed: 9, stream: stream)
            return generator.next()
        }
        #expect(Set(firsts).count == RandomStream.allCases.count)
    }
}

struct ExactMathTests {
    private func ulps(_ value: Double, _ reference: Double) -> Double { abs(value - reference) / reference.ulp }

    @Test func `logarithm and exponential are within four units in the last place`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<4_000 {
            let unit = generator.openUnit()
            let wide = Double(sign: .plus, exponent: generator.below(2_000) - 1_000, significand: 1 + unit)
            for value in [unit, 1 + (unit - 0.5) / 8, wide] { #expect(ulps(ExactMath.log(value), Foundation.log(value)) <= 4) }
            #expect(ulps(ExactMath.log1p(unit * 0.8 - 0.4), Foundation.log1p(unit * 0.8 - 0.4)) <= 4)
            for value in [unit - 0.5, (unit - 0.5) * 1_400] { #expect(ulps(ExactMath.exp(value), Foundation.exp(value)) <= 4) }
        }
        #expect(ExactMath.log(1) == 0 && ExactMath.exp(0) == 1 && ExactMath.exp(-800) == 0 && ExactMath.exp(800) == .infinity)
    }

    @Test func `an order holds every number once`() {
        for count in [1, 2, 3, 7, 64, 100, 1_000] {
            for seed in UInt64(0)..<5 {
                let order = SeededOrder(count: count, generator: SeededGenerator(seed: seed))
                #expect(Set((0..<count).map { order[$0] }) == Set(0..<count), "seed \(seed)")
            }
        }
    }
}

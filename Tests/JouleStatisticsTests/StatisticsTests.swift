import JouleStatistics
import Testing

struct StatisticsTests {
    @Test func `percentiles are exact order statistics with straight lines between them`() throws {
        let sample = try #require(OrderedSample((1...10).map { Double($0 * 100) }.shuffled()))
        #expect(sample.quantile(0.5) == 550)
        #expect(abs(sample.quantile(0.9) - 910) < 1e-9)
        #expect(abs(sample.quantile(0.95) - 955) < 1e-9)
        #expect(abs(sample.quantile(0.99) - 991) < 1e-9)
        #expect(sample.minimum == 100)
        #expect(sample.maximum == 1_000)
        #expect(sample.quantile(0) == 100)
        #expect(sample.quantile(1) == 1_000)
    }

    @Test func `every percentile of one value is that value, and of none there is none`() throws {
        let sample = try #require(OrderedSample([7]))
        #expect([0, 0.5, 0.99, 1].allSatisfy { sample.quantile($0) == 7 })
        #expect(OrderedSample([]) == nil)
        #expect(Moments([]) == nil)
    }

    @Test func `mean and spread agree with a hand calculation`() throws {
        let moments = try #require(Moments([2, 4, 4, 4, 5, 5, 7, 9]))
        #expect(moments.mean == 5)
        let deviation = (32.0 / 7).squareRoot()
        #expect(abs(try #require(moments.standardDeviation) - deviation) < 1e-12)
        #expect(abs(try #require(moments.coefficientOfVariation) - deviation / 5) < 1e-12)
        #expect(abs(try #require(moments.standardError) - deviation / 8.0.squareRoot()) < 1e-12)
        #expect(abs(try #require(moments.plusMinus95) - 2.364624 * deviation / 8.0.squareRoot()) < 1e-6)
    }

    @Test func `a spread that is small against the mean is not lost to rounding`() throws {
        let moments = try #require(Moments([4, 7, 13, 16].map { 1e9 + $0 }))
        #expect(abs(try #require(moments.standardDeviation) - 30.0.squareRoot()) < 1e-9)
    }

    @Test func `one value has a mean and no spread`() throws {
        let moments = try #require(Moments([3]))
        #expect(moments.mean == 3)
        #expect(moments.standardDeviation == nil)
        #expect(moments.standardError == nil)
        #expect(moments.plusMinus95 == nil)
        #expect(try #require(Moments([-1, 1])).coefficientOfVariation == nil)
    }

    /// Printed tables of the 97.5 % point, to the digits they give.
    @Test(arguments: [
        (1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (6, 2.44691), (9, 2.26216), (10, 2.22814), (19, 2.09302),
        (29, 2.04523), (30, 2.04227), (60, 2.00030), (120, 1.97993), (200, 1.97190), (201, 1.97184), (1_000, 1.96234),
    ])
    func `Student's t agrees with the printed tables`(freedom: Int, table: Double) {
        #expect(abs(StudentT.twoSided95(degreesOfFreedom: freedom) - table) < 6e-5)
    }

    @Test func `Student's t falls without a jump from one degree of freedom to many`() {
        var previous = Double.infinity
        for freedom in 1...400 {
            let value = StudentT.twoSided95(degreesOfFreedom: freedom)
            #expect(value < previous)
            previous = value
        }
        let step = StudentT.twoSided95(degreesOfFreedom: 200) - StudentT.twoSided95(degreesOfFreedom: 201)
        let next = StudentT.twoSided95(degreesOfFreedom: 201) - StudentT.twoSided95(degreesOfFreedom: 202)
        #expect(abs(step - next) < 1e-6)
    }
}

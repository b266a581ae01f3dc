import JouleStatistics
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Scatter between −0.5 and 0.5 that is the same in every run, and has no order.
private func scatter(_ index: Int) -> Double {
    let wave = sin(Double(index) * 12.9898 + 4.1414) * 43_758.5453
    return wave - wave.rounded(.down) - 0.5
}

struct SteadinessTests {
    @Test func `a transient at the beginning is cut off, to within two batches`() throws {
        let values = (0..<200).map { index in 100 - (index < 40 ? 100 - Double(index) * 2.5 : 0) + scatter(index) }
        let truncation = try #require(Truncation.mser5(values))
        #expect((30...50).contains(truncation.count))
        #expect(!truncation.isAtBound)
    }

    @Test func `a series without a transient is kept nearly whole`() throws {
        let truncation = try #require(Truncation.mser5((0..<200).map { 100 + scatter($0) }))
        #expect(truncation.count <= 40)
        #expect(try #require(Truncation.mser5(Array(repeating: 7, count: 50))).count == 0)
    }

    @Test func `a series that rises to its end is cut at the bound`() throws {
        let truncation = try #require(Truncation.mser5((0..<200).map { Double($0) }))
        #expect(truncation.isAtBound)
        #expect(truncation.count == 100)
        #expect(Truncation.mser5(Array(repeating: 1, count: 19)) == nil)
    }

    @Test func `a rise is a trend and scatter is none`() throws {
        let rising = try #require(Trend((0..<20).map { 100 + Double($0) + scatter($0) }))
        #expect(rising.isSignificant)
        #expect(abs(rising.slope - 1) < 0.1)
        #expect(abs(rising.relativeChange - 19 / 109.5) < 0.02)
        let still = try #require(Trend((0..<20).map { 100 + scatter($0) }))
        #expect(!still.isSignificant)
        let falling = try #require(Trend((0..<20).map { -Double($0) }))
        #expect(falling.score < -2.5758)
    }

    @Test func `a constant series has no trend, and a short one none that can be seen`() throws {
        let flat = try #require(Trend(Array(repeating: 3, count: 20)))
        #expect(flat.score == 0)
        #expect(flat.relativeChange == 0)
        #expect(Trend([1, 2, 3, 4, 5, 6, 7]) == nil)
    }

    /// Kendall's sum for 1…10 is 45, its variance 10·9·25/18 = 125.
    @Test func `the statistic is that of the printed formula, ties included`() throws {
        let trend = try #require(Trend((1...10).map { Double($0) }))
        #expect(abs(trend.score - 44 / 125.0.squareRoot()) < 1e-12)
        // Two pairs of equal values: S = 43, the variance is less by 2 · 2·1·9/18.
        let tied = try #require(Trend([1, 1, 2, 3, 4, 5, 6, 7, 8, 8]))
        #expect(abs(tied.score - 42 / 123.0.squareRoot()) < 1e-12)
    }
}

struct NonNegativeFitTests {
    @Test func `two columns without noise give their coefficients back`() throws {
        let fit = try NonNegativeFit(columns: [[1_000, 0, 2_000], [0, 1_000, 500]], target: [20, 500, 290])
        #expect(abs(fit.coefficients[0] - 0.02) < 1e-12)
        #expect(abs(fit.coefficients[1] - 0.5) < 1e-12)
        #expect(fit.residuals.allSatisfy { abs($0) < 1e-9 })
        #expect(abs(try #require(fit.rSquared) - 1) < 1e-12)
        #expect(try #require(fit.standardErrors[0]) < 1e-12)
    }

    @Test func `columns that are multiples of one another are refused`() {
        #expect(throws: NonNegativeFit.Refusal.dependent(condition: .infinity)) {
            try NonNegativeFit(columns: [[100, 200], [100, 200]], target: [10, 20])
        }
        #expect(throws: NonNegativeFit.Refusal.dependent(condition: .infinity)) {
            try NonNegativeFit(columns: [[1, 2, 3], [0, 0, 0]], target: [1, 2, 3])
        }
        #expect(throws: NonNegativeFit.Refusal.tooFew(observations: 1, columns: 2)) {
            try NonNegativeFit(columns: [[1], [2]], target: [3])
        }
        #expect(throws: NonNegativeFit.Refusal.self) {
            try NonNegativeFit(columns: [[100, 200, 300], [100.1, 199.9, 300.2]], target: [10, 20, 30])
        }
    }

    @Test func `a coefficient that would be negative is zero and has no error`() throws {
        let bound = try NonNegativeFit(columns: [[1, 1, 1], [0, 1, 2]], target: [3, 2, 1])
        #expect(bound.coefficients[1] == 0)
        #expect(bound.standardErrors[1] == nil)
        #expect(abs(bound.coefficients[0] - 2) < 1e-12)
        #expect(abs(try #require(bound.rSquared)) < 1e-12)
    }

    /// y = 1 + 2x with residuals (1, −2, 1)/…: the textbook's line through (0,1) (1,3) (2,5) (3,7) moved by ±0.5.
    @Test func `standard errors are those of the normal equations`() throws {
        let x = [0.0, 1, 2, 3]
        let y = [1.5, 2.5, 4.5, 7.5]
        let fit = try NonNegativeFit(columns: [[1, 1, 1, 1], x], target: y)
        // slope = Sxy/Sxx = 10/5, intercept = 4 − 2·1.5; residuals 0.5 −0.5 −0.5 0.5, σ² = 1/2.
        #expect(abs(fit.coefficients[0] - 1) < 1e-12)
        #expect(abs(fit.coefficients[1] - 2) < 1e-12)
        #expect(abs(try #require(fit.standardErrors[1]) - (0.5 / 5).squareRoot()) < 1e-12)
        let intercept = (0.5 * (0.25 + 1.5 * 1.5 / 5)).squareRoot()
        #expect(abs(try #require(fit.standardErrors[0]) - intercept) < 1e-12)
        #expect(abs(try #require(fit.rSquared) - (1 - 1 / 21.0)) < 1e-12)
    }

    @Test func `no point with non-negative coefficients near the solution is better`() throws {
        for trial in 0..<50 {
            var columns: [[Double]] = []
            for column in 0..<3 {
                let seed = trial * 97 + column * 13
                columns.append((0..<8).map { (row: Int) -> Double in 1 + scatter(seed + row) * 1.8 })
            }
            let target = (0..<8).map { (row: Int) -> Double in 1 + scatter(trial * 31 + row * 7) * 3 }
            guard let fit = try? NonNegativeFit(columns: columns, target: target) else { continue }
            func squares(_ coefficients: [Double]) -> Double {
                var sum = 0.0
                for row in target.indices {
                    var rest = target[row]
                    for column in 0..<3 { rest -= columns[column][row] * coefficients[column] }
                    sum += rest * rest
                }
                return sum
            }
            let best = squares(fit.coefficients)
            for step in 0..<200 {
                let near = fit.coefficients.enumerated().map { max(0, $0.element + scatter(step * 3 + $0.offset) * 0.2) }
                #expect(squares(near) >= best - 1e-9)
            }
        }
    }
}

struct LargeSampleTests {
    @Test func `a large sample is sorted as a small one is`() throws {
        let values = (0..<20_000).map { scatter($0) * ($0.isMultiple(of: 3) ? 1e-9 : 1e3) } + [0, -0.0, 1e300, -1e300]
        let sorted = values.sorted()
        let sample = try #require(OrderedSample(values))
        for rank in stride(from: 0, to: sorted.count, by: 997) {
            #expect(
                sample.quantile(Double(rank) / Double(sorted.count - 1)).distance(to: sorted[rank]).magnitude <= 1e-9 * abs(sorted[rank]))
        }
        #expect(sample.minimum == -1e300)
        #expect(sample.maximum == 1e300)
    }

    @Test func `a quantile that falls among the infinite values is infinite`() throws {
        let sample = try #require(OrderedSample((1...9).map { Double($0) }, infinite: 1))
        #expect(sample.quantile(0.5) == 5.5)
        #expect(sample.quantile(0.88) < 9)
        #expect(sample.quantile(0.95) == .infinity)
        #expect(sample.quantile(1) == .infinity)
        #expect(sample.maximum == 9)
    }
}

/// Mean and spread of a sample, with the interval of its mean.
package struct Moments: Sendable, Hashable {
    /// How many values there are.
    package let count: Int
    /// Their arithmetic mean.
    package let mean: Double
    /// With the n − 1 divisor; nil for a single value, which shows no spread.
    package let standardDeviation: Double?

    /// Nil for an empty sample.
    ///
    /// Two passes, because the one-pass textbook formula cancels when the mean is large against the spread: T. F. Chan,
    /// G. H. Golub, R. J. LeVeque, "Algorithms for Computing the Sample Variance", The American Statistician 37 (1983).
    package init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        var squares = 0.0
        var residue = 0.0
        for value in values {
            squares += (value - mean) * (value - mean)
            residue += value - mean
        }
        count = values.count
        self.mean = mean
        // The residue is zero but for rounding of the mean; subtracting it is the correction of that paper.
        let corrected = max(squares - residue * residue / Double(values.count), 0)
        standardDeviation = values.count < 2 ? nil : (corrected / Double(values.count - 1)).squareRoot()
    }

    /// Standard deviation over mean; nil where the mean is zero or the spread unknown.
    package var coefficientOfVariation: Double? {
        mean == 0 ? nil : standardDeviation.map { $0 / abs(mean) }
    }

    /// Standard deviation of the mean of independent values.
    package var standardError: Double? {
        standardDeviation.map { $0 / Double(count).squareRoot() }
    }

    /// Half the 95 % interval of the mean, by Student's t.
    package var plusMinus95: Double? {
        standardError.map { $0 * StudentT.twoSided95(degreesOfFreedom: count - 1) }
    }
}

/// Whether a series rises or falls: the Mann–Kendall test, with Sen's slope for its size.
///
/// H. B. Mann, "Nonparametric Tests Against Trend", Econometrica 13 (1945); M. G. Kendall, "Rank Correlation Methods" (1975), with
/// his correction of the variance for ties; P. K. Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", JASA 63
/// (1968). The test wants independent values: give it means over blocks that are long against the correlation of the readings.
package struct Trend: Hashable, Sendable {
    /// The test statistic, standard normal where there is no trend.
    package let score: Double
    /// Median of the slopes between all pairs, in the values' unit a step.
    package let slope: Double
    /// Median of the values.
    package let median: Double
    /// How many values there are.
    package let count: Int

    /// Nil under eight values, where no order of them is rare enough. O(n² log n).
    package init?(_ values: [Double]) {
        guard values.count >= 8 else { return nil }
        var concordant = 0
        var slopes: [Double] = []
        slopes.reserveCapacity(values.count * (values.count - 1) / 2)
        for later in values.indices {
            for earlier in 0..<later {
                let difference = values[later] - values[earlier]
                concordant += difference > 0 ? 1 : difference < 0 ? -1 : 0
                slopes.append(difference / Double(later - earlier))
            }
        }
        let sorted = values.sorted()
        func doubled(_ count: Int) -> Double { Double(count * (count - 1) * (2 * count + 5)) }
        var variance = doubled(values.count)
        var start = 0
        for index in 1...sorted.count where index == sorted.count || sorted[index] != sorted[start] {
            variance -= doubled(index - start)
            start = index
        }
        // One less towards zero: the statistic is a whole number, the normal distribution is not.
        let corrected = Double(concordant - concordant.signum())
        score = variance > 0 ? corrected / (variance / 18).squareRoot() : 0
        slope = Trend.median(of: slopes.sorted())
        median = Trend.median(of: sorted)
        count = values.count
    }

    /// Change from the first value to the last, over the median; infinite where the median is zero and the slope is not.
    package var relativeChange: Double {
        let change = slope * Double(count - 1)
        return change == 0 ? 0 : change / abs(median)
    }

    /// Whether chance gives such an order in fewer than one of a hundred series, two-sided.
    package var isSignificant: Bool { abs(score) > 2.5758 }

    private static func median(of sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// Exact order statistics of a sample: every value is kept and sorted, none is put into a bin.
package struct OrderedSample: Sendable {
    private let sorted: [Double]

    /// Nil for an empty sample, which has no quantiles. O(n log n).
    package init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        sorted = values.sorted()
    }

    /// The smallest value.
    package var minimum: Double { sorted[0] }
    /// The largest value.
    package var maximum: Double { sorted[sorted.count - 1] }

    /// The value below which the given fraction of the sample lies, straight between the two nearest order statistics.
    ///
    /// Definition 7 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996):
    /// the position is p·(n − 1), counted from zero; what spreadsheets and NumPy call "linear".
    package func quantile(_ fraction: Double) -> Double {
        let position = min(max(fraction, 0), 1) * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return maximum }
        let share = position - Double(below)
        return sorted[below] + share * (sorted[below + 1] - sorted[below])
    }
}

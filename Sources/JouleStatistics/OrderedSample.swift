/// Exact order statistics of a sample: every value is kept and sorted, none is put into a bin.
///
/// Values that are known only to be larger than all others, such as the latency of a request that failed, take part as infinite.
package struct OrderedSample: Sendable {
    private let sorted: [Double]
    private let infinite: Int

    /// Nil for an empty sample, which has no quantiles, and for one without a finite value. O(n).
    package init?(_ values: [Double], infinite: Int = 0) {
        guard !values.isEmpty else { return nil }
        sorted = values.count < 4_096 ? values.sorted() : radixSorted(values)
        self.infinite = infinite
    }

    /// The smallest value.
    package var minimum: Double { sorted[0] }
    /// The largest value that is not infinite.
    package var maximum: Double { sorted[sorted.count - 1] }

    /// The value below which the given fraction of the sample lies, straight between the two nearest order statistics; infinite
    /// where one of the two is.
    ///
    /// Definition 7 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996):
    /// the position is p·(n − 1), counted from zero; what spreadsheets and NumPy call "linear".
    package func quantile(_ fraction: Double) -> Double {
        let position = min(max(fraction, 0), 1) * Double(sorted.count + infinite - 1)
        let below = Int(position)
        let share = position - Double(below)
        guard below < sorted.count else { return .infinity }
        guard share > 0 else { return sorted[below] }
        guard below + 1 < sorted.count else { return infinite > 0 ? .infinity : maximum }
        return sorted[below] + share * (sorted[below + 1] - sorted[below])
    }
}

/// Doubles in ascending order, by distribution over 11 bits at a time: millions of gaps between tokens take a tenth of what a
/// comparing sort takes. The bits of a double, with the sign turned over and those of a negative one all inverted, have its order.
private func radixSorted(_ values: [Double]) -> [Double] {
    let bits = 11
    let mask = UInt64(1) << bits - 1
    let sign = UInt64(1) << 63
    var keys = values.map { value in
        let pattern = value.bitPattern
        return pattern & sign == 0 ? pattern | sign : ~pattern
    }
    var spare = [UInt64](repeating: 0, count: keys.count)
    for shift in stride(from: 0, to: 64, by: bits) {
        var starts = [Int](repeating: 0, count: 1 << bits)
        for key in keys { starts[Int(key >> UInt64(shift) & mask)] += 1 }
        // All in one bin: nothing to do for these bits.
        if starts.contains(keys.count) { continue }
        var total = 0
        for bin in starts.indices {
            let count = starts[bin]
            starts[bin] = total
            total += count
        }
        for key in keys {
            let bin = Int(key >> UInt64(shift) & mask)
            spare[starts[bin]] = key
            starts[bin] += 1
        }
        swap(&keys, &spare)
    }
    spare = []
    return keys.map { Double(bitPattern: $0 & sign != 0 ? $0 ^ sign : ~$0) }
}

/// Where the initial transient of a series ends.
package struct Truncation: Hashable, Sendable {
    /// Values to leave out at the beginning, a multiple of five.
    package let count: Int
    /// Whether the best cut is the last one that was tried: the series may not have settled at all.
    package let isAtBound: Bool

    /// The MSER-5 rule: means of five values each are taken, and the cut is the one that leaves the mean of the rest with the least
    /// squared standard error; cuts past the middle are not tried, because few batches agree by chance. Nil under four batches.
    ///
    /// K. P. White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output", Simulation 69 (1997); batches of
    /// five: K. P. White, M. J. Cobb, S. C. Spratt, "A Comparison of Five Steady-State Truncation Heuristics for Simulation",
    /// Winter Simulation Conference (2000). O(n).
    package static func mser5(_ values: [Double]) -> Truncation? {
        let size = 5
        let count = values.count / size
        guard count >= 4 else { return nil }
        var batches = (0..<count).map { batch in
            values[batch * size..<(batch + 1) * size].reduce(0, +) / Double(size)
        }
        // Around the mean of all, so that the sums below do not cancel.
        let center = batches.reduce(0, +) / Double(count)
        for index in batches.indices { batches[index] -= center }
        var sum = 0.0
        var squares = 0.0
        var best = (error: Double.infinity, cut: 0)
        let bound = count / 2
        for index in batches.indices.reversed() {
            sum += batches[index]
            squares += batches[index] * batches[index]
            guard index <= bound else { continue }
            let kept = Double(count - index)
            let error = max(squares - sum * sum / kept, 0) / (kept * kept)
            // Of equal cuts the earliest: nothing is thrown away for nothing.
            if error <= best.error { best = (error, index) }
        }
        return Truncation(count: best.cut * size, isAtBound: best.cut == bound)
    }
}

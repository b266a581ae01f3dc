/// Work spread over equal slices of a window, and the sharing of each slice's energy by the work in it.
///
/// A piece of work is a weight spread evenly over an interval. Adding one and asking for its share of the energy take constant time,
/// however many slices it covers: full slices go through an array of differences, and through sums of prices up to each slice.
struct WorkGrid {
    private let origin: Int64
    /// Nanoseconds of a slice.
    private let width: Double
    private let count: Int
    /// Work in slices that a piece covers only in part.
    private var partial: [Double]
    /// Changes of the work in slices that are covered in full, and of the number of pieces that do.
    private var change: [Double]
    private var covering: [Int32]

    /// What a unit of work costs in each slice, and the sums of that over slices that some piece covers in full.
    struct Prices {
        fileprivate let each: [Double]
        fileprivate let sums: [Double]
        /// Energy of the slices without work.
        let left: Double
    }

    init(from begin: Int64, to end: Int64, slices: Int) {
        origin = begin
        count = slices
        width = Double(end - begin) / Double(slices)
        partial = Array(repeating: 0, count: slices)
        change = Array(repeating: 0, count: slices + 1)
        covering = Array(repeating: 0, count: slices + 1)
    }

    /// Where an interval lies on the grid, in slices; nil when it is outside. An interval of no length is a point.
    @inline(__always)
    private func place(_ begin: Int64, _ end: Int64) -> (low: Double, high: Double, density: Double)? {
        let low = Double(begin - origin) / width
        guard end > begin else {
            return low >= 0 && low < Double(count) ? (low, low, 0) : nil
        }
        let high = Double(end - origin) / width
        let inside = (max(low, 0), min(high, Double(count)))
        return inside.0 < inside.1 ? (inside.0, inside.1, width / Double(end - begin)) : nil
    }

    /// Adds a piece of work; one without weight is none.
    @inline(__always)
    mutating func add(_ weight: Double, from begin: Int64, to end: Int64) {
        guard weight > 0, let (low, high, density) = place(begin, end) else { return }
        let first = min(Int(low), count - 1)
        guard density > 0 else {
            partial[first] += weight
            return
        }
        let rate = weight * density
        let last = Int(high)
        guard last > first else {
            partial[first] += rate * (high - low)
            return
        }
        partial[first] += rate * (Double(first + 1) - low)
        if last < count { partial[last] += rate * (high - Double(last)) }
        guard last > first + 1 else { return }
        change[first + 1] += rate
        change[last] -= rate
        covering[first + 1] += 1
        covering[last] -= 1
    }

    /// The price of work in each slice, given what the slices cost.
    func prices(of energies: [Double]) -> Prices {
        var each = [Double](repeating: 0, count: count)
        var sums = [Double](repeating: 0, count: count + 1)
        var left = 0.0
        forEachSlice { index, work, isCovered in
            if work > 0 { each[index] = energies[index] / work } else { left += energies[index] }
            // Only what is covered in full: the price of a slice that holds the last nanosecond of a piece may be enormous, and the
            // sums behind it would lose their digits.
            sums[index + 1] = sums[index] + (isCovered ? each[index] : 0)
        }
        return Prices(each: each, sums: sums, left: left)
    }

    /// Which slices have no work in them.
    var idleSlices: [Bool] {
        var idle = [Bool](repeating: false, count: count)
        forEachSlice { index, work, _ in idle[index] = !(work > 0) }
        return idle
    }

    private func forEachSlice(_ body: (_ index: Int, _ work: Double, _ isCovered: Bool) -> Void) {
        var running = 0.0
        var pieces: Int32 = 0
        for index in 0..<count {
            running += change[index]
            pieces += covering[index]
            // What is left of a sum that has come back to nothing is rounding.
            if pieces == 0 { running = 0 }
            body(index, partial[index] + max(running, 0), pieces > 0)
        }
    }

    /// What a piece of work that was added costs.
    @inline(__always)
    func cost(of weight: Double, from begin: Int64, to end: Int64, at prices: Prices) -> Double {
        guard weight > 0, let (low, high, density) = place(begin, end) else { return 0 }
        let first = min(Int(low), count - 1)
        guard density > 0 else { return weight * prices.each[first] }
        let rate = weight * density
        let last = Int(high)
        guard last > first else { return rate * (high - low) * prices.each[first] }
        var cost = rate * (Double(first + 1) - low) * prices.each[first]
        if last < count { cost += rate * (high - Double(last)) * prices.each[last] }
        if last > first + 1 { cost += rate * (prices.sums[last] - prices.sums[first + 1]) }
        return cost
    }
}

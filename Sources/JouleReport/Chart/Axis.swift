/// An axis: what is counted along it, from where to where, and the values that carry a number.
package struct Axis: Hashable, Sendable {
    /// Quantity and unit: `power, W`.
    package let title: String
    package let domain: ClosedRange<Double>
    package let ticks: [Tick]

    package struct Tick: Hashable, Sendable {
        package let value: Double
        package let label: String

        package init(value: Double, label: String) {
            self.value = value
            self.label = label
        }
    }

    /// An axis with ticks of the caller's choice: for lists.
    package init(title: String, over range: ClosedRange<Double>, labelled ticks: [Tick]) {
        self.title = title
        domain = range
        self.ticks = ticks
    }

    /// An axis over exactly this range, with ticks at round values inside it: for time.
    package init(title: String, over range: ClosedRange<Double>, ticks count: Int = 8) {
        self.title = title
        domain = range
        let step = Axis.step(over: range, count: count)
        ticks = Axis.ticks(in: range, step: step)
    }

    /// An axis over the values, widened to round ends: for quantities. A quantity that may be zero starts there, or bars would lie.
    package init(title: String, covering values: some Sequence<Double>, fromZero: Bool = true, ticks count: Int = 5) {
        self.title = title
        var low = Double.infinity
        var high = -Double.infinity
        for value in values where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        if low > high { (low, high) = (0, 1) }
        if fromZero { (low, high) = (min(low, 0), max(high, 0)) }
        if low == high { (low, high) = fromZero ? (0, 1) : (low - 0.5, high + 0.5) }
        let step = Axis.step(over: low...high, count: count)
        let first = (low / step).rounded(.down) * step
        let last = (high / step).rounded(.up) * step
        domain = first...max(last, first + step)
        ticks = Axis.ticks(in: domain, step: step)
    }

    /// The round distance (1, 2 or 5 times a power of ten) that puts about so many ticks on a range.
    ///
    /// After P. Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
    package static func step(over range: ClosedRange<Double>, count: Int) -> Double {
        let length = range.upperBound - range.lowerBound
        guard length > 0, length.isFinite else { return 1 }
        let rough = length / Double(max(count, 1))
        let unit = NumberText.powerOfTen(NumberText.exponent(of: rough))
        return switch rough / unit {
        case ..<1.5: unit
        case ..<3.5: 2 * unit
        case ..<7.5: 5 * unit
        default: 10 * unit
        }
    }

    private static func ticks(in range: ClosedRange<Double>, step: Double) -> [Tick] {
        let decimals = max(0, -NumberText.exponent(of: step))
        // Half a thousandth of a step of slack: 0.3 / 0.1 is a little less than 3.
        let first = (range.lowerBound / step - 5e-4).rounded(.up)
        let last = (range.upperBound / step + 5e-4).rounded(.down)
        guard first.isFinite, last.isFinite, last - first < 1_000 else { return [] }
        return stride(from: first, through: last, by: 1).map { number in
            // + 0 turns -0 into 0.
            let value = number * step + 0
            return Tick(value: value, label: NumberText.fixed(value, decimals: decimals))
        }
    }
}

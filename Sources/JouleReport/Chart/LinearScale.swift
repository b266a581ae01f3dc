/// A straight mapping from values to positions on paper.
package struct LinearScale: Hashable, Sendable {
    package let domain: ClosedRange<Double>
    /// Where the ends of the domain lie; the upper end may lie at the smaller position, as on every vertical axis of an SVG.
    package let start: Double
    package let end: Double

    package init(domain: ClosedRange<Double>, from start: Double, to end: Double) {
        self.domain = domain
        self.start = start
        self.end = end
    }

    /// The position of a value, held inside the domain so that nothing is drawn beside the axes; nil for what is no number.
    ///
    /// A domain without length has its only value in the middle.
    package func position(_ value: Double) -> Double? {
        guard !value.isNaN else { return nil }
        let length = domain.upperBound - domain.lowerBound
        guard length > 0, length.isFinite else { return (start + end) / 2 }
        let inside = min(max(value, domain.lowerBound), domain.upperBound)
        return start + (inside - domain.lowerBound) / length * (end - start)
    }
}

/// A point of a chart, in the units of its axes.
package struct ChartPoint: Hashable, Sendable {
    package var x: Double
    package var y: Double
    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// A curve with holes: within a segment there are readings, between two segments there are none.
package struct Curve: Hashable, Sendable {
    /// How the curve runs from one point to the next.
    package enum Interpolation: Hashable, Sendable {
        case linear
        /// A point's value holds until the next point: means over intervals.
        case step
    }

    package var segments: [[ChartPoint]]
    package var interpolation: Interpolation

    package init(segments: [[ChartPoint]], interpolation: Interpolation = .linear) {
        self.segments = segments.filter { !$0.isEmpty }
        self.interpolation = interpolation
    }

    package var isEmpty: Bool { segments.isEmpty }
    package var points: some Sequence<ChartPoint> { segments.lazy.joined() }

    /// The curve with at most four points for each of `columns` strips of the domain: the first, the lowest, the highest and the last.
    ///
    /// No peak is lost, however many readings fall into one strip; a mean over the strip would hide what an observer must see.
    /// Complexity: O(*n*).
    package func reduced(to columns: Int, over domain: ClosedRange<Double>) -> Curve {
        let length = domain.upperBound - domain.lowerBound
        guard columns > 0, length > 0, length.isFinite else { return self }
        return Curve(
            segments: segments.map { Self.reduced($0, columns: columns, from: domain.lowerBound, length: length) },
            interpolation: interpolation)
    }

    private static func reduced(_ points: [ChartPoint], columns: Int, from origin: Double, length: Double) -> [ChartPoint] {
        guard points.count > 2 else { return points }
        func column(_ point: ChartPoint) -> Int { Int(min(max((point.x - origin) / length, -1), 2) * Double(columns)) }
        var kept: [ChartPoint] = []
        var start = 0
        while start < points.count {
            let strip = column(points[start])
            var (end, low, high) = (start, start, start)
            while end + 1 < points.count, column(points[end + 1]) == strip {
                end += 1
                if points[end].y < points[low].y { low = end }
                if points[end].y > points[high].y { high = end }
            }
            var last = -1
            for index in [start, min(low, high), max(low, high), end] where index > last {
                kept.append(points[index])
                last = index
            }
            start = end + 1
        }
        return kept
    }
}

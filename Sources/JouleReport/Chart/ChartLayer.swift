/// The colour of a layer. Series colours can be told apart by people with any common form of colour blindness, and in grey by dashes.
package enum ChartColor: Hashable, Sendable {
    case series(Int)
    /// The colour of the text, for totals.
    case ink
    case muted
    /// For what failed.
    case bad

    var name: String {
        switch self {
        case .series(let number): "s\(((number % 8) + 8) % 8)"
        case .ink: "ink"
        case .muted: "faint"
        case .bad: "bad"
        }
    }
}

/// One kind of mark on a chart. Layers are drawn in their order, the last on top; one with an empty name is not in the legend.
package enum ChartLayer: Hashable, Sendable {
    case line(name: String, color: ChartColor, curve: Curve, isDashed: Bool, isStrong: Bool)
    /// Filled down to the foot of the plot.
    case area(name: String, color: ChartColor, curve: Curve)
    case bars(name: String, color: ChartColor, bars: [Bar])
    case dots(name: String, color: ChartColor, points: [ChartPoint])
    /// Thin strokes across a stretch of the vertical axis: the instants of tokens.
    case strokes(name: String, color: ChartColor, strokes: [Bar])
    /// Upright lines with short ends: the interval around a point.
    case intervals(name: String, color: ChartColor, intervals: [Bar])

    /// A rectangle between two values of each axis, with what a reader sees on pointing at it.
    package struct Bar: Hashable, Sendable {
        package var x: ClosedRange<Double>
        package var y: ClosedRange<Double>
        package var title: String?
        package init(x: ClosedRange<Double>, y: ClosedRange<Double>, title: String? = nil) {
            self.x = x
            self.y = y
            self.title = title
        }
    }

    var legend: ChartLegend.Item? {
        switch self {
        case .line(let name, let color, _, let isDashed, let isStrong):
            ChartLegend.Item(name: name, color: color, swatch: .line(isDashed: isDashed, isStrong: isStrong))
        case .area(let name, let color, _), .bars(let name, let color, _): ChartLegend.Item(name: name, color: color, swatch: .box)
        case .dots(let name, let color, _): ChartLegend.Item(name: name, color: color, swatch: .dot)
        case .strokes(let name, let color, _): ChartLegend.Item(name: name, color: color, swatch: .stroke)
        case .intervals(let name, let color, _): ChartLegend.Item(name: name, color: color, swatch: .span)
        }
    }

    func draw(_ frame: Chart.Frame, into svg: inout Markup) {
        switch self {
        case .line(let name, let color, let curve, let isDashed, let isStrong):
            let kind = "line \(color.name)" + (isDashed ? " dashed" : "") + (isStrong ? " strong" : "")
            svg.element("path", ["class": kind, "d": Self.path(curve, frame, closed: false)]) { $0.element("title", text: name) }
        case .area(_, let color, let curve):
            svg.leaf("path", ["class": "area \(color.name)", "d": Self.path(curve, frame, closed: true)])
        case .bars(_, let color, let bars):
            for bar in bars { Self.draw(bar, color, frame, into: &svg) }
        case .dots(_, let color, let points):
            // Dots on the same spot of a grid of two units cannot be told apart; drawing one keeps large runs small. A cloud of very many
            // is as well told by every second spot.
            let grid = points.count > 10_000 ? 4.0 : 2
            var taken: Set<ChartPoint> = []
            var path = ""
            for point in points {
                guard let x = frame.x.position(point.x), let y = frame.y.position(point.y) else { continue }
                let spot = ChartPoint(x: (x / grid).rounded() * grid, y: (y / grid).rounded() * grid)
                if taken.insert(spot).inserted { path += "M\(spot.x.coordinate) \(spot.y.coordinate)h0" }
            }
            svg.leaf("path", ["class": "dots \(color.name)", "d": path])
        case .strokes(_, let color, let strokes):
            var path = ""
            for stroke in strokes {
                guard let x = frame.x.position(stroke.x.lowerBound), let from = frame.y.position(stroke.y.lowerBound),
                    let to = frame.y.position(stroke.y.upperBound)
                else { continue }
                path += "M\(x.coordinate) \(from.coordinate)V\(to.coordinate)"
            }
            svg.leaf("path", ["class": "strokes \(color.name)", "d": path])
        case .intervals(_, let color, let intervals):
            var path = ""
            for interval in intervals {
                guard let x = frame.x.position(interval.x.lowerBound), let from = frame.y.position(interval.y.lowerBound),
                    let to = frame.y.position(interval.y.upperBound)
                else { continue }
                path += "M\((x - 4).coordinate) \(from.coordinate)h8M\(x.coordinate) \(from.coordinate)V\(to.coordinate)"
                path += "M\((x - 4).coordinate) \(to.coordinate)h8"
            }
            svg.leaf("path", ["class": "spans \(color.name)", "d": path])
        }
    }

    private static func draw(_ bar: Bar, _ color: ChartColor, _ frame: Chart.Frame, into svg: inout Markup) {
        guard let left = frame.x.position(bar.x.lowerBound), let right = frame.x.position(bar.x.upperBound),
            let one = frame.y.position(bar.y.lowerBound), let other = frame.y.position(bar.y.upperBound)
        else { return }
        let attributes: Markup.Attributes = [
            "class": "bar \(color.name)", "x": left.coordinate, "y": min(one, other).coordinate,
            "width": max(right - left, 0.4).coordinate, "height": abs(one - other).coordinate,
        ]
        if let title = bar.title {
            svg.element("rect", attributes) { $0.element("title", text: title) }
        } else {
            svg.leaf("rect", attributes)
        }
    }

    private static func path(_ curve: Curve, _ frame: Chart.Frame, closed: Bool) -> String {
        var path = ""
        for segment in curve.segments {
            var start: Double?
            var previous: (x: String, y: String)?
            var lastX = 0.0
            for point in segment {
                guard let x = frame.x.position(point.x), let y = frame.y.position(point.y) else { continue }
                let text = (x: x.coordinate, y: y.coordinate)
                if let previous {
                    switch curve.interpolation {
                    case .linear where text != previous: path += "L\(text.x) \(text.y)"
                    case .linear: break
                    case .step:
                        if text.x != previous.x { path += "H\(text.x)" }
                        if text.y != previous.y { path += "V\(text.y)" }
                    }
                } else {
                    path += "M\(text.x) \(text.y)"
                    start = x
                }
                previous = text
                lastX = x
            }
            guard let start else { continue }
            if closed {
                path += "L\(lastX.coordinate) \(frame.bottom.coordinate)H\(start.coordinate)Z"
            } else if lastX == start {
                // A lone reading is a dot: round line ends make one of a line without length.
                path += "h0"
            }
        }
        return path
    }
}

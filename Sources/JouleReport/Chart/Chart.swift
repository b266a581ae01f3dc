/// A chart with two axes, as a self-contained SVG element that follows the reader's light or dark preference.
package struct Chart: Sendable {
    /// A stretch of the horizontal axis that is shaded and named above the plot: a phase.
    package struct Band: Hashable, Sendable {
        package var range: ClosedRange<Double>
        package var label: String
        package init(_ range: ClosedRange<Double>, label: String) {
            self.range = range
            self.label = label
        }
    }

    /// A value of the horizontal axis that is marked by a dashed line with its name above the plot: a percentile, a limit, a best point.
    package struct Mark: Hashable, Sendable {
        package var x: Double
        package var label: String
        package var color: ChartColor
        package init(_ x: Double, label: String, color: ChartColor = .ink) {
            self.x = x
            self.label = label
            self.color = color
        }
    }

    package enum Direction: Hashable, Sendable { case up, down }

    /// What the drawing shows, for those who cannot see it.
    package var title: String
    package var x: Axis
    package var y: Axis
    /// Whether the vertical axis grows upwards, as quantities do, or downwards, as lists do.
    package var yDirection: Direction = .up
    package var layers: [ChartLayer] = []
    package var bands: [Band] = []
    /// The stretch that the figures are cut from.
    package var highlight: Band?
    package var marks: [Mark] = []
    /// Off for a chart that stands below another one with the same bands.
    package var namesBands = true
    /// Whether its dots are few, and each of them a result: they are drawn larger.
    package var isSparse = false
    package var width = 960.0
    package var plotHeight = 260.0

    package init(title: String, x: Axis, y: Axis) {
        self.title = title
        self.x = x
        self.y = y
    }

    /// Plot columns worth drawing: one per unit of width.
    package var columns: Int { Int(width - Self.left - Self.right) }

    static let left = 64.0
    static let right = 18.0
    private static let rowHeight = 17.0

    package func svg() -> Markup {
        let legend = ChartLegend(items: layers.compactMap(\.legend), width: width - Self.left - Self.right)
        let labels = BandLabels(
            bands: namesBands ? bands : [], scale: LinearScale(domain: x.domain, from: Self.left, to: width - Self.right))
        let named = MarkLabels(marks: marks, scale: LinearScale(domain: x.domain, from: Self.left, to: width - Self.right))
        let top = 6 + legend.height + Double(labels.rowCount) * Self.rowHeight + named.height + 4
        let bottom = top + plotHeight
        let frame = Frame(
            x: LinearScale(domain: x.domain, from: Self.left, to: width - Self.right),
            y: LinearScale(domain: y.domain, from: yDirection == .up ? bottom : top, to: yDirection == .up ? top : bottom))
        let height = bottom + 42

        var svg = Markup()
        svg.element(
            "svg",
            [
                "class": isSparse ? "chart sparse" : "chart", "viewBox": "0 0 \(width.coordinate) \(height.coordinate)", "role": "img",
                "aria-label": title,
                "xmlns": "http://www.w3.org/2000/svg",
            ]
        ) { svg in
            svg.element("title", text: title)
            legend.draw(into: &svg, x: Self.left, y: 6)
            drawBands(labels, frame: frame, labelTop: 6 + legend.height, into: &svg)
            drawHighlight(frame, into: &svg)
            drawGrid(frame, into: &svg)
            drawMarks(named, frame: frame, into: &svg)
            for layer in layers { layer.draw(frame, into: &svg) }
            drawTitles(frame, height: height, into: &svg)
        }
        return svg
    }

    /// The two scales of a plot; their ends are its edges.
    struct Frame {
        let x: LinearScale
        let y: LinearScale
        var top: Double { min(y.start, y.end) }
        var bottom: Double { max(y.start, y.end) }
    }

    private func drawBands(_ labels: BandLabels, frame: Frame, labelTop: Double, into svg: inout Markup) {
        for (number, band) in bands.enumerated() {
            guard let left = frame.x.position(band.range.lowerBound), let right = frame.x.position(band.range.upperBound) else { continue }
            svg.element(
                "rect",
                [
                    "class": number.isMultiple(of: 2) ? "band" : "band alt", "x": left.coordinate, "y": frame.top.coordinate,
                    "width": (right - left).coordinate, "height": (frame.bottom - frame.top).coordinate,
                ]
            ) { $0.element("title", text: band.label) }
            svg.leaf("path", ["class": "edge", "d": "M\(left.coordinate) \(frame.top.coordinate)V\(frame.bottom.coordinate)"])
        }
        for label in labels.placed {
            let y = labelTop + Double(label.row + 1) * Self.rowHeight - 4
            if label.row < labels.rowCount - 1 || label.isWiderThanBand {
                svg.leaf("path", ["class": "leader", "d": "M\(label.center.coordinate) \((y + 3).coordinate)V\(frame.top.coordinate)"])
            }
            svg.element(
                "text", ["class": "note", "x": label.textCenter.coordinate, "y": y.coordinate, "text-anchor": "middle"], text: label.text)
        }
    }

    private func drawHighlight(_ frame: Frame, into svg: inout Markup) {
        guard let highlight, let left = frame.x.position(highlight.range.lowerBound),
            let right = frame.x.position(highlight.range.upperBound)
        else { return }
        svg.leaf(
            "rect",
            [
                "class": "window", "x": left.coordinate, "y": frame.top.coordinate, "width": max(right - left, 1).coordinate,
                "height": (frame.bottom - frame.top).coordinate,
            ])
        svg.leaf(
            "path",
            [
                "class": "window-edge",
                "d":
                    "M\(left.coordinate) \(frame.bottom.coordinate)V\(frame.top.coordinate)H\(right.coordinate)V\(frame.bottom.coordinate)",
            ])
        guard !highlight.label.isEmpty else { return }
        let width = ChartLegend.width(of: highlight.label)
        let (x, anchor) =
            right - left > width + 12 ? (left + 6, "start") : left - width - 6 > Self.left ? (left - 6, "end") : (right + 6, "start")
        svg.element(
            "text", ["class": "window-label", "x": x.coordinate, "y": (frame.top + 15).coordinate, "text-anchor": anchor],
            text: highlight.label)
    }

    private func drawMarks(_ labels: MarkLabels, frame: Frame, into svg: inout Markup) {
        for label in labels.placed {
            let y = frame.top - 5 - Double(labels.rowCount - 1 - label.row) * MarkLabels.rowHeight
            let color = label.mark.color.name
            svg.leaf("path", ["class": "mark \(color)", "d": "M\(label.x.coordinate) \((y + 3).coordinate)V\(frame.bottom.coordinate)"])
            svg.element(
                "text", ["class": "mark-label \(color)", "x": label.textX.coordinate, "y": y.coordinate, "text-anchor": "middle"],
                text: label.mark.label)
        }
    }

    private func drawGrid(_ frame: Frame, into svg: inout Markup) {
        let (left, right) = (frame.x.start, frame.x.end)
        for tick in y.ticks {
            guard let y = frame.y.position(tick.value) else { continue }
            svg.leaf("path", ["class": tick.value == 0 ? "axis" : "grid", "d": "M\(left.coordinate) \(y.coordinate)H\(right.coordinate)"])
            svg.element(
                "text", ["class": "tick", "x": (left - 8).coordinate, "y": (y + 4).coordinate, "text-anchor": "end"], text: tick.label)
        }
        svg.leaf("path", ["class": "axis", "d": "M\(left.coordinate) \(frame.bottom.coordinate)H\(right.coordinate)"])
        for tick in x.ticks {
            guard let x = frame.x.position(tick.value) else { continue }
            svg.leaf("path", ["class": "axis", "d": "M\(x.coordinate) \(frame.bottom.coordinate)v5"])
            svg.element(
                "text", ["class": "tick", "x": x.coordinate, "y": (frame.bottom + 18).coordinate, "text-anchor": "middle"], text: tick.label
            )
        }
    }

    private func drawTitles(_ frame: Frame, height: Double, into svg: inout Markup) {
        let middle = (frame.top + frame.bottom) / 2
        svg.element(
            "text",
            [
                "class": "axis-title", "x": ((frame.x.start + frame.x.end) / 2).coordinate, "y": (height - 6).coordinate,
                "text-anchor": "middle",
            ],
            text: x.title)
        svg.element(
            "text", ["class": "axis-title", "transform": "translate(14 \(middle.coordinate)) rotate(-90)", "text-anchor": "middle"],
            text: y.title)
    }
}

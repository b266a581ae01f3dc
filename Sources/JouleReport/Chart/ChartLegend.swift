/// The names of the layers, in rows as wide as the plot.
struct ChartLegend {
    enum Swatch: Hashable, Sendable { case line(isDashed: Bool, isStrong: Bool), box, dot, stroke, span }

    struct Item: Hashable, Sendable {
        let name: String
        let color: ChartColor
        let swatch: Swatch
    }

    private struct Placed {
        let item: Item
        let x: Double
        let row: Int
    }

    private static let swatchWidth = 26.0
    private static let gap = 18.0
    private static let rowHeight = 19.0

    private let placed: [Placed]
    let height: Double

    init(items: [Item], width: Double) {
        var placed: [Placed] = []
        var (x, row) = (0.0, 0)
        for item in items where !item.name.isEmpty {
            let length = Self.swatchWidth + Self.width(of: item.name)
            if x > 0, x + length > width { (x, row) = (0, row + 1) }
            placed.append(Placed(item: item, x: x, row: row))
            x += length + Self.gap
        }
        self.placed = placed
        height = placed.isEmpty ? 0 : Double(row + 1) * Self.rowHeight + 4
    }

    /// About how wide a text is in a chart's type; an SVG cannot ask before it is drawn.
    static func width(of text: String) -> Double { Double(text.count) * 6.7 }

    func draw(into svg: inout Markup, x: Double, y: Double) {
        for entry in placed {
            let left = x + entry.x
            let middle = y + Double(entry.row) * Self.rowHeight + 8
            let color = entry.item.color.name
            switch entry.item.swatch {
            case .line(let isDashed, let isStrong):
                let kind = "line \(color)" + (isDashed ? " dashed" : "") + (isStrong ? " strong" : "")
                svg.leaf("path", ["class": kind, "d": "M\(left.coordinate) \(middle.coordinate)h20"])
            case .box:
                svg.leaf(
                    "rect",
                    ["class": "bar \(color)", "x": (left + 4).coordinate, "y": (middle - 5).coordinate, "width": "14", "height": "10"])
            case .dot: svg.leaf("path", ["class": "dots \(color)", "d": "M\((left + 10).coordinate) \(middle.coordinate)h0"])
            case .stroke: svg.leaf("path", ["class": "strokes \(color)", "d": "M\((left + 10).coordinate) \((middle - 5).coordinate)v10"])
            case .span:
                let top = "M\((left + 6).coordinate) \((middle - 5).coordinate)h8M\((left + 10).coordinate) \((middle - 5).coordinate)v10"
                svg.leaf("path", ["class": "spans \(color)", "d": top + "M\((left + 6).coordinate) \((middle + 5).coordinate)h8"])
            }
            svg.element(
                "text", ["class": "legend", "x": (left + Self.swatchWidth).coordinate, "y": (middle + 4).coordinate], text: entry.item.name)
        }
    }
}

/// Where the names of bands stand above a plot: over their band where they fit, in a row of their own where they would overlap.
struct BandLabels {
    struct Label {
        let text: String
        /// The middle of the band.
        let center: Double
        /// The middle of the text, moved inwards at the edges of the plot.
        let textCenter: Double
        let isWiderThanBand: Bool
        /// Counted from the top.
        var row: Int
    }

    private(set) var placed: [Label] = []
    private(set) var rowCount = 0

    init(bands: [Chart.Band], scale: LinearScale) {
        // Filled from the row next to the plot upwards; `ends` holds how far each row is taken.
        var ends: [Double] = []
        for band in bands.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard let left = scale.position(band.range.lowerBound), let right = scale.position(band.range.upperBound) else { continue }
            let width = ChartLegend.width(of: band.label)
            let center = (left + right) / 2
            let middle = min(max(center, scale.start + width / 2 - 4), scale.end - width / 2 + 4)
            let level = ends.firstIndex { $0 + 8 <= middle - width / 2 } ?? ends.count
            if level == ends.count { ends.append(-.infinity) }
            ends[level] = middle + width / 2
            placed.append(
                Label(text: band.label, center: center, textCenter: middle, isWiderThanBand: width > right - left, row: level))
        }
        rowCount = ends.count
        for index in placed.indices { placed[index].row = rowCount - 1 - placed[index].row }
    }
}

/// Where the names of marks stand above a plot: a name that would run into the one before it goes a row higher.
struct MarkLabels {
    struct Label {
        let mark: Chart.Mark
        let x: Double
        /// The middle of the text, moved inwards at the edges of the plot.
        let textX: Double
        /// Counted from the top.
        var row: Int
    }

    static let rowHeight = 14.0

    private(set) var placed: [Label] = []
    private(set) var rowCount = 0
    var height: Double { rowCount == 0 ? 0 : Double(rowCount) * Self.rowHeight + 4 }

    init(marks: [Chart.Mark], scale: LinearScale) {
        var ends: [Double] = []
        for mark in marks.sorted(by: { $0.x < $1.x }) where scale.domain.contains(mark.x) {
            guard let x = scale.position(mark.x) else { continue }
            let half = ChartLegend.width(of: mark.label) / 2
            let middle = min(max(x, scale.start + half), scale.end - half)
            let level = ends.firstIndex { $0 + 8 <= middle - half } ?? ends.count
            if level == ends.count { ends.append(-.infinity) }
            ends[level] = middle + half
            placed.append(Label(mark: mark, x: x, textX: middle, row: level))
        }
        rowCount = ends.count
        for index in placed.indices { placed[index].row = rowCount - 1 - placed[index].row }
    }
}

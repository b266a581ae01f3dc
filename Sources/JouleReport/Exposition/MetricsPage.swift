/// A page of metrics in the words of Prometheus: text exposition 0.0.4, or OpenMetrics 1.0.
package struct MetricsPage: Sendable {
    package enum Format: Sendable, Hashable {
        case text, openMetrics

        /// By the `Accept` header of the scraper.
        package init(accept: String?) { self = accept?.contains("application/openmetrics-text") == true ? .openMetrics : .text }

        package var contentType: String {
            switch self {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    package enum Kind: String, Sendable { case counter, gauge }

    package typealias Labels = [(name: String, value: String)]

    private let format: Format
    private var lines = ""

    package init(_ format: Format) { self.format = format }

    /// Adds a family; one without series is left out.
    ///
    /// - Parameters:
    ///   - name: without the `_total` that the series of a counter end in.
    ///   - unit: the last word of the name where that is a unit; OpenMetrics says it apart.
    package mutating func add(
        _ name: String, _ kind: Kind, unit: String? = nil, _ help: String, _ series: [(labels: Labels, value: String)]
    ) {
        guard !series.isEmpty else { return }
        let ending = kind == .counter ? "_total" : ""
        begin(name, kind.rawValue, ending: ending, unit: unit, help)
        for one in series { lines += "\(name)\(ending)\(Self.text(one.labels)) \(one.value)\n" }
    }

    /// Adds the distribution of some values; none is left out where there are none.
    ///
    /// - Parameter bounds: upper ends of the buckets in ascending order, each inclusive; the one that takes everything is added.
    package mutating func addHistogram(_ name: String, unit: String? = nil, _ help: String, _ values: [Double], bounds: [Double]) {
        guard !values.isEmpty else { return }
        begin(name, "histogram", ending: "", unit: unit, help)
        for bound in bounds {
            lines += "\(name)_bucket{le=\"\(bound)\"} \(values.count { $0 <= bound })\n"
        }
        lines += "\(name)_bucket{le=\"+Inf\"} \(values.count)\n"
        lines += "\(name)_sum \(values.reduce(0, +))\n\(name)_count \(values.count)\n"
    }

    /// The whole page, with the end that the format asks for.
    package var text: String { lines + (format == .openMetrics ? "# EOF\n" : "") }

    private mutating func begin(_ name: String, _ type: String, ending: String, unit: String?, _ help: String) {
        // OpenMetrics names a counter's family without the ending that its series have.
        let title = format == .text ? name + ending : name
        lines += "# HELP \(title) \(help)\n# TYPE \(title) \(type)\n"
        if format == .openMetrics, let unit { lines += "# UNIT \(title) \(unit)\n" }
    }

    private static func text(_ labels: Labels) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    /// By scalar, because "\r\n" is a single Character.
    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "\"": escaped.append(contentsOf: ["\\", scalar])
            case "\n": escaped.append(contentsOf: ["\\", "n"])
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

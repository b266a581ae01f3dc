import JouleModel
import JouleUnits

/// What a source says of a span of time.
struct GridIntensity: Sendable, Hashable {
    /// Ascending.
    var points: [CarbonRecord.Point]
    var isEstimated: Bool?
    /// The place that they are of, as the source names it.
    var zone: String?
    /// When the service was asked; seconds since 1970.
    var retrieved: Double?
    var warnings: [String] = []

    /// The points that hold inside a span, and what is to be said about times in it that none was made for.
    ///
    /// - Parameter step: how long a point is meant to hold.
    /// - Throws: when the span lies wholly outside.
    func cut(to span: ClosedRange<Double>, step: Double) throws(LookupFailure) -> GridIntensity {
        guard let first = points.first, let last = points.last else { throw LookupFailure("it has no value at all") }
        guard first.unixSeconds <= span.upperBound else {
            throw LookupFailure("its values begin at \(WallTime.text(first.unixSeconds)), after the run")
        }
        guard last.unixSeconds + step * 2 >= span.lowerBound else {
            throw LookupFailure("its values end at \(WallTime.text(last.unixSeconds)), before the run")
        }
        let begin = points.lastIndex { $0.unixSeconds <= span.lowerBound } ?? 0
        var result = self
        result.points = points[begin...].filter { $0.unixSeconds <= span.upperBound }
        if first.unixSeconds > span.lowerBound {
            result.warnings.append(
                "no intensity is known before \(WallTime.text(first.unixSeconds)): the first one stands for the beginning of the run")
        }
        var edges = result.points.map(\.unixSeconds)
        edges.append(points.first { $0.unixSeconds > span.upperBound }?.unixSeconds ?? .infinity)
        for (point, next) in zip(edges, edges.dropFirst()) where min(next, span.upperBound) - max(point, span.lowerBound) > 0 {
            let end = min(next, span.upperBound)
            guard end - point > step * 1.5 else { continue }
            result.warnings.append(
                "no intensity is known from \(WallTime.text(point + step)) to \(WallTime.text(end)): the last one before it stands for it")
        }
        return result
    }
}

/// Why a source said nothing.
package struct LookupFailure: Error, Hashable, Sendable {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
}

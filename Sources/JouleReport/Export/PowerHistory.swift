import JouleModel
import JouleUnits

/// Power over the time of a run in rows that a service for curves can keep: one a step, each with the mean of what was read in it.
package struct PowerHistory: Sendable {
    package struct Row: Hashable, Sendable {
        /// The middle of the step, in seconds since the start of the run.
        package let seconds: Double
        /// By curve, in the order of `names`; nil where nothing was read in this step.
        package let watts: [Double?]
    }

    /// `gpu · NVIDIA H200 #0`, and `(modelled)` behind what no sensor told.
    package let names: [String]
    package let rows: [Row]

    /// The devices that count in the totals.
    ///
    /// - Parameter limit: the most rows; with more samples than that a step is longer than the sample period.
    package init(summary: Summary, recording: Recording, limit: Int = 2_000) {
        let curves = PowerCurve.counted(in: recording, ledger: summary.ledger)
        let times = curves.flatMap { $0.curve.segments.flatMap { [$0.first?.x, $0.last?.x] } }.compactMap(\.self)
        var unique: Set<String> = []
        names = curves.map { curve in
            let name = curve.name + curve.origin.remark
            var candidate = name
            var number = 1
            while !unique.insert(candidate).inserted {
                number += 1
                candidate = "\(name) (\(number))"
            }
            return candidate
        }
        guard let first = times.min(), let last = times.max(), limit > 0 else {
            rows = []
            return
        }
        let period = max(recording.experiment.metrics.samplePeriod.seconds, 1e-3)
        let step = limit > 1 ? max(period, (last - first) / Double(limit - 1)) : max(period, 2 * (last - first))
        // A step lies around its time, so that a reading that is a hair early or late is still in it.
        func row(of time: Double) -> Int { Int(((time - first) / step).rounded()) }
        let count = row(of: last) + 1
        var sums = [[(sum: Double, count: Int)]](repeating: Array(repeating: (0, 0), count: curves.count), count: count)
        for (number, curve) in curves.enumerated() {
            for point in curve.curve.points {
                let row = min(max(row(of: point.x), 0), count - 1)
                sums[row][number].sum += point.y
                sums[row][number].count += 1
            }
        }
        rows = sums.enumerated().compactMap { index, cells in
            guard cells.contains(where: { $0.count > 0 }) else { return nil }
            return Row(
                seconds: first + Double(index) * step, watts: cells.map { $0.count > 0 ? $0.sum / Double($0.count) : nil })
        }
    }
}

import JouleModel
import JouleUnits

/// What others measured: energy per output token by model, GPU, precision and batch. Nothing is read from it outside the batches that were
/// measured.
package struct ReferenceBands: Sendable {
    package struct Row: Hashable, Sendable {
        package let model: String
        package let gpu: String
        package let gpuCount: Int
        package let precision: Precision
        package let workload: String
        /// The limit of requests that ran at a time, which the load reached.
        package let batch: Int
        package let perToken: Joules
        package let perRequest: Joules
        /// Of all GPUs together.
        package let meanPower: Watts
        package let tokensPerSecond: Double
        package let outputTokens: Double
    }

    /// The spread of what was measured for a batch, over workloads and over the two measured batches that enclose it.
    package struct Band: Hashable, Sendable {
        package let low: Joules
        package let high: Joules
        package let batches: ClosedRange<Int>
        package let rows: [Row]

        /// nil of no rows.
        fileprivate init?(_ rows: [Row]) {
            guard let low = rows.map(\.perToken).min(), let high = rows.map(\.perToken).max(),
                let batches = ReferenceBands.batches(of: rows)
            else { return nil }
            (self.low, self.high, self.batches) = (low, high, batches)
            self.rows = rows.sorted { ($0.gpuCount, $0.workload, $0.batch) < ($1.gpuCount, $1.workload, $1.batch) }
        }

        package var gpuCounts: [Int] { Set(rows.map(\.gpuCount)).sorted() }
        package var workloads: [String] { Set(rows.map(\.workload)).sorted() }
    }

    package let rows: [Row]
    package var source: String { "\(ReferenceBandTable.source), \(ReferenceBandTable.year)" }

    /// Reads the whole table, a millisecond's work: make one and keep it.
    package init() {
        var rows: [Row] = []
        var head: [Substring] = []
        for line in ReferenceBandTable.text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.first == "@" {
                head = Array(parts.dropFirst())
                continue
            }
            let numbers = parts.compactMap { Double($0) }
            guard head.count == 5, numbers.count == 6, let gpuCount = Int(head[2]), let precision = Precision(named: String(head[3])) else {
                continue
            }
            rows.append(
                Row(
                    model: String(head[0]), gpu: String(head[1]), gpuCount: gpuCount, precision: precision, workload: String(head[4]),
                    batch: Int(numbers[0]), perToken: Joules(numbers[1]), perRequest: Joules(numbers[2]), meanPower: Watts(numbers[3]),
                    tokensPerSecond: numbers[4], outputTokens: numbers[5]))
        }
        self.rows = rows
    }

    package var models: [String] { Set(rows.map(\.model)).sorted() }

    /// The rows of one model on any device.
    func rows(ofModel name: String) -> [Row] { rows.filter { Self.isSame(name, $0.model) } }

    /// The rows of one model on one device, in the order of the table.
    ///
    /// - Parameters:
    ///   - model: with or without its organisation, or a folder that ends in it; case does not matter.
    ///   - precision: nil takes all.
    ///   - gpuCount: nil takes all.
    package func rows(model: String, gpu: DevicePeaks, precision: Precision? = nil, gpuCount: Int? = nil) -> [Row] {
        rows.filter { row in
            Self.isSame(model, row.model) && DevicePeaks.named(row.gpu) == gpu && (precision == nil || row.precision == precision)
                && (gpuCount == nil || row.gpuCount == gpuCount)
        }
    }

    /// The band at a batch; nil where no curve reaches so low or so high.
    package func band(of rows: [Row], batch: Double) -> Band? {
        var found: [Row] = []
        var curves: [Curve: [Row]] = [:]
        for row in rows { curves[Curve(row), default: []].append(row) }
        for curve in curves.values {
            guard let below = curve.filter({ Double($0.batch) <= batch }).max(by: { $0.batch < $1.batch }),
                let above = curve.filter({ Double($0.batch) >= batch }).min(by: { $0.batch < $1.batch })
            else { continue }
            found += below == above ? [below] : [below, above]
        }
        return Band(found)
    }

    /// From the smallest batch to the largest; nil of no rows.
    static func batches(of rows: [Row]) -> ClosedRange<Int>? {
        guard let least = rows.map(\.batch).min(), let most = rows.map(\.batch).max() else { return nil }
        return least...most
    }

    static func isSame(_ name: String, _ row: String) -> Bool {
        let (name, row) = (name.lowercased(), row.lowercased())
        if name == row { return true }
        guard let last = name.split(separator: "/").last, let lastOfRow = row.split(separator: "/").last else { return false }
        // An organisation that is named must be the right one; a folder's parents are none.
        let isHubName = name.split(separator: "/", omittingEmptySubsequences: false).count == 2
        return last == lastOfRow && !isHubName
    }

    private struct Curve: Hashable {
        let gpuCount: Int
        let precision: Precision
        let workload: String

        init(_ row: Row) {
            gpuCount = row.gpuCount
            precision = row.precision
            workload = row.workload
        }
    }
}

extension ReferenceBands {
    /// How a measured figure lies to what others measured.
    package enum Verdict: Hashable, Sendable {
        case inside(Band)
        /// Outside, and not so far that it must be wrong.
        case outside(Band)
        /// So far outside that something is wrong with the figure.
        case implausible(Band)
        /// There is nothing to compare with, and why.
        case unknown(String)
    }

    /// A figure more than this factor above or below the band is no difference of prompts or engines any more: rows of the table that
    /// differ in their workload alone, or in the number of GPUs alone, are never further than 2.9 apart.
    package static let farOutside = 5.0

    /// Whether energy per output token is what such a run uses.
    ///
    /// - Parameters:
    ///   - joulesPerToken: gross, of the GPUs.
    ///   - batch: requests in flight on the mean.
    package func plausibility(
        of joulesPerToken: Joules, model: String, gpu: String, gpuCount: Int, precision: Precision?, batch: Double
    ) -> Verdict {
        guard let device = DevicePeaks.named(gpu) else { return .unknown("the device \(gpu) is in no table") }
        let rows = rows(model: model, gpu: device, precision: precision, gpuCount: gpuCount)
        guard !rows.isEmpty else {
            return .unknown(
                "there is no reference for \(model)\(precision.map { " in \($0.rawValue)" } ?? "") on \(gpuCount) × \(device.name)")
        }
        guard let band = band(of: rows, batch: batch) else {
            return .unknown("no reference was measured with so many requests in flight")
        }
        if joulesPerToken >= band.low, joulesPerToken <= band.high { return .inside(band) }
        let isFar = joulesPerToken > band.high * Self.farOutside || joulesPerToken < band.low / Self.farOutside
        return isFar ? .implausible(band) : .outside(band)
    }
}

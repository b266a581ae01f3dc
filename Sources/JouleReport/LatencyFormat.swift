import JouleModel

/// One unit and one number of decimals for a whole table of latencies, so that its columns line up.
struct LatencyFormat {
    let unit: String
    private let factor: Double
    private let decimals: Int

    init(_ distributions: some Collection<Summary.Distribution>) {
        let medians = distributions.compactMap { $0.p50 ?? $0.mean }.filter { $0.isFinite && $0 > 0 }
        let largest = distributions.compactMap { $0.maximum ?? $0.mean }.filter(\.isFinite).max() ?? 0
        let smallest = medians.min() ?? 1
        // Milliseconds unless they would need six digits before the point, or nothing is that short.
        let inSeconds = largest >= 100 || smallest >= 1
        unit = inSeconds ? "s" : "ms"
        factor = inSeconds ? 1 : 1e3
        decimals = min(max(NumberText.decimals(forSignificant: 3, of: smallest * factor), inSeconds ? 2 : 1), 3)
    }

    /// A latency in the unit of the table.
    func value(_ seconds: Double) -> Double { seconds * factor }

    /// Three significant digits in the unit of the table, for a column whose rows differ by orders of magnitude.
    func digits(_ seconds: Double?) -> String {
        seconds.map { NumberText.significant($0 * factor, digits: 3) } ?? FigureFormat.absent
    }

    func text(_ seconds: Double?) -> String { seconds.map { NumberText.fixed($0 * factor, decimals: decimals) } ?? FigureFormat.absent }
}

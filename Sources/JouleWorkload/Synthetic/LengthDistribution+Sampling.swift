import JouleModel

extension LengthDistribution {
    /// Beyond this many draws outside the bounds the last one is put on the nearer bound: bounds may hold almost none of the distribution.
    private static let redraws = 100

    /// A length in tokens. The distribution is cut at its bounds by drawing again, not by gathering at the bounds what lies outside.
    package func sample(_ generator: inout SeededGenerator) -> Int {
        switch kind {
        case .fixed: return clamped(mean.rounded())
        case .uniform: return minimum + generator.below(maximum - minimum + 1)
        case .normal, .lognormal:
            var length = draw(&generator)
            for _ in 0..<Self.redraws where !contains(length) { length = draw(&generator) }
            return clamped(length)
        }
    }

    /// What makes no distribution of lengths, said about the configuration key it came from.
    func validate(as key: String) throws(Failure) {
        guard minimum >= 1, minimum <= maximum, maximum <= 100_000_000 else {
            throw Failure(
                "workload.lengths", "\(key) has the bounds \(minimum) and \(maximum)",
                remedy: "lengths are at least 1 token, and min is at most max")
        }
        guard mean.isFinite, mean > 0, standardDeviation.isFinite, standardDeviation >= 0 else {
            throw Failure(
                "workload.lengths", "\(key) has the mean \(mean) and the standard deviation \(standardDeviation)",
                remedy: "the mean must be above 0, and the standard deviation not below it")
        }
    }

    private func draw(_ generator: inout SeededGenerator) -> Double {
        let normal = generator.normal()
        guard kind == .lognormal else { return (mean + standardDeviation * normal).rounded() }
        // The parameters of the logarithm that give this mean and standard deviation: σ² = ln(1 + s²/m²), μ = ln m − σ²/2.
        let ratio = standardDeviation / mean
        let variance = ExactMath.log1p(ratio * ratio)
        return ExactMath.exp(ExactMath.log(mean) - variance / 2 + variance.squareRoot() * normal).rounded()
    }

    private func contains(_ length: Double) -> Bool { length >= Double(minimum) && length <= Double(maximum) }

    private func clamped(_ length: Double) -> Int { Int(min(max(length, Double(minimum)), Double(maximum))) }
}

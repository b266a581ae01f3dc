/// Counts of delays in bounded memory: each power of two in 32 equal parts, so that a quantile is at most 1/32 too high.
struct LagHistogram: Sendable {
    private static let partBits = 5
    private var counts = [UInt32](repeating: 0, count: 64 << partBits)
    private(set) var total = 0
    /// Exact, in nanoseconds.
    private(set) var maximum: Int64?

    /// - Parameter nanoseconds: negative ones count as 0.
    mutating func add(_ nanoseconds: Int64) {
        let value = max(0, nanoseconds)
        counts[Self.bucket(UInt64(value))] += 1
        total += 1
        maximum = max(maximum ?? 0, value)
    }

    /// The least bucket's upper end below or at which this part of the values lies, in seconds; nil without values.
    func quantile(_ part: Double) -> Double? {
        guard total > 0, let maximum else { return nil }
        let rank = max(1, Int((part * Double(total)).rounded(.up)))
        var seen = 0
        for (bucket, count) in counts.enumerated() {
            seen += Int(count)
            if seen >= rank { return Double(min(Self.upperEnd(bucket), UInt64(maximum))) * 1e-9 }
        }
        return Double(maximum) * 1e-9
    }

    private static func bucket(_ value: UInt64) -> Int {
        let exponent = 63 - (value | 1).leadingZeroBitCount
        guard exponent > partBits else { return Int(value) }
        return (exponent - partBits) << partBits + Int(value >> UInt64(exponent - partBits))
    }

    private static func upperEnd(_ bucket: Int) -> UInt64 {
        guard bucket >= 2 << partBits else { return UInt64(bucket) }
        let shift = UInt64(bucket >> partBits - 1)
        let part = UInt64(bucket & (1 << partBits - 1)) + 1 << UInt64(partBits)
        return (part + 1) << shift - 1
    }
}

import JouleUnits

/// Durations as people write them: `60s`, `10 min`, `100ms`, `1h 30min`.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("sec", 1e9), ("m", 60e9), ("min", 60e9),
        ("h", 3_600e9), ("d", 86_400e9),
    ]

    /// The duration a text stands for; nil when it is none. Only zero needs no unit.
    static func parse(_ text: String) -> Duration? {
        var rest = Substring(text)
        var total = 0.0
        var seen = false
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { break }
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let value = Double(digits.filter { $0 != "_" }) else { return nil }
            if name.isEmpty, rest.isEmpty, !seen, value == 0 { return .zero }
            guard let unit = units.first(where: { $0.name == name }) else { return nil }
            total += value * unit.nanoseconds
            seen = true
        }
        guard seen, total <= Double(Duration.longestAsked.nanoseconds) else { return nil }
        return .nanoseconds(Int64(total.rounded()))
    }

    /// The shortest exact spelling in one unit, so that what is shown reads back to the same nanosecond.
    static func spell(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        let steps: [(name: String, size: Int64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)]
        for step in steps where nanoseconds % step.size == 0 { return "\(nanoseconds / step.size)\(step.name)" }
        return "\(nanoseconds)ns"
    }
}

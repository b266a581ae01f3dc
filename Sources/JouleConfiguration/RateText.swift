import JouleModel

/// A rate of requests as a person asks for it.
package enum RequestRate: Hashable, Sendable {
    /// As fast as can be: everything at once.
    case unlimited
    case perSecond(Double)
}

/// Rates as people write them: `64/s`, `120/min`, `7200/h`, a bare number of requests a second, and `inf`.
package enum RateText {
    private static let units: [(name: String, seconds: Double)] = [
        ("s", 1), ("sec", 1), ("second", 1), ("m", 60), ("min", 60), ("minute", 60), ("h", 3_600), ("hour", 3_600),
    ]

    /// The rate a text stands for.
    ///
    /// - Throws: `rate.invalid` for what is no positive number with a unit of time.
    package static func parse(_ text: String) throws(Failure) -> RequestRate {
        let bare = text.filter { !$0.isWhitespace && $0 != "_" }
        if ["inf", "+inf", ".inf", "infinity"].contains(bare.lowercased()) { return .unlimited }
        let parts = bare.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = parts.first.flatMap({ Double($0) }), number.isFinite else { throw invalid(text, "it is no number of requests") }
        var seconds = 1.0
        if let name = parts.dropFirst().first {
            guard let unit = units.first(where: { $0.name == name }) else { throw invalid(text, "`\(name)` is no unit of time") }
            seconds = unit.seconds
        }
        let rate = number / seconds
        guard rate > 0 else { throw invalid(text, "a rate is above 0") }
        return .perSecond(rate)
    }

    /// The spelling that reads back to the same number.
    static func spell(_ perSecond: Double) -> String {
        guard perSecond.isFinite else { return "inf" }
        return (Int(exactly: perSecond).map { "\($0)" } ?? "\(perSecond)") + "/s"
    }

    private static func invalid(_ text: String, _ reason: String) -> Failure {
        Failure("rate.invalid", "`\(text)` is no rate: \(reason)", remedy: "write 64/s, 120/min, a bare number a second, or inf")
    }
}

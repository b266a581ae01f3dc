/// Wall-clock times as the services and files write them.
///
/// Civil dates from days and back after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
package enum WallTime {
    /// Seconds since 1970 of `2026-11-21T09:30Z`, `2026-11-21 09:30:00.5+01:00`, `2026-11-21`, or of a number of seconds (or, above
    /// 1e11, of milliseconds); a time without a zone is UTC. nil for anything else.
    package static func parse(_ text: String) -> Double? {
        let text = text.drop { $0 == " " }
        if let number = Double(text), number.isFinite {
            let seconds = abs(number) > 1e11 ? number / 1_000 : number
            // Up to the year 9999: what lies beyond is no time.
            return abs(seconds) < 253_402_300_800 ? seconds : nil
        }
        var rest = text
        guard let year = number(4, &rest), take("-", &rest), let month = number(2, &rest), take("-", &rest), let day = number(2, &rest),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = Double(days(year: year, month: month, day: day)) * 86_400
        if take("T", &rest) || take(" ", &rest) {
            guard let hour = number(2, &rest), take(":", &rest), let minute = number(2, &rest), hour <= 24, minute < 60 else { return nil }
            seconds += Double(hour * 3_600 + minute * 60)
            if take(":", &rest) {
                guard let second = number(2, &rest), second <= 60 else { return nil }
                seconds += Double(second)
                if take(".", &rest) {
                    let digits = rest.prefix { $0.isNumber }
                    guard let fraction = Double("0.\(digits)") else { return nil }
                    seconds += fraction
                    rest = rest.dropFirst(digits.count)
                }
            }
        }
        guard let offset = offset(&rest), rest.allSatisfy({ $0 == " " }) else { return nil }
        return seconds - offset
    }

    /// `2026-11-21T09:30:00Z`; without seconds `2026-11-21T09:30Z`.
    package static func text(_ unixSeconds: Double, withSeconds: Bool = true) -> String {
        // Far beyond every date, and far from the ends of the range.
        let whole = min(max(Int64(saturating: unixSeconds.rounded(.down)), -1 << 50), 1 << 50)
        let ofDay = whole - floor(whole, 86_400) * 86_400
        let (year, month, day) = civil(floor(whole, 86_400))
        let time = "\(padded(ofDay / 3_600)):\(padded(ofDay / 60 % 60))" + (withSeconds ? ":\(padded(ofDay % 60))" : "")
        return "\(year)-\(padded(month))-\(padded(day))T\(time)Z"
    }

    private static func offset(_ rest: inout Substring) -> Double? {
        if rest.isEmpty || take("Z", &rest) { return 0 }
        let sign: Double
        if take("+", &rest) { sign = 1 } else if take("-", &rest) { sign = -1 } else { return rest.allSatisfy { $0 == " " } ? 0 : nil }
        guard let hours = number(2, &rest) else { return nil }
        _ = take(":", &rest)
        guard rest.isEmpty || rest.first == " " else {
            guard let minutes = number(2, &rest) else { return nil }
            return sign * Double(hours * 3_600 + minutes * 60)
        }
        return sign * Double(hours * 3_600)
    }

    private static func take(_ mark: Character, _ rest: inout Substring) -> Bool {
        guard rest.first == mark else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func number(_ digits: Int, _ rest: inout Substring) -> Int? {
        let part = rest.prefix(digits)
        guard part.count == digits, part.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        rest = rest.dropFirst(digits)
        return Int(part)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = floor(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floor(shifted, 146_097)
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let march = (5 * ofYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * march + 2) / 5 + 1)
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

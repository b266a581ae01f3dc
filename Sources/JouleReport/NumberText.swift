/// Decimal text of numbers, the same on every platform and locale.
///
/// Written by hand because a report must read the same wherever it is made, and because the tool needs no locale tables for it.
package enum NumberText {
    /// The value rounded to a number of decimals, with thousands separators: `12,345.60`. Negative decimals round to tens, hundreds.
    package static func fixed(_ value: Double, decimals: Int, separator: String = ",") -> String {
        guard value.isFinite else { return "—" }
        var decimals = decimals
        var scaled = (value * powerOfTen(decimals)).rounded(.toNearestOrAwayFromZero)
        // A Double holds no further digits past 2^53, so there are none to print.
        while decimals > 0, abs(scaled) > 9e15 {
            decimals -= 1
            scaled = (value * powerOfTen(decimals)).rounded(.toNearestOrAwayFromZero)
        }
        guard abs(scaled) <= 9e15 else { return "\(value)" }
        if decimals < 0 {
            scaled *= powerOfTen(-decimals)
            guard abs(scaled) <= 9e15 else { return "\(value)" }
        }
        let whole = Int64(scaled)
        var digits = String(whole.magnitude)
        let places = max(decimals, 0)
        if digits.count <= places { digits = String(repeating: "0", count: places + 1 - digits.count) + digits }
        let integer = grouped(digits.dropLast(places), separator: separator)
        let sign = whole < 0 ? "-" : ""
        return places == 0 ? sign + integer : "\(sign)\(integer).\(digits.suffix(places))"
    }

    /// The value with so many significant digits, trailing zeros kept: `0.01420`, `183.4`, `12,346`.
    package static func significant(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return "—" }
        return fixed(value, decimals: max(0, decimals(forSignificant: digits, of: value)))
    }

    /// A whole number with thousands separators.
    package static func count(_ value: Int) -> String { fixed(Double(value), decimals: 0) }

    /// A share as a percentage, `75 %`: two significant digits below 10 %, whole numbers above.
    package static func percent(_ fraction: Double) -> String {
        guard fraction.isFinite else { return "—" }
        let percent = fraction * 100
        return fixed(percent, decimals: abs(percent) >= 9.95 || percent == 0 ? 0 : 1) + " %"
    }

    /// How many decimals show so many significant digits of the value; negative when the last of them stands left of the point.
    static func decimals(forSignificant digits: Int, of value: Double) -> Int {
        guard value.isFinite, value != 0 else { return digits - 1 }
        let decimals = digits - 1 - exponent(of: value)
        // 9.996 with three digits rounds up to 10.0: one decimal less.
        let rounded = (abs(value) * powerOfTen(decimals)).rounded(.toNearestOrAwayFromZero)
        return rounded >= powerOfTen(digits) ? decimals - 1 : decimals
    }

    /// The decimal exponent of the leading digit: 0 for 1…9, −2 for 0.012.
    static func exponent(of value: Double) -> Int {
        let magnitude = abs(value)
        guard magnitude.isFinite, magnitude > 0 else { return 0 }
        // A search instead of a logarithm, which may fall short at exact powers of ten.
        var exponent = 0
        while magnitude >= powerOfTen(exponent + 1) { exponent += 1 }
        while exponent > -320, magnitude < powerOfTen(exponent) { exponent -= 1 }
        return exponent
    }

    /// 10 to a whole power, correctly rounded.
    static func powerOfTen(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? .infinity }

    private static func grouped(_ digits: Substring, separator: String) -> String {
        guard digits.count > 3, !separator.isEmpty else { return String(digits) }
        var text = ""
        for (offset, digit) in digits.enumerated() {
            if offset > 0, (digits.count - offset).isMultiple(of: 3) { text += separator }
            text.append(digit)
        }
        return text
    }
}

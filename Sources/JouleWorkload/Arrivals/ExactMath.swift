/// Logarithm and exponential that give the same bits on every machine.
///
/// The functions of the C library differ in the last bit from one system to the next, and one bit is enough to move an arrival by a
/// nanosecond and with it the digest of a schedule. These are made of additions, multiplications, divisions and square roots alone, which
/// IEEE 754 rounds in one way only; Swift never fuses a multiplication with an addition on its own.
enum ExactMath {
    /// ln 2 in two parts: the first has 20 zero bits at its end, so that its product with an exponent is exact.
    private static let ln2High = 0x1.62e42fee00000p-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// The natural logarithm of a positive finite number, within 4 units in the last place.
    ///
    /// The number is brought to `2^k · m` with `m` between √½ and √2; the logarithm of `m` is `2 artanh((m − 1)/(m + 1))`.
    static func log(_ value: Double) -> Double {
        precondition(value > 0 && value.isFinite, "only positive finite numbers have a logarithm here")
        var (exponent, mantissa) = (Double(value.exponent), value.significand)
        if mantissa > 0x1.6a09e667f3bcdp+0 {
            mantissa *= 0.5
            exponent += 1
        }
        return exponent * ln2High + (exponent * ln2Low + doubleArtanh((mantissa - 1) / (mantissa + 1)))
    }

    /// `log(1 + value)` without the loss of digits near zero, for `value > −1`; within 4 units in the last place where
    /// `|value| < 0.4`, elsewhere as `log` of the rounded sum.
    static func log1p(_ value: Double) -> Double {
        value.magnitude < 0.4 ? doubleArtanh(value / (2 + value)) : log(1 + value)
    }

    /// The exponential, within 4 units in the last place for results in the normal range; 0 below it and infinity above.
    ///
    /// `e^x = 2^k · e^r` with `|r| ≤ ½ ln 2`; `e^r` by its Taylor series, whose first term left out is below 2⁻⁵⁷.
    static func exp(_ value: Double) -> Double {
        guard value > -708 else { return 0 }
        guard value < 709 else { return .infinity }
        let exponent = (value / (ln2High + ln2Low)).rounded(.toNearestOrEven)
        let rest = (value - exponent * ln2High) - exponent * ln2Low
        // Horner's scheme from the smallest term: 1 + r(1 + r/2(1 + r/3(…))).
        var sum = 1.0
        for term in stride(from: 14.0, through: 1, by: -1) { sum = 1 + rest / term * sum }
        return Double(sign: .plus, exponent: Int(exponent), significand: sum)
    }

    /// `2 artanh(s) = 2(s + s³/3 + s⁵/5 + …)` for `|s| ≤ 0.25`; the first term left out is below 2⁻⁵⁶ of the sum.
    private static func doubleArtanh(_ s: Double) -> Double {
        let square = s * s
        var sum = 0.0
        for odd in stride(from: 27.0, through: 3, by: -2) { sum = (sum + 1 / odd) * square }
        return 2 * s + 2 * s * sum
    }
}

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Student's t distribution.
package enum StudentT {
    /// The t that 95 % of the distribution lies within, two-sided: 12.706 for one degree of freedom, towards 1.960 for many.
    ///
    /// Up to 200 degrees of freedom the exact finite series of M. Abramowitz and I. A. Stegun, "Handbook of Mathematical
    /// Functions" (1964), 26.7.3 (odd) and 26.7.4 (even), solved by bisection; beyond, the expansion 26.7.5 around the normal
    /// quantile, whose next term is below 1e-10 there. Requires at least one degree of freedom.
    package static func twoSided95(degreesOfFreedom: Int) -> Double {
        precondition(degreesOfFreedom >= 1, "Student's t needs at least one degree of freedom")
        return degreesOfFreedom > 200 ? expansion(degreesOfFreedom) : solved(degreesOfFreedom)
    }

    private static func solved(_ freedom: Int) -> Double {
        // Bisection over the angle θ = atan(t/√ν), whose range is finite; 60 halvings leave less than an ulp.
        var low = 0.0
        var high = Double.pi / 2
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if centralProbability(angle: middle, freedom) < 0.95 { low = middle } else { high = middle }
        }
        return Double(freedom).squareRoot() * tan((low + high) / 2)
    }

    /// The probability of |T| < t, with θ = atan(t/√ν).
    private static func centralProbability(angle: Double, _ freedom: Int) -> Double {
        let sine = sin(angle)
        let cosine = cos(angle)
        let isOdd = !freedom.isMultiple(of: 2)
        // Odd ν: cos θ + 2/3 cos³ θ + …; even ν: 1 + 1/2 cos² θ + …; either ends at cos^(ν−2) θ.
        var term = isOdd ? cosine : 1
        var sum = 0.0
        var power = isOdd ? 1 : 0
        while power <= freedom - 2 {
            sum += term
            term *= cosine * cosine * Double(power + 1) / Double(power + 2)
            power += 2
        }
        return isOdd ? (angle + sine * sum) * 2 / .pi : sine * sum
    }

    private static func expansion(_ freedom: Int) -> Double {
        /// The normal quantile of 97.5 %.
        let z = 1.959963984540054
        let square = z * z
        let first = z * (square + 1) / 4
        let second = z * ((5 * square + 16) * square + 3) / 96
        let third = z * (((3 * square + 19) * square + 17) * square - 15) / 384
        let fourth = z * ((((79 * square + 776) * square + 1_482) * square - 1_920) * square - 945) / 92_160
        let inverse = 1 / Double(freedom)
        return z + inverse * (first + inverse * (second + inverse * (third + inverse * fourth)))
    }
}

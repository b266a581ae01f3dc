import JouleModel
import JouleUnits

/// The rate of arrivals over time, and the time at which a given number of arrivals is expected.
///
/// A process of unit rate, its points mapped through the inverse of the integrated rate, is the process of that rate: E. Çinlar,
/// "Introduction to Stochastic Processes" (1975), section 4.7. The integrals are solved exactly; nothing is stepped through.
struct RateProfile: Hashable, Sendable {
    private enum Shape: Hashable { case constant, linear, exponential }

    private let shape: Shape
    /// Arrivals a second at the beginning, and at and after the end of the ramp.
    private let from: Double
    private let to: Double
    /// Seconds.
    private let length: Double
    /// Of an exponential ramp: the logarithm of its rate grows by this each second.
    private let growth: Double
    /// The number of arrivals expected in the whole ramp.
    private let inRamp: Double

    init(rate: Double) {
        (shape, from, to, length, growth, inRamp) = (.constant, rate, rate, 0, 0, 0)
    }

    /// - Parameters:
    ///   - duration: how long requests are sent; a ramp without a length of its own takes it.
    ///   - count: how many are sent; without a duration the ramp is as long as that many are expected to take.
    init(ramp: LoadSpec.Ramp, duration: Duration?, count: Int?) {
        (from, to) = (ramp.from, ramp.to)
        if ramp.from == ramp.to {
            (shape, length, growth, inRamp) = (.constant, 0, 0, 0)
            return
        }
        shape = ramp.shape == .linear ? .linear : .exponential
        let logarithm = ramp.shape == .linear ? 0 : ExactMath.log(ramp.to / ramp.from)
        let mean = ramp.shape == .linear ? (ramp.from + ramp.to) / 2 : (ramp.to - ramp.from) / logarithm
        length = (ramp.over ?? duration)?.exactSeconds ?? Double(count ?? 0) / mean
        growth = logarithm / length
        inRamp = mean * length
    }

    /// The number of arrivals expected up to a time in seconds: the integral of the rate.
    func expected(until time: Double) -> Double {
        switch shape {
        case .constant: return from * time
        case .linear:
            let inside = min(time, length)
            return from * inside + (to - from) * inside * inside / (2 * length) + to * max(0, time - length)
        case .exponential:
            let inside = min(time, length)
            return from * (ExactMath.exp(growth * inside) - 1) / growth + to * max(0, time - length)
        }
    }

    /// The time in seconds up to which this number of arrivals is expected; nil where the rate has fallen to 0 before.
    func time(ofExpected number: Double) -> Double? {
        switch shape {
        case .constant: return number / from
        case .linear:
            let slope = (to - from) / length
            guard number <= inRamp else { return afterRamp(number) }
            guard number > 0 else { return 0 }
            // The root of from·t + slope·t²/2 = number in the form that loses no digits when the slope is small.
            return min(length, 2 * number / (from + max(0, from * from + 2 * slope * number).squareRoot()))
        case .exponential:
            guard number <= inRamp else { return afterRamp(number) }
            return min(length, ExactMath.log1p(growth * number / from) / growth)
        }
    }

    private func afterRamp(_ number: Double) -> Double? { to > 0 ? length + (number - inRamp) / to : nil }
}

extension Duration {
    /// Seconds from whole nanoseconds, the same bits on every machine.
    var exactSeconds: Double { Double(nanoseconds) / 1e9 }
}

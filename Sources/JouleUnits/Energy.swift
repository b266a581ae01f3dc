/// Energy in joules.
package struct Joules: Quantity {
    package static let symbol = "J"
    package let rawValue: Double
    package init(_ rawValue: Double) { self.rawValue = rawValue }

    package static func microjoules(_ value: Double) -> Joules { Joules(value * 1e-6) }
    package static func millijoules(_ value: Double) -> Joules { Joules(value * 1e-3) }
    package static func wattHours(_ value: Double) -> Joules { Joules(value * 3_600) }
    package static func kilowattHours(_ value: Double) -> Joules { Joules(value * 3_600_000) }

    package var wattHours: Double { rawValue / 3_600 }
    package var kilowattHours: Double { rawValue / 3_600_000 }

    /// Mean power over a duration (J ÷ s = W).
    package static func / (energy: Joules, duration: Duration) -> Watts { Watts(energy.rawValue / duration.seconds) }
}

/// Power in watts.
package struct Watts: Quantity {
    package static let symbol = "W"
    package let rawValue: Double
    package init(_ rawValue: Double) { self.rawValue = rawValue }

    package static func milliwatts(_ value: Double) -> Watts { Watts(value * 1e-3) }
    package static func microwatts(_ value: Double) -> Watts { Watts(value * 1e-6) }

    /// Energy of a constant power over a duration (W · s = J).
    package static func * (power: Watts, duration: Duration) -> Joules { Joules(power.rawValue * duration.seconds) }
    package static func * (duration: Duration, power: Watts) -> Joules { power * duration }
}

/// Temperature in degrees Celsius.
package struct Celsius: Quantity {
    package static let symbol = "°C"
    package let rawValue: Double
    package init(_ rawValue: Double) { self.rawValue = rawValue }
}

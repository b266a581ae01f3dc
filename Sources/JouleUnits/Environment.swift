/// Mass of carbon dioxide equivalent, in grams.
package struct CarbonMass: Quantity {
    package static let symbol = "gCO2e"
    package let rawValue: Double
    package init(_ rawValue: Double) { self.rawValue = rawValue }

    package static func kilograms(_ value: Double) -> CarbonMass { CarbonMass(value * 1_000) }

    package var kilograms: Double { rawValue / 1_000 }
}

/// Grams of carbon dioxide equivalent for each kilowatt hour.
package struct CarbonIntensity: Quantity {
    package static let symbol = "gCO2e/kWh"
    package let rawValue: Double
    package init(_ rawValue: Double) { self.rawValue = rawValue }

    package static func * (energy: Joules, intensity: CarbonIntensity) -> CarbonMass {
        CarbonMass(energy.kilowattHours * intensity.rawValue)
    }
}

/// Volume of water.
package struct Litres: Quantity {
    package static let symbol = "L"
    package let rawValue: Double
    package init(_ rawValue: Double) { self.rawValue = rawValue }
}

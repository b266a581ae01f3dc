import JouleModel

/// Litres of water that making a kilowatt hour of electricity takes (WUE of the grid), where it is known.
///
/// Reig, Luo, Christensen and Sinistore, "Guidance for calculating water use embedded in purchased electricity", World Resources
/// Institute (2020).
package enum WaterTable {
    static let source = "World Resources Institute, 2020"

    private static let litresPerKilowattHour: [String: Double] = ["USA": 3.13, "DEU": 1.95, "FRA": 3.67, "GBR": 2.33]
    private static let world = 3.9

    /// - Returns: nil for a country that is not in the table; the world's mean only where no country is known at all, since to lend it
    ///   to a known one would be to make up a value for it.
    package static func grid(_ zone: GridZone?) -> (litresPerKilowattHour: Double, origin: String)? {
        guard let zone else { return (world, "\(source), world") }
        return litresPerKilowattHour[zone.country].map { ($0, "\(source), \(zone.countryName)") }
    }
}

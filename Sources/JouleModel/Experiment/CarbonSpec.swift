import JouleUnits

/// What turns energy into carbon, water and money.
package struct CarbonSpec: Hashable, Sendable {
    package enum Source: String, Sendable, Hashable, CaseIterable {
        case fixed, table, electricityMaps = "electricity-maps", uk, csv
    }

    /// The carbon of making the devices, shared over their life.
    package enum Embodied: Hashable, Sendable {
        /// The table that comes with the tool, accepted by name; for the devices that were metered.
        case builtIn
        case given([Device], lifetime: Duration)

        package struct Device: Hashable, Sendable {
            package var name: String
            /// kgCO2e of making one.
            package var kilograms: Double
            package var count: Int

            package init(name: String, kilograms: Double, count: Int = 1) {
                self.name = name
                self.kilograms = kilograms
                self.count = count
            }
        }
    }

    package struct Price: Hashable, Sendable {
        package var perKilowattHour: Double
        /// ISO 4217, such as `EUR`.
        package var currency: String

        package init(perKilowattHour: Double, currency: String) {
            self.perKilowattHour = perKilowattHour
            self.currency = currency
        }
    }

    package var source: Source = .table
    /// Country or grid zone: `DE`, `DEU`, `US-CA`, `SE-SE3`. nil: the world's average, assumed.
    package var zone: String?
    /// The intensity of `fixed`, and what stands in where the source of another one fails.
    package var intensity: CarbonIntensity?
    package var latitude: Double?
    package var longitude: Double?
    /// The time series of `csv`.
    package var file: String?
    package var keyVariable = "ELECTRICITYMAPS_API_KEY"
    /// Facility energy over IT energy.
    package var pue = 1.0
    /// Litres of water on site for each kWh of IT energy.
    package var wue: Double?
    /// Litres of water that the grid takes for each kWh; nil: by the table, where the zone is in it.
    package var gridWUE: Double?
    package var embodied: Embodied?
    package var price: Price?

    package init() {}
}

extension CarbonSpec.Source {
    /// Why a service has no value of a zone, and what to do; nil when it has, or when any zone will do.
    package func complaint(about zone: GridZone) -> (message: String, remedy: String)? {
        switch self {
        case .fixed, .table, .csv: nil
        case .electricityMaps:
            zone.electricityMapsName == nil
                ? (
                    "Electricity Maps has no zone for \(zone.code) (\(zone.name))",
                    "name one of its zones, such as US-CAL-CISO or \(zone.alpha2), or give carbon.lat and carbon.lon"
                ) : nil
        case .uk:
            zone.britishPart == nil
                ? (
                    "the source `uk` knows Great Britain only, and the zone is \(zone.code) (\(zone.name))",
                    "write GB, GB-ENG, GB-SCT, GB-WLS or GB-1 to GB-17, or use another source"
                ) : nil
        }
    }
}

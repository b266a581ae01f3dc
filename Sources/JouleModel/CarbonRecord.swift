import JouleUnits

/// What turned the energy of a run into carbon, water and money: `carbon.json`. All that its figures need is in it, so that they can be
/// computed again without asking anybody.
package struct CarbonRecord: Hashable, Sendable, Codable {
    package static let schemaVersion = 1
    package static let file = "carbon.json"

    /// An intensity from a moment on.
    package struct Point: Hashable, Sendable, Codable {
        /// Seconds since 1970-01-01T00:00:00Z.
        package var unixSeconds: Double
        package var intensity: CarbonIntensity

        package init(unixSeconds: Double, intensity: CarbonIntensity) {
            self.unixSeconds = unixSeconds
            self.intensity = intensity
        }

        private enum CodingKeys: String, CodingKey {
            case unixSeconds = "unix_seconds"
            case intensity = "grams_per_kilowatt_hour"
        }
    }

    /// A kind of device that was made once, and serves for a lifetime.
    package struct Device: Hashable, Sendable, Codable {
        package var name: String
        /// Of making one.
        package var mass: CarbonMass
        package var count: Int
        /// Who says so.
        package var origin: String

        package init(name: String, mass: CarbonMass, count: Int, origin: String) {
            self.name = name
            self.mass = mass
            self.count = count
            self.origin = origin
        }

        private enum CodingKeys: String, CodingKey {
            case name, count, origin
            case mass = "grams_each"
        }
    }

    package struct Embodied: Hashable, Sendable, Codable {
        package var devices: [Device]
        package var lifetimeSeconds: Double

        package init(devices: [Device], lifetimeSeconds: Double) {
            self.devices = devices
            self.lifetimeSeconds = lifetimeSeconds
        }

        package var total: CarbonMass { devices.map { $0.mass * Double($0.count) }.sum() }

        private enum CodingKeys: String, CodingKey {
            case devices
            case lifetimeSeconds = "lifetime_seconds"
        }
    }

    package struct Price: Hashable, Sendable, Codable {
        package var perKilowattHour: Double
        package var currency: String

        package init(perKilowattHour: Double, currency: String) {
            self.perKilowattHour = perKilowattHour
            self.currency = currency
        }

        private enum CodingKeys: String, CodingKey {
            case currency
            case perKilowattHour = "per_kilowatt_hour"
        }
    }

    package var schemaVersion = CarbonRecord.schemaVersion
    /// Where the points come from, which after a fallback is not what was asked.
    package var source: CarbonSpec.Source
    package var askedSource: CarbonSpec.Source
    /// The place that the points are of, which may be wider than the one asked about; nil where only a position, or nothing, is known.
    package var zone: String?
    package var askedZone: String?
    package var zoneName: String?
    /// ISO 3166-1 alpha-3.
    package var countryCode: String?
    package var countryName: String?
    package var regionName: String?
    package var latitude: Double?
    package var longitude: Double?
    /// Stepwise: each holds until the next one, and the first also before itself. Ascending, never empty.
    package var points: [Point]
    /// Whether the source estimated some of them; nil where the question does not arise.
    package var isEstimated: Bool?
    /// Whether nothing was known of the place, and the average of the world stands in.
    package var isAssumed: Bool
    /// Why the source that was asked did not answer; nil when it did.
    package var fallbackReason: String?
    /// The year of a table's value.
    package var year: Int?
    /// Who says so, with the licence.
    package var origin: String
    /// When a service was asked, or its answer was kept; seconds since 1970.
    package var retrievedUnixSeconds: Double?
    package var pue: Double
    /// Litres for each kWh.
    package var siteWUE: Double?
    package var gridWUE: Double?
    package var gridWUEOrigin: String?
    package var embodied: Embodied?
    package var price: Price?
    /// What a reader should know: gaps of a series, a wider zone.
    package var warnings: [String]

    package init(source: CarbonSpec.Source, asked: CarbonSpec.Source, points: [Point], origin: String) {
        self.source = source
        self.askedSource = asked
        self.points = points
        self.origin = origin
        isAssumed = false
        pue = 1
        warnings = []
    }

    private enum CodingKeys: String, CodingKey {
        case source, zone, latitude, longitude, points, year, origin, pue, embodied, price, warnings
        case schemaVersion = "schema_version"
        case askedSource = "asked_source"
        case askedZone = "asked_zone"
        case zoneName = "zone_name"
        case countryCode = "country_code"
        case countryName = "country_name"
        case regionName = "region_name"
        case isEstimated = "is_estimated"
        case isAssumed = "is_assumed"
        case fallbackReason = "fallback_reason"
        case retrievedUnixSeconds = "retrieved_unix_seconds"
        case siteWUE = "wue_site_litres_per_kilowatt_hour"
        case gridWUE = "wue_grid_litres_per_kilowatt_hour"
        case gridWUEOrigin = "wue_grid_origin"
    }
}

extension CarbonSpec.Source: Codable {}

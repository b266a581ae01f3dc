import JouleModel
import JouleUnits

/// Average carbon intensities that come with the tool: of countries, of states and provinces, of bidding zones, of the world.
package enum IntensityTable {
    /// Who gathered the values. All of them are as CodeCarbon 3.3.2 (MIT) brings them together.
    enum Source: String, CaseIterable {
        case owidEmber = "owid-ember", eGRID = "egrid", china, entsoE = "entsoe", canada

        var title: String {
            switch self {
            case .owidEmber: "Our World in Data / Ember, CC BY 4.0"
            case .eGRID: "EPA eGRID2023, STC2ERTA, public domain"
            case .china: "provincial factors of China, MEE and NBS"
            case .entsoE: "ENTSO-E, generation of the bidding zone"
            case .canada: "mix of the province, fossil shares only"
            }
        }
    }

    package struct Entry: Sendable, Hashable {
        /// nil: the world.
        package let zone: GridZone?
        package let intensity: CarbonIntensity
        package let year: Int
        package let origin: String
    }

    /// The world's average, where nothing is known of the place: 475 g/kWh (IEA, 2019).
    package static let world = Entry(zone: nil, intensity: CarbonIntensity(475), year: 2019, origin: "IEA, world average")

    /// The value of a zone, else that of its country; nil when neither is known.
    package static func entry(for zone: GridZone) -> Entry? { entries[zone] ?? entries[zone.whole] }

    /// Every zone with a value, by code.
    package static var zones: [GridZone] { entries.keys.sorted { $0.code < $1.code } }

    private static let entries: [GridZone: Entry] = {
        var entries: [GridZone: Entry] = [:]
        var heading: (source: Source, year: Int)?
        for line in text.split(separator: "\n") {
            if line.hasSuffix(":") {
                let words = line.dropLast().split(separator: " ")
                guard words.count == 2, let source = Source(rawValue: String(words[0])), let year = Int(words[1]) else { continue }
                heading = (source, year)
                continue
            }
            guard let heading else { continue }
            for item in line.split(separator: ",") {
                let words = item.split(separator: " ")
                guard words.count == 2, let zone = GridZone(String(words[0])), let value = Double(words[1]) else { continue }
                entries[zone] = Entry(zone: zone, intensity: CarbonIntensity(value), year: heading.year, origin: heading.source.title)
            }
        }
        return entries
    }()
}

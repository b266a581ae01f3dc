/// A part of the world with a grid of its own: a country, or a region of one.
///
/// Countries are known by ISO 3166-1, regions by ISO 3166-2 (`US-CA`), by bidding zone (`SE-SE3`), or by the zone names of
/// Electricity Maps (`US-CAL-CISO`).
package struct GridZone: Hashable, Sendable, CustomStringConvertible {
    /// ISO 3166-1 alpha-3.
    package let country: String
    /// What follows the country: `CA`, `SE3`, `CAL-CISO`; nil for the whole country.
    package let region: String?

    private init(alpha3 country: String, region: String?) {
        self.country = country
        self.region = region
    }

    /// Reads `DE`, `DEU`, `US-CA`, `USA-CA`, `SE-SE3`, `SE3`, `US-CAL-CISO`, in any case; nil for what is none of a known country.
    package init?(_ text: String) {
        let code = text.uppercased()
        if let region = Self.regions["\(code.prefix(2))-\(code)"], code.count == 3 {
            // `SE3`, the name of a bidding zone by itself; no country has a digit in its code.
            self = region.zone
            return
        }
        let parts = code.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let country = Self.country(first) else { return nil }
        guard parts.count == 2 else {
            self.init(alpha3: country.alpha3, region: nil)
            return
        }
        let region = parts[1]
        let isWord = !region.isEmpty && region.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isWord, region.first != "-", region.last != "-" else { return nil }
        if Self.territories[country.alpha2]?.contains(region) == true, let own = Self.country(region) {
            self.init(alpha3: own.alpha3, region: nil)
        } else {
            self.init(alpha3: country.alpha3, region: region)
        }
    }

    /// A country by its code with a region by code or by name, as CodeCarbon takes them: `USA` and `california`, `SWE` and `SE3`.
    /// nil when the country is unknown, or the region is none that is known.
    package init?(country: String, region: String) {
        guard let country = Self.country(country.uppercased()) else { return nil }
        let wanted = region.lowercased()
        for code in Self.territories[country.alpha2] ?? [] {
            guard let own = Self.country(code), [own.alpha2, own.alpha3, own.name].contains(where: { $0.lowercased() == wanted }) else {
                continue
            }
            self.init(alpha3: own.alpha3, region: nil)
            return
        }
        for (code, entry) in Self.regions where entry.zone.country == country.alpha3 {
            if entry.name.lowercased() == wanted || code.lowercased() == wanted || entry.zone.region?.lowercased() == wanted {
                self = entry.zone
                return
            }
        }
        return nil
    }

    /// The country that the region is in.
    package var whole: GridZone { GridZone(alpha3: country, region: nil) }

    package var alpha2: String { Self.countriesByAlpha3[country]?.alpha2 ?? country }

    /// `DEU`, `US-CA`, `SE-SE3`.
    package var code: String { region.map { "\(alpha2)-\($0)" } ?? country }

    package var description: String { code }

    /// `Germany`, `California`; a region without a known name is called by its code.
    package var name: String { region == nil ? countryName : Self.regions[code]?.name ?? code }

    package var countryName: String { Self.countriesByAlpha3[country]?.name ?? country }

    package func contains(_ other: GridZone) -> Bool { self == other || (region == nil && country == other.country) }

    /// Regions whose names are known, by code.
    package static var knownRegions: [String] { regions.keys.sorted() }

    /// The name by which Electricity Maps knows the zone; nil for a region that is cut otherwise there.
    ///
    /// Its zones of the United States are those of the grid's operators. Where one of them covers a state, the state is mapped to it.
    package var electricityMapsName: String? {
        guard let region else { return alpha2 }
        switch country {
        case "USA" where region.count == 2: return Self.operators[region].map { "US-\($0)" }
        case "CAN" where region == "NL": return "CA-NL-NF"
        case "CHN": return nil
        case "GBR": return region == "NIR" ? "GB-NIR" : nil
        default: return code
        }
    }

    /// The zone of which a state is a part, where it lies in one.
    private static let operators: [String: String] = [
        "CA": "CAL-CISO", "TX": "TEX-ERCO", "NY": "NY-NYIS", "CT": "NE-ISNE", "MA": "NE-ISNE", "ME": "NE-ISNE", "NH": "NE-ISNE",
        "RI": "NE-ISNE", "VT": "NE-ISNE",
    ]

    /// The part of Great Britain that its Carbon Intensity API is asked about; nil outside of it, and for Northern Ireland, which
    /// belongs to the Irish grid.
    package var britishPart: BritishPart? {
        guard country == "GBR" else { return nil }
        switch region {
        case nil: return .national
        case "ENG": return .region(15)
        case "SCT": return .region(16)
        case "WLS": return .region(17)
        case let number?: return Int(number).flatMap { (1...17).contains($0) ? .region($0) : nil }
        }
    }

    /// All of Great Britain, or one of the regions that its operator numbers from 1 to 17.
    package enum BritishPart: Hashable, Sendable {
        case national
        case region(Int)
    }

    // MARK: Tables

    /// Parts of a country that ISO 3166-2 lists as its regions and ISO 3166-1 as countries, under the same two letters. Each has a grid of
    /// its own, and is a country here.
    private static let territories: [String: [String]] = [
        "US": ["AS", "GU", "MP", "PR", "UM", "VI"], "CN": ["HK", "MO", "TW"], "NL": ["AW", "CW", "SX"], "NO": ["SJ"],
        "FR": ["BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"],
    ]

    private struct Country: Sendable {
        let alpha2: String
        let alpha3: String
        let name: String
    }

    private static func country(_ code: String) -> Country? { code.count == 2 ? countriesByAlpha2[code] : countriesByAlpha3[code] }

    private static func entries(_ text: String) -> [[String]] {
        text.split { $0 == ";" || $0 == "\n" }.map { entry in
            entry.drop { $0 == " " }.split(separator: " ", maxSplits: 2).map(String.init)
        }.filter { !$0.isEmpty }
    }

    private static let countries: [Country] = entries(countryText).compactMap { fields in
        fields.count == 3 ? Country(alpha2: fields[0], alpha3: fields[1], name: fields[2]) : nil
    }
    private static let countriesByAlpha2 = Dictionary(uniqueKeysWithValues: countries.map { ($0.alpha2, $0) })
    private static let countriesByAlpha3 = Dictionary(uniqueKeysWithValues: countries.map { ($0.alpha3, $0) })

    private static let regions: [String: (zone: GridZone, name: String)] = Dictionary(
        uniqueKeysWithValues: entries(regionText).compactMap { fields in
            let code = fields[0].split(separator: "-", maxSplits: 1).map(String.init)
            guard code.count == 2, let country = countriesByAlpha2[code[0]] else { return nil }
            let name = fields.dropFirst().joined(separator: " ")
            return (fields[0], (GridZone(alpha3: country.alpha3, region: code[1]), name))
        })
}

extension Experiment {
    /// Where the electricity comes from: `carbon.zone`, else what `metrics.country_iso_code` and `metrics.region` say; nil when nothing
    /// does. A region that is none of the known ones leaves its country.
    package var gridZone: GridZone? {
        if let zone = carbon.zone { return GridZone(zone) }
        return metricsZone
    }

    /// What the names of older tools say.
    package var metricsZone: GridZone? {
        guard let country = metrics.countryISOCode, let zone = GridZone(country) else { return nil }
        guard zone.region == nil, let region = metrics.region else { return zone }
        return GridZone(country: country, region: region) ?? zone
    }
}

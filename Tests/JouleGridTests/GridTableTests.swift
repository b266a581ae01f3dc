import JouleModel
import JouleUnits
import Testing

@testable import JouleGrid

struct GridTableTests {
    @Test func `every value of the table is of a known place`() {
        #expect(IntensityTable.zones.count == 315)
        for zone in IntensityTable.zones {
            #expect(zone.name != zone.code, "\(zone)")
            #expect(GridZone(zone.code) == zone)
            let entry = IntensityTable.entry(for: zone)
            #expect(entry?.zone == zone && (2009...2025).contains(entry?.year ?? 0))
            #expect((1...1_400).contains(entry?.intensity.rawValue ?? 0))
        }
    }

    @Test(arguments: [
        ("DE", 380.95, "DEU", 2023), ("fra", 56.04, "FRA", 2023), ("US-CA", 179.06, "US-CA", 2023), ("USA", 369.47, "USA", 2023),
        ("CA-QC", 3.9, "CA-QC", 2023), ("SE3", 27.0, "SE-SE3", 2025), ("SE-SE3", 27.0, "SE-SE3", 2025), ("CN-GD", 441.9, "CN-GD", 2023),
        ("DE-BY", 380.95, "DEU", 2023), ("US-CAL-CISO", 369.47, "USA", 2023), ("IS", 27.68, "ISL", 2022),
    ])
    func `a zone has its own value, else that of its country`(text: String, grams: Double, found: String, year: Int) throws {
        let zone = try #require(GridZone(text))
        let entry = try #require(IntensityTable.entry(for: zone))
        #expect(entry.intensity.rawValue == grams && entry.zone?.code == found && entry.year == year)
    }

    @Test func `the world stands in for a place that nobody knows, and says so`() async {
        let resolver = CarbonResolver(variables: [:])
        let unknown = await resolver.record(CarbonSpec(), zone: nil, span: 0...1)
        #expect(unknown.isAssumed && unknown.points.map(\.intensity.rawValue) == [475] && unknown.year == 2019)
        let andorra = await resolver.record(CarbonSpec(), zone: GridZone("AND"), span: 0...1)
        #expect(andorra.isAssumed && andorra.warnings.count == 1 && andorra.countryName == "Andorra")
        // What the world takes on average is not lent to a country that is known.
        #expect(unknown.gridWUE == 3.9 && andorra.gridWUE == nil)
        let bavaria = await resolver.record(CarbonSpec(), zone: GridZone("DE-BY"), span: 0...1)
        #expect(!bavaria.isAssumed && bavaria.zone == "DEU" && bavaria.warnings.count == 1 && bavaria.gridWUE == 1.95)
    }

    @Test func `embodied carbon comes with who says so`() {
        let devices = EmbodiedTable.devices(["NVIDIA H100 80GB HBM3", "NVIDIA H100 80GB HBM3", "NVIDIA L4"], servers: 1)
        #expect(devices.map(\.count) == [2, 1, 1])
        #expect(devices.map(\.mass.kilograms) == [164, 150, 2_500])
        #expect(devices.allSatisfy { !$0.origin.isEmpty })
        #expect(EmbodiedTable.devices(["NVIDIA A100-SXM4-40GB"], servers: 1).first?.mass.kilograms == 127.6)
        #expect(EmbodiedTable.devices(["NVIDIA B200"], servers: 1).first?.mass.kilograms == 284.25)
    }
}

struct GridZoneTests {
    @Test func `codes of two and three letters are one country`() {
        #expect(GridZone("DE") == GridZone("deu") && GridZone("DE")?.code == "DEU" && GridZone("DEU")?.alpha2 == "DE")
        #expect(GridZone("USA-CA") == GridZone("US-CA") && GridZone("US-CA")?.name == "California")
        #expect(GridZone("NO")?.name == "Norway")
        #expect(GridZone("NO1")?.code == "NO-NO1" && GridZone("NO-NO1")?.name == "Oslo")
    }

    @Test(arguments: [("US-PR", "PRI"), ("us-gu", "GUM"), ("CN-HK", "HKG"), ("FR-RE", "REU"), ("NL-AW", "ABW"), ("USA-PR", "PRI")])
    func `a territory that is a country in ISO 3166-1 is that country`(text: String, country: String) {
        #expect(GridZone(text)?.code == country)
        #expect(GridZone("US-CA")?.code == "US-CA" && GridZone(country: "USA", region: "Puerto Rico")?.code == "PRI")
    }

    @Test(arguments: ["", "X", "XX", "XXX", "Germany", "DE-", "DE--", "-CA", "US_CA", "DE-B Y", "SE9", "DE/../..", "US-ü"])
    func `what is no code is no zone`(text: String) { #expect(GridZone(text) == nil) }

    @Test func `a country with the name of a region is its zone`() {
        #expect(GridZone(country: "USA", region: "california") == GridZone("US-CA"))
        #expect(GridZone(country: "US", region: "CA") == GridZone("US-CA"))
        #expect(GridZone(country: "CAN", region: "quebec") == GridZone("CA-QC"))
        #expect(GridZone(country: "SWE", region: "se3") == GridZone("SE3"))
        #expect(GridZone(country: "CHN", region: "Guangdong") == GridZone("CN-GD"))
        #expect(GridZone(country: "FRA", region: "california") == nil)
    }

    @Test(
        arguments: [
            ("DEU", "DE"), ("US-CA", "US-CAL-CISO"), ("US-TX", "US-TEX-ERCO"), ("US-MA", "US-NE-ISNE"), ("US-CAL-CISO", "US-CAL-CISO"),
            ("SE3", "SE-SE3"), ("CA-ON", "CA-ON"), ("DK-DK1", "DK-DK1"), ("US-OR", nil), ("CN-GD", nil), ("GB-SCT", nil),
        ] as [(String, String?)])
    func `Electricity Maps has its own names`(text: String, name: String?) throws {
        let zone = try #require(GridZone(text))
        #expect(zone.electricityMapsName == name)
    }

    @Test func `a country holds its regions`() throws {
        let usa = try #require(GridZone("USA"))
        let california = try #require(GridZone("US-CA"))
        #expect(usa.contains(california) && !california.contains(usa) && usa.contains(usa))
    }
}

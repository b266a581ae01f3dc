import Foundation
import Testing

/// CodeCarbon itself reads what we write, and agrees on the carbon of an energy; `make test-services` makes its environment and names it.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["JOULEBENCH_CODECARBON_PYTHON"] != nil))
struct ServiceCodeCarbonTests {
    private static let python = ProcessInfo.processInfo.environment["JOULEBENCH_CODECARBON_PYTHON"] ?? "python3"

    /// A zone as we name it and as that tool does, and how far the values of the table may be rounded, in g/kWh. Those of
    /// Canada were made with the factors of coal, oil and gas in whole grams, which is 0.2 % of a grid that burns nothing else.
    private static let places: [(zone: String, country: String, region: String?, rounding: Double)] = [
        ("FRA", "FRA", nil, 0.005), ("DEU", "DEU", nil, 0.005), ("USA", "USA", nil, 0.005), ("GBR", "GBR", nil, 0.005),
        ("IND", "IND", nil, 0.005), ("ISL", "ISL", nil, 0.005), ("ZAF", "ZAF", nil, 0.005), ("US-CA", "USA", "california", 0.05),
        ("US-TX", "USA", "texas", 0.05), ("CA-QC", "CAN", "quebec", 0.05), ("CA-AB", "CAN", "alberta", 1.2),
        ("SE-SE3", "SWE", "se3", 0.05), ("NO-NO4", "NOR", "no4", 0.05), ("CN-GD", "CHN", "guangdong", 0.05),
    ]

    @Test func `its reader takes our file, and its factors give our carbon`() async throws {
        let scene = try Scene()
        let config = try scene.config(
            requests: 4, idle: "200ms", more: "metrics: {country_iso_code: FRA}\ncarbon: {pue: 1.25}\nreporter: [json, codecarbon]")
        let ended = try await scene.run(scene.runOptions(config))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()

        var energies: [String] = []
        var ours: [(grams: Double, kilowattHours: Double)] = []
        for place in Self.places {
            let analysis = try await scene.run(["analyze", run.path, "--json", "--set", "carbon.zone=\(place.zone)"])
            #expect(analysis.status == 0, "\(analysis.error)")
            let row = try analysis.json["carbon"]["rows"].list.first { $0["scope"].text == "system" } ?? .absent
            let kilowattHours = try #require(row["facility_energy"]["value"].number) / 3.6e6
            ours.append((try #require(row["emissions"]["value"].number), kilowattHours))
            let region = place.region.map { "\"\($0)\"" } ?? "null"
            energies.append(#"{"country": "\#(place.country)", "region": \#(region), "kwh": \#(kilowattHours)}"#)
        }
        let script = "\(Tool.fixtures)/codecarbon_reader.py"
        let reader = try await scene.start(
            [scene.results + "/emissions.csv", "[\(energies.joined(separator: ","))]"], command: [Self.python, script]
        ).wait(limit: .seconds(120))
        #expect(reader.status == 0, "\(reader.error)")
        let theirs = try reader.json
        for name in ["columns", "accepted", "appended", "same"] { #expect(theirs[name].flag == true, "\(name)") }
        #expect(theirs["country"].text == "France")
        let numbers = theirs["numbers"]
        let energy = try #require(numbers["energy_consumed"].number)
        #expect(theirs["total_energy"].isNumber(near: energy, within: energy * 1e-12))
        #expect(numbers["emissions"].isNumber(near: energy * 0.05604, within: energy * 1e-8) && numbers["pue"].number == 1.25)
        for (index, place) in Self.places.enumerated() {
            let own = ours[index]
            // Compared as intensities, where the rounding of the table is known.
            let difference = (try #require(theirs["grams"][index].number) - own.grams) / own.kilowattHours
            #expect(abs(difference) <= place.rounding * 1.01, "\(place.zone): \(difference) g/kWh")
        }
    }
}

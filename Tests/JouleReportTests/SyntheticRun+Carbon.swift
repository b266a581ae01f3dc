import JouleModel
import JouleUnits

extension SyntheticRun {
    /// Carbon of all scopes by the table's value of Germany, with everything that a user may add.
    static func carbon(of summary: Summary) -> Summary.Carbon {
        var record = CarbonRecord(
            source: .table, asked: .table, points: [.init(unixSeconds: 0, intensity: CarbonIntensity(380.95))],
            origin: "Our World in Data / Ember, CC BY 4.0")
        record.zone = "DEU"
        record.askedZone = "DEU"
        record.zoneName = "Germany"
        record.countryCode = "DEU"
        record.countryName = "Germany"
        record.year = 2023
        record.pue = 1.2
        record.siteWUE = 0.5
        record.gridWUE = 1.95
        record.gridWUEOrigin = "World Resources Institute, 2020, Germany"
        record.price = .init(perKilowattHour: 0.25, currency: "EUR")
        record.embodied = .init(
            devices: [.init(name: "NVIDIA H200", mass: .kilograms(150), count: 2, origin: "Luccioni et al. (2022)")],
            lifetimeSeconds: 4 * 365 * 86_400)
        let rows = summary.energies.map { energy in
            func times(_ factor: Double, _ unit: String) -> Figure {
                Figure(
                    value: energy.gross.value.map { $0 * factor }, unit: unit, plusMinus: energy.gross.plusMinus.map { $0 * factor },
                    method: energy.gross.method, scope: energy.scope, reason: energy.gross.reason)
            }
            let grams = 1.2 * 380.95 / 3.6e6
            return Summary.Carbon.Row(
                scope: energy.scope, itEnergy: energy.gross, facilityEnergy: times(1.2, "J"), emissions: times(grams, "gCO2e"),
                perRequest: times(grams / 12, "gCO2e/request"), perThousandOutputTokens: times(grams / 0.768, "gCO2e/1000 token"),
                water: times((0.5 + 1.2 * 1.95) / 3.6e6, "L"), cost: times(1.2 * 0.25 / 3.6e6, "EUR"),
                costPerThousandRequests: times(1.2 * 0.25 / 3.6e6 / 0.012, "EUR/1000 requests"))
        }
        return Summary.Carbon(
            record: record, intensity: Figure(value: 380.95, unit: "gCO2e/kWh", method: "table"), rows: rows,
            embodied: Figure(value: 0.0956, unit: "gCO2e", method: "assumed"),
            scores: [
                .init(
                    functionalUnit: "one request",
                    score: Figure(value: 0.418, unit: "gCO2e/request", plusMinus: 0.019, method: "assumed", scope: .system))
            ], notes: ["± is that of the energy: no interval is known of an intensity"])
    }
}

import JouleModel
import JouleUnits

/// How the intensity of a run is said, alike on the console and in the report.
enum CarbonText {
    /// `380.95 g/kWh · Germany (DEU) · table, 2023 · Our World in Data / Ember, CC BY 4.0`.
    static func intensity(_ carbon: Summary.Carbon) -> String {
        let record = carbon.record
        let value = FigureFormat.text(carbon.intensity)
        let place = record.zoneName.map { name in record.zone.map { $0 == name ? name : "\(name) (\($0))" } ?? name }
        let source = [record.source.rawValue, record.year.map { "\($0)" }].compactMap(\.self).joined(separator: ", ")
        let estimate = record.isEstimated == true ? "estimated" : nil
        let parts = [value.sentence, place, record.isAssumed ? "\(source), assumed" : source, estimate, record.origin]
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    /// `PUE 1.2, WUE 0.5 L/kWh on site and 1.95 L/kWh of the grid (World Resources Institute, 2020, Germany)`.
    static func site(_ record: CarbonRecord) -> String {
        var text = "PUE \(NumberText.significant(record.pue))"
        let water = [
            record.siteWUE.map { "\(NumberText.significant($0)) L/kWh on site" },
            record.gridWUE.map { litres in
                "\(NumberText.significant(litres)) L/kWh of the grid" + (record.gridWUEOrigin.map { " (\($0))" } ?? "")
            },
        ].compactMap(\.self)
        if !water.isEmpty { text += ", water " + water.joined(separator: " and ") }
        return text
    }

    /// The scopes that are shown to people: the one of the headline, and the whole machine by the widest meter.
    static func shown(_ summary: Summary, _ carbon: Summary.Carbon) -> [Summary.Carbon.Row] {
        carbon.rows.filter { row in
            row.scope == summary.headlineScope || [.system, .node, .facility].contains(row.scope)
        }
    }

    static func embodied(_ carbon: Summary.Carbon) -> String? {
        guard let table = carbon.record.embodied, carbon.embodied.value != nil else { return nil }
        let devices = table.devices.map { "\($0.count) × \($0.name) at \(NumberText.significant($0.mass.kilograms)) kg" }
        let years = NumberText.significant(table.lifetimeSeconds / (365 * 86_400))
        return "\(FigureFormat.text(carbon.embodied).sentence) over a life of \(years) years: \(devices.joined(separator: ", "))"
    }
}

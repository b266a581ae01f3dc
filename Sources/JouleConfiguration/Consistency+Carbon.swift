import JouleModel

/// Rules about the keys of carbon together, and about the two ways to say where the electricity comes from.
extension Consistency {
    static func checkCarbon(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let names = ["carbon.source", "carbon.zone", "metrics.country_iso_code", "metrics.region", "carbon.lat", "carbon.lon"]
        guard names.allSatisfy({ reading.accepts($0) }) else { return }
        checkZones(experiment, root, &reading)
        checkSource(experiment, root, &reading)
        checkPosition(experiment.carbon, root, &reading)
    }

    private static func checkZones(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        if let text = experiment.carbon.zone, let zone = GridZone(text), let other = experiment.metricsZone, !other.contains(zone) {
            let written = [experiment.metrics.countryISOCode, experiment.metrics.region].compactMap(\.self).joined(separator: ", ")
            reading.report(
                "config.conflict", "`carbon.zone` is \(text), and `metrics.country_iso_code` and `metrics.region` say \(written)",
                at: origin("carbon.zone", root), remedy: "they are names of one thing: keep carbon.zone")
        }
        if let country = experiment.metrics.countryISOCode, let region = experiment.metrics.region, let zone = GridZone(country),
            zone.region == nil, GridZone(country: country, region: region) == nil, experiment.carbon.zone == nil
        {
            reading.warn(
                "config.no-effect", "`\(region)` is no region of \(zone.countryName) whose grid is known apart: the country's value counts",
                at: origin("metrics.region", root), remedy: "see `joulebench carbon`, or name a zone in carbon.zone")
        }
    }

    private static func checkSource(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let carbon = experiment.carbon
        let source = "carbon.source"
        func miss(_ what: String, remedy: String) {
            reading.report(
                "config.missing-key", "`carbon.source` is \(carbon.source.rawValue), and \(what)", at: origin(source, root), remedy: remedy)
        }
        switch carbon.source {
        case .table: break
        case .fixed:
            if carbon.intensity == nil, reading.accepts("carbon.intensity") {
                miss("`carbon.intensity` does not say the value", remedy: "add intensity: 380, in gCO2e for each kWh")
            }
        case .csv:
            if carbon.file == nil, reading.accepts("carbon.file") {
                miss("`carbon.file` does not name the time series", remedy: "add file: intensity.csv")
            }
        case .electricityMaps, .uk:
            if carbon.source == .electricityMaps, experiment.gridZone == nil, carbon.latitude == nil, carbon.longitude == nil {
                miss("neither a zone nor a position is given", remedy: "add zone: DE, or lat and lon")
            } else if carbon.latitude == nil, let zone = experiment.gridZone, let complaint = carbon.source.complaint(about: zone) {
                let place = [("carbon.zone"), "metrics.country_iso_code"].compactMap { origin($0, root) }.first
                reading.report("config.carbon-zone", complaint.message, at: place ?? origin(source, root), remedy: complaint.remedy)
            }
        }
        // The table never fails, so that nothing stands in for it.
        if carbon.intensity != nil, carbon.source == .table, reading.accepts("carbon.intensity") {
            reading.warn(
                "config.no-effect", "`carbon.intensity` has no effect: `carbon.source` is table, which has a value for every place",
                at: origin("carbon.intensity", root), remedy: "remove carbon.source, or set source: fixed")
        }
        if carbon.file != nil, carbon.source != .csv {
            reading.warn(
                "config.no-effect", "`carbon.file` has no effect: `carbon.source` is \(carbon.source.rawValue)",
                at: origin("carbon.file", root), remedy: "remove carbon.source, or set source: csv")
        }
    }

    private static func checkPosition(_ carbon: CarbonSpec, _ root: ConfigNode, _ reading: inout Reading) {
        switch (carbon.latitude, carbon.longitude) {
        case (nil, nil): return
        case (_?, nil), (nil, _?):
            let (given, missing) = carbon.longitude == nil ? ("carbon.lat", "carbon.lon") : ("carbon.lon", "carbon.lat")
            reading.report(
                "config.missing-key", "`\(given)` is given without `\(missing)`", at: origin(given, root), remedy: "give both or none")
        case (_?, _?):
            if carbon.zone != nil {
                reading.report(
                    "config.conflict", "`carbon.zone` and a position both say where the electricity comes from",
                    at: origin("carbon.lat", root), remedy: "keep one of the two")
            } else if carbon.source != .electricityMaps {
                reading.warn(
                    "config.no-effect", "a position has no effect on the source \(carbon.source.rawValue)", at: origin("carbon.lat", root),
                    remedy: "set source: electricity-maps, or remove lat and lon")
            }
        }
    }
}

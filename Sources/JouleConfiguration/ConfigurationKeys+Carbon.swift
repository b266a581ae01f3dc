import JouleModel
import JouleUnits

extension ConfigurationKeys {
    /// What turns energy into carbon, water and money. None of it changes what is measured: a run can be computed anew with other values.
    static let carbon: [ConfigurationKey] =
        intensity + site + [
            ConfigurationKey(
                "carbon.embodied", Shape<CarbonSpec.Embodied>.embodied.optional, \.carbon.embodied, fallback: "–",
                "The carbon of making the devices, of which a run takes the share that it lasts of their lifetime; `default` accepts the table "
                    + "that comes with the tool."),
            ConfigurationKey(
                "carbon.electricity_price", Shape<CarbonSpec.Price>.price.optional, \.carbon.price, fallback: "–",
                "What a kilowatt hour costs."),
        ]

    private static let intensity: [ConfigurationKey] = [
        ConfigurationKey(
            "carbon.source", .choice(CarbonSpec.Source.self), \.carbon.source,
            fallback: "table; fixed with an intensity, csv with a file",
            "Where the carbon intensity comes from; a service that fails is replaced by `carbon.intensity`, else by the table."),
        ConfigurationKey(
            "carbon.zone", Shape<String>.zone.optional, \.carbon.zone, fallback: "the world's average, assumed",
            "Where the electricity comes from: a country, a region of one, or a zone of Electricity Maps. `metrics.country_iso_code` with "
                + "`metrics.region` says the same."),
        ConfigurationKey(
            "carbon.intensity", Shape<CarbonIntensity>.intensity.optional, \.carbon.intensity, fallback: "–",
            "gCO2e for each kWh: of the source `fixed`, which it means where no source is named, and in the place of a source that fails."),
        ConfigurationKey(
            "carbon.lat", Shape<Double>.number(-90...90).optional, \.carbon.latitude, fallback: "–",
            "Latitude in degrees, for `electricity-maps` instead of a zone."),
        ConfigurationKey(
            "carbon.lon", Shape<Double>.number(-180...180).optional, \.carbon.longitude, fallback: "–", "Longitude in degrees."),
        ConfigurationKey(
            "carbon.file", Shape<String>.text("path").optional, \.carbon.file, fallback: "–",
            "The time series of `csv`, which it means where no source is named: lines of a time and grams for each kWh."),
        ConfigurationKey(
            "carbon.api_key_env", .variableName, \.carbon.keyVariable, when: { $0.carbon.source == .electricityMaps },
            "The environment variable that holds the key of `electricity-maps`."),
    ]

    private static let site: [ConfigurationKey] = [
        ConfigurationKey(
            "carbon.pue", .number(1...10), \.carbon.pue, "Energy of the site over energy of its machines (power usage effectiveness)."),
        ConfigurationKey(
            "carbon.wue", Shape<Double>.number(0...1_000).optional, \.carbon.wue, fallback: "–",
            "Litres of water on site for each kWh of the machines."),
        ConfigurationKey(
            "carbon.grid_wue", Shape<Double>.number(0...1_000).optional, \.carbon.gridWUE,
            fallback: "of the table, where the country is in it",
            "Litres of water that making a kWh of electricity takes."),
    ]
}

import JouleModel
import JouleUnits

extension RunRow {
    /// The older runner's emissions belong to its total, which is the system here, or the node where nothing else was metered.
    static func emissions(_ summary: Summary, into row: inout CSVRow) {
        let grams = summary.carbon?.row(of: summary.totalScope)?.emissions.value
        row.add("energy_emissions_kg_co2eq", grams.map { CarbonMass($0).kilograms })
        row.add("energy_emissions_g_co2eq", grams)
    }

    static func place(_ summary: Summary, _ experiment: Experiment, into row: inout CSVRow) {
        let record = summary.carbon?.record
        row.add("energy_carbon_intensity_g_per_kwh", summary.carbon?.intensity.value)
        row.add("energy_project_name", experiment.metrics.projectName)
        row.add("energy_country", experiment.metrics.countryISOCode ?? record?.countryCode)
        row.add("energy_region", experiment.metrics.region ?? record?.regionName)
    }

    /// Columns that came with carbon; every run has them, so that rows of all kinds line up.
    static func carbon(_ summary: Summary, into row: inout CSVRow) {
        let carbon = summary.carbon
        let record = carbon?.record
        row.add("carbon_source", record?.source.rawValue)
        row.add("carbon_zone", record?.zone)
        row.add("carbon_year", record?.year)
        row.add("carbon_is_estimated", record?.isEstimated.map { $0 ? "true" : "false" })
        row.add("pue", record?.pue)
        row.add("wue_site_litres_per_kwh", record?.siteWUE)
        row.add("wue_grid_litres_per_kwh", record?.gridWUE)
        for (name, scope) in [("headline", summary.headlineScope), ("system", Scope.system)] {
            let figures = carbon?.row(of: scope)
            row.add("\(name)_facility_kwh", figures?.facilityEnergy.value.map { Joules($0).kilowattHours })
            row.add("\(name)_grams_co2e", figures?.emissions.value)
            row.add("\(name)_water_litres", figures?.water.value)
            row.add("\(name)_cost", figures?.cost.value)
        }
        row.add("currency", record?.price?.currency)
        row.add("embodied_grams_co2e", carbon?.embodied.value)
        row.add("sci_grams_co2e_per_request", carbon?.scores.first?.score.value)
        row.add("sci_grams_co2e_per_1000_output_tokens", carbon?.scores.dropFirst().first?.score.value)
    }
}

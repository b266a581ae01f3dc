import JouleModel
import JouleUnits

/// A run as one row of CodeCarbon's `emissions.csv`, with that tool's definitions: kg, kg/s, W, kWh, L.
///
/// CodeCarbon multiplies every power and energy by the PUE, so the columns hold energy of the site; `water_consumed` is the water on site
/// for that energy. What is not known is empty, and never zero.
package enum CodeCarbonRow {
    package static func columns(for summary: Summary, recording: Recording) -> [(name: String, value: String)] {
        let environment = recording.environment
        let carbon = summary.carbon
        let record = carbon?.record
        let pue = record?.pue ?? recording.experiment.carbon.pue
        let seconds = summary.windowDurationSeconds
        let kilograms = carbon?.row(of: summary.totalScope)?.emissions.value.map { CarbonMass($0).kilograms }
        func energy(_ scopes: Scope...) -> Double? {
            scopes.lazy.compactMap { summary.energy(of: $0)?.gross.value }.first.map { Joules($0 * pue).kilowattHours }
        }
        func power(_ scopes: Scope...) -> Double? {
            scopes.lazy.compactMap { summary.energy(of: $0)?.meanPower.value }.first.map { $0 * pue }
        }
        let total = energy(summary.totalScope)
        var row = Row()
        row.add("timestamp", timestamp(recording))
        row.add("project_name", recording.experiment.metrics.projectName ?? summary.name)
        row.add("run_id", summary.runID)
        row.add("experiment_id", summary.name)
        row.add("duration", seconds)
        row.add("emissions", kilograms)
        row.add("emissions_rate", kilograms.flatMap { mass in seconds.flatMap { $0 > 0 ? mass / $0 : nil } })
        row.add("cpu_power", power(.package, .cpu))
        row.add("gpu_power", power(.gpu))
        row.add("ram_power", power(.dram))
        row.add("cpu_energy", energy(.package, .cpu))
        row.add("gpu_energy", energy(.gpu))
        row.add("ram_energy", energy(.dram))
        row.add("energy_consumed", total)
        row.add("water_consumed", record?.siteWUE.flatMap { litres in total.map { $0 * litres } })
        row.add("country_name", record?.countryName)
        row.add("country_iso_code", record?.countryCode)
        row.add("region", recording.experiment.metrics.region ?? record?.regionName?.lowercased())
        row.add("cloud_provider", String?.none)
        row.add("cloud_region", String?.none)
        row.add("os", system(environment.system))
        row.add("python_version", environment.versions["python"])
        // That table has no place for a label but these two.
        let isSimulated = summary.simulation != nil
        row.add("codecarbon_version", "joulebench \(environment.joulebench)\(isSimulated ? ", simulated" : "")")
        row.add("cpu_count", environment.cpu.logicalCores)
        row.add("cpu_model", environment.cpu.model)
        row.add("gpu_count", environment.gpus.isEmpty ? nil : environment.gpus.count)
        row.add("gpu_model", gpus(environment.gpus))
        row.add("longitude", record?.longitude)
        row.add("latitude", record?.latitude)
        row.add("ram_total_size", environment.memory.totalBytes.map { Double($0.bytes) / 1_073_741_824 })
        row.add("tracking_mode", isSimulated ? "simulated" : "machine")
        row.add("cpu_utilization_percent", Double?.none)
        row.add("gpu_utilization_percent", mean(summary.gpus.map(\.utilizationPercent)))
        row.add("ram_utilization_percent", Double?.none)
        row.add("ram_used_gb", Double?.none)
        row.add("on_cloud", String?.none)
        row.add("pue", pue)
        row.add("wue", record?.siteWUE)
        return row.columns
    }

    private struct Row {
        private(set) var columns: [(name: String, value: String)] = []
        mutating func add(_ name: String, _ value: String?) {
            // A row is a line: the tools that read the file go by lines.
            columns.append((name, (value ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")))
        }
        mutating func add(_ name: String, _ value: Int?) { add(name, value.map { "\($0)" }) }
        mutating func add(_ name: String, _ value: Double?) { add(name, value.flatMap { $0.isFinite ? "\($0)" : nil }) }
    }

    /// The end of the run without a zone, as that tool has it; in UTC, so that a row does not depend on where it is made.
    private static func timestamp(_ recording: Recording) -> String {
        let environment = recording.environment
        let end = environment.end?.unixSeconds ?? environment.start.unixSeconds(at: recording.state.updated)
        return String(WallTime.text(end).dropLast())
    }

    private static func system(_ system: RunEnvironment.OperatingSystem) -> String {
        [system.name, system.kernel, system.architecture].compactMap(\.self).joined(separator: "-")
    }

    /// `2 x NVIDIA H200`, as that tool counts them.
    private static func gpus(_ gpus: [RunEnvironment.GPU]) -> String? {
        var counts: [(name: String, count: Int)] = []
        for gpu in gpus {
            let name = gpu.name ?? "GPU"
            if let index = counts.firstIndex(where: { $0.name == name }) {
                counts[index].count += 1
            } else {
                counts.append((name, 1))
            }
        }
        return counts.isEmpty ? nil : counts.map { "\($0.count) x \($0.name)" }.joined(separator: ", ")
    }

    private static func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap(\.self)
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}

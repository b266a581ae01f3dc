import JouleModel
import JouleUnits
import Testing

@testable import JouleReport

@Suite struct `The file of CodeCarbon` {
    private static let names = """
        timestamp project_name run_id experiment_id duration emissions emissions_rate cpu_power gpu_power ram_power cpu_energy gpu_energy \
        ram_energy energy_consumed water_consumed country_name country_iso_code region cloud_provider cloud_region os python_version \
        codecarbon_version cpu_count cpu_model gpu_count gpu_model longitude latitude ram_total_size tracking_mode \
        cpu_utilization_percent gpu_utilization_percent ram_utilization_percent ram_used_gb on_cloud pue wue
        """.split(separator: " ").map(String.init)

    private func row(_ run: SyntheticRun) -> [String: String] {
        Dictionary(uniqueKeysWithValues: CodeCarbonRow.columns(for: run.summary, recording: run.recording).map { ($0.name, $0.value) })
    }

    @Test(arguments: Example.allCases) func `it has 38 columns in that tool's order`(example: Example) {
        let run = example.run
        let columns = CodeCarbonRow.columns(for: run.summary, recording: run.recording)
        #expect(columns.map(\.name) == Self.names && columns.count == 38)
    }

    @Test func `kilograms, kilograms a second, kilowatt hours with the PUE, and litres`() throws {
        var run = SyntheticRun.twoGPUs()
        run.summary.carbon = SyntheticRun.carbon(of: run.summary)
        let row = row(run)
        func number(_ name: String) throws -> Double { try #require(row[name].flatMap { Double($0) }) }
        let total = try number("energy_consumed")
        #expect(abs(total - 38_788 * 1.2 / 3.6e6) < 1e-12)
        #expect(abs(try number("gpu_energy") - 31_512 * 1.2 / 3.6e6) < 1e-12)
        #expect(abs(try number("cpu_energy") - 5_668 * 1.2 / 3.6e6) < 1e-12)
        // Emissions over energy are a carbon intensity, which is what that tool's readers make of the two.
        #expect(abs(try number("emissions") / total - 0.38095) < 1e-12)
        #expect(abs(try number("emissions_rate") * number("duration") - number("emissions")) < 1e-15)
        #expect(abs(try number("water_consumed") / total - 0.5) < 1e-12)
        #expect(row["country_name"] == "Germany" && row["country_iso_code"] == "DEU" && row["pue"] == "1.2" && row["wue"] == "0.5")
        #expect(row["gpu_model"]?.hasPrefix("2 x ") == true && row["tracking_mode"] == "machine")
        #expect(row["timestamp"]?.count == 19)
    }

    @Test func `a rate is kilograms over seconds, and an intensity is something else`() throws {
        var run = SyntheticRun.twoGPUs()
        run.summary.windowDurationSeconds = 38_115.6783618927
        var carbon = SyntheticRun.carbon(of: run.summary)
        carbon.rows = carbon.rows.map { row in
            var row = row
            row.emissions = Figure(value: 1_902.573047700639, unit: "gCO2e", method: "modelled", scope: row.scope)
            return row
        }
        carbon.record.pue = 1
        run.summary.carbon = carbon
        let joules = Joules.kilowattHours(5.10692523280082).rawValue
        for index in run.summary.energies.indices where run.summary.energies[index].scope == .system {
            run.summary.energies[index].gross = Figure(value: joules, unit: "J", method: "modelled", scope: .system)
        }
        let row = row(run)
        let (mass, energy) = (row["emissions"].flatMap(Double.init), row["energy_consumed"].flatMap(Double.init))
        #expect(abs(try #require(mass) / (try #require(energy)) * 1_000 - 372.548) < 1e-3)
        let rate = try #require(row["emissions_rate"].flatMap(Double.init))
        #expect(abs(rate - 4.991576e-05) < 5e-12)
    }

    @Test func `what is not known is empty, and never zero`() {
        let row = row(.modelledCPU())
        for name in ["emissions", "emissions_rate", "gpu_energy", "gpu_power", "water_consumed", "wue", "on_cloud", "country_name"] {
            #expect(row[name] == "", "\(name)")
        }
    }
}

import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleReport

@Suite struct `The row of a run` {
    static func row(_ run: SyntheticRun, swept: [(String, String)] = []) -> [(String, String)] {
        RunRow.columns(for: run.summary, recording: run.recording, swept: swept)
    }

    static func value(_ name: String, in row: [(String, String)]) -> String? { row.first { $0.0 == name }?.1 }

    @Test func `the row is as it was approved`() throws {
        let row = Self.row(.twoGPUs(), swept: [("sweep_batch_size", "4")])
        #expect(try Golden().difference(CSVLine.join(row.map(\.0)) + "\n" + CSVLine.join(row.map(\.1)) + "\n", from: "two_gpus.csv") == nil)
    }

    @Test func `it begins with the older runner's columns and ends with the time`() {
        let names = Self.row(.twoGPUs()).map(\.0)
        #expect(
            Array(names.prefix(16)) == [
                "config_name", "config_backend", "config_model", "config_dataset", "config_num_samples", "config_device_ids",
                "summary_total_prompts", "summary_successful_prompts", "summary_failed_prompts", "summary_total_duration_seconds",
                "summary_avg_latency_seconds", "summary_avg_time_to_first_token", "summary_total_tokens", "summary_total_prompt_tokens",
                "summary_total_completion_tokens", "summary_throughput_tokens_per_second",
            ])
        #expect(
            Array(names.dropFirst(16).prefix(18)) == [
                "energy_gpu_energy_kwh", "energy_gpu_energy_wh", "energy_cpu_energy_kwh", "energy_cpu_energy_wh", "energy_ram_energy_kwh",
                "energy_ram_energy_wh", "energy_total_energy_kwh", "energy_total_energy_wh", "energy_energy_kwh", "energy_energy_wh",
                "energy_emissions_kg_co2eq", "energy_emissions_g_co2eq", "energy_duration_seconds", "energy_carbon_intensity_g_per_kwh",
                "energy_project_name", "energy_country", "energy_region", "energy_error",
            ])
        #expect(names.last == "timestamp")
        #expect(Set(names).count == names.count)
    }

    @Test func `cpu is the package, ram the DRAM and total the system`() {
        let row = Self.row(.twoGPUs())
        #expect(Self.value("energy_gpu_energy_wh", in: row) == "\(31_512 / 3_600.0)")
        #expect(Self.value("energy_cpu_energy_wh", in: row) == "\(5_668 / 3_600.0)")
        #expect(Self.value("energy_ram_energy_wh", in: row) == "\(1_608 / 3_600.0)")
        #expect(Self.value("energy_total_energy_wh", in: row) == "\(38_788 / 3_600.0)")
        #expect(Self.value("energy_energy_wh", in: row) == Self.value("energy_gpu_energy_wh", in: row))
        #expect(Self.value("energy_cpu_energy_wh", in: Self.row(.modelledCPU())) == "\(1_005 / 3_600.0)")
    }

    @Test func `what is missing is NA and never zero`() {
        let row = Self.row(.failed())
        for name in [
            "energy_gpu_energy_wh", "energy_total_energy_kwh", "joules_per_output_token", "mean_power_watts",
            "time_to_first_token_p50_seconds",
        ] {
            #expect(Self.value(name, in: row) == "NA", "\(name)")
        }
        #expect(Self.value("energy_error", in: row) == "the phase measure was never reached")
        #expect(Self.value("energy_method", in: row) == "unavailable")
        #expect(Self.value("gpu_stats_gpu_1_temperature_c", in: Self.row(.twoGPUs())) == "NA")
    }

    @Test func `a swept value wins over a column of the same name`() {
        let row = Self.row(.twoGPUs(), swept: [("batch_size", "8")])
        #expect(row.filter { $0.0 == "batch_size" }.map(\.1) == ["8"])
    }

    @Test func `runs of different kinds share the columns that both have, in one order`() {
        let one = Self.row(.twoGPUs()).map(\.0)
        let other = Self.row(.failed()).map(\.0)
        #expect(one.filter { other.contains($0) } == other.filter { one.contains($0) })
    }

    @Test(arguments: [
        (["a", "b"], "a,b"), (["a,b", "say \"x\""], "\"a,b\",\"say \"\"x\"\"\""), (["line\r\nbreak"], "\"line\r\nbreak\""),
        (["", " x"], ",\" x\""), (["\""], "\"\"\"\""),
    ])
    func `fields are quoted after RFC 4180`(fields: [String], line: String) {
        #expect(CSVLine.join(fields) == line)
    }
}

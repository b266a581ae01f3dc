import Foundation
import Testing

/// Carbon from the configuration to every file of a run, without any network.
struct CarbonTests {
    private func carbonRow(_ summary: JSON, _ scope: String = "system") -> JSON {
        summary["carbon"]["rows"].list.first { $0["scope"].text == scope } ?? .absent
    }

    private func finished(_ scene: Scene, _ settings: [String], environment: [String: String] = [:]) async throws -> (Ended, RunFolder) {
        let config = try scene.config(requests: 4, idle: "200ms", more: "reporter: [json, html, csv, codecarbon]")
        let ended = try await scene.run(
            scene.runOptions(config, settings.flatMap { ["--set", $0] }), environment: environment)
        return (ended, try scene.onlyRun())
    }

    @Test func `a run says its carbon of the scope of its energy, in every file`() async throws {
        let scene = try Scene()
        let (ended, run) = try await finished(
            scene, ["metrics.country_iso_code=DE", "carbon.pue=1.2", "carbon.electricity_price={per_kwh: 0.25, currency: EUR}"])
        #expect(ended.status == 0, "\(ended.error)")
        let summary = try run.summary
        let row = carbonRow(summary)
        let joules = try #require(try run.gross("system")["value"].number)
        #expect(row["emissions"]["value"].isNumber(near: joules / 3.6e6 * 1.2 * 380.95, within: 1e-12))
        #expect(row["emissions"]["method"].text == "modelled" && row["emissions"]["scope"].text == "system")
        #expect(row["facility_energy"]["value"].isNumber(near: joules * 1.2, within: 1e-9))
        #expect(summary["figures"]["grams_co2e_per_request"]["value"].isPositive)
        #expect(summary["carbon"]["scores"][0]["score"]["value"].isNull, "no devices were given")
        #expect(ended.output.contains("Germany (DEU)") && ended.output.contains("Carbon"))
        // The energy of the machines and that of the site stand apart, and the PUE between them.
        #expect(ended.output.contains("PUE 1.2") && ended.output.contains("machines") && ended.output.contains("site"))
        #expect(try run.text("report.html").contains("Carbon, water and cost"))
        let record = try run.json("carbon.json")
        #expect(record["source"].text == "table" && record["year"].number == 2_023)
        let csv = try #require(try Table(file: scene.results + "/results.csv").rows.first)
        let grams = try #require(row["emissions"]["value"].number)
        #expect(csv["energy_emissions_g_co2eq"].flatMap(Double.init) == grams)
        #expect(csv["energy_carbon_intensity_g_per_kwh"] == "380.95" && csv["energy_country"] == "DE")
        let emissions = try Table(file: scene.results + "/emissions.csv")
        #expect(emissions.columns.count == 38 && emissions.rows.count == 1)
        #expect(emissions.rows[0]["emissions"].flatMap(Double.init) == grams / 1_000)
        #expect(emissions.rows[0]["country_name"] == "Germany" && emissions.rows[0]["pue"] == "1.2")
    }

    @Test func `emissions go into their own folder, a row for each run, unless the reporter names a file`() async throws {
        let scene = try Scene()
        let config = try scene.config(
            requests: 1, more: "reporter: codecarbon\nmetrics: {output_dir: '\(scene.file("emissions/of codecarbon"))', project_name: p}")
        for count in 1...2 {
            let ended = try await scene.run(scene.runOptions(config))
            #expect(ended.status == 0, "\(ended.error)")
            let table = try Table(file: scene.file("emissions/of codecarbon/emissions.csv"))
            #expect(table.rows.count == count && table.rows.allSatisfy { $0["project_name"] == "p" })
        }
        #expect(Set(scene.runs.map(\.path)).count == 2)
        #expect(!FileManager.default.fileExists(atPath: scene.results + "/emissions.csv"))
        let own = "reporter={type: codecarbon, output_file: '\(scene.file("own.csv"))'}"
        let ended = try await scene.run(scene.runOptions(config, ["--set", own]))
        #expect(ended.status == 0 && ended.error.contains("config.no-effect"), "\(ended.error)")
        #expect(try Table(file: scene.file("own.csv")).rows.count == 1)
        #expect(try Table(file: scene.file("emissions/of codecarbon/emissions.csv")).rows.count == 2)
    }

    @Test func `another zone is computed from the same recording, and the same command gives the same bytes`() async throws {
        let scene = try Scene()
        let (_, run) = try await finished(scene, ["metrics.country_iso_code=DEU"])
        let recorded = ["samples.csv", "requests.jsonl", "experiment.json", "environment.json", "carbon.json", "state.json"]
        let before = try recorded.map { try run.text($0) }
        let own = try run.text("summary.json")
        var texts: [[String]] = []
        for _ in 0..<2 {
            let ended = try await scene.run(["analyze", run.path, "--set", "carbon.zone=FRA", "--set", "carbon.pue=1.5"])
            #expect(ended.status == 0 && ended.output.contains("France (FRA)"), "\(ended.error)")
            texts.append(try ["summary.json", "report.html", "analysis.json"].map { try run.text($0) })
        }
        #expect(texts[0] == texts[1])
        #expect(try recorded.map { try run.text($0) } == before)
        let joules = try #require(try run.gross("system")["value"].number)
        #expect(carbonRow(try run.summary)["emissions"]["value"].isNumber(near: joules / 3.6e6 * 1.5 * 56.04, within: 1e-12))
        #expect(try run.json("analysis.json")["experiment"]["carbon"]["zone"].text == "FRA")
        // Without the option the figures go back to the run's own.
        #expect(try await scene.run(["analyze", run.path]).status == 0)
        #expect(try run.text("summary.json") == own && !run.has("analysis.json"))
        let refused = try await scene.run(["analyze", run.path, "--set", "backend.model=other"])
        #expect(refused.status == 64 && refused.error.contains("[usage.analyze-set]"))
        let unknown = try await scene.run(["analyze", run.path, "--set", "carbon.zone=XX"])
        #expect(unknown.status == 64 && unknown.error.contains("no zone of a known country"))
        #expect(try run.text("summary.json") == own)
    }

    @Test func `a service that nobody can reach ends no run, changes no energy, and is flagged`() async throws {
        let scene = try Scene()
        let nowhere = ["JOULEBENCH_ELECTRICITYMAPS_URL": "http://127.0.0.1:1", "ELECTRICITYMAPS_API_KEY": "top-secret-key"]
        let (ended, run) = try await finished(
            scene, ["carbon.source=electricity-maps", "carbon.zone=DE"], environment: nowhere)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.flags.contains("intensity_fallback"))
        let record = try run.summary["carbon"]["record"]
        #expect(record["source"].text == "table" && record["asked_source"].text == "electricity-maps")
        #expect(record["fallback_reason"].text?.isEmpty == false)
        #expect(try !run.gross("system")["flags"].list.contains(.text("intensity_fallback")))
        for name in try FileManager.default.contentsOfDirectory(atPath: run.path) {
            let bytes = try Data(contentsOf: URL(filePath: run.file(name)))
            #expect(bytes.range(of: Data("top-secret-key".utf8)) == nil, "\(name)")
        }
    }

    @Test func `a key that is not there is said before the run`() async throws {
        let scene = try Scene()
        let config = try scene.config()
        let options = ["--set", "carbon.source=electricity-maps", "--set", "carbon.zone=DE"]
        let ended = try await scene.run(scene.runOptions(config, options))
        #expect(ended.status == 64 && ended.error.contains("[config.carbon-key]") && scene.runs.isEmpty)
    }

    @Test func `a series from a file meets the energy of its own time`() async throws {
        let scene = try Scene()
        let now = Date().timeIntervalSince1970
        let series = try scene.write("series.csv", "time,intensity\n\(now - 7_200),100\n\(now - 3_600),200\n\(now + 3_600),900\n")
        let (ended, run) = try await finished(scene, ["carbon.source=csv", "carbon.file=\(series)", "carbon.zone=NO"])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try run.summary["carbon"]["intensity"]["value"].number == 200)
        #expect(try run.summary["carbon"]["record"]["country_code"].text == "NOR")
    }

    @Test func `the command says intensity, source, year and age`() async throws {
        let scene = try Scene()
        let france = try await scene.run(["carbon", "fr", "--json"])
        #expect(france.status == 0)
        #expect(try france.json["grams_per_kilowatt_hour"].number == 56.04)
        #expect(try france.json["year"].number == 2_023 && france.json["zone"].text == "FRA")
        let world = try await scene.run(["carbon"])
        #expect(world.output.contains("475.0 gCO2e/kWh") && world.output.contains("assumed") && world.output.contains("2019"))
        #expect(try await scene.run(["carbon", "Atlantis"]).status == 64)
        #expect(try await scene.run(["carbon", "FRA", "--at", "yesterday"]).status == 64)
        let then = try await scene.run(["carbon", "DE", "--at", "1999-01-01T00:00Z"])
        #expect(then.status == 0 && then.output.contains("the table has one value for all times, the average of 2023: --at has no effect"))
        #expect(try await scene.run(["carbon", "US-PR", "--json"]).json["zone"].text == "PRI")
    }
}

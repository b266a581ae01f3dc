import JouleModel
import JouleUnits
import Testing

@testable import JouleConfiguration

struct CarbonKeyTests {
    private func loaded(_ overrides: String...) throws -> LoadedConfiguration {
        try ConfigurationLoader(environment: [:]).build(
            name: "t", overrides: ["backend.type=pytorch", "backend.model=m"] + overrides)
    }

    private func failures(_ overrides: String...) -> [Failure] {
        do {
            _ = try ConfigurationLoader(environment: [:]).build(
                name: "t", overrides: ["backend.type=pytorch", "backend.model=m"] + overrides)
            return []
        } catch {
            return error.all
        }
    }

    @Test func `without a word the world is assumed`() throws {
        let experiment = try loaded().experiment
        #expect(experiment.carbon == CarbonSpec() && experiment.gridZone == nil)
    }

    @Test func `countries and regions are names for the zone`() throws {
        #expect(try loaded("metrics.country_iso_code=DE").experiment.gridZone == GridZone("DEU"))
        #expect(try loaded("metrics.country_iso_code=USA", "metrics.region=california").experiment.gridZone == GridZone("US-CA"))
        #expect(try loaded("carbon.zone=US-CA", "metrics.country_iso_code=USA").experiment.gridZone == GridZone("US-CA"))
        #expect(try loaded("carbon.zone=DE", "metrics.country_iso_code=DEU").experiment.gridZone == GridZone("DEU"))
        let unknown = try loaded("metrics.country_iso_code=FRA", "metrics.region=provence")
        #expect(unknown.experiment.gridZone == GridZone("FRA") && unknown.warnings.map(\.code) == ["config.no-effect"])
    }

    @Test(arguments: [
        ["carbon.zone=FRA", "metrics.country_iso_code=DEU"],
        ["carbon.zone=USA", "metrics.country_iso_code=USA", "metrics.region=california"],
        ["carbon.zone=US-TX", "metrics.country_iso_code=US", "metrics.region=CA"],
    ])
    func `two different zones are a mistake`(overrides: [String]) {
        do {
            _ = try ConfigurationLoader(environment: [:]).build(
                name: "t", overrides: ["backend.type=pytorch", "backend.model=m"] + overrides)
            Issue.record("nothing was said about \(overrides)")
        } catch {
            #expect(error.all.map(\.code) == ["config.conflict"])
        }
    }

    @Test func `a source without what it needs says what`() {
        #expect(failures("carbon.source=fixed").map(\.message).first?.contains("`carbon.intensity`") == true)
        #expect(failures("carbon.source=csv").map(\.message).first?.contains("`carbon.file`") == true)
        #expect(failures("carbon.source=electricity-maps").map(\.code) == ["config.missing-key"])
        #expect(failures("carbon.source=electricity-maps", "carbon.zone=DE").isEmpty)
        #expect(failures("carbon.source=electricity-maps", "carbon.lat=48", "carbon.lon=11").isEmpty)
        #expect(failures("carbon.source=electricity-maps", "carbon.lat=48").map(\.code) == ["config.missing-key"])
        #expect(
            failures("carbon.source=electricity-maps", "carbon.lat=48", "carbon.lon=11", "carbon.zone=DE").map(\.code) == [
                "config.conflict"
            ])
        #expect(failures("carbon.source=electricity-maps", "carbon.zone=US-OR").map(\.code) == ["config.carbon-zone"])
        #expect(failures("carbon.source=uk", "carbon.zone=FRA").map(\.code) == ["config.carbon-zone"])
        #expect(failures("carbon.source=uk", "carbon.zone=GB").isEmpty && failures("carbon.source=uk").isEmpty)
    }

    @Test(arguments: [
        "carbon.pue=0.9", "carbon.pue=nan", "carbon.wue=-1", "carbon.intensity=-1", "carbon.lat=91", "carbon.zone=XX",
        "carbon.zone=Germany",
        "carbon.source=watttime", "carbon.electricity_price={per_kwh: 0.2}", "carbon.electricity_price={per_kwh: 0.2, currency: euro}",
        "carbon.electricity_price=0.2", "carbon.embodied=yes", "carbon.embodied={devices: [{name: a, kgco2e: 1}]}",
        "carbon.embodied={lifetime: 4y, devices: []}", "carbon.embodied={lifetime: 0y, devices: [{name: a, kgco2e: 1}]}",
        "carbon.embodied={lifetime: 4y, devices: [{name: a}]}",
        "carbon.embodied={lifetime: 4y, devices: [{name: a, kgco2e: 1, counts: 2}]}",
        "carbon.api_key_env=not a name", "carbon.key=x",
    ])
    func `a wrong value is one mistake`(override: String) { #expect(failures(override).count == 1, "\(failures(override))") }

    @Test func `a lifetime is said in years or in any unit`() throws {
        let devices = "devices: [{name: H100, kgco2e: 164, count: 8}, {name: rest, kgco2e: 2500}]"
        let given = try loaded("carbon.embodied={lifetime: 4y, \(devices)}").experiment.carbon.embodied
        let expected = CarbonSpec.Embodied.given(
            [.init(name: "H100", kilograms: 164, count: 8), .init(name: "rest", kilograms: 2_500)], lifetime: .seconds(4 * 365 * 86_400))
        #expect(given == expected)
        #expect(try loaded("carbon.embodied=default").experiment.carbon.embodied == .builtIn)
    }

    @Test func `an intensity or a file without a source names the source`() throws {
        #expect(try loaded("carbon.intensity=100").experiment.carbon.source == .fixed)
        #expect(try loaded("carbon.intensity=100", "carbon.zone=DE").experiment.carbon.source == .fixed)
        #expect(try loaded("carbon.file=i.csv").experiment.carbon.source == .csv)
        // The intensity then stands in where the file fails.
        #expect(try loaded("carbon.file=i.csv", "carbon.intensity=100").experiment.carbon.source == .csv)
        for overrides in [["carbon.intensity=100"], ["carbon.file=i.csv"]] {
            #expect(try loaded(overrides[0]).warnings.isEmpty)
            let table = try loaded(overrides[0], "carbon.source=table")
            #expect(table.experiment.carbon.source == .table && table.warnings.map(\.code) == ["config.no-effect"])
        }
        #expect(try loaded("carbon.intensity=100", "carbon.source=uk").warnings.isEmpty)
        // A position is for a service, which nobody asks who was not told to.
        let position = try loaded("carbon.lat=48", "carbon.lon=11")
        #expect(position.experiment.carbon.source == .table && position.warnings.map(\.code) == ["config.no-effect"])
    }

    // MARK: After a run

    private func record(_ overrides: [String]) throws -> String {
        let experiment = try ConfigurationLoader(environment: [:]).build(
            name: "t", overrides: ["backend.type=pytorch", "backend.model=m"] + overrides
        ).experiment
        return ExperimentRecord(experiment: experiment).json()
    }

    @Test func `what is made of a recording can be set anew`() throws {
        let text = try record(["metrics.country_iso_code=DEU", "carbon.pue=1.4"])
        let settings = try AnalysisOverrides.prepared(["carbon.zone=FRA", "attribution.method=token_share"])
        let changed = try ExperimentRecord.parse(text, file: "e.json", overrides: settings)
        #expect(changed.experiment.gridZone == GridZone("FRA") && changed.experiment.carbon.pue == 1.4)
        #expect(changed.experiment.attribution.method == .tokenShare)
        #expect(changed.digest == (try ExperimentRecord.parse(text, file: "e.json")).digest)
        let back = try ExperimentRecord.parse(
            try record(["carbon.zone=FRA"]), file: "e.json", overrides: try AnalysisOverrides.prepared(["metrics.country_iso_code=DE"]))
        #expect(back.experiment.gridZone == GridZone("DEU"))
    }

    @Test(
        arguments: [
            ([], ["carbon.intensity=90"], .fixed), (["carbon.file=i.csv"], ["carbon.intensity=90"], .fixed),
            (["carbon.intensity=80"], ["carbon.file=i.csv"], .csv), (["carbon.intensity=80"], ["carbon.source=table"], .table),
            (["carbon.source=uk"], ["carbon.intensity=90", "carbon.source=uk"], .uk),
        ] as [([String], [String], CarbonSpec.Source)])
    func `an intensity or a file set anew is what counts`(before: [String], settings: [String], source: CarbonSpec.Source) throws {
        let changed = try ExperimentRecord.parse(
            try record(before), file: "e.json", overrides: try AnalysisOverrides.prepared(settings))
        #expect(changed.experiment.carbon.source == source)
    }

    @Test func `what the recording was taken with cannot`() throws {
        for setting in ["backend.model=x", "scenario.num_samples=3", "metrics.meters=none", "name=x"] {
            do {
                _ = try AnalysisOverrides.prepared([setting])
                Issue.record("\(setting) was taken")
            } catch {
                #expect(error.all.map(\.code) == ["usage.analyze-set"])
            }
        }
        #expect(throws: Failures.self) {
            try ExperimentRecord.parse(try record([]), file: "e.json", overrides: try AnalysisOverrides.prepared(["carbon.zon=FRA"]))
        }
    }
}

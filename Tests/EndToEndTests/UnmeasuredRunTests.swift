import Foundation
import Testing

/// Machines on which nothing, or not everything, is measured.
struct UnmeasuredRunTests {
    /// Everything in a summary that is an amount of energy or power, by any name.
    private func energies(_ summary: JSON) -> [JSON] {
        summary.objects(with: "method").filter { figure in
            figure.keys.contains("energy_joules") || ["J", "W", "J/token", "J/request", "Wh/request"].contains(figure["unit"].text)
        }
    }

    private func amount(_ figure: JSON) -> JSON { figure.keys.contains("energy_joules") ? figure["energy_joules"] : figure["value"] }

    @Test func `without a sensor every energy says that it is modelled, and none is zero`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 8, idle: "200ms")))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let found = energies(try run.summary)
        #expect(found.count > 20)
        for figure in found {
            // A difference of two like amounts may be anything; everything else is something or absent.
            #expect(figure["method"].text == "modelled" || amount(figure).isNull, "\(figure)")
        }
        for entry in try run.summary["ledger"].list { #expect(entry["energy_joules"].isPositive, "\(entry)") }
        for scope in ["cpu", "dram", "system"] { #expect(try run.gross(scope)["value"].isPositive) }
        #expect(try run.flags.contains("energy_modelled"))
        #expect(ended.output.contains("modelled, not measured"))
    }

    @Test func `a run too short for the model's readings has no zero either`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(["measure", "--meters", "model", "--repeat", "5", "--json", "--", "true"])
        #expect(ended.status == 0, "\(ended.error)")
        for run in try ended.json["runs"].list {
            for entry in run["ledger"].list {
                #expect(entry["energy_joules"].isNull || entry["energy_joules"].isPositive, "\(entry)")
            }
        }
    }

    @Test func `a quiet machine is not called impossible for the noise of a model`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 4, idle: "200ms"), ["--strict"]))
        let flags = try scene.onlyRun().flags
        #expect(ended.status == 0, "\(ended.output)")
        #expect(!flags.contains("implausible"))
    }

    @Test func `energy that is required and cannot be measured ends the run before it starts`() async throws {
        let scene = try Scene()
        let config = try scene.config()
        for more in [["--require-energy"], ["--set", "metrics.require=[gpu]"]] {
            let ended = try await scene.run(scene.runOptions(config, meters: "model", more))
            #expect(ended.status == 69)
            #expect(ended.error.contains("[meter."))
            #expect(ended.error.contains("help:"))
            #expect(scene.runs.isEmpty && ended.output.isEmpty)
        }
        let measure = try await scene.run(["measure", "--meters", "model", "--require-energy", "--", "touch", scene.file("started")])
        #expect(measure.status == 69)
        #expect(!FileManager.default.fileExists(atPath: scene.file("started")))
    }

    @Test func `the reasons for no sensor are named`() async throws {
        let scene = try Scene()
        let root = try HostRootTree(scene)
        let ended = try await scene.run(
            scene.runOptions(try scene.config(), meters: "rapl,hwmon", ["--require-energy"]), environment: root.environment)
        #expect(ended.status == 69)
        #expect(ended.error.contains("rapl: no powercap folder") && ended.error.contains("hwmon: no hwmon folder"))
    }

    @Test func `with no meter the energy is absent with its reason, and never zero`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(scene.runOptions(try scene.config(), meters: "none"))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let found = energies(try run.summary)
        #expect(!found.isEmpty)
        for figure in found {
            #expect(amount(figure).isNull && figure["method"].text == "unavailable", "\(figure)")
            #expect(figure["reason"].text?.isEmpty == false, "\(figure)")
        }
        #expect(try run.flags.contains("energy_unavailable"))
        #expect(try run.summary["figures"]["output_tokens_per_second"]["value"].number != nil)
        #expect(ended.output.contains("energy: unavailable"))
    }
}

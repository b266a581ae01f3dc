import JouleConfiguration
import JouleGrid
import JouleModel
import JouleStore
import JouleUnits

/// Finds what turns the energy of a run into carbon, once the run is over: nothing is looked up while anything is measured.
package struct CarbonLookup: Sendable {
    private let variables: [String: String]

    /// - Parameter variables: of the environment: the key of a service, the place of the cache.
    package init(variables: [String: String]) { self.variables = variables }

    /// Looks up the intensity of the time from the start of a run to its end. Never fails: what cannot be had is replaced, and says so.
    ///
    /// - Parameter isHurried: somebody waits for the end; then a service that asks for time is not waited for.
    package func record(_ experiment: Experiment, _ environment: RunEnvironment, end: Double, isHurried: Bool = false) async -> CarbonRecord
    {
        let resolver = CarbonResolver(variables: variables, patience: isHurried ? .zero : .seconds(30))
        let start = environment.start.unixSeconds
        let counted = environment.meters.filter { $0.scope == .gpu && $0.countsInTotals }
        var names: [String: String] = [:]
        for channel in counted where names[channel.device] == nil {
            names[channel.device] = environment.gpus.first { $0.uuid == channel.device }?.name ?? channel.name
        }
        let servers = Set(environment.meters.filter(\.countsInTotals).map { $0.host ?? "" }).count
        return await resolver.record(
            experiment.carbon, zone: experiment.gridZone, span: start...max(start, end),
            accelerators: names.sorted { $0.key < $1.key }.map(\.value), servers: max(1, servers))
    }
}

/// A run looked at with settings of its analysis other than those it was made with.
package struct Reanalysis: Sendable {
    /// What the summary that is there was computed with, where that is not what the run was given.
    package static let file = "analysis.json"

    let experiment: Experiment
    let carbon: CarbonRecord?
    /// For people: `carbon.zone=FRA`.
    let settings: [String]
}

extension RunResults {
    /// A run with other settings of its analysis: keys of `carbon`, `compute` and `attribution`. The recording is not touched.
    ///
    /// What a service says is kept in the run's folder under the digest of the settings, so that the same command gives the same bytes; only
    /// an answer that was replaced by another source is asked for again.
    ///
    /// - Throws: `usage.analyze-set` for other keys, and what is wrong with the values.
    package static func reanalysis(
        of directory: RunDirectory, settings: [String], variables: [String: String]
    ) async throws -> Reanalysis {
        let assignments = try AnalysisOverrides.prepared(settings)
        let file = directory.file("experiment.json")
        let text = try directory.readText("experiment.json")
        let own = try ExperimentRecord.parse(text, file: file).experiment
        let changed = try ExperimentRecord.parse(text, file: file, overrides: assignments).experiment
        let record: CarbonRecord?
        if changed.carbon == own.carbon, changed.gridZone == own.gridZone {
            record = try await carbon(of: directory, variables: variables)
        } else {
            let name = "carbon-\(ConfigurationRenderer.digest(of: changed).prefix(12)).json"
            if let kept = try directory.readIfPresent(CarbonRecord.self, from: name), kept.fallbackReason == nil {
                record = kept
            } else {
                let lookup = CarbonLookup(variables: variables)
                try CarbonResolver(variables: variables).check(changed.carbon, zone: changed.gridZone)
                let (environment, end) = try span(of: directory)
                let found = await lookup.record(changed, environment, end: end)
                try directory.write(found, to: name)
                record = found
            }
        }
        return Reanalysis(experiment: changed, carbon: record, settings: settings)
    }

    /// The record of a run by its own settings. A run that was killed, or is older than these records, gets its own now.
    @discardableResult
    package static func carbon(of directory: RunDirectory, variables: [String: String]) async throws -> CarbonRecord {
        if let kept = try directory.readIfPresent(CarbonRecord.self, from: CarbonRecord.file) { return kept }
        let experiment = try ExperimentRecord.parse(
            try directory.readText("experiment.json"), file: directory.file("experiment.json")
        ).experiment
        let (environment, end) = try span(of: directory)
        let record = await CarbonLookup(variables: variables).record(experiment, environment, end: end)
        try directory.write(record, to: CarbonRecord.file)
        return record
    }

    private static func span(of directory: RunDirectory) throws -> (environment: RunEnvironment, end: Double) {
        let environment = try directory.read(RunEnvironment.self, from: "environment.json")
        let state = try directory.read(RunState.self, from: "state.json")
        return (environment, environment.end?.unixSeconds ?? environment.start.unixSeconds(at: state.updated))
    }
}

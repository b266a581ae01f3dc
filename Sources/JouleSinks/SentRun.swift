import JouleModel

/// A finished run, as the services get it. Everything in it is in the run's own files already.
package struct SentRun: Sendable {
    /// A file of the run.
    package struct File: Sendable {
        package let name: String
        package let path: String

        package init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    package let summary: Summary
    package let recording: Recording
    /// The resolved configuration, key by key, without secrets.
    package let parameters: [(name: String, value: String)]
    /// Of the configuration, as `experiment.json` has it.
    package let digest: String
    package let directory: String
    /// Those that a service may be given along with the figures.
    package let files: [File]

    package init(
        summary: Summary, recording: Recording, parameters: [(name: String, value: String)], digest: String, directory: String,
        files: [File]
    ) {
        self.summary = summary
        self.recording = recording
        self.parameters = parameters
        self.digest = digest
        self.directory = directory
        self.files = files
    }

    /// Seconds since 1970.
    var start: Double { recording.environment.start.unixSeconds }
    var end: Double { recording.environment.end?.unixSeconds ?? recording.environment.start.unixSeconds(at: recording.state.updated) }
    var host: String { recording.environment.system.hostname ?? "unknown" }
    var flags: [Flag] { Set(summary.flags.map(\.flag)).sorted() }
    /// `measured-counter`, …, of the headline energy.
    var energyMethod: String { headline?.gross.method ?? EnergyMethod.unavailable.rawValue }
    var headline: Summary.ScopeEnergy? { summary.energies.first { $0.scope == summary.headlineScope } }
}

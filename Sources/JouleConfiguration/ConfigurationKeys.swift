import JouleModel

/// Every key of a configuration file, in the order in which they are decoded, shown and listed.
///
/// The order matters twice: `phases.preset` lays the lengths that the keys after it change, and a ramp ends at the rate before it.
enum ConfigurationKeys {
    static let all: [ConfigurationKey] =
        general + backend + parallelism + server + simulation + scenario + batching + reasoning + generation + load + thinkTime + phases
        + attribution
        + compute + metrics + carbon + reporters

    /// The keys by every name they answer to.
    static let byPath: [[String]: ConfigurationKey] = Dictionary(
        uniqueKeysWithValues: all.flatMap { key in ([key.path] + key.aliases).map { ($0, key) } })

    /// Paths that hold keys rather than a value: `backend`, `scenario.generate_kwargs`.
    static let sections: Set<[String]> = Set(
        byPath.keys.flatMap { path in (1..<path.count).map { Array(path.prefix($0)) } })

    private static let general: [ConfigurationKey] = [
        ConfigurationKey("name", .text(), \.name, fallback: "file name", "Name of the experiment in results and reports."),
        ConfigurationKey("output_dir", .text("path"), \.outputDirectory, "Folder that receives the run directories."),
        ConfigurationKey("repetitions", .count(atLeast: 1), \.repetitions, "How often the experiment is run."),
        ConfigurationKey("seed", .seed, \.seed, "Seed of every random choice: the selection of prompts and the sampling of tokens."),
    ]

    private static let metrics: [ConfigurationKey] = [
        ConfigurationKey("metrics.enabled", .flag, \.metrics.enabled, "Measure energy at all."),
        ConfigurationKey(
            "metrics.type", type: "`native`; `codecarbon`, `zeus` are accepted names for it",
            schema: .names(EngineName.allCases.map(\.rawValue)), fallback: "native",
            "Kept for files of older tools; the meters are always this program's own.",
            decode: { setting, _, reading in _ = Shape<EngineName>.choice(EngineName.self).decode(setting, &reading) },
            render: { _ in nil }),
        ConfigurationKey("metrics.meters", .meters, \.metrics.meters, "The meters to read."),
        ConfigurationKey(
            "metrics.sample_period", .duration(.milliseconds(1)...(.seconds(60))), \.metrics.samplePeriod, "Time between two readings."),
        ConfigurationKey(
            "metrics.require", Shape<Scope>.choice(Scope.self, noun: "scope").list(), \.metrics.require, fallback: "–",
            "Scopes that must be measured, or the run does not start."),
        ConfigurationKey("metrics.project_name", Shape<String>.text().optional, \.metrics.projectName, "Named in exports."),
        ConfigurationKey(
            "metrics.output_dir", Shape<String>.text("path").optional, \.metrics.outputDirectory, fallback: "`output_dir`",
            "Folder of the `emissions.csv` of the `codecarbon` reporter, where that names no `output_file` of its own."),
        ConfigurationKey(
            "metrics.country_iso_code", Shape<String>.country.optional, \.metrics.countryISOCode,
            "Country of the machine: another name of `carbon.zone`."),
        ConfigurationKey(
            "metrics.region", Shape<String>.text().optional, \.metrics.region, "Region inside the country: `CA` or `california`, `SE3`."),
    ]

    private static let reporters: [ConfigurationKey] = [
        ConfigurationKey(
            "reporter", Shape<ReporterSpec>.reporter.list(), \.reporters, fallback: "json and html in the run directory",
            "Where results go besides the run directory.")
    ]
}

/// Measuring engines of the older tools.
private enum EngineName: String, CaseIterable, Sendable { case native, codecarbon, zeus }

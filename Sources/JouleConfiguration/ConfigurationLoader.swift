import JouleModel

/// An experiment as its configuration describes it.
package struct LoadedConfiguration: Sendable {
    package let experiment: Experiment
    /// Things that are allowed and probably not meant.
    package let warnings: [Failure]
    /// The files that were read: the named one first, then what it extends.
    package let files: [String]
}

/// Reads configuration files, and lays defaults, what a file extends, the file, the environment and `--set` over each other, in this order.
///
/// Files are YAML or JSON. All mistakes are found in one pass and thrown together, each with its place.
package struct ConfigurationLoader: Sendable {
    private let environment: [String: String]
    private let readFile: FileReading

    package init(environment: [String: String], readFile: @escaping FileReading = UnreadableFile.fileSystem) {
        self.environment = environment
        self.readFile = readFile
    }

    /// The experiment that a file describes.
    ///
    /// - Parameter overrides: `key=value` with a dotted key and a YAML value, as given to `--set`.
    package func load(_ file: String, overrides: [String] = []) throws(Failures) -> LoadedConfiguration {
        var reading = Reading()
        var chain = FileChain(environment: environment, readFile: readFile)
        let base = chain.load(file, reading: &reading)
        return try resolve(
            base, defaultName: Self.stem(of: file), overrides: overrides, files: chain.files, reading: &reading)
    }

    /// An experiment without a file, for programs: defaults, the environment, and `overrides`, which must name
    /// `backend.type` and `backend.model`.
    package func build(name: String, overrides: [String]) throws(Failures) -> LoadedConfiguration {
        var reading = Reading()
        return try resolve(nil, defaultName: name, overrides: overrides, files: [], reading: &reading)
    }

    private func resolve(
        _ base: ConfigNode?, defaultName: String, overrides: [String], files: [String], reading: inout Reading
    ) throws(Failures) -> LoadedConfiguration {
        var root = base ?? .map([], at: .program)
        let sources = [
            Overrides.fromEnvironment(environment, reading: &reading), Overrides.fromAssignments(overrides, reading: &reading),
        ]
        for override in sources.joined() { root = Layer.canonical(override, reading: &reading).merged(over: root) }
        let experiment = ExperimentDecoder.decode(root, defaultName: defaultName, reading: &reading)
        guard reading.failures.isEmpty else { throw Failures(reading.orderedFailures(files: files)) }
        return LoadedConfiguration(experiment: experiment, warnings: reading.orderedWarnings(files: files), files: files)
    }

    /// The file's name without folder and extension: the default name of the experiment.
    private static func stem(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
        return String(last[..<dot])
    }
}

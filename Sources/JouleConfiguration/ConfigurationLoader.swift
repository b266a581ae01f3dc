import JouleModel

/// An experiment as its configuration describes it.
package struct LoadedConfiguration: Sendable {
    package let experiment: Experiment
    /// How its repetitions follow each other.
    package let rules: StudyRules
    /// What its task asks for where it is submitted to Slurm.
    package let slurm: SlurmSpec
    /// Things that are allowed and probably not meant.
    package let warnings: [Failure]
    /// The files that were read: the named one first, then what it extends.
    package let files: [String]

    /// Whether the experiment is run more than once.
    package var isRepeated: Bool { experiment.repetitions > 1 || rules.until != nil }
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
    /// - Throws: besides all mistakes, `config.study` when the file describes a study.
    package func load(_ file: String, overrides: [String] = []) throws(Failures) -> LoadedConfiguration {
        try load(file, overrides: overrides, below: nil)
    }

    /// - Parameter defaults: those of another tool, for its own nested kind of file.
    func load(_ file: String, overrides: [String], below defaults: ((ConfigNode) -> ConfigNode)?) throws(Failures) -> LoadedConfiguration {
        var reading = Reading()
        var chain = FileChain(environment: environment, readFile: readFile)
        let base = chain.load(file, reading: &reading)
        let root = layered(base, of: chain, below: defaults, overrides: overrides, reading: &reading)
        return try experiment(root, defaultName: Self.stem(of: file), files: chain.files, reading: &reading)
    }

    /// The experiment, or the study, that a file describes. Overrides change the base of a study; a key that it sweeps they cannot set.
    /// An experiment that is to be repeated is a study of one member.
    package func loadStudy(_ file: String, overrides: [String] = []) throws(Failures) -> LoadedFile {
        try resolve(file, overrides: overrides).loaded
    }

    /// The same, with all that is needed to write it down in full.
    package func resolve(_ file: String, overrides: [String] = []) throws(Failures) -> ResolvedFile {
        var reading = Reading()
        var chain = FileChain(environment: environment, readFile: readFile)
        let base = chain.load(file, reading: &reading)
        let root = layered(base, of: chain, below: nil, overrides: overrides, reading: &reading)
        let name = Self.stem(of: file)
        guard let sweep = Self.sweep(of: root) else {
            let loaded = try experiment(root, defaultName: name, files: chain.files, reading: &reading)
            return ResolvedFile(
                loaded: loaded.isRepeated ? .study(LoadedStudy(repeating: loaded)) : .experiment(loaded), root: root, members: [],
                name: loaded.experiment.name)
        }
        let order = Self.order(of: root, reading: &reading)
        let slurm = SlurmKeys.read(root, reading: &reading)
        let variations = SweepReader.read(sweep, reading: &reading)
        let assembly = StudyAssembly(base: root.removing(StudyKeys.roots), defaultName: name)
        if variations.isEmpty {
            // Then nothing else says what is wrong with the rest of the file.
            _ = ExperimentDecoder.decode(root, defaultName: name, reading: &reading)
        }
        let rules = StudyRules.decode(root, repetitions: assembly.baseExperiment.repetitions, reading: &reading)
        let all = assembly.members(variations, reading: &reading)
        let members = rules.select(all, in: root, reading: &reading)
        let failures = reading.orderedFailures(files: chain.files)
        guard failures.isEmpty, !members.isEmpty else {
            let empty = Failure("config.sweep", "`sweep` describes no member", source: sweep.origin.place)
            throw Failures(failures.isEmpty ? [empty] : failures)
        }
        let study = Study(name: assembly.baseExperiment.name, members: members)
        let loaded = LoadedStudy(
            study: study, repetitions: assembly.baseExperiment.repetitions, order: order, rules: rules,
            seed: assembly.baseExperiment.seed, slurm: slurm, warnings: reading.orderedWarnings(files: chain.files), files: chain.files)
        return ResolvedFile(
            loaded: .study(loaded), root: root, members: zip(variations, all.map(\.experiment)).map { ($0, $1) }, name: study.name)
    }

    /// An experiment without a file, for programs: defaults, the environment, and `overrides`, which must name
    /// `backend.type` and `backend.model`.
    package func build(name: String, overrides: [String]) throws(Failures) -> LoadedConfiguration {
        var reading = Reading()
        let root = layered(nil, overrides: overrides, reading: &reading)
        return try experiment(root, defaultName: name, files: [], reading: &reading)
    }

    /// Defaults of an older tool go below everything: what they are depends on what was written above.
    private func layered(
        _ base: ConfigNode?, of chain: FileChain, below defaults: ((ConfigNode) -> ConfigNode)?, overrides: [String], reading: inout Reading
    ) -> ConfigNode {
        let root = layered(base, overrides: overrides, reading: &reading)
        guard base != nil, let older = chain.isFlat ? FlatFile.defaults : defaults else { return root }
        return root.merged(over: older(root))
    }

    private func layered(_ base: ConfigNode?, overrides: [String], reading: inout Reading) -> ConfigNode {
        var root = base ?? .map([], at: .program)
        let sources = [
            Overrides.fromEnvironment(environment, reading: &reading), Overrides.fromAssignments(overrides, reading: &reading),
        ]
        for override in sources.joined() { root = Layer.canonical(override, reading: &reading).merged(over: root) }
        return root
    }

    private func experiment(
        _ root: ConfigNode, defaultName: String, files: [String], reading: inout Reading
    ) throws(Failures) -> LoadedConfiguration {
        if let sweep = Self.sweep(of: root) {
            reading.report(
                "config.study", "`sweep` makes a study of this file, and one experiment is asked for", at: sweep.origin,
                remedy: "`joulebench run` runs it; remove `sweep` for its base alone")
        }
        _ = Self.order(of: root, reading: &reading)
        let slurm = SlurmKeys.read(root, reading: &reading)
        let experiment = ExperimentDecoder.decode(root, defaultName: defaultName, reading: &reading)
        let rules = StudyRules.decode(root, repetitions: experiment.repetitions, reading: &reading)
        let alone = Study.Member(name: experiment.name, values: [], experiment: experiment)
        _ = rules.select([alone], in: root, reading: &reading)
        guard reading.failures.isEmpty else { throw Failures(reading.orderedFailures(files: files)) }
        return LoadedConfiguration(
            experiment: experiment, rules: rules, slurm: slurm, warnings: reading.orderedWarnings(files: files), files: files)
    }

    /// What is varied; nothing where the key asks for nothing.
    private static func sweep(of root: ConfigNode) -> ConfigNode? {
        guard let node = root[StudyKeys.sweep], !node.isNull, node.entries?.isEmpty != true else { return nil }
        return node
    }

    private static func order(of root: ConfigNode, reading: inout Reading) -> StudyOrder {
        guard let node = root[StudyKeys.order], !node.isNull else { return .interleaved }
        let setting = Setting(path: "order", node: node)
        return Shape<StudyOrder>.choice(StudyOrder.self).decode(setting, &reading) ?? .interleaved
    }

    /// The file's name without folder and extension: the default name of the experiment.
    private static func stem(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
        return String(last[..<dot])
    }
}

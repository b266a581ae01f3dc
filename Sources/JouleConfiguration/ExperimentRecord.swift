import JouleModel

/// The contents of `experiment.json` in a run directory: what was asked for, and the digests that name it.
package struct ExperimentRecord: Hashable, Sendable {
    package static let schemaVersion = 1

    package let experiment: Experiment
    /// The digest when the run was made. A later version that knows more keys may compute another one from the same file.
    package let digest: String
    /// SHA-256 of the sequence of prompts.
    package let promptsDigest: String?
    /// SHA-256 of the arrival schedule; nil where nothing is scheduled in advance.
    package let arrivalsDigest: String?
    /// Where the prompts were fetched from; nil for those at hand.
    package let dataset: DatasetOrigin?

    package init(
        experiment: Experiment, promptsDigest: String? = nil, arrivalsDigest: String? = nil, dataset: DatasetOrigin? = nil
    ) {
        self.init(
            experiment: experiment, digest: ConfigurationRenderer.digest(of: experiment), promptsDigest: promptsDigest,
            arrivalsDigest: arrivalsDigest, dataset: dataset)
    }

    private init(experiment: Experiment, digest: String, promptsDigest: String?, arrivalsDigest: String?, dataset: DatasetOrigin?) {
        self.experiment = experiment
        self.digest = digest
        self.promptsDigest = promptsDigest
        self.arrivalsDigest = arrivalsDigest
        self.dataset = dataset
    }

    /// Equal records give equal bytes.
    package func json() -> String {
        var pairs: [ConfigurationValue.Pair] = [
            .init(key: "schema_version", value: .integer(Self.schemaVersion)), .init(key: "digest", value: .text(digest)),
        ]
        if let promptsDigest { pairs.append(.init(key: "prompts_sha256", value: .text(promptsDigest))) }
        if let arrivalsDigest { pairs.append(.init(key: "arrivals_sha256", value: .text(arrivalsDigest))) }
        if let dataset { pairs.append(.init(key: "dataset", value: Self.value(of: dataset))) }
        pairs.append(.init(key: "experiment", value: ConfigurationRenderer.tree(of: experiment)))
        return ConfigurationValue.map(pairs).json() + "\n"
    }

    /// Reads a record back. Nothing in it is interpolated or overridden: it says what was, not what should be. Secrets are not in it:
    /// `***` stands in their place.
    ///
    /// - Parameter file: the path that failures name.
    /// - Parameter overrides: `key=value`, laid over what the record says; see `analysisOverrides`.
    /// - Parameter isToBeRun: whether hidden secrets are missed, which is a failure then: `config.hidden-secret`.
    package static func parse(
        _ text: String, file: String, overrides: [String] = [], isToBeRun: Bool = false
    ) throws(Failures) -> ExperimentRecord {
        var reading = Reading()
        reading.isRecord = !isToBeRun
        let record = parse(text, file: file, overrides: overrides, reading: &reading)
        guard let record, reading.failures.isEmpty else { throw Failures(reading.orderedFailures(files: [file])) }
        return record
    }

    private static func parse(_ text: String, file: String, overrides: [String], reading: inout Reading) -> ExperimentRecord? {
        guard let root = YAMLReader.read(text, file: file, reading: &reading) else {
            if reading.failures.isEmpty {
                reading.report(Failure("config.parse", "Failed to parse `\(file)`: it is empty"))
            }
            return nil
        }
        let setting = Setting(path: "record", node: root)
        let known = ["schema_version", "digest", "prompts_sha256", "arrivals_sha256", "dataset", "experiment"]
        // A record of a later schema may hold more; its version is looked at before its keys are.
        if let node = root["schema_version"], case .scalar(let version, _) = node.content, Int(version) ?? 0 > schemaVersion {
            reading.report(
                "config.newer-schema", "`\(file)` has schema_version \(version); this version of joulebench knows \(schemaVersion)",
                at: node.origin, remedy: "read it with a newer joulebench")
            return nil
        }
        guard let options = Options(setting, known: known, reading: &reading), let experiment = options.given("experiment"),
            options.given("schema_version") != nil
        else {
            reading.report("config.parse", "`\(file)` is no record of an experiment", at: root.origin)
            return nil
        }
        var layer = Layer.canonical(experiment.node, reading: &reading)
        for override in Overrides.fromAssignments(overrides, reading: &reading) {
            layer = Layer.canonical(override, reading: &reading).merged(over: layer)
        }
        let decoded = ExperimentDecoder.decode(layer, defaultName: "", reading: &reading)
        let digest = options.read("digest", .text(), &reading)
        return ExperimentRecord(
            experiment: decoded, digest: digest ?? ConfigurationRenderer.digest(of: decoded),
            promptsDigest: options.read("prompts_sha256", .text(), &reading),
            arrivalsDigest: options.read("arrivals_sha256", .text(), &reading),
            dataset: options.given("dataset").flatMap { Self.dataset($0, &reading) })
    }

    private static func value(of dataset: DatasetOrigin) -> ConfigurationValue {
        var pairs = [ConfigurationValue.Pair(key: "name", value: .text(dataset.name))]
        for (key, text) in [("config", dataset.config), ("split", dataset.split), ("revision", dataset.revision)] {
            if let text { pairs.append(.init(key: key, value: .text(text))) }
        }
        if let rows = dataset.rows { pairs.append(.init(key: "rows", value: .integer(rows))) }
        pairs.append(.init(key: "via", value: .text(dataset.via)))
        return .map(pairs)
    }

    private static func dataset(_ setting: Setting, _ reading: inout Reading) -> DatasetOrigin? {
        let known = ["name", "config", "split", "revision", "rows", "via"]
        guard let options = Options(setting, known: known, reading: &reading), let name = options.read("name", .text(), &reading),
            let via = options.read("via", .text(), &reading)
        else { return nil }
        return DatasetOrigin(
            name: name, config: options.read("config", .text(), &reading), split: options.read("split", .text(), &reading),
            revision: options.read("revision", .text(), &reading), rows: options.read("rows", .count(atLeast: 0), &reading), via: via)
    }
}

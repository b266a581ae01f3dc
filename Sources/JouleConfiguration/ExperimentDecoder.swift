import JouleModel

/// A tree of canonical keys into an experiment.
enum ExperimentDecoder {
    /// Decodes every key that is there; what is missing keeps its default. The result means something only when nothing was reported.
    static func decode(_ root: ConfigNode, defaultName: String, reading: inout Reading) -> Experiment {
        var experiment = Experiment.withDefaults
        experiment.name = defaultName
        for key in ConfigurationKeys.all {
            let node = root[key.path]
            if node?.holdsUnreadable ?? false {
                reading.refuse(key.name)
            } else if let node, !node.isNull {
                let setting = Setting(path: key.name, node: node)
                reading.decoding(key.name) { reading in
                    if !setting.refuseMaskedURL(&reading) { key.decode(setting, &experiment, &reading) }
                }
            } else if key.isRequired, !reading.isIncomplete {
                reading.decoding(key.name) { reading in
                    reading.report(
                        "config.missing-key", "`\(key.name)` is missing", at: node?.origin ?? nearestSection(of: key.path, in: root),
                        remedy: "add it: \(key.type)")
                }
            }
        }
        Inference.complete(&experiment, root: root)
        Consistency.check(experiment, root: root, reading: &reading)
        return experiment
    }

    /// Where a missing key would belong: its section, or the beginning.
    private static func nearestSection(of path: [String], in root: ConfigNode) -> Origin {
        var node = root
        var origin = root.origin
        for key in path.dropLast() {
            guard let entry = node.entries?.last(where: { $0.key == key }) else { break }
            origin = entry.keyOrigin
            node = entry.value
        }
        return origin
    }
}

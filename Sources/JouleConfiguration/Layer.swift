/// One source of values (a file, the environment, `--set`) brought to canonical names.
///
/// Older names are resolved before layers are laid over each other, so `gpu_list` in a base file and `device_ids` in the file that
/// extends it are one key. Names are checked here too, in every layer: a typo in a base file stays one when the key is
/// overridden.
struct Layer {
    private(set) var root: ConfigNode
    private var namesInUse: [[String]: (name: String, origin: Origin)] = [:]

    static func canonical(_ node: ConfigNode, reading: inout Reading) -> ConfigNode {
        var layer = Layer(root: .map([], at: node.origin))
        layer.walk(node.entries ?? [], section: [], reading: &reading)
        return layer.root
    }

    private init(root: ConfigNode) { self.root = root }

    private mutating func walk(_ entries: [ConfigNode.Entry], section: [String], reading: inout Reading) {
        for entry in entries {
            let path = section + [entry.key]
            if StudyKeys.names.contains(path) {
                // What a study varies is read when its members are made.
                root = root.setting(entry.value, at: path[...], keyOrigin: entry.keyOrigin)
            } else if let key = ConfigurationKeys.byPath[path] {
                assign(entry, writtenAs: path, to: key, reading: &reading)
            } else if ConfigurationKeys.sections.contains(path) || StudyKeys.sections.contains(path) {
                enter(entry, at: path, reading: &reading)
            } else {
                Self.reportUnknown(path, at: entry.keyOrigin, reading: &reading)
            }
        }
    }

    private mutating func assign(
        _ entry: ConfigNode.Entry, writtenAs path: [String], to key: ConfigurationKey, reading: inout Reading
    ) {
        if let first = namesInUse[key.path] {
            let place = first.origin.place.map { " (line \($0.line))" } ?? ""
            reading.report(
                "config.duplicate-key", "`\(Self.name(path))` and `\(first.name)`\(place) are two names of one key", at: entry.keyOrigin,
                remedy: "keep `\(key.name)`")
            return
        }
        namesInUse[key.path] = (Self.name(path), entry.keyOrigin)
        root = root.setting(entry.value, at: key.path[...], keyOrigin: entry.keyOrigin)
    }

    private mutating func enter(_ entry: ConfigNode.Entry, at path: [String], reading: inout Reading) {
        if let entries = entry.value.entries {
            // The section itself, so that a key missing from it can be reported at its place.
            if ConfigurationKeys.sections.contains(path), root[path] == nil {
                root = root.setting(.map([], at: entry.value.origin), at: path[...], keyOrigin: entry.keyOrigin)
            }
            walk(entries, section: path, reading: &reading)
        } else if entry.value.isNull {
            // `phases:` with nothing under it puts the whole section back to its defaults.
            if ConfigurationKeys.sections.contains(path) || StudyKeys.sections.contains(path) {
                root = root.setting(entry.value, at: path[...], keyOrigin: entry.keyOrigin)
            }
        } else if entry.value.content != .unreadable {
            reading.report(
                "config.wrong-type", "`\(Self.name(path))` is a section of keys and is \(entry.value.kind)", at: entry.value.origin,
                remedy: Self.sectionHint(path))
        }
    }

    private static func sectionHint(_ path: [String]) -> String? {
        let inner = (ConfigurationKeys.all.map(\.path) + StudyKeys.names).filter { $0.starts(with: path) }.map { $0[path.count] }
        guard let first = inner.first else { return nil }
        return "its keys go below it, indented: \(first): …"
    }

    private static func reportUnknown(_ path: [String], at origin: Origin, reading: inout Reading) {
        let remedy: String
        if path.count == 1, ["extends", "_extends", "defaults"].contains(path[0]) {
            remedy = "a file can build on others; --set and the environment cannot"
        } else if let hint = Spelling.hint(for: path, among: origin.place == nil ? knownPaths : knownPaths + [["extends"], ["defaults"]]) {
            remedy = hint
        } else {
            remedy = "`joulebench config reference` lists the keys"
        }
        reading.report("config.unknown-key", "unknown key `\(name(path))`", at: origin, remedy: remedy)
    }

    /// In table order, so that of two equally near keys the more common one is named.
    private static let knownPaths =
        ConfigurationKeys.all.map(\.path) + StudyKeys.names + ConfigurationKeys.all.flatMap(\.aliases)

    private static func name(_ path: [String]) -> String { path.joined(separator: ".") }
}

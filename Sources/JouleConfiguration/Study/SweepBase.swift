import JouleModel

/// What the members of a sweep have in common, as keys of a file.
///
/// A default may hang on another key: an answer is sampled where there is a temperature, a load is open where there is a rate. Written
/// down in the base it would stay where that key is swept. So what the file says is kept as it was written, and a default is added only where
/// all members that do not set the key agree on it.
struct SweepBase {
    let root: ConfigNode
    let members: [(variation: Variation, experiment: Experiment)]
    let name: String

    var tree: ConfigurationValue {
        let all = members.map { (sets: Set($0.variation.entries.flatMap(\.paths)), experiment: $0.experiment) }
        return ConfigurationKeys.all.reduce(.map([])) { tree, key in
            let value: ConfigurationValue?
            if let node = root[key.path], !node.isNull {
                value = key.written(node)
            } else if key.path == ["name"] {
                value = .text(name)
            } else {
                value = common(key, among: all.filter { !$0.sets.contains(key.path) }.map(\.experiment))
            }
            return value.map { tree.setting($0, at: key.path[...]) } ?? tree
        }
    }

    private func common(_ key: ConfigurationKey, among experiments: [Experiment]) -> ConfigurationValue? {
        let values = Set(experiments.map(key.shown))
        return values.count == 1 ? values.first ?? nil : nil
    }
}

/// A sweep as it was written.
enum SweepRendering {
    static func value(of sweep: ConfigNode) -> ConfigurationValue {
        let entries = (sweep.entries ?? []).filter { !$0.value.isNull }
        return .map(
            entries.map { entry in
                switch (entry.key, entry.value.content) {
                case ("grid", .map(let variables, _)): .init(key: entry.key, value: map(variables, in: [], takesLists: true))
                case ("suites", .list(let suites)):
                    .init(key: entry.key, value: .list(suites.map { map($0.entries ?? [], in: [], takesLists: false) }))
                default: pair(entry, in: [], takesLists: true)
                }
            })
    }

    /// - Parameter takesLists: whether a list is one of values, and not a value.
    private static func map(_ entries: [ConfigNode.Entry], in section: [String], takesLists: Bool) -> ConfigurationValue {
        .map(entries.map { pair($0, in: section, takesLists: takesLists) })
    }

    private static func pair(_ entry: ConfigNode.Entry, in section: [String], takesLists: Bool) -> ConfigurationValue.Pair {
        let path = section + ConfigurationKey.split(entry.key)
        if let inner = entry.value.entries, ConfigurationKeys.sections.contains(path), ConfigurationKeys.byPath[path] == nil {
            return .init(key: entry.key, value: map(inner, in: path, takesLists: takesLists))
        }
        if takesLists, case .list(let values) = entry.value.content {
            return .init(key: entry.key, value: .list(values.map { written($0, path) }))
        }
        return .init(key: entry.key, value: written(entry.value, path))
    }

    private static func written(_ node: ConfigNode, _ path: [String]) -> ConfigurationValue {
        var unheard = Reading()
        switch SweptKey.resolve(path, at: node.origin, reading: &unheard) {
        case .key(let key): return key.written(node)
        case .outputLength: return node.written(as: .integer(atLeast: 1))
        case nil: return node.written(as: .text)
        }
    }
}

extension ConfigurationKey {
    /// A value of the key as it was written, but for what must not be shown.
    fileprivate func written(_ node: ConfigNode) -> ConfigurationValue {
        guard Secrets.mayHold(key: name), !node.isNull else { return node.written(as: schema) }
        var alone = Experiment.withDefaults
        var unheard = Reading()
        decode(Setting(path: name, node: node), &alone, &unheard)
        return unheard.failures.isEmpty ? render(alone) ?? .null : .text(Secrets.mask)
    }
}

import JouleModel

/// What a file describes, with everything that it leaves to defaults said: what `config show` prints, which is a valid file again and
/// describes the same.
package struct ResolvedFile: Sendable {
    package let loaded: LoadedFile
    /// All layers over each other, in canonical names.
    let root: ConfigNode
    /// The variations of a sweep, each with the member that it makes, whether it is chosen to be run or not.
    let members: [(variation: Variation, experiment: Experiment)]
    /// The name of the experiment, or of the study.
    let name: String

    package var warnings: [Failure] {
        switch loaded {
        case .experiment(let loaded): loaded.warnings
        case .study(let loaded): loaded.warnings
        }
    }

    /// The files that were read: the named one first, then what it extends.
    package var files: [String] {
        switch loaded {
        case .experiment(let loaded): loaded.files
        case .study(let loaded): loaded.files
        }
    }

    package func yaml() -> String { tree.mappingTexts(Interpolation.escape).yaml() }

    package func json() -> String { tree.mappingTexts(Interpolation.escape).json() + "\n" }

    private var tree: ConfigurationValue {
        var tree: ConfigurationValue
        var rules: StudyRules?
        switch loaded {
        case .experiment(let loaded):
            tree = ConfigurationRenderer.tree(of: loaded.experiment)
            if root["study"]?.entries?.isEmpty == false { rules = loaded.rules }
        case .study(let loaded):
            rules = loaded.rules
            if members.isEmpty, let only = loaded.study.members.first {
                tree = ConfigurationRenderer.tree(of: only.experiment)
            } else {
                tree = SweepBase(root: root, members: members, name: name).tree
                if let sweep = root[StudyKeys.sweep] { tree = tree.setting(SweepRendering.value(of: sweep), at: StudyKeys.sweep[...]) }
                tree = tree.setting(.text(loaded.order.rawValue), at: StudyKeys.order[...])
            }
        }
        if members.isEmpty, let order = root[StudyKeys.order], !order.isNull {
            tree = tree.setting(order.written(as: .text), at: StudyKeys.order[...])
        }
        for (path, value) in rules?.shown ?? [] { tree = tree.setting(value, at: path[...]) }
        for key in SlurmKeys.all {
            guard let node = root[key.path], !node.isNull else { continue }
            tree = tree.setting(node.written(as: key.schema), at: key.path[...])
        }
        return tree
    }
}

extension StudyRules {
    /// Each of them that says something, in the order of the reference.
    fileprivate var shown: [([String], ConfigurationValue)] {
        let values: [([String], ConfigurationValue?)] = [
            (StudyKeys.cooldown, Shape<Duration>.duration().render(cooldown)), (StudyKeys.retries, .integer(retries)),
            (StudyKeys.maxFailures, .integer(maxFailures)),
            (StudyKeys.until, until.flatMap(Shape<VariationGoal>.variationGoal().render)),
            (StudyKeys.only, only.isEmpty ? nil : .list(only.map { .text($0) })),
        ]
        return values.compactMap { path, value in value.map { (path, $0) } }
    }
}

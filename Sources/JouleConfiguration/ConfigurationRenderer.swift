import JouleModel
import JouleUnits

/// Experiments as text: what `config show` prints, which is a valid configuration again.
package enum ConfigurationRenderer {
    /// Keys that have nothing to say (no revision, no stop texts of their own) are left out; all others are written, defaults too.
    package static func yaml(_ experiment: Experiment) -> String {
        tree(of: experiment).mappingTexts(Interpolation.escape).yaml()
    }

    package static func json(_ experiment: Experiment) -> String {
        tree(of: experiment).mappingTexts(Interpolation.escape).json() + "\n"
    }

    /// SHA-256 over the experiment as one line of JSON with its keys in table order: equal experiments have equal digests, on every
    /// machine.
    package static func digest(of experiment: Experiment) -> String {
        SHA256.hexDigest(of: tree(of: experiment).json(isCompact: true))
    }

    /// Every key with its value as one text, in table order: `backend.model`, `reporter.0.type`. Secrets are not in it.
    package static func parameters(_ experiment: Experiment) -> [(name: String, value: String)] { leaves(of: tree(of: experiment), at: "") }

    private static func leaves(of value: ConfigurationValue, at name: String) -> [(name: String, value: String)] {
        func below(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
        switch value {
        case .null, .flag, .integer, .natural, .number, .literal, .text: return [(name, value.inline)]
        case .map(let pairs): return pairs.flatMap { leaves(of: $0.value, at: below($0.key)) }
        case .list(let items):
            let isNested = items.contains { if case .map = $0 { true } else { false } }
            if !isNested { return [(name, value.inline)] }
            return items.enumerated().flatMap { leaves(of: $0.element, at: below("\($0.offset)")) }
        }
    }

    /// The experiment's keys in table order.
    static func tree(of experiment: Experiment) -> ConfigurationValue {
        ConfigurationKeys.all.reduce(.map([])) { tree, key in
            guard let value = key.shown(in: experiment) else { return tree }
            return tree.setting(value, at: key.path[...])
        }
    }
}

import JouleModel

/// What an older tool does where its file is silent, as a layer below everything that somebody wrote.
enum OlderDefaults {
    /// - Parameter kind: keys that such a backend cannot honour are left out.
    static func tree(_ values: [(key: String, value: String)], for kind: BackendSpec.Kind?) -> ConfigNode {
        values.reduce(ConfigNode.map([], at: .program)) { root, pair in
            let path = ConfigurationKey.split(pair.key)
            if let kind, let key = ConfigurationKeys.byPath[path], !key.audience.includes(kind) { return root }
            return root.setting(ConfigNode(.scalar(pair.value, isQuoted: false), at: .program), at: path[...], keyOrigin: .program)
        }
    }

    /// The backend that a tree of canonical keys names; nil where it names none, or none that is known.
    static func kind(in root: ConfigNode) -> BackendSpec.Kind? { kind(named: root[["backend", "type"]]) }

    /// - Parameter node: a value of `backend.type`, read as that key reads it.
    static func kind(named node: ConfigNode?) -> BackendSpec.Kind? {
        guard let node, !node.isNull, let key = ConfigurationKeys.byPath[["backend", "type"]] else { return nil }
        var alone = Experiment.withDefaults
        var unheard = Reading()
        key.decode(Setting(path: key.name, node: node), &alone, &unheard)
        return unheard.failures.isEmpty ? alone.backend.kind : nil
    }

    /// What the prompt runner does: 100 new tokens, at least 50, at temperature 0.7. Where the file allows fewer than 50, as many as it
    /// allows; where it draws lengths, they count alone.
    static func runner(for root: ConfigNode) -> ConfigNode {
        let generation = "scenario.generate_kwargs"
        var values = [(key: "\(generation).temperature", value: "0.7")]
        if root[["scenario", "output_lengths"]].map(\.isNull) ?? true {
            var least = 50
            if case .scalar(let text, _) = root[ConfigurationKey.split("\(generation).max_new_tokens")]?.content, let most = Int(text) {
                least = min(least, most)
            }
            values += [("\(generation).max_new_tokens", "100"), ("\(generation).min_new_tokens", "\(least)")]
        }
        return tree(values, for: kind(in: root))
    }
}

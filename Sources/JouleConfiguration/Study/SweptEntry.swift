import JouleModel

/// A key that a study varies, as somebody wrote it.
enum SweptKey: Sendable {
    case key(ConfigurationKey)
    /// `output_length`, which forces the length of answers by whatever the backend has for it.
    case outputLength

    private static let shortNames: [String: String] = [
        "backend": "backend.type", "dataset": "scenario.dataset_name", "prompt_length": "scenario.prompt_lengths",
        "reasoning": "scenario.reasoning",
    ]

    /// Keys that are of the study, or that no two members may differ in.
    private static let fixed: Set<String> = ["name", "output_dir", "repetitions"]

    /// The key a name stands for: a full name, or its last part where that is enough to tell.
    static func resolve(_ path: [String], at origin: Origin, reading: inout Reading) -> SweptKey? {
        let name = path.joined(separator: ".")
        if name == "output_length" { return .outputLength }
        let full = ConfigurationKey.split(shortNames[name] ?? name)
        let matches =
            ConfigurationKeys.byPath[full].map { [$0] }
            ?? ConfigurationKeys.all.filter { key in
                full.count == 1 && ([key.path] + key.aliases).contains { $0.last == name }
            }
        if let key = matches.first, matches.count == 1 {
            guard !fixed.contains(key.name) else {
                reading.report(
                    "config.sweep", "`\(key.name)` cannot be swept: it is of the study as a whole", at: origin,
                    remedy: "set it beside `sweep`")
                return nil
            }
            return .key(key)
        }
        if matches.count > 1 {
            reading.report(
                "config.sweep", "`\(name)` may be any of \(matches.map { "`\($0.name)`" }.joined(separator: ", "))", at: origin,
                remedy: "write the whole key")
        } else {
            let known =
                ConfigurationKeys.all.filter { !fixed.contains($0.name) }.map(\.path)
                + (shortNames.keys.sorted() + ["output_length"]).map { [$0] }
            reading.report(
                "config.unknown-key", "unknown key `\(name)` in the sweep", at: origin,
                remedy: Spelling.hint(for: full, among: known) ?? "`joulebench config reference` lists the keys")
        }
        return nil
    }
}

/// One value of a swept key, where it stands.
struct SweptEntry: Sendable {
    let key: SweptKey
    /// The last part of the key as it was written: a part of the member's name.
    let shortName: String
    let value: ConfigNode
    let keyOrigin: Origin

    /// The key by its full name, as the results know it.
    func name(isServer: Bool) -> String {
        switch key {
        case .key(let key): key.name
        case .outputLength: isServer ? Self.outputLengths.joined(separator: ".") : Self.maximum.joined(separator: ".")
        }
    }

    /// Lengths by their names in older sweeps, in tokens.
    private static let lengths = ["short": "128", "medium": "512", "long": "1024"]

    /// The value as the key takes it: lengths may go by their names.
    private var plainValue: ConfigNode {
        let isLength =
            switch key {
            case .key(let key): key.name == "scenario.input_length"
            case .outputLength: true
            }
        guard isLength, case .scalar(let text, _) = value.content, let number = Self.lengths[text] else { return value }
        return ConfigNode(.scalar(number, isQuoted: false), at: value.origin)
    }

    /// The tree with the value in it, in the place of the whole former one.
    func applied(to root: ConfigNode) -> ConfigNode {
        let value = plainValue
        switch key {
        case .key(let key): return root.setting(value, at: key.path[...], keyOrigin: keyOrigin)
        case .outputLength:
            let nothing = ConfigNode(.scalar("", isQuoted: false), at: value.origin)
            let isServer = Self.isServer(root)
            let paths: [([String], ConfigNode)] = [
                (Self.outputLengths, isServer ? value : nothing), (Self.maximum, isServer ? nothing : value),
                (Self.minimum, isServer ? nothing : value),
            ]
            return paths.reduce(root) { $0.setting($1.1, at: $1.0[...], keyOrigin: keyOrigin) }
        }
    }

    /// The keys that it sets in a member.
    var paths: [[String]] {
        switch key {
        case .key(let key): [key.path]
        case .outputLength: [Self.outputLengths, Self.maximum, Self.minimum]
        }
    }

    /// Whether the key is set by the environment or by `--set`, which would make all members alike.
    func isOverridden(in root: ConfigNode) -> Bool {
        paths.contains { path in
            switch root[path]?.origin {
            case .assignment?, .environment?: true
            case .file?, .program?, nil: false
            }
        }
    }

    static func isServer(_ root: ConfigNode) -> Bool {
        guard case .scalar(let text, _)? = root[["backend", "type"]]?.content else { return false }
        return text == "tensorrt" || BackendSpec.Kind(rawValue: text)?.isServer ?? false
    }

    private static let outputLengths = ["scenario", "output_lengths"]
    private static let maximum = ["scenario", "generate_kwargs", "max_new_tokens"]
    private static let minimum = ["scenario", "generate_kwargs", "min_new_tokens"]
}

extension ConfigNode {
    /// The value in one line, as it was written. Names and tables have `Secrets.masked` in its place.
    var inline: String {
        switch content {
        case .scalar(let text, _): text
        case .list(let items): items.map(\.inline).joined(separator: ", ")
        case .map(let entries, _): entries.map { "\($0.key): \($0.value.inline)" }.joined(separator: ", ")
        case .unreadable: "?"
        }
    }

    /// Every place of the value, its parts included.
    var places: [SourcePlace] {
        var found = [origin.place].compactMap(\.self)
        switch content {
        case .scalar, .unreadable: break
        case .list(let items): found += items.flatMap(\.places)
        case .map(let entries, _): found += entries.flatMap { [$0.keyOrigin.place].compactMap(\.self) + $0.value.places }
        }
        return found
    }
}

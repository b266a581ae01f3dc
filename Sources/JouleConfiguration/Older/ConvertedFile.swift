import JouleModel

/// A file of an older tool in this program's own keys, with every default of that tool written out.
package struct ConvertedFile: Sendable {
    package enum Kind: String, Sendable {
        /// Sections `backend`, `scenario`, `metrics`, `reporter`: the prompt runner's.
        case nested
        /// All keys at the top: the framework's.
        case flat
    }

    package let kind: Kind
    package let yaml: String
    /// What was left out, and what is allowed and probably not meant.
    package let warnings: [Failure]
}

extension ConfigurationLoader {
    /// Reads a file as the tool it was written for would.
    ///
    /// - Throws: every mistake of the file, with its place.
    package func convert(_ file: String, overrides: [String] = []) throws(Failures) -> ConvertedFile {
        let loaded = try load(file, overrides: overrides, below: Self.runnerDefaults)
        let notice = FileChain.olderKindCode
        return ConvertedFile(
            kind: loaded.warnings.contains { $0.code == notice } ? .flat : .nested, yaml: ConfigurationRenderer.yaml(loaded.experiment),
            warnings: loaded.warnings.filter { $0.code != notice })
    }

    /// What the prompt runner does where a file is silent.
    private static let runnerDefaults: ConfigNode = {
        let values = [("max_new_tokens", "100"), ("min_new_tokens", "50"), ("temperature", "0.7")]
        return values.reduce(ConfigNode.map([], at: .program)) { root, pair in
            root.setting(
                ConfigNode(.scalar(pair.1, isQuoted: false), at: .program), at: ["scenario", "generate_kwargs", pair.0][...],
                keyOrigin: .program)
        }
    }()
}

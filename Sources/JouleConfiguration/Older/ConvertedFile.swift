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
        let loaded = try load(file, overrides: overrides, below: OlderDefaults.runner)
        let notice = FileChain.olderKindCode
        return ConvertedFile(
            kind: loaded.warnings.contains { $0.code == notice } ? .flat : .nested, yaml: ConfigurationRenderer.yaml(loaded.experiment),
            warnings: loaded.warnings.filter { $0.code != notice })
    }
}

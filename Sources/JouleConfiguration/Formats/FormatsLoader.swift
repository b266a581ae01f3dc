import JouleModel

/// Reads the reasoning formats: those built into the tool, with a file of the user laid over them.
package struct FormatsLoader: Sendable {
    private let environment: [String: String]
    private let readFile: FileReading

    package init(environment: [String: String], readFile: @escaping FileReading = UnreadableFile.fileSystem) {
        self.environment = environment
        self.readFile = readFile
    }

    /// - Parameter file: the user's file; nil takes `standardFile`, which need not be there.
    /// - Throws: every mistake of the file, each with its place.
    package func load(_ file: String?) throws(Failures) -> FormatRegistry {
        let builtin = try Self.read(
            String(decoding: PackageResources.reasoning_formats_yaml, as: UTF8.self), file: "reasoning_formats.yaml", source: nil, over: [])
        guard let path = file ?? standardFile else { return FormatRegistry(builtin) }
        let bytes: [UInt8]
        do {
            bytes = try readFile(path)
        } catch {
            if file == nil, error as? UnreadableFile == .missing { return FormatRegistry(builtin) }
            throw Failures([
                Failure(
                    "config.unreadable", "the formats file `\(path)` cannot be read", cause: "\(error)",
                    remedy: file == nil ? nil : "a relative path is relative to the working directory")
            ])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failures([Failure("config.parse", "Failed to parse `\(path)`: it is not UTF-8", remedy: "save it as UTF-8")])
        }
        return FormatRegistry(try Self.read(text, file: path, source: path, over: builtin))
    }

    /// `joulebench/reasoning_formats.yaml` below `XDG_CONFIG_HOME`, else below `~/.config`; nil without a home.
    ///
    /// As the XDG Base Directory Specification has it, a variable that is empty or relative counts as not set.
    package var standardFile: String? {
        let named = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folder = named ?? environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.config" : nil }
        return folder.map { "\($0)/joulebench/reasoning_formats.yaml" }
    }

    private static func read(
        _ text: String, file: String, source: String?, over base: [ReasoningFormat]
    ) throws(Failures) -> [ReasoningFormat] {
        var reading = Reading()
        let root = YAMLReader.read(text, file: file, reading: &reading)
        var formats = base
        if let root {
            formats = FormatsReader(source: source, base: base).formats(Setting(path: "formats", node: root), &reading)
        }
        guard reading.failures.isEmpty else { throw Failures(reading.orderedFailures(files: [file])) }
        return formats
    }
}

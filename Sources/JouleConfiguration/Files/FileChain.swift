import JouleModel

/// A file and what it extends, laid over each other.
struct FileChain {
    private let environment: [String: String]
    private let readFile: FileReading
    /// In the order of reading, each once.
    private(set) var files: [String] = []
    /// Whether one of them is of the older framework's flat kind.
    private(set) var isFlat = false

    /// A file's own keys as they were written, and the section that they belong to.
    private struct Piece {
        let keys: ConfigNode
        let section: [String]
    }

    static let olderKindCode = "config.older-kind"

    init(environment: [String: String], readFile: @escaping FileReading) {
        self.environment = environment
        self.readFile = readFile
    }

    mutating func load(_ file: String, reading: inout Reading) -> ConfigNode? {
        let pieces = load(file, into: [], from: nil, chain: [], reading: &reading)
        guard !pieces.isEmpty else { return nil }
        isFlat = pieces.contains { $0.section.isEmpty && FlatFile.recognizes($0.keys) }
        let root = laid(pieces, reading: &reading)
        guard isFlat else { return root }
        reading.warn(
            Self.olderKindCode, "`\(file)` is a file of the older framework, read with that framework's defaults",
            at: .file(Self.beginning(of: Self.normalized(file))),
            remedy: "`joulebench config convert \(file)` writes it in today's keys")
        return root
    }

    /// The files over each other, lowest first, in canonical names.
    ///
    /// Files of the flat kind are laid over each other in their own keys and translated as one: the meaning of a key may lie in
    /// another file, as when a base quantises and the file above it chooses how.
    private func laid(_ pieces: [Piece], reading: inout Reading) -> ConfigNode? {
        var root: ConfigNode?
        func lay(_ layer: ConfigNode) { root = root.map { layer.merged(over: $0) } ?? layer }
        var flat: ConfigNode?
        for piece in pieces {
            if isFlat, piece.section.isEmpty, FlatFile.couldBe(piece.keys) {
                let keys = FlatFile.canonical(piece.keys, reading: &reading)
                flat = flat.map { keys.merged(over: $0) } ?? keys
            } else {
                if let whole = flat { lay(Layer.canonical(FlatFile(whole, reading: &reading).root, reading: &reading)) }
                flat = nil
                lay(Layer.canonical(Self.mounted(piece.keys, at: piece.section), reading: &reading))
            }
        }
        if let flat { lay(Layer.canonical(FlatFile(flat, reading: &reading).root, reading: &reading)) }
        return root
    }

    /// - Parameters:
    ///   - section: where the file's keys go; the beginning but for a group of a `defaults` list.
    ///   - origin: the `extends` or the entry of `defaults` that names the file; nil for the file the user named.
    ///   - chain: the files on the way here, outermost first.
    private mutating func load(
        _ file: String, into section: [String], from origin: Origin?, chain: [String], reading: inout Reading
    ) -> [Piece] {
        let path = Self.normalized(file)
        let failuresBefore = reading.failures.count
        guard !chain.contains(path) else {
            let loop = (chain.drop { $0 != path } + [path]).joined(separator: " → ")
            reading.report(
                "config.cycle", "Circular config inheritance detected: \(loop)", at: origin, remedy: "remove one of the extends")
            return []
        }
        if !files.contains(path) { files.append(path) }
        guard let text = read(path, from: origin, reading: &reading) else { return [] }
        let parsed = YAMLReader.read(text, file: path, reading: &reading)
        guard let parsed, parsed.entries != nil else {
            reading.isIncomplete = true
            if let parsed {
                reading.report("config.parse", "Failed to parse `\(path)`: it holds \(parsed.kind) and no keys", at: parsed.origin)
            } else if reading.failures.count == failuresBefore {
                reading.report("config.parse", "Failed to parse `\(path)`: it holds no keys", at: .file(Self.beginning(of: path)))
            }
            return []
        }
        let node = Interpolation.apply(to: parsed, environment: environment, reading: &reading)
        let section = Composition.directive(in: text) ?? section
        let (own, bases) = separate(node, reading: &reading)
        var found: [Piece] = []
        for base in bases {
            found += load(Self.beside(path, base.name), into: section, from: base.origin, chain: chain + [path], reading: &reading)
        }
        for piece in composition(of: node, reading: &reading) {
            switch piece {
            case .own: found.append(Piece(keys: own, section: section))
            case .file(let choice):
                let file = Self.beside(path, choice.path)
                if choice.isOptional, (try? readFile(Self.normalized(file))) == nil { continue }
                found += load(file, into: section + choice.package, from: choice.origin, chain: chain + [path], reading: &reading)
            }
        }
        return found
    }

    /// The file's own keys and the files of its `defaults` list, in the order in which they lie over each other.
    private func composition(of node: ConfigNode, reading: inout Reading) -> [Composition.Piece] {
        guard let list = node["defaults"], !list.isNull else { return [.own] }
        guard let composition = Composition(list, reading: &reading) else {
            reading.isIncomplete = true
            return [.own]
        }
        return composition.pieces
    }

    private static func mounted(_ node: ConfigNode, at section: [String]) -> ConfigNode {
        section.reversed().reduce(node) { inner, name in
            .map([ConfigNode.Entry(key: name, keyOrigin: node.origin, value: inner)], at: node.origin)
        }
    }

    /// A file that is named relative to another one.
    private static func beside(_ path: String, _ name: String) -> String { name.hasPrefix("/") ? name : folder(of: path) + name }

    private func read(_ path: String, from origin: Origin?, reading: inout Reading) -> String? {
        let known = ["yaml", "yml", "json"]
        let name = path.split(separator: "/").last ?? ""
        let suffix = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]).lowercased() } ?? ""
        let complaint: Failure
        if !known.contains(suffix) {
            complaint = Failure(
                "config.format", "Unsupported config format: `\(path)`", remedy: "a configuration is a .yaml, .yml or .json file",
                source: origin?.place)
        } else {
            do {
                let bytes = try readFile(path)
                if let text = String(validating: bytes, as: UTF8.self) { return text }
                complaint = Failure(
                    "config.parse", "Failed to parse `\(path)`: it is not UTF-8", remedy: "save it as UTF-8", source: origin?.place)
            } catch {
                complaint = Failure(
                    "config.unreadable", "`\(path)` cannot be read", cause: "\(error)",
                    remedy: origin == nil ? nil : "extends is relative to the file it stands in", source: origin?.place)
            }
        }
        reading.isIncomplete = true
        reading.report(complaint)
        return nil
    }

    /// The file's own keys, and the files it extends.
    private func separate(_ node: ConfigNode, reading: inout Reading) -> (ConfigNode, bases: [(name: String, origin: Origin)]) {
        let names = ["extends", "_extends"]
        let entries = node.entries ?? []
        let extending = entries.filter { names.contains($0.key) }
        if let second = extending.dropFirst().first {
            reading.report(
                "config.duplicate-key", "`extends` and `_extends` are two names of one key", at: second.keyOrigin, remedy: "keep `extends`")
        }
        if let launcher = entries.first(where: { $0.key == "hydra" }) {
            reading.warn(
                "config.no-effect", "`hydra` sets up a launcher that this program has not, and says nothing here", at: launcher.keyOrigin,
                remedy: "remove it; output_dir names the folder of the results")
        }
        let own = ConfigNode.map(entries.filter { !(names + ["defaults", "hydra"]).contains($0.key) }, at: node.origin)
        guard let first = extending.first, !first.value.isNull else { return (own, []) }
        if first.value.holdsUnreadable {
            reading.isIncomplete = true
            return (own, [])
        }
        let shape = Shape<String>.text("path").list()
        let setting = Setting(path: "extends", node: first.value)
        guard let paths = shape.decode(setting, &reading) else {
            reading.isIncomplete = true
            return (own, [])
        }
        if case .list(let items) = first.value.content { return (own, zip(paths, items).map { ($0, $1.origin) }) }
        return (own, paths.map { ($0, first.value.origin) })
    }

    private static func beginning(of file: String) -> SourcePlace { SourcePlace(file: file, line: 1, column: 1) }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// The path without `.` and without `..` after a folder, so that a file is known again under another spelling.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}

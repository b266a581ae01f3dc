import JouleModel
import Yams

/// YAML and JSON (which YAML contains) into nodes with places.
struct YAMLReader {
    /// More values than any sensible file has. An alias of an alias of an alias grows without bound in a few lines.
    private static let nodeLimit = 100_000

    private static let standardTags = "tag:yaml.org,2002:"

    /// YAML's own types. Others below its prefix are objects of some language (`!!python/object:…`), which nobody makes here.
    private static let knownTags: Set<String> = ["str", "int", "float", "bool", "null", "map", "seq", "timestamp", "binary", "merge"]

    private let file: String
    private let origin: (SourcePlace) -> Origin
    private var masked: [SourcePlace: Unicode.Scalar] = [:]
    private var nodeCount = 0

    /// Reads one document.
    ///
    /// - Parameter origin: makes the origin of a value from its place; values of `--set` have none of a file.
    /// - Returns: nil after the failures were reported, or when the text holds no value.
    static func read(
        _ text: String, file: String, reading: inout Reading, origin: @escaping (SourcePlace) -> Origin = { .file($0) }
    ) -> ConfigNode? {
        var reader = YAMLReader(file: file, origin: origin)
        return reader.read(text, reading: &reading)
    }

    private init(file: String, origin: @escaping (SourcePlace) -> Origin) {
        self.file = file
        self.origin = origin
    }

    private mutating func read(_ text: String, reading: inout Reading) -> ConfigNode? {
        var text = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
        while true {
            do {
                // The encoding is named because the library's default looks into the environment and may print. Its default rules for
                // types would compile seven regular expressions, which takes megabytes, and nothing here asks for them.
                guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else { return nil }
                let node = convert(root, reading: &reading)
                return node?.content == .unreadable ? nil : node
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                // The parser stops at a repeated key. Its first occurrence is masked so that reading can go on and every
                // mistake is found; the repetition is reported when the map is converted.
                if let next = mask(Place(context.mark), in: text) {
                    text = next
                } else {
                    let names = duplicates.map { "`\($0)`" }.joined(separator: ", ")
                    reading.report("config.duplicate-key", "the key \(names) is given twice", at: origin(place(context.mark)))
                    return nil
                }
            } catch {
                report(error, in: text, reading: &reading)
                return nil
            }
        }
    }

    private struct Place {
        let line: Int
        let column: Int
        init(_ mark: Mark) { (line, column) = (mark.line, mark.column) }

        /// The place of a character that the parser could not even read.
        init(ofCharacter offset: Int, in text: String) {
            let lines = text.prefix(offset).split(separator: "\n", omittingEmptySubsequences: false)
            line = lines.count
            column = (lines.last?.unicodeScalars.count ?? 0) + 1
        }
    }

    private func place(_ place: Place?) -> SourcePlace {
        SourcePlace(file: file, line: max(1, place?.line ?? 1), column: max(1, place?.column ?? 1))
    }

    private func place(_ mark: Mark?) -> SourcePlace { place(mark.map(Place.init)) }

    /// The text with the first letter of the key at `place` replaced by one from the private use area, of which no two are alike.
    private mutating func mask(_ place: Place, in text: String) -> String? {
        guard masked.count < 6_000, let replacement = Unicode.Scalar(0xE000 + UInt32(masked.count)) else { return nil }
        var scalars = Array(text.unicodeScalars)
        var index = 0
        for _ in 1..<max(1, place.line) {
            guard let lineFeed = scalars[index...].firstIndex(of: "\n") else { return nil }
            index = lineFeed + 1
        }
        index += place.column - 1
        if index < scalars.count, scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index < scalars.count, scalars[index].properties.isXIDContinue, scalars[index].value < 0xE000 else { return nil }
        masked[SourcePlace(file: file, line: place.line, column: place.column)] = scalars[index]
        scalars[index] = replacement
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private mutating func convert(_ node: Node, reading: inout Reading) -> ConfigNode? {
        nodeCount += 1
        guard nodeCount <= Self.nodeLimit else {
            if nodeCount == Self.nodeLimit + 1 {
                reading.report(
                    "config.parse", "Failed to parse `\(file)`: more than \(Self.nodeLimit) values once its aliases are expanded",
                    at: origin(place(node.mark)), remedy: "write the values out, or use fewer aliases")
            }
            return nil
        }
        let here = origin(place(node.mark))
        switch node {
        case .scalar(let scalar):
            guard accepts(scalar.tag, at: here, reading: &reading) else { return ConfigNode(.unreadable, at: here) }
            let isText = scalar.style != .plain || scalar.tag.description == Self.standardTags + "str"
            return ConfigNode(.scalar(scalar.string, isQuoted: isText), at: here)
        case .sequence(let sequence) where !accepts(sequence.tag, at: here, reading: &reading):
            return ConfigNode(.unreadable, at: here)
        case .mapping(let mapping) where !accepts(mapping.tag, at: here, reading: &reading):
            return ConfigNode(.unreadable, at: here)
        case .sequence(let sequence):
            return ConfigNode(.list(sequence.compactMap { convert($0, reading: &reading) }), at: here)
        case .mapping(let mapping):
            return convert(mapping, at: here, reading: &reading)
        case .alias:
            // The parser puts the value in place of its alias.
            return nil
        }
    }

    /// Whether a tag is one of YAML's own, or none.
    private func accepts(_ tag: Tag, at here: Origin, reading: inout Reading) -> Bool {
        let name = tag.description
        if name.isEmpty || name.hasPrefix(Self.standardTags) && Self.knownTags.contains(String(name.dropFirst(Self.standardTags.count))) {
            return true
        }
        let shown = name.hasPrefix(Self.standardTags) ? "!!" + name.dropFirst(Self.standardTags.count) : name
        reading.report(
            "config.parse", "Failed to parse `\(file)`: the tag `\(shown)` has no meaning here", at: here, remedy: "remove the tag")
        return false
    }

    private mutating func convert(_ mapping: Node.Mapping, at here: Origin, reading: inout Reading) -> ConfigNode? {
        var entries: [ConfigNode.Entry] = []
        var inherited: [ConfigNode] = []
        for (keyNode, valueNode) in mapping {
            let keyPlace = place(keyNode.mark)
            guard case .scalar(let scalar) = keyNode else {
                reading.report("config.parse", "Failed to parse `\(file)`: a key must be a text", at: origin(keyPlace))
                continue
            }
            guard accepts(scalar.tag, at: origin(keyPlace), reading: &reading) else { continue }
            guard let value = convert(valueNode, reading: &reading) else { continue }
            if scalar.string == "<<", scalar.style == .plain {
                inherited += value.entries == nil ? value.items : [value]
                continue
            }
            let key = unmasked(scalar.string, at: keyPlace)
            if let first = entries.first(where: { $0.key == key }) {
                let where_ = first.keyOrigin.place.map { " (first in line \($0.line))" } ?? ""
                reading.report(
                    "config.duplicate-key", "the key `\(key)` is given twice\(where_)", at: origin(keyPlace),
                    remedy: "keep one of the two; which of them should count cannot be told")
                continue
            }
            entries.append(ConfigNode.Entry(key: key, keyOrigin: origin(keyPlace), value: value))
        }
        // YAML's merge key: what a map inherits by `<<` lies under its own keys, and of several the earlier ones win.
        let own = ConfigNode.map(entries, at: here)
        guard !inherited.isEmpty else { return own }
        let base = inherited.reversed().reduce(ConfigNode.map([], at: here)) { shallow($1, over: $0) }
        return shallow(own, over: base)
    }

    /// The keys of `upper`, then those of `lower` that it lacks: `<<` does not merge deeply.
    private func shallow(_ upper: ConfigNode, over lower: ConfigNode) -> ConfigNode {
        let entries = upper.entries ?? []
        let missing = (lower.entries ?? []).filter { entry in !entries.contains { $0.key == entry.key } }
        return .map(entries + missing, at: upper.origin)
    }

    private func unmasked(_ key: String, at place: SourcePlace) -> String {
        guard let original = masked[place] else { return key }
        return String(Character(original)) + key.dropFirst()
    }

    private func report(_ error: any Error, in text: String, reading: inout Reading) {
        var problem = "\(error)"
        var mark: Place?
        switch error {
        case YamlError.scanner(let context, let words, let place, _), YamlError.parser(let context, let words, let place, _),
            YamlError.composer(let context, let words, let place, _):
            problem = words + (context.map { " (\($0.text) from line \($0.mark.line))" } ?? "")
            mark = Place(place)
        case YamlError.reader(let words, let offset, _, _):
            problem = words
            mark = offset.map { Place(ofCharacter: $0, in: text) }
        default: break
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = mark.flatMap { $0.line <= lines.count ? lines[$0.line - 1] : nil }
        var remedy: String?
        if line?.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") ?? false {
            remedy = "indent with spaces: YAML does not take tabs"
        } else if line?.contains("${") ?? false {
            remedy = "between braces a variable needs quotes: \"${NAME}\""
        }
        reading.report("config.parse", "Failed to parse `\(file)`: \(problem)", at: origin(place(mark)), remedy: remedy)
    }
}

extension ConfigNode {
    fileprivate var items: [ConfigNode] {
        guard case .list(let items) = content else { return [] }
        return items
    }
}

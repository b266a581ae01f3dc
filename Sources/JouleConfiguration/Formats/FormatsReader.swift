import JouleModel

/// A file of formats into families: what it says of a family that is there already changes that one in its place; new families come
/// before all others, in their order.
struct FormatsReader {
    let source: String?
    let base: [ReasoningFormat]

    private static let wordKeys = ["type", "enable_flag", "disable_flag", "default_enabled", "prefix", "suffix", "description"]

    func formats(_ setting: Setting, _ reading: inout Reading) -> [ReasoningFormat] {
        guard let entries = setting.node.entries else {
            if !setting.node.isNull {
                reading.report(
                    "config.wrong-type", "a formats file is a map of families and this is \(setting.node.kind)", at: setting.node.origin)
            }
            return base
        }
        var changed = base
        var new: [ReasoningFormat] = []
        for entry in entries {
            let place = base.firstIndex { $0.family == entry.key }
            let part = Setting(path: entry.key, node: entry.value)
            guard let format = family(part, at: entry.keyOrigin, over: place.map { base[$0] }, &reading) else { continue }
            if let place { changed[place] = format } else { new.append(format) }
        }
        return new + changed
    }

    private func family(_ setting: Setting, at origin: Origin, over base: ReasoningFormat?, _ reading: inout Reading) -> ReasoningFormat? {
        let keys = ["patterns"] + Self.wordKeys + ["model_overrides"]
        guard let options = Options(setting, known: keys, reading: &reading) else {
            setting.wrongType(expected: "a map of \(keys.joined(separator: ", "))", to: &reading)
            return nil
        }
        let before = reading.failures.count
        let patterns = options.read("patterns", Shape<String>.pattern.list(allowsEmpty: false), &reading) ?? base?.patterns ?? []
        guard let kind = options.read("type", .formatKind, &reading) ?? base?.words.kind else {
            if reading.failures.count == before {
                reading.report(
                    "config.missing-key", "`\(setting.path).type` is missing", at: origin,
                    remedy: "add it: \(Shape<ReasoningFormat.Kind>.formatKind.description)")
            }
            return nil
        }
        let words = words(setting, options, over: base?.words ?? .init(kind: kind), &reading)
        if base == nil, patterns.isEmpty, options.given("model_overrides") == nil, reading.failures.count == before {
            reading.report(
                "config.missing-key", "`\(setting.path).patterns` is missing", at: origin,
                remedy: "add it: a list of regular expressions on the lower-cased model name")
        }
        check(words, of: setting.path, at: origin, unless: reading.failures.count > before, &reading)
        var overrides = base?.overrides ?? []
        if let given = options.given("model_overrides") {
            for override in self.overrides(given, over: words, &reading) {
                overrides.removeAll { $0.model.lowercased() == override.model.lowercased() }
                overrides.append(override)
            }
        }
        return ReasoningFormat(family: setting.path, patterns: patterns, words: words, overrides: overrides, source: source)
    }

    private func overrides(_ setting: Setting, over words: ReasoningFormat.Words, _ reading: inout Reading) -> [ReasoningFormat.Override] {
        guard let entries = setting.node.entries else {
            setting.wrongType(expected: "a map of model names", to: &reading)
            return []
        }
        return entries.compactMap { entry in
            // A name alone says that the model is one of this family.
            guard !entry.value.isNull else { return ReasoningFormat.Override(model: entry.key, words: words) }
            let part = setting.part(entry.key, entry.value)
            guard let options = Options(part, known: Self.wordKeys, reading: &reading) else {
                part.wrongType(expected: "a map of \(Self.wordKeys.joined(separator: ", "))", to: &reading)
                return nil
            }
            let before = reading.failures.count
            let own = self.words(part, options, over: words, &reading)
            check(own, of: part.path, at: entry.keyOrigin, unless: reading.failures.count > before, &reading)
            return ReasoningFormat.Override(model: entry.key, words: own)
        }
    }

    /// The words of `base` with what is given in their place; a key that is null has none.
    private func words(
        _ setting: Setting, _ options: Options, over base: ReasoningFormat.Words, _ reading: inout Reading
    ) -> ReasoningFormat.Words {
        var words = base
        if let kind = options.read("type", .formatKind, &reading) { words.kind = kind }
        if let thinks = options.read("default_enabled", .flag, &reading) { words.thinksByDefault = thinks }
        let texts: [(String, WritableKeyPath<ReasoningFormat.Words, String?>)] = [
            ("enable_flag", \.enableFlag), ("disable_flag", \.disableFlag), ("prefix", \.prefix), ("suffix", \.suffix),
            ("description", \.description),
        ]
        for (key, target) in texts {
            if let text = options.read(key, .text(), &reading) {
                words[keyPath: target] = text
            } else if setting.node[key]?.isNull ?? false {
                words[keyPath: target] = nil
            }
        }
        return words
    }

    /// What a type needs to say anything at all.
    private func check(
        _ words: ReasoningFormat.Words, of path: String, at origin: Origin, unless isSpoilt: Bool, _ reading: inout Reading
    ) {
        guard !isSpoilt else { return }
        func missing(_ keys: String) {
            reading.report(
                "config.missing-key", "`\(path)` is of the type \(words.kind.rawValue) and has no \(keys)", at: origin,
                remedy: "add it, or choose another type")
        }
        switch words.kind {
        case .harmony: break
        case .systemPrompt: if words.enableFlag == nil, words.disableFlag == nil { missing("enable_flag or disable_flag") }
        case .prefix: if words.prefix == nil, words.suffix == nil { missing("prefix or suffix") }
        case .parameter:
            guard let name = words.enableFlag else { return missing("enable_flag") }
            if name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
                reading.report(
                    "config.invalid-value", "`\(path).enable_flag` is the name of a template's argument and cannot be `\(name)`",
                    at: origin, remedy: "such as enable_thinking; it is given true or false")
            }
        }
    }
}

extension Shape<String> {
    fileprivate static var pattern: Shape {
        let text = Shape<String>.text("regular expression")
        return Shape(
            text.description, schema: text.schema,
            decode: { setting, reading in
                guard let pattern = text.decode(setting, &reading) else { return nil }
                do {
                    _ = try Regex(pattern)
                    return pattern
                } catch {
                    reading.report(
                        "config.invalid-value", "`\(setting.path)` is no regular expression: `\(pattern)`: \(error)",
                        at: setting.node.origin, remedy: "it is searched for in the lower-cased model name; escape what is meant literally")
                    return nil
                }
            },
            render: text.render)
    }
}

extension Shape<ReasoningFormat.Kind> {
    fileprivate static var formatKind: Shape {
        let names = ReasoningFormat.Kind.allCases.map(\.rawValue)
        return Shape(
            names.joined(separator: ", "), schema: .names(names),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "one of \(names.joined(separator: ", "))", to: &reading)
                    return nil
                }
                if let kind = ReasoningFormat.Kind(rawValue: text) { return kind }
                let guess = Spelling.nearest(to: text, among: names).map { "did you mean `\($0)`? " } ?? ""
                setting.report(
                    "config.invalid-value", "Unknown formatter type: \(text)",
                    remedy: "\(guess)known are: \(names.joined(separator: ", "))", to: &reading)
                return nil
            },
            render: { .text($0.rawValue) })
    }
}

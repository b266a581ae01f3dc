import JouleModel

/// The `defaults` list of a file, as Hydra has it: which files make up the configuration, and where each one goes.
///
/// `- backend: vllm` takes `backend/vllm.yaml` beside the file as the section `backend`; `- base` takes `base.yaml` as it is; `_self_` is the
/// file itself, which comes last unless it is named. Later entries lie over earlier ones. Source: Hydra 1.3, "The Defaults List".
struct Composition {
    enum Piece: Hashable {
        case own
        case file(Choice)
    }

    struct Choice: Hashable {
        /// The option of a group, or the file where there is no group.
        var name: String
        let group: String?
        /// The section that the file's keys go into.
        let package: [String]
        let isOptional: Bool
        let origin: Origin

        /// Relative to the file with the list.
        var path: String {
            let known = [".yaml", ".yml", ".json"]
            let file = known.contains(where: name.hasSuffix) ? name : name + ".yaml"
            return group.map { "\($0)/\(file)" } ?? file
        }
    }

    private(set) var pieces: [Piece] = []

    /// - Returns: nil when the value is no such list, which is reported.
    init?(_ node: ConfigNode, reading: inout Reading) {
        guard case .list(let items) = node.content else {
            reading.report(
                "config.wrong-type", "`defaults` should be a list and is \(node.kind)", at: node.origin,
                remedy: "write it as defaults: [{backend: vllm}, _self_]")
            return nil
        }
        let before = reading.failures.count
        for item in items { add(item, &reading) }
        guard reading.failures.count == before else { return nil }
        if !pieces.contains(.own) { pieces.append(.own) }
    }

    private mutating func add(_ item: ConfigNode, _ reading: inout Reading) {
        switch item.content {
        case .scalar("_self_", _):
            if pieces.contains(.own) {
                reading.report("config.duplicate-key", "`_self_` stands twice in `defaults`", at: item.origin, remedy: "keep one")
            } else {
                pieces.append(.own)
            }
        case .scalar(let name, _) where !item.isNull:
            pieces.append(.file(Choice(name: name, group: nil, package: [], isOptional: false, origin: item.origin)))
        case .map(let entries, _) where entries.count == 1:
            for entry in entries { add(entry, &reading) }
        case .scalar, .map, .list, .unreadable:
            reading.report(
                "config.wrong-type", "an entry of `defaults` is \(item.kind)", at: item.origin,
                remedy: "an entry is `group: option`, the name of a file, or _self_")
        }
    }

    private mutating func add(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        var words = entry.key.split(separator: " ").map(String.init)
        let isOptional = words.first == "optional"
        let overrides = words.first == "override"
        if isOptional || overrides { words.removeFirst() }
        guard let target = words.first, words.count == 1 else {
            reading.report("config.invalid-value", "`\(entry.key)` names no group", at: entry.keyOrigin, remedy: "write `- group: option`")
            return
        }
        let parts = target.split(separator: "@", maxSplits: 1).map(String.init)
        let group = parts[0].hasPrefix("/") ? String(parts[0].dropFirst()) : parts[0]
        let package = parts.count > 1 ? Self.package(parts[1]) : group.split(separator: "/").map(String.init)
        let options = Self.options(entry.value)
        guard let options else {
            reading.report(
                "config.wrong-type", "the group `\(group)` should name a file and is \(entry.value.kind)", at: entry.value.origin)
            return
        }
        let choices = options.map { option, origin in
            Piece.file(Choice(name: option, group: group, package: package, isOptional: isOptional, origin: origin))
        }
        guard overrides else { return pieces += choices }
        let replaced = pieces.indices.filter { if case .file(let choice) = pieces[$0] { choice.group == group } else { false } }
        guard let place = replaced.first else {
            // The launcher's own groups, such as `override hydra/job_logging`, say nothing here.
            if group.hasPrefix("hydra/") { return }
            reading.report(
                "config.invalid-value", "`override \(group)` finds no earlier choice of that group", at: entry.keyOrigin,
                remedy: "write `- \(group): …` without override")
            return
        }
        for index in replaced.reversed() { pieces.remove(at: index) }
        pieces.insert(contentsOf: choices, at: place)
    }

    /// Nothing chosen is no file.
    private static func options(_ node: ConfigNode) -> [(String, Origin)]? {
        switch node.content {
        case .scalar where node.isNull: return []
        case .scalar(let text, _): return [(text, node.origin)]
        case .list(let items):
            let found = items.compactMap(options)
            return found.count == items.count ? Array(found.joined()) : nil
        case .map, .unreadable: return nil
        }
    }

    static func package(_ text: String) -> [String] {
        text == "_global_" ? [] : text.split(separator: ".").map(String.init)
    }

    /// The section that a file asks for itself in a comment of its head: `# @package _global_`.
    static func directive(in text: String) -> [String]? {
        for line in text.split(whereSeparator: \.isNewline) {
            guard line.hasPrefix("#") else { return nil }
            let words = line.dropFirst().split(separator: " ")
            if words.count == 2, words[0] == "@package" { return package(String(words[1])) }
        }
        return nil
    }
}

import JouleModel

/// One member to be: its name and what it changes in the base.
struct Variation: Sendable {
    let name: String
    let entries: [SweptEntry]
    let origin: Origin
}

/// `sweep` into the variations it stands for: one variable at a time, a grid, and suites, in the order of the file.
enum SweepReader {
    /// More runs than anybody waits for; a grid grows faster than one thinks.
    private static let limit = 10_000

    static func read(_ node: ConfigNode, reading: inout Reading) -> [Variation] {
        guard let entries = node.entries else {
            reading.report(
                "config.wrong-type", "`sweep` should be a map of keys to lists of values and is \(node.kind)", at: node.origin,
                remedy: "write it as sweep: {batch_size: [1, 2, 4]}")
            return []
        }
        var found: [Variation] = []
        for entry in entries where !entry.value.isNull {
            switch entry.key {
            case "grid": found += grid(entry, reading: &reading)
            case "suites": found += suites(entry, reading: &reading)
            default:
                for variable in variables([entry], reading: &reading) {
                    found += variable.map { Variation(name: name(of: [$0]), entries: [$0], origin: $0.value.origin) }
                }
            }
        }
        return distinct(found, reading: &reading)
    }

    /// The swept keys of some entries, sections opened, each with its values.
    private static func variables(
        _ entries: [ConfigNode.Entry], reading: inout Reading
    ) -> [[SweptEntry]] {
        distinctLeaves(entries, reading: &reading).compactMap { leaf in
            guard case .list(let values) = leaf.value.content, !values.isEmpty else {
                let what = leaf.value.entries == nil ? leaf.value.kind : "no list"
                reading.report(
                    "config.wrong-type", "`sweep.\(leaf.name)` should be a list of values and is \(what)", at: leaf.value.origin,
                    remedy: "write \(leaf.name): [value, value]; a value alone belongs into the file itself")
                return nil
            }
            for (index, value) in values.enumerated() where values[..<index].contains(where: { $0.inline == value.inline }) {
                reading.report(
                    "config.sweep", "`sweep.\(leaf.name)` has the value \(Secrets.masked(value)) twice", at: value.origin,
                    remedy: "`repetitions` runs each member several times")
            }
            return values.map { SweptEntry(key: leaf.key, shortName: leaf.shortName, value: $0, keyOrigin: leaf.origin) }
        }
    }

    private struct Leaf {
        let key: SweptKey
        let name: String
        let shortName: String
        let value: ConfigNode
        let origin: Origin
    }

    /// The keys of a grid or a suite, each of which may be there once, whatever name it goes by.
    private static func distinctLeaves(_ entries: [ConfigNode.Entry], reading: inout Reading) -> [Leaf] {
        var names: [String: String] = [:]
        return leaves(entries, section: [], reading: &reading).filter { leaf in
            let name =
                switch leaf.key {
                case .key(let key): key.name
                case .outputLength: leaf.name
                }
            guard let first = names.updateValue(leaf.name, forKey: name) else { return true }
            reading.report(
                "config.duplicate-key", "`\(leaf.name)` and `\(first)` are two names of one key", at: leaf.origin, remedy: "keep `\(name)`")
            return false
        }
    }

    private static func leaves(_ entries: [ConfigNode.Entry], section: [String], reading: inout Reading) -> [Leaf] {
        entries.flatMap { entry -> [Leaf] in
            let path = section + ConfigurationKey.split(entry.key)
            if let inner = entry.value.entries, ConfigurationKeys.sections.contains(path), ConfigurationKeys.byPath[path] == nil {
                return leaves(inner, section: path, reading: &reading)
            }
            guard let key = SweptKey.resolve(path, at: entry.keyOrigin, reading: &reading) else { return [] }
            let name = path.joined(separator: ".")
            return [Leaf(key: key, name: name, shortName: path.last ?? name, value: entry.value, origin: entry.keyOrigin)]
        }
    }

    private static func grid(_ entry: ConfigNode.Entry, reading: inout Reading) -> [Variation] {
        guard let entries = entry.value.entries else {
            reading.report(
                "config.wrong-type", "`sweep.grid` should be a map of keys to lists of values and is \(entry.value.kind)",
                at: entry.value.origin)
            return []
        }
        let variables = variables(entries, reading: &reading)
        guard !variables.isEmpty else { return [] }
        let count = variables.reduce(1) { $0 > limit ? $0 : $0 * $1.count }
        guard count <= limit else {
            reading.report("config.sweep", "the grid has more than \(limit) points", at: entry.keyOrigin, remedy: "sweep fewer values")
            return []
        }
        let points = variables.reduce([[]]) { points, values in points.flatMap { point in values.map { point + [$0] } } }
        return points.map { Variation(name: name(of: $0), entries: $0, origin: $0.last?.value.origin ?? entry.keyOrigin) }
    }

    private static func suites(_ entry: ConfigNode.Entry, reading: inout Reading) -> [Variation] {
        guard case .list(let items) = entry.value.content else {
            reading.report(
                "config.wrong-type", "`sweep.suites` should be a list of maps and is \(entry.value.kind)", at: entry.value.origin,
                remedy: "write it as suites: [{name: small, batch_size: 1}, {name: large, batch_size: 8}]")
            return []
        }
        return items.enumerated().compactMap { index, item in
            guard let entries = item.entries else {
                reading.report(
                    "config.wrong-type", "`sweep.suites[\(index)]` should be a map of keys to values and is \(item.kind)", at: item.origin)
                return nil
            }
            let changes = distinctLeaves(entries.filter { $0.key != "name" }, reading: &reading)
                .map { SweptEntry(key: $0.key, shortName: $0.shortName, value: $0.value, keyOrigin: $0.origin) }
            guard let named = item["name"], !named.isNull else {
                return Variation(name: name(of: changes), entries: changes, origin: item.origin)
            }
            let setting = Setting(path: "sweep.suites[\(index)].name", node: named)
            let shape = Shape<String>.text().checked { name in
                name.contains { $0 == "/" || $0.isNewline } ? ("a suite's name holds no slash and no line end", nil) : nil
            }
            return shape.decode(setting, &reading).map { Variation(name: $0, entries: changes, origin: item.origin) }
        }
    }

    /// `sweep_<variable>_<value>` for each change in turn.
    private static func name(of entries: [SweptEntry]) -> String {
        entries.reduce("sweep") { $0 + "_\(plain($1.shortName))_\(plain(Secrets.masked($1.value)))" }
    }

    /// Letters, digits, dots, dashes and underscores; runs of anything else become one underscore.
    private static func plain(_ text: String) -> String {
        var result = ""
        for character in text {
            if character.isASCII, character.isLetter || character.isNumber || ".-_".contains(character) {
                result.append(character)
            } else if result.last != "_" {
                result.append("_")
            }
        }
        return result
    }

    /// Names are made unique where the sweep made them; names that somebody gave must be so.
    private static func distinct(_ variations: [Variation], reading: inout Reading) -> [Variation] {
        var seen: [String: Origin] = [:]
        var result: [Variation] = []
        for variation in variations {
            var name = variation.name
            if let first = seen[name] {
                if !name.hasPrefix("sweep_") {
                    let place = first.place.map { " (first in line \($0.line))" } ?? ""
                    reading.report(
                        "config.sweep", "two suites are named `\(name)`\(place)", at: variation.origin, remedy: "give each its own name")
                }
                var number = 2
                while seen["\(name)_\(number)"] != nil { number += 1 }
                name += "_\(number)"
            }
            seen[name] = variation.origin
            result.append(Variation(name: name, entries: variation.entries, origin: variation.origin))
        }
        return result
    }
}

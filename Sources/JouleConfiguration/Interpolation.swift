/// `${VAR}` and `${VAR:-default}` in the values of a file; `$${` stands for a literal `${`.
enum Interpolation {
    /// The tree with every variable put in.
    ///
    /// What a plain value becomes is read as though it had been written there, so a number from a variable is a number. So is what a
    /// quoted value becomes that is one variable and nothing else, because JSON and YAML's braces leave no way to write it
    /// without quotes.
    static func apply(to node: ConfigNode, environment: [String: String], reading: inout Reading) -> ConfigNode {
        switch node.content {
        case .unreadable: return node
        case .scalar(let text, let isQuoted):
            guard text.contains("${") else { return node }
            guard let expanded = expand(text, at: node.origin, environment: environment, reading: &reading) else {
                return ConfigNode(.unreadable, at: node.origin)
            }
            return ConfigNode(.scalar(expanded, isQuoted: isQuoted && !isOneVariable(text)), at: node.origin)
        case .list(let items):
            return ConfigNode(.list(items.map { apply(to: $0, environment: environment, reading: &reading) }), at: node.origin)
        case .map(let entries, let replaces):
            let applied = entries.map { entry in
                ConfigNode.Entry(
                    key: entry.key, keyOrigin: entry.keyOrigin,
                    value: apply(to: entry.value, environment: environment, reading: &reading))
            }
            return ConfigNode(.map(applied, replaces: replaces), at: node.origin)
        }
    }

    /// A text in which nothing will be replaced.
    static func escape(_ text: String) -> String {
        text.split(separator: "${", omittingEmptySubsequences: false).joined(separator: "$${")
    }

    private static func isOneVariable(_ text: String) -> Bool {
        text.hasPrefix("${") && close(of: text[...]) == text.index(before: text.endIndex)
    }

    /// The brace that closes the variable at the beginning of a text; variables inside it have braces of their own.
    private static func close(of text: Substring) -> Substring.Index? {
        var depth = 0
        var place = text.startIndex
        while place < text.endIndex {
            if text[place...].hasPrefix("${") {
                depth += 1
            } else if text[place] == "}" {
                depth -= 1
                if depth == 0 { return place }
            }
            place = text.index(after: place)
        }
        return nil
    }

    private static func expand(_ text: String, at origin: Origin, environment: [String: String], reading: inout Reading) -> String? {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let close = close(of: rest) else {
                    // What stands before it may be a key.
                    reading.report("config.interpolation", "`\(rest)` opens a variable with ${ and does not close it", at: origin)
                    return nil
                }
                let inner = rest[rest.index(rest.startIndex, offsetBy: 2)..<close]
                guard let value = resolve(inner, in: text, at: origin, environment: environment, reading: &reading) else { return nil }
                result += value
                rest = rest[rest.index(after: close)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static func resolve(
        _ inner: Substring, in text: String, at origin: Origin, environment: [String: String], reading: inout Reading
    ) -> String? {
        let name: Substring
        var fallback: Substring?
        // OmegaConf's way of saying the same, which Hydra's files use.
        if inner.hasPrefix("oc.env:") {
            let parts = inner.dropFirst(7).split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            name = parts.first.map { $0.filter { $0 != " " }[...] } ?? ""
            fallback = parts.count > 1 ? parts[1].drop { $0 == " " } : nil
        } else if let mark = inner.firstRange(of: ":-") {
            name = inner[..<mark.lowerBound]
            fallback = inner[mark.upperBound...]
        } else {
            name = inner
        }
        guard let first = name.first, first.isASCII, first.isLetter || first == "_",
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else {
            reading.report(
                "config.interpolation", "`\(fallback == nil ? "${\(inner)}" : "${\(name):-…}")` names no environment variable", at: origin,
                remedy: "write ${NAME} or ${NAME:-default}; $${ stands for a literal ${")
            return nil
        }
        // As in a shell, `:-` also covers a variable that is set and empty.
        if let fallback {
            if let value = environment[String(name)], !value.isEmpty { return value }
            return expand(String(fallback), at: origin, environment: environment, reading: &reading)
        }
        guard let value = environment[String(name)] else {
            reading.report(
                "config.missing-variable", "the environment variable \(name) is not set", at: origin,
                remedy: "set it, or give a default: ${\(name):-…}")
            return nil
        }
        return value
    }
}

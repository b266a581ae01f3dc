import JouleModel

/// The keys as a JSON Schema and as a table for people, from the table that the decoder reads by.
package enum ConfigurationSchema {
    // MARK: JSON Schema

    /// JSON Schema, draft 2020-12, of a configuration file. Nothing is required: a file may be the base of another one.
    package static func json() -> String {
        var tree = Section()
        for key in ConfigurationKeys.all {
            tree.add(key.path[...], key.schema.described(key.summary, fallback: key.isRequired || key.fallback == "–" ? nil : key.fallback))
            for alias in key.aliases {
                tree.add(alias[...], key.schema.described("Older name of `\(key.name)`.", isOlderName: true))
            }
        }
        for key in FileKeys.all {
            tree.add(key.path[...], key.schema.described(key.summary, fallback: key.fallback == "–" ? nil : key.fallback))
        }
        let interpolated: [ConfigurationValue.Pair] = [
            .init(key: "description", value: .text("A variable of the environment, with or without a default.")),
            .init(key: "type", value: .text("string")), .init(key: "pattern", value: .text(#"\$\{[^}]+\}"#)),
        ]
        guard case .map(let body) = tree.value else { return "" }
        let root: [ConfigurationValue.Pair] =
            [
                .init(key: "$schema", value: .text("https://json-schema.org/draft/2020-12/schema")),
                .init(key: "title", value: .text("Joulebench configuration")),
            ] + body + [
                .init(key: "$defs", value: .map([.init(key: ValueSchema.interpolated, value: .map(interpolated))]))
            ]
        return ConfigurationValue.map(root).json() + "\n"
    }

    /// Keys below a key, in the order in which they were added.
    private struct Section {
        private enum Part {
            case value(ConfigurationValue)
            case section(Section)
        }

        private var names: [String] = []
        private var parts: [String: Part] = [:]

        mutating func add(_ path: ArraySlice<String>, _ schema: ConfigurationValue) {
            guard let name = path.first else { return }
            if parts[name] == nil { names.append(name) }
            if path.count == 1 {
                parts[name] = .value(schema)
            } else {
                var inner = Section()
                if case .section(let section)? = parts[name] { inner = section }
                inner.add(path.dropFirst(), schema)
                parts[name] = .section(inner)
            }
        }

        var value: ConfigurationValue {
            let properties = names.compactMap { name in
                parts[name].map { part in
                    switch part {
                    case .value(let schema): ConfigurationValue.Pair(key: name, value: schema)
                    case .section(let section): ConfigurationValue.Pair(key: name, value: section.orNull)
                    }
                }
            }
            return .map([
                .init(key: "type", value: .text("object")), .init(key: "properties", value: .map(properties)),
                .init(key: "additionalProperties", value: .flag(false)),
            ])
        }

        /// A section with nothing below it puts all of its keys back to their defaults.
        private var orNull: ConfigurationValue {
            guard case .map(var pairs) = value else { return value }
            pairs[0] = .init(key: "type", value: .list([.text("object"), .text("null")]))
            return .map(pairs)
        }
    }

    // MARK: Reference

    /// A Markdown table of every key: name, value, default, meaning, backends.
    package static func reference() -> String {
        var lines = [
            "# Configuration reference", "",
            "Made by `joulebench config reference` from the table that the decoder reads by; a test keeps this file current.", "",
            "Durations carry a unit (`60s`, `10 min`, `100ms`). A rate is `64/s` or `120/min`, and a bare number is so many a second. Counts are bare",
            "numbers. How files, the environment and `--set` come together, variables in values and editors:",
            "[configuration-files.md](configuration-files.md). Files of other tools: [older-tools.md](older-tools.md).", "",
        ]
        var section: String?
        for row in rows {
            if row.section != section {
                section = row.section
                lines += [
                    "", "## \(row.section.isEmpty ? "General" : row.section)", "", "| key | value | default | meaning |",
                    "|---|---|---|---|",
                ]
            }
            lines.append("| \(row.names) | \(cell(row.type)) | \(cell(row.fallback)) | \(cell(row.summary)) |")
        }
        // No two empty lines in a row.
        var text = ""
        for line in lines where !(line.isEmpty && text.hasSuffix("\n\n")) { text += line + "\n" }
        return text
    }

    private struct Row {
        let section: String
        let names: String
        let type: String
        let fallback: String
        let summary: String
    }

    private static var rows: [Row] {
        let own = ConfigurationKeys.all.map { key in
            let older = key.aliases.isEmpty ? "" : " (also \(key.aliases.map { "`\($0.joined(separator: "."))`" }.joined(separator: ", ")))"
            return Row(
                section: key.path.count == 1 ? "" : key.path[0], names: "`\(key.name)`\(older)", type: key.type, fallback: key.fallback,
                summary: "\(key.summary)\(backends(of: key))")
        }
        let general = own.filter(\.section.isEmpty) + FileKeys.all.filter { $0.path.count == 1 }.map(row)
        var sections: [String] = []
        for row in own where !row.section.isEmpty && !sections.contains(row.section) { sections.append(row.section) }
        let rest = FileKeys.all.filter { $0.path.count > 1 }.map(row)
        return general + sections.flatMap { name in own.filter { $0.section == name } } + rest
    }

    private static func row(_ key: FileKey) -> Row {
        Row(
            section: key.path.count == 1 ? "" : key.path[0], names: "`\(key.path.joined(separator: "."))`", type: key.type,
            fallback: key.fallback, summary: key.summary)
    }

    /// The backends that carry the key out, where not all do.
    private static func backends(of key: ConfigurationKey) -> String {
        let able = BackendSpec.Kind.allCases.filter { key.audience.includes($0) }
        guard able.count < BackendSpec.Kind.allCases.count else { return "" }
        return " Backends: \(able.map(\.rawValue).joined(separator: ", "))."
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }
}

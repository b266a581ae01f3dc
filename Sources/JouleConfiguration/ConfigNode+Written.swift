extension ConfigNode {
    /// The value as it was written, on its way out again.
    ///
    /// A plain scalar is whatever its key makes of it: `no` is Norway for one key and false for another, `007` a name or a number. So the
    /// key's schema decides what is written without quotes.
    func written(as schema: ValueSchema) -> ConfigurationValue {
        switch content {
        case .unreadable: .null
        case .scalar(let text, isQuoted: true): .text(text)
        case .scalar(let text, isQuoted: false): isNull ? .null : Self.plain(text, schema)
        case .list(let items): .list(items.map { $0.written(as: schema) })
        case .map(let entries, _): .map(entries.map { .init(key: $0.key, value: $0.value.written(as: schema)) })
        }
    }

    private static func plain(_ text: String, _ schema: ValueSchema) -> ConfigurationValue {
        let isFlag = ["true", "false", "yes", "no", "on", "off"].contains(text.lowercased())
        if isFlag, schema.takes(["boolean"]) { return .literal(text) }
        if schema.isOpen {
            // JSON as YAML 1.2 reads it: `yes` is a text there.
            switch text {
            case "true", "True", "TRUE": return .flag(true)
            case "false", "False", "FALSE": return .flag(false)
            default: break
            }
        }
        let isNumber = Double(text.filter { $0 != "_" }) != nil
        return isNumber && (schema.takes(["integer", "number"]) || schema.isOpen) ? .literal(text) : .text(text)
    }
}

extension ValueSchema {
    /// Whether the value, or a part of it, may be of one of these types.
    fileprivate func takes(_ types: Set<String>) -> Bool {
        Self.contains(value) { pairs in
            pairs.contains { pair in
                guard pair.key == "type", case .text(let type) = pair.value else { return false }
                return types.contains(type)
            }
        }
    }

    /// Whether it holds JSON that nothing here looks into.
    fileprivate var isOpen: Bool {
        Self.contains(value) { pairs in
            let isObject = pairs.contains { $0.key == "type" && $0.value == .text("object") }
            return pairs.isEmpty || isObject && !pairs.contains { ["properties", "additionalProperties"].contains($0.key) }
        }
    }

    private static func contains(_ value: ConfigurationValue, _ condition: ([ConfigurationValue.Pair]) -> Bool) -> Bool {
        switch value {
        case .null, .flag, .integer, .natural, .number, .literal, .text: false
        case .list(let items): items.contains { contains($0, condition) }
        case .map(let pairs): condition(pairs) || pairs.contains { contains($0.value, condition) }
        }
    }
}

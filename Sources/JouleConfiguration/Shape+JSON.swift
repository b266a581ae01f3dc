import JouleModel

extension Shape<JSONValue> {
    /// The same, whose secrets are not shown.
    static var secretiveObject: Shape {
        object.hiding {
            Secrets.masked($0)
        } where: {
            Secrets.maskedMember(of: $0).map { "the value of `\($0)`" }
        }
    }

    /// A map that is passed on as JSON, or a text that holds such an object.
    static var object: Shape {
        Shape(
            "map, passed on as JSON", schema: .any(of: [.object, .text]),
            decode: { setting, reading in
                if case .scalar(let text, _) = setting.node.content, !setting.node.isNull {
                    do throws(Failure) {
                        let value = try JSONArgument.parse(text)
                        if case .object = value { return value }
                        setting.wrongType(expected: "a map", to: &reading)
                    } catch {
                        setting.report(
                            "config.wrong-type", "`\(setting.path)` should be a map: \(error.message)", remedy: error.remedy, to: &reading)
                    }
                    return nil
                }
                guard setting.node.entries != nil else {
                    setting.wrongType(expected: "a map", to: &reading)
                    return nil
                }
                return value(setting, &reading)
            },
            render: { $0.configuration })
    }

    /// Scalars as the core schema of YAML 1.2 has them, of which JSON's are a part; `yes`, `on` and sexagesimals are texts.
    private static func value(_ setting: Setting, _ reading: inout Reading) -> JSONValue? {
        switch setting.node.content {
        case .unreadable: return nil
        case .scalar(let text, isQuoted: true): return .string(text)
        case .scalar(let text, isQuoted: false):
            if setting.node.isNull { return .null }
            switch text {
            case "true", "True", "TRUE": return .bool(true)
            case "false", "False", "FALSE": return .bool(false)
            default: break
            }
            guard text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }) else {
                if [".inf", "-.inf", "+.inf", ".nan"].contains(text.lowercased()) {
                    setting.report(
                        "config.invalid-value", "JSON has no number `\(text)`", remedy: "quote it if a text is meant", to: &reading)
                    return nil
                }
                return .string(text)
            }
            if let whole = Int64(text) { return .integer(whole) }
            if let number = Double(text), number.isFinite { return .number(number) }
            return .string(text)
        case .list(let items):
            let values = items.enumerated().map { value(setting.item($0.offset, $0.element), &reading) }
            return values.contains { $0 == nil } ? nil : .array(values.compactMap(\.self))
        case .map(let entries, _):
            var members: [String: JSONValue] = [:]
            for entry in entries { members[entry.key] = value(setting.part(entry.key, entry.value), &reading) }
            return members.count == entries.count ? .object(members) : nil
        }
    }
}

extension JSONValue {
    /// Members sorted by name.
    fileprivate var configuration: ConfigurationValue {
        switch self {
        case .null: .null
        case .bool(let value): .flag(value)
        case .integer(let value): .integer(Int(value))
        case .number(let value): .number(value)
        case .string(let text): .text(text)
        case .array(let values): .list(values.map(\.configuration))
        case .object(let members): .map(members.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value.configuration) })
        }
    }
}

/// What a value may look like, in the words of JSON Schema (draft 2020-12): what editors complete and check.
///
/// It may be wider than what the decoder takes, never narrower: rules that the schema cannot say are the decoder's alone.
struct ValueSchema: Hashable, Sendable {
    let value: ConfigurationValue

    private init(_ pairs: [(String, ConfigurationValue)]) { value = .map(pairs.map { .init(key: $0.0, value: $0.1) }) }

    /// The name of the definition for a text that stands for a variable of the environment, such as `${N:-10}`.
    static let interpolated = "interpolated"

    static let anything = ValueSchema([])
    static let text = ValueSchema([("type", .text("string"))])
    static let object = ValueSchema([("type", .text("object"))])
    static let flag = orInterpolated(ValueSchema([("type", .text("boolean"))]))

    static func integer(atLeast least: Int) -> ValueSchema {
        orInterpolated(ValueSchema([("type", .text("integer")), ("minimum", .integer(least))]))
    }

    static func number(_ range: ClosedRange<Double>, aboveZero: Bool) -> ValueSchema {
        var pairs: [(String, ConfigurationValue)] = [
            ("type", .text("number")), (aboveZero ? "exclusiveMinimum" : "minimum", .number(range.lowerBound)),
        ]
        if range.upperBound != .greatestFiniteMagnitude { pairs.append(("maximum", .number(range.upperBound))) }
        return orInterpolated(ValueSchema(pairs))
    }

    /// A closed set of names.
    static func names(_ names: [String]) -> ValueSchema {
        orInterpolated(ValueSchema([("enum", .list(names.map { .text($0) }))]))
    }

    /// Texts of a form, with examples for completion.
    static func text(examples: [String]) -> ValueSchema {
        ValueSchema([("type", .text("string")), ("examples", .list(examples.map { .text($0) }))])
    }

    static func list(of item: ValueSchema, atLeast least: Int) -> ValueSchema {
        var pairs: [(String, ConfigurationValue)] = [("type", .text("array")), ("items", item.value)]
        if least > 0 { pairs.append(("minItems", .integer(least))) }
        return ValueSchema(pairs)
    }

    /// A map whose keys are free.
    static func table(of value: ValueSchema) -> ValueSchema {
        ValueSchema([("type", .text("object")), ("additionalProperties", value.value)])
    }

    /// A map with a closed set of keys.
    static func options(_ options: KeyValuePairs<String, ValueSchema>) -> ValueSchema {
        closed(options.map { (key: $0.key, schema: $0.value) })
    }

    static func closed(_ options: [(key: String, schema: ValueSchema)]) -> ValueSchema {
        let properties = ConfigurationValue.map(options.map { .init(key: $0.key, value: $0.schema.value) })
        return ValueSchema([("type", .text("object")), ("properties", properties), ("additionalProperties", .flag(false))])
    }

    /// A map of one name, which is there, to its value.
    static func oneKey(_ name: String, _ schema: ValueSchema) -> ValueSchema {
        guard case .map(let pairs) = closed([(key: name, schema: schema)]).value else { return .object }
        return ValueSchema(raw: .map(pairs + [.init(key: "required", value: .list([.text(name)]))]))
    }

    static func any(of alternatives: [ValueSchema]) -> ValueSchema {
        var seen: [ConfigurationValue] = []
        for alternative in alternatives.flatMap(\.alternatives) where !seen.contains(alternative) { seen.append(alternative) }
        return seen.count == 1 ? ValueSchema(raw: seen[0]) : ValueSchema([("anyOf", .list(seen))])
    }

    /// The same, with words about it and its default.
    func described(_ summary: String, fallback: String? = nil, isOlderName: Bool = false) -> ConfigurationValue {
        guard case .map(var pairs) = value else { return value }
        pairs.insert(.init(key: "description", value: .text(fallback.map { "\(summary) Default: \($0)." } ?? summary)), at: 0)
        if isOlderName { pairs.append(.init(key: "deprecated", value: .flag(true))) }
        return .map(pairs)
    }

    private init(raw: ConfigurationValue) { value = raw }

    private static func orInterpolated(_ schema: ValueSchema) -> ValueSchema {
        ValueSchema([("anyOf", .list([schema.value, reference(to: interpolated)]))])
    }

    private static func reference(to name: String) -> ConfigurationValue {
        .map([.init(key: "$ref", value: .text("#/$defs/\(name)"))])
    }

    private var alternatives: [ConfigurationValue] {
        guard case .map(let pairs) = value, pairs.count == 1, pairs[0].key == "anyOf", case .list(let items) = pairs[0].value else {
            return [value]
        }
        return items
    }
}

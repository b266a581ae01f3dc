/// A JSON object whose members keep their order, for formats in which people know where to look.
struct OrderedJSON {
    indirect enum Value {
        case null
        case bool(Bool)
        case integer(Int)
        /// Not a number and infinity, for which JSON has no word, are written as null.
        case number(Double)
        case string(String)
        case array([Value])
    }

    private(set) var members: [(name: String, value: Value)] = []

    mutating func add(_ name: String, _ value: Value) { members.append((name, value)) }
    mutating func add(_ name: String, _ value: String?) { add(name, value.map { .string($0) } ?? .null) }
    mutating func add(_ name: String, _ value: Int?) { add(name, value.map { .integer($0) } ?? .null) }
    mutating func add(_ name: String, _ value: Double?) { add(name, value.map { .number($0) } ?? .null) }

    /// One member a line; arrays stay on theirs.
    var text: String {
        let lines = members.map { "  \(Self.quoted($0.name)): \(Self.text($0.value))" }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .string(let value): quoted(value)
        case .array(let values): "[" + values.map { text($0) }.joined(separator: ", ") + "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

import Foundation
import JouleModel

/// Reads the members of a JSON object one by one and refuses what nobody asked for: a misspelt key must not silently change a test.
struct JSONFields {
    let path: String
    private var members: [String: JSONValue]
    private var known: [String] = []

    /// - Throws: `Failure` where the value is no object.
    init(_ value: JSONValue, at path: String) throws {
        guard case .object(let members) = value else { throw Self.wrong(path, "is no object") }
        self.path = path
        self.members = members
    }

    mutating func value(_ key: String) -> JSONValue? {
        known.append(key)
        guard let value = members.removeValue(forKey: key), value != .null else { return nil }
        return value
    }

    mutating func string(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else { throw wrong(key, "is no string") }
        return text
    }

    mutating func bool(_ key: String) throws -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .bool(let bool) = value else { throw wrong(key, "is neither true nor false") }
        return bool
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = value(key) else { return nil }
        guard case .integer(let integer) = value, range.contains(Int(integer)) else {
            throw wrong(key, "is no integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(integer)
    }

    mutating func number(_ key: String, above bound: Double) throws -> Double? {
        guard let value = value(key) else { return nil }
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        guard let number, number > bound, number.isFinite else { throw wrong(key, "is no number above \(bound)") }
        return number
    }

    /// A span given in milliseconds, in nanoseconds.
    mutating func milliseconds(_ key: String) throws -> Int64? {
        guard let number = try number(key, above: -.leastNonzeroMagnitude) else { return nil }
        guard number <= 1e9 else { throw wrong(key, "is longer than 1e9 ms") }
        return Int64((number * 1e6).rounded())
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, of type: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = try string(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw wrong(key, "is “\(text)”; known: \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    mutating func array(_ key: String) throws -> [JSONValue]? {
        guard let value = value(key) else { return nil }
        guard case .array(let values) = value else { throw wrong(key, "is no array") }
        return values
    }

    mutating func integers(_ key: String, in range: ClosedRange<Int>) throws -> [Int]? {
        try array(key)?.map {
            guard case .integer(let integer) = $0, range.contains(Int(integer)) else {
                throw wrong(key, "holds something else than integers from \(range.lowerBound) to \(range.upperBound)")
            }
            return Int(integer)
        }
    }

    mutating func strings(_ key: String) throws -> [String]? {
        try array(key)?.map {
            guard case .string(let text) = $0 else { throw wrong(key, "holds something else than strings") }
            return text
        }
    }

    /// Names and texts, sorted by name, such as header fields.
    mutating func texts(_ key: String) throws -> [NamedText]? {
        guard let value = value(key) else { return nil }
        guard case .object(let members) = value else { throw wrong(key, "is no object") }
        return try members.sorted { $0.key < $1.key }.map {
            switch $0.value {
            case .string(let text): NamedText(name: $0.key, text: text)
            case .integer(let integer): NamedText(name: $0.key, text: "\(integer)")
            case .null, .bool, .number, .array, .object: throw wrong("\(key).\($0.key)", "is no string")
            }
        }
    }

    /// A nested object, read by the closure and finished.
    mutating func object<Value>(_ key: String, _ read: (inout JSONFields) throws -> Value) throws -> Value? {
        guard let value = value(key) else { return nil }
        var fields = try JSONFields(value, at: "\(path).\(key)")
        let result = try read(&fields)
        try fields.finish()
        return result
    }

    /// Objects in an array, each read by the closure and finished.
    mutating func objects<Value>(_ key: String, _ read: (inout JSONFields) throws -> Value) throws -> [Value]? {
        try array(key)?.enumerated().map {
            var fields = try JSONFields($0.element, at: "\(path).\(key)[\($0.offset)]")
            let result = try read(&fields)
            try fields.finish()
            return result
        }
    }

    func finish() throws {
        guard let unknown = members.keys.min() else { return }
        throw wrong(unknown, "is no known key; known: \(known.sorted().joined(separator: ", "))")
    }

    func wrong(_ key: String, _ what: String) -> Failure { Self.wrong("\(path).\(key)", what) }

    private static func wrong(_ place: String, _ what: String) -> Failure {
        Failure("stub.bad-script", "\(place) \(what)", remedy: "docs/stub-server.md lists the keys")
    }
}

/// A header or trailer field.
package struct NamedText: Hashable, Sendable {
    package let name: String
    package let text: String
    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// A text as a JSON string, quotation marks included; only what JSON demands is escaped.
func quoted(_ text: String) -> String {
    var json = "\""
    json.reserveCapacity(text.utf8.count + 2)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": json += "\\\""
        case "\\": json += "\\\\"
        case "\n": json += "\\n"
        case "\r": json += "\\r"
        case "\t": json += "\\t"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: json.unicodeScalars.append(scalar)
        }
    }
    return json + "\""
}

/// Nanoseconds as seconds, with all their digits.
func seconds(_ nanoseconds: Int64) -> String { String(format: "%.9f", Double(nanoseconds) / 1e9) }

/// Nanoseconds as milliseconds, with all their digits.
func milliseconds(_ nanoseconds: Int64) -> String { String(format: "%.6f", Double(nanoseconds) / 1e6) }

import Foundation
import JouleModel

extension JSONValue {
    /// The value of a page; nil for what is no JSON.
    init?(page: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(page)) else { return nil }
        self = value
    }

    /// A finite number.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value.isFinite ? value : nil
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// A number, or the sum of a list of numbers: devices with several phases give a list.
    var numberOrSum: Double? {
        guard case .array(let items) = self else { return number }
        let numbers = items.compactMap(\.number)
        return numbers.isEmpty || numbers.count < items.count ? nil : numbers.reduce(0, +)
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }

    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }

    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
}

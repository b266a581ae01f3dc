import Foundation

/// A JSON value as any reader sees it; what is not there is `absent`, so that a path can be walked without unwrapping.
enum JSON: Hashable, Sendable, Decodable {
    case absent
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case map([String: JSON])

    init(parsing text: String) throws { self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .map(try container.decode([String: JSON].self))
        }
    }

    subscript(key: String) -> JSON {
        if case .map(let map) = self { map[key] ?? .absent } else { .absent }
    }
    subscript(index: Int) -> JSON {
        if case .list(let list) = self, list.indices.contains(index) { list[index] } else { .absent }
    }

    var number: Double? { if case .number(let number) = self { number } else { nil } }
    /// Whether it is a number above zero; what is absent is not.
    var isPositive: Bool { number.map { $0 > 0 } ?? false }
    func isNumber(near expected: Double, within tolerance: Double) -> Bool { number.map { abs($0 - expected) <= tolerance } ?? false }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    var list: [JSON] { if case .list(let list) = self { list } else { [] } }
    var keys: Set<String> { if case .map(let map) = self { Set(map.keys) } else { [] } }
    /// The members of an object, in the order of their names.
    var members: [(name: String, value: JSON)] {
        if case .map(let map) = self { map.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) } } else { [] }
    }
    var isNull: Bool { self == .null }

    /// Every object in the tree that has a key.
    func objects(with key: String) -> [JSON] {
        switch self {
        case .map(let map): (map[key] == nil ? [] : [self]) + map.values.flatMap { $0.objects(with: key) }
        case .list(let list): list.flatMap { $0.objects(with: key) }
        case .absent, .null, .flag, .number, .text: []
        }
    }
}

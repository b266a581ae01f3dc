import JouleModel

extension JSONValue {
    /// A number, whole or not.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .null, .bool, .string, .array, .object: nil
        }
    }

    package var text: String? {
        if case .string(let value) = self { value } else { nil }
    }
}

/// The members of a model's `config.json`, read with the limits of what a model can be.
struct ConfigurationFields {
    /// What a configuration does not say, or says in a way that no model has.
    struct Complaint: Error {
        let reason: String
    }

    private let values: JSONValue
    let modelType: String

    init(_ values: JSONValue, modelType: String) {
        self.values = values
        self.modelType = modelType
    }

    /// The first of these names that has a whole number above zero.
    func count(_ names: String..., or fallback: Double? = nil) throws(Complaint) -> Double {
        for name in names {
            guard let value = values[name], value != .null else { continue }
            guard let number = value.number, number >= 1, number <= 16_777_216, number.rounded() == number else {
                throw Complaint(reason: "`\(name)` of its configuration is no length that a model can have")
            }
            return number
        }
        if let fallback { return fallback }
        throw Complaint(reason: "its configuration (a \(modelType)) does not say `\(names.first ?? "")`")
    }

    /// As `count`, for what may be zero or missing.
    func optional(_ names: String...) -> Double? {
        for name in names {
            if let number = values[name]?.number, number >= 0, number <= 16_777_216, number.rounded() == number { return number }
        }
        return nil
    }

    /// Layers are made one by one, so their number has a limit of its own.
    func layers(_ names: String..., or fallback: Int? = nil) throws(Complaint) -> Int {
        for name in names {
            guard let number = values[name]?.number else { continue }
            guard number >= 1, number <= 4_096, number.rounded() == number else {
                throw Complaint(reason: "`\(name)` of its configuration is no number of layers")
            }
            return Int(number)
        }
        if let fallback { return fallback }
        throw Complaint(reason: "its configuration (a \(modelType)) does not say `\(names.first ?? "")`")
    }

    func flag(_ name: String, or fallback: Bool) -> Bool {
        if case .bool(let value)? = values[name] { value } else { fallback }
    }

    func text(_ name: String) -> String? { values[name]?.text }

    func texts(_ name: String) -> [String]? {
        guard case .array(let items)? = values[name] else { return nil }
        return items.compactMap(\.text)
    }

    func numbers(_ name: String) -> [Double] {
        guard case .array(let items)? = values[name] else { return [] }
        return items.compactMap(\.number)
    }
}

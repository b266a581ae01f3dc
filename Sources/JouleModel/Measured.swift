import JouleUnits

/// A quantity with what is needed to believe it: interval, method, scope and flags.
package struct Measured<Value: Quantity>: Hashable, Sendable {
    package let value: Value
    /// Half the 95 % interval; nil where none can be stated.
    package let plusMinus: Value?
    /// The part of `plusMinus` that has the same sign in every run on the same device and meter, the sensors' gain; nil where the two
    /// parts are not known apart.
    package let systematic: Value?
    package let method: EnergyMethod
    package let scope: Scope
    package let flags: Set<Flag>

    package init(
        _ value: Value, plusMinus: Value?, systematic: Value? = nil, method: EnergyMethod, scope: Scope, flags: Set<Flag> = []
    ) {
        self.value = value
        self.plusMinus = plusMinus
        self.systematic = systematic
        self.method = method
        self.scope = scope
        self.flags = flags
    }

    /// The same figure times a number that is known exactly, or turned into another unit.
    package func map<Other: Quantity>(_ transform: (Value) -> Other) -> Measured<Other> {
        Measured<Other>(
            transform(value), plusMinus: plusMinus.map { transform($0).magnitude }, systematic: systematic.map { transform($0).magnitude },
            method: method, scope: scope, flags: flags)
    }

    package var figure: Figure {
        Figure(
            value: value.rawValue, unit: Value.symbol, plusMinus: plusMinus?.rawValue, systematic: systematic?.rawValue,
            method: method.rawValue, scope: scope, flags: flags)
    }
}

/// A quantity that is there, or the reason why it is not. Absent is never zero.
package enum Reading<Value: Sendable & Hashable>: Sendable, Hashable {
    case value(Value)
    case absent(reason: String)

    package var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }
    package var reason: String? {
        if case .absent(let reason) = self { reason } else { nil }
    }
    package func map<Other: Sendable & Hashable>(_ transform: (Value) -> Other) -> Reading<Other> {
        switch self {
        case .value(let value): .value(transform(value))
        case .absent(let reason): .absent(reason: reason)
        }
    }
}

/// The one shape of a figure in every JSON file; `value` null comes with a `reason`.
package struct Figure: Hashable, Sendable, Codable {
    package let value: Double?
    package let unit: String
    package let plusMinus: Double?
    /// The part of `plusMinus` that repetitions do not shrink: the sensors' gain. nil where the parts are not known apart.
    package let systematic: Double?
    /// `measured-counter`, `measured-power`, `modelled`, `assumed`, `simulated`, `unavailable`; `timed` or `counted` for what is no energy.
    package let method: String
    package let scope: Scope?
    package let flags: [Flag]
    package let reason: String?

    package init(
        value: Double?, unit: String, plusMinus: Double? = nil, systematic: Double? = nil, method: String, scope: Scope? = nil,
        flags: Set<Flag> = [], reason: String? = nil
    ) {
        self.value = value
        self.unit = unit
        self.plusMinus = plusMinus
        self.systematic = systematic
        self.method = method
        self.scope = scope
        self.flags = flags.sorted()
        self.reason = reason
    }

    /// A figure that could not be had, and why.
    package static func absent(unit: String, scope: Scope? = nil, reason: String) -> Figure {
        Figure(value: nil, unit: unit, method: EnergyMethod.unavailable.rawValue, scope: scope, reason: reason)
    }

    private enum CodingKeys: String, CodingKey {
        case value, unit, plusMinus = "plus_minus", systematic = "plus_minus_systematic", method, scope, flags, reason
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // A missing value is written as null, not left out: a reader must see that it is missing.
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        try container.encode(plusMinus, forKey: .plusMinus)
        try container.encodeIfPresent(systematic, forKey: .systematic)
        try container.encode(method, forKey: .method)
        try container.encodeIfPresent(scope, forKey: .scope)
        try container.encode(flags, forKey: .flags)
        try container.encodeIfPresent(reason, forKey: .reason)
    }
}

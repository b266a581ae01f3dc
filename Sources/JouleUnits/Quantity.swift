/// A physical quantity: a number whose unit is its type.
///
/// Only quantities of one type add up; a product or quotient of two types is defined where physics defines it, and nowhere else.
package protocol Quantity: Comparable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The value in the unit that `symbol` names.
    var rawValue: Double { get }
    /// The SI (or customary) symbol of the unit, as it is printed: `J`, `W`, `g`.
    static var symbol: String { get }
    init(_ rawValue: Double)
}

extension Quantity {
    package static var zero: Self { Self(0) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    package static func + (left: Self, right: Self) -> Self { Self(left.rawValue + right.rawValue) }
    package static func - (left: Self, right: Self) -> Self { Self(left.rawValue - right.rawValue) }
    package static prefix func - (value: Self) -> Self { Self(-value.rawValue) }
    package static func += (left: inout Self, right: Self) { left = left + right }
    package static func -= (left: inout Self, right: Self) { left = left - right }
    package static func * (left: Self, right: Double) -> Self { Self(left.rawValue * right) }
    package static func * (left: Double, right: Self) -> Self { Self(left * right.rawValue) }
    package static func / (left: Self, right: Double) -> Self { Self(left.rawValue / right) }
    /// The ratio of two quantities of one kind has no unit.
    package static func / (left: Self, right: Self) -> Double { left.rawValue / right.rawValue }

    package var magnitude: Self { Self(abs(rawValue)) }
    package var isFinite: Bool { rawValue.isFinite }
    package var description: String { "\(rawValue) \(Self.symbol)" }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Double.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Sequence where Element: Quantity {
    /// The sum of quantities of one kind; zero for an empty sequence.
    package func sum() -> Element { reduce(.zero, +) }
}

import JouleModel

/// The unit a figure is shown in, and the factor from the unit it is stored in.
package struct UnitScale: Hashable, Sendable {
    /// What is printed: `mJ/token`.
    package let unit: String
    /// Stored value times factor is the printed value.
    package let factor: Double

    package init(unit: String, factor: Double) {
        self.unit = unit
        self.factor = factor
    }

    /// The unit in which a magnitude reads best: `0.0142 J/token` is shown as `14.2 mJ/token`, `212,341 J` as `212.3 kJ`.
    ///
    /// Only the numerator is scaled. A unit that is not known is shown as it is.
    package static func best(for magnitude: Double, unit: String) -> UnitScale {
        // A share is a bare number in the files and a percentage for people.
        if unit == "1" || unit.isEmpty { return UnitScale(unit: "%", factor: 100) }
        let (head, tail) = split(unit)
        let family = families[head] ?? (isCurrency(head) ? currency(head) : nil)
        guard let family, magnitude.isFinite, magnitude > 0 else { return UnitScale(unit: head + tail, factor: 1) }
        let step = family.first { magnitude < $0.below } ?? family[family.count - 1]
        // A residue of rounding is nothing, also in the smallest unit.
        guard magnitude * step.factor >= 1e-6 else { return UnitScale(unit: head + tail, factor: 1) }
        return UnitScale(unit: step.symbol + tail, factor: step.factor)
    }

    /// One unit for a column of figures: the one that suits the largest of them.
    package static func common(for figures: [Figure]) -> UnitScale? {
        guard let unit = figures.first?.unit, figures.allSatisfy({ $0.unit == unit }) else { return nil }
        return best(for: figures.map(\.magnitude).max() ?? 0, unit: unit)
    }

    private struct Step {
        /// Magnitudes below this use the step.
        let below: Double
        let symbol: String
        let factor: Double
    }

    private static let families: [String: [Step]] = [
        "J": [
            Step(below: 1e-4, symbol: "µJ", factor: 1e6), Step(below: 0.1, symbol: "mJ", factor: 1e3),
            Step(below: 1e4, symbol: "J", factor: 1), Step(below: 1e7, symbol: "kJ", factor: 1e-3),
            Step(below: .infinity, symbol: "MJ", factor: 1e-6),
        ],
        "W": [
            Step(below: 0.1, symbol: "mW", factor: 1e3), Step(below: 1e4, symbol: "W", factor: 1),
            Step(below: .infinity, symbol: "kW", factor: 1e-3),
        ],
        "Wh": [
            Step(below: 1e-4, symbol: "µWh", factor: 1e6), Step(below: 0.1, symbol: "mWh", factor: 1e3),
            Step(below: 1e4, symbol: "Wh", factor: 1), Step(below: .infinity, symbol: "kWh", factor: 1e-3),
        ],
        "s": [
            Step(below: 1e-3, symbol: "µs", factor: 1e6), Step(below: 1, symbol: "ms", factor: 1e3),
            Step(below: .infinity, symbol: "s", factor: 1),
        ],
        "g": [
            Step(below: 0.1, symbol: "mg", factor: 1e3), Step(below: 1e4, symbol: "g", factor: 1),
            Step(below: .infinity, symbol: "kg", factor: 1e-3),
        ],
        "gCO2e": [
            Step(below: 1e-4, symbol: "µgCO2e", factor: 1e6), Step(below: 0.1, symbol: "mgCO2e", factor: 1e3),
            Step(below: 1e4, symbol: "gCO2e", factor: 1), Step(below: .infinity, symbol: "kgCO2e", factor: 1e-3),
        ],
        "L": [
            Step(below: 1e-4, symbol: "µL", factor: 1e6), Step(below: 0.1, symbol: "mL", factor: 1e3),
            Step(below: .infinity, symbol: "L", factor: 1),
        ],
        "FLOP": operationSteps, "B": byteSteps, "bytes": byteSteps,
    ]

    private static let operationSteps = [
        Step(below: 1e3, symbol: "FLOP", factor: 1), Step(below: 1e6, symbol: "kFLOP", factor: 1e-3),
        Step(below: 1e9, symbol: "MFLOP", factor: 1e-6), Step(below: 1e12, symbol: "GFLOP", factor: 1e-9),
        Step(below: 1e15, symbol: "TFLOP", factor: 1e-12), Step(below: 1e18, symbol: "PFLOP", factor: 1e-15),
        Step(below: .infinity, symbol: "EFLOP", factor: 1e-18),
    ]

    /// ISO 4217: three capitals, and no unit of physics has that many.
    private static func isCurrency(_ unit: String) -> Bool { unit.count == 3 && unit.allSatisfy { $0.isASCII && $0.isUppercase } }

    private static func currency(_ unit: String) -> [Step] {
        [Step(below: 1e-3, symbol: "µ\(unit)", factor: 1e6), Step(below: .infinity, symbol: unit, factor: 1)]
    }

    private static let byteSteps = [
        Step(below: 1_024, symbol: "B", factor: 1), Step(below: 1_048_576, symbol: "KiB", factor: 1 / 1_024),
        Step(below: 1_073_741_824, symbol: "MiB", factor: 1 / 1_048_576),
        Step(below: .infinity, symbol: "GiB", factor: 1 / 1_073_741_824),
    ]

    /// `J/token` → `J`, `/token`.
    private static func split(_ unit: String) -> (head: String, tail: String) {
        guard let slash = unit.firstIndex(of: "/") else { return (unit, "") }
        let tail = String(unit[slash...])
        // The label of that figure spells it out; a column need not be as wide.
        return (String(unit[..<slash]), tail == "/1000 requests" ? "/1k req" : tail)
    }
}

extension Figure {
    /// What decides the unit: the value, or its interval where that is wider (a net energy near zero).
    var magnitude: Double {
        guard let value, value.isFinite else { return 0 }
        return max(abs(value), abs(plusMinus ?? 0))
    }
}

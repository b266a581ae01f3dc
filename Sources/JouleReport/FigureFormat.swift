import JouleModel
import JouleUnits

/// A figure as people read it: value, interval and unit, or a dash and the reason.
package struct FigureText: Hashable, Sendable {
    /// `1.790`; a dash when there is no value.
    package let value: String
    /// `0.090`; nil where no interval can be stated.
    package let plusMinus: String?
    package let unit: String
    /// Why there is no value; nil when there is one.
    package let reason: String?

    package var isAbsent: Bool { reason != nil }

    /// `1.790 ± 0.090`, without the unit; for columns whose header names it.
    package var number: String { plusMinus.map { "\(value) ± \($0)" } ?? value }

    /// `1.790 ± 0.090 J/token`, or `— (reason)`.
    package var sentence: String {
        if let reason { return "\(value) (\(reason))" }
        return unit.isEmpty ? number : "\(number) \(unit)"
    }
}

/// The one place where figures become text, for the console, the HTML report and everything else that people read.
///
/// The interval is rounded to two significant digits and the value to the same decimals, so no digit is shown that the interval
/// does not support. Files for machines carry the unrounded numbers instead.
package enum FigureFormat {
    /// What stands for a missing value.
    package static let absent = "—"

    /// Less than this, in the unit that is shown, is nothing: units are chosen so that no real figure comes near.
    private static let smallestShown = 1e-6

    package static func text(_ figure: Figure, in scale: UnitScale? = nil) -> FigureText {
        let scale = scale ?? .best(for: figure.magnitude, unit: figure.unit)
        guard let raw = figure.value, raw.isFinite else {
            return FigureText(value: absent, plusMinus: nil, unit: scale.unit, reason: figure.reason ?? "not recorded")
        }
        let value = raw * scale.factor
        guard let interval = figure.plusMinus.map({ abs($0) * scale.factor }), interval.isFinite else {
            // Without an interval too: what is left of two equal energies is no figure.
            let isNothing = abs(value) < smallestShown && [Joules.symbol, Watts.symbol].contains(figure.unit)
            let number = isNothing ? "0" : plain(value, counted: figure.method == "counted")
            return FigureText(value: number, plusMinus: nil, unit: scale.unit, reason: nil)
        }
        // Rounding errors of a difference between equals; in a column whose other rows are large they would fill the line with zeros.
        guard max(abs(value), interval) >= smallestShown else {
            return FigureText(value: "0", plusMinus: "0", unit: scale.unit, reason: nil)
        }
        // An interval of less than a double can tell apart is what rounding left; its digits would fill the line too.
        guard interval > abs(value) * 1e-13 else {
            return FigureText(value: NumberText.significant(value), plusMinus: "0", unit: scale.unit, reason: nil)
        }
        let decimals = self.decimals(value: value, interval: interval)
        return FigureText(
            value: NumberText.fixed(value, decimals: decimals), plusMinus: NumberText.fixed(interval, decimals: decimals),
            unit: scale.unit, reason: nil)
    }

    /// The relative half-width, `± 5.0 %`; nil without a value, without an interval, or at zero.
    package static func relative(_ figure: Figure) -> String? {
        guard let value = figure.value, let interval = figure.plusMinus, value != 0 else { return nil }
        let share = abs(interval / value)
        // Of a difference near zero a percentage says nothing that the interval itself does not say better.
        return share <= 3 ? "± " + NumberText.percent(share) : nil
    }

    /// How the method of a figure is called; the same words as in the files.
    package static func method(_ figure: Figure) -> String { figure.value == nil ? EnergyMethod.unavailable.rawValue : figure.method }

    /// A duration in seconds with one decimal, or as many as show three digits of a short one.
    package static func seconds(_ seconds: Double) -> String {
        NumberText.fixed(seconds, decimals: seconds == 0 ? 1 : min(max(NumberText.decimals(forSignificant: 3, of: seconds), 1), 3))
    }

    /// Two significant digits of the interval, and never so many that the value pretends to more than seven.
    private static func decimals(value: Double, interval: Double) -> Int {
        let wanted = NumberText.decimals(forSignificant: 2, of: interval)
        guard value != 0, wanted > 0 else { return wanted }
        let most = NumberText.decimals(forSignificant: 7, of: value)
        // A dropped interval would read as exact; keep one digit of it instead.
        return max(min(wanted, most), min(wanted, NumberText.decimals(forSignificant: 1, of: interval)))
    }

    private static func plain(_ value: Double, counted: Bool) -> String {
        counted && value == value.rounded() ? NumberText.fixed(value, decimals: 0) : NumberText.significant(value)
    }
}

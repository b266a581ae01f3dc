import JouleModel

/// The three idle baselines of a scope, alike on the console and in the report.
enum IdleText {
    struct Baseline {
        let name: String
        let power: Figure
        /// Half of a 95 % interval without the gain that all readings of a sensor share, in watts.
        let scatter: Double?
        let net: Figure

        var scatterText: String { scatter.map { NumberText.significant($0, digits: 2) } ?? FigureFormat.absent }
    }

    static func baselines(_ row: Summary.ScopeEnergy) -> [Baseline] {
        [
            Baseline(name: "idle host", power: row.idleHostPower, scatter: row.idleScatter?["host"], net: row.netOverIdleHost),
            Baseline(name: "idle loaded", power: row.idleLoadedPower, scatter: row.idleScatter?["loaded"], net: row.netOverIdleLoaded),
            Baseline(name: "idle after the run", power: row.idleAfterPower, scatter: row.idleScatter?["after"], net: row.netOverIdleAfter),
        ]
    }

    /// `idle power, gpu: host 76.0 ± 3.8 W, loaded 121.0 ± 6.1 W, after the run 122.0 ± 6.1 W; drift: …`, where there is no room for a table.
    static func sentence(_ row: Summary.ScopeEnergy, of summary: Summary) -> String? {
        let known = baselines(row).filter { $0.power.value != nil }
        guard !known.isEmpty else { return nil }
        let powers = known.map { "\($0.name.dropFirst("idle ".count)) \(FigureFormat.text($0.power).sentence)" }
        let parts = ["idle power, \(row.scope.rawValue): \(powers.joined(separator: ", "))", drift(row, of: summary)]
        return parts.compactMap(\.self).joined(separator: "; ")
    }

    /// By how much the idle power moved over the run, and what that means; nil without a baseline on both sides.
    static func drift(_ row: Summary.ScopeEnergy, of summary: Summary) -> String? {
        guard let before = row.idleLoadedPower.value, let after = row.idleAfterPower.value else { return nil }
        let moved = after - before
        let share = before > 0 ? " (\(moved < 0 ? "−" : "+")\(NumberText.percent(abs(moved / before))))" : ""
        let scatter = ["loaded", "after"].compactMap { row.idleScatter?[$0] }
        let bound = scatter.isEmpty ? nil : scatter.map { $0 * $0 }.reduce(0, +).squareRoot()
        let isFlagged = summary.flags.contains { $0.flag == .baselineDrift }
        let words = "after the run less before: \(moved < 0 ? "−" : "+")\(NumberText.significant(abs(moved), digits: 3)) W\(share)"
        let within = bound.map { ", scatter of the two ± \(NumberText.significant($0, digits: 2)) W" } ?? ""
        return "drift: \(words)\(within); " + (isFlagged ? "in the interval of every net energy" : "not more than their scatter and 2 %")
    }
}

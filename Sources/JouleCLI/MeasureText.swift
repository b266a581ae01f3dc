import JouleConfiguration
import JouleModel
import JouleReport
import JouleUnits

/// The result of `measure` for people.
enum MeasureText {
    /// - Parameters:
    ///   - missing: meters that were asked for by name and could not be had.
    ///   - showsCost: whether it ends with what measuring itself took.
    static func render(
        _ result: MeasureResult, command: [String], missing: [RunEnvironment.Unavailable] = [], showsCost: Bool = false
    ) -> String {
        var lines: [String] = []
        for (index, run) in result.runs.enumerated() {
            let title = result.runs.count > 1 ? " (\(index + 1) of \(result.runs.count))" : ""
            lines += [
                "",
                "\(Secrets.masked(command: command).joined(separator: " "))\(title): \(FigureFormat.seconds(run.durationSeconds)) s, exit status \(run.exitStatus)",
            ]
            lines += headline(run)
            lines += table(run.ledger)
            // What is modelled and what has no energy stands in the table, with its reason.
            lines += run.flags.filter { $0.flag != .energyModelled && $0.flag != .energyUnavailable }.map {
                "  \($0.grade.rawValue): \($0.flag.sentence) (\($0.detail))"
            }
            for mark in run.marks {
                lines += ["", "phase \(mark.name): \(FigureFormat.seconds(mark.durationSeconds)) s"] + table(mark.ledger)
            }
        }
        if let idle = result.idlePower { lines.append("idle power: \(FigureFormat.text(idle).sentence)") }
        if let spread = result.spread {
            let figure = spread.energy.figure
            var line = "\(result.runs.count) runs, energy of the \(name(of: figure)): \(FigureFormat.text(figure).sentence)"
            if figure.value != nil {
                line += " (\(FigureFormat.method(figure))), mean with its 95 % interval: "
                line += "scatter of the runs (Student t) and gain of the meters"
            }
            if spread.energy.count < result.runs.count, figure.value != nil { line += ", of the \(spread.energy.count) with energy" }
            lines += ["", line]
        }
        for item in missing { lines.append("not measured: \(item.meter): \(item.reason)") }
        if result.sampling.lost > 0 { lines.append("\(result.sampling.lost) samples were lost: the machine was too busy") }
        if showsCost, let cost = result.ownCost { lines.append("joulebench itself: \(cost.text)") }
        return lines.joined(separator: "\n")
    }

    private static func headline(_ run: MeasureResult.Run) -> [String] {
        // Beside the sum of the parts stands what holds them all, where that is metered too.
        let wider = Scope.wholes.filter { $0 != .system && $0 != run.total.scope }.compactMap { run.totals[$0.rawValue] }
        let beside = wider.filter { $0.value != nil }.map { "  \(energy($0))" }
        guard run.total.value != nil else {
            return ["  energy: not available (\(run.total.reason ?? "no reason was given")); see `joulebench doctor`"] + beside
        }
        var line = "  \(energy(run.total))"
        if let net = run.net { line += ", net over idle \(FigureFormat.text(net).sentence)" }
        return [line] + beside
    }

    private static func energy(_ figure: Figure) -> String {
        "energy of the \(name(of: figure)): \(FigureFormat.text(figure).sentence) (\(FigureFormat.method(figure)))"
    }

    private static func name(of figure: Figure) -> String { (figure.scope ?? .system).rawValue }

    private static func table(_ ledger: [LedgerEntry]) -> [String] {
        guard !ledger.isEmpty else { return [] }
        let namesHosts = ledger.contains { $0.host != nil }
        var rows = [["scope"] + (namesHosts ? ["host"] : []) + ["device", "energy", "mean", "peak", "method"]]
        for entry in ledger {
            let energy = Figure(
                value: entry.energy?.rawValue, unit: Joules.symbol, plusMinus: entry.plusMinus?.rawValue, method: entry.method.rawValue,
                scope: entry.scope)
            let place = [entry.scope.rawValue] + (namesHosts ? [entry.host ?? "this machine"] : [])
            rows.append(
                place + [
                    entry.device, entry.energy == nil ? "n/a" : FigureFormat.text(energy).sentence,
                    watts(entry.meanPower),
                    watts(entry.peakPower), entry.reason.map { "\(entry.method.rawValue): \($0)" } ?? entry.method.rawValue,
                ])
        }
        return TextTable.render(rows).map { "  " + $0 }
    }

    private static func watts(_ value: Watts?) -> String { value.map { "\(NumberText.significant($0.rawValue)) W" } ?? "n/a" }
}

/// Columns padded to their widest cell.
enum TextTable {
    static func render(_ rows: [[String]]) -> [String] {
        guard let first = rows.first else { return [] }
        let widths = first.indices.map { column in rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

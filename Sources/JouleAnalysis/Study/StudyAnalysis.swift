import JouleModel

/// From the runs of a study to what they say together.
package enum StudyAnalysis {
    /// The table of all runs, each member over its repetitions and, where load is all that was varied, the energy curve over it.
    ///
    /// - Parameter endings: why members were not repeated any more, by their names.
    package static func summary(name: String, rows: [StudySummary.Row], endings: [String: String] = [:]) -> StudySummary {
        var members = StudySummary.Member.all(of: rows)
        for index in members.indices { members[index].ending = endings[members[index].name] }
        return StudySummary(name: name, rows: rows, members: members, curve: curve(of: rows))
    }

    /// Nil unless exactly one key has more than one value, and that key is `load.rate` or `load.concurrency`.
    static func curve(of rows: [StudySummary.Row]) -> StudySummary.EnergyCurve? {
        var values: [String: Set<String>] = [:]
        for row in rows {
            for swept in row.values { values[swept.key, default: []].insert(swept.value) }
        }
        let varied = values.filter { $0.value.count > 1 }.map(\.key)
        guard varied.count == 1, let key = varied.first else { return nil }
        let variable: StudySummary.EnergyCurve.Variable
        switch key {
        case "load.rate": variable = .rate
        case "load.concurrency": variable = .concurrency
        default: return nil
        }
        var groups: [Double: [Summary]] = [:]
        for row in rows {
            guard let summary = row.completed, let text = row.values.first(where: { $0.key == key })?.value,
                let load = Double(text)
            else { continue }
            groups[load, default: []].append(summary)
        }
        guard !groups.isEmpty else { return nil }
        let points = groups.sorted { $0.key < $1.key }.map { CurveGroup(load: $0.key, runs: $0.value).point }
        var curve = StudySummary.EnergyCurve(variable: variable, points: points)
        switch knee(of: points) {
        case .value(let index): curve.knee = index
        case .absent(let reason): curve.notes.append("no knee: \(reason)")
        }
        switch optimum(of: points) {
        case .value(let index): curve.optimum = index
        case .absent(let reason): curve.notes.append("no energy-optimal load: \(reason)")
        }
        return curve
    }

    /// The load at the greatest distance from the chord between the first and the last point of throughput against load, both scaled
    /// to their range; from five loads on.
    static func knee(of points: [StudySummary.CurvePoint]) -> Reading<Int> {
        let known = points.enumerated().compactMap { index, point in
            point.outputTokensPerSecond.value.map { (index: index, load: point.load, throughput: $0) }
        }
        guard known.count >= 5, let first = known.first, let last = known.last else {
            return .absent(reason: "\(known.count) loads with a throughput, and five are needed")
        }
        let throughputs = known.map(\.throughput)
        guard let least = throughputs.min(), let most = throughputs.max(), most > least else {
            return .absent(reason: "the throughput is the same at all loads")
        }
        let width = last.load - first.load
        let height = most - least
        let rise = (last.throughput - first.throughput) / height
        // All distances have one common factor, the length of the chord; the greatest needs no division by it.
        func distance(_ load: Double, _ throughput: Double) -> Double {
            abs((throughput - first.throughput) / height - rise * (load - first.load) / width)
        }
        let ranked = known.map { (index: $0.index, distance: distance($0.load, $0.throughput)) }
        guard let greatest = ranked.max(by: { $0.distance < $1.distance }), greatest.distance > 1e-9 else {
            return .absent(reason: "the throughput grows straight with the load")
        }
        return .value(greatest.index)
    }

    /// The steady load with the least energy per output token whose p99 latencies meet every objective.
    static func optimum(of points: [StudySummary.CurvePoint]) -> Reading<Int> {
        let steady = points.indices.filter { points[$0].verdict == .steady }
        guard !steady.isEmpty else {
            var counts: [String: Int] = [:]
            for point in points { counts[point.verdict.rawValue, default: 0] += 1 }
            let verdicts = counts.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }.joined(separator: ", ")
            let advice =
                points.contains { $0.verdict == .short }
                ? "; a steady window takes 30 s: measure longer, as `phases: protocol` does" : ""
            return .absent(reason: "no load was steady (\(verdicts))\(advice)")
        }
        let meeting = steady.filter { points[$0].meetsObjectives != false }
        guard !meeting.isEmpty else { return .absent(reason: "no steady load meets the objectives") }
        let known = meeting.compactMap { index in points[index].joulesPerOutputToken.value.map { (index: index, energy: $0) } }
        guard let best = known.min(by: { $0.energy < $1.energy }) else {
            return .absent(reason: points[meeting[0]].joulesPerOutputToken.reason ?? "no energy per output token")
        }
        return .value(best.index)
    }
}

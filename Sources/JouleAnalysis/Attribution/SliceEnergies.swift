import JouleModel
import JouleUnits

/// The energy of a window in equal slices. What the slices hold adds up to the energy of the window: they are differences of one
/// cumulative curve.
struct SliceEnergies {
    /// No slice is shorter: below this the update instants of a counter are not known well enough.
    static let shortest = Duration.milliseconds(10)

    let window: Range<Instant>
    /// Joules of each slice.
    let gross: [Double]

    /// Nil when a part has no energy.
    ///
    /// - Parameter parts: the channels that make up the scope. A slice lasts as long as the update period of the slowest of them,
    ///   where it is known, else as long as the sample period.
    init?(of parts: [WindowAccount.Part], in window: Range<Instant>) {
        guard !parts.isEmpty, !window.isEmpty else { return nil }
        let period = parts.map { $0.trace.channel.updatePeriod ?? $0.trace.samplePeriod }.reduce(Self.shortest, max)
        let count = max(1, Int((window.duration / period).rounded(.up)))
        let edges = [window.lowerBound] + window.parts(count).map(\.upperBound)
        var gross = [Double](repeating: 0, count: count)
        for part in parts {
            guard let sums = part.trace.cumulative(at: edges, by: part.energy) else { return nil }
            for index in 0..<count { gross[index] += sums[index + 1] - sums[index] }
        }
        self.window = window
        self.gross = gross
    }

    /// Joules of each slice over a constant power.
    func net(over idle: Watts) -> [Double] {
        let share = (idle * window.duration).rawValue / Double(gross.count)
        return gross.map { $0 - share }
    }
}

extension MeterTrace {
    /// Cumulative joules at ascending instants, from the first and the last of which `energy` was cut; nil when it has none.
    ///
    /// Where a counter moved too rarely to say anything at an instant inside, a straight line joins its neighbours.
    func cumulative(at edges: [Instant], by energy: WindowEnergy) -> [Double]? {
        guard let total = energy.energy.value?.value, let begin = edges.first, let end = edges.last else { return nil }
        if energy.counterEnergy == total, let curve = counters.first(where: { $0.covers(begin) && $0.covers(end) }) {
            return joined(edges.map { curve.point(at: $0, power: power)?.energy.rawValue }, edges)
        }
        return power.brackets(begin..<end) ? edges.map { power.energy(upTo: $0).rawValue } : nil
    }

    private func joined(_ points: [Double?], _ edges: [Instant]) -> [Double]? {
        guard let first = points.first ?? nil, let final = points.last ?? nil else { return nil }
        var result = [first]
        result.reserveCapacity(points.count)
        var index = 1
        while index < points.count {
            if let value = points[index] {
                result.append(value)
                index += 1
                continue
            }
            let next = points[index...].firstIndex { $0 != nil } ?? points.count - 1
            let before = result[index - 1]
            let after = points[next] ?? final
            let span = edges[next] - edges[index - 1]
            for place in index..<next { result.append(before + (after - before) * ((edges[place] - edges[index - 1]) / span)) }
            index = next
        }
        return result
    }
}

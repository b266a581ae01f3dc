import JouleModel
import JouleUnits

extension MeterTrace {
    /// What counter and power each say of the parts of a window that both cover.
    struct CommonEnergies {
        var counter = Joules.zero
        var power = Joules.zero
        var duration = Duration.zero
    }

    /// Where readings are missing, the counter goes on counting and a line between two power readings is no measurement: such a stretch is
    /// left out of both. Nil where nothing is left.
    func commonEnergies(in window: Range<Instant>) -> CommonEnergies? {
        var common = CommonEnergies()
        for stretch in coveredStretches(of: window) {
            guard let counted = counterEnergy(in: stretch).value, power.brackets(stretch) else { continue }
            common.counter += counted.energy
            common.power += power.energy(in: stretch)
            common.duration += stretch.duration
        }
        return common.duration > .zero ? common : nil
    }

    /// The window without the holes in the power readings, cut back to instants at which the counter was renewed: what it had counted at
    /// the edge of a hole is not known otherwise.
    private func coveredStretches(of window: Range<Instant>) -> [Range<Instant>] {
        let holes = holesInPower(of: window)
        guard !holes.isEmpty else { return [window] }
        let renewals = counters.flatMap { $0.updates.dropFirst().map(\.seen) }
        var stretches: [Range<Instant>] = []
        func add(from begin: Instant, to end: Instant) {
            var (begin, end) = (begin, end)
            if begin > window.lowerBound {
                // The first value behind a hole may have stood for as long as the hole.
                let next = renewals.partitioningIndex { $0 >= begin } + 1
                guard next < renewals.count else { return }
                begin = renewals[next]
            }
            if end < window.upperBound {
                let last = renewals.partitioningIndex { $0 > end } - 1
                guard last >= 0 else { return }
                end = renewals[last]
            }
            if begin < end { stretches.append(begin..<end) }
        }
        var begin = window.lowerBound
        for hole in holes {
            add(from: begin, to: hole.lowerBound)
            begin = max(begin, hole.upperBound)
        }
        add(from: begin, to: window.upperBound)
        return stretches
    }

    /// Times between two power readings that are far apart for readings of this channel, or between which an agent had no samples.
    private func holesInPower(of window: Range<Instant>) -> [Range<Instant>] {
        let stamps = power.instants
        let first = max(stamps.partitioningIndex { $0 > window.lowerBound } - 1, 0)
        let end = min(stamps.partitioningIndex { $0 >= window.upperBound }, stamps.count - 1)
        guard first < end else { return [] }
        let distances = (first..<end).map { stamps[$0 + 1] - stamps[$0] }
        let usual = distances.sorted()[distances.count / 2]
        let missing = link?.gaps(in: window) ?? []
        return (first..<end).compactMap { index in
            let between = stamps[index]..<stamps[index + 1]
            let isHole = between.duration > max(usual, period) * 5 || missing.contains { $0.overlaps(between) }
            return isHole ? between : nil
        }
    }
}

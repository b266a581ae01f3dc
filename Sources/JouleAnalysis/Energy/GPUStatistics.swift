import JouleModel
import JouleUnits

extension MeterTrace {
    /// The mean of a quantity over a window, each reading weighted with the time it stands for: straight lines between readings,
    /// the outermost held up to the edges. Nil when no reading lies in the window and none on both sides of it.
    func timeWeightedMean(of quantity: (Sample) -> Double?, in window: Range<Instant>) -> Double? {
        let inside = indices(in: window)
        var points = inside.compactMap { index in quantity(samples[index]).map { (samples[index].instant, $0) } }
        let before = neighbour(of: quantity, from: inside.lowerBound - 1, step: -1)
        let after = neighbour(of: quantity, from: inside.upperBound, step: 1)
        switch (before, after, points.isEmpty) {
        case (let left?, let right?, _):
            points = [left] + points + [right]
        case (let left?, nil, false):
            points = [left] + points
        case (nil, let right?, false):
            points.append(right)
        case (nil, nil, false):
            break
        case (_, _, true):
            return nil
        }
        return Self.mean(of: points, in: window)
    }

    /// The nearest reading outside the window that has the quantity and is not further away than readings may be missing.
    private func neighbour(of quantity: (Sample) -> Double?, from start: Int, step: Int) -> (Instant, Double)? {
        var index = start
        while samples.indices.contains(index), samples.indices.contains(start) {
            let distance = step < 0 ? samples[start].instant - samples[index].instant : samples[index].instant - samples[start].instant
            if distance > gapLimit { return nil }
            if let value = quantity(samples[index]) { return (samples[index].instant, value) }
            index += step
        }
        return nil
    }

    private static func mean(of points: [(Instant, Double)], in window: Range<Instant>) -> Double? {
        guard let first = points.first, let last = points.last, !window.isEmpty else { return nil }
        var area = 0.0
        if first.0 > window.lowerBound { area += first.1 * (min(first.0, window.upperBound) - window.lowerBound).seconds }
        for (left, right) in zip(points, points.dropFirst()) {
            let begin = max(left.0, window.lowerBound)
            let end = min(right.0, window.upperBound)
            guard begin < end else { continue }
            let slope = (right.1 - left.1) / (right.0 - left.0).seconds
            let middle = left.1 + slope * ((begin - left.0).seconds + (end - left.0).seconds) / 2
            area += middle * (end - begin).seconds
        }
        if last.0 < window.upperBound { area += last.1 * (window.upperBound - max(last.0, window.lowerBound)).seconds }
        return area / window.duration.seconds
    }

    /// How many readings in a window gave each throttle reason, and how many gave any answer.
    func throttleCounts(in window: Range<Instant>) -> (counts: [ThrottleReason: Int], readings: Int) {
        var counts: [ThrottleReason: Int] = [:]
        var readings = 0
        for index in indices(in: window) {
            guard let mask = samples[index].throttleReasons else { continue }
            readings += 1
            for reason in ThrottleReason.reasons(in: mask) { counts[reason, default: 0] += 1 }
        }
        return (counts, readings)
    }

    /// The means of a GPU over a window.
    func gpuStatistics(index: Int, environment: RunEnvironment.GPU?, in window: Range<Instant>) -> Summary.GPUStatistics {
        var result = Summary.GPUStatistics(index: index, device: channel.device, name: environment?.name ?? channel.name)
        result.host = channel.host
        result.utilizationPercent = timeWeightedMean(of: \.utilizationPercent, in: window)
        result.memoryUsedMebibytes = timeWeightedMean(of: { $0.memoryUsed?.mebibytes }, in: window)
        result.memoryTotalMebibytes = environment?.memoryBytes?.mebibytes
        if let used = result.memoryUsedMebibytes, let total = result.memoryTotalMebibytes, total > 0 {
            result.memoryPercent = used / total * 100
        }
        result.temperatureCelsius = timeWeightedMean(of: \.temperature?.rawValue, in: window)
        result.powerWatts = energy(in: window).meanPower?.rawValue
        result.smClockMHz = timeWeightedMean(of: \.smClockMHz, in: window)
        result.memoryClockMHz = timeWeightedMean(of: \.memoryClockMHz, in: window)
        result.powerLimitWatts = timeWeightedMean(of: \.powerLimit?.rawValue, in: window)
        let seen = throttleCounts(in: window).counts
        result.throttleReasons = ThrottleReason.allCases.filter { seen[$0] != nil }.map(\.name)
        return result
    }
}

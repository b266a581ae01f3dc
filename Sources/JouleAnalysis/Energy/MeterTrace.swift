import JouleModel
import JouleUnits

/// The readings of one channel, made into curves once so that many windows can be cut from them.
package struct MeterTrace: Sendable {
    /// Whose readings these are.
    package let channel: MeterChannel
    let samples: [Sample]
    let samplePeriod: Duration
    let power: PowerCurve
    /// One curve for each stretch between two resets.
    let counters: [CounterCurve]
    /// Stamps of the good readings, increasing.
    let instants: [Instant]
    private let dropped: [Instant]
    private let failed: [Instant]
    /// Why the device was lost, when it was.
    let lost: String?
    /// How the readings came here; nil for those of this machine.
    let link: MeterLink?

    /// O(n) in the number of samples.
    package init(_ series: SampleSeries, samplePeriod: Duration, link: MeterLink? = nil) {
        var power = PowerCurve(averagingWindow: series.channel.averagingWindow ?? .zero)
        var counters: [CounterCurve] = []
        var instants: [Instant] = []
        var good: [Sample] = []
        var dropped: [Instant] = []
        var failed: [Instant] = []
        var lost: String?
        let source: CounterCurve.Source =
            series.channel.kind == .model || series.channel.kind == .simulated
            ? .model : .counter(updatePeriod: series.channel.updatePeriod)
        instants.reserveCapacity(series.samples.count)
        good.reserveCapacity(series.samples.count)
        for sample in series.samples {
            switch sample.status {
            case .ok: break
            case .retry:
                failed.append(sample.instant)
                continue
            case .gone(let reason):
                failed.append(sample.instant)
                lost = reason
                continue
            }
            if let last = instants.last, sample.instant <= last {
                dropped.append(sample.instant)
                continue
            }
            instants.append(sample.instant)
            good.append(sample)
            if let watts = sample.power, watts.isFinite { power.append(watts, at: sample.instant) }
            if let energy = sample.energy, energy.isFinite {
                if counters.isEmpty { counters.append(CounterCurve(source: source)) }
                if !counters[counters.count - 1].append(energy, at: sample.instant) {
                    var next = CounterCurve(source: source)
                    _ = next.append(energy, at: sample.instant)
                    counters.append(next)
                }
            }
        }
        channel = series.channel
        samples = good
        self.samplePeriod = samplePeriod
        self.power = power
        self.counters = counters
        self.instants = instants
        self.dropped = dropped
        self.failed = failed
        self.lost = lost
        self.link = link
    }

    /// How long readings may be missing: 3 s, or five periods of a meter that is slower than that.
    var gapLimit: Duration { max(.seconds(3), period * 5) }

    /// How often there can be something new: every sample, or every update of a meter that is slower than the sampler.
    var period: Duration { channel.updatePeriod.map { max($0, samplePeriod) } ?? samplePeriod }

    /// The energy of a window, by counter and by power. O(log n) beside the readings inside the window.
    package func energy(in window: Range<Instant>) -> WindowEnergy {
        let inside = indices(in: window)
        var result = WindowEnergy(energy: .absent(reason: "the window is empty"))
        result.sampleCount = inside.count
        result.droppedTimestamps = dropped.count { window.contains($0) }
        guard !window.isEmpty else { return result }
        result.achievedRate = Double(inside.count) / window.duration.seconds
        result.largestGap = largestGap(of: instants, around: window)
        let counter = counterEnergy(in: window)
        let powered = powerEnergy(in: window)
        result.counterEnergy = counter.value?.energy
        result.powerEnergy = powered.value?.energy
        choose(counter, powered, window, into: &result)
        result.peakPower = peakPower(in: window, by: result.method)
        return result
    }

    // MARK: Choosing

    struct Part: Hashable, Sendable {
        let energy: Joules
        /// Half the 95 % interval of what the edges leave open.
        let random: Joules
    }

    private func choose(_ counter: Reading<Part>, _ powered: Reading<Part>, _ window: Range<Instant>, into result: inout WindowEnergy) {
        if hasReset(in: window) {
            let fallback = powered.value == nil ? "" : "; the power readings are used instead"
            result.flags[.counterReset] = "the counter went backwards inside the window\(fallback)"
        }
        if let gap = result.largestGap, gap > gapLimit {
            let limit = decimal(gapLimit.seconds, 1)
            result.flags[.gap] = "no reading for \(decimal(gap.seconds, 2)) s, where \(limit) s are allowed (\(missing(in: window)))"
        }
        // A short window may hold no reading at all between two that are a period apart; the rate says nothing there.
        if window.duration >= .seconds(1), let rate = result.achievedRate, rate < 5 {
            result.flags[.lowSampleRate] = "\(decimal(rate, 2)) readings a second"
        }
        if let missing = link?.missing(in: window) { result.flags[.agentGap] = missing }
        let chosen: Part
        switch (counter, powered) {
        case (.value(let part), .value(let other)):
            result.method = .measuredCounter
            chosen = Part(energy: part.energy, random: crossCheck(part, other, window, into: &result))
        case (.value(let part), .absent):
            chosen = part
            result.method = .measuredCounter
        case (.absent, .value(let part)):
            chosen = part
            result.method = .measuredPower
        case (.absent(let counterReason), .absent(let powerReason)):
            let reasons = counters.isEmpty ? powerReason : power.instants.isEmpty ? counterReason : "\(counterReason); \(powerReason)"
            let loss = lost.map { "device lost: \($0); " } ?? ""
            result.energy = .absent(reason: loss + (instants.isEmpty ? "no good reading" : reasons))
            result.flags[.energyUnavailable] = loss + (instants.isEmpty ? "no good reading" : reasons)
            return
        }
        if channel.kind == .simulated { result.method = .simulated }
        if channel.kind == .model {
            result.method = .modelled
            result.flags[.energyModelled] = channel.note ?? "an estimate from the load, ± \(decimal(channel.gain * 100, 0)) %"
        }
        result.basis = counter.value == nil ? .power : .counter
        result.systematic = chosen.energy.magnitude * channel.gain
        result.random = chosen.random
        result.clock = clockPart(of: chosen.energy, by: result.basis, in: window)
        result.meanPower = chosen.energy / window.duration
        result.energy = .value(
            Measured(
                chosen.energy, plusMinus: rootSumSquare(result.systematic, result.random, result.clock), systematic: result.systematic,
                method: result.method, scope: channel.scope,
                flags: Set(result.flags.keys)))
    }

    /// What the clock of another machine leaves open: the most that the energy changes when the window is moved by the bound either
    /// way, on the channel's own curve.
    private func clockPart(of energy: Joules, by basis: WindowEnergy.Basis, in window: Range<Instant>) -> Joules {
        guard let bound = link?.clockBound, bound > .zero else { return .zero }
        let moved = [Duration.zero - bound, bound].compactMap { shift -> Joules? in
            let window = window.lowerBound + shift..<window.upperBound + shift
            let part = basis == .counter ? counterEnergy(in: window) : powerEnergy(in: window)
            return part.value.map { ($0.energy - energy).magnitude }
        }
        // Readings that end within the bound of an edge cannot be moved; the whole power may then lie on either side of it.
        return moved.max() ?? (profile(in: window).map(\.power.magnitude).max() ?? energy.magnitude / window.duration) * bound
    }

    /// Compares counter and power where the window is long enough for the edges not to matter. A difference that is too large widens
    /// the interval, and takes the counter's label from the energy: which of the two is right, nobody here knows.
    private func crossCheck(_ counter: Part, _ powered: Part, _ window: Range<Instant>, into result: inout WindowEnergy) -> Joules {
        guard channel.kind != .model, disagree(counter.energy, powered.energy, over: window.duration),
            let common = commonEnergies(in: window), disagree(common.counter, common.power, over: common.duration)
        else { return counter.random }
        let difference = (common.counter - common.power).magnitude
        let share = common.counter > .zero ? " (\(decimal(difference / common.counter * 100, 1)) %)" : ""
        let extent = common.duration < window.duration ? " over the \(decimal(common.duration.seconds, 1)) s that both cover" : ""
        result.flags[.counterPowerDisagree] =
            "counter \(decimal(common.counter.rawValue, 1)) J, power \(decimal(common.power.rawValue, 1)) J\(share)\(extent)"
        result.method = .measuredPower
        result.labelReason =
            "counter and power differ by more than 3 %\(share), so that the counter's energy has the label of a power reading only"
        return rootSumSquare(counter.random, difference * (window.duration / common.duration))
    }

    private func disagree(_ counter: Joules, _ power: Joules, over duration: Duration) -> Bool {
        duration >= .seconds(10) && (counter - power).magnitude > counter.magnitude * 0.03
    }

    // MARK: The two energies

    private func powerEnergy(in window: Range<Instant>) -> Reading<Part> {
        let count = power.instants.count
        guard count >= 2 else { return .absent(reason: "\(count == 0 ? "no" : "one") power reading, and two are needed") }
        guard power.brackets(window) else {
            return .absent(reason: "the window is not bracketed by power readings: \(shortfall(of: power.instants, window))")
        }
        if let gap = largestGap(of: power.instants, around: window), gap > gapLimit {
            return .absent(reason: "a gap of \(decimal(gap.seconds, 2)) s in the power readings (\(missing(in: window)))")
        }
        let edges = rootSumSquare(
            power.edgeResolution(at: window.lowerBound, updatePeriod: channel.updatePeriod),
            power.edgeResolution(at: window.upperBound, updatePeriod: channel.updatePeriod))
        return .value(Part(energy: power.energy(in: window), random: edges))
    }

    func counterEnergy(in window: Range<Instant>) -> Reading<Part> {
        guard !counters.isEmpty else { return .absent(reason: "no counter reading") }
        if hasReset(in: window) { return .absent(reason: "the counter went backwards inside the window") }
        guard let curve = counters.first(where: { $0.covers(window.lowerBound) && $0.covers(window.upperBound) }) else {
            let reads = counters.flatMap(\.reads)
            return .absent(reason: "the window is not bracketed by counter readings: \(shortfall(of: reads, window))")
        }
        guard curve.reads.count >= 2 else { return .absent(reason: "one counter reading, and two are needed") }
        for (edge, name) in [(window.lowerBound, "begin"), (window.upperBound, "end")] {
            // What a counter adds up while nobody looks is not lost, so a gap inside the window is only flagged; at an edge it
            // leaves open on which side of the edge the energy was used.
            if let gap = gapAround(edge, in: curve.reads), gap > gapLimit {
                return .absent(reason: "the \(name) of the window lies in a gap of \(decimal(gap.seconds, 2)) s in the counter readings")
            }
        }
        if curve.stoodStill, power.brackets(window), power.energy(in: window) > .zero {
            return .absent(reason: "the counter stood still while power was drawn")
        }
        guard let begin = curve.point(at: window.lowerBound, power: power), let end = curve.point(at: window.upperBound, power: power)
        else {
            return .absent(reason: "the counter moved too rarely: its value was renewed \(curve.updates.count - 1) times while it was read")
        }
        return .value(Part(energy: end.energy - begin.energy, random: rootSumSquare(begin.resolution, end.resolution)))
    }

    /// Whether one curve ends and the next begins in the window, or around one of its edges.
    private func hasReset(in window: Range<Instant>) -> Bool {
        zip(counters, counters.dropFirst()).contains { before, after in
            guard let last = before.reads.last, let first = after.reads.first else { return false }
            return last < window.upperBound && first > window.lowerBound
        }
    }

    // MARK: Peak

    private func peakPower(in window: Range<Instant>, by method: EnergyMethod) -> Watts? {
        guard method != .unavailable else { return nil }
        return profile(in: window).map(\.power).max()
    }

    /// Power along the window, from the power readings where there are any, else from the counter's means.
    func profile(in window: Range<Instant>) -> [(instant: Instant, power: Watts)] {
        let inside = power.indices(in: window)
        if !inside.isEmpty { return inside.map { (power.instants[$0], power.readings[$0]) } }
        if power.brackets(window) {
            return [window.lowerBound, window.upperBound].map { ($0, power.power(at: $0)) }
        }
        return counters.flatMap { $0.stretches(in: window, shortest: samplePeriod) }.map { ($0.middle, $0.power) }
    }

    // MARK: Readings around a window

    func indices(in window: Range<Instant>) -> Range<Int> {
        let lower = instants.partitioningIndex { $0 >= window.lowerBound }
        return lower..<max(lower, instants.partitioningIndex { $0 >= window.upperBound })
    }

    private func largestGap(of stamps: [Instant], around window: Range<Instant>) -> Duration? {
        let first = max(stamps.partitioningIndex { $0 > window.lowerBound } - 1, 0)
        let end = min(stamps.partitioningIndex { $0 >= window.upperBound }, stamps.count - 1)
        guard first < end else { return nil }
        var largest = Duration.zero
        for index in first..<end { largest = max(largest, stamps[index + 1] - stamps[index]) }
        return largest
    }

    private func gapAround(_ instant: Instant, in stamps: [Instant]) -> Duration? {
        let next = stamps.partitioningIndex { $0 > instant }
        guard next > 0, next < stamps.count else { return nil }
        return stamps[next] - stamps[next - 1]
    }

    private func missing(in window: Range<Instant>) -> String {
        let count = failed.count { window.contains($0) }
        return count == 0 ? "no read was tried" : count == 1 ? "1 read failed" : "\(count) reads failed"
    }

    private func shortfall(of stamps: [Instant], _ window: Range<Instant>) -> String {
        guard let first = stamps.first, let last = stamps.last else { return "there are none" }
        if first > window.lowerBound { return "they begin \(decimal((first - window.lowerBound).seconds, 2)) s after it does" }
        if last < window.upperBound { return "they end \(decimal((window.upperBound - last).seconds, 2)) s before it does" }
        return "none of them reaches over all of it"
    }
}

/// A number for running text, with a fixed count of decimals.
func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let digits = String(Int64(scaled))
    guard places > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
}

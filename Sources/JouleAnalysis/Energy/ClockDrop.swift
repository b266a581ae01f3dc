import JouleModel
import JouleUnits

/// A fall of the SM clock under load that the device gives no reason for: heat or power, where reasons are not read or not told.
struct ClockDrop: Hashable {
    /// The clock that the device held before, in MHz: the highest median of a part of the readings.
    let held: Double
    /// The lowest median of a later part.
    let low: Double
    /// When that part begins.
    let since: Instant

    func words(since start: Instant) -> String {
        "the SM clock fell from \(decimal(held, 0)) to \(decimal(low, 0)) MHz under load, by \(decimal((1 - low / held) * 100, 0)) %, "
            + "after \(decimal((self.since - start).seconds, 1)) s of the window"
    }
}

extension ClockDrop {
    /// A clock that is lower by less wanders, as boost clocks do with every degree.
    static let least = 0.05
    /// Readings of a device that works less than this are not of its clock under load.
    static let busy = 80.0
    /// Parts of the window's readings under load, of at least so many each; medians of fewer parts do not show a course.
    static let parts = 10
    static let leastReadings = 5
    static let leastParts = 4
}

extension MeterTrace {
    /// Cuts the readings under load into ten parts of equal size, in their order, and compares the median clock of each with the highest
    /// before it: bursts of prefill that lower the clock for a moment change no median, and idle moments are not there. Parts in which
    /// most readings tell a reason, or stand at the power limit, are explained.
    ///
    /// Nil where the clock held, and where there are too few readings of a device at work.
    func clockDrop(in window: Range<Instant>) -> ClockDrop? {
        let middle = middlePower
        let busy = indices(in: window).filter { samples[$0].smClockMHz != nil && isBusy(samples[$0], middle: middle) }
        let count = min(ClockDrop.parts, busy.count / ClockDrop.leastReadings)
        guard count >= ClockDrop.leastParts else { return nil }
        var held = 0.0
        var worst: ClockDrop?
        for part in 0..<count {
            let readings = busy[part * busy.count / count..<(part + 1) * busy.count / count].map { samples[$0] }
            let clocks = readings.compactMap(\.smClockMHz).sorted()
            let median = clocks[clocks.count / 2]
            if median < held * (1 - ClockDrop.least), median < worst?.low ?? .infinity,
                readings.count(where: { tellsReason($0) }) * 2 < readings.count
            {
                worst = ClockDrop(held: held, low: median, since: readings[0].instant)
            }
            held = max(held, median)
        }
        return worst
    }

    /// By its utilisation, and where that is not read by its power: above the middle of what the recording saw of the device.
    private func isBusy(_ sample: Sample, middle: Watts?) -> Bool {
        if let utilization = sample.utilizationPercent { return utilization >= ClockDrop.busy }
        guard let middle, let power = sample.power ?? sample.averagePower else { return false }
        return power >= middle
    }

    /// Between the lowest and the highest reading; nil where they are too close to tell work from rest.
    private var middlePower: Watts? {
        guard let lowest = power.readings.min(), let highest = power.readings.max(), highest > lowest * 1.3 else { return nil }
        return (lowest + highest) / 2
    }

    private func tellsReason(_ sample: Sample) -> Bool {
        if let mask = sample.throttleReasons, !ThrottleReason.reasons(in: mask).filter({ $0.isSlowdown || $0 == .swPowerCap }).isEmpty {
            return true
        }
        guard let power = sample.power ?? sample.averagePower, let limit = sample.powerLimit, limit > .zero else { return false }
        return power >= limit * 0.98
    }
}

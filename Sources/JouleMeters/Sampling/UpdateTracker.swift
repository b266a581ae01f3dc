import JouleUnits

/// Follows a counter that moves only at its own update instants, so that those instants become known to a fraction of a millisecond
/// at the cost of a few reads around each predicted update.
///
/// Pure logic: it is told what was read and when, and says when to read next. Polling is every 0.2 ms while an update is awaited.
package struct UpdateTracker: Sendable {
    /// Distance between reads while an update is awaited.
    static let pollInterval: Duration = .microseconds(200)
    /// The least time before a predicted update at which polling begins.
    static let shortestGuard: Duration = .microseconds(300)
    /// Counters that update faster than this (RAPL: 1 ms) are not followed; their ticks are sharp enough, edges are polled.
    static let fastestTracked: Duration = .milliseconds(4)
    /// Updates that are seen before the period is believed.
    static let updatesToLearn = 5
    /// Distance between reads while they fail: a device that does not answer is not asked five thousand times a second.
    static let failureInterval: Duration = .milliseconds(10)
    /// The longest time spent on learning; a counter that stands still (a device at 0 W) is asked again at the next edge.
    static let learningLimit: Duration = .seconds(1)

    private enum Mode: Sendable { case off, learning(until: Instant), following }

    private var mode: Mode = .off
    private var lastValue: Double?
    private var lastUpdate: Instant?
    private var intervals: [Int64] = []
    private var guardTime = Self.shortestGuard
    private var misses = 0
    private var strangeIntervals = 0
    private var pollUntil: Instant?
    private var updatesSinceEdge = 0
    /// Median distance between updates, nil until it was learnt.
    package private(set) var period: Duration?
    /// When the next read should happen; nil: the regular ticks suffice.
    package private(set) var nextPoll: Instant?

    package init() { intervals.reserveCapacity(Self.updatesToLearn) }

    /// Starts to look for the update period by polling.
    package mutating func learn(from now: Instant) {
        mode = .learning(until: now + Self.learningLimit)
        intervals.removeAll(keepingCapacity: true)
        lastUpdate = nil
        nextPoll = now
    }

    /// An edge of a window: poll until three updates have been seen behind it.
    package mutating func edge(at now: Instant) {
        if case .off = mode, period == nil {
            learn(from: now)
            return
        }
        updatesSinceEdge = 0
        let reach = period.map { $0 < Self.fastestTracked ? $0 * 3 : $0 * 4 } ?? .milliseconds(100)
        pollUntil = now + max(reach, .milliseconds(3))
        if case .off = mode { nextPoll = now }
    }

    /// Whether three updates have been seen since the last edge, or no more are to be expected.
    package func isBracketed(at now: Instant) -> Bool {
        if case .learning = mode { return false }
        guard let pollUntil else { return true }
        return updatesSinceEdge >= 3 || now >= pollUntil
    }

    /// Whether the period is still being looked for.
    package var isLearning: Bool { if case .learning = mode { true } else { false } }

    /// Takes note of a read.
    /// - Returns: whether the counter has moved since the read before it.
    package mutating func observe(_ value: Double, at now: Instant) -> Bool {
        let moved = lastValue.map { $0 != value } ?? false
        lastValue = value
        if moved {
            updateSeen(at: now)
        } else {
            nothingSeen(at: now)
        }
        return moved
    }

    /// Takes note of a read that failed: what is awaited is still awaited, but not for ever.
    package mutating func observeFailure(at now: Instant) {
        nothingSeen(at: now)
        if let poll = nextPoll { nextPoll = max(poll, now + Self.failureInterval) }
    }

    private mutating func updateSeen(at now: Instant) {
        updatesSinceEdge += 1
        let previous = lastUpdate
        lastUpdate = now
        switch mode {
        case .off:
            pollOrRest(now)
        case .learning(let until):
            if let previous { intervals.append((now - previous).nanoseconds) }
            if intervals.count >= Self.updatesToLearn {
                settle(now)
            } else if now >= until {
                learntEnough(now)
            } else {
                nextPoll = now + Self.pollInterval
            }
        case .following:
            misses = 0
            predict(from: now, previous: previous)
        }
    }

    private mutating func nothingSeen(at now: Instant) {
        switch mode {
        case .off:
            pollOrRest(now)
        case .learning(let until):
            if now >= until { learntEnough(now) } else { nextPoll = now + Self.pollInterval }
        case .following:
            guard let period, let lastUpdate, let poll = nextPoll, now >= poll else { return }
            // Late by more than a quarter of a period: this update was missed or the period has changed.
            let overdue = now - (lastUpdate + period)
            if overdue > max(.milliseconds(2), period / 4) {
                misses += 1
                if misses >= 3 {
                    misses = 0
                    learn(from: now)
                } else {
                    self.lastUpdate = lastUpdate + period
                    nextPoll = lastUpdate + period * 2 - guardTime
                }
            } else {
                nextPoll = now + Self.pollInterval
            }
        }
    }

    /// The time for learning is over: a slow counter has shown a few updates only, one that stands still none.
    private mutating func learntEnough(_ now: Instant) {
        guard intervals.count >= 2, let lastUpdate else { return giveUp() }
        settle(lastUpdate)
        nextPoll = nextPoll.map { max($0, now + Self.pollInterval) }
    }

    /// Enough updates were seen: their median distance is the period.
    private mutating func settle(_ now: Instant) {
        intervals.sort()
        let median = Duration.nanoseconds(intervals[intervals.count / 2])
        period = median
        guardTime = min(guardTime, median / 2)
        strangeIntervals = 0
        if median < Self.fastestTracked {
            mode = .off
            pollOrRest(now)
        } else {
            mode = .following
            nextPoll = now + median - guardTime
        }
    }

    /// The counter stands still or cannot be read. What was known of it may no longer hold, so the next edge learns anew.
    private mutating func giveUp() {
        mode = .off
        period = nil
        nextPoll = nil
        pollUntil = nil
    }

    private mutating func predict(from now: Instant, previous: Instant?) {
        guard let period else { return }
        if let previous {
            let measured = now - previous
            let deviation = measured > period ? measured - period : period - measured
            if deviation < period / 4 {
                // A slow average keeps the prediction on the sensor's own clock.
                self.period = period + (measured - period) / 16
                strangeIntervals = 0
            } else {
                // Updates that keep coming at other times than predicted: the period has changed.
                strangeIntervals += 1
                if strangeIntervals >= 4 { return learn(from: now) }
            }
            // The reads begin early enough for three times the jitter last seen, forgotten slowly.
            guardTime = min(period / 2, max(Self.shortestGuard, max(guardTime * 7 / 8, deviation * 3)))
        }
        nextPoll = now + (self.period ?? period) - guardTime
    }

    private mutating func pollOrRest(_ now: Instant) {
        if let pollUntil, now < pollUntil, updatesSinceEdge < 3 {
            nextPoll = now + Self.pollInterval
        } else {
            nextPoll = nil
        }
    }
}

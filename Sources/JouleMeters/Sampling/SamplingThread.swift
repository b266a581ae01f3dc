import CPlatform
import JouleModel
import JouleUnits
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One operating-system thread that reads meters to an absolute schedule and puts the samples into a ring.
///
/// It is a thread of its own because a timer on Swift's cooperative pool comes seconds late when the pool is busy. The readers live
/// and die on it. Between its first and its last sample it allocates nothing, formats nothing and takes no lock that work holds.
///
/// `@unchecked Sendable`: meters, period and ring are immutable; what both sides change is atomic; everything else is local to `main`.
final class SamplingThread: @unchecked Sendable {
    struct Settings: Sendable {
        var period: Duration
        /// Distance between reads of the slowly changing values (temperature, clocks, memory).
        var fullPeriod: Duration = .milliseconds(100)
        /// Whether the update instants of counters are followed, for windows with sharp edges.
        var followsUpdates: Bool
        /// The longest time without a read of every meter, where that is shorter than the period.
        var longestSilence: Duration?
        /// Whether the source sets the pace (a child that prints a line at a time): then a late tick is no missed one.
        var sourceSetsPace = false
    }

    private struct Station {
        let reader: any MeterReader
        let slots: UnsafeMutableBufferPointer<RawSample>
        /// The last fast read that showed the old value, for each channel: it bounds the update instant from below.
        let before: UnsafeMutableBufferPointer<RawSample>
        /// The stamp of the last sample in the ring for each channel; `gone` for a channel that is lost.
        let lastPushed: UnsafeMutableBufferPointer<Int64>
        /// The stamp of the last sample that says where the channel's energy stood; equal to `lastPushed` where it has none.
        let lastPoint: UnsafeMutableBufferPointer<Int64>
        let firstChannel: Int
        let hasEnergy: [Bool]
        var counterSlot: Int?
        var tracker = UpdateTracker()
        /// Whether every channel is lost.
        var gone = false

        /// Whether a channel has not been read, or its sum not been carried on, since the edge.
        func lacksPoint(behind edge: Int64) -> Bool { lastPoint.contains { $0 <= edge } }

        /// A lost counter has no updates to follow.
        mutating func forgetCounter() {
            counterSlot = nil
            tracker = UpdateTracker()
        }
    }

    /// Distance between reads while a channel owes its first point behind an edge.
    private static let settlingInterval: Duration = .milliseconds(10)
    /// Later than any edge: a lost channel keeps no window waiting.
    private static let gone = Int64.max

    let meters: [any Meter]
    /// Index of the first channel of each meter among all channels of the sampler.
    private let firstChannels: [Int]
    private let settings: Settings
    let ring: SampleRing
    private let alarm: OpaquePointer
    private let stopping = Atomic<Bool>(false)
    private let edgeRequest = Atomic<Int64>(0)
    private let bracketed = Atomic<Int64>(0)
    private let missed = Atomic<Int>(0)
    private let taken = Atomic<Int>(0)
    private let realtime = Atomic<Bool>(false)
    private let learning = Atomic<Bool>(false)
    private let openings: Guarded<[Failure?]?>
    private var handle: pthread_t?

    /// Faster than any meter renews its value; the buffer for a minute of samples stays within memory.
    private static let shortestPeriod: Duration = .microseconds(100)

    init(meters: [any Meter], firstChannels: [Int], settings: Settings) {
        self.meters = meters
        self.firstChannels = firstChannels
        var settings = settings
        settings.period = max(settings.period, Self.shortestPeriod)
        self.settings = settings
        let channelCount = meters.reduce(0) { $0 + $1.channels.count }
        // 60 s of ticks, and of two samples around each followed update at the shortest period that is followed.
        let perSecond = 1 / settings.period.seconds + (settings.followsUpdates ? 2 / UpdateTracker.fastestTracked.seconds : 20)
        ring = SampleRing(capacity: Int(60 * perSecond) * channelCount + 4_096)
        guard let alarm = jb_alarm_create() else { fatalError("out of memory for a condition variable") }
        self.alarm = alarm
        openings = Guarded(nil)
    }

    deinit { jb_alarm_destroy(alarm) }

    /// Ticks whose time had passed before the thread got to run: the machine was too busy. Their samples do not exist.
    var missedTicks: Int { missed.load(ordering: .relaxed) }
    /// Ticks that were taken.
    var takenTicks: Int { taken.load(ordering: .relaxed) }
    /// Whether an update period is still being looked for.
    var isLearning: Bool { learning.load(ordering: .acquiring) }
    var hasRealtimePriority: Bool { realtime.load(ordering: .relaxed) }

    /// Starts the thread and waits until every meter has been opened.
    /// - Returns: for each meter, why it could not be opened, or nil.
    func start() -> [Failure?] {
        let box = Unmanaged.passRetained(self)
        var thread: pthread_t?
        #if canImport(Darwin)
        let result = pthread_create(
            &thread, nil,
            {
                Unmanaged<SamplingThread>.fromOpaque($0).takeRetainedValue().main()
                return nil
            }, box.toOpaque())
        #else
        var created = pthread_t()
        let result = pthread_create(
            &created, nil,
            {
                guard let pointer = $0 else { return nil }
                Unmanaged<SamplingThread>.fromOpaque(pointer).takeRetainedValue().main()
                return nil
            }, box.toOpaque())
        thread = created
        #endif
        guard result == 0, let thread else {
            box.release()
            let failure = Failure("meter.thread", "no thread for the sampler: error \(result)", remedy: "raise the limit `ulimit -u`")
            return meters.map { _ in failure }
        }
        handle = thread
        while true {
            if let outcome = openings.withLock({ $0 }) { return outcome }
            usleep(200)
        }
    }

    /// Asks the thread to end, waits for it. Samples already in the ring stay there.
    func stop() {
        stopping.store(true, ordering: .releasing)
        jb_alarm_ring(alarm)
        if let handle { pthread_join(handle, nil) }
        handle = nil
    }

    /// Marks an edge of a window at this instant: counters are polled until it is bracketed.
    func markEdge(at instant: Instant) {
        // Several threads may mark edges; the latest one is behind the others.
        edgeRequest.max(instant.nanoseconds, ordering: .releasing)
        jb_alarm_ring(alarm)
    }

    /// The latest instant behind which every counter has been seen to update three times, and every meter to be read.
    var bracketedUntil: Instant { Instant(nanoseconds: bracketed.load(ordering: .acquiring)) }

    // MARK: On the thread

    private func main() {
        realtime.store(jb_prepare_sampling_thread("joule-sampler"), ordering: .relaxed)
        var failures: [Failure?] = []
        var stations: [Station] = []
        for (meter, first) in zip(meters, firstChannels) {
            do throws(Failure) {
                stations.append(Self.station(try meter.open(), meter: meter, firstChannel: first, isPolled: !settings.sourceSetsPace))
                failures.append(nil)
            } catch {
                failures.append(error)
            }
        }
        learning.store(settings.followsUpdates && stations.contains { $0.counterSlot != nil }, ordering: .releasing)
        // Who is told that the meters are open may mark an edge at once, and an edge wants a reading before it.
        let start = Instant.now
        if !settings.sourceSetsPace, !stations.isEmpty {
            for index in stations.indices { read(.full, &stations[index], push: true) }
            taken.add(1, ordering: .relaxed)
        }
        openings.withLock { $0 = failures }
        sample(&stations, from: settings.sourceSetsPace ? start : start + settings.period)
        // Nothing comes after this: whoever waits for samples behind an edge has what there is.
        bracketed.store(.max, ordering: .releasing)
        for station in stations {
            station.reader.close()
            station.slots.deallocate()
            station.before.deallocate()
            station.lastPushed.deallocate()
            station.lastPoint.deallocate()
        }
    }

    /// - Parameter isPolled: whether its counter is polled around updates and edges.
    private static func station(_ reader: any MeterReader, meter: any Meter, firstChannel: Int, isPolled: Bool) -> Station {
        let count = meter.channels.count
        let slots = UnsafeMutableBufferPointer<RawSample>.allocate(capacity: count)
        let before = UnsafeMutableBufferPointer<RawSample>.allocate(capacity: count)
        let lastPushed = UnsafeMutableBufferPointer<Int64>.allocate(capacity: count)
        slots.initialize(repeating: RawSample())
        before.initialize(repeating: RawSample())
        lastPushed.initialize(repeating: .min)
        let lastPoint = UnsafeMutableBufferPointer<Int64>.allocate(capacity: count)
        lastPoint.initialize(repeating: .min)
        let counter = !isPolled ? nil : meter.channels.firstIndex { $0.kind == .counter && $0.hasEnergy }
        return Station(
            reader: reader, slots: slots, before: before, lastPushed: lastPushed, lastPoint: lastPoint, firstChannel: firstChannel,
            hasEnergy: meter.channels.map(\.hasEnergy), counterSlot: counter)
    }

    /// - Parameter firstTick: when the schedule begins.
    private func sample(_ stations: inout [Station], from firstTick: Instant) {
        guard !stations.isEmpty else { return }
        let period = settings.period
        var nextTick = firstTick
        var nextFull = firstTick
        if settings.followsUpdates {
            for index in stations.indices where stations[index].counterSlot != nil { stations[index].tracker.learn(from: .now) }
        }
        var edge: Int64 = 0
        var lastRead = nextTick
        let silence = settings.longestSilence.flatMap { $0 < period ? $0 : nil }
        var lastHeard = Instant.now
        // At the start, before anything is measured, the power register is read as fast as the counter: it shows how often it is renewed.
        var isFirstLearning = true
        while !stopping.load(ordering: .acquiring) {
            var deadline = nextTick
            for station in stations where !station.gone {
                if let poll = station.tracker.nextPoll, poll < deadline { deadline = poll }
            }
            if let silence { deadline = min(deadline, lastHeard + silence) }
            // A model carries its sum on every 50 ms: until it has done so behind the edge it is asked more often than the ticks do.
            let awaits = !settings.sourceSetsPace && edge > bracketed.load(ordering: .relaxed)
            if awaits, stations.contains(where: { !$0.gone && $0.lacksPoint(behind: edge) }) {
                deadline = min(deadline, lastRead + Self.settlingInterval)
            }
            if Instant.now < deadline { _ = jb_alarm_wait_until(alarm, deadline.nanoseconds) }
            if stopping.load(ordering: .acquiring) { break }

            let now = Instant.now
            let requested = edgeRequest.load(ordering: .acquiring)
            let newEdge = requested != edge
            if newEdge {
                edge = requested
                for index in stations.indices where stations[index].counterSlot != nil { stations[index].tracker.edge(at: now) }
            }
            let settles = awaits && !newEdge && now >= lastRead + Self.settlingInterval
            if now >= nextTick || newEdge || settles {
                (lastRead, lastHeard) = (now, now)
                let full = now >= nextFull
                for index in stations.indices where !stations[index].gone {
                    read(full ? .full : .power, &stations[index], push: true)
                }
                if full { nextFull = now + settings.fullPeriod }
                if now >= nextTick {
                    taken.add(1, ordering: .relaxed)
                    let late = (now - nextTick).nanoseconds / period.nanoseconds
                    if late > 0, !settings.sourceSetsPace { missed.add(Int(late), ordering: .relaxed) }
                    nextTick = nextTick + period * Int(late + 1)
                }
            } else {
                let isSilent = silence.map { now >= lastHeard + $0 } ?? false
                if isSilent { lastHeard = now }
                for index in stations.indices where !stations[index].gone {
                    let isPolled = stations[index].tracker.nextPoll.map { $0 <= now } ?? false
                    guard isPolled || isSilent else { continue }
                    let learns = isFirstLearning && stations[index].tracker.isLearning
                    read(learns ? .power : .energy, &stations[index], push: false)
                }
            }
            noteBracketing(stations, edge: edge)
            if isFirstLearning { isFirstLearning = isLearning }
        }
        if !settings.sourceSetsPace {
            // Ticks that came due while this thread was not running exist nowhere either.
            let late = Instant.now - nextTick
            if late >= .zero { missed.add(Int(late.nanoseconds / period.nanoseconds) + 1, ordering: .relaxed) }
        }
        // One last look, so that a window that ends now is bracketed.
        for index in stations.indices where !stations[index].gone { read(.full, &stations[index], push: true) }
    }

    private func read(_ detail: ReadDetail, _ station: inout Station, push: Bool) {
        for index in station.slots.indices { station.slots[index] = RawSample() }
        station.reader.read(detail, into: station.slots)
        var present = 0
        for index in station.slots.indices where station.lastPushed[index] != Self.gone {
            var sample = station.slots[index]
            sample.channel = UInt16(station.firstChannel + index)
            var moved = false
            if index == station.counterSlot {
                if let energy = sample.energy, sample.statusCode == 0 {
                    moved = station.tracker.observe(energy.rawValue, at: sample.instant)
                } else {
                    station.tracker.observeFailure(at: sample.instant)
                }
            } else if let energy = sample.energy, sample.statusCode == 0 {
                moved = station.before[index].energy.map { $0 != energy } ?? false
            }
            let isGone = if case .gone = sample.status { true } else { false }
            // Only while it is learnt how often the power register is renewed is power polled.
            if !push, case .power = detail, sample.statusCode == 0, let power = sample.power, let old = station.before[index].power {
                moved = moved || power != old
            }
            if push || moved || isGone {
                // The last read with the old value goes along: the update lies between the two.
                let earlier = station.before[index]
                if moved, earlier.instant.nanoseconds > station.lastPushed[index] { ring.push(earlier) }
                ring.push(sample)
                station.lastPushed[index] = sample.instant.nanoseconds
                // A failed read is waited for no longer: its channel has what it has.
                if !station.hasEnergy[index] || sample.energy != nil || sample.statusCode != 0 {
                    station.lastPoint[index] = sample.instant.nanoseconds
                }
            }
            // A failed read between two good ones neither shows the old value nor the new one.
            if sample.statusCode == 0 { station.before[index] = sample }
            if isGone {
                station.lastPushed[index] = Self.gone
                station.lastPoint[index] = Self.gone
                if index == station.counterSlot { station.forgetCounter() }
            } else {
                present += 1
            }
        }
        station.gone = present == 0
    }

    private func noteBracketing(_ stations: [Station], edge: Int64) {
        learning.store(stations.contains { !$0.gone && $0.tracker.isLearning }, ordering: .releasing)
        guard edge > bracketed.load(ordering: .relaxed) else { return }
        let now = Instant.now
        for station in stations where !station.gone {
            if station.lacksPoint(behind: edge) { return }
            if station.counterSlot != nil, !station.tracker.isBracketed(at: now) { return }
        }
        bracketed.store(edge, ordering: .releasing)
    }
}

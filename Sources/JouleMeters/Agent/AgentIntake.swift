import JouleModel
import JouleUnits

/// Takes an agent's batches in whatever way they come, and gives each sample once, on our clock, in the order of time.
///
/// Pure logic: it is told what arrived and says what is new in it. What was sent twice is dropped and counted; what can no longer be had is a
/// gap. It keeps the facts of the run's `AgentRecord`.
package struct AgentIntake: Sendable {
    package private(set) var clock = RemoteClock()
    /// What the sequence numbers belong to.
    package private(set) var epoch: String?
    /// The number of the first sample that is still wanted; nil before there was any batch.
    package private(set) var next: Int64?
    package private(set) var duplicatesDropped = 0
    package private(set) var gaps: [AgentRecord.Gap] = []
    package private(set) var instances: [AgentRecord.Instance] = []
    /// The widest bound under which a sample was placed.
    package private(set) var widestBound: Duration = .zero

    private let channels: [MeterChannel]
    private var bootID: String?
    /// Our index of each of the agent's channels; nil for one that was not there when the run began.
    private var index: [Int?]
    /// The latest stamp of each of our channels, so that no estimate of the clock turns them back.
    private var lastStamp: [Int64]
    private var latest: Instant?
    private var period: Duration
    private var lostBefore: (instance: String, count: Int)?
    /// Samples that the agent itself missed in the course of the run.
    package private(set) var lostSamples = 0

    /// - Parameter description: what the agent said before the run; its channels are those of the run.
    package init(_ description: AgentDescription) {
        channels = description.channels
        bootID = description.bootID
        index = channels.indices.map { $0 }
        lastStamp = channels.map { _ in .min }
        period = description.period
    }

    /// A stretch of at least this without a sample is missing; agents read their meters more often.
    private var gapLimit: Duration { max(period * 2, .milliseconds(100)) }

    package mutating func note(sent: Instant, received: Instant, remote: Instant) {
        clock.note(sent: sent, received: received, remote: remote)
    }

    /// Whether the channels have to be asked for again before this batch can be taken: its agent was started anew and has nothing of the past.
    package func isStrange(_ head: AgentBatchHead) -> Bool { epoch != nil && epoch != head.epoch }

    /// The agent was started anew, and this is what it says of itself.
    package mutating func follow(_ description: AgentDescription) {
        index = description.channels.map { channel in
            channels.firstIndex { $0.meter == channel.meter && $0.scope == channel.scope && $0.device == channel.device }
        }
        if description.bootID == nil || description.bootID != bootID { clock.forget() }
        bootID = description.bootID
        period = description.period
        epoch = nil
        next = nil
    }

    /// The new samples of a batch: stamps on our clock, `channel` as our channels are numbered.
    ///
    /// Nothing is taken before the first round trip, or from a strange batch.
    package mutating func take(_ batch: SampleBatch) -> [RawSample] {
        let head = batch.head
        guard !isStrange(head), clock.place(Instant(nanoseconds: 0)) != nil else { return [] }
        epoch = head.epoch
        countLosses(head)
        let wanted = next ?? head.first
        // Nothing new: an answer that came twice, or an empty one.
        let skipped = Int(min(max(wanted - head.first, 0), Int64(batch.samples.count)))
        duplicatesDropped += skipped
        let fresh = batch.samples.dropFirst(skipped)
        // What is gone leaves its gap when the next sample comes.
        next = fresh.isEmpty ? wanted : head.first + Int64(batch.samples.count)
        guard !fresh.isEmpty else { return [] }
        var result: [RawSample] = []
        result.reserveCapacity(fresh.count)
        var first: Instant?
        let before = latest
        for sample in fresh {
            guard Int(sample.channel) < index.count, let own = index[Int(sample.channel)], let placed = clock.place(sample.instant) else {
                continue
            }
            widestBound = max(widestBound, placed.bound)
            var sample = sample
            sample.channel = UInt16(own)
            let stamp = lastStamp[own] == .min ? placed.instant.nanoseconds : max(placed.instant.nanoseconds, lastStamp[own] + 1)
            lastStamp[own] = stamp
            sample.instant = Instant(nanoseconds: stamp)
            first = min(first ?? sample.instant, sample.instant)
            latest = max(latest ?? sample.instant, sample.instant)
            result.append(sample)
        }
        if let first { noteBeginning(at: first, after: before, skippedNumbers: head.first > wanted, instance: head.instance) }
        return result
    }

    private mutating func noteBeginning(at first: Instant, after before: Instant?, skippedNumbers: Bool, instance: String) {
        let isNewInstance = instances.last?.id != instance
        if let before, first > before, skippedNumbers || (isNewInstance && first - before > gapLimit) {
            gaps.append(AgentRecord.Gap(start: before, end: first))
        }
        if isNewInstance { instances.append(AgentRecord.Instance(id: instance, first: first, last: latest)) }
        instances[instances.count - 1].last = latest
    }

    private mutating func countLosses(_ head: AgentBatchHead) {
        guard let lost = head.lost, let serving = head.serving else { return }
        // What an agent lost before it was first asked is none of this run's business.
        let before = lostBefore.map { $0.instance == serving ? $0.count : 0 } ?? lost
        lostSamples += max(0, lost - before)
        lostBefore = (serving, lost)
    }

    /// The run has ended here: what comes after the last sample is missing.
    package mutating func end(at instant: Instant) {
        guard let latest, instant - latest > max(gapLimit, .seconds(1)) else { return }
        gaps.append(AgentRecord.Gap(start: latest, end: instant))
    }
}

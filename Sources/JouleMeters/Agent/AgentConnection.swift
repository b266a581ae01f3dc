import CPlatform
import JouleModel
import JouleProcess
import JouleUnits
import Synchronization

/// The samples of one agent: a thread that fetches them a few times a second and puts them into a ring, on our clock.
///
/// The agent keeps what it has sampled, so a link that stalls or breaks loses nothing: after it the fetching goes on at the number where it
/// stopped. No more is fetched than the ring has room for.
///
/// `@unchecked Sendable`: source and ring are immutable, what both sides change is atomic or behind a lock, everything else is local to `main`.
final class AgentConnection: SampleSource, @unchecked Sendable {
    private static let pause: Duration = .milliseconds(250)
    /// Between fetches while samples behind an edge are awaited.
    private static let pauseAtEdge: Duration = .milliseconds(20)
    private static let longestPauseAfterFailure: Duration = .seconds(1)
    private static let timeout: Duration = .seconds(5)
    /// Between looks at the agent's clock; 100 µs of drift a second then cost less than the round trips of most networks.
    private static let clockPause: Duration = .seconds(2)
    private static let firstRoundTrips = 8
    private static let laterRoundTrips = 3
    /// How far before the start of the connection the samples begin, so that an edge marked at once has some before it.
    private static let prelude: Duration = .seconds(1)

    let source: AgentSource
    private let firstChannel: Int
    private let ring = SampleRing(capacity: 1 << 17)
    private let alarm: OpaquePointer
    private let stopping = Atomic<Bool>(false)
    private let hasEnded = Atomic<Bool>(false)
    private let isReady = Atomic<Bool>(false)
    private let edgeRequest = Atomic<Int64>(.min)
    private let bracketed = Atomic<Int64>(.min)
    /// What the run's record says; written by the thread after each fetch.
    private let facts: Guarded<(intake: AgentIntake, reconnects: Int, version: String, isWhole: Bool)>

    init(_ source: AgentSource, firstChannel: Int) {
        self.source = source
        self.firstChannel = firstChannel
        facts = Guarded((AgentIntake(source.description), 0, source.description.version, false))
        guard let alarm = jb_alarm_create() else { fatalError("out of memory for a condition variable") }
        self.alarm = alarm
    }

    deinit { jb_alarm_destroy(alarm) }

    /// Starts fetching, and waits until the first samples are there or the agent has not answered.
    func start() -> Failure? {
        guard onOwnThread({ self.main() }) else {
            hasEnded.store(true, ordering: .releasing)
            return Failure("meter.thread", "no thread to fetch the samples of an agent", remedy: "raise the limit `ulimit -u`")
        }
        while !isReady.load(ordering: .acquiring) { blockingSleep(.microseconds(500)) }
        return nil
    }

    func drain(_ body: (RawSample) -> Void) { ring.drain(body) }

    func markEdge(at instant: Instant) {
        edgeRequest.max(instant.nanoseconds, ordering: .releasing)
        jb_alarm_ring(alarm)
    }

    var bracketedUntil: Instant { Instant(nanoseconds: bracketed.load(ordering: .acquiring)) }
    /// A link that stalls may come back, and then it brings everything.
    var patience: Duration { .seconds(10) }
    /// The agent has learnt its counters' periods long ago.
    var isLearning: Bool { false }
    var lostSamples: Int { facts.withLock { $0.intake.lostSamples } + ring.overflowCount }
    var missedTicks: Int { 0 }
    var takenTicks: Int { 0 }
    var hasRealtimePriority: Bool { false }

    func stop() {
        stopping.store(true, ordering: .releasing)
        jb_alarm_ring(alarm)
        while !hasEnded.load(ordering: .acquiring) { blockingSleep(.microseconds(500)) }
    }

    /// What is known of the agent so far; whole after `stop`. What has not come until now is missing, until it comes.
    var record: AgentRecord {
        facts.withLock { facts in
            var intake = facts.intake
            if !facts.isWhole { intake.end(at: .now) }
            return AgentRecord(
                endpoint: source.client.endpoint.description, host: source.host, version: facts.version, instances: intake.instances,
                clockOffset: intake.clock.offset ?? .zero, clockBound: intake.widestBound, roundTrips: intake.clock.roundTrips,
                reconnects: facts.reconnects, duplicatesDropped: intake.duplicatesDropped, gaps: intake.gaps)
        }
    }

    // MARK: On the thread

    /// What the thread remembers from one turn to the next.
    private struct Course {
        var nextClock = Instant(nanoseconds: 0)
        var roundTrips = AgentConnection.firstRoundTrips
        var isBroken = false
        var failurePause = Duration.milliseconds(50)
        /// The edge that samples are awaited for: on our clock and, once the agent has marked it, on its own, in that process.
        var edge: Int64 = .min
        var markedEdge: (remote: Instant, instance: String)?
        var isAwaiting = false
        /// Whether the last batch was a full one: there is more.
        var hasMore = false
    }

    private func main() {
        var course = Course()
        while !stopping.load(ordering: .acquiring) {
            turn(&course)
            isReady.store(true, ordering: .releasing)
            if stopping.load(ordering: .acquiring) { break }
            if course.hasMore, ring.free >= AgentProtocol.mostRows { continue }
            let pause = course.isBroken ? course.failurePause : course.isAwaiting ? Self.pauseAtEdge : Self.pause
            _ = jb_alarm_wait_until(alarm, (Instant.now + pause).nanoseconds)
        }
        // One last look, so that a window that ends now has its samples; not at an agent that is known to be away.
        if !course.isBroken { turn(&course) }
        let end = Instant.now
        facts.withLock {
            $0.intake.end(at: end)
            $0.isWhole = true
        }
        bracketed.store(.max, ordering: .releasing)
        hasEnded.store(true, ordering: .releasing)
    }

    /// One look at the agent: its clock when it is time, its samples as far as there is room.
    private func turn(_ course: inout Course) {
        do throws(Failure) {
            if course.isBroken || Instant.now >= course.nextClock { try setClock(&course) }
            try fetch(&course)
            if course.isBroken { facts.withLock { $0.reconnects += 1 } }
            course.isBroken = false
            course.failurePause = .milliseconds(50)
        } catch {
            course.isBroken = true
            course.hasMore = false
            course.roundTrips = Self.firstRoundTrips
            course.failurePause = min(course.failurePause * 2, Self.longestPauseAfterFailure)
        }
    }

    private func setClock(_ course: inout Course) throws(Failure) {
        for _ in 0..<course.roundTrips {
            let trip = try source.client.clock(timeout: Self.timeout)
            facts.withLock { $0.intake.note(sent: trip.sent, received: trip.received, remote: trip.clock.now) }
        }
        course.roundTrips = Self.laterRoundTrips
        course.nextClock = Instant.now + Self.clockPause
    }

    private func fetch(_ course: inout Course) throws(Failure) {
        let requested = edgeRequest.load(ordering: .acquiring)
        if requested > course.edge {
            course.edge = requested
            course.markedEdge = nil
            course.isAwaiting = true
        }
        let limit = min(AgentProtocol.mostRows, ring.free)
        guard limit > 0 else { return course.hasMore = true }
        let marksEdge = course.isAwaiting && course.markedEdge == nil
        let batch = try source.client.samples(beginning(), limit: limit, marksEdge: marksEdge, timeout: Self.timeout)
        if facts.withLock({ $0.intake.isStrange(batch.head) }) {
            // Started anew, with nothing of the past: its channels may be others, its clock too.
            let description = try source.client.description(timeout: Self.timeout)
            facts.withLock {
                $0.intake.follow(description)
                $0.version = description.version
            }
            try setClock(&course)
            course.markedEdge = nil
            course.hasMore = true
            return
        }
        let samples = facts.withLock { $0.intake.take(batch) }
        for var sample in samples {
            sample.channel += UInt16(firstChannel)
            ring.push(sample)
        }
        course.hasMore = batch.samples.count == limit
        settleEdge(batch.head, marksEdge: marksEdge, &course)
    }

    private func beginning() -> AgentClient.Beginning {
        facts.withLock { facts in
            if let epoch = facts.intake.epoch, let next = facts.intake.next { return .after(next - 1, epoch: epoch) }
            // The first batch of all begins a moment ago; after a restart everything is wanted.
            guard facts.intake.instances.isEmpty, let offset = facts.intake.clock.offset else { return .oldest }
            return .since(Instant.now - offset - Self.prelude)
        }
    }

    private func settleEdge(_ head: AgentBatchHead, marksEdge: Bool, _ course: inout Course) {
        guard course.isAwaiting, let serving = head.serving else { return }
        if marksEdge, let edge = head.edge { course.markedEdge = (edge, serving) }
        guard let marked = course.markedEdge else { return }
        // Another process knows nothing of the edge: it is marked once more.
        guard marked.instance == serving else { return course.markedEdge = nil }
        guard let bracketed = head.bracketed, bracketed >= marked.remote, !course.hasMore else { return }
        course.isAwaiting = false
        self.bracketed.store(course.edge, ordering: .releasing)
    }
}

import JouleModel
import JouleUnits

/// Where a sampler's samples come from: a thread that reads meters here, or a connection to an agent that reads them elsewhere.
protocol SampleSource: AnyObject, Sendable {
    /// Hands every waiting sample to `body`, in the order of time within a channel. One consumer only.
    func drain(_ body: (RawSample) -> Void)
    /// An edge of a window lies at this instant: what is needed for a sharp energy at it shall be read.
    func markEdge(at instant: Instant)
    /// The latest edge behind which there are enough samples.
    var bracketedUntil: Instant { get }
    /// How long it is worth waiting for them.
    var patience: Duration { get }
    var isLearning: Bool { get }
    /// Samples that exist nowhere.
    var lostSamples: Int { get }
    var missedTicks: Int { get }
    var takenTicks: Int { get }
    var hasRealtimePriority: Bool { get }
    /// Ends the source after a last look; what waits can still be drained.
    func stop()
}

extension SamplingThread: SampleSource {
    func drain(_ body: (RawSample) -> Void) { ring.drain(body) }
    var patience: Duration { .seconds(1) }
    var lostSamples: Int { missedTicks * meters.reduce(0) { $0 + $1.channels.count } + ring.overflowCount }
}

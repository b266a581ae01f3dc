import Synchronization

/// The figures of a load for other threads; written by its event loop alone, a hundred times a second.
final class LoadCounters: Sendable {
    private let scheduled = Atomic(0)
    private let inFlight = Atomic(0)
    private let queued = Atomic(0)
    private let completed = Atomic(0)
    private let failed = Atomic(0)
    private let dropped = Atomic(0)
    private let tokens = Atomic(0)

    func publish(_ progress: LoadProgress) {
        scheduled.store(progress.scheduled, ordering: .relaxed)
        inFlight.store(progress.inFlight, ordering: .relaxed)
        queued.store(progress.queued, ordering: .relaxed)
        completed.store(progress.completed, ordering: .relaxed)
        failed.store(progress.failed, ordering: .relaxed)
        dropped.store(progress.dropped, ordering: .relaxed)
        tokens.store(progress.tokens, ordering: .relaxed)
    }

    /// Each figure is whole; together they may be of two neighbouring moments.
    var progress: LoadProgress {
        var progress = LoadProgress()
        progress.scheduled = scheduled.load(ordering: .relaxed)
        progress.inFlight = inFlight.load(ordering: .relaxed)
        progress.queued = queued.load(ordering: .relaxed)
        progress.completed = completed.load(ordering: .relaxed)
        progress.failed = failed.load(ordering: .relaxed)
        progress.dropped = dropped.load(ordering: .relaxed)
        progress.tokens = tokens.load(ordering: .relaxed)
        return progress
    }
}

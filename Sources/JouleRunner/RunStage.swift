import JouleMeters
import JouleModel
import JouleStore
import JouleUnits

/// What every kind of run works with while it lasts: phases with their edges, samples and requests that are kept, progress that is told.
struct RunStage: Sendable {
    let experiment: Experiment
    /// Of this program.
    let version: String
    let directory: RunDirectory
    let sampler: Sampler
    let recorder: Recorder
    let state: StateKeeper
    let processTree: ProcessTreeTarget
    /// Sees who else computes on the devices; nil where no meter tells.
    let deviceWatch: DeviceWatch?
    /// UUIDs of the GPUs that a worker may see; nil where there are none.
    let visibleGPUs: [String]?
    /// What is loaded, by this run or by one before it.
    let backends: BackendKeeper
    let interruption: RunInterruption
    let observer: RunObserver

    /// Begins a phase now; the one before it ends.
    @discardableResult
    func begin(_ phase: Phase) async throws -> Instant {
        let instant = sampler.markEdge()
        try await state.begin(phase, at: instant)
        deviceWatch?.lookSoon()
        observer(.phase(phase))
        return instant
    }

    func end() async throws {
        try await state.end(at: sampler.markEdge())
    }

    /// Waits through a phase in which nothing is asked; nothing at all for a duration of zero.
    func idle(_ phase: Phase, for duration: Duration) async throws {
        guard duration > .zero else { return }
        let start = try await begin(phase)
        let end = start + duration
        while true {
            let left = end - .now
            if left <= .zero { break }
            let done = 1 - left.seconds / duration.seconds
            observer(.progress(RunProgress(phase: phase, fraction: done, remaining: left)))
            try await Task.sleep(for: min(left, .milliseconds(250)))
        }
    }
}

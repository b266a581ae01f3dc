import Foundation
import JouleModel
import JouleStore
import JouleUnits

/// Keeps `state.json` true: written at every change of phase and at the end, so that even a SIGKILL leaves the last phase behind.
actor StateKeeper {
    private let directory: RunDirectory
    private var state: RunState
    private var interrupted = false
    private let isPlanKnown: Bool

    /// - Parameter planned: requests of the measured phase; nil when a time ends it, and the plan grows with what is scheduled.
    init(directory: RunDirectory, planned: Int?) throws(Failure) {
        self.directory = directory
        isPlanKnown = planned != nil
        let pid = getpid()
        state = RunState(
            status: .running, pid: pid, host: ProcessInfo.processInfo.hostName, processStart: AbandonedRuns.processStart(of: pid),
            requestsPlanned: planned ?? 0, updated: .now)
        try directory.write(state, to: "state.json")
    }

    func begin(_ phase: Phase, at instant: Instant) throws(Failure) {
        endPhase(at: instant)
        state.phases.append(PhaseSpan(phase: phase, start: instant))
        try write()
    }

    func end(at instant: Instant) throws(Failure) {
        endPhase(at: instant)
        try write()
    }

    func requestsDone(_ count: Int) { state.requestsDone += count }

    /// The state of a load, whose number of requests may not be known beforehand.
    func requests(done: Int, scheduled: Int) {
        state.requestsDone = done
        if !isPlanKnown { state.requestsPlanned = scheduled }
    }

    func interrupt() { interrupted = true }

    /// The end of the run, and of the phase that it ended in. Failing to write it is not reported: the failure that led here is.
    func finish(at instant: Instant, failure: Failure?, samplesLost: Int) {
        let reached = state.phases.last?.phase.label
        endPhase(at: instant)
        state.samplesLost = samplesLost
        if let failure {
            state.status = .failed
            state.reason = "\(failure.message) [\(failure.code)]" + (reached.map { ", in the phase \($0)" } ?? "")
        } else if interrupted {
            state.status = .interrupted
            state.reason =
                "interrupted by a signal" + (reached.map { " in the phase \($0)" } ?? "")
                + " after \(state.requestsDone) of \(state.requestsPlanned) requests"
        } else {
            state.status = .completed
        }
        try? write()
    }

    private func endPhase(at instant: Instant) {
        guard let last = state.phases.indices.last, state.phases[last].end == nil else { return }
        state.phases[last].end = instant
    }

    private func write() throws(Failure) {
        state.updated = .now
        try directory.write(state, to: "state.json")
    }
}

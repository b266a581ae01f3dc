import Foundation
import JouleMeters
import JouleModel
import JouleStore
import JouleUnits

/// Keeps `state.json` true: written at every change of phase and at the end, so that even a SIGKILL leaves the last phase behind.
actor StateKeeper {
    private let directory: RunDirectory
    private var state: RunState
    private var interrupted = false
    private let isPlanKnown: Bool
    private let machine: HostRoot

    /// - Parameters:
    ///   - planned: requests of the measured phase; nil when a time ends it, and the plan grows with what is scheduled.
    ///   - machine: whose busy processor time is noted at the edges of the phases.
    init(directory: RunDirectory, planned: Int?, machine: HostRoot = HostContext.current.root) throws(Failure) {
        self.directory = directory
        self.machine = machine
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
        noteCost(beginning: phase)
        try write()
    }

    func end(at instant: Instant) throws(Failure) {
        endPhase(at: instant)
        noteCost(beginning: nil)
        try write()
    }

    private func noteCost(beginning phase: Phase?) {
        guard let mark = OwnCost.now?.mark(beginning: phase, machine: machine) else { return }
        state.costMarks = (state.costMarks ?? []) + [mark]
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
        noteCost(beginning: nil)
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

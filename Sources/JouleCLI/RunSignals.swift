import Foundation
import JouleProcess
import JouleRunner
import JouleUnits

/// The signals that end a run before its time: the first lets requests in flight end and keeps what was measured, the second stops, the
/// third leaves at once.
final class RunSignals: Sendable {
    let interruption = RunInterruption()
    private let interrupted: Interruption
    private let task: CurrentTask

    init(console: Console) {
        let task = CurrentTask()
        self.task = task
        interrupted = Interruption { [interruption] signal in
            let (count, isHandled) = interruption.request()
            switch (count, isHandled) {
            case (1, true): console.note("interrupted: waiting for the requests in flight (once more to stop)")
            case (1, false):
                console.note("interrupted: ending the run and keeping what was measured (once more to leave at once)")
                task.cancel()
            case (2, true):
                console.note("stopping, and keeping what was measured (once more to leave at once)")
                task.cancel()
            default: exit(ExitStatus.interrupted(by: signal.number))
            }
        }
    }

    /// The number of the first signal, nil while there was none.
    var first: Int32? { interrupted.signal }

    /// Runs work that a signal may cancel.
    func running<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let running = Task { try await work() }
        task.set { running.cancel() }
        return try await running.value
    }
}

/// What a signal would cancel.
private final class CurrentTask: Sendable {
    private let state = Guarded<(cancel: (@Sendable () -> Void)?, isCancelled: Bool)>((nil, false))

    func set(_ cancel: @escaping @Sendable () -> Void) {
        let isCancelled = state.withLock { state in
            state.cancel = cancel
            return state.isCancelled
        }
        if isCancelled { cancel() }
    }

    func cancel() {
        let cancel = state.withLock { state in
            state.isCancelled = true
            return state.cancel
        }
        cancel?()
    }
}

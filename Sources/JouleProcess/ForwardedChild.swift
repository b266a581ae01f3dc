import JouleUnits

/// A command on our own standard streams as the receiver of our signals.
///
/// A signal that comes after `starts` and before the command's number is known is kept for it: it would be lost otherwise, and whoever sent
/// it would wait for a command that never heard of it.
package final class ForwardedChild: Sendable {
    private enum State {
        case absent
        case starting(pending: [Int32])
        case running(pid: Int32)
    }
    private let state = Guarded(State.absent)

    package init() {}

    /// From now on signals are for the command.
    package func starts() { state.withLock { $0 = .starting(pending: []) } }

    package func started(_ pid: Int32) {
        let pending = state.withLock { state in
            defer { state = .running(pid: pid) }
            if case .starting(let pending) = state { return pending }
            return []
        }
        for number in pending { sendSignal(number, to: pid) }
    }

    package func ended() { state.withLock { $0 = .absent } }

    /// Passes a signal on, unless the terminal has sent it to the running command as well.
    package func forward(_ signal: CaughtSignal) {
        let pid: Int32? = state.withLock { state in
            switch state {
            case .absent: return nil
            case .starting(let pending):
                state = .starting(pending: pending + [signal.number])
                return nil
            case .running(let pid): return signal.fromTerminal ? nil : pid
            }
        }
        if let pid { sendSignal(signal.number, to: pid) }
    }
}

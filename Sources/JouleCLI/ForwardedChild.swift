import JouleProcess
import JouleUnits

/// The command that is being measured, as the receiver of our signals.
final class ForwardedChild: Sendable {
    private let pid = Guarded<Int32?>(nil)

    func started(_ id: Int32) { pid.withLock { $0 = id } }
    func ended() { pid.withLock { $0 = nil } }

    /// Passes a signal on, unless the terminal has sent it to the command as well.
    func forward(_ signal: CaughtSignal) {
        guard !signal.fromTerminal, let pid = pid.withLock({ $0 }) else { return }
        sendSignal(signal.number, to: pid)
    }
}

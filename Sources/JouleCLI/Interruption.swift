import JouleModel
import JouleProcess
import JouleUnits

/// Remembers the first signal that asked this program to end, and hands every one to a listener.
final class Interruption: Sendable {
    private let first = Guarded<Int32?>(nil)

    /// - Parameter onSignal: called for each signal, on the cooperative pool.
    init(onSignal: @escaping @Sendable (CaughtSignal) -> Void = { _ in }) {
        guard let stream = try? SignalStream(catching: [CaughtSignal.interrupt, CaughtSignal.terminate, CaughtSignal.hangUp]) else {
            return
        }
        Task { [self] in
            for await signal in stream.signals {
                first.withLock { $0 = $0 ?? signal.number }
                onSignal(signal)
            }
        }
    }

    /// The first signal, nil while there was none.
    var signal: Int32? { first.withLock { $0 } }
}

import JouleUnits

/// How a person ends a run before its time: asked once, it takes no new requests and lets those in flight end; asked again, it stops.
///
/// Owned by whoever catches the signals; a run registers what each request to end means to it.
package final class RunInterruption: Sendable {
    private struct State {
        var requests = 0
        var handler: (@Sendable (Int) -> Void)?
    }
    private let state = Guarded(State())

    package init() {}

    /// How often the end was asked for.
    package var requests: Int { state.withLock { $0.requests } }
    package var isRequested: Bool { requests > 0 }

    /// Asks the run to end.
    /// - Returns: how often it has been asked now, and whether the run takes care of it; if not, cancelling its task ends it.
    package func request() -> (count: Int, isHandled: Bool) {
        let (count, handler) = state.withLock { state in
            state.requests += 1
            return (state.requests, state.handler)
        }
        handler?(count)
        return (count, handler != nil)
    }

    /// Calls the handler at each request from now on, and at once when there was one already.
    func onRequest(_ handler: @escaping @Sendable (Int) -> Void) {
        let count = state.withLock { state in
            state.handler = handler
            return state.requests
        }
        if count > 0 { handler(count) }
    }

    func forgetHandler() { state.withLock { $0.handler = nil } }
}

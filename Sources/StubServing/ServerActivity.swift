import JouleUnits

/// How a request is answered; nil leaves it to the scenario. Asked on the server's event loop, so it is to be quick.
package typealias AnswerSource = @Sendable (GenerationRequest) -> Behaviour?

/// What a server has worked on and for how long: told by its event loop, read from any thread.
package final class ServerActivity: Sendable {
    /// Time in each state since the activity was made.
    package struct Times: Hashable, Sendable {
        /// No request is at work.
        package var idle = Duration.zero
        /// At least one has not brought its first token.
        package var prefill = Duration.zero
        /// All that are at work generate.
        package var decode = Duration.zero
    }

    private struct State {
        var times = Times()
        var since: Instant
        var reading = 0
        var generating = 0

        /// Time up to now goes to the state that lasted until now.
        mutating func settle(at now: Instant) {
            let span = now - since
            guard span > .zero else { return }
            since = now
            if reading > 0 {
                times.prefill += span
            } else if generating > 0 {
                times.decode += span
            } else {
                times.idle += span
            }
        }
    }

    private let state: Guarded<State>

    package init() { state = Guarded(State(since: .now)) }

    func began() { change { $0.reading += 1 } }

    func tookFirstToken() {
        change {
            $0.reading -= 1
            $0.generating += 1
        }
    }

    func ended(hadFirstToken: Bool) {
        change {
            if hadFirstToken { $0.generating -= 1 } else { $0.reading -= 1 }
        }
    }

    /// The times up to now, and the instant they are of.
    package func read() -> (times: Times, instant: Instant) {
        state.withLock { state in
            state.settle(at: .now)
            return (state.times, state.since)
        }
    }

    private func change(_ change: (inout State) -> Void) {
        state.withLock { state in
            state.settle(at: .now)
            change(&state)
        }
    }
}

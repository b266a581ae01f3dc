import JouleModel
import JouleUnits

/// What a run tells whoever watches it.
package enum RunEvent: Sendable {
    case started(run: String, directory: String)
    case phase(Phase)
    /// A step inside a phase: `weights`, `tokenizer`.
    case step(String)
    case progress(RunProgress)
    /// Watts at the moment over the scopes that add up, several times a second; nil before anything was read.
    case power(Watts?)
}

/// The state of a run at one moment, for a progress line.
package struct RunProgress: Sendable {
    package var phase: Phase
    /// Part of the phase that is done, 0…1; nil when its end is not known.
    package var fraction: Double?
    package var remaining: Duration?
    package var tokensPerSecond: Double?
    /// Requests under way at a server; nil for workers.
    package var inFlight: Int?

    package init(
        phase: Phase, fraction: Double? = nil, remaining: Duration? = nil, tokensPerSecond: Double? = nil, inFlight: Int? = nil
    ) {
        self.phase = phase
        self.fraction = fraction
        self.remaining = remaining
        self.tokensPerSecond = tokensPerSecond
        self.inFlight = inFlight
    }
}

package typealias RunObserver = @Sendable (RunEvent) -> Void

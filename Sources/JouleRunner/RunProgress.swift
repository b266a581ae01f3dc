import JouleModel
import JouleUnits

/// What a run tells whoever watches it.
package enum RunEvent: Sendable {
    case started(run: String, directory: String)
    case phase(Phase)
    /// A step inside a phase: `weights`, `tokenizer`.
    case step(String)
    case progress(RunProgress)
    case note(String)
}

/// The state of a run at one moment, for a progress line.
package struct RunProgress: Sendable {
    package var phase: Phase
    /// Part of the phase that is done, 0…1; nil when its end is not known.
    package var fraction: Double?
    package var remaining: Duration?
    package var watts: Watts?
    package var tokensPerSecond: Double?
}

package typealias RunObserver = @Sendable (RunEvent) -> Void

import JouleModel
import JouleReport
import JouleRunner
import JouleUnits
import Logging

/// Turns the events of a run into a progress line on a terminal, and into one line per phase elsewhere.
final class ProgressObserver: Sendable {
    private let console: Console
    private let log: Logger
    /// What the line shows between two reports: the last report, when it came, and the watts since.
    private let shown = Guarded<(progress: RunProgress?, reported: Instant, watts: Watts?)>((nil, .now, nil))

    init(console: Console, log: Logger) {
        self.console = console
        self.log = log
    }

    func observe(_ event: RunEvent) {
        switch event {
        case .started(let run, let directory):
            log.info("run started", metadata: ["run": "\(run)", "directory": "\(directory)"])
            console.note("\(run): writing to \(directory)")
        case .phase(let phase):
            log.info("phase", metadata: ["phase": "\(phase.rawValue)"])
            if !console.errorIsTerminal { console.note("phase: \(phase.label)") }
            show(RunProgress(phase: phase))
        case .step(let step):
            log.debug("step", metadata: ["step": "\(step)"])
            console.progress("\(Phase.load.label): \(step)")
        case .progress(let progress): show(progress)
        case .power(let watts):
            shown.withLock { $0.watts = watts }
            show(nil)
        }
    }

    /// - Parameter progress: a new report; nil keeps the last one and lets its remaining time run on.
    private func show(_ progress: RunProgress?) {
        guard console.errorIsTerminal else { return }
        let line = shown.withLock { shown -> String? in
            if let progress {
                shown.progress = progress
                shown.reported = .now
            }
            guard let current = shown.progress else { return nil }
            let remaining = current.remaining.map { max($0 - (Instant.now - shown.reported), .zero) }
            return ProgressLine.render(
                phase: current.phase, fraction: current.fraction, eta: remaining, watts: shown.watts,
                tokensPerSecond: current.tokensPerSecond, width: console.width)
        }
        if let line { console.progress(line) }
    }
}

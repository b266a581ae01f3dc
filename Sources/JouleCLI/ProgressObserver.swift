import JouleModel
import JouleReport
import JouleRunner
import JouleUnits
import Logging

/// Turns the events of a run into a progress line on a terminal, and into one line per phase elsewhere.
struct ProgressObserver: Sendable {
    let console: Console
    let log: Logger

    func observe(_ event: RunEvent) {
        switch event {
        case .started(let run, let directory):
            log.info("run started", metadata: ["run": "\(run)", "directory": "\(directory)"])
            console.note("\(run): writing to \(directory)")
        case .phase(let phase):
            log.info("phase", metadata: ["phase": "\(phase.rawValue)"])
            if console.errorIsTerminal {
                console.progress(
                    ProgressLine.render(phase: phase, fraction: nil, eta: nil, watts: nil, tokensPerSecond: nil, width: console.width))
            } else {
                console.note("phase: \(phase.label)")
            }
        case .step(let step):
            log.debug("step", metadata: ["step": "\(step)"])
            if console.errorIsTerminal {
                console.progress("\(Phase.load.label): \(step)")
            }
        case .progress(let progress):
            console.progress(
                ProgressLine.render(
                    phase: progress.phase, fraction: progress.fraction, eta: progress.remaining, watts: progress.watts,
                    tokensPerSecond: progress.tokensPerSecond, width: console.width))
        case .note(let text):
            log.notice("\(text)")
            console.note(text)
        }
    }
}

import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import Logging

/// Runs an experiment once, in front of a person: progress, signals, summary, exit code.
struct ConsoleRunner: Sendable {
    let prepared: PreparedRun
    let console: Console
    let log: Logger
    let json: Bool
    let strict: Bool
    /// Called with the outcome, after it was shown.
    var onOutcome: @Sendable (RunOutcome) throws -> Void = { _ in }

    func run() async throws -> Int32 {
        let signals = RunSignals(console: console)
        let executor = RunExecutor(
            prepared, version: Version.number, interruption: signals.interruption,
            observer: ProgressObserver(console: console, log: log).observe)
        let outcome = try await signals.running { try await executor.run() }
        console.clearProgress()
        show(outcome)
        try onOutcome(outcome)
        if let signal = signals.first { return ExitStatus.interrupted(by: signal) }
        return Self.status(of: outcome, strict: strict)
    }

    private func show(_ outcome: RunOutcome) {
        if let failure = outcome.failure { console.error(failure) }
        outcome.reporterFailures.forEach(console.error)
        SentNotes.lines(of: outcome.directory).forEach(console.note)
        let environment = outcome.recording.environment
        AgentNotes.lines(of: environment.agents, since: environment.start.monotonic).forEach(console.note)
        if json {
            if let text = try? outcome.directory.readText("summary.json") { console.result(text) }
        } else {
            console.result(
                TerminalSummary.render(
                    outcome.summary, runDirectory: outcome.directory.path, width: min(console.width, 100), color: console.outputColor))
        }
    }

    static func status(of outcome: RunOutcome, strict: Bool) -> Int32 {
        let summary = outcome.summary
        if let failure = outcome.failure {
            // A run that never got to its first request failed for want of something; later failures are results of their own.
            return summary.requests.completed + summary.requests.failed == 0 ? ExitStatus.of(failure) : ExitStatus.failed
        }
        if summary.requests.completed == 0 { return ExitStatus.failed }
        if summary.requests.failed > 0 || !outcome.reporterFailures.isEmpty { return ExitStatus.partial }
        let measured = Set(summary.energies.filter { $0.gross.value != nil }.map(\.scope))
        if !measured.isSuperset(of: outcome.recording.experiment.metrics.require) { return ExitStatus.partial }
        if strict, summary.flags.contains(where: { $0.grade == .invalid }) { return ExitStatus.partial }
        return ExitStatus.success
    }
}

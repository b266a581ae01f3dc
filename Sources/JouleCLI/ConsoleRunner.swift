import JouleModel
import JouleReport
import JouleRunner
import JouleStatistics
import JouleStore
import JouleUnits
import Logging

/// Runs an experiment as often as it says, in front of a person: progress, signals, summaries, exit code.
struct ConsoleRunner: Sendable {
    let prepared: PreparedRun
    let console: Console
    let log: Logger
    let json: Bool
    let strict: Bool
    /// Called with each outcome that has a recording, after it was shown.
    var onOutcome: @Sendable (RunOutcome) throws -> Void = { _ in }

    private var experiment: Experiment { prepared.experiment }

    func run() async throws -> Int32 {
        var outcomes: [RunOutcome] = []
        let signals = RunSignals(console: console)
        for number in 1...experiment.repetitions {
            if experiment.repetitions > 1 { console.note("repetition \(number) of \(experiment.repetitions)") }
            let executor = RunExecutor(
                prepared, version: Version.number, interruption: signals.interruption,
                observer: ProgressObserver(console: console, log: log).observe)
            let outcome = try await signals.running { try await executor.run() }
            outcomes.append(outcome)
            console.clearProgress()
            show(outcome)
            try onOutcome(outcome)
            if outcome.failure != nil || signals.first != nil { break }
        }
        if outcomes.count > 1 { showSpread(outcomes) }
        if let signal = signals.first { return ExitStatus.interrupted(by: signal) }
        return outcomes.map { Self.status(of: $0, strict: strict) }.max() ?? ExitStatus.failed
    }

    private func show(_ outcome: RunOutcome) {
        if let failure = outcome.failure { console.error(failure) }
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

    private func showSpread(_ outcomes: [RunOutcome]) {
        guard !json else { return }
        for (name, label) in [("joules_per_output_token", "J/output token"), ("output_tokens_per_second", "output tokens/s")] {
            let values = outcomes.compactMap { $0.summary.figures[name]?.value }
            guard values.count == outcomes.count, let moments = Moments(values), let interval = moments.plusMinus95 else { continue }
            let variation = moments.coefficientOfVariation.map { ", CV \(NumberText.percent($0))" } ?? ""
            console.result(
                "\(outcomes.count) repetitions: \(NumberText.significant(moments.mean)) ± \(NumberText.significant(interval, digits: 2)) "
                    + "\(label) (95 %, Student t\(variation))")
        }
    }

    static func status(of outcome: RunOutcome, strict: Bool) -> Int32 {
        let summary = outcome.summary
        if let failure = outcome.failure {
            // A run that never got to its first request failed for want of something; later failures are results of their own.
            return summary.requests.completed + summary.requests.failed == 0 ? ExitStatus.of(failure) : ExitStatus.failed
        }
        if summary.requests.completed == 0 { return ExitStatus.failed }
        if summary.requests.failed > 0 { return ExitStatus.partial }
        let measured = Set(summary.energies.filter { $0.gross.value != nil }.map(\.scope))
        if !measured.isSuperset(of: outcome.recording.experiment.metrics.require) { return ExitStatus.partial }
        if strict, summary.flags.contains(where: { $0.grade == .invalid }) { return ExitStatus.partial }
        return ExitStatus.success
    }
}

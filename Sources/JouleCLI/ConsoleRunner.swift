import Foundation
import JouleBackends
import JouleModel
import JouleProcess
import JouleReport
import JouleRunner
import JouleStatistics
import JouleStore
import JouleUnits
import JouleWorkload
import Logging
import Synchronization

/// Runs an experiment as often as it says, in front of a person: progress, signals, summaries, exit code.
struct ConsoleRunner: Sendable {
    let experiment: Experiment
    let plan: Plan
    let selection: MeterSelection
    let console: Console
    let log: Logger
    let json: Bool
    let strict: Bool

    func run() async throws -> Int32 {
        var outcomes: [RunOutcome] = []
        let current = CurrentTask()
        let interruption = Interruption { [console] signal in
            if current.cancel() {
                console.note("interrupted: ending the worker and keeping what was measured (once more to leave at once)")
            } else {
                exit(ExitStatus.interrupted(by: signal.number))
            }
        }
        for number in 1...experiment.repetitions {
            if experiment.repetitions > 1 { console.note("repetition \(number) of \(experiment.repetitions)") }
            let task = Task { try await executor.run() }
            current.set(task)
            let outcome = try await task.value
            outcomes.append(outcome)
            console.clearProgress()
            show(outcome)
            if outcome.failure != nil || interruption.signal != nil { break }
        }
        if outcomes.count > 1 { showSpread(outcomes) }
        if let signal = interruption.signal { return ExitStatus.interrupted(by: signal) }
        return outcomes.map(status).max() ?? ExitStatus.failed
    }

    private var executor: RunExecutor {
        RunExecutor(
            experiment: experiment, plan: plan, meters: selection, installation: WorkerInstallation(), version: Version.number,
            observer: ProgressObserver(console: console, log: log).observe)
    }

    private func show(_ outcome: RunOutcome) {
        if let failure = outcome.failure { console.error(failure) }
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

    private func status(of outcome: RunOutcome) -> Int32 {
        let summary = outcome.summary
        if let failure = outcome.failure {
            // A run that never got to its first request failed for want of something; later failures are results of their own.
            return summary.requests.completed + summary.requests.failed == 0 ? ExitStatus.of(failure) : ExitStatus.failed
        }
        if summary.requests.completed == 0 { return ExitStatus.failed }
        if summary.requests.failed > 0 { return ExitStatus.partial }
        let measured = Set(summary.energies.filter { $0.gross.value != nil }.map(\.scope))
        if !measured.isSuperset(of: experiment.metrics.require) { return ExitStatus.partial }
        if strict, summary.flags.contains(where: { $0.grade == .invalid }) { return ExitStatus.partial }
        return ExitStatus.success
    }
}

/// The run that a signal would cancel.
private final class CurrentTask: Sendable {
    private let state = Mutex<(task: Task<RunOutcome, any Error>?, cancelled: Bool)>((nil, false))

    func set(_ task: Task<RunOutcome, any Error>) {
        let cancelled = state.withLock { state in
            state.task = task
            return state.cancelled
        }
        if cancelled { task.cancel() }
    }

    /// - Returns: false when it was cancelled before: whoever asks twice means it.
    func cancel() -> Bool {
        let (task, first) = state.withLock { state in
            defer { state.cancelled = true }
            return (state.task, !state.cancelled)
        }
        task?.cancel()
        return first
    }
}

import JouleAnalysis
import JouleConfiguration
import JouleModel
import JouleUnits

/// Runs the members of a study one after the other, as often as they are to be repeated, and sums up.
///
/// A member that fails is recorded and the others go on; where there is one member alone, its repetitions end with the first that
/// fails. Whatever has run is in the study's folder after every run, so a study that is
/// stopped keeps what it has.
package struct StudyExecutor: Sendable {
    /// What is told while a study runs.
    package enum Event: Sendable {
        /// The number of the run that begins, from 1, out of how many.
        case member(name: String, number: Int, total: Int)
        case finished(RunOutcome)
        case failed(name: String, Failure)
    }

    private let loaded: LoadedStudy
    private let folder: StudyFolder
    private let execute: @Sendable (Experiment) async throws -> RunOutcome
    private let observer: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - folder: the study's own.
    ///   - execute: prepares and runs one experiment.
    package init(
        _ loaded: LoadedStudy, in folder: StudyFolder,
        execute: @escaping @Sendable (Experiment) async throws -> RunOutcome, observer: @escaping @Sendable (Event) -> Void
    ) {
        self.loaded = loaded
        self.folder = folder
        self.execute = execute
        self.observer = observer
    }

    /// - Parameter isStopped: asked between two runs.
    package func run(isStopped: @Sendable () -> Bool) async throws -> StudySummary {
        var rows: [StudySummary.Row] = []
        let slots = loaded.slots
        var summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows)
        for (number, slot) in slots.enumerated() {
            let member = loaded.study.members[slot.member]
            if number > 0 { await pause(isStopped) }
            if isStopped() { break }
            observer(.member(name: member.name, number: number + 1, total: slots.count))
            let row = try await folder.keeping(member, repetition: slot.repetition) { await attempt(member, slot) }
            rows.append(row)
            summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows)
            try folder.write(summary)
            if loaded.isRepetition, row.failure != nil { break }
        }
        return summary
    }

    private func attempt(_ member: Study.Member, _ slot: LoadedStudy.Slot) async -> StudySummary.Row {
        var row = StudySummary.Row(
            member: member.name, values: member.values, repetition: slot.repetition, runID: nil, failure: nil, summary: nil)
        do {
            let outcome = try await execute(member.experiment)
            row.runID = outcome.directory.id
            row.failure = outcome.failure.map { "\($0.message) [\($0.code)]" }
            row.summary = outcome.summary
            observer(.finished(outcome))
        } catch {
            let failure = Self.failure(error)
            row.failure = "\(failure.message) [\(failure.code)]"
            observer(.failed(name: member.name, failure))
        }
        return row
    }

    /// The time between two runs, as long as nobody wants to stop.
    private func pause(_ isStopped: @Sendable () -> Bool) async {
        let end = Instant.now + loaded.cooldown
        while !isStopped() {
            let left = end - .now
            guard left > .zero, (try? await Task.sleep(for: min(left, .milliseconds(100)))) != nil else { return }
        }
    }

    private static func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let failures as Failures: failures.all.first ?? Failure("run.failed", "the run failed")
        case is CancellationError: Failure("run.cancelled", "the run was interrupted")
        default: Failure("run.failed", "the run ended with an error", cause: "\(error)")
        }
    }
}

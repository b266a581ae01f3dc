import JouleAnalysis
import JouleConfiguration
import JouleModel
import JouleUnits

/// Runs the members of a study one after the other, as often as they are to be repeated, and sums up.
///
/// A run that fails is made again as often as `study.retries` says; a member that fails then is recorded and the others go on, up to
/// `study.max_failures`. Where there is one member alone, its repetitions end with the first that fails. A model stays loaded from one run to
/// the next that needs the same. Whatever has run is in the study's folder after every run, so a study that is stopped keeps what it has.
package struct StudyExecutor: Sendable {
    /// What is told while a study runs.
    package enum Event: Sendable {
        /// The number of the run that begins, from 1, out of how many; with `study.until_cv` there may be more.
        case member(name: String, number: Int, total: Int, isOpenEnded: Bool)
        case finished(RunOutcome)
        case failed(name: String, Failure)
        /// The attempt that begins now, from 2, out of how many.
        case again(name: String, attempt: Int, of: Int)
        /// A member is not repeated any more, and why.
        case settled(name: String, reason: String)
        /// What is not run, and why.
        case notRun(count: Int, reason: String)
    }

    /// What a run is told of its place in the study.
    package struct Place: Sendable {
        /// From 1; the same for every attempt.
        package let number: Int
        package let backends: BackendKeeper
    }

    private let loaded: LoadedStudy
    private let folder: StudyFolder
    private let execute: @Sendable (Experiment, Place) async throws -> RunOutcome
    private let observer: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - folder: the study's own.
    ///   - execute: prepares and runs one experiment.
    package init(
        _ loaded: LoadedStudy, in folder: StudyFolder,
        execute: @escaping @Sendable (Experiment, Place) async throws -> RunOutcome, observer: @escaping @Sendable (Event) -> Void
    ) {
        self.loaded = loaded
        self.folder = folder
        self.execute = execute
        self.observer = observer
    }

    /// - Parameter isStopped: asked between two runs.
    package func run(isStopped: @Sendable () -> Bool) async throws -> StudySummary {
        let backends = BackendKeeper()
        let summary: StudySummary
        do {
            summary = try await runAll(backends, isStopped)
        } catch {
            await backends.end()
            throw error
        }
        await backends.end()
        return summary
    }

    private func runAll(_ backends: BackendKeeper, _ isStopped: @Sendable () -> Bool) async throws -> StudySummary {
        let total = loaded.slots.count
        var schedule = StudySchedule(loaded)
        var rows: [StudySummary.Row] = []
        var summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows)
        while let slot = schedule.next {
            let member = loaded.study.members[slot.member]
            if !rows.isEmpty {
                await backends.release(unlessFor: member.experiment.backend)
                await pause(isStopped)
            }
            if isStopped() {
                schedule.stop(because: "the study was interrupted")
                break
            }
            let place = Place(number: rows.count + 1, backends: backends)
            observer(
                .member(name: member.name, number: place.number, total: max(total, place.number), isOpenEnded: loaded.rules.until != nil))
            let row = try await folder.keeping(member, repetition: slot.repetition) { await attempts(of: member, slot, place, isStopped) }
            rows.append(row)
            summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows, endings: schedule.endings)
            let energy = summary.members.first { $0.name == member.name }?.figures["joules_per_output_token"]
            schedule.note(slot, failed: row.failure != nil, energy: energy)
            if let reason = schedule.endings[member.name] { observer(.settled(name: member.name, reason: reason)) }
            summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows, endings: schedule.endings)
            try folder.write(summary)
        }
        guard let halt = schedule.halt else { return summary }
        let notRun = schedule.owed.map { slot in
            let member = loaded.study.members[slot.member]
            return StudySummary.Row(member: member.name, values: member.values, repetition: slot.repetition, notRun: halt)
        }
        if !notRun.isEmpty { observer(.notRun(count: notRun.count, reason: halt)) }
        summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows + notRun, endings: schedule.endings)
        try folder.write(summary)
        return summary
    }

    /// Makes a run, and makes it again when it failed of what may pass.
    private func attempts(
        of member: Study.Member, _ slot: LoadedStudy.Slot, _ place: Place, _ isStopped: @Sendable () -> Bool
    ) async -> StudySummary.Row {
        var failed: [StudySummary.FailedAttempt] = []
        while true {
            let (row, failure) = await attempt(member, slot, place)
            var result = row
            result.failedAttempts = failed.isEmpty ? nil : failed
            guard let failure, failure.mayPass, failed.count < loaded.rules.retries, !isStopped() else { return result }
            await pause(isStopped)
            if isStopped() { return result }
            failed.append(StudySummary.FailedAttempt(runID: row.runID, failure: row.failure ?? failure.description))
            observer(.again(name: member.name, attempt: failed.count + 1, of: loaded.rules.retries + 1))
        }
    }

    private func attempt(
        _ member: Study.Member, _ slot: LoadedStudy.Slot, _ place: Place
    ) async -> (row: StudySummary.Row, failure: Failure?) {
        var row = StudySummary.Row(member: member.name, values: member.values, repetition: slot.repetition)
        var failure: Failure?
        do {
            let outcome = try await execute(member.experiment, place)
            row.runID = outcome.directory.id
            row.summary = outcome.summary
            failure = outcome.failure ?? Self.silence(outcome.summary)
            observer(.finished(outcome))
        } catch {
            let thrown = Self.failure(error)
            failure = thrown
            observer(.failed(name: member.name, thrown))
        }
        row.failure = failure.map { "\($0.message) [\($0.code)]" }
        return (row, failure)
    }

    /// A run that came to its end without a single answer has measured nothing.
    private static func silence(_ summary: Summary) -> Failure? {
        guard summary.status == .completed, summary.requests.completed == 0 else { return nil }
        let cause = summary.requests.errors.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        return Failure("run.no-answers", "no request was completed\(cause.map { ": \($0)" } ?? "")")
    }

    /// The time between two runs, as long as nobody wants to stop.
    private func pause(_ isStopped: @Sendable () -> Bool) async {
        let end = Instant.now + loaded.rules.cooldown
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

extension Failure {
    /// Whether the same run may go well another time: not what is wrong in the configuration, what is not there, a full disk, or an
    /// interruption.
    var mayPass: Bool {
        let area = code.prefix { $0 != "." }
        switch blame {
        case .usage: return false
        // A server may be up in a moment, and the hub in reach.
        case .unavailable: return ["server", "hub"].contains(area)
        case .run:
            let lasting: Set = [
                "run.cancelled", "model.not-found", "model.builtin-missing", "worker.no-feature", "worker.no-chat", "worker.no-rows",
            ]
            return !lasting.contains(code) && !["store", "chat", "environment"].contains(area)
        }
    }
}

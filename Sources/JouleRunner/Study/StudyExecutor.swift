import JouleAnalysis
import JouleConfiguration
import JouleModel
import JouleReport
import JouleStore
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
    private let outputDirectory: String
    private let execute: @Sendable (Experiment) async throws -> RunOutcome
    private let observer: @Sendable (Event) -> Void

    /// - Parameter execute: prepares and runs one experiment.
    package init(
        _ loaded: LoadedStudy, outputDirectory: String,
        execute: @escaping @Sendable (Experiment) async throws -> RunOutcome, observer: @escaping @Sendable (Event) -> Void
    ) {
        self.loaded = loaded
        self.outputDirectory = outputDirectory
        self.execute = execute
        self.observer = observer
    }

    /// - Parameter isStopped: asked between two runs.
    package func run(isStopped: @Sendable () -> Bool) async throws -> (summary: StudySummary, folder: String) {
        let folder = try StudyFolder.create(name: loaded.study.name, in: outputDirectory)
        var rows: [StudySummary.Row] = []
        let slots = loaded.slots
        var summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows)
        for (number, slot) in slots.enumerated() {
            let member = loaded.study.members[slot.member]
            if number > 0 { await pause(isStopped) }
            if isStopped() { break }
            observer(.member(name: member.name, number: number + 1, total: slots.count))
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
            rows.append(row)
            summary = StudyAnalysis.summary(name: loaded.study.name, rows: rows)
            try folder.write(summary)
            if loaded.isRepetition, row.failure != nil { break }
        }
        return (summary, folder.path)
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

/// `studies/<name>`: what a study came to so far.
private struct StudyFolder: Sendable {
    let path: String

    /// A second study of the same name gets a number.
    static func create(name: String, in results: String) throws(Failure) -> StudyFolder {
        let stem = String(name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
        for number in 1...999 {
            let path = "\(results)/studies/\(number == 1 ? stem : "\(stem)-\(number)")"
            if FileSystem.exists(path) { continue }
            try FileSystem.createDirectory(path)
            return StudyFolder(path: path)
        }
        throw Failure("store.create", "no free name below \(results)/studies for \(stem)")
    }

    func write(_ summary: StudySummary) throws(Failure) {
        try FileSystem.write(try JSONText.encode(summary), to: "\(path)/summary.json")
        try FileSystem.write(StudyReport.csv(summary), to: "\(path)/table.csv")
        try FileSystem.write(StudyReport.membersCSV(summary), to: "\(path)/members.csv")
        try FileSystem.write(StudyReport.html(summary), to: "\(path)/report.html")
    }
}

import JouleConfiguration
import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits
import Logging
import Synchronization

/// Runs a study, or an experiment several times, in front of a person: a line for each run, the table at its end.
struct StudyConsole: Sendable {
    private let loaded: LoadedStudy
    private let members: [Study.Member]
    private let meterOptions: MeterOptions
    private let console: Console
    private let log: Logger
    private let json: Bool
    /// Runs of a study that has a folder already; nil for a new one.
    private let continued: StudyFolder?
    /// Called with the outcome of each run, after it was shown.
    var onOutcome: @Sendable (RunOutcome) throws -> Void = { _ in }

    init(_ loaded: LoadedStudy, meterOptions: MeterOptions, console: Console, log: Logger, json: Bool) {
        self.loaded = loaded
        members = loaded.study.members
        self.meterOptions = meterOptions
        self.console = console
        self.log = log
        self.json = json
        continued = nil
    }

    /// Some runs of a study that was planned before.
    init(continuing folder: StudyFolder, runs: [StudyPlan.Run], meterOptions: MeterOptions, console: Console, log: Logger, json: Bool)
        throws
    {
        loaded = try folder.study(of: runs)
        members = loaded.study.members
        self.meterOptions = meterOptions
        self.console = console
        self.log = log
        self.json = json
        continued = folder
    }

    /// What `--dry-run` shows.
    func showPlan() throws -> Int32 {
        let slots = loaded.slots
        let order = loaded.order == .shuffled ? "shuffled by the seed \(loaded.seed)" : loaded.order.rawValue
        let count = "\(members.count) member\(members.count == 1 ? "" : "s")"
        console.result("study \(loaded.study.name): \(count), \(slots.count) runs, \(order)")
        for (number, slot) in slots.enumerated() {
            let member = members[slot.member]
            let values = member.values.map { "\($0.key)=\($0.value)" }.joined(separator: "  ")
            let repetition = loaded.repetitions > 1 ? " #\(slot.repetition)" : ""
            console.result("  \(number + 1). \(member.name)\(repetition)  \(values)")
        }
        return ExitStatus.success
    }

    func run() async throws -> Int32 { try await execute().status }

    /// Runs the study and shows what it came to.
    func execute() async throws -> (summary: StudySummary, status: Int32) {
        let signals = RunSignals(console: console)
        let outputDirectory = members.first?.experiment.outputDirectory ?? "results"
        for (run, state) in AbandonedRuns.mark(in: outputDirectory) { console.note("\(run.path): \(state.reason ?? "killed")") }
        let told = ToldWarnings()
        let statuses = RunStatuses()
        let strict = meterOptions.strict
        let loaded = try meterOptions.apply(to: loaded)
        let folder = try continued ?? StudyFolder.create(StudyPlan(made: loaded), members: loaded.study.members, in: outputDirectory)
        let executor = StudyExecutor(loaded, in: folder) { [meterOptions, console, log, onOutcome] experiment in
            let prepared = try await PreparedRun(experiment, requiresEnergy: meterOptions.requireEnergy)
            prepared.warnings.filter(told.isNew).forEach(console.warning)
            let executor = RunExecutor(
                prepared, version: Version.number, interruption: signals.interruption,
                observer: ProgressObserver(console: console, log: log).observe)
            let outcome = try await signals.running { try await executor.run() }
            statuses.note(ConsoleRunner.status(of: outcome, strict: strict))
            try onOutcome(outcome)
            return outcome
        } observer: { event in
            if case .failed(_, let failure) = event { statuses.note(ExitStatus.of(failure)) }
            tell(event)
        }
        var summary = try await executor.run(isStopped: { signals.first != nil })
        if folder.isShared {
            summary = try folder.summary()
            if try folder.isOver() { summary = try folder.writeTogether() }
        }
        console.clearProgress()
        if json {
            console.result(String(decoding: try JSONText.encode(summary), as: UTF8.self))
        } else {
            console.result(StudyReport.terminal(summary, width: min(console.width, 120), color: console.outputColor))
            console.result(try folder.isShared && !folder.isOver() ? folder.path : "\(folder.path)/report.html")
        }
        if let signal = signals.first { return (summary, ExitStatus.interrupted(by: signal)) }
        return (summary, statuses.whole)
    }

    private func tell(_ event: StudyExecutor.Event) {
        switch event {
        case .member(let name, let number, let total): console.note("run \(number) of \(total): \(name)")
        case .finished(let outcome):
            console.clearProgress()
            if let failure = outcome.failure { console.error(failure) }
            console.note("  \(Self.line(of: outcome.summary))")
        case .failed(_, let failure):
            console.clearProgress()
            console.error(failure)
        }
    }

    /// One run in one line.
    private static func line(of summary: Summary) -> String {
        let figures = [("joules_per_output_token", "J/token"), ("mean_power", "W"), ("output_tokens_per_second", "tokens/s")]
        let parts = figures.compactMap { key, unit in
            summary.figures[key]?.value.map { "\(NumberText.significant($0)) \(unit)" }
        }
        return ([summary.runID] + parts + [summary.windowVerdict.rawValue]).joined(separator: "  ")
    }
}

/// The exit codes of the runs so far.
private final class RunStatuses: Sendable {
    private let all = Mutex<[Int32]>([])

    func note(_ status: Int32) { all.withLock { $0.append(status) } }

    /// Success when all succeeded, partial when some brought results; where none did, what all of them failed of.
    var whole: Int32 {
        let all = Set(all.withLock { $0 })
        if all == [ExitStatus.success] { return ExitStatus.success }
        if !all.isDisjoint(with: [ExitStatus.success, ExitStatus.partial]) { return ExitStatus.partial }
        return all.count == 1 ? all.first ?? ExitStatus.failed : ExitStatus.failed
    }
}

/// Warnings that were shown: every run of a study is prepared anew and finds the same ones.
private final class ToldWarnings: Sendable {
    private let told = Mutex<Set<Failure>>([])

    func isNew(_ warning: Failure) -> Bool { told.withLock { $0.insert(warning).inserted } }
}

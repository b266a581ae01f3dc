import JouleConfiguration
import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits
import Logging

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
        let runs = loaded.plannedRuns()
        let order = loaded.order == .shuffled ? "shuffled by the seed \(loaded.seed)" : loaded.order.rawValue
        let count = "\(members.count) member\(members.count == 1 ? "" : "s")"
        let atLeast = loaded.rules.until == nil ? "" : "at least "
        console.result("study \(loaded.study.name): \(count), \(atLeast)\(runs.count) runs, \(order)")
        for line in rules(runs) { console.result("  \(line)") }
        for run in runs {
            let values = run.member.values.map { "\($0.key)=\($0.value)" }.joined(separator: "  ")
            let repetition = loaded.fewestRuns > 1 ? " #\(run.slot.repetition)" : ""
            let kept = run.member.experiment.backend.isLoadedByRun && !run.loadsModel ? "  (model stays loaded)" : ""
            console.result("  \(run.number). \(run.member.name)\(repetition)  \(values)\(kept)")
        }
        return ExitStatus.success
    }

    /// What holds for all runs of the study, in words.
    private func rules(_ runs: [LoadedStudy.PlannedRun]) -> [String] {
        let rules = loaded.rules
        var lines: [String] = []
        if let goal = rules.until {
            lines.append(
                "each member until the CV of its energy per output token is at most \(NumberText.percent(goal.limit)): "
                    + "\(loaded.fewestRuns) to \(loaded.mostRuns) runs")
        }
        let tries =
            rules.retries == 0 ? "a run that fails is not made again" : "a run that fails is made again up to \(rules.retries) times"
        let most = rules.maxFailures == 1 ? "1 failed member" : "\(rules.maxFailures) failed members"
        lines.append("\(tries)\(loaded.isRepetition ? "" : "; the study ends after \(most)")")
        let loads = runs.count(where: \.loadsModel)
        if loads > 0 { lines.append("the model is loaded \(loads) time\(loads == 1 ? "" : "s") for \(runs.count) runs") }
        return lines
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
        let executor = StudyExecutor(loaded, in: folder) { [meterOptions, console, log, onOutcome] experiment, place in
            do {
                let prepared = try await PreparedRun(experiment, requiresEnergy: meterOptions.requireEnergy)
                prepared.warnings.filter(told.isNew).forEach(console.warning)
                let executor = RunExecutor(
                    prepared, version: Version.number, backends: place.backends, interruption: signals.interruption,
                    observer: ProgressObserver(console: console, log: log).observe)
                let outcome = try await signals.running { try await executor.run() }
                statuses.note(ConsoleRunner.status(of: outcome, strict: strict), of: place.number)
                try onOutcome(outcome)
                return outcome
            } catch {
                statuses.note((error as? Failure).map(ExitStatus.of) ?? ExitStatus.failed, of: place.number)
                throw error
            }
        } observer: { event in
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
        case .member(let name, let number, let total, let isOpenEnded):
            console.note("run \(number) of \(isOpenEnded ? "at least " : "")\(total): \(name)")
        case .again(let name, let attempt, let most): console.note("\(name) failed, attempt \(attempt) of \(most)")
        case .settled(let name, let reason): console.note("  \(name): \(reason)")
        case .notRun(let count, let reason): console.note("\(count) run\(count == 1 ? "" : "s") not made: \(reason)")
        case .finished(let outcome):
            console.clearProgress()
            if let failure = outcome.failure { console.error(failure) }
            outcome.reporterFailures.forEach(console.error)
            SentNotes.lines(of: outcome.directory).forEach(console.note)
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

/// The exit codes of the runs so far, each that of its last attempt.
private final class RunStatuses: Sendable {
    private let all = Guarded<[Int: Int32]>([:])

    func note(_ status: Int32, of run: Int) { all.withLock { $0[run] = status } }

    /// Success when all succeeded, partial when some brought results; where none did, what all of them failed of.
    var whole: Int32 {
        let all = Set(all.withLock { $0.values })
        if all == [ExitStatus.success] { return ExitStatus.success }
        if !all.isDisjoint(with: [ExitStatus.success, ExitStatus.partial]) { return ExitStatus.partial }
        return all.count == 1 ? all.first ?? ExitStatus.failed : ExitStatus.failed
    }
}

/// Warnings that were shown: every run of a study is prepared anew and finds the same ones.
private final class ToldWarnings: Sendable {
    private let told = Guarded<Set<Failure>>([])

    func isNew(_ warning: Failure) -> Bool { told.withLock { $0.insert(warning).inserted } }
}

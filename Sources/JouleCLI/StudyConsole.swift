import JouleConfiguration
import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits
import Logging

/// Runs a study in front of a person: a line for each run, the table at its end.
struct StudyConsole: Sendable {
    private let loaded: LoadedStudy
    private let members: [Study.Member]
    private let meterOptions: MeterOptions
    private let console: Console
    private let log: Logger
    private let json: Bool

    init(_ loaded: LoadedStudy, meterOptions: MeterOptions, console: Console, log: Logger, json: Bool) {
        self.loaded = loaded
        members = loaded.study.members
        self.meterOptions = meterOptions
        self.console = console
        self.log = log
        self.json = json
    }

    /// What `--dry-run` shows.
    func showPlan() throws -> Int32 {
        let slots = loaded.slots
        console.result("study \(loaded.study.name): \(members.count) members, \(slots.count) runs, \(loaded.order.rawValue)")
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
        let executor = StudyExecutor(loaded, outputDirectory: outputDirectory) { [meterOptions, console, log] experiment in
            var experiment = experiment
            experiment.repetitions = 1
            experiment.metrics = try meterOptions.apply(to: experiment.metrics)
            let prepared = try await PreparedRun(experiment, requiresEnergy: meterOptions.requireEnergy)
            prepared.warnings.forEach(console.warning)
            let executor = RunExecutor(
                prepared, version: Version.number, interruption: signals.interruption,
                observer: ProgressObserver(console: console, log: log).observe)
            return try await signals.running { try await executor.run() }
        } observer: { event in
            tell(event)
        }
        let (summary, folder) = try await executor.run(isStopped: { signals.first != nil })
        console.clearProgress()
        if json {
            console.result(String(decoding: try JSONText.encode(summary), as: UTF8.self))
        } else {
            console.result(StudyReport.terminal(summary, width: min(console.width, 120), color: console.outputColor))
            console.result("\(folder)/report.html")
        }
        if let signal = signals.first { return (summary, ExitStatus.interrupted(by: signal)) }
        return (summary, status(of: summary))
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

    private func status(of summary: StudySummary) -> Int32 {
        let completed = summary.rows.filter { $0.failure == nil && ($0.summary?.requests.completed ?? 0) > 0 }
        if completed.isEmpty { return ExitStatus.failed }
        let isWhole = completed.count == summary.rows.count && summary.rows.allSatisfy { ($0.summary?.requests.failed ?? 0) == 0 }
        let isInvalid = meterOptions.strict && summary.rows.contains { $0.summary?.flags.contains { $0.grade == .invalid } ?? false }
        return isWhole && !isInvalid ? ExitStatus.success : ExitStatus.partial
    }
}

import Foundation
import JouleAnalysis
import JouleConfiguration
import JouleModel
import JouleReport
import JouleStore
import JouleUnits

/// `studies/<name>`: the plan of a study, how far each of its runs has come, and what it came to so far.
///
/// Several processes on several machines may work in it at once: the file of a run is written by the process that has begun it and by no
/// other, and the figures of all are written under a lock.
package struct StudyFolder: Sendable, Hashable {
    package let path: String
    package let plan: StudyPlan
    /// Whether other processes may make runs of the study at the same time; then none of them writes the figures of its own runs alone.
    package var isShared = false

    private init(path: String, plan: StudyPlan) {
        self.path = path
        self.plan = plan
    }

    /// Makes the folder and writes the plan with its experiments. A second study of the same name gets a number.
    ///
    /// - Parameter results: the folder of all results.
    package static func create(_ plan: StudyPlan, members: [Study.Member], in results: String) throws(Failure) -> StudyFolder {
        let path = try claim(plan.name, in: results)
        try FileSystem.createDirectory("\(path)/members")
        try FileSystem.createDirectory("\(path)/runs")
        for (member, planned) in zip(members, plan.members) {
            try FileSystem.write(ExperimentRecord(experiment: member.experiment).json(), to: "\(path)/\(planned.file)")
        }
        try FileSystem.write(try JSONText.encode(plan), to: "\(path)/plan.json")
        return StudyFolder(path: path, plan: plan)
    }

    /// A study that was planned, by its folder or by its name below the results.
    ///
    /// - Throws: `store.no-study`.
    package static func find(_ name: String, results: String) throws(Failure) -> StudyFolder {
        for path in [name, "\(results)/studies/\(name)"] where FileSystem.exists("\(path)/plan.json") {
            let file = "\(path)/plan.json"
            let plan = try JSONText.decode(StudyPlan.self, from: try FileSystem.read(file), path: file)
            guard plan.schemaVersion <= StudyPlan.schemaVersion else {
                throw Failure(
                    "store.newer-schema", "\(file) has schema_version \(plan.schemaVersion); this version knows \(StudyPlan.schemaVersion)",
                    remedy: "use the joulebench that made it: \(plan.tool)")
            }
            return StudyFolder(path: absolute(path), plan: plan)
        }
        throw Failure(
            "store.no-study", "there is no study `\(name)` with a plan",
            remedy: "name its folder, or its name below \(results)/studies (--results-dir)")
    }

    private static func claim(_ name: String, in results: String) throws(Failure) -> String {
        try FileSystem.createDirectory("\(results)/studies")
        for path in paths(name, in: results) {
            if try FileSystem.claimDirectory(path) { return path }
        }
        throw noFreeName(name, in: results)
    }

    /// Where the study would lie if it were made now.
    package static func nextPath(_ name: String, in results: String) throws(Failure) -> String {
        guard let path = paths(name, in: results).first(where: { !FileSystem.exists($0) }) else { throw noFreeName(name, in: results) }
        return absolute(path)
    }

    /// The folders that a study of this name may have, in the order in which they are tried.
    private static func paths(_ name: String, in results: String) -> [String] {
        let stem = String(name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
        return (1...999).map { "\(results)/studies/\($0 == 1 ? stem : "\(stem)-\($0)")" }
    }

    private static func noFreeName(_ name: String, in results: String) -> Failure {
        Failure("store.create", "no free name below \(results)/studies for \(name)")
    }

    /// The last part of the path: what people call the study by.
    package var name: String { (path as NSString).lastPathComponent }

    /// The path from the root, wherever the process goes.
    package var absolutePath: String { Self.absolute(path) }

    package var hasReport: Bool { FileSystem.exists("\(path)/report.html") }

    /// The folder of all results, in which the runs are.
    package var results: String { ((path as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path, relativeTo: URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)).standardized
            .path(percentEncoded: false).withoutTrailingSlash
    }

    /// The experiments of the members that some runs need, as they were when the plan was made.
    ///
    /// - Throws: `study.changed` when a file is not what the plan says; `study.secret` when it lacks what must not be written down; what
    ///   reading it brings up.
    package func members(for runs: [StudyPlan.Run]) throws -> [Study.Member] {
        let needed = Set(runs.map(\.member))
        return try plan.members.filter { needed.contains($0.name) }.map { planned in
            let file = "\(path)/\(planned.file)"
            let record = try record(in: file)
            guard record.digest == planned.digest, ConfigurationRenderer.digest(of: record.experiment) == planned.digest else {
                throw Failure(
                    "study.changed", "\(file) is not the experiment that was planned",
                    cause: "its digest is not the one in \(path)/plan.json",
                    remedy: "use the joulebench that made the plan (\(plan.tool)), or plan the study anew")
            }
            return Study.Member(name: planned.name, values: planned.values, experiment: record.experiment)
        }
    }

    private func record(in file: String) throws -> ExperimentRecord {
        do {
            return try ExperimentRecord.parse(String(decoding: try FileSystem.read(file), as: UTF8.self), file: file, isToBeRun: true)
        } catch let failures as Failures {
            guard let hidden = failures.all.first(where: { $0.code == "config.hidden-secret" }) else { throw failures }
            throw Failure(
                "study.secret", "the study holds a secret, which is not written into its plan: only its configuration can run it",
                cause: hidden.message,
                remedy: "name the variable that holds it (backend.api_key_env), or set it in the shell that you start from: a server that "
                    + "is launched inherits it, and Slurm passes it on; what a URL carries besides its place has to be given again: start "
                    + "the configuration itself with `joulebench sweep run`")
        }
    }

    /// Some of its runs as a study.
    ///
    /// - Throws: what `members(for:)` throws.
    package func study(of runs: [StudyPlan.Run]) throws -> LoadedStudy {
        let members = try members(for: runs)
        let places = Dictionary(members.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let slots = runs.compactMap { run in
            places[run.member].map { LoadedStudy.Slot(member: $0, repetition: run.repetition) }
        }
        return LoadedStudy(
            planned: Study(name: plan.name, members: members), slots: slots, order: plan.order, rules: plan.rules)
    }

    /// Makes sure that the plan read back is the study: what must not be written down is not in it.
    ///
    /// - Throws: what `members(for:)` throws; `study.plan`.
    package func checkThatPlanHolds(_ loaded: LoadedStudy) throws {
        for (member, original) in zip(try members(for: plan.runs), loaded.study.members) where member.experiment != original.experiment {
            throw Failure(
                "study.plan", "the plan does not say all of the member `\(original.name)`",
                cause: "read back from \(path), it is another experiment", remedy: "please report this; `sweep run` runs the study here")
        }
    }

    // MARK: How far each run has come

    private func file(of run: StudyPlan.Run) -> String { "\(path)/runs/\(NumberedName.of(run.number)).json" }

    /// Takes a run for this process.
    ///
    /// - Returns: nil when another one has taken it before, whatever became of it.
    func begin(_ run: StudyPlan.Run) throws(Failure) -> PlannedRunState? {
        let state = PlannedRunState(
            number: run.number, member: run.member, repetition: run.repetition, host: ProcessInfo.processInfo.hostName, pid: getpid(),
            processStart: AbandonedRuns.processStart(of: getpid()), slurm: SlurmTask.current, started: Self.now)
        let bytes = try JSONText.encode(state)
        if try FileSystem.create(bytes, at: file(of: run)) { return state }
        // Slurm puts a task back into its queue when its machine fails: then the one before is gone.
        guard let before = try self.state(of: run), isOwnFormer(before) else { return nil }
        try release(run)
        return try FileSystem.create(bytes, at: file(of: run)) ? state : nil
    }

    /// Writes how a run has ended that this process began.
    private func end(_ state: PlannedRunState, _ row: StudySummary.Row) throws(Failure) {
        var state = state
        let own = try row.runID.flatMap { id throws(Failure) in
            try RunDirectory(path: "\(results)/raw/\(id)").readIfPresent(RunState.self, from: "state.json")
        }
        state.status = own?.status == .interrupted ? .interrupted : row.failure == nil ? .completed : .failed
        state.runID = row.runID
        state.failure = row.failure
        state.failedAttempts = row.failedAttempts
        state.ended = Self.now
        try FileSystem.write(try JSONText.encode(state), to: "\(path)/runs/\(NumberedName.of(state.number)).json")
    }

    /// Makes a run while its file says so. A run that another process has taken is not made, which is a failure of it here alone; one that
    /// is in no plan has no file.
    func keeping(
        _ member: Study.Member, repetition: Int, _ make: () async throws -> StudySummary.Row
    ) async throws -> StudySummary.Row {
        guard let run = plan.runs.first(where: { $0.member == member.name && $0.repetition == repetition }) else { return try await make() }
        guard let state = try begin(run) else {
            return StudySummary.Row(
                member: member.name, values: member.values, repetition: repetition, runID: nil,
                failure: "another process has begun this run [study.taken]", summary: nil)
        }
        let row = try await make()
        try end(state, row)
        return row
    }

    /// Whether nobody has begun the run, or whoever did was this task before Slurm put it back into its queue.
    package func isFree(_ run: StudyPlan.Run) throws(Failure) -> Bool {
        guard let state = try state(of: run) else { return true }
        return isOwnFormer(state)
    }

    private func isOwnFormer(_ state: PlannedRunState) -> Bool {
        guard state.status == .running, let former = state.slurm, let own = SlurmTask.current else { return false }
        return former == own && (state.pid != getpid() || state.host != ProcessInfo.processInfo.hostName)
    }

    /// nil when the run has not begun.
    package func state(of run: StudyPlan.Run) throws(Failure) -> PlannedRunState? {
        guard FileSystem.exists(file(of: run)) else { return nil }
        return try JSONText.decode(PlannedRunState.self, from: try FileSystem.read(file(of: run)), path: file(of: run))
    }

    /// The states of all runs that have begun, by their numbers.
    package func states() throws(Failure) -> [Int: PlannedRunState] {
        var found: [Int: PlannedRunState] = [:]
        for run in plan.runs {
            if let state = try state(of: run) { found[run.number] = state }
        }
        return found
    }

    /// Puts what is known of a run aside, so that it can be made again.
    ///
    /// - Returns: takes that back, as long as nobody has begun the run since.
    @discardableResult
    package func release(_ run: StudyPlan.Run) throws(Failure) -> @Sendable () -> Void {
        let stem = "\(path)/runs/\(NumberedName.of(run.number))"
        let attempt = (1...).first { !FileSystem.exists("\(stem).attempt-\($0).json") } ?? 1
        let (file, aside) = (file(of: run), "\(stem).attempt-\(attempt).json")
        guard try FileSystem.move(file, to: aside) else { return {} }
        return { if !FileSystem.exists(file) { _ = try? FileSystem.move(aside, to: file) } }
    }

    private static var now: String { WallTime.text(ClockAnchor.now.unixSeconds) }

    // MARK: What it came to

    /// The runs that have ended, as the figures are made of them.
    package func rows() throws(Failure) -> [StudySummary.Row] {
        let values = Dictionary(plan.members.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
        var rows: [StudySummary.Row] = []
        for run in plan.runs {
            guard let state = try state(of: run), state.status != .running else { continue }
            var summary: Summary?
            if let id = state.runID {
                summary = try RunDirectory(path: "\(results)/raw/\(id)").readIfPresent(Summary.self, from: "summary.json")
            }
            var row = StudySummary.Row(
                member: run.member, values: values[run.member] ?? [], repetition: run.repetition, runID: state.runID,
                failure: state.failure, summary: summary)
            row.failedAttempts = state.failedAttempts
            rows.append(row)
        }
        return rows
    }

    /// Writes summary, tables and report of what one process has made; nothing where others make runs too.
    func write(_ summary: StudySummary) throws(Failure) {
        if !isShared { try writeFiles(summary) }
    }

    private func writeFiles(_ summary: StudySummary) throws(Failure) {
        try FileSystem.write(try JSONText.encode(summary), to: "\(path)/summary.json")
        try FileSystem.write(StudyReport.csv(summary), to: "\(path)/table.csv")
        try FileSystem.write(StudyReport.membersCSV(summary), to: "\(path)/members.csv")
        try FileSystem.write(StudyReport.html(summary), to: "\(path)/report.html")
    }

    /// What all runs that have ended come to, whoever made them.
    package func summary() throws(Failure) -> StudySummary { StudyAnalysis.summary(name: plan.name, rows: try rows()) }

    /// Writes what all runs that have ended come to, while nobody else does.
    package func writeTogether() throws(Failure) -> StudySummary {
        var made = StudySummary(name: plan.name, rows: [])
        try FileSystem.withLock(on: path) { () throws(Failure) in
            made = try summary()
            try writeFiles(made)
        }
        return made
    }

    /// Whether every run has come to an end, good or bad.
    package func isOver() throws(Failure) -> Bool {
        for run in plan.runs {
            guard let state = try state(of: run), state.status != .running else { return false }
        }
        return true
    }
}

extension String {
    fileprivate var withoutTrailingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}

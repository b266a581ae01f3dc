import Foundation
import JouleBackends
import JouleHTTP
import JouleHub
import JouleModel
import JouleProcess
import JouleWorkload

/// Fetches the prompts of data sets that are not at hand, before a run begins.
package struct PromptSupply: Sendable {
    /// What a data set looks like, and the prompts that would be sent.
    package struct Sample: Sendable {
        package let selection: PromptSelection
        package let columns: [String]
        package let choice: PromptChoice
    }

    package let hub: HubSettings
    /// The places of the hub's own tools, for the library.
    private let places: [String: String]
    private let installation: WorkerInstallation
    /// The interpreter that reads what the hub does not serve; nil: the one of `setup pytorch`.
    private let python: String?

    package init(
        variables: [String: String] = ProcessInfo.processInfo.environment, installation: WorkerInstallation = WorkerInstallation(),
        python: String? = nil
    ) {
        hub = HubSettings(variables: variables, cache: installation.cache)
        places = variables.filter { ["HF_HOME", "HF_DATASETS_CACHE", "HF_HUB_CACHE"].contains($0.key) }
        self.installation = installation
        self.python = python ?? variables["JOULEBENCH_DATASETS_PYTHON"]
    }

    /// The prompts of a scenario whose data set has to be fetched; nil for those that are at hand or made up.
    ///
    /// - Parameter count: how many are wanted.
    package func select(_ scenario: ScenarioSpec, count: Int, seed: UInt64) async throws -> PromptSelection? {
        try await sample(scenario, count: count, seed: seed)?.selection
    }

    /// As `select`, with the columns.
    package func sample(_ scenario: ScenarioSpec, count: Int, seed: UInt64) async throws -> Sample? {
        switch try DatasetReference(scenario.datasetName) {
        case .quickstart, .synthetic, .file(_, .text), .file(_, .jsonLines), .file(_, .csv), .file(_, .json): return nil
        case .file(let path, .parquet), .folder(let path):
            guard FileManager.default.fileExists(atPath: path) else {
                throw Failure(
                    "workload.unreadable", "there is no `\(path)`",
                    remedy: path.hasPrefix("/") ? nil : "the path is relative to the working directory, not to the configuration file")
            }
            let table = WorkerTable(path: Self.absolute(path), config: scenario.datasetConfig, split: scenario.split ?? "train")
            return try await library(table, scenario, count, seed)
        case .hub(let id): return try await fromHub(id, scenario, count, seed)
        }
    }

    private func fromHub(_ id: String, _ scenario: ScenarioSpec, _ count: Int, _ seed: UInt64) async throws -> Sample {
        let config = scenario.datasetConfig ?? KnownDataset.named(id)?.config
        let split = scenario.split ?? "train"
        do {
            let dataset = try await HubDataset.open(id, config: config, split: split, settings: hub)
            return try await choose(from: dataset, scenario, count, seed)
        } catch let refusal as Failure where ["hub.not-found", "hub.refused", "hub.truncated", "hub.answer"].contains(refusal.code) {
            // Not every data set is served by rows: those with a script of their own, for one. The library may still load it.
            do {
                return try await library(WorkerTable(dataset: id, config: config, split: split), scenario, count, seed)
            } catch let error as Failure where Self.isAboutEnvironment(error) {
                throw Failure(
                    refusal.code, refusal.message, cause: refusal.cause,
                    remedy: [refusal.remedy, "or let the `datasets` library load it: \(error.remedy ?? error.message)"].compactMap(\.self)
                        .joined(separator: "; "))
            }
        } catch let absence as Failure where ["hub.unreachable", "hub.offline"].contains(absence.code) {
            // What the hub's own tools have fetched before may still be there.
            do {
                let table = WorkerTable(dataset: id, config: config, split: split)
                return try await library(table, scenario, count, seed, isOffline: true)
            } catch let error as Failure where error.code.prefix(while: { $0 != "." }) != "workload" {
                throw neither(absence, error)
            }
        }
    }

    /// Neither the hub, nor our own cache, nor the library's has the data set.
    private func neither(_ absence: Failure, _ error: Failure) -> Failure {
        let isMissing = Self.isAboutEnvironment(error)
        let tried =
            "tried: \(hub.isOffline ? "" : "the hub's service of rows, ")the cache \(hub.cache), and the `datasets` library with what is in "
            + "its own cache (\(hub.libraryCache))"
        let found = isMissing ? "which no interpreter here has: \(error.message)" : "which says: \(error.message)"
        return Failure(
            absence.code, absence.message, cause: [absence.cause, "\(tried), \(found)"].compactMap(\.self).joined(separator: "; "),
            remedy: [absence.remedy, isMissing ? "where the library's cache has it: \(error.remedy ?? error.message)" : nil]
                .compactMap(\.self).joined(separator: "; "))
    }

    /// - Parameter isOffline: whether nothing but what the library has in its cache is read.
    private func library(
        _ table: WorkerTable, _ scenario: ScenarioSpec, _ count: Int, _ seed: UInt64, isOffline: Bool = false
    ) async throws -> Sample {
        var backend = BackendSpec(kind: .pytorch, model: "")
        backend.python = python
        var spec: ChildSpec
        do throws(Failure) {
            spec = try installation.childSpec(for: backend, visibleGPUs: nil)
        } catch {
            throw Failure(
                error.code, "`\(scenario.datasetName)` is read by the `datasets` library of Python, and there is no environment for it",
                remedy: "run `joulebench setup pytorch` once and `\(installation.interpreter) -m pip install datasets`, or name an "
                    + "interpreter that has it in JOULEBENCH_DATASETS_PYTHON; or convert the data to .jsonl")
        }
        spec.environment.merge(places) { $1 }
        if isOffline {
            for name in ["HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"] { spec.environment[name] = "1" }
        }
        let errors = installation.cache + "/datasets.stderr.log"
        return try await withWorker(spec, errorFile: errors) { session in
            try await choose(from: try await LibraryRows(session, table), scenario, count, seed)
        }
    }

    private static func isAboutEnvironment(_ failure: Failure) -> Bool {
        ["backend.no-pytorch", "environment.missing-package", "worker.no-rows"].contains(failure.code)
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    private func choose(from source: some RowSource, _ scenario: ScenarioSpec, _ count: Int, _ seed: UInt64) async throws -> Sample {
        var template = try PromptTemplate(scenario)
        var selection = RowSelection(total: source.rowCount, wanted: count, selection: scenario.selection, seed: seed)
        var unusable: (count: Int, first: String)?
        while !selection.needed.isEmpty {
            let numbers = selection.needed
            let fetched = Dictionary(uniqueKeysWithValues: zip(numbers, try await source.rows(numbers)))
            try selection.take { number in
                guard let fields = fetched[number] else { return nil }
                let row = DatasetRow(number: number, fields: fields)
                do throws(Failure) {
                    template = try template.settled(by: row)
                } catch {
                    throw Failure(
                        error.code, "`\(scenario.datasetName)` has no column that is a prompt", cause: error.message, remedy: error.remedy)
                }
                try check(template, source.columns, scenario)
                switch template.apply(to: row, turns: scenario.turns) {
                case .prompt(let text): return Prompt(id: row.id, text: text)
                case .conversation(let turns): return Prompt(id: row.id, turns: turns)
                case .dropped: return nil
                case .unusable(let reason, _):
                    // Nobody can mend a row of somebody else's data set: the next one takes its place.
                    unusable = ((unusable?.count ?? 0) + 1, unusable?.first ?? "row \(number): \(reason)")
                    return nil
                }
            }
        }
        let prompts = selection.prompts
        guard !prompts.isEmpty else {
            throw Failure(
                "workload.no-prompts", "none of the \(source.rowCount) rows of `\(scenario.datasetName)` gives a prompt",
                cause: unusable?.first, remedy: "check scenario.template; the columns are \(source.columns.joined(separator: ", "))")
        }
        var warnings = source.warnings
        if let few = Plan.few(prompts.count, of: count, scenario) { warnings.append(few) }
        if let unusable {
            warnings.append(
                Failure(
                    "workload.rows-left-out",
                    "\(unusable.count) rows of `\(scenario.datasetName)` give no prompt, and the next ones took their place",
                    cause: unusable.first))
        }
        return Sample(
            selection: PromptSelection(prompts: prompts, origin: await source.origin(), warnings: warnings), columns: source.columns,
            choice: PromptChoice(template, for: scenario))
    }

    /// A column that the data set does not have is a mistake of the configuration and not of a row.
    private func check(_ template: PromptTemplate, _ columns: [String], _ scenario: ScenarioSpec) throws(Failure) {
        guard let missing = template.columns.first(where: { !columns.contains($0) }) else { return }
        throw Failure(
            "workload.no-column", "`\(scenario.datasetName)` has no column `\(missing)`",
            remedy: "the columns are \(columns.joined(separator: ", ")): choose with scenario.text_column_name or scenario.template")
    }
}

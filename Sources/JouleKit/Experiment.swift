import Foundation
import JouleConfiguration
import JouleModel
import JouleRunner
import JouleStore
import JouleUnits

/// A fully resolved experiment, from a file or in code.
///
/// ```swift
/// let experiment = try Experiment(file: "quickstart.yaml", settings: ["scenario.num_samples": "4"])
/// let report = try await experiment.run()
/// print(report.figures["joules_per_output_token"]?.text ?? "no energy")
/// ```
///
/// Keys and values are those of a configuration file, `docs/configuration.md`; every key has a value once the experiment exists.
public struct Experiment: Sendable, Hashable {
    let resolved: JouleModel.Experiment
    /// What is allowed and probably not meant.
    public let warnings: [KitError.Problem]

    /// Reads a configuration file.
    ///
    /// - Parameters:
    ///   - file: YAML or JSON, of this tool or of an older one.
    ///   - settings: keys with their values, over what the file says: `["backend.device": "cpu"]`.
    ///   - environment: variables for `${NAME}` and for the overrides that the command line takes from them too.
    /// - Throws: ``KitError`` with every mistake of the file, each with its place.
    public init(
        file: String, settings: [String: String] = [:], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        do {
            let loader = ConfigurationLoader(environment: environment)
            self.init(try loader.load(file, overrides: Self.assignments(settings)))
        } catch let failures {
            throw KitError(failures.all)
        }
    }

    /// An experiment without a file.
    ///
    /// - Parameters:
    ///   - name: its name in results and reports.
    ///   - settings: keys with their values; `backend.type` and `backend.model` at least.
    public init(
        name: String, settings: [String: String], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        do {
            let loader = ConfigurationLoader(environment: environment)
            self.init(try loader.build(name: name, overrides: Self.assignments(settings)))
        } catch let failures {
            throw KitError(failures.all)
        }
    }

    private init(_ loaded: LoadedConfiguration) {
        resolved = loaded.experiment
        warnings = loaded.warnings.map(KitError.Problem.init)
    }

    private static func assignments(_ settings: [String: String]) -> [String] {
        settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    public var name: String { resolved.name }

    /// Every key with its value, as a configuration file that gives this experiment again.
    public var yaml: String { ConfigurationRenderer.yaml(resolved) }

    /// SHA-256 of all keys and values: equal experiments have equal digests on every machine.
    public var digest: String { ConfigurationRenderer.digest(of: resolved) }

    /// Runs the experiment once: idle, warm-up, measured phase, cool-down. The files are in ``RunReport/directory`` whatever happens after
    /// the start; a cancelled task keeps what was recorded.
    ///
    /// - Parameter progress: told of each phase and step, from any thread; to be quick.
    /// - Throws: ``KitError`` when nothing could be recorded: the data, the endpoint, a required meter.
    public func run(progress: @escaping @Sendable (RunUpdate) -> Void = { _ in }) async throws -> RunReport {
        try await KitError.translating {
            let prepared = try await PreparedRun(resolved)
            let executor = RunExecutor(prepared, version: ProductVersion.number) { event in
                if let update = RunUpdate(event) { progress(update) }
            }
            return RunReport(try await executor.run())
        }
    }
}

/// What a run is at.
public enum RunUpdate: Sendable, Hashable {
    case started(run: String, directory: String)
    /// `idle_host`, `load`, `idle_loaded`, `warmup`, `measure`, `drain`, `cooldown`.
    case phase(String)
    /// A step inside a phase, in words.
    case step(String)
    /// Part of the phase that is done, 0…1, where its end is known.
    case progress(Double)

    init?(_ event: RunEvent) {
        switch event {
        case .started(let run, let directory): self = .started(run: run, directory: directory)
        case .phase(let phase): self = .phase(phase.rawValue)
        case .step(let text): self = .step(text)
        case .progress(let progress):
            guard let fraction = progress.fraction else { return nil }
            self = .progress(fraction)
        case .power: return nil
        }
    }
}

/// What a run came to.
public struct RunReport: Sendable, Hashable {
    /// One number with what is needed to believe it.
    public struct Figure: Sendable, Hashable {
        /// Nil when there is none, and then ``reason`` says why.
        public let value: Double?
        public let unit: String
        /// Half the 95 % interval, in the same unit; nil where none can be stated.
        public let plusMinus: Double?
        /// `measured-counter`, `measured-power`, `modelled`, `assumed`, `simulated`, `timed`, `counted`, `unavailable`.
        public let method: String
        /// What an energy covers: `gpu`, `system`, …
        public let scope: String?
        /// Names of the flags that take trust from it.
        public let flags: [String]
        public let reason: String?

        init(_ figure: JouleModel.Figure) {
            value = figure.value
            unit = figure.unit
            plusMinus = figure.plusMinus
            method = figure.method
            scope = figure.scope?.rawValue
            flags = figure.flags.map(\.rawValue)
            reason = figure.reason
        }

        /// `1.23 ± 0.05 J/token (measured-counter, gpu)`, or the reason why there is no value.
        public var text: String {
            guard let value else { return reason ?? "no value" }
            let interval = plusMinus.map { " ± \($0)" } ?? ""
            return "\(value)\(interval) \(unit) (\(([method] + [scope].compactMap(\.self)).joined(separator: ", ")))"
        }
    }

    /// `exp_20261121_093000`.
    public let id: String
    /// Folder with the recording, the summary and the HTML report.
    public let directory: String
    /// `completed`, `interrupted`, `failed`.
    public let status: String
    public let completedRequests: Int
    public let failedRequests: Int
    public let outputTokens: Int
    /// By the names of `summary.json`: `joules_per_output_token`, `mean_power`, `output_tokens_per_second`, …
    public let figures: [String: Figure]
    /// Names of all flags that were raised.
    public let flags: [String]
    /// Why the run ended early; nil when it did not.
    public let failure: KitError.Problem?
    /// Reporters of the experiment that did not get the results, which are in ``directory`` all the same.
    public let reporterFailures: [KitError.Problem]

    init(_ outcome: RunOutcome) {
        let summary = outcome.summary
        id = outcome.directory.id
        directory = outcome.directory.path
        status = summary.status.rawValue
        completedRequests = summary.requests.completed
        failedRequests = summary.requests.failed
        outputTokens = summary.requests.outputTokens
        figures = summary.figures.mapValues(Figure.init)
        flags = summary.flags.map(\.flag.rawValue)
        failure = outcome.failure.map(KitError.Problem.init)
        reporterFailures = outcome.reporterFailures.map(KitError.Problem.init)
    }
}

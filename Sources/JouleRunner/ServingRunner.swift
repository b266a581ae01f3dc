import Foundation
import JouleBackends
import JouleConfiguration
import JouleModel
import JouleProcess
import JouleStore
import JouleUnits
import JouleWorkload

/// A run against a server: idle host and load where we start it, then idle loaded, warm-up, measure, drain, cool-down.
struct ServingRunner: RunBody {
    private let experiment: Experiment
    private let target: ServerTarget
    private let plan: LoadPlan
    private let reasoning: ReasoningInstruction?
    private let notes = ServingNotes()
    private static let logFile = "server.log"

    /// - Throws: when the server's host has no address.
    init(_ experiment: Experiment, target: ServerTarget, plan: LoadPlan, reasoning: ReasoningInstruction?) throws(Failure) {
        try target.requireAddress()
        self.experiment = experiment
        self.target = target
        self.plan = plan
        self.reasoning = reasoning
    }

    var plannedRequests: Int? { plan.measure.plannedRequests ?? plan.measure.stop.requests }

    func record(of experiment: Experiment) -> ExperimentRecord {
        ExperimentRecord(
            experiment: experiment, promptsDigest: plan.promptsDigest, arrivalsDigest: plan.scheduleDigest, dataset: plan.dataset)
    }

    func describe(_ environment: inout RunEnvironment) async {
        environment.server = await notes.server
    }

    func writeOwnFiles(to directory: RunDirectory, failure: Failure?) async throws {
        if let report = await notes.client { try directory.write(report, to: "client.json") }
        let variables = ProcessInfo.processInfo.environment.merging(target.spec.launch?.environment ?? [:]) { _, ofServer in ofServer }
        try directory.write(
            ModelFiles(variables: variables).configuration(of: experiment.backend), to: RunResults.modelConfigurationFile)
    }

    func run(on stage: RunStage) async throws {
        let generator = LoadGenerator(
            LoadServer(
                target.endpoint, key: target.apiKey, fields: target.spec.headers, acceptsAnyCertificate: target.spec.insecure,
                clientVersion: stage.version))
        do {
            if let launch = target.spec.launch {
                try await runLaunched(launch, generator, on: stage)
            } else {
                try await phases(generator, on: stage, service: nil).run()
            }
        } catch {
            await generator.shutDown()
            throw error
        }
        await generator.shutDown()
    }

    private func runLaunched(_ launch: LaunchSpec, _ generator: LoadGenerator, on stage: RunStage) async throws {
        guard let program = launch.command.first else {
            throw Failure("server.launch", "`backend.launch.command` is empty", remedy: "give program and arguments as a list")
        }
        let child = ChildSpec(
            executable: program, arguments: Array(launch.command.dropFirst()), environment: launch.environment,
            workingDirectory: launch.workingDirectory)
        defer { stage.processTree.pid = nil }
        let key = BackendKeeper.Key(experiment.backend, children: [child])
        if try await !stage.backends.isLoaded(key, for: stage) {
            let probe = ServerProbe(dialect: target.dialect, endpoint: target.endpoint.description, fetch: generator.page)
            if await probe.health() == nil {
                throw Failure(
                    "server.occupied", "a server answers already at \(target.endpoint), and `backend.launch` would start another",
                    remedy: "stop it, or leave `backend.launch` out to measure it as it is")
            }
            try await stage.idle(.idleHost, for: experiment.phases.idleHost)
            try await stage.begin(.load)
            let log = stage.directory.file(Self.logFile)
            try await stage.backends.load(key, for: stage) { handOver in
                try await withService(child, logFile: log) { service in
                    stage.processTree.pid = service.pid
                    try await waitUntilReady(service, probe, launch.readyTimeout, log: log, stage)
                    try await handOver(.server(service, log: log))
                }
            }
        }
        try await stage.backends.use { backend in
            guard case .server(let service, let log) = backend else { return }
            stage.processTree.pid = service.pid
            try await watched(service, log: log) { try await phases(generator, on: stage, service: service).run() }
        }
    }

    /// Does the work as long as the server is there: once it is gone what is left of a run would be refusals.
    private func watched(_ service: RunningService, log: String, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while service.isRunning { try await Task.sleep(for: .milliseconds(100)) }
                throw Self.died(log: log, cause: nil)
            }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch {
                group.cancelAll()
                // The other part ends with the cancellation; what it was that came first is the reason.
                while await group.nextResult() != nil {}
                if !service.isRunning, !(error is CancellationError) { throw Self.died(log: log, cause: Self.message(error)) }
                throw error
            }
        }
    }

    private static func message(_ error: any Error) -> String? {
        (error as? Failure).flatMap { $0.code == "server.died" ? $0.cause : $0.message }
    }

    private func waitUntilReady(
        _ service: RunningService, _ probe: ServerProbe, _ limit: Duration, log: String, _ stage: RunStage
    ) async throws {
        let start = Instant.now
        while let reason = await probe.health() {
            try Task.checkCancellation()
            guard service.isRunning else { throw Self.died(log: log, cause: nil) }
            let waited = Instant.now - start
            guard waited < limit else {
                throw Failure(
                    "server.not-ready", "the server that was started is not ready after \(Int(limit.seconds)) s", cause: reason,
                    remedy: "see \(log), or raise `backend.launch.ready_timeout`")
            }
            stage.observer(.step("waiting for the server, \(Int(waited.seconds)) s"))
            try await Task.sleep(for: .milliseconds(250))
        }
        stage.observer(.step("ready after \(Int((Instant.now - start).seconds)) s"))
    }

    private static func died(log: String, cause: String?) -> Failure {
        let lines = lastErrorLines(of: log)
        let said = lines.isEmpty ? cause : lines.joined(separator: "\n")
        return Failure("server.died", "the server that was started has ended", cause: said, remedy: "its whole log is in \(log)")
    }

    private func phases(_ generator: LoadGenerator, on stage: RunStage, service: RunningService?) -> ServingPhases {
        ServingPhases(
            stage: stage, target: target, plan: plan, generator: generator, service: service, notes: notes, reasoning: reasoning)
    }
}

/// What was learnt of the server and of the client during a run.
actor ServingNotes {
    private(set) var server: RunEnvironment.Server?
    private(set) var client: ClientReport?

    func note(server: RunEnvironment.Server) { self.server = server }
    func note(client: ClientReport) { self.client = client }
}

extension LoadGenerator {
    /// Pages of the server under load, for probe and scraper.
    var page: ServerProbe.Fetch {
        { [self] path, limit in
            let page = try await fetch(path, limit: limit)
            return ServerPage(status: page.status, body: page.body, asked: page.sent, answered: page.answered)
        }
    }
}

import ArgumentParser
import Foundation
import JouleMeters
import JouleModel
import JouleReport
import JouleRunner
import JouleServer
import JouleStore
import JouleUnits

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Sample the meters of this machine for drivers on others.",
        discussion: """
            A driver names it with --agent HOST:PORT and gets every sample once, on its own clock, also those of the time in which the link was \
            down. /metrics is for Prometheus. Without a token only this machine may connect; there is no encryption: put a TLS proxy or a tunnel \
            in front where the network is not trusted.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(name: .long, help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen: String = "127.0.0.1:\(AgentEndpoint.defaultPort)"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The environment variable that holds the token which drivers must show; by default \(AgentProtocol.tokenVariable), where it is set.",
            valueName: "var"))
    var tokenEnv: String?

    @Flag(name: .long, help: "Let everyone who reaches this address read the meters.")
    var insecureNoToken = false

    @Option(
        name: .long,
        help: ArgumentHelp(MeterOptions.help(orNone: false), valueName: "list"))
    var meters: String?

    @Option(name: .long, help: ArgumentHelp("Time between samples, such as `100ms`.", valueName: "duration"))
    var samplePeriod: String?

    @Option(name: .long, help: ArgumentHelp("GPUs to read, by index or UUID, separated by commas.", valueName: "list"))
    var devices: String?

    @Option(name: .long, help: ArgumentHelp("Samples that are held in memory, in MiB; a million is 64.", valueName: "MiB"))
    var memory: Int = 64

    @Option(name: .long, help: ArgumentHelp("Also keep samples in this folder, so that a restart loses none.", valueName: "dir"))
    var spool: String?

    @Option(name: .long, help: ArgumentHelp("Size of the spool, in MiB.", valueName: "MiB"))
    var spoolSize: Int = 64

    @Flag(name: .long, help: "Print where it listens and what it served as JSON, a line each.")
    var json = false

    func validate() throws {
        guard (1...4_096).contains(memory) else { throw ValidationError("--memory must be between 1 and 4096 MiB") }
        guard (1...4_096).contains(spoolSize) else { throw ValidationError("--spool-size must be between 1 and 4096 MiB") }
    }

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let endpoint = try AgentEndpoint(listen)
            let token = try token(ProcessInfo.processInfo.environment)
            if token == nil, !endpoint.isLoopback, !insecureNoToken {
                throw Failure(
                    "usage.agent-token", "\(endpoint) can be reached from other machines, and there is no token",
                    remedy:
                        "set \(AgentProtocol.tokenVariable), or the variable that --token-env names; or let everyone in with --insecure-no-token"
                )
            }
            return try await serve(on: endpoint, token: token, console: console)
        }
    }

    private func token(_ variables: [String: String]) throws(Failure) -> String? {
        guard let name = tokenEnv else {
            return variables[AgentProtocol.tokenVariable].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let value = variables[name], !value.isEmpty else {
            throw Failure("usage.agent-token", "the variable \(name), which is to hold the token, is not set", remedy: "export \(name)")
        }
        return value
    }

    private func selection() async throws -> (MeterSelection, Duration) {
        let options = [("--meters", meters), ("--sample-period", samplePeriod)].flatMap { name, value in value.map { [name, $0] } ?? [] }
        let metrics = try MeterOptions.parse(options).apply(to: MetricsSpec())
        let selectors = try devices.map { text throws(Failure) in
            try text.split(separator: ",").map { part throws(Failure) in
                let name = part.trimmingCharacters(in: .whitespaces)
                guard let selector = DeviceSelector(name) else {
                    throw Failure("usage.devices", "`\(name)` names no GPU", remedy: "write an index or a UUID, such as `0,1` or `GPU-…`")
                }
                return selector
            }
        }
        return (try await MeterSelection.discover(metrics: metrics, deviceIDs: selectors, host: .current), metrics.samplePeriod)
    }

    private func serve(on endpoint: AgentEndpoint, token: String?, console: Console) async throws -> Int32 {
        let (selection, period) = try await selection()
        guard !selection.meters.isEmpty else { throw selection.nothingToRead() }
        let sampler = Sampler(meters: selection.meters, period: period, followsUpdates: true)
        defer { sampler.stop() }
        sampler.failures.forEach(console.warning)
        let environment = selection.environment(
            version: Version.number, start: .now, channels: sampler.channels, failures: sampler.failures)
        let bootID = BootIdentity.read()
        let description = AgentDescription(
            version: Version.number, instance: UUID().uuidString, host: environment.system.hostname ?? "agent", bootID: bootID,
            period: period,
            channels: sampler.channels, environment: environment)
        let spool = try spool.map { folder throws(Failure) in
            try SampleSpool(folder: folder, channels: sampler.channels, bootID: bootID, maximumBytes: spoolSize << 20)
        }
        let restored = spool?.restored.reduce(0) { $0 + $1.samples.count }
        let store = AgentStore(
            description: description, sampler: sampler, capacity: (memory << 20) / AgentBatchHead.recordBytes, spool: spool)
        let server = AgentServer(store: store, token: token)
        let start = Instant.now
        let signal = try await run(server, store, on: endpoint, console: console) { port in
            tell(console, description, endpoint, port: port, restored: restored, token: token, unavailable: selection.unavailable)
        }
        store.collect()
        let farewell = AgentFarewell(server.counts, store, seconds: (Instant.now - start).seconds)
        console.result(json ? try Self.line(farewell) : farewell.text)
        // A signal is how an agent is meant to end.
        return signal == nil ? ExitStatus.failed : ExitStatus.success
    }

    /// Serves until a signal comes, and then returns it.
    private func run(
        _ server: AgentServer, _ store: AgentStore, on endpoint: AgentEndpoint, console: Console,
        onListening: @escaping @Sendable (Int) -> Void
    ) async throws -> Int32? {
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        let interruption = Interruption { _ in continuation.yield() }
        // With a spool the rings are emptied often, because what is in them is lost with the process.
        let pause: Duration = spool == nil ? .seconds(10) : .seconds(1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run(on: endpoint, onListening: onListening) }
            group.addTask { for await _ in ended { return } }
            group.addTask {
                while (try? await Task.sleep(for: pause)) != nil {
                    store.collect()
                    if let failure = store.takeSpoolFailure() { console.warning(failure) }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        return interruption.signal
    }

    private func tell(
        _ console: Console, _ description: AgentDescription, _ endpoint: AgentEndpoint, port: Int, restored: Int?, token: String?,
        unavailable: [RunEnvironment.Unavailable]
    ) {
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        if json {
            let greeting = Greeting(endpoint: "\(host):\(port)", token: token != nil, restored: restored, description: description)
            if let line = try? Self.line(greeting) { console.result(line) }
            return
        }
        var lines = ["agent of \(description.host) listens on \(host):\(port)" + (token == nil ? ", without a token" : ", with a token")]
        for channel in description.channels where channel.countsInTotals {
            lines.append("  \(channel.meter): \(channel.scope.rawValue), \(channel.name), ± \(NumberText.percent(channel.gain))")
        }
        for item in unavailable { lines.append("  not available: \(item.meter): \(item.reason)") }
        if let restored { lines.append("spool: \(restored) samples of before") }
        console.result(lines.joined(separator: "\n"))
    }

    private struct Greeting: Encodable {
        let endpoint: String
        let token: Bool
        let restored: Int?
        let description: AgentDescription
        private enum CodingKeys: String, CodingKey {
            case endpoint, token, description
            case restored = "restored_samples"
        }
    }

    private static func line(_ value: some Encodable) throws -> String { String(decoding: try JSONText.encodeLine(value), as: UTF8.self) }
}

/// What an agent has done, said at its end.
private struct AgentFarewell: Encodable {
    let durationSeconds: Double
    let samples: Int64
    let lost: Int
    let rows: Int
    let answers: Int
    let scrapes: Int
    let refused: Int

    init(_ served: AgentServer.Served, _ store: AgentStore, seconds: Double) {
        durationSeconds = seconds
        samples = store.counts.taken
        lost = store.lostSamples
        rows = served.rows
        answers = served.requests[AgentProtocol.samplesPath, default: 0]
        scrapes = served.requests[AgentProtocol.metricsPath, default: 0]
        refused = served.refused
    }

    var text: String {
        "served for \(String(format: "%.1f", durationSeconds)) s: \(samples) samples taken, \(lost) lost; "
            + "\(rows) rows sent in \(answers) answers, \(scrapes) scrapes, \(refused) requests refused"
    }

    private enum CodingKeys: String, CodingKey {
        case samples, answers, scrapes
        case durationSeconds = "duration_seconds"
        case lost = "samples_lost"
        case rows = "rows_sent"
        case refused = "requests_refused"
    }
}

import ArgumentParser
import Dispatch
import Foundation
import JouleModel
import StubServing

/// The command line of the stand-in server.
@main struct StubServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stub-server", abstract: "Stands in for OpenAI-compatible servers: answers on a schedule, misbehaves on request.",
        discussion: "Prints `listening on URL` when it is ready and ends on SIGTERM or SIGINT. Scripts: docs/stub-server.md.")

    @Option(help: "Address to listen on.") var host = "127.0.0.1"
    @Option(help: "Port to listen on; 0 finds a free one.") var port = 0
    @Option(help: "vllm, openai, llamacpp, sglang, tgi, ollama or trtllm.") var dialect = ServerDialect.vllm
    @Option(help: "Name of the model.") var model = "stub-model"

    @Option(help: "From the request to its first token, such as 100ms.") var ttft = Span(nanoseconds: 100_000_000)
    @Option(help: "Between two tokens.") var itl = Span(nanoseconds: 20_000_000)
    @Option(help: "Greatest deviation of the first token, to both sides.") var ttftJitter = Span(nanoseconds: 0)
    @Option(help: "Greatest deviation of the other tokens.") var itlJitter = Span(nanoseconds: 0)
    @Option(help: "Seed of the deviations.") var seed: UInt64 = 1
    @Option(help: "Tokens of the natural answer; as many as the request allows, or 128, when not given.") var tokens: Int?
    @ArgumentParser.Flag(help: "All tokens at once.") var burst = false
    @Option(help: "Prompt tokens per second, added to the time of the first token.") var prefillRate: Double?
    @Option(help: "Requests at work at the same time; others wait.") var maxConcurrent: Int?
    @Option(help: "Growth of the time between tokens for each further request at work, as a share.") var batchSlowdown = 0.0
    @Option(help: "Tokens after the first are written on multiples of this; 0 is exact.") var tick = Span(nanoseconds: 1_000_000)
    @Option(help: "Tokens of prompt and answer together.") var contextLength = 32_768
    @Option(help: "Bytes of a word that are one token; a word is one token, however long, when not given.") var tokenBytes: Int?
    @Option(help: "Tokens that stand before every prompt.") var specialTokens = 0
    @Option(help: "Engines over which the metrics are split.") var engines = 1

    @Option(help: "File with a script.") var script: String?
    @Option(help: "Key that requests below /v1 must bring.") var apiKey: String?
    @Option(parsing: .upToNextOption, help: "Certificate and key, two PEM files.") var tls: [String] = []
    @ArgumentParser.Flag(help: "Remember no requests.") var noLog = false
    @Option(help: "Requests remembered for GET /stub/log.") var logLimit = 10_000
    @Option(help: "End after so long.") var exitAfter: Span?
    @Option(help: "File for the process number; it is removed at the end.") var pidFile: String?

    func validate() throws {
        guard tls.isEmpty || tls.count == 2 else { throw ValidationError("--tls needs a certificate and a key") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port is not from 0 to 65535") }
        guard tokenBytes.map({ $0 >= 1 }) ?? true, specialTokens >= 0 else {
            throw ValidationError("--token-bytes starts at 1 and --special-tokens at 0")
        }
        guard engines >= 1, logLimit >= 0, contextLength >= 1, batchSlowdown >= 0 else {
            throw ValidationError("--engines and --context-length start at 1, --log-limit and --batch-slowdown at 0")
        }
        guard maxConcurrent.map({ $0 >= 1 }) ?? true, tokens.map({ $0 >= 0 }) ?? true, prefillRate.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--max-concurrent starts at 1, --tokens at 0, and --prefill-rate is above 0")
        }
    }

    func run() async throws {
        let end = EndSignals()
        let scenario: Scenario
        let settings = self.settings
        if let script {
            guard let data = FileManager.default.contents(atPath: script) else {
                throw Failure("stub.no-script", "the script \(script) cannot be read", remedy: "check the path given with --script")
            }
            scenario = try Scenario(data, rates: settings.rates)
        } else {
            scenario = Scenario(rates: settings.rates)
        }
        let server = try await StubServer.start(settings, scenario: scenario)
        if let pidFile { try Data("\(ProcessInfo.processInfo.processIdentifier)\n".utf8).write(to: URL(fileURLWithPath: pidFile)) }
        FileHandle.standardOutput.write(Data("listening on \(server.url)\n".utf8))
        await end.first(orAfter: exitAfter?.nanoseconds)
        if let pidFile { try? FileManager.default.removeItem(atPath: pidFile) }
        try await server.stop()
    }

    private var settings: Settings {
        var settings = Settings()
        settings.host = host
        settings.port = port
        settings.dialect = dialect
        settings.model = model
        settings.engines = engines
        settings.contextLength = contextLength
        settings.tokenizer.bytesPerToken = tokenBytes
        settings.tokenizer.special = specialTokens
        settings.apiKey = apiKey
        settings.certificateFile = tls.first
        settings.keyFile = tls.last
        settings.logLimit = noLog ? 0 : logLimit
        settings.seed = seed
        settings.rates.firstToken = ttft.nanoseconds
        settings.rates.interToken = itl.nanoseconds
        settings.rates.firstTokenJitter = ttftJitter.nanoseconds
        settings.rates.interTokenJitter = itlJitter.nanoseconds
        settings.rates.tokens = tokens
        settings.rates.burst = burst
        settings.rates.prefillRate = prefillRate
        settings.rates.maxConcurrent = maxConcurrent
        settings.rates.batchSlowdown = batchSlowdown
        settings.rates.tick = tick.nanoseconds
        return settings
    }
}

extension ServerDialect: ExpressibleByArgument {}

/// A span of time on the command line: `250us`, `100ms`, `2s`, `1m`; a bare number is seconds.
struct Span: ExpressibleByArgument {
    let nanoseconds: Int64

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    init?(argument: String) {
        let units: [(String, Double)] = [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("", 1e9)]
        guard let (unit, scale) = units.first(where: { argument.hasSuffix($0.0) }), let number = Double(argument.dropLast(unit.count)),
            number >= 0, number * scale < 1e18
        else { return nil }
        nanoseconds = Int64((number * scale).rounded())
    }

    var defaultValueDescription: String { "\(Double(nanoseconds) / 1e6)ms" }
}

/// Waits for SIGTERM or SIGINT.
struct EndSignals {
    private let signals: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation
    private let sources: [any DispatchSourceSignal]

    init() {
        let (signals, end) = AsyncStream.makeStream(of: Void.self)
        self.signals = signals
        self.end = end
        // A client that goes away must not end the server.
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { end.yield() }
            source.activate()
            return source
        }
    }

    func first(orAfter nanoseconds: Int64?) async {
        if let nanoseconds {
            DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [end] in end.yield() }
        }
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}

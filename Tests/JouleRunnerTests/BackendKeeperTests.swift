import JouleModel
import JouleUnits
import Testing

@testable import JouleRunner

/// Scopes that stay open from one run to the next, and what two runs must have in common to share one.
struct BackendKeeperTests {
    private final class Log: Sendable {
        private let words = Guarded<[String]>([])
        func say(_ word: String) { words.withLock { $0.append(word) } }
        var all: [String] { words.withLock { $0 } }
    }

    private struct Broken: Error, Equatable {}

    @Test func `a scope stays open until it is ended, and gives on what it ends with`() async throws {
        for reason in [nil, Broken()] {
            let log = Log()
            let backend = try await OpenBackend.open { handOver in
                log.say("begin")
                defer { log.say("end") }
                do { try await handOver(.workers([])) } catch is Broken { throw Failure("worker.died", "with exit code 9") }
            }
            #expect(log.all == ["begin"])
            let end = await backend.end(throwing: reason)
            #expect(log.all == ["begin", "end"])
            #expect((end as? Failure)?.message == (reason == nil ? nil : "with exit code 9"))
        }
    }

    @Test func `what keeps a scope from opening is thrown where it was asked for`() async {
        await #expect(throws: Broken.self) { try await OpenBackend.open { _ in throw Broken() } }
    }

    @Test func `cancelling who waits for a scope ends it`() async {
        let log = Log()
        let opening = Task {
            try await OpenBackend.open { _ in
                defer { log.say("end") }
                log.say("begin")
                try await Task.sleep(for: .seconds(600))
            }
        }
        while log.all.isEmpty { await Task.yield() }
        opening.cancel()
        await #expect(throws: CancellationError.self) { _ = try await opening.value }
        #expect(log.all == ["begin", "end"])
    }

    @Test func `a worker's load depends on all of its specification, a server's on its launch and its place`() {
        var worker = BackendSpec(kind: .pytorch, model: "m")
        worker.server.api = .completions
        #expect(worker.loadKey == BackendSpec(kind: .pytorch, model: "m"))
        let changes: [(inout BackendSpec) -> Void] = [
            { $0.model = "n" }, { $0.revision = "r" }, { $0.tokenizer = "t" }, { $0.task = .translation }, { $0.device = "cpu" },
            { $0.deviceIDs = [.index(1)] }, { $0.deviceMap = .balanced }, { $0.maxMemory = ["0": "1GB"] }, { $0.torchDtype = .float16 },
            { $0.quantization = Quantization(bits: 4) }, { $0.trustRemoteCode = true }, { $0.attentionImplementation = "eager" },
            { $0.compile = true }, { $0.processes = 2 }, { $0.tensorParallel = 2 }, { $0.pipelineParallel = 2 }, { $0.python = "p" },
            { $0.command = ["c"] },
        ]
        for (number, change) in changes.enumerated() {
            var other = worker
            change(&other)
            #expect(other.loadKey != worker.loadKey, "change \(number)")
        }
        #expect(worker.isLoadedByRun)

        var server = BackendSpec(kind: .vllm, model: "m")
        #expect(!server.isLoadedByRun)
        server.server.launch = LaunchSpec(command: ["serve"])
        #expect(server.isLoadedByRun)
        var same = server
        same.server.api = .completions
        same.server.extraBody = .object(["a": .integer(1)])
        same.server.timeouts.total = .seconds(1)
        same.server.launch?.readyTimeout = .seconds(1)
        #expect(same.loadKey == server.loadKey)
        let moves: [(inout BackendSpec) -> Void] = [
            { $0.server.launch?.command = ["other"] }, { $0.server.launch?.environment = ["A": "1"] },
            { $0.server.launch?.workingDirectory = "/" }, { $0.server.endpoint = "http://localhost:1" }, { $0.model = "n" },
            { $0.tensorParallel = 2 },
        ]
        for (number, move) in moves.enumerated() {
            var other = server
            move(&other)
            #expect(other.loadKey != server.loadKey, "change \(number)")
        }
    }
}

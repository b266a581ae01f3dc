import Foundation
import JouleModel
import JouleProcess
import JouleUnits

@testable import JouleBackends

/// A Python program that speaks the worker's protocol as far as its script goes, in a folder that is removed with its owner.
final class ScriptedWorker: Sendable {
    private let folder: String
    private let arguments: [String]
    var errorFile: String { folder + "/stderr" }
    /// Every line that the worker was sent, one after another.
    var heard: [[String: Any]] {
        get throws {
            try String(contentsOfFile: folder + "/heard", encoding: .utf8).split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
            }
        }
    }

    /// - Parameter script: Python; `hello()` greets, `say(…)` sends an event, `listen()` gives the requests.
    init(_ script: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "joule-worker-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try (Self.prelude + script).write(toFile: folder + "/worker.py", atomically: true, encoding: .utf8)
        arguments = ["-u", folder + "/worker.py", folder + "/heard"]
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static let prelude = """
        import json, os, signal, sys, time

        def say(event, **fields):
            sys.stdout.write(json.dumps({"event": event, "a_key_of_tomorrow": 1, **fields}) + "\\n")
            sys.stdout.flush()

        def hello(protocol=1):
            say("hello", protocol=protocol, worker="0.0-test", pid=os.getpid(), python="3.test", monotonic_ns=time.monotonic_ns())

        def listen():
            for line in sys.stdin:
                with open(sys.argv[1], "a") as heard:
                    heard.write(line)
                yield json.loads(line)

        def capabilities():
            say("capabilities", versions={"torch": "9.9", "gguf": None}, devices=[{"id": "cpu", "name": None, "uuid": None,
                "memory_bytes": None}], cuda="12.8", default_device="cpu")

        def bye():
            say("bye")

        """

    func run<Result: Sendable>(
        patience: Duration = .seconds(60), _ body: @escaping @Sendable (WorkerSession) async throws -> Result
    ) async throws -> Result {
        try await withWorker(
            ChildSpec(executable: "python3", arguments: arguments, ownGroup: true), errorFile: errorFile, patience: patience, body: body)
    }
}

/// A value that a callback and the test share.
final class Box<Value: Sendable>: Sendable {
    private let storage: Guarded<Value>
    init(_ value: Value) { storage = Guarded(value) }
    var value: Value { storage.withLock { $0 } }
    func change(_ body: @Sendable (inout Value) -> Void) { storage.withLock { body(&$0) } }
}

/// Waits for what another process brings about; false when it has not come within the limit.
func eventually(within limit: Duration = .seconds(120), _ condition: @Sendable () -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while !condition() {
        if ContinuousClock.now > end { return false }
        try await Task.sleep(for: .milliseconds(2))
    }
    return true
}

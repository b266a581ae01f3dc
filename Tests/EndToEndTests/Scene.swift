import Foundation
import Testing

/// A folder of its own for one test, with what the tool needs to run in it; removed with the scene.
final class Scene: Sendable {
    let folder: String
    let results: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "joule-e2e-\(UUID().uuidString)").path
        results = folder + "/results"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func file(_ name: String) -> String { "\(folder)/\(name)" }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let path = file(name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

    /// Nothing of the machine that the tests run on may change what the tool does: no GPU hidden, no cache, no results found.
    var environment: [String: String] {
        let own = ProcessInfo.processInfo.environment
        var variables = ["HOME": folder, "TMPDIR": folder, "LC_ALL": "C", "JOULEBENCH_CACHE": file("cache")]
        variables["PATH"] = own["PATH"]
        variables["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH"]
        return variables
    }

    // MARK: Running

    func start(
        _ arguments: [String], environment extra: [String: String] = [:], input: String = "/dev/null", command: [String] = [Tool.path]
    ) throws -> Child {
        let output = file("output-\(UUID().uuidString)")
        return try Child(
            command + arguments, environment: environment.merging(extra) { _, new in new }, output: output, input: input)
    }

    func run(_ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null") async throws -> Ended {
        try await Seats.shared.sit { [self] in
            try await start(arguments, environment: environment, input: input).wait()
        }
    }

    /// The options of a run in this scene; by default on modelled energy, as fast as can be.
    func runOptions(_ config: String, meters: String? = "model", _ more: [String] = []) -> [String] {
        ["run", config, "--results-dir", results] + (meters.map { ["--meters", $0] } ?? []) + more
    }

    // MARK: Configurations

    /// A configuration for the worker that only takes its time: about 0.1 s a request.
    func config(requests: Int = 4, tokens: Int = 20, idle: String = "0s", warmup: Int = 0, more: String = "") throws -> String {
        try write(
            "bench.yaml",
            """
            backend:
              type: command
              model: stand-in
              command: [\(Tool.python), \(Tool.fixtures)/stand_in_worker.py]
            scenario:
              num_samples: \(requests)
              generate_kwargs: {max_new_tokens: \(tokens), min_new_tokens: \(tokens)}
            phases: {idle_host: \(idle), idle_loaded: \(idle), warmup_requests: \(warmup), cooldown: \(idle)}
            \(more)

            """)
    }

    // MARK: What a run left

    /// The folders of the runs, in the order in which they were started.
    var runs: [RunFolder] {
        let raw = results + "/raw"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: raw)) ?? []
        return names.sorted { $0.localizedStandardCompare($1) == .orderedAscending }.map { RunFolder(path: "\(raw)/\($0)") }
    }

    /// Whether the first run has recorded so many requests of its measured phase; before its file can be read it has not.
    func hasMeasured(_ count: Int) -> Bool { runs.first.flatMap { try? $0.measured }.map { $0.count >= count } ?? false }

    /// The only run.
    func onlyRun() throws -> RunFolder {
        let runs = runs
        try #require(runs.count == 1, "\(runs.count) runs instead of one")
        return runs[0]
    }
}

/// How many children run beside each other, so that a machine with two cores is busy and not swamped.
actor Seats {
    static let shared = Seats(free: 5)

    private var free: Int
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(free: Int) { self.free = free }

    func sit<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { queue.append($0) } }
        defer { if queue.isEmpty { free += 1 } else { queue.removeFirst().resume() } }
        return try await body()
    }
}

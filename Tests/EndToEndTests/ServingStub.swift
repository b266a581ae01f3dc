import Foundation
import Synchronization
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The stand-in server in a process of its own, on a free port; it ends with this object.
final class StubServer: Sendable {
    /// `JOULEBENCH_STUB` names another binary than the one that the build left beside the tests.
    static let path = ProcessInfo.processInfo.environment["JOULEBENCH_STUB"] ?? Tool.products.appending(path: "stub-server").path

    let url: String
    var pid: Int32 { child.pid }
    private let child: Child

    /// - Parameter script: what it does out of the ordinary, see `docs/stub-server.md`.
    init(_ scene: Scene, _ options: [String] = [], script: String? = nil) async throws {
        var command = [Self.path, "--port", "0", "--ttft", "20ms", "--itl", "2ms"]
        if let script { command += ["--script", try scene.write("script-\(UUID().uuidString).json", script)] }
        child = try Child(command + options, environment: scene.environment, output: scene.file("stub-\(UUID().uuidString)"))
        let ready = await eventually { [child] in child.output.contains("\n") || child.status != nil }
        try #require(ready && child.status == nil, "the stub did not start: \(child.error)")
        let words = child.output.split(whereSeparator: \.isWhitespace)
        url = String(try #require(words.last, "no address: \(child.output)"))
    }

    /// The requests that it received, in the order of their coming: the server's own truth.
    func requests(_ scene: Scene) async throws -> [(path: String, body: String)] {
        let script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=30).read().decode())"
        let child = try Child(
            [Tool.python, "-c", script, "\(url)/stub/log"], environment: scene.environment, output: scene.file("log-\(UUID().uuidString)"))
        let log = try await child.wait().json
        return log["requests"].list.map { ($0["path"].text ?? "", $0["body"].text ?? "") }
    }

    /// The stub's own books: every request that it read, in their order.
    func requests(_ scene: Scene) async throws -> [JSON] {
        let fetch = """
            import ssl, sys, urllib.request
            print(urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context()).read().decode())
            """
        let child = try Child(
            [Tool.python, "-c", fetch, "\(url)/stub/log"], environment: scene.environment, output: scene.file("log-\(UUID().uuidString)"))
        let ended = try await child.wait()
        try #require(ended.status == 0, "no log of the stub: \(ended.error)")
        return try ended.json["requests"].list
    }

    /// Sends a signal; the object's end sends SIGKILL.
    func send(_ signal: Int32) { child.send(signal) }
}

extension Scene {
    /// Different prompts of a known number of words, which are the stub's tokens.
    func prompts(_ count: Int, words: Int = 4) throws -> String {
        let tail = Array(repeating: "more", count: words - 1).joined(separator: " ")
        return try write("prompts-\(count).txt", (0..<count).map { "prompt\($0) \(tail)\n" }.joined())
    }

    /// The options of a serving test in this scene: no idle phases, no warm-up, short answers to prompts of its own.
    func loadTest(_ endpoint: String, _ more: [String] = [], requests: Int?, tokens: Int = 8, meters: String = "none") throws -> [String] {
        let stop = requests.map { ["--num-prompts", "\($0)"] } ?? []
        let fixed = [
            "load-test", "--endpoint", endpoint, "--model", "stub-model", "--results-dir", results, "--meters", meters, "--preset", "none",
            "--num-warmups", "0", "--max-new-tokens", "\(tokens)",
        ]
        return fixed + stop + (more.contains("--trace") ? [] : ["--prompts", try prompts(64)]) + more
    }

    /// A serving test against a stub that follows a script, and what it left.
    func load(
        script: String? = nil, stub options: [String] = [], _ more: [String] = [], requests: Int?, tokens: Int = 8, meters: String = "none",
        environment: [String: String] = [:]
    ) async throws -> (ended: Ended, run: RunFolder) {
        let stub = try await StubServer(self, options, script: script)
        let ended = try await run(
            try loadTest(stub.url, more, requests: requests, tokens: tokens, meters: meters), environment: environment)
        withExtendedLifetime(stub) {}
        try #require(runs.count == 1, "\(runs.count) runs instead of one: \(ended.error)")
        return (ended, runs[0])
    }
}

/// A port on which nothing listens.
func freePort() throws -> Int {
    for _ in 0..<1_000 {
        let port = 20_000 + nextPort.add(1, ordering: .relaxed).oldValue % 12_000
        if isFree(port) { return port }
    }
    throw POSIXError(.EADDRINUSE)
}

/// Below the range from which systems take the ports of connections and of servers that ask for any, so that nobody comes between.
private let nextPort = Atomic(Int.random(in: 0..<12_000))

private func isFree(_ port: Int) -> Bool {
    #if canImport(Darwin)
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = in_port_t(port).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}

extension RunFolder {
    /// The requests of the measured phase in the order of their schedule.
    var measured: [JSON] {
        get throws {
            try requests.filter { $0["phase"].text == "measure" }.sorted { ($0["index"].number ?? -1) < ($1["index"].number ?? -1) }
        }
    }

    /// How often each outcome came, in the measured phase.
    var outcomes: [String: Int] {
        get throws { try measured.reduce(into: [:]) { $0[$1["outcome"].text ?? "none", default: 0] += 1 } }
    }

    /// Every scheduled request has one line, and the summary counts the same.
    func expectOneLineEach(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let measured = try measured
        #expect(measured.compactMap { $0["index"].number } == (0..<count).map(Double.init), sourceLocation: sourceLocation)
        let counted = try summary["requests"]["outcomes"].members.reduce(into: [:]) { $0[$1.name] = $1.value.number.map { Int($0) } }
        let outcomes = try outcomes
        #expect(counted == outcomes, sourceLocation: sourceLocation)
        #expect(try chunks.allSatisfy { $0.request < count }, sourceLocation: sourceLocation)
    }

    /// Instants in nanoseconds of a field of the measured requests, in the order of the schedule.
    func instants(_ field: String) throws -> [Double] { try measured.compactMap { $0[field].number } }

    /// The shares of the energy, one line for each request that has one.
    var attribution: [JSON] {
        get throws { try text("attribution.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) } }
    }
}

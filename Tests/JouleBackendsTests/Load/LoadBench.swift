import JouleModel
import JouleUnits

@testable import JouleBackends

/// A generator against one server, and the timelines that came out of it.
struct LoadBench: Sendable {
    let generator: LoadGenerator
    private let lines = Lines()

    private final class Lines: Sendable { let all = Guarded<[RequestTimeline]>([]) }

    init(_ url: String, key: String? = nil, fields: [String: String] = [:], acceptsAnyCertificate: Bool = false) throws {
        generator = LoadGenerator(
            LoadServer(try Endpoint(url), key: key, fields: fields, acceptsAnyCertificate: acceptsAnyCertificate, clientVersion: "0"))
    }

    /// The timelines so far, in the order of their ends.
    var timelines: [RequestTimeline] { lines.all.withLock { $0 } }

    /// - Parameter onEnd: called on the loop with each timeline.
    @discardableResult
    func run(_ program: LoadProgram, onEnd: @escaping @Sendable (RequestTimeline) -> Void = { _ in }) async throws -> ClientReport {
        try await generator.run(program) { line in
            lines.all.withLock { $0.append(line) }
            onEnd(line)
        }
    }

    static func program(_ pacing: LoadProgram.Pacing, requests: Int? = nil) -> LoadProgram {
        var program = LoadProgram(phase: .measure, target: "/v1/chat/completions", pacing: pacing) {
            PreparedRequest(index: $0, promptID: "p\($0)", body: Array(#"{"n":\#($0)}"#.utf8))
        }
        program.requests = requests
        return program
    }

    static func closed(_ concurrency: Int, requests: Int?) -> LoadProgram { program(.closed(concurrency: concurrency), requests: requests) }

    /// All at the start.
    static func burst(_ requests: Int, limit: LoadProgram.InFlightLimit? = nil) -> LoadProgram {
        program(.open(offsets: Array(repeating: .zero, count: requests), limit: limit))
    }
}

/// Doors that the other side opens: a thread waits at one with `pass`, a task with `opened`.
final class Gate: Sendable {
    private struct State {
        var count = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Guarded(State())

    func signal() {
        let ready = state.withLock { state in
            state.count += 1
            let ready = state.waiters.filter { $0.count <= state.count }
            state.waiters.removeAll { $0.count <= state.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Returns when it was signalled that often.
    func signalled(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}

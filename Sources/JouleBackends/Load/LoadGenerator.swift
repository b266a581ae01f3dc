import JouleModel
import JouleUnits
import NIOCore
import NIOPosix

/// Sends programs of requests to one server and fetches its pages; owns the event loop's thread and the connections on it.
///
/// Every stamp is taken on that thread, never on the cooperative pool. Connections of one program serve the next.
package final class LoadGenerator: Sendable {
    private let server: LoadServer
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let pool: ConnectionPool
    /// Pages have connections of their own: a scrape must not take one that the load would have found ready.
    private let pagePool: ConnectionPool
    private let counters = LoadCounters()
    private let current = Guarded<LoadRun?>(nil)

    package init(_ server: LoadServer) {
        self.server = server
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
        pool = ConnectionPool(loop: loop, acceptsAnyCertificate: server.acceptsAnyCertificate)
        pagePool = ConnectionPool(loop: loop, acceptsAnyCertificate: server.acceptsAnyCertificate)
    }

    /// How far the program is that runs, or how far the last one came.
    package var progress: LoadProgress { counters.progress }

    /// Runs a program to its end: until every request that was scheduled has its timeline.
    ///
    /// A cancelled task ends the program at once, with the timelines of what was in flight.
    /// - Parameter sink: takes each timeline as its request ends, on the event loop's thread, so it is to be quick.
    /// - Throws: `client.refused` with the server's words when the first requests are all refused with 400, 401, 403 or 404;
    ///   `client.file-limit`, `client.header` and `client.path` before anything is sent; `client.busy` when a program runs already.
    package func run(_ program: LoadProgram, sink: @escaping @Sendable (RequestTimeline) -> Void) async throws(Failure) -> ClientReport {
        let head = try RequestHead(.post, program.target, at: server)
        try Self.check(program)
        let started = Guarded<LoadRun?>(nil)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<ClientReport, Failure>, Never>) in
                let run = LoadRun(program, head, over: pool, counters: counters, sink: sink) { [self] result in
                    current.withLock { $0 = nil }
                    continuation.resume(returning: result)
                }
                let isFirst = current.withLock { current in
                    guard current == nil else { return false }
                    current = run
                    return true
                }
                guard isFirst else {
                    let failure = Failure("client.busy", "the load client runs another program", remedy: "let it end first")
                    return continuation.resume(returning: .failure(failure))
                }
                // The handler below may have come too early to find the run.
                started.withLock { $0 = run }
                let isCancelled = Task.isCancelled
                loop.execute {
                    if isCancelled { run.stop(.now) }
                    run.start()
                }
            }
        } onCancel: {
            guard let run = started.withLock({ $0 }) else { return }
            loop.execute { run.stop(.now) }
        }
        return try result.get()
    }

    /// Ends the program that runs, if one does.
    package func stop(_ how: LoadStop) {
        guard let run = current.withLock({ $0 }) else { return }
        loop.execute { run.stop(how) }
    }

    /// Fetches one page below the base URL.
    ///
    /// - Parameters:
    ///   - limit: for all of it, connection and redirects included.
    ///   - mostBytes: a longer body is an error.
    /// - Throws: `http.connect`, `http.tls`, `http.timeout`, `http.broken`, `http.protocol`, `http.too-large`, `http.cancelled`,
    ///   `client.header`, `client.path`. A status is no error.
    package func fetch(
        _ path: String, post body: [UInt8]? = nil, fields: [String: String] = [:], limit: Duration, mostBytes: Int = 16 << 20
    ) async throws(Failure) -> HTTPPage {
        let head = try RequestHead(body == nil ? .get : .post, server.endpoint.target(path), at: server, fields: fields)
        let url = server.endpoint.url(path: path)
        let started = Guarded<HTTPFetch?>(nil)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<HTTPPage, Failure>, Never>) in
                let fetch = HTTPFetch(url: url, limit: limit, mostBytes: mostBytes) { continuation.resume(returning: $0) }
                started.withLock { $0 = fetch }
                let isCancelled = Task.isCancelled
                loop.execute { [pagePool] in isCancelled ? fetch.cancel() : fetch.start(head, body: body ?? [], over: pagePool) }
            }
        } onCancel: {
            guard let fetch = started.withLock({ $0 }) else { return }
            loop.execute { fetch.cancel() }
        }
        return try result.get()
    }

    /// Ends what runs, closes the connections and joins the thread; the generator is of no use after it.
    package func shutDown() async {
        stop(.now)
        try? await group.shutdownGracefully()
    }

    private static func check(_ program: LoadProgram) throws(Failure) {
        switch program.pacing {
        case .closed(let concurrency):
            try DescriptorLimit.ensure(min(concurrency, program.requests ?? .max), isCertain: true)
        case .open(let offsets, let limit):
            let most = min(offsets.count, program.requests ?? .max)
            try DescriptorLimit.ensure(min(most, limit?.requests ?? .max), isCertain: limit.map { $0.requests <= most } ?? false)
        }
    }
}

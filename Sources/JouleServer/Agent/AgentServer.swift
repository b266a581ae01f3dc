import Foundation
import Hummingbird
import HummingbirdCore
import JouleModel
import JouleUnits
import Logging
import NIOCore
import NIOPosix

/// The HTTP side of an agent.
///
/// It stands on Hummingbird's server without its application, whose date cache wakes up every second also when nobody asks.
package final class AgentServer: Sendable {
    private let store: AgentStore
    private let token: String?
    private let served = Guarded(Served())

    /// What was asked and answered.
    package struct Served: Sendable {
        package var requests: [String: Int] = [:]
        package var refused = 0
        package var rows = 0
        package var total: Int { requests.values.reduce(0, +) }
    }

    /// The longest time that a request for samples may wait for some.
    private static let longestWait: Duration = .seconds(30)
    private static let waitStep: Duration = .milliseconds(50)

    /// - Parameter token: what drivers must show; nil lets everyone in.
    package init(store: AgentStore, token: String?) {
        self.store = store
        self.token = token
    }

    package var counts: Served { served.withLock { $0 } }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onListening: called once, with the port.
    /// - Throws: `agent.listen` when the address cannot be listened on.
    package func run(on endpoint: AgentEndpoint, onListening: @escaping @Sendable (_ port: Int) -> Void) async throws(Failure) {
        var logger = Logger(label: "joulebench.agent")
        logger.logLevel = .critical
        do {
            let server = try HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(120))).buildServer(
                configuration: ServerConfiguration(address: .hostname(endpoint.host, port: endpoint.port), serverName: "joulebench"),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
            ) { [self] request, writer, _ in
                let response = await respond(to: request)
                try await writer.write(response: response.head, body: response.body)
            } onServerRunning: { channel in
                onListening(channel.localAddress?.port ?? endpoint.port)
            }
            try await server.run()
        } catch is CancellationError {
        } catch {
            throw Failure(
                "agent.listen", "cannot listen on \(endpoint)", cause: "\(error)",
                remedy: "choose an address of this machine and a port that is free")
        }
    }

    // MARK: Requests

    private func respond(to request: Request) async -> Response {
        let path = request.uri.path
        guard isAllowed(request) else {
            served.withLock { $0.refused += 1 }
            var headers = HTTPFields()
            headers[.wwwAuthenticate] = "Bearer"
            return Self.response(.unauthorized, "text/plain; charset=utf-8", Array("this agent wants its token\n".utf8), headers)
        }
        guard request.method == .get else {
            return Self.response(.methodNotAllowed, "text/plain; charset=utf-8", Array("only GET is answered\n".utf8))
        }
        let response = await answer(path, request)
        if response.status == .ok { served.withLock { $0.requests[path, default: 0] += 1 } }
        return response
    }

    private func answer(_ path: String, _ request: Request) async -> Response {
        switch path {
        case AgentProtocol.clockPath: return Self.json(AgentClock(instance: store.description.instance, now: .now))
        case AgentProtocol.descriptionPath: return Self.json(store.description)
        case AgentProtocol.samplesPath: return await samples(request)
        case AgentProtocol.metricsPath:
            let format = AgentMetrics.Format(accept: request.headers[.accept])
            let requests = counts.requests.sorted { $0.key < $1.key }.map { (path: $0.key, count: $0.value) }
            return Self.response(.ok, format.contentType, Array(store.metrics(requests: requests).text(format).utf8))
        default:
            return Self.response(.notFound, "text/plain; charset=utf-8", Array("there is no such page\n".utf8))
        }
    }

    private func samples(_ request: Request) async -> Response {
        guard let query = SamplesQuery(request.uri.queryParameters.reduce(into: [:]) { $0[String($1.key)] = String($1.value) }) else {
            return Self.response(.badRequest, "text/plain; charset=utf-8", Array("the query cannot be read\n".utf8))
        }
        let limit = min(query.limit, AgentProtocol.mostRows)
        let end = Instant.now + min(query.wait, Self.longestWait)
        var batch = store.batch(query.beginning, limit: limit, marksEdge: query.marksEdge)
        while batch.samples.isEmpty, Instant.now < end {
            guard (try? await Task.sleep(for: Self.waitStep)) != nil else { break }
            batch = store.batch(query.beginning, limit: limit, marksEdge: false)
        }
        guard let bytes = try? batch.encoded() else {
            return Self.response(.internalServerError, "text/plain; charset=utf-8", Array("the samples cannot be written\n".utf8))
        }
        let count = batch.samples.count
        served.withLock { $0.rows += count }
        return Self.response(.ok, "application/vnd.joulebench.samples", bytes)
    }

    private func isAllowed(_ request: Request) -> Bool {
        guard let token else { return true }
        guard let given = request.headers[.authorization], given.hasPrefix("Bearer ") else { return false }
        return Self.areEqual(Array(given.dropFirst("Bearer ".count).utf8), Array(token.utf8))
    }

    /// Takes as long for a token that is nearly right as for one that is all wrong.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = left.count ^ right.count
        for index in right.indices { difference |= Int(right[index] ^ (index < left.count ? left[index] : 0)) }
        return difference == 0
    }

    // MARK: Responses

    private static func json(_ value: some Encodable) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return response(.internalServerError, "text/plain; charset=utf-8", Array("the answer cannot be written\n".utf8))
        }
        return response(.ok, "application/json", Array(data))
    }

    private static func response(
        _ status: HTTPResponse.Status, _ type: String, _ body: [UInt8], _ headers: HTTPFields = HTTPFields()
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// What a driver asks for: `after` a number in an `epoch`, or `since` an instant of our clock, or all that is held.
struct SamplesQuery: Sendable, Hashable {
    let beginning: HeldSamples.Beginning
    let limit: Int
    let wait: Duration
    let marksEdge: Bool

    /// Nil when a value is none.
    init?(_ values: [String: String]) {
        func number(_ name: String, _ range: ClosedRange<Int64>) -> Int64?? {
            guard let text = values[name] else { return .some(nil) }
            guard let number = Int64(text), range.contains(number) else { return nil }
            return .some(number)
        }
        guard let after = number("after", 0...(.max / 2)), let since = number("since", (-.max / 4)...(.max / 4)),
            let limit = number("limit", 0...Int64(Int32.max)), let wait = number("wait", 0...3_600_000), let edge = number("edge", 0...1)
        else { return nil }
        if let after {
            beginning = .after(after, epoch: values["epoch"] ?? "")
        } else if let since {
            beginning = .since(Instant(nanoseconds: since))
        } else {
            beginning = .oldest
        }
        self.limit = Int(limit ?? Int64(AgentProtocol.mostRows))
        self.wait = .milliseconds(wait ?? 0)
        marksEdge = edge == 1
    }
}

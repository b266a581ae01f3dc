import AsyncHTTPClient
import JouleModel
import JouleUnits
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A request to a page that is read as a whole: a meter's, an agent's, a grid operator's.
package struct HTTPRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]?
    /// From the start of the connection to the last byte of the answer.
    package var timeout: Duration

    package init(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(10)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// What came back, whatever its status.
package struct HTTPReply: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// Just before the request was handed over, and just after the last byte of the answer had come.
    package let asked: Instant
    package let answered: Instant

    package var isSuccess: Bool { (200..<300).contains(status) }
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The first header of a name, in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Fetches whole pages over HTTP and HTTPS; the load client of the measurements is another one (ADR 0004).
///
/// Connections are kept open between requests. User and password in a URL go out as basic authentication. Every failure is one of
/// `http.url`, `http.connect`, `http.tls`, `http.timeout`, `http.too-large`, `http.failed`, and none shows the URL's user, password or query;
/// an answer with an error status is an answer.
package final class HTTPFetcher: Sendable {
    private let client: HTTPClient
    private let limit: Int

    /// - Parameters:
    ///   - insecure: accept certificates that nobody vouches for.
    ///   - limit: bytes of the largest answer that is taken.
    package init(insecure: Bool = false, limit: ByteCount = .mebibytes(16)) {
        var configuration = HTTPClient.Configuration()
        if insecure {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.certificateVerification = .none
            configuration.tlsConfiguration = tls
        }
        configuration.redirectConfiguration = .follow(max: 3, allowCycles: false)
        configuration.decompression = .disabled
        // A refused connection is an answer too: tried again until the deadline it would look like a slow server.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.limit = Int(limit.bytes)
    }

    deinit { client.shutdown { _ in } }

    package func send(_ request: HTTPRequest) async throws(Failure) -> HTTPReply {
        let asked = Instant.now
        do {
            return reply(try await start(request).get(), asked: asked)
        } catch {
            throw failure(error, request)
        }
    }

    /// `send` for threads that may block; never call it from a task.
    package func sendAndWait(_ request: HTTPRequest) throws(Failure) -> HTTPReply {
        let asked = Instant.now
        do {
            return reply(try start(request).wait(), asked: asked)
        } catch {
            throw failure(error, request)
        }
    }

    private func start(_ request: HTTPRequest) throws -> EventLoopFuture<HTTPClient.Response> {
        var headers = HTTPHeaders()
        for header in request.headers { headers.add(name: header.name, value: header.value) }
        let (url, credentials) = URLSecrets.split(request.url)
        if let credentials, !headers.contains(name: "Authorization") { headers.add(name: "Authorization", value: "Basic \(credentials)") }
        let prepared = try HTTPClient.Request(
            url: url, method: HTTPMethod(rawValue: request.method), headers: headers, body: request.body.map { .bytes($0) })
        return client.execute(
            request: prepared, delegate: ResponseAccumulator(request: prepared, maxBodySize: limit),
            deadline: .now() + .nanoseconds(request.timeout.nanoseconds)
        ).futureResult
    }

    private func reply(_ response: HTTPClient.Response, asked: Instant) -> HTTPReply {
        HTTPReply(
            status: Int(response.status.code), headers: response.headers.map { (name: $0.name, value: $0.value) },
            body: response.body.map { Array($0.readableBytesView) } ?? [], asked: asked, answered: .now)
    }

    private func failure(_ error: any Error, _ request: HTTPRequest) -> Failure {
        let shown = URLSecrets.hidden(request.url)
        let place = "\(request.method) \(shown)"
        let timeouts: [HTTPClientError] = [.deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout]
        let malformed: [HTTPClientError] = [.invalidURL, .emptyHost, .emptyScheme, .missingSocketPath]
        switch error {
        case let error as HTTPClientError where timeouts.contains(error):
            return Failure("http.timeout", "\(place): no whole answer within \(request.timeout.seconds) s")
        case let error as HTTPClientError where malformed.contains(error) || error.shortDescription.hasPrefix("Unsupported scheme"):
            return Failure("http.url", "`\(shown)` is no URL", remedy: "write it as http://HOST:PORT/PATH")
        case let error as HTTPClientError:
            return Failure("http.failed", "\(place) failed", cause: error.shortDescription)
        case is ResponseAccumulator.ResponseTooBigError:
            return Failure("http.too-large", "\(place): the answer has more than \(limit) bytes")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return Failure(
                "http.tls", "\(place): no secure connection", cause: "\(error)",
                remedy: "name the server as its certificate does, with a certificate that this machine trusts")
        case let error as NIOConnectionError:
            let causes =
                error.connectionErrors.map { "\($0.error)" } + [error.dnsAError, error.dnsAAAAError].compactMap { $0.map { "\($0)" } }
            return Failure("http.connect", "\(place): no connection", cause: causes.first)
        default:
            return Failure("http.connect", "\(place): no connection", cause: "\(error)")
        }
    }
}

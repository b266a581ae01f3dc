import JouleModel
import JouleUnits
import NIOCore

/// A page that was asked for outside the load: health, models, metrics.
package struct HTTPPage: Sendable {
    package let status: Int
    package let fields: [ResponseHead.Field]
    package let body: [UInt8]
    /// When the question was sent completely; when the first byte and the last byte of the answer came.
    package let sent: Instant
    package let firstByte: Instant
    package let answered: Instant
}

/// One page under way; lives on the event loop.
///
/// `@unchecked Sendable`: handed to its loop once and touched there alone.
final class HTTPFetch: ExchangeConsumer, @unchecked Sendable {
    private let url: String
    private let limit: Duration
    private let mostBytes: Int
    private var exchange: HTTPExchange?
    private var onEnd: ((Result<HTTPPage, Failure>) -> Void)?
    private var head: ResponseHead?
    private var body: [UInt8] = []
    private var sent: Instant?
    private var firstByte: Instant?
    private var timer: Scheduled<Void>?

    init(url: String, limit: Duration, mostBytes: Int, onEnd: @escaping (Result<HTTPPage, Failure>) -> Void) {
        self.url = url
        self.limit = limit
        self.mostBytes = mostBytes
        self.onEnd = onEnd
    }

    func start(_ request: RequestHead, body: [UInt8], over pool: ConnectionPool) {
        guard onEnd != nil else { return }
        let exchange = HTTPExchange(request, body: body, over: pool, connectLimit: limit, for: self)
        self.exchange = exchange
        timer = pool.loop.scheduleTask(in: .nanoseconds(limit.nanoseconds)) {
            self.fail("http.timeout", "\(self.url) did not answer within \(self.limit.seconds) s")
        }
        exchange.start()
    }

    func cancel() { fail("http.cancelled", "the request for \(url) was cancelled") }

    func exchangeWasSent(at instant: Instant) { sent = instant }

    func exchangeDidBegin(_ head: ResponseHead, at instant: Instant) {
        self.head = head
        firstByte = instant
    }

    func exchangeDidRead(_ bytes: UnsafeRawBufferPointer, at instant: Instant) {
        guard body.count + bytes.count <= mostBytes else {
            return fail("http.too-large", "the answer of \(url) is larger than \(mostBytes) bytes")
        }
        body.append(contentsOf: bytes)
    }

    func exchangeDidEnd(at instant: Instant) {
        guard let head, let firstByte else { return fail("http.protocol", "\(url) answered without a head") }
        finish(
            .success(
                HTTPPage(
                    status: head.status, fields: head.fields, body: body, sent: sent ?? firstByte, firstByte: firstByte, answered: instant))
        )
    }

    func exchangeDidFail(_ fault: ConnectionFault, at instant: Instant) {
        switch fault.kind {
        case .connect:
            fail("http.connect", "no connection to \(url)", cause: fault.text, remedy: "check that the server runs and listens there")
        case .connectTimeout: fail("http.timeout", "no connection to \(url)", cause: fault.text)
        case .tls:
            fail(
                "http.tls", "no TLS connection to \(url)", cause: fault.text,
                remedy: "`backend.insecure` accepts certificates that cannot be verified; a server without TLS is reached by http://")
        case .broken: fail("http.broken", "\(url) gave no whole answer", cause: fault.text)
        case .protocolViolation: fail("http.protocol", "\(url) does not speak HTTP/1.1", cause: fault.text)
        }
    }

    private func fail(_ code: String, _ message: String, cause: String? = nil, remedy: String? = nil) {
        finish(.failure(Failure(code, message, cause: cause, remedy: remedy)))
    }

    private func finish(_ result: Result<HTTPPage, Failure>) {
        timer?.cancel()
        timer = nil
        exchange?.cancel()
        exchange = nil
        onEnd.take()?(result)
    }
}

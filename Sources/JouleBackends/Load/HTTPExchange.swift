import JouleUnits
import NIOCore

/// Whoever wants the response of an exchange. All calls come on the event loop, `ended` or `failed` last and once.
protocol ExchangeConsumer: AnyObject {
    /// The whole request is in the hands of the kernel.
    func exchangeWasSent(at instant: Instant)
    /// - Parameter instant: when the first byte of the head came.
    func exchangeDidBegin(_ head: ResponseHead, at instant: Instant)
    func exchangeDidRead(_ bytes: UnsafeRawBufferPointer, at instant: Instant)
    func exchangeDidEnd(at instant: Instant)
    func exchangeDidFail(_ fault: ConnectionFault, at instant: Instant)
}

/// One request and its response, over whichever connections it takes: one that lies ready, a new one if that was stale, others where the
/// server sends it.
///
/// `@unchecked Sendable`: lives on the event loop of its pool.
final class HTTPExchange: @unchecked Sendable {
    private static let mostRedirects = 5
    /// A redirect's own body is read to its end up to this size, so that the connection can be used again.
    private static let redirectBodyLimit = 65_536

    private let request: RequestHead
    private let body: [UInt8]
    private let pool: ConnectionPool
    private let connectLimit: Duration
    /// Held until the exchange is over, and it holds the exchange: neither goes away under the other.
    private var consumer: (any ExchangeConsumer)?

    private var origin: Origin
    private var path: String
    private var connection: HTTPConnection?
    private var destination: (origin: Origin, path: String)?
    private var redirectBytes = 0
    private var isOver = false

    /// The stamps of the connection that this exchange opened last; nil when it took one that stood.
    private(set) var connecting: Instant?
    private(set) var connected: Instant?
    private(set) var secured: Instant?
    /// Connections taken from the pool and opened.
    private(set) var reused = 0
    private(set) var opened = 0
    private(set) var redirects = 0
    /// Whether it was sent once more because a pooled connection turned out to be closed.
    private(set) var wasResent = false
    /// Whether a connection was asked for and has not come.
    private(set) var isConnecting = false

    init(_ request: RequestHead, body: [UInt8], over pool: ConnectionPool, connectLimit: Duration, for consumer: any ExchangeConsumer) {
        self.request = request
        self.body = body
        self.pool = pool
        self.connectLimit = connectLimit
        self.consumer = consumer
        origin = request.origin
        path = request.path
    }

    func start() {
        if let connection = pool.take(origin) {
            reused += 1
            use(connection)
        } else {
            open()
        }
    }

    /// Nothing more is told to the consumer. The connection is closed: what is under way on it cannot be called back.
    func cancel() {
        isOver = true
        consumer = nil
        connection?.abandon()
        connection = nil
    }

    private func open() {
        isConnecting = true
        connecting = .now
        connected = nil
        secured = nil
        pool.open(origin, within: connectLimit, for: self)
    }

    private func use(_ connection: HTTPConnection) {
        self.connection = connection
        connection.send(request.bytes(to: origin, path: path, body: body), for: self)
    }

    // MARK: From the connection

    /// The connection that was asked for stands.
    func obtained(_ connection: HTTPConnection) {
        isConnecting = false
        guard !isOver else { return connection.abandon() }
        opened += 1
        connected = connection.connected
        secured = connection.secured
        use(connection)
    }

    func sent(at instant: Instant) {
        guard !isOver else { return }
        consumer?.exchangeWasSent(at: instant)
    }

    func head(_ head: ResponseHead, at instant: Instant) {
        guard !isOver else { return }
        if head.status == 307 || head.status == 308, redirects < Self.mostRedirects, let location = head["location"] {
            destination = origin.resolve(location, from: path)
            if destination != nil { return redirectBytes = 0 }
        }
        consumer?.exchangeDidBegin(head, at: instant)
    }

    func body(_ bytes: UnsafeRawBufferPointer, at instant: Instant) {
        guard !isOver else { return }
        guard destination != nil else { consumer?.exchangeDidRead(bytes, at: instant); return }
        redirectBytes += bytes.count
        guard redirectBytes > Self.redirectBodyLimit else { return }
        connection?.abandon()
        follow()
    }

    func ended(at instant: Instant) {
        connection = nil
        guard !isOver else { return }
        if destination != nil { return follow() }
        isOver = true
        consumer.take()?.exchangeDidEnd(at: instant)
    }

    func failed(_ fault: ConnectionFault, at instant: Instant) {
        connection = nil
        isConnecting = false
        guard !isOver else { return }
        if destination != nil { return follow() }
        isOver = true
        consumer.take()?.exchangeDidFail(fault, at: instant)
    }

    /// The peer had closed a pooled connection before the request reached it: sent once more, over a new one.
    func foundStale(_ fault: ConnectionFault, at instant: Instant) {
        guard !isOver, !wasResent else { return failed(fault, at: instant) }
        connection = nil
        wasResent = true
        open()
    }

    private func follow() {
        guard let next = destination else { return }
        destination = nil
        redirects += 1
        origin = next.origin
        path = next.path
        start()
    }
}

import JouleUnits
import NIOCore
import NIOSSL
import NIOTLS

/// One connection and the exchange that is on it, if any.
///
/// `@unchecked Sendable`: made, used and dropped on the one event loop of its pool; NIO's closures demand the conformance.
final class HTTPConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let origin: Origin
    private let pool: ConnectionPool
    private var context: ChannelHandlerContext?
    private var exchange: HTTPExchange?
    private var framing = ResponseFraming()
    private var firstByte: Instant?
    private var hasHeard = false
    private var isWritten = false
    /// Whether `writeAndFlush` has not returned.
    private var isWriting = false
    private var fault: ConnectionFault?
    /// When the TCP connection stood, and when TLS did.
    private(set) var connected: Instant?
    private(set) var secured: Instant?
    /// Exchanges that ended on it in good order.
    private(set) var uses = 0

    init(origin: Origin, pool: ConnectionPool) {
        self.origin = origin
        self.pool = pool
    }

    private var isOpen: Bool { context?.channel.isActive ?? false }
    var isReady: Bool { isOpen && connected != nil && (!origin.isSecure || secured != nil) }

    /// The exchange that waits until this connection is ready; it has just been opened.
    func await(for exchange: HTTPExchange) {
        if isReady { return exchange.obtained(self) }
        guard let context, context.channel.isActive || connected == nil else {
            let kind: ConnectionFault.Kind = origin.isSecure ? .tls : .connect
            return exchange.failed(fault ?? ConnectionFault(kind, "the peer closed the connection"), at: .now)
        }
        self.exchange = exchange
    }

    /// Sends a request whose response goes to the exchange; the connection is ready and idle.
    func send(_ bytes: ByteBuffer, for exchange: HTTPExchange) {
        guard let context else { return exchange.failed(ConnectionFault(.broken, "the peer closed the connection"), at: .now) }
        self.exchange = exchange
        framing.restart()
        firstByte = nil
        hasHeard = false
        isWritten = false
        let written = context.eventLoop.makePromise(of: Void.self)
        let before = Instant.now
        isWriting = true
        written.futureResult.assumeIsolated().whenSuccess {
            // The promise is kept when the last byte is in the kernel.
            guard self.exchange === exchange else { return }
            self.isWritten = true
            let now = Instant.now
            // A request that fits into the socket is written inside `writeAndFlush`. If the thread then loses its core before this stamp, the
            // server has the request long before it; the write itself never takes so long.
            exchange.sent(at: self.isWriting ? min(now, before + Self.longestWrite) : now)
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
        isWriting = false
    }

    /// The most that one write into a socket with room takes; measured: 15 to 40 µs.
    private static let longestWrite: Duration = .microseconds(100)

    /// Closes without a word to the exchange.
    func abandon() {
        exchange = nil
        context?.close(promise: nil)
    }

    /// Whether the exchange failed on a connection that the peer had closed while it lay idle: nothing came, and it had served before.
    private var isStale: Bool { uses > 0 && !hasHeard }

    // MARK: ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        connected = .now
        if !origin.isSecure { becameReady() }
        context.fireChannelActive()
    }

    private func becameReady() {
        guard let exchange else { return }
        self.exchange = nil
        exchange.obtained(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            secured = .now
            becameReady()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let instant = Instant.now
        let buffer = unwrapInboundIn(data)
        pool.received(buffer.readableBytes)
        buffer.withUnsafeReadableBytes { read($0, at: instant) }
    }

    private func read(_ bytes: UnsafeRawBufferPointer, at instant: Instant) {
        // Nobody asked: what comes between two exchanges would be taken for the next response.
        guard let exchange else { return abandon() }
        hasHeard = true
        if firstByte == nil { firstByte = instant }
        var offset = 0
        do throws(ResponseFraming.Violation) {
            while let part = try framing.next(bytes, &offset) {
                switch part {
                case .head(let head): exchange.head(head, at: firstByte ?? instant)
                case .body(let slice): exchange.body(slice, at: instant)
                case .end(let isReusable):
                    return end(of: exchange, isReusable: isReusable && isWritten && offset == bytes.count, at: instant)
                }
                // The exchange may have had enough.
                guard self.exchange === exchange else { return }
            }
            // The first byte of an interim response is none of the real one's.
            if !framing.hasBegun { firstByte = nil }
        } catch {
            fail(ConnectionFault(.protocolViolation, error.text), at: instant)
        }
    }

    private func end(of exchange: HTTPExchange, isReusable: Bool, at instant: Instant) {
        self.exchange = nil
        uses += 1
        if isReusable, isOpen { pool.give(self) } else { context?.close(promise: nil) }
        // Last: it may send the next request over this very connection.
        exchange.ended(at: instant)
    }

    private func fail(_ fault: ConnectionFault, at instant: Instant) {
        let exchange = exchange
        let isStale = isStale
        abandon()
        pool.forget(self)
        guard let exchange else { return }
        if isStale, fault.kind == .broken { exchange.foundStale(fault, at: instant) } else { exchange.failed(fault, at: instant) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error, secured != nil { return }
        // The first error says why, what follows is its wake.
        if fault == nil {
            let isHandshake = origin.isSecure && secured == nil && connected != nil
            fault = ConnectionFault(isHandshake ? .tls : .broken, ConnectionFault.text(error))
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let instant = Instant.now
        pool.forget(self)
        defer { context.fireChannelInactive() }
        guard let exchange else { return }
        if origin.isSecure, secured == nil {
            return fail(fault ?? ConnectionFault(.tls, "the peer closed the connection during the TLS handshake"), at: instant)
        }
        if let fault { return fail(fault, at: instant) }
        switch framing.close() {
        case .end:
            self.exchange = nil
            exchange.ended(at: instant)
        case .beforeResponse: fail(ConnectionFault(.broken, "the peer closed the connection before it answered"), at: instant)
        case .insideResponse: fail(ConnectionFault(.broken, "the peer closed the connection inside its answer"), at: instant)
        }
    }
}

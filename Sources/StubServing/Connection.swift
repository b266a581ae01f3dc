import JouleUnits
import NIOCore
import NIOHTTP1

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One client's connection: collects requests, has them answered one after another, and writes raw bytes. Lives on the engine's loop.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let engine: Engine
    private var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var lastRead: Int64 = 0
    private var queue = CircularBuffer<IncomingRequest>()
    private var isBusy = false
    private(set) var number = 0
    var answering: Engine.Exchange?

    private static let largestBody = 64 * 1024 * 1024

    init(engine: Engine) { self.engine = engine }

    var isOpen: Bool { context != nil }
    var isWritable: Bool { context?.channel.isWritable ?? false }
    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        number = engine.opened(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func leave() {
        guard context != nil else { return }
        context = nil
        queue.removeAll()
        engine.closed(self, answering: answering)
        answering = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
            if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
            }
        case .body(var part):
            body.writeBuffer(&part)
            if body.readableBytes > Self.largestBody { refuse(413) }
        case .end:
            let now = Instant.now.nanoseconds
            guard let head else { return }
            let target = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let request = IncomingRequest(
                method: head.method.rawValue, path: target.first.map(String.init) ?? "", query: target.count > 1 ? String(target[1]) : "",
                fields: head.headers.map { NamedText(name: $0.name, text: $0.value) }, body: body, received: now, closes: !head.isKeepAlive,
                isHTTP10: head.version == .http1_0)
            body = ByteBuffer()
            self.head = nil
            if isBusy {
                queue.append(request)
            } else {
                isBusy = true
                engine.receive(request, from: self)
            }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if let answering, isWritable { engine.pump(answering) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { refuse(400) } else { context.close(promise: nil) }
    }

    private func refuse(_ status: Int) {
        var out = allocator.buffer(capacity: 128)
        ResponseHead(status: status, framing: .length(0), closes: true, fields: []).append(to: &out)
        send(out)
        context?.close(promise: nil)
    }

    // MARK: For the engine

    func send(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }

    /// The answer is out: the next request's turn, or the end.
    func finished(keepsConnection: Bool) {
        answering = nil
        isBusy = false
        if !keepsConnection {
            closeAfterWrites()
        } else if let next = queue.popFirst() {
            isBusy = true
            engine.receive(next, from: self)
        }
    }

    /// Closes once everything that was written has gone out.
    private func closeAfterWrites() {
        guard let context else { return }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.context?.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(allocator.buffer(capacity: 0)), promise: written)
    }

    /// Ends the connection with RST instead of FIN.
    func reset() { context?.triggerUserOutboundEvent(ConnectionReset(), promise: nil) }
}

/// Asks the channel's first handler for a reset.
struct ConnectionReset {}

/// Carries a reset out, ahead of TLS, which would say goodbye first.
final class ResetHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is ConnectionReset else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if let options = context.channel as? any SocketOptionProvider {
            // A linger time of zero makes close(2) send RST and forget what is not sent yet.
            _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.close(promise: promise)
    }
}

/// Leaves connections in the queue of the listening socket for a while, where the scenario asks for it.
final class AcceptGate: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private let engine: Engine

    init(engine: Engine) { self.engine = engine }

    func read(context: ChannelHandlerContext) {
        let delay = engine.scenario.rates.acceptDelay
        guard delay > 0 else { return context.read() }
        _ = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(delay)) { context.read() }
    }
}

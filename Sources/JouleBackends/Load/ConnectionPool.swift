import JouleUnits
import NIOCore
import NIOPosix
import NIOSSL

/// The connections of one event loop: opened as they are needed, without a limit, and kept for reuse, the last one first.
///
/// `@unchecked Sendable`: touched on its event loop alone.
final class ConnectionPool: @unchecked Sendable {
    let loop: any EventLoop
    private let acceptsAnyCertificate: Bool
    private var tls: NIOSSLContext?
    private var idle: [Origin: [HTTPConnection]] = [:]
    /// Where a name led the last time: the others of a thousand connections need not ask again.
    private var addresses: [Origin: SocketAddress] = [:]
    /// Bytes of responses since the beginning, as the connections deliver them: after TLS, heads included.
    private(set) var bytesReceived: Int64 = 0
    /// Connections that came to stand since the beginning.
    private(set) var opened = 0

    init(loop: any EventLoop, acceptsAnyCertificate: Bool) {
        self.loop = loop
        self.acceptsAnyCertificate = acceptsAnyCertificate
    }

    func received(_ count: Int) { bytesReceived += Int64(count) }

    /// The connection that came back last, if one is there.
    func take(_ origin: Origin) -> HTTPConnection? {
        while let connection = idle[origin]?.popLast() {
            if connection.isReady { return connection }
        }
        return nil
    }

    func give(_ connection: HTTPConnection) { idle[connection.origin, default: []].append(connection) }

    /// The connection is closed, or about to be.
    func forget(_ connection: HTTPConnection) { idle[connection.origin]?.removeAll { $0 === connection } }

    func closeIdle() {
        let all = idle.values.joined()
        idle = [:]
        for connection in all { connection.abandon() }
    }

    /// Opens a connection and hands it to the exchange; names are tried with both address families (RFC 8305).
    func open(_ origin: Origin, within limit: Duration, for exchange: HTTPExchange) {
        let context: NIOSSLContext?
        do {
            context = origin.isSecure ? try securityContext() : nil
        } catch {
            return fail(exchange, ConnectionFault(.tls, ConnectionFault.text(error)))
        }
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(limit.nanoseconds))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Small to begin with, for a thousand streams of one token a read; it grows where more comes at once.
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4_096, initial: 4_096, maximum: 262_144))
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        // An address is no server name; it is checked against the certificate's addresses.
                        let isAddress = origin.host.contains(":") || (try? SocketAddress(ipAddress: origin.host, port: 0)) != nil
                        let name = isAddress ? nil : origin.host
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    try channel.pipeline.syncOperations.addHandler(HTTPConnection(origin: origin, pool: self))
                }
            }
        let known = (try? SocketAddress(ipAddress: origin.host, port: origin.port)) ?? addresses[origin]
        let future = known.map { bootstrap.connect(to: $0) } ?? bootstrap.connect(host: origin.host, port: origin.port)
        future.whenComplete { [self] result in
            switch result {
            case .success(let channel): opened(channel, origin, for: exchange)
            case .failure(let error):
                addresses[origin] = nil
                fail(exchange, ConnectionFault(connecting: error))
            }
        }
    }

    /// In a turn of its own: a failure inside `open` would have a queue of requests fail one inside the other.
    private func fail(_ exchange: HTTPExchange, _ fault: ConnectionFault) {
        let instant = Instant.now
        loop.execute { exchange.failed(fault, at: instant) }
    }

    private func opened(_ channel: any Channel, _ origin: Origin, for exchange: HTTPExchange) {
        addresses[origin] = channel.remoteAddress
        opened += 1
        guard let connection = try? channel.pipeline.syncOperations.handler(type: HTTPConnection.self) else {
            channel.close(promise: nil)
            return fail(exchange, ConnectionFault(origin.isSecure ? .tls : .connect, "the peer closed the connection"))
        }
        connection.await(for: exchange)
    }

    private func securityContext() throws -> NIOSSLContext {
        if let tls { return tls }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = acceptsAnyCertificate ? .none : .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        tls = context
        return context
    }
}

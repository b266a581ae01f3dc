import JouleModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A stand-in for OpenAI-compatible servers on one event loop, with answers whose every byte and time is scripted.
package final class StubServer: Sendable {
    private let settings: Settings
    private let loop: any EventLoop
    private let engine: NIOLoopBound<Engine>
    private let tls: NIOSSLContext?
    private let listening: NIOLoopBoundBox<(any Channel)?>
    package let port: Int

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - answers: asked before the scenario how a request is answered; nil leaves all to the scenario.
    ///   - activity: told what the server works on.
    /// - Throws: `Failure` for an address that cannot be bound and for a certificate that cannot be read.
    package static func start(
        _ settings: Settings, scenario: Scenario, answers: AnswerSource? = nil, activity: ServerActivity? = nil
    ) async throws -> StubServer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let tls = try settings.tlsContext()
        let engine = try await loop.submit {
            NIOLoopBound(
                Engine(settings: settings, scenario: scenario, answers: answers, activity: activity, loop: loop), eventLoop: loop)
        }.get()
        let channel: any Channel
        do {
            channel = try await bind(settings, port: settings.port, engine: engine, tls: tls, loop: loop)
        } catch {
            throw Failure(
                "stub.cannot-listen", "cannot listen on \(settings.host):\(settings.port)", cause: "\(error)",
                remedy: "choose another --port; 0 finds a free one")
        }
        let server = try await loop.submit { StubServer(settings: settings, loop: loop, engine: engine, tls: tls, channel: channel) }.get()
        try await loop.submit { engine.value.onRestart = { [weak server] in server?.rebind(after: $0) } }.get()
        return server
    }

    private init(settings: Settings, loop: any EventLoop, engine: NIOLoopBound<Engine>, tls: NIOSSLContext?, channel: any Channel) {
        self.settings = settings
        self.loop = loop
        self.engine = engine
        self.tls = tls
        listening = NIOLoopBoundBox(channel, eventLoop: loop)
        port = channel.localAddress?.port ?? settings.port
    }

    /// The base URL.
    package var url: String {
        "\(tls == nil ? "http" : "https")://\(settings.host.contains(":") ? "[\(settings.host)]" : settings.host):\(port)"
    }

    /// Stops listening; what is being answered is cut off when the process ends.
    package func stop() async throws {
        try await loop.flatSubmit { self.listening.value?.close() ?? self.loop.makeSucceededVoidFuture() }.get()
    }

    private static func bind(_ settings: Settings, port: Int, engine: NIOLoopBound<Engine>, tls: NIOSSLContext?, loop: any EventLoop)
        async throws -> any Channel
    {
        try await bootstrap(engine: engine, tls: tls, loop: loop).bind(host: settings.host, port: port).get()
    }

    private static func bootstrap(engine: NIOLoopBound<Engine>, tls: NIOSSLContext?, loop: any EventLoop) -> ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptGate(engine: engine.value)) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ResetHandler())
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(Connection(engine: engine.value))
                }
            }
    }

    /// Closes the listening socket and opens it again, on the same port, after so many nanoseconds.
    private func rebind(after pause: Int64) {
        guard pause > 0 else { return }
        listening.value?.close(promise: nil)
        listening.value = nil
        _ = loop.scheduleTask(in: .nanoseconds(pause)) {
            Self.bootstrap(engine: self.engine, tls: self.tls, loop: self.loop).bind(host: self.settings.host, port: self.port)
                .whenSuccess { self.listening.value = $0 }
        }
    }
}

extension Settings {
    fileprivate func tlsContext() throws -> NIOSSLContext? {
        guard let certificateFile, let keyFile else { return nil }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile).map { NIOSSLCertificateSource.certificate($0) }
            let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
            return try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
        } catch {
            throw Failure(
                "stub.bad-certificate", "the certificate \(certificateFile) and the key \(keyFile) cannot be used", cause: "\(error)",
                remedy: "both must be PEM files that belong together")
        }
    }
}

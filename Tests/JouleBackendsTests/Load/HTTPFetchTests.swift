import Foundation
import JouleModel
import JouleUnits
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import JouleBackends

@Suite(.timeLimit(.minutes(3))) struct HTTPFetchTests {
    @Test func `a page comes with its status, its fields, its body and its stamps`() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                peer.write(Answer.page("418 Teapot", "\(request.head.prefix { $0 != "\r\n" })|\(request.body.count)", "X-A: b\r\n"))
            }
        }
        let bench = try LoadBench(server.url + "/api/v1")
        let page = try await bench.generator.fetch("/health", limit: .seconds(5))
        let posted = try await bench.generator.fetch("/tokenize", post: [1, 2, 3], limit: .seconds(5))
        await bench.generator.shutDown()
        #expect(page.status == 418 && String(decoding: page.body, as: UTF8.self) == "GET /api/health HTTP/1.1|0")
        #expect(page.fields.contains(ResponseHead.Field(name: "x-a", value: "b")))
        #expect(page.sent <= page.firstByte && page.firstByte <= page.answered)
        #expect(String(decoding: posted.body, as: UTF8.self) == "POST /api/tokenize HTTP/1.1|3" && server.connections == 1)
    }

    @Test func `a page that does not come, or comes too large, is a failure that says why`() async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            if request.head.contains("/large") { return peer.write(Answer.page("200 OK", String(repeating: "x", count: 5_000))) }
            if request.head.contains("/cut") { return peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc") }
            if request.head.contains("/noise") { return peer.write("hello\r\n") }
            peer.waitForClose()
        }
        let bench = try LoadBench(server.url)
        func code(_ path: String, limit: Duration = .seconds(30)) async -> String? {
            do throws(Failure) {
                _ = try await bench.generator.fetch(path, limit: limit, mostBytes: 1_000)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await code("/large") == "http.too-large")
        #expect(await code("/cut") == "http.broken")
        #expect(await code("/noise") == "http.protocol")
        #expect(await code("/never", limit: .milliseconds(200)) == "http.timeout")
        #expect(await code("/a b") == "client.path")
        let task = Task { await code("/never") }
        task.cancel()
        #expect(["http.cancelled", "http.timeout"].contains(await task.value))
        await bench.generator.shutDown()
        let nobody = try DeafPort()
        let other = try LoadBench(nobody.url)
        let failure = await #expect(throws: Failure.self) { try await other.generator.fetch("/", limit: .seconds(5)) }
        await other.generator.shutDown()
        withExtendedLifetime(nobody) {}
        #expect(failure?.code == "http.connect" && failure?.cause?.contains("refused") == true)
    }

    @Test func `a certificate that nobody vouches for is refused, unless any is accepted`() async throws {
        let server = try await SecureServer()
        let strict = try LoadBench("https://localhost:\(server.port)")
        try await strict.run(LoadBench.closed(1, requests: 1))
        let failure = await #expect(throws: Failure.self) { try await strict.generator.fetch("/", limit: .seconds(5)) }
        await strict.generator.shutDown()
        #expect(strict.timelines.map(\.outcome) == [.tlsError])
        #expect(strict.timelines[0].error?.contains("certificate") == true)
        #expect(failure?.code == "http.tls" && failure?.remedy != nil)

        let lenient = try LoadBench("https://localhost:\(server.port)", acceptsAnyCertificate: true)
        let report = try await lenient.run(LoadBench.closed(1, requests: 3))
        await lenient.generator.shutDown()
        #expect(lenient.timelines.map(\.outcome) == [.completed, .completed, .completed])
        #expect(report.connectionsOpened == 1)
        let first = lenient.timelines[0]
        let stamps = try [#require(first.connecting), #require(first.connected), #require(first.secured), #require(first.sent)]
        #expect(stamps == stamps.sorted() && lenient.timelines[1].secured == nil)

        // A server that speaks no TLS at all.
        let plain = try ScriptedServer { peer in
            _ = peer.request()
            peer.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let mistaken = try LoadBench("https://127.0.0.1:\(plain.port)", acceptsAnyCertificate: true)
        var program = LoadBench.closed(1, requests: 1)
        program.timeouts.connect = .milliseconds(500)
        try await mistaken.run(program)
        await mistaken.generator.shutDown()
        #expect([.tlsError, .connectTimeout].contains(mistaken.timelines[0].outcome))
        try await server.stop()
    }
}

/// Answers every request over TLS with the same stream, under a certificate made for the occasion.
private final class SecureServer: Sendable {
    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var unread = ""

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            unread += String(buffer: unwrapInboundIn(data))
            // The body is one JSON object without another brace.
            while let end = unread.firstIndex(of: "}") {
                unread = String(unread[unread.index(after: end)...])
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Answer.whole)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let port: Int

    init() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", folder + "/key",
            "-out", folder + "/certificate",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(folder + "/certificate").map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: folder + "/key", format: .pem)))
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context), Responder())
                }
            }
            .bind(host: "localhost", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await group.shutdownGracefully() }
}

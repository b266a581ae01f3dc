import Foundation
import JouleHTTP
import JouleModel
import JouleTestSupport
import JouleUnits
import StubServing
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Fetching whole pages` {
    @Test func `a page comes with its status, its headers and the time around it`() async throws {
        let server = LoopbackServer { request in
            .init("\(request.method) \(request.target)", status: 418, headers: ["X-Test": "yes"])
        }
        let before = Instant.now
        let reply = try await HTTPFetcher().send(HTTPRequest(url: server.url + "/a?b=c"))
        #expect(reply.text == "GET /a?b=c" && reply.status == 418 && !reply.isSuccess && reply.header("x-test") == "yes")
        #expect(before <= reply.asked && reply.asked < reply.answered && reply.answered <= .now)
    }

    @Test func `a thread may wait for a page, and connections are kept`() async throws {
        let server = LoopbackServer { .init("\($0.number)") }
        let fetcher = HTTPFetcher()
        let texts = await withCheckedContinuation { continuation in
            Thread {
                continuation.resume(returning: (0..<3).map { _ in (try? fetcher.sendAndWait(HTTPRequest(url: server.url)))?.text })
            }.start()
        }
        #expect(texts == ["1", "2", "3"])
    }

    @Test func `a body and headers go out`() async throws {
        let server = LoopbackServer { .init("\($0.method) \($0.headers["content-length"] ?? "none") \($0.headers["x-own"] ?? "")") }
        let reply = try await HTTPFetcher().send(
            HTTPRequest(method: "POST", url: server.url, headers: [("X-Own", "1")], body: Array("hello".utf8)))
        #expect(reply.text == "POST 5 1")
    }

    private func failure(_ request: HTTPRequest, limit: ByteCount = .mebibytes(16), insecure: Bool = false) async -> Failure? {
        do throws(Failure) {
            _ = try await HTTPFetcher(insecure: insecure, limit: limit).send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an answer that takes too long is a timeout`() async {
        let server = LoopbackServer { _ in .init("late", delay: .seconds(5)) }
        let failure = await failure(HTTPRequest(url: server.url, timeout: .milliseconds(100)))
        #expect(failure?.code == "http.timeout" && failure?.message.contains("0.1 s") == true)
    }

    @Test func `a port on which nobody listens refuses at once`() async {
        let server = LoopbackServer { _ in .init() }
        let url = server.url
        server.stop()
        let failure = await failure(HTTPRequest(url: url, timeout: .seconds(60)))
        #expect(failure?.code == "http.connect", "\(String(describing: failure))")
    }

    @Test func `an answer past the limit is not taken`() async {
        let server = LoopbackServer { _ in .init(String(repeating: "x", count: 2_000)) }
        #expect(await failure(HTTPRequest(url: server.url), limit: ByteCount(1_000))?.code == "http.too-large")
        #expect(await failure(HTTPRequest(url: server.url), limit: ByteCount(2_000)) == nil)
    }

    @Test func `a connection that is cut has failed, and the next request works`() async throws {
        let server = LoopbackServer { $0.number == 1 ? .hangUp : .init("back") }
        let fetcher = HTTPFetcher()
        await #expect(throws: Failure.self) { _ = try await fetcher.send(HTTPRequest(url: server.url)) }
        #expect(try await fetcher.send(HTTPRequest(url: server.url)).text == "back")
    }

    @Test func `redirects are followed three times and not in a circle`() async throws {
        let server = LoopbackServer { request in
            let hops = Int(request.path.dropFirst()) ?? 0
            return hops == 0 ? .init("there") : .init(status: 302, headers: ["Location": "/\(request.path == "/99" ? 99 : hops - 1)"])
        }
        #expect(try await HTTPFetcher().send(HTTPRequest(url: server.url + "/3")).text == "there")
        #expect(await failure(HTTPRequest(url: server.url + "/4"))?.code == "http.failed")
        #expect(await failure(HTTPRequest(url: server.url + "/99"))?.code == "http.failed")
    }

    @Test(arguments: ["", "nothing", "ftp://host/x", "http://", "http:///path"]) func `what is no URL is refused`(url: String) async {
        #expect(await failure(HTTPRequest(url: url))?.code == "http.url")
    }

    @Test func `user and password go out as basic authentication and into no message`() async throws {
        let server = LoopbackServer { .init($0.headers["authorization"] ?? "none") }
        let address = "http://me:s%40cret@127.0.0.1:\(server.port)/page?token=hidden"
        #expect(try await HTTPFetcher().send(HTTPRequest(url: address)).text == "Basic " + Data("me:s@cret".utf8).base64EncodedString())
        server.stop()
        let failure = try #require(await failure(HTTPRequest(url: address)))
        #expect(failure.message.contains("http://127.0.0.1:\(server.port)/page"))
        for secret in ["me", "s%40cret", "s@cret", "hidden"] { #expect(!"\(failure)".contains(secret), "\(failure)") }
    }

    @Test func `a daemon on a Unix socket is asked like any other`() async throws {
        let path = "/tmp/joule-\(UUID().uuidString.prefix(8)).sock"
        defer { unlink(path) }
        let server = LoopbackServer(socketPath: path) { .init("at \($0.target)") }
        for text in [path, "unix:\(path)", "unix://\(path)"] {
            let address = try PageAddress(text)
            #expect(address.host == nil && address.shown == "unix:\(path)")
            #expect(
                try await HTTPFetcher().send(HTTPRequest(url: address.url(page: "/gpu/get_power?gpu_ids=0"))).text
                    == "at /gpu/get_power?gpu_ids=0")
        }
        withExtendedLifetime(server) {}
    }

    @Test func `a certificate that nobody vouches for is refused unless that is asked for`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
        var settings = Settings()
        settings.certificateFile = folder + "/cert.pem"
        settings.keyFile = folder + "/key.pem"
        let server = try await StubServer.start(settings, scenario: Scenario(rates: Rates()))
        let url = server.url + "/health"
        #expect(await failure(HTTPRequest(url: url))?.code == "http.tls")
        #expect(await failure(HTTPRequest(url: url), insecure: true) == nil)
    }

    // MARK: Addresses

    @Test(
        arguments: [
            ("http://host:9100/metrics", "http://host:9100/metrics", "host"), ("host:9100", "http://host:9100/else", "host"),
            ("https://[::1]:1/", "https://[::1]:1/else", "::1"), ("HTTP://a?x=1", "HTTP://a?x=1", "a"),
        ])
    func `an address keeps the page that was given`(text: String, url: String, host: String) throws {
        let address = try PageAddress(text)
        #expect(address.url(orPage: "/else") == url && address.host == host)
    }

    @Test(arguments: ["", "ftp://x", "http://", "http://host:port/", "http://a b/", "http://[::1/", "unix:", "/", "http://h:99999"])
    func `what is no address is refused`(text: String) { #expect(throws: Failure.self) { try PageAddress(text) } }

    @Test func `an address shows no secret`() throws {
        #expect(try PageAddress("http://u:p@host/cm?user=a&password=b").shown == "http://host/cm")
    }
}

import JouleModel
import JouleTestSupport
import NIOCore
import Testing

@testable import JouleBackends

@Suite struct LoadPartsTests {
    @Test func `a redirect leads where its location says`() {
        let origin = Origin(isSecure: false, host: "Host", port: 8_000)
        func lead(_ location: String) -> String? {
            origin.resolve(location, from: "/v1/chat?x=1").map { $0.origin.description + $0.path }
        }
        #expect(lead("/v2/chat") == "http://host:8000/v2/chat")
        #expect(lead("other?y=2#part") == "http://host:8000/v1/other?y=2")
        #expect(lead("?z") == "http://host:8000/v1/chat?z")
        #expect(lead("//second/a") == "http://second/a")
        #expect(lead("HTTPS://user:word@third:444") == "https://third:444/")
        #expect(lead("https://[::1]:9/a") == "https://[::1]:9/a")
        #expect(lead("https://[::1]?a") == "https://[::1]/?a")
        for odd in ["", "mailto:a", "ftp://a/b", "http://", "http://a:x/", "http://a:70000/", "http://a b/"] { #expect(lead(odd) == nil) }
    }

    @Test func `a key is shown to its own origin and to the same host behind TLS alone`() throws {
        let head = try RequestHead(
            .post, "/v1/chat/completions",
            at: LoadServer(
                try Endpoint("http://one:8000"), key: "secret", fields: ["X-Tenant": "t", "User-Agent": "mine"], clientVersion: "1"))
        func text(_ origin: Origin) -> String { String(buffer: head.bytes(to: origin, path: "/p", body: Array("{}".utf8))) }
        let home = text(head.origin)
        #expect(home.hasPrefix("POST /p HTTP/1.1\r\nHost: one:8000\r\n"))
        #expect(home.contains("\r\nAuthorization: Bearer secret\r\n") && home.contains("\r\nX-Tenant: t\r\n"))
        #expect(home.contains("\r\nAccept-Encoding: identity\r\n") && home.hasSuffix("\r\nContent-Length: 2\r\n\r\n{}"))
        #expect(home.contains("\r\nUser-Agent: mine\r\n") && !home.contains("joulebench"))
        #expect(text(Origin(isSecure: true, host: "one", port: 443)).contains("secret"))
        for other in [Origin(isSecure: false, host: "two", port: 8_000), Origin(isSecure: false, host: "one", port: 9_000)] {
            #expect(!text(other).contains("secret") && !text(other).contains("Tenant"))
        }
    }

    @Test(arguments: ["A b": "c", "A": "b\r\nC: d", "Host": "x", "content-length": "3", "": "x"])
    func `a header field that would break the request is refused`(name: String, value: String) throws {
        let server = LoadServer(try Endpoint("http://one"), fields: [name: value], clientVersion: "1")
        #expect(throws: Failure.self) { _ = try RequestHead(.get, "/", at: server) }
    }

    @Test func `files are counted before the start`() throws {
        let limit = DescriptorLimit(soft: 1_024, hard: 4_096)
        #expect(try limit.raised(for: 900, besides: 20, isCertain: true) == nil)
        #expect(try limit.raised(for: 1_000, besides: 20, isCertain: true) == 1_084)
        #expect(try limit.raised(for: 100_000, besides: 20, isCertain: false) == 4_096)
        let failure = #expect(throws: Failure.self) { try limit.raised(for: 5_000, besides: 20, isCertain: true) }
        #expect(failure?.code == "client.file-limit")
        #expect(failure?.message.contains("5084") == true && failure?.message.contains("4096") == true)
    }

    @Test(arguments: [UInt64(4), 5, 6]) func `a quantile of delays is at most a thirty-second too high`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var histogram = LagHistogram()
        var values: [Int64] = []
        for _ in 0..<2_000 {
            let value = Int64(random.next() >> UInt64.random(in: 20...63, using: &random))
            values.append(value)
            histogram.add(value)
        }
        values.sort()
        for part in [0.0, 0.5, 0.99, 1.0] {
            let exact = Double(values[max(0, Int((part * 2_000).rounded(.up)) - 1)]) * 1e-9
            let found = try #require(histogram.quantile(part))
            #expect(
                found >= exact * (1 - 1e-12) && found <= exact * (1 + 1.0 / 32) + 1e-12, "seed \(seed), part \(part): \(found) for \(exact)"
            )
        }
        #expect(LagHistogram().quantile(0.5) == nil)
    }
}

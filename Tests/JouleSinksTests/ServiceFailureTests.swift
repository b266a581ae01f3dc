import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleSinks

/// What all services have in common when they cannot be reached or do not want to.
struct ServiceFailureTests {
    private func client(_ url: String, pauses: [Duration] = []) throws -> ServiceClient {
        try ServiceClient(
            service: "The service", url: url, variable: "reporter.url", keyRemedy: "give a key", authorization: [("X-Key", "sesame")],
            pauses: pauses)
    }

    @Test func `a service that is away is named with its address and what was tried`() async throws {
        let server = LoopbackServer { _ in .init() }
        server.stop()
        let client = try client("http://ada:sesame@127.0.0.1:\(server.port)/x?key=sesame")
        let failure = try #require(try await failure { try await client.carryOut("GET", "/page") })
        #expect(failure.code == "reporter.unreachable")
        #expect(failure.message == "The service at http://127.0.0.1:\(server.port)/x did not get the run")
        #expect(failure.cause != nil && failure.remedy != nil && !failure.description.contains("sesame"))
    }

    @Test(arguments: [429, 502, 503, 504])
    func `a service that is busy is asked again`(_ status: Int) async throws {
        let server = LoopbackServer { $0.number < 3 ? .init("busy", status: status) : .init("done") }
        let reply = try await client(server.url, pauses: [.zero, .zero]).carryOut("POST", "/page", body: [1, 2])
        #expect(reply.text == "done" && server.requests.map(\.body) == [[1, 2], [1, 2], [1, 2]])
        #expect(server.requests.allSatisfy { $0.headers["x-key"] == "sesame" })
    }

    @Test func `a service that stays busy ends it with its own words`() async throws {
        let server = LoopbackServer { _ in .init("try\n later ", status: 503) }
        let client = try client(server.url, pauses: [.zero, .zero])
        let failure = try #require(try await failure { try await client.carryOut("PUT", "/page?secret=sesame") })
        #expect(failure.code == "reporter.refused" && failure.cause == "PUT /page: status 503: try later")
        #expect(server.requests.count == 3 && !failure.description.contains("sesame"))
    }

    @Test func `a wrong request is not made again, and a page of HTML is not shown`() async throws {
        let server = LoopbackServer { _ in .init("<html><body>nginx</body></html>", status: 404) }
        let client = try client(server.url, pauses: [.zero, .zero])
        let failure = try #require(try await failure { try await client.carryOut("GET", "/page") })
        #expect(failure.cause == "GET /page: status 404: a page of HTML" && server.requests.count == 1)
        #expect(failure.remedy == "see that this is the address of The service")
    }

    @Test func `an address that is none is told before anything is sent`() async throws {
        for url in ["ftp://host", "http://", "http://host:port"] {
            let failure = try await failure { _ = try client(url) }
            #expect(failure?.code == "reporter.url" && failure?.remedy?.hasSuffix("in reporter.url") == true)
        }
    }

    @Test func `reporters that write files are no services`() throws {
        for kind in ReporterSpec.Kind.allCases {
            let isService = [.mlflow, .wandb, .clickhouse, .prometheus].contains(kind)
            let reporter = ReporterSpec(kind: kind, url: "http://127.0.0.1:1", python: "/bin/sh")
            #expect((try Sinks.sink(for: reporter, variables: [:]) != nil) == isService)
        }
    }
}

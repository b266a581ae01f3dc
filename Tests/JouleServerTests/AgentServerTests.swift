import Foundation
import JouleHTTP
import JouleMeters
import JouleModel
import JouleServer
import JouleUnits
import Testing

/// An agent on a free port for as long as the body lasts.
private func withAgent<Result: Sendable>(
    token: String? = nil, meters: [TestMeter] = [TestMeter()], speaking protocolVersion: Int = AgentProtocol.version,
    _ body: @escaping @Sendable (_ url: String, _ server: AgentServer, _ store: AgentStore) async throws -> Result
) async throws -> Result {
    let sampler = Sampler(meters: meters, period: .milliseconds(20), followsUpdates: true)
    defer { sampler.stop() }
    var description = description(of: sampler.channels)
    description.protocolVersion = protocolVersion
    let store = AgentStore(description: description, sampler: sampler, capacity: 100_000, spool: nil)
    let server = AgentServer(store: store, token: token)
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        let endpoint = try AgentEndpoint("127.0.0.1:0")
        group.addTask {
            try await server.run(on: endpoint) { port in continuation.yield(port) }
            return nil
        }
        group.addTask {
            for await port in ports { return try await body("http://127.0.0.1:\(port)", server, store) }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() { if let result { return result } }
        throw Failure("test.agent", "the agent ended before the test")
    }
}

/// What blocks runs on a thread of its own.
private func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in Thread { continuation.resume(returning: work()) }.start() }
}

private func get(_ url: String, _ headers: [(name: String, value: String)] = [], method: String = "GET") async throws -> HTTPReply {
    try await HTTPFetcher().send(HTTPRequest(method: method, url: url, headers: headers, timeout: .seconds(20)))
}

private func batch(_ url: String) async throws -> SampleBatch {
    let reply = try await get(url)
    try #require(reply.status == 200, "\(reply.text)")
    var position = 0
    return try SampleBatch(reply.body, at: &position)
}

struct AgentServerTests {
    @Test func `an agent says what it is, and what its clock shows`() async throws {
        try await withAgent { url, _, _ in
            let description = try JSONDecoder().decode(AgentDescription.self, from: Data(try await get(url + "/v1/description").body))
            #expect(description.channels == TestMeter().channels && description.host == "far")
            let before = Instant.now
            let clock = try JSONDecoder().decode(AgentClock.self, from: Data(try await get(url + "/v1/clock").body))
            #expect(before < clock.now && clock.now < .now)
        }
    }

    @Test func `samples are fetched from where the last answer ended, by several drivers at once`() async throws {
        try await withAgent { url, server, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        var next: Int64?
                        var stamps: [Instant] = []
                        while stamps.count < 60 {
                            let place = next.map { "&after=\($0 - 1)&epoch=instance" } ?? ""
                            let batch = try await batch(url + "/v1/samples?wait=2000&limit=7\(place)")
                            #expect(next == nil || batch.head.first == next)
                            #expect(batch.samples.count <= 7)
                            next = batch.head.first + Int64(batch.samples.count)
                            stamps += batch.samples.map(\.instant)
                        }
                        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.counts.rows >= 180)
        }
    }

    @Test func `an edge is marked, and then read on behind`() async throws {
        try await withAgent { url, _, _ in
            let marked = try await batch(url + "/v1/samples?edge=1")
            let edge = try #require(marked.head.edge)
            var latest = marked
            while try #require(latest.head.bracketed) < edge {
                latest = try await batch(url + "/v1/samples?wait=200&after=\(latest.head.next.map { $0 - 1 } ?? 0)&epoch=instance")
            }
            let all = try await batch(url + "/v1/samples")
            #expect(all.samples.contains { $0.instant > edge })
        }
    }

    @Test func `without the token nothing is told`() async throws {
        try await withAgent(token: "sesame") { url, server, _ in
            let pages = ["/v1/description", "/v1/clock", "/v1/samples", "/metrics", "/"]
            for page in pages {
                for headers in [
                    [], [("Authorization", "Bearer sesam")], [("Authorization", "Bearer sesame!")], [("Authorization", "sesame")],
                ] {
                    let reply = try await get(url + page, headers.map { (name: $0.0, value: $0.1) })
                    #expect(reply.status == 401 && reply.header("WWW-Authenticate") == "Bearer")
                    #expect(!reply.text.contains("sesame"))
                }
                let allowed = try await get(url + page, [(name: "Authorization", value: "Bearer sesame")])
                #expect(allowed.status == (page == "/" ? 404 : 200))
            }
            #expect(server.counts.refused == 20)
        }
    }

    @Test(arguments: ["after=x", "limit=-1", "after=99999999999999999999", "wait=1e3", "edge=2", "since="])
    func `a query that cannot be read is refused`(query: String) async throws {
        try await withAgent { url, _, _ in
            let odd = try await get(url + "/v1/samples?\(query)")
            let posted = try await get(url + "/v1/samples", method: "POST")
            #expect(odd.status == 400 && posted.status == 405)
        }
    }

    @Test func `the page for scrapers has typed series in both formats`() async throws {
        try await withAgent { url, _, store in
            // Readings over a second, so that there is something to say.
            while store.counts.taken < 30 {
                store.collect()
                try await Task.sleep(for: .milliseconds(10))
            }
            let plain = try await get(url + "/metrics")
            #expect(plain.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            let page = PrometheusText(plain.text)
            #expect(page.unreadableLines == 0)
            let energy = try #require(page.series.first { $0.name == "joulebench_energy_joules_total" })
            #expect(
                energy.labels == [
                    "scope": "gpu", "device": "Test \"GPU\" #0", "uuid": "GPU-0", "method": "measured-counter", "meter": "test",
                ])
            #expect(page.series.first { $0.name == "joulebench_power_watts" }?.value == 300)
            #expect(page.series.first { $0.name == "joulebench_build_info" }?.labels["version"] == "0.1.0")
            #expect(page.series.contains { $0.name == "joulebench_samples_lost_total" })
            #expect(plain.text.contains("# TYPE joulebench_energy_joules_total counter\n"))
            let open = try await get(url + "/metrics", [(name: "Accept", value: "application/openmetrics-text; version=1.0.0")])
            #expect(open.header("Content-Type")?.hasPrefix("application/openmetrics-text; version=1.0.0") == true)
            #expect(open.text.contains("# TYPE joulebench_energy_joules counter\n# UNIT joulebench_energy_joules joules\n"))
            #expect(open.text.hasSuffix("# EOF\n") && !plain.text.contains("# EOF"))
        }
    }

    @Test func `a power meter's energy for scrapers is what its readings add up to`() {
        var tally = ChannelTally(TestMeter(kind: .power).channels[0], samplePeriod: .milliseconds(100))
        func note(_ seconds: Double, _ watts: Double?) {
            var sample = RawSample()
            sample.instant = Instant(nanoseconds: Int64(seconds * 1e9))
            if let watts { sample.power = Watts(watts) } else { sample.fail(.retry("asleep")) }
            tally.note(sample)
        }
        #expect(tally.energy == nil)
        for (seconds, watts) in [(0, 100), (1, 200), (3, 200), (3.5, 100)] as [(Double, Double)] { note(seconds, watts) }
        #expect(tally.energy == Joules(625) && tally.method == .measuredPower)
        note(4, nil)
        #expect(tally.failedReads == 1)
        // What nobody saw is not made up.
        note(14.5, 100)
        #expect(tally.energy == Joules(625))
        #expect(tally.power(at: Instant(nanoseconds: 15_000_000_000)) == Watts(100))
        #expect(tally.power(at: Instant(nanoseconds: 60_000_000_000)) == nil)
    }

    @Test func `an agent that speaks a newer protocol is refused by its version`() async throws {
        try await withAgent(speaking: 2) { url, _, _ in
            let endpoint = try AgentEndpoint(url)
            let failure = await onThread { () -> Failure? in
                do throws(Failure) { _ = try AgentClient(endpoint, token: nil).description() } catch { return error }
                return nil
            }
            #expect(failure?.code == "meter.agent-version" && failure?.message.contains("version 2") == true)
            #expect(failure?.remedy?.contains("this machine") == true)
        }
    }

    @Test func `an address that cannot be listened on is said`() async throws {
        try await withAgent { url, _, store in
            let port = try #require(url.split(separator: ":").last)
            let failure = await #expect(throws: Failure.self) {
                try await AgentServer(store: store, token: nil).run(on: AgentEndpoint("127.0.0.1:\(port)")) { _ in }
            }
            #expect(failure?.code == "agent.listen")
        }
    }
}

struct AgentEndpointTests {
    @Test func `addresses are read with and without port and scheme`() throws {
        #expect(try AgentEndpoint("gpu-host").description == "gpu-host:9430")
        #expect(try AgentEndpoint("10.0.0.5:77").url == "http://10.0.0.5:77")
        #expect(try AgentEndpoint("[fe80::1]:77").url == "http://[fe80::1]:77")
        #expect(try AgentEndpoint("https://gpu.example/").url == "https://gpu.example:443")
        #expect(try AgentEndpoint(AgentEndpoint("https://gpu.example").description) == AgentEndpoint("https://gpu.example"))
    }

    @Test(arguments: ["", ":9430", "host:port", "host:70000", "a b", "http://h/path", "ftp://h", "[::1", "[::1]x", "::1", "u:p@h"])
    func `what is no address is refused with a remedy`(text: String) {
        let failure = #expect(throws: Failure.self) { try AgentEndpoint(text) }
        #expect(failure?.code == "config.agent-endpoint" && failure?.remedy != nil)
    }

    @Test func `only addresses of this machine alone are loopback`() throws {
        for text in ["127.0.0.1", "127.8.9.10:1", "localhost", "[::1]:1"] { #expect(try AgentEndpoint(text).isLoopback) }
        for text in ["0.0.0.0", "[::]:1", "10.0.0.1", "127.evil.example", "gpu-host", "127.0.0.1.example"] {
            #expect(try !AgentEndpoint(text).isLoopback)
        }
    }
}

/// The driver's side against a real agent, in one process.
struct AgentConnectionTests {
    /// Work that blocks while samplers start and stop.
    private func drive(_ url: String, _ work: @escaping @Sendable (Sampler, AgentSource) -> Void) async throws {
        let endpoint = try AgentEndpoint(url)
        let failure = await onThread { () -> Failure? in
            do throws(Failure) {
                let source = try AgentSource.find(endpoint, token: nil, gain: nil)
                let sampler = Sampler(meters: [], agents: [source], period: .milliseconds(100), followsUpdates: true)
                work(sampler, source)
                sampler.stop()
            } catch {
                return error
            }
            return nil
        }
        #expect(failure == nil)
    }

    @Test func `samples lie before the first edge and, soon, behind the last one`() async throws {
        try await withAgent { url, _, _ in
            try await drive(url) { sampler, source in
                #expect(sampler.channels == source.channels && sampler.channels.allSatisfy { $0.host == "far" })
                let begin = sampler.markEdge()
                let end = Instant.now + .seconds(30)
                while !sampler.isBracketed(begin), Instant.now < end { Thread.sleep(forTimeInterval: 0.001) }
                let last = sampler.markEdge()
                while !sampler.isBracketed(last), Instant.now < end { Thread.sleep(forTimeInterval: 0.001) }
                #expect(Instant.now < end)
                var stamps: [Instant] = []
                sampler.drain { stamps.append($0.instant) }
                #expect(stamps.contains { $0 < begin } && stamps.contains { $0 > last })
                #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
                let record = sampler.agentRecords[0]
                #expect(record.host == "far" && record.roundTrips >= 8 && record.gaps.isEmpty && record.duplicatesDropped == 0)
                #expect(abs(record.clockOffset.seconds) <= record.clockBound.seconds)
                #expect(sampler.lostSamples == 0)
            }
        }
    }

    @Test func `an agent that is gone when its driver ends keeps nobody waiting for ever`() async throws {
        let port = try await withAgent { url, _, _ in
            try await drive(url) { sampler, _ in sampler.drain { _ in } }
            return url
        }
        let failure = await onThread { () -> Failure? in
            guard let endpoint = try? AgentEndpoint(port) else { return nil }
            do throws(Failure) { _ = try AgentSource.find(endpoint, token: nil, gain: nil) } catch { return error }
            return nil
        }
        #expect(failure?.code == "meter.agent-unreachable")
    }
}

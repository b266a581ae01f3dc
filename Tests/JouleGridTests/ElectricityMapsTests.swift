import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleGrid

/// A resolver with a cache of its own, whose waits are counted and not waited.
final class Lookup: Sendable {
    let folder = FileManager.default.temporaryDirectory.appending(path: "joule-grid-\(UUID().uuidString)").path
    private let waits = Guarded<[Double]>([])

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var waited: [Double] { waits.withLock { $0 } }

    func resolver(_ variables: [String: String], now: Double, patience: Duration = .seconds(30)) -> CarbonResolver {
        CarbonResolver(variables: ["XDG_CACHE_HOME": folder].merging(variables) { _, own in own }, now: now, patience: patience) {
            [self] delay in
            waits.withLock { $0.append(delay.seconds) }
        }
    }
}

func time(_ text: String) -> Double { WallTime.parse(text) ?? .nan }

private func spec(_ change: (inout CarbonSpec) -> Void = { _ in }) -> CarbonSpec {
    var spec = CarbonSpec()
    spec.source = .electricityMaps
    change(&spec)
    return spec
}

private func hour(_ stamp: String, _ grams: String, estimated: Bool = false) -> String {
    #"{"zone":"DE","carbonIntensity":\#(grams),"datetime":"\#(stamp)","updatedAt":"x","isEstimated":\#(estimated)}"#
}

/// The service, as far as a client sees it: what it is asked, and what becomes of each of its answers.
struct ElectricityMapsTests {
    private let span = time("2026-11-21T08:20Z")...time("2026-11-21T10:10Z")
    private let later = time("2026-11-21T15:00Z")
    private let series =
        #"{"zone":"DE","data":["#
        + [
            hour("2026-11-21T08:00:00.000Z", "381"), hour("2026-11-21T09:00:00.000Z", "402.5", estimated: true),
            hour("2026-11-21T10:00:00.000Z", "350"),
        ].joined(separator: ",") + "]}"

    private func variables(_ service: ScriptedService, key: String = "secret") -> [String: String] {
        ["JOULEBENCH_ELECTRICITYMAPS_URL": service.url, "ELECTRICITYMAPS_API_KEY": key]
    }

    @Test func `the hours of a run are asked for with the key in a header, once`() async throws {
        let series = series
        let service = try ScriptedService { _, _ in .init(body: series) }
        defer { service.stop() }
        let lookup = Lookup()
        let record = await lookup.resolver(variables(service), now: later).record(spec(), zone: GridZone("DEU"), span: span)
        #expect(record.source == .electricityMaps && record.fallbackReason == nil && record.zone == "DE")
        #expect(record.points.map(\.intensity.rawValue) == [381, 402.5, 350])
        #expect(record.points.first?.unixSeconds == time("2026-11-21T08:00Z"))
        #expect(record.isEstimated == true && record.retrievedUnixSeconds == later && record.warnings.isEmpty)
        let request = try #require(service.requests.first)
        #expect(request.headers["auth-token"] == "secret")
        #expect(
            request.target
                == "/v3/carbon-intensity/past-range?zone=DE&start=2026-11-21T08:00:00Z&end=2026-11-21T11:00:00Z")
        #expect(service.requests.count == 1)
    }

    @Test func `the second run of the hour is answered by the cache, without the network`() async throws {
        let series = series.replacingOccurrences(of: "true", with: "false")
        let service = try ScriptedService { _, _ in .init(body: series) }
        let lookup = Lookup()
        let asked = await lookup.resolver(variables(service), now: later).record(spec(), zone: GridZone("DE"), span: span)
        service.stop()
        let kept = await lookup.resolver(variables(service), now: later + 86_400).record(spec(), zone: GridZone("DE"), span: span)
        #expect(kept == asked)
        let other = await lookup.resolver(variables(service), now: later).record(spec(), zone: GridZone("FR"), span: span)
        #expect(other.fallbackReason != nil)
    }

    @Test func `an estimate is believed for an hour`() async throws {
        let series = series
        let service = try ScriptedService { _, _ in .init(body: series) }
        defer { service.stop() }
        let lookup = Lookup()
        for now in [later, later + 3_000, later + 4_000] {
            _ = await lookup.resolver(variables(service), now: now).record(spec(), zone: GridZone("DE"), span: span)
        }
        #expect(service.requests.count == 2)
    }

    @Test func `what belongs to the present hour comes from latest`() async throws {
        let latest = hour("2026-11-21T09:00:00.000Z", "412", estimated: true)
        let service = try ScriptedService { _, _ in .init(body: latest) }
        defer { service.stop() }
        let span = time("2026-11-21T09:10Z")...time("2026-11-21T09:20Z")
        let record = await Lookup().resolver(variables(service), now: time("2026-11-21T09:21Z"))
            .record(spec(), zone: GridZone("US-CA"), span: span)
        #expect(service.requests.map(\.target) == ["/v3/carbon-intensity/latest?zone=US-CAL-CISO"])
        #expect(record.points.map(\.intensity.rawValue) == [412] && record.fallbackReason == nil)
    }

    @Test func `a service that asks for time is waited for as long as it says`() async throws {
        let series = series
        let service = try ScriptedService { number, _ in
            number == 0 ? .init(status: 429, headers: ["Retry-After": "7"]) : number == 1 ? .init(status: 503) : .init(body: series)
        }
        defer { service.stop() }
        let lookup = Lookup()
        let record = await lookup.resolver(variables(service), now: later).record(spec(), zone: GridZone("DE"), span: span)
        #expect(record.fallbackReason == nil && lookup.waited == [7, 2])
    }

    @Test func `a service that asks for too much time is replaced`() async throws {
        let service = try ScriptedService { _, _ in .init(status: 429, headers: ["Retry-After": "3600"]) }
        defer { service.stop() }
        let lookup = Lookup()
        let record = await lookup.resolver(variables(service), now: later).record(spec(), zone: GridZone("DE"), span: span)
        #expect(record.source == .table && record.points.map(\.intensity.rawValue) == [380.95] && record.year == 2023)
        #expect(record.fallbackReason?.contains("status 429") == true && record.fallbackReason?.contains("3600") == true)
        #expect(lookup.waited.isEmpty && record.askedSource == .electricityMaps)
    }

    @Test func `a refused key is said by the name of its variable, and never by itself`() async throws {
        let service = try ScriptedService { _, _ in .init(status: 401, body: #"{"error":"Invalid auth-token"}"#) }
        defer { service.stop() }
        let record = await Lookup().resolver(variables(service, key: "hush"), now: later).record(
            spec { $0.intensity = CarbonIntensity(321) }, zone: GridZone("DE"), span: span)
        #expect(record.source == .fixed && record.points.map(\.intensity.rawValue) == [321])
        #expect(record.fallbackReason == "electricity-maps: it refuses the key in ELECTRICITYMAPS_API_KEY (status 401)")
        #expect(service.requests.count == 1)
        let written = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        #expect(!written.contains("hush"))
    }

    @Test(arguments: [
        "", "<html>", "{}", #"{"data":[]}"#, #"{"data":[{"datetime":"x","carbonIntensity":1}]}"#,
        #"{"data":[{"datetime":"2026-11-21T08:00Z","carbonIntensity":null}]}"#,
        #"{"data":[{"datetime":"2026-11-21T08:00Z","carbonIntensity":-4}]}"#,
    ])
    func `garbage is no intensity`(body: String) async throws {
        let service = try ScriptedService { _, _ in .init(body: body) }
        defer { service.stop() }
        let record = await Lookup().resolver(variables(service), now: later).record(spec(), zone: GridZone("FRA"), span: span)
        #expect(record.source == .table && record.fallbackReason != nil && record.points.map(\.intensity.rawValue) == [56.04])
    }

    @Test func `nobody who can be reached is the table's turn, and no zone the world's`() async throws {
        let variables = ["JOULEBENCH_ELECTRICITYMAPS_URL": "http://127.0.0.1:1", "ELECTRICITYMAPS_API_KEY": "k"]
        let record = await Lookup().resolver(variables, now: later).record(
            spec {
                $0.latitude = 48.1
                $0.longitude = 11.6
            }, zone: nil, span: span)
        #expect(record.source == .table && record.isAssumed && record.points.map(\.intensity.rawValue) == [475])
        #expect(record.fallbackReason != nil)
    }

    @Test func `a position is asked for where a zone is not given`() async throws {
        let series = series
        let service = try ScriptedService { _, _ in .init(body: series) }
        defer { service.stop() }
        let record = await Lookup().resolver(variables(service), now: later).record(
            spec {
                $0.latitude = 48.1
                $0.longitude = 11.6
            }, zone: nil, span: span)
        #expect(service.requests.first?.target.contains("lat=48.1&lon=11.6&") == true)
        #expect(record.zone == "DE" && record.countryCode == "DEU" && record.zoneName == "Germany")
    }

    @Test func `hours that are missing are said`() async throws {
        let series = #"{"data":["# + [hour("2026-11-21T09:00Z", "400"), hour("2026-11-21T13:00Z", "300")].joined(separator: ",") + "]}"
        let service = try ScriptedService { _, _ in .init(body: series) }
        defer { service.stop() }
        let span = time("2026-11-21T08:20Z")...time("2026-11-21T12:10Z")
        let record = await Lookup().resolver(variables(service), now: later).record(spec(), zone: GridZone("DE"), span: span)
        #expect(record.points.map(\.intensity.rawValue) == [400])
        #expect(record.warnings.count == 2)
        #expect(record.warnings[0].contains("before 2026-11-21T09:00:00Z"))
        #expect(record.warnings[1].contains("from 2026-11-21T10:00:00Z to 2026-11-21T12:10:00Z"))
    }

    @Test func `what is sure to fail is said before a run`() throws {
        let resolver = CarbonResolver(variables: [:])
        #expect(throws: Failure.self) { try resolver.check(spec(), zone: GridZone("DE")) }
        #expect(throws: Failure.self) {
            try CarbonResolver(variables: ["ELECTRICITYMAPS_API_KEY": "k"]).check(spec(), zone: GridZone("US-OR"))
        }
        try CarbonResolver(variables: ["ELECTRICITYMAPS_API_KEY": "k"]).check(spec(), zone: GridZone("US-NW-BPAT"))
    }
}

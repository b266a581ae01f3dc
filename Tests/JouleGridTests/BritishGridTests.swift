import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleGrid

struct BritishGridTests {
    private func spec() -> CarbonSpec {
        var spec = CarbonSpec()
        spec.source = .uk
        return spec
    }

    private func half(_ from: String, forecast: Int, actual: Int?) -> String {
        #"{"from":"\#(from)","to":"x","intensity":{"forecast":\#(forecast),"actual":\#(actual.map { "\($0)" } ?? "null"),"index":"low"}}"#
    }

    @Test func `the actual value counts, else the forecast`() async throws {
        let body =
            #"{"data":["#
            + [
                half("2026-11-21T08:00Z", forecast: 1, actual: 2), half("2026-11-21T08:30Z", forecast: 120, actual: 118),
                half("2026-11-21T09:00Z", forecast: 130, actual: nil),
            ].joined(separator: ",") + "]}"
        let service = try ScriptedService { _, _ in .init(body: body) }
        defer { service.stop() }
        let span = time("2026-11-21T08:35Z")...time("2026-11-21T09:05Z")
        let record = await Lookup().resolver(["JOULEBENCH_CARBONINTENSITY_UK_URL": service.url], now: time("2026-11-21T09:06Z"))
            .record(spec(), zone: GridZone("GB"), span: span)
        #expect(record.points.map(\.intensity.rawValue) == [118, 130])
        #expect(record.isEstimated == true && record.zone == "GBR" && record.zoneName == "Great Britain")
        #expect(service.requests.map(\.target) == ["/intensity/2026-11-21T08:30Z/2026-11-21T09:30Z"])
    }

    @Test func `the present half hour is asked for without times`() async throws {
        let body = #"{"data":[\#(half("2026-11-21T09:00Z", forecast: 130, actual: nil))]}"#
        let service = try ScriptedService { _, _ in .init(body: body) }
        defer { service.stop() }
        let span = time("2026-11-21T09:01Z")...time("2026-11-21T09:05Z")
        let record = await Lookup().resolver(["JOULEBENCH_CARBONINTENSITY_UK_URL": service.url], now: time("2026-11-21T09:06Z"))
            .record(spec(), zone: nil, span: span)
        #expect(record.points.map(\.intensity.rawValue) == [130] && record.fallbackReason == nil)
        #expect(service.requests.map(\.target) == ["/intensity"])
    }

    @Test func `a region has its own page`() async throws {
        let body =
            #"{"data":{"regionid":16,"shortname":"Scotland","data":[{"from":"2026-11-21T09:00Z","to":"x","intensity":{"forecast":31,"index":"low"}}]}}"#
        let service = try ScriptedService { _, _ in .init(body: body) }
        defer { service.stop() }
        let span = time("2026-11-21T09:01Z")...time("2026-11-21T09:05Z")
        let record = await Lookup().resolver(["JOULEBENCH_CARBONINTENSITY_UK_URL": service.url], now: time("2026-11-21T12:00Z"))
            .record(spec(), zone: GridZone("GB-SCT"), span: span)
        #expect(record.points.map(\.intensity.rawValue) == [31] && record.zoneName == "Scotland" && record.isEstimated == true)
        #expect(service.requests.map(\.target) == ["/regional/intensity/2026-11-21T09:00Z/2026-11-21T09:30Z/regionid/16"])
    }

    @Test func `other countries, and Northern Ireland, are not its own`() async throws {
        for zone in ["FRA", "GB-NIR"] {
            #expect(throws: Failure.self) { try CarbonResolver(variables: [:]).check(spec(), zone: GridZone(zone)) }
        }
        let record = await Lookup().resolver([:], now: 0).record(spec(), zone: GridZone("FRA"), span: 0...1)
        #expect(record.source == .table && record.fallbackReason?.contains("Great Britain only") == true)
    }
}

import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleGrid

struct IntensitySeriesTests {
    @Test(arguments: [
        "2026-11-21T08:00Z,381\n2026-11-21T09:00Z,402.5\n", "time,intensity\n2026-11-21T10:00+02:00,381\n2026-11-21T11:00+02:00,402.5",
        "\u{FEFF}intensity;timestamp\r\n402.5;1795251600\r\n381;1795248000\r\n",
        "# g/kWh\nDatetime (UTC),Zone,Carbon intensity gCO₂eq/kWh (direct),Carbon intensity gCO₂eq/kWh (Life cycle)\n2026-11-21 08:00:00,DE,1,381\n2026-11-21 09:00:00,DE,2,402.5\n",
    ])
    func `times of all kinds and headers of all kinds are read`(text: String) throws {
        let series = try IntensitySeries(text, file: "f.csv")
        #expect(series.points.map(\.unixSeconds) == [1_795_248_000, 1_795_251_600])
        #expect(series.points.map(\.intensity.rawValue) == [381, 402.5] && series.step == 3_600)
    }

    @Test(arguments: [
        ("", 1), ("time,intensity\n", 1), ("a,b\n1,2\n", 1), ("2026-11-21T08:00Z,381\nyesterday,2\n", 2),
        ("2026-11-21T08:00Z,381\n2026-11-21T09:00Z,much\n", 2), ("2026-11-21T08:00Z,-1\n", 1), ("time,intensity\n\n2026-11-21T08:00Z\n", 3),
    ])
    func `a mistake has its line`(text: String, line: Int) {
        #expect(
            throws: Failure.self, performing: { try IntensitySeries(text, file: "f.csv") })
        do {
            _ = try IntensitySeries(text, file: "f.csv")
        } catch {
            #expect(error.code == "carbon.file" && error.source?.line == line)
        }
    }

    @Test func `a file stands for a run that it covers, and only for that`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "joule-\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "2026-11-21T08:00Z,100\n2026-11-21T09:00Z,\n2026-11-21T10:00Z,300\n".write(toFile: file, atomically: true, encoding: .utf8)
        var spec = CarbonSpec()
        spec.source = .csv
        spec.file = file
        let resolver = CarbonResolver(variables: [:])
        try resolver.check(spec, zone: nil)
        let inside = await resolver.record(
            spec, zone: GridZone("DE"), span: time("2026-11-21T08:30Z")...time("2026-11-21T10:30Z"))
        #expect(inside.points.map(\.intensity.rawValue) == [100, 300] && inside.source == .csv && inside.zone == "DEU")
        #expect(inside.warnings.contains { $0.contains("1 lines of") })
        let before = await resolver.record(spec, zone: GridZone("DE"), span: 0...1)
        #expect(before.source == .table && before.fallbackReason?.contains("begin at 2026-11-21T08:00:00Z") == true)
        let after = await resolver.record(spec, zone: GridZone("DE"), span: time("2026-12-21T08:30Z")...time("2026-12-21T10:30Z"))
        #expect(after.source == .table && after.fallbackReason?.contains("end at 2026-11-21T10:00:00Z") == true)
        spec.file = file + "x"
        #expect(throws: Failure.self) { try resolver.check(spec, zone: nil) }
        let missing = await resolver.record(spec, zone: GridZone("DE"), span: 0...1)
        #expect(missing.source == .table && missing.fallbackReason != nil)
    }

    @Test(arguments: [1, 2, 3, 4, 5]) func `a time that is written is read back`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let seconds = Double(Int64.random(in: -30_000_000_000...100_000_000_000, using: &random))
            let text = WallTime.text(seconds)
            guard !text.hasPrefix("-"), text.count == 20 else { continue }
            #expect(WallTime.parse(text) == seconds, "seed \(seed): \(text)")
        }
    }

    @Test(arguments: ["", "2026-13-01", "2026-11-21T", "2026-11-21T25:00Z", "2026-11-21T08:00X", "2026-11-21T08:00Z more", "noon"])
    func `what is no time is none`(text: String) { #expect(WallTime.parse(text) == nil) }
}

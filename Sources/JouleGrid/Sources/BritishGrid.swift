import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// Half-hourly intensities of Great Britain by its system operator (NESO, CC BY 4.0), who wants no key:
/// `GET /intensity`, `/intensity/{from}/{to}`, `/regional/intensity/{from}/{to}/regionid/{id}`. Regions have forecasts only.
struct BritishGrid: Sendable {
    static let usualBase = "https://api.carbonintensity.org.uk"
    static let origin = "NESO Carbon Intensity API, half-hourly, CC BY 4.0"
    static let step = 1_800.0
    /// The API gives 14 days at once.
    private static let mostAtOnce = 7.0 * 86_400

    let base: String
    let fetch: PatientFetch

    func intensities(
        of part: GridZone.BritishPart, in span: ClosedRange<Double>, now: Double
    ) async throws(LookupFailure) -> GridIntensity {
        let begin = (span.lowerBound / Self.step).rounded(.down) * Self.step
        let end = (span.upperBound / Self.step).rounded(.down) * Self.step + Self.step
        var halves: [HalfHour] = []
        if part == .national, begin <= now, now < end, end - begin == Self.step {
            let page: Page<[HalfHour]> = try await get("/intensity")
            halves = page.data
        } else {
            var from = begin
            while from < end {
                let to = min(from + Self.mostAtOnce, end)
                let times = "\(WallTime.text(from, withSeconds: false))/\(WallTime.text(to, withSeconds: false))"
                switch part {
                case .national:
                    let page: Page<[HalfHour]> = try await get("/intensity/\(times)")
                    halves += page.data
                case .region(let number):
                    let page: Page<Region> = try await get("/regional/intensity/\(times)/regionid/\(number)")
                    halves += page.data.data
                }
                from = to
            }
        }
        // The half hour that ends at the beginning comes along with it.
        let inside = halves.compactMap(\.value).filter { $0.point.unixSeconds + Self.step > begin && $0.point.unixSeconds < end }
        let points = Dictionary(inside.map { ($0.point.unixSeconds, $0) }) { _, later in later }.values
        guard !points.isEmpty else { throw LookupFailure("it has no intensity for this time") }
        return GridIntensity(
            points: points.map(\.point).sorted { $0.unixSeconds < $1.unixSeconds }, isEstimated: points.contains { $0.isForecast },
            zone: nil, retrieved: now)
    }

    private func get<Answer: Decodable>(_ path: String) async throws(LookupFailure) -> Answer {
        let reply = try await fetch.page(HTTPRequest(url: base + path, headers: [("accept", "application/json")]))
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(reply.body))
        } catch {
            throw LookupFailure("its answer is not what its API describes")
        }
    }

    private struct Page<Content: Decodable>: Decodable { let data: Content }
    private struct Region: Decodable { let data: [HalfHour] }

    private struct HalfHour: Decodable {
        struct Intensity: Decodable {
            let actual: Double?
            let forecast: Double?
        }

        let from: String
        let intensity: Intensity

        var value: (point: CarbonRecord.Point, isForecast: Bool)? {
            guard let time = WallTime.parse(from), let grams = intensity.actual ?? intensity.forecast, grams >= 0 else { return nil }
            return (CarbonRecord.Point(unixSeconds: time, intensity: CarbonIntensity(grams)), intensity.actual == nil)
        }
    }
}

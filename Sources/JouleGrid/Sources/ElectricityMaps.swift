import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// Hourly intensities by Electricity Maps, whose API wants a key: `GET /v3/carbon-intensity/{latest,past-range}`, header `auth-token`.
/// They are life-cycle averages of what is consumed in a zone, imports included.
struct ElectricityMaps: Sendable {
    static let usualBase = "https://api.electricitymaps.com"
    static let origin = "Electricity Maps, hourly, life cycle"
    /// How long a value holds.
    static let step = 3_600.0
    /// The API gives ten days of hours at once.
    private static let mostAtOnce = 7.0 * 86_400

    let base: String
    let key: String
    let keyName: String
    let fetch: PatientFetch

    enum Place: Hashable, Sendable {
        case zone(String)
        case position(latitude: Double, longitude: Double)

        var query: String {
            switch self {
            case .zone(let name): "zone=\(name)"
            case .position(let latitude, let longitude): "lat=\(latitude)&lon=\(longitude)"
            }
        }
    }

    /// - Parameter now: what belongs to the present hour is only in `latest`; seconds since 1970.
    func intensities(of place: Place, in span: ClosedRange<Double>, now: Double) async throws(LookupFailure) -> GridIntensity {
        let presentHour = (now / Self.step).rounded(.down) * Self.step
        let begin = (span.lowerBound / Self.step).rounded(.down) * Self.step
        var values: [Value] = []
        var zone: String?
        if begin < presentHour {
            let end = min((span.upperBound / Self.step).rounded(.down) * Self.step + Self.step, presentHour + Self.step)
            var from = begin
            while from < end {
                let to = min(from + Self.mostAtOnce, end)
                let page: Series = try await get("past-range?\(place.query)&start=\(WallTime.text(from))&end=\(WallTime.text(to))")
                values += page.values
                zone = zone ?? page.zone ?? page.values.first?.zone
                from = to
            }
        }
        let known = values.compactMap(\.point)
        if span.upperBound >= presentHour, !known.contains(where: { $0.unixSeconds >= presentHour }) {
            let latest: Value = try await get("latest?\(place.query)")
            zone = zone ?? latest.zone
            values.append(latest)
        }
        let usable = values.filter { $0.point != nil }
        guard !usable.isEmpty else { throw LookupFailure("it has no intensity for this place and time") }
        let points = Dictionary(usable.compactMap(\.point).map { ($0.unixSeconds, $0) }) { _, later in later }.values
        let flags = usable.compactMap(\.isEstimated)
        return GridIntensity(
            points: points.sorted { $0.unixSeconds < $1.unixSeconds }, isEstimated: flags.isEmpty ? nil : flags.contains(true), zone: zone,
            retrieved: now)
    }

    private func get<Answer: Decodable>(_ path: String) async throws(LookupFailure) -> Answer {
        let request = HTTPRequest(
            url: "\(base)/v3/carbon-intensity/\(path)", headers: [("auth-token", key), ("accept", "application/json")])
        let reply = try await fetch.page(request, keyName: keyName)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(reply.body))
        } catch {
            throw LookupFailure("its answer is not what its API describes")
        }
    }

    private struct Value: Decodable {
        let zone: String?
        let carbonIntensity: Double?
        let datetime: String
        let isEstimated: Bool?

        var point: CarbonRecord.Point? {
            guard let carbonIntensity, carbonIntensity.isFinite, carbonIntensity >= 0, let time = WallTime.parse(datetime) else {
                return nil
            }
            // `latest` may be stamped inside its hour; it holds for all of it.
            let hour = (time / ElectricityMaps.step).rounded(.down) * ElectricityMaps.step
            return CarbonRecord.Point(unixSeconds: hour, intensity: CarbonIntensity(carbonIntensity))
        }
    }

    private struct Series: Decodable {
        let zone: String?
        let data: [Value]?
        let history: [Value]?

        var values: [Value] { data ?? history ?? [] }
    }
}

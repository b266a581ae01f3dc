import Foundation
import JouleModel
import JouleUnits

/// Answers of the services, kept by source, place and hour in the user's cache folder: `intensity/SOURCE/PLACE/2026-11-21T09Z.json`.
///
/// A failed read is a miss and a failed write is nothing: the next run asks again.
struct IntensityCache: Sendable {
    /// Estimates and forecasts are replaced by better ones later, so they are believed for an hour only.
    private static let lifetimeOfEstimates = 3_600.0

    let folder: String

    private struct Entry: Codable {
        var points: [CarbonRecord.Point]
        var isEstimated: Bool?
        var zone: String?
        var retrieved: Double

        private enum CodingKeys: String, CodingKey {
            case points, zone
            case isEstimated = "is_estimated"
            case retrieved = "retrieved_unix_seconds"
        }
    }

    /// What is kept of all hours of a span; nil when one is missing, or is an old estimate.
    ///
    /// - Parameter pointsPerHour: an hour with fewer is not whole.
    func intensities(source: String, place: String, span: ClosedRange<Double>, pointsPerHour: Int, now: Double) -> GridIntensity? {
        var entries: [Entry] = []
        for hour in Self.hours(of: span) {
            guard let data = FileManager.default.contents(atPath: path(source, place, hour)),
                let entry = try? JSONDecoder().decode(Entry.self, from: data), !entry.points.isEmpty
            else { return nil }
            let isOld = entry.isEstimated != false && now - entry.retrieved > Self.lifetimeOfEstimates
            // Of the first and the last hour only the halves that the span touches are needed.
            let needed = entry.points.contains { $0.unixSeconds <= max(span.lowerBound, hour) }
            let covers = entry.points.count >= pointsPerHour || span.upperBound < hour + 3_600 / Double(pointsPerHour)
            guard !isOld, needed, covers, entry.retrieved <= now else { return nil }
            entries.append(entry)
        }
        guard !entries.isEmpty else { return nil }
        let flags = entries.compactMap(\.isEstimated)
        return GridIntensity(
            points: entries.flatMap(\.points), isEstimated: flags.isEmpty ? nil : flags.contains(true),
            zone: entries.compactMap(\.zone).first, retrieved: entries.map(\.retrieved).min())
    }

    func keep(_ answer: GridIntensity, source: String, place: String, now: Double) {
        for (hour, points) in Dictionary(grouping: answer.points, by: { ($0.unixSeconds / 3_600).rounded(.down) * 3_600 }) {
            let entry = Entry(points: points, isEstimated: answer.isEstimated, zone: answer.zone, retrieved: now)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            guard let data = try? encoder.encode(entry) else { continue }
            let url = URL(fileURLWithPath: path(source, place, hour))
            try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? data.write(to: url, options: .atomic)
        }
    }

    private static func hours(of span: ClosedRange<Double>) -> [Double] {
        let first = (span.lowerBound / 3_600).rounded(.down) * 3_600
        return Array(stride(from: first, through: span.upperBound, by: 3_600))
    }

    private func path(_ source: String, _ place: String, _ hour: Double) -> String {
        let name = String(place.map { $0.isLetter || $0.isNumber || "-._".contains($0) ? $0 : "_" })
        return "\(folder)/\(source)/\(name)/\(WallTime.text(hour, withSeconds: false).prefix(13))Z.json"
    }
}

extension IntensityCache {
    /// `intensity` in the folder of all caches of the tool.
    init(variables: [String: String]) { folder = CacheFolder.path(variables) + "/intensity" }
}

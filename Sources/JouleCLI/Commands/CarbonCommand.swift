import ArgumentParser
import Foundation
import JouleGrid
import JouleModel
import JouleReport
import JouleStore
import JouleUnits

struct CarbonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carbon", abstract: "Say how much carbon a kilowatt hour stands for, where and when, and who says so.",
        discussion: """
            Without --source the answer comes from the table of the tool, and nobody is asked. `electricity-maps` wants a key in \
            ELECTRICITYMAPS_API_KEY. Nobody is located: without a zone the answer is the average of the world.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("Country or zone: DE, DEU, US-CA, SE-SE3, US-CAL-CISO.", valueName: "zone"))
    var zone: String?

    @Option(name: .long, help: ArgumentHelp("Who is asked: table, electricity-maps or uk.", valueName: "name"))
    var source = "table"

    @Option(
        name: .long, help: ArgumentHelp("When, such as 2026-11-21T09:30Z, or in seconds since 1970; now by default.", valueName: "time"))
    var at: String?

    @Flag(name: .long, help: "Print the answer as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let place = try parsedZone()
            let now = ClockAnchor.now.unixSeconds
            let time = try parsedTime() ?? now
            var spec = CarbonSpec()
            spec.source = try parsedSource()
            spec.zone = zone
            let resolver = CarbonResolver(variables: ProcessInfo.processInfo.environment)
            try resolver.check(spec, zone: place)
            var record = await resolver.record(spec, zone: place, span: time...time)
            if at != nil, record.source == .table {
                record.warnings.append(
                    "the table has one value for all times\(record.year.map { ", the average of \($0)" } ?? ""): --at has no effect; "
                        + "electricity-maps and uk know times")
            }
            let answer = CarbonAnswer(record: record, time: time, now: now)
            if let reason = record.fallbackReason {
                console.warning(
                    Failure("carbon.fallback", "\(reason): the table answers instead", remedy: Self.remedy(spec.source)))
            }
            console.result(json ? String(decoding: try JSONText.encode(answer), as: UTF8.self) : answer.text)
            return ExitStatus.success
        }
    }

    private static func remedy(_ source: CarbonSpec.Source) -> String {
        switch source {
        case .electricityMaps: "check the key, whether it is for this zone and time, and the network"
        case .uk: "check the network, and ask for Great Britain and a time that it knows"
        case .csv: "check that the file has values of this time"
        case .table, .fixed: "ask another source"
        }
    }

    private func parsedZone() throws(Failure) -> GridZone? {
        guard let zone else { return nil }
        guard let place = GridZone(zone) else {
            throw Failure("usage.zone", "`\(zone)` is no zone of a known country", remedy: "write DE, DEU, US-CA or SE-SE3")
        }
        return place
    }

    private func parsedTime() throws(Failure) -> Double? {
        guard let at else { return nil }
        guard let time = WallTime.parse(at) else {
            throw Failure("usage.time", "`\(at)` is no time", remedy: "write it as 2026-11-21T09:30Z, or in seconds since 1970")
        }
        return time
    }

    private func parsedSource() throws(Failure) -> CarbonSpec.Source {
        let known: [CarbonSpec.Source] = [.table, .electricityMaps, .uk]
        guard let source = CarbonSpec.Source(rawValue: source), known.contains(source) else {
            throw Failure(
                "usage.source", "`\(source)` is no source that can be asked here",
                remedy: "known are: \(known.map(\.rawValue).joined(separator: ", "))")
        }
        return source
    }
}

/// The intensity of one moment.
struct CarbonAnswer: Encodable {
    let record: CarbonRecord
    let time: Double
    let now: Double

    private var point: CarbonRecord.Point? { record.points.last { $0.unixSeconds <= time } ?? record.points.first }

    /// How old the value is: whole years of a table's, seconds of a service's.
    private var ageSeconds: Double? { record.year == nil && record.source != .fixed ? point.map { max(0, now - $0.unixSeconds) } : nil }

    private enum CodingKeys: String, CodingKey {
        case source, zone, year, origin, warnings, time
        case intensity = "grams_per_kilowatt_hour"
        case zoneName = "zone_name"
        case isEstimated = "is_estimated"
        case isAssumed = "is_assumed"
        case fallbackReason = "fallback_reason"
        case validFrom = "valid_from"
        case ageSeconds = "age_seconds"
        case gridWUE = "wue_grid_litres_per_kilowatt_hour"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(point?.intensity, forKey: .intensity)
        try container.encode(record.source, forKey: .source)
        try container.encode(record.zone, forKey: .zone)
        try container.encode(record.zoneName, forKey: .zoneName)
        try container.encode(record.year, forKey: .year)
        try container.encode(record.origin, forKey: .origin)
        try container.encode(record.isEstimated, forKey: .isEstimated)
        try container.encode(record.isAssumed, forKey: .isAssumed)
        try container.encodeIfPresent(record.fallbackReason, forKey: .fallbackReason)
        try container.encode(WallTime.text(time), forKey: .time)
        if ageSeconds != nil, let point { try container.encode(WallTime.text(point.unixSeconds), forKey: .validFrom) }
        try container.encodeIfPresent(ageSeconds, forKey: .ageSeconds)
        try container.encodeIfPresent(record.gridWUE, forKey: .gridWUE)
        try container.encode(record.warnings, forKey: .warnings)
    }

    var text: String {
        var lines: [String] = []
        let value = point.map { NumberText.significant($0.intensity.rawValue) } ?? "n/a"
        let place = [record.zoneName, record.zone.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
        lines.append("\(value) gCO2e/kWh  \(place)\(record.isAssumed ? ", assumed" : "")")
        var source = "source: \(record.origin)"
        if let year = record.year { source += ", average of \(year)" }
        if let estimated = record.isEstimated { source += estimated ? ", estimated" : ", not estimated" }
        lines.append(source)
        if ageSeconds != nil, let point { lines.append("valid from \(WallTime.text(point.unixSeconds)), asked for \(WallTime.text(time))") }
        if let litres = record.gridWUE, let origin = record.gridWUEOrigin {
            lines.append("water of the grid: \(NumberText.significant(litres)) L/kWh (\(origin))")
        }
        lines += record.warnings.map { "note: \($0)" }
        return lines.joined(separator: "\n")
    }
}

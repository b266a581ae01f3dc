import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// Finds the intensity of the electricity of a span of time, and everything else that a `CarbonRecord` says.
///
/// A source that fails is replaced by `carbon.intensity` or by the table, and the record says so: no lookup ends a run. Nobody is located:
/// without a zone, or a position that the user wrote down, the average of the world stands in.
package struct CarbonResolver: Sendable {
    private let variables: [String: String]
    private let now: Double
    private let fetch: PatientFetch
    private let cache: IntensityCache

    /// Addresses for tests and for mirrors, in the place of the services' own.
    static let electricityMapsURL = "JOULEBENCH_ELECTRICITYMAPS_URL"
    static let britishURL = "JOULEBENCH_CARBONINTENSITY_UK_URL"

    /// - Parameters:
    ///   - variables: of the environment: the key, the cache's place.
    ///   - now: seconds since 1970.
    ///   - patience: how long a service that asks for time is waited for, at most.
    ///   - wait: how to wait.
    package init(
        variables: [String: String], now: Double = ClockAnchor.now.unixSeconds, patience: Duration = .seconds(30),
        wait: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.variables = variables
        self.now = now
        fetch = PatientFetch(fetcher: HTTPFetcher(limit: .mebibytes(4)), patience: patience, wait: wait)
        cache = IntensityCache(variables: variables)
    }

    /// The record of a span.
    ///
    /// - Parameters:
    ///   - zone: where the electricity comes from; nil where nobody said.
    ///   - span: seconds since 1970.
    ///   - accelerators: names of those that were metered, for the table of embodied carbon.
    package func record(
        _ spec: CarbonSpec, zone: GridZone?, span: ClosedRange<Double>, accelerators: [String] = [], servers: Int = 1
    ) async -> CarbonRecord {
        var record: CarbonRecord
        do throws(LookupFailure) {
            record = try await asked(spec, zone, span)
        } catch {
            record = standIn(spec, zone)
            record.fallbackReason = "\(spec.source.rawValue): \(error.reason)"
        }
        record.askedSource = spec.source
        record.askedZone = zone?.code
        record.latitude = spec.latitude
        record.longitude = spec.longitude
        if let zone {
            record.countryCode = zone.country
            record.countryName = zone.countryName
            if zone.region != nil { record.regionName = zone.name }
        }
        record.pue = spec.pue
        record.siteWUE = spec.wue
        if let own = spec.gridWUE {
            (record.gridWUE, record.gridWUEOrigin) = (own, "carbon.grid_wue")
        } else if let known = WaterTable.grid(zone) {
            (record.gridWUE, record.gridWUEOrigin) = (known.litresPerKilowattHour, known.origin)
        }
        record.price = spec.price.map { CarbonRecord.Price(perKilowattHour: $0.perKilowattHour, currency: $0.currency) }
        switch spec.embodied {
        case .builtIn:
            record.embodied = CarbonRecord.Embodied(
                devices: EmbodiedTable.devices(accelerators, servers: servers), lifetimeSeconds: EmbodiedTable.lifetimeSeconds)
        case .given(let devices, let lifetime):
            record.embodied = CarbonRecord.Embodied(
                devices: devices.map { .init(name: $0.name, mass: .kilograms($0.kilograms), count: $0.count, origin: "carbon.embodied") },
                lifetimeSeconds: lifetime.seconds)
        case nil: break
        }
        return record
    }

    /// What can be known to fail before a run is started.
    ///
    /// - Throws: `config.carbon-key`, `config.carbon-zone`, `carbon.file` and what keeps the file from being read.
    package func check(_ spec: CarbonSpec, zone: GridZone?) throws(Failure) {
        if let zone, spec.latitude == nil, let complaint = spec.source.complaint(about: zone) {
            throw Failure("config.carbon-zone", complaint.message, remedy: complaint.remedy)
        }
        if spec.source == .electricityMaps, key(spec) == nil {
            throw Failure(
                "config.carbon-key", "`carbon.source` is electricity-maps, and \(spec.keyVariable) holds no key",
                remedy: "export \(spec.keyVariable)=…, or use carbon.source: table")
        }
        if spec.source == .csv { _ = try series(spec) }
    }

    // MARK: Sources

    private func asked(_ spec: CarbonSpec, _ zone: GridZone?, _ span: ClosedRange<Double>) async throws(LookupFailure) -> CarbonRecord {
        switch spec.source {
        case .fixed:
            guard let intensity = spec.intensity else { throw LookupFailure("no intensity is given") }
            return fixed(intensity, zone)
        case .table: return table(zone)
        case .csv: return try fromFile(spec, zone, span)
        case .electricityMaps: return try await fromElectricityMaps(spec, zone, span)
        case .uk: return try await fromBritishGrid(zone, span)
        }
    }

    private func standIn(_ spec: CarbonSpec, _ zone: GridZone?) -> CarbonRecord {
        spec.intensity.map { fixed($0, zone) } ?? table(zone)
    }

    private func fixed(_ intensity: CarbonIntensity, _ zone: GridZone?) -> CarbonRecord {
        var record = CarbonRecord(
            source: .fixed, asked: .fixed, points: [.init(unixSeconds: 0, intensity: intensity)], origin: "carbon.intensity")
        record.zone = zone?.code
        record.zoneName = zone?.name
        return record
    }

    private func table(_ zone: GridZone?) -> CarbonRecord {
        let entry = zone.flatMap(IntensityTable.entry) ?? IntensityTable.world
        var record = CarbonRecord(
            source: .table, asked: .table, points: [.init(unixSeconds: 0, intensity: entry.intensity)], origin: entry.origin)
        record.zone = entry.zone?.code
        record.zoneName = entry.zone?.name ?? "world"
        record.year = entry.year
        record.isAssumed = entry.zone == nil
        if let zone, entry.zone != zone {
            record.warnings.append("the table has no value of \(zone.name): that of \(entry.zone?.name ?? "the world") stands for it")
        }
        return record
    }

    private func series(_ spec: CarbonSpec) throws(Failure) -> IntensitySeries {
        let path = spec.file ?? ""
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                "config.carbon-file", "the time series `\(path)` of `carbon.file` cannot be read", remedy: "name a file that is there")
        }
        return try IntensitySeries(String(decoding: data, as: UTF8.self), file: path)
    }

    private func fromFile(_ spec: CarbonSpec, _ zone: GridZone?, _ span: ClosedRange<Double>) throws(LookupFailure) -> CarbonRecord {
        let series: IntensitySeries
        do throws(Failure) { series = try self.series(spec) } catch { throw LookupFailure(error.message) }
        let found = try GridIntensity(points: series.points).cut(to: span, step: series.step)
        let name = (spec.file ?? "").split(separator: "/").last.map(String.init) ?? "carbon.file"
        var record = record(found, source: .csv, origin: name)
        if series.emptyLines > 0 { record.warnings.append("\(series.emptyLines) lines of \(name) have no intensity") }
        record.zone = zone?.code
        record.zoneName = zone?.name
        return record
    }

    private func key(_ spec: CarbonSpec) -> String? { variables[spec.keyVariable].flatMap { $0.isEmpty ? nil : $0 } }

    private func fromElectricityMaps(
        _ spec: CarbonSpec, _ zone: GridZone?, _ span: ClosedRange<Double>
    ) async throws(LookupFailure) -> CarbonRecord {
        guard let key = key(spec) else { throw LookupFailure("\(spec.keyVariable) holds no key") }
        let place: ElectricityMaps.Place
        if let latitude = spec.latitude, let longitude = spec.longitude {
            place = .position(latitude: latitude, longitude: longitude)
        } else {
            guard let zone else { throw LookupFailure("no zone and no position is given") }
            guard let name = zone.electricityMapsName else { throw LookupFailure("it has no zone for \(zone.code)") }
            place = .zone(name)
        }
        let source = ElectricityMaps(
            base: variables[Self.electricityMapsURL] ?? ElectricityMaps.usualBase, key: key, keyName: spec.keyVariable, fetch: fetch)
        let found = try await kept(.electricityMaps, place.query, span, pointsPerHour: 1) { () async throws(LookupFailure) in
            try await source.intensities(of: place, in: span, now: now)
        }
        var record = record(try found.cut(to: span, step: ElectricityMaps.step), source: .electricityMaps, origin: ElectricityMaps.origin)
        record.zone = found.zone ?? zone?.electricityMapsName
        let named = record.zone.flatMap { GridZone($0) }
        record.zoneName = named?.name ?? zone?.name
        if let named, zone == nil {
            record.countryCode = named.country
            record.countryName = named.countryName
        }
        return record
    }

    private func fromBritishGrid(_ zone: GridZone?, _ span: ClosedRange<Double>) async throws(LookupFailure) -> CarbonRecord {
        guard let part = zone.map(\.britishPart) ?? .national else {
            throw LookupFailure("it knows Great Britain only, and the zone is \(zone?.code ?? "")")
        }
        let source = BritishGrid(base: variables[Self.britishURL] ?? BritishGrid.usualBase, fetch: fetch)
        let found = try await kept(.uk, zone?.code ?? "GBR", span, pointsPerHour: 2) { () async throws(LookupFailure) in
            try await source.intensities(of: part, in: span, now: now)
        }
        var record = record(try found.cut(to: span, step: BritishGrid.step), source: .uk, origin: BritishGrid.origin)
        record.zone = zone?.code ?? "GBR"
        record.zoneName = zone.flatMap { $0.region == nil ? nil : $0.name } ?? "Great Britain"
        record.countryCode = "GBR"
        record.countryName = zone?.countryName ?? "United Kingdom"
        return record
    }

    /// From the cache where it has all of it, else by asking, and then kept.
    private func kept(
        _ source: CarbonSpec.Source, _ place: String, _ span: ClosedRange<Double>, pointsPerHour: Int,
        _ ask: () async throws(LookupFailure) -> GridIntensity
    ) async throws(LookupFailure) -> GridIntensity {
        let known = cache.intensities(source: source.rawValue, place: place, span: span, pointsPerHour: pointsPerHour, now: now)
        if let known { return known }
        let answer = try await ask()
        cache.keep(answer, source: source.rawValue, place: place, now: now)
        return answer
    }

    private func record(_ found: GridIntensity, source: CarbonSpec.Source, origin: String) -> CarbonRecord {
        var record = CarbonRecord(source: source, asked: source, points: found.points, origin: origin)
        record.isEstimated = found.isEstimated
        record.retrievedUnixSeconds = found.retrieved
        record.warnings = found.warnings
        return record
    }
}

import JouleModel
import JouleUnits

/// The energy and power readings of one monitoring chip.
package struct HwmonMeter: Meter {
    /// Half-width at 95 %; see `docs/meters/hwmon.md`.
    package static let gain = 0.05

    let chip: HwmonChip
    package let channels: [MeterChannel]
    package var isSlow: Bool { chip.driver.isSlow }

    init(chip: HwmonChip, gain: Double?) {
        self.chip = chip
        channels = chip.sensors.map { sensor in
            let hasEnergy = sensor.energyPath != nil
            var remarks = [sensor.coverage.note].compactMap(\.self)
            if sensor.powerPath == nil, sensor.averagePath != nil { remarks.append("power is a mean over the time before the read") }
            return MeterChannel(
                meter: "hwmon", scope: sensor.coverage.scope, device: sensor.device,
                name: [chip.name, sensor.label].compactMap(\.self).joined(separator: " "), kind: hasEnergy ? .counter : .power,
                hasEnergy: hasEnergy, hasPower: sensor.powerPath != nil || sensor.averagePath != nil, gain: gain ?? Self.gain,
                updatePeriod: sensor.averagingInterval, note: remarks.isEmpty ? nil : remarks.joined(separator: "; "),
                countsInTotals: sensor.coverage.countsInTotals,
                averagingWindow: sensor.powerPath == nil ? sensor.averagingInterval : nil)
        }
    }

    /// - Parameters:
    ///   - places: PCI ids and bus addresses of chips that another meter reads: they are left to it.
    ///   - modulesElsewhere: whether another meter counts the power of whole modules.
    package static func discover(
        root: HostRoot = HostRoot(), gain: Double? = nil, excluding places: Set<String> = [], modulesElsewhere: Bool = false
    ) -> MeterDiscovery {
        var tree = HwmonTree(root: root, excluding: places)
        if modulesElsewhere { tree.discountModules() }
        return MeterDiscovery(meters: tree.chips.map { HwmonMeter(chip: $0, gain: gain) }, unavailable: tree.unavailable)
    }

    package func open() throws(Failure) -> any MeterReader {
        do {
            return try HwmonReader(sensors: chip.sensors)
        } catch {
            throw Failure(
                error.isPermission ? "meter.permission" : "meter.gone", "the sensor chip \(chip.name) cannot be read",
                cause: error.reason, remedy: "see `joulebench doctor`")
        }
    }
}

/// Open readings of one chip, owned by its sampling thread.
final class HwmonReader: MeterReader {
    private struct Station {
        let energy: KernelFile?
        let power: KernelFile?
        let average: KernelFile?
        let isCostly: Bool
    }

    private var stations: [Station] = []

    init(sensors: [HwmonSensor]) throws(FileFailure) {
        for sensor in sensors {
            stations.append(
                Station(
                    energy: try Self.open(sensor.energyPath), power: try Self.open(sensor.powerPath),
                    average: try Self.open(sensor.averagePath), isCostly: sensor.coverage.isCostly))
        }
    }

    private static func open(_ path: String?) throws(FileFailure) -> KernelFile? {
        guard let path else { return nil }
        return try KernelFile(path: path)
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        read(detail, into: slots) { .now }
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>, clock: () -> Instant) {
        for index in stations.indices {
            let station = stations[index]
            let before = clock()
            if station.isCostly, !detail.isFull {
                slots[index].instant = before
                continue
            }
            if let energy = station.energy, let count = Self.number(energy, "energy_input", &slots[index]) {
                slots[index].energy = .microjoules(Double(count))
            }
            // Of the two readings the counter is the one whose instant matters; a sensor without one has only its power.
            let afterEnergy = clock()
            if detail.wantsPower || station.energy == nil { Self.readPower(station, into: &slots[index]) }
            let after = station.energy == nil ? clock() : afterEnergy
            slots[index].instant = Instant(nanoseconds: before.nanoseconds + (after - before).nanoseconds / 2)
        }
    }

    func close() { stations.removeAll() }

    private static func readPower(_ station: Station, into slot: inout RawSample) {
        if let average = station.average, let count = number(average, "power_average", &slot) {
            slot.averagePower = .microwatts(Double(count))
            if station.power == nil { slot.power = .microwatts(Double(count)) }
        }
        if let power = station.power, let count = number(power, "power_input", &slot) {
            slot.power = .microwatts(Double(count))
        }
    }

    private static func number(_ file: KernelFile, _ what: StaticString, _ slot: inout RawSample) -> UInt64? {
        switch file.number() {
        case .value(let count): return count
        case .failed(let error):
            slot.fail(.failed(error, reading: what))
            return nil
        case .malformed:
            slot.fail(.retry("\(what): not a number"))
            return nil
        }
    }
}

extension ReadDetail {
    var isFull: Bool {
        switch self {
        case .energy, .power: false
        case .full: true
        }
    }

    var wantsPower: Bool {
        switch self {
        case .energy: false
        case .power, .full: true
        }
    }
}

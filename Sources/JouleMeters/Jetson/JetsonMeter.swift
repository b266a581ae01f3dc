import JouleModel
import JouleUnits

/// The supply rails of a Jetson module, each voltage times current.
package struct JetsonMeter: Meter {
    /// Half-width at 95 %; see `docs/meters/jetson.md`.
    package static let gain = 0.05

    let sensors: [JetsonSensor]
    package let channels: [MeterChannel]
    /// Two transfers over the I²C bus for each rail.
    package var isSlow: Bool { true }

    init(sensors: [JetsonSensor], gain: Double?) {
        self.sensors = sensors
        channels = sensors.map { sensor in
            MeterChannel(
                meter: "jetson", scope: sensor.scope, device: "\(sensor.place)/\(sensor.label)", name: "Jetson \(sensor.label)",
                kind: .power,
                hasEnergy: false, hasPower: true, gain: gain ?? Self.gain, note: sensor.note, countsInTotals: sensor.countsInTotals)
        }
    }

    /// The rails of this board, and the chips they are on.
    package static func discover(
        root: HostRoot = HostRoot(), gain: Double? = nil
    ) -> (found: MeterDiscovery, places: Set<String>, isTegra: Bool) {
        let tree = JetsonTree(root: root)
        var found = MeterDiscovery(unavailable: tree.unavailable)
        if !tree.isTegra {
            found.unavailable.append(
                .init(
                    meter: "jetson", reason: "this is no Jetson: \(root.resolve(JetsonTree.board)) names no Tegra SoC",
                    remedy: "in a container mount /proc/device-tree read-only"))
        }
        if !tree.sensors.isEmpty { found.meters = [JetsonMeter(sensors: tree.sensors, gain: gain)] }
        return (found, tree.places, tree.isTegra)
    }

    package func open() throws(Failure) -> any MeterReader {
        do {
            return try JetsonReader(sensors: sensors)
        } catch {
            throw Failure(
                error.isPermission ? "meter.permission" : "meter.gone", "a rail of the Jetson module cannot be read", cause: error.reason,
                remedy: "see `joulebench doctor`")
        }
    }
}

/// Open rails, owned by their sampling thread.
final class JetsonReader: MeterReader {
    private var rails: [(voltage: KernelFile, current: KernelFile)] = []

    init(sensors: [JetsonSensor]) throws(FileFailure) {
        for sensor in sensors {
            rails.append((try KernelFile(path: sensor.voltagePath), try KernelFile(path: sensor.currentPath)))
        }
    }

    func close() { rails.removeAll() }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        for index in rails.indices {
            let before = Instant.now
            if detail.wantsPower {
                let millivolts = Self.number(rails[index].voltage, "voltage", &slots[index])
                let milliamperes = Self.number(rails[index].current, "current", &slots[index])
                if let millivolts, let milliamperes { slots[index].power = .microwatts(Double(millivolts) * Double(milliamperes)) }
            }
            slots[index].instant = Instant(nanoseconds: before.nanoseconds + (.now - before).nanoseconds / 2)
        }
    }

    private static func number(_ file: KernelFile, _ what: StaticString, _ slot: inout RawSample) -> Int64? {
        switch file.signedNumber() {
        case .value(let number): return number
        case .failed(let error):
            slot.fail(.failed(error, reading: what))
            return nil
        case .malformed:
            slot.fail(.retry("\(what): not a number"))
            return nil
        }
    }
}

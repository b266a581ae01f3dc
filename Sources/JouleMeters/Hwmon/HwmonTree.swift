import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One chip with the sensors that are understood.
struct HwmonChip: Hashable {
    let name: String
    /// `hwmon3`; changes from boot to boot.
    let folder: String
    let driver: HwmonDriver
    let sensors: [HwmonSensor]

    func with(_ sensors: [HwmonSensor]) -> HwmonChip { HwmonChip(name: name, folder: folder, driver: driver, sensors: sensors) }
}

/// What the hwmon folder holds of energy and power.
struct HwmonTree {
    static let folder = "/sys/class/hwmon"

    private(set) var chips: [HwmonChip] = []
    private(set) var unavailable: [RunEnvironment.Unavailable] = []

    /// - Parameter places: PCI ids and bus addresses of chips that another meter reads.
    init(root: HostRoot, excluding places: Set<String> = []) {
        let folder = root.resolve(Self.folder)
        let names: [String]
        do {
            names = try HostFile.names(in: folder)
        } catch {
            note(Self.noFolder(folder, error), remedy: nil)
            return
        }
        var found = false
        // hwmon2 before hwmon10.
        for name in names.sorted(by: { ($0.count, $0) < ($1.count, $1) }) where name.hasPrefix("hwmon") {
            if let place = HostFile.linkTarget("\(folder)/\(name)/device"), places.contains(place) {
                found = true
                continue
            }
            found = examine("\(folder)/\(name)") || found
        }
        chips = GraceSocket.settle(chips)
        if !found { note("no chip in \(folder) has an energy or power reading", remedy: nil) }
    }

    /// Leaves the power of whole modules out of totals, because another meter counts it.
    mutating func discountModules() {
        chips = chips.map { chip in
            chip.with(
                chip.sensors.map { sensor in
                    guard sensor.coverage.scope == .module else { return sensor }
                    var sensor = sensor
                    sensor.coverage.countsInTotals = false
                    sensor.coverage.note = "the GPU's driver reads this module too, and counts"
                    return sensor
                })
        }
    }

    private static func noFolder(_ folder: String, _ error: FileFailure) -> String {
        #if canImport(Darwin)
        return "no hwmon on macOS"
        #else
        return error.number == ENOENT ? "no hwmon folder at \(folder): the kernel exposes no sensors here" : error.reason
        #endif
    }

    /// - Returns: whether the chip has any reading of energy or power.
    private mutating func examine(_ hwmon: String) -> Bool {
        // The driver of ACPI power meters hangs its files on the device behind the hwmon folder, as drivers of its age do.
        for folder in [hwmon, "\(hwmon)/device"] {
            guard let files = try? HostFile.names(in: folder) else { continue }
            let indices = Set(files.compactMap(Self.sensorIndex)).sorted()
            guard !indices.isEmpty else { continue }
            let name = HostFile.textIfPresent("\(folder)/name") ?? HostFile.textIfPresent("\(hwmon)/name")
            let place = HostFile.linkTarget("\(hwmon)/device")
            return examine(folder, chip: name ?? "without a name", place: place, files: Set(files), indices: indices)
        }
        return false
    }

    private mutating func examine(_ folder: String, chip: String, place: String?, files: Set<String>, indices: [Int]) -> Bool {
        guard let driver = HwmonDriver(chip: chip) else {
            note("\(folder): unknown scope: what the chip \(chip) measures is not known, so it is not read", remedy: nil)
            return true
        }
        var sensors: [HwmonSensor] = []
        for index in indices {
            sensors += self.sensors(index, files: files, folder: folder, driver: driver, place: place ?? chip, chip: chip)
        }
        if driver == .intelGPU, !sensors.contains(where: \.coverage.countsInTotals) {
            // Cards of the Alchemist generation measure the package and not the whole card: it is the most there is.
            sensors = sensors.map { sensor in
                var sensor = sensor
                sensor.coverage = HwmonCoverage(scope: .gpu, note: "the package of the card, without memory and board")
                return sensor
            }
        }
        // The first counter of a meter is the one whose updates are followed: the whole before its parts.
        let order = sensors.enumerated().sorted {
            ($0.element.coverage.isCostly ? 1 : 0, $0.offset) < ($1.element.coverage.isCostly ? 1 : 0, $1.offset)
        }
        if !sensors.isEmpty { chips.append(HwmonChip(name: chip, folder: folder, driver: driver, sensors: order.map(\.element))) }
        return true
    }

    /// `energy12_input` and `power1_average` carry 12 and 1.
    private static func sensorIndex(_ file: String) -> Int? {
        for kind in ["energy", "power"] where file.hasPrefix(kind) {
            let rest = file.dropFirst(kind.count)
            let digits = rest.prefix(while: \.isNumber)
            let suffix = rest.dropFirst(digits.count)
            if suffix == "_input" || kind == "power" && suffix == "_average" { return Int(digits) }
        }
        return nil
    }

    /// Energy and power of one number are one sensor when their labels agree, else two.
    private mutating func sensors(
        _ index: Int, files: Set<String>, folder: String, driver: HwmonDriver, place: String, chip: String
    ) -> [HwmonSensor] {
        func path(_ file: String) -> String? { files.contains(file) ? "\(folder)/\(file)" : nil }
        let energy = readable(path("energy\(index)_input"))
        let power = readable(path("power\(index)_input"))
        let average = readable(path("power\(index)_average"))
        let energyLabel = path("energy\(index)_label").flatMap(HostFile.textIfPresent)
        // The INA3221 labels its channels, not its power readings.
        let labelled = path("power\(index)_label") ?? path("in\(index)_label") ?? path("power\(index)_oem_info")
        let powerLabel = labelled.flatMap(HostFile.textIfPresent).flatMap { $0.isEmpty ? nil : $0 }
        let interval = path("power\(index)_average_interval").flatMap(HostFile.integerIfPresent)
        let period = interval.flatMap { $0 > 0 ? Duration.milliseconds($0) : nil }

        var parts: [(label: String?, energy: String?, power: String?, average: String?)] = []
        if energy != nil, power != nil || average != nil, energyLabel == powerLabel {
            parts.append((energyLabel, energy, power, average))
        } else {
            if energy != nil { parts.append((energyLabel, energy, nil, nil)) }
            if power != nil || average != nil { parts.append((powerLabel, nil, power, average)) }
        }
        return parts.compactMap { part in
            guard let coverage = driver.coverage(label: part.label) else {
                note("\(folder): unknown scope: the reading \(part.label ?? "number \(index)") is not known", remedy: nil)
                return nil
            }
            let label = part.label ?? (driver == .intelTile ? chip : "\(part.energy == nil ? "power" : "energy")\(index)")
            return HwmonSensor(
                label: part.label, energyPath: part.energy, powerPath: part.power, averagePath: part.average,
                averagingInterval: part.average == nil ? nil : period, coverage: coverage,
                device: driver.device(place: place, label: label, isWhole: coverage.countsInTotals))
        }
    }

    /// The path when the file gives a number now; a refusal is reported.
    private mutating func readable(_ path: String?) -> String? {
        guard let path else { return nil }
        do throws(FileFailure) {
            let file = try KernelFile(path: path)
            switch file.number() {
            case .value: return path
            case .failed(let number): throw FileFailure(path: path, number: number)
            case .malformed: throw FileFailure(path: path, number: ENODATA)
            }
        } catch {
            note(error.reason, remedy: error.isPermission ? "run `sudo chmod a+r \(path)` for this boot" : nil)
            return nil
        }
    }

    private mutating func note(_ reason: String, remedy: String?) {
        unavailable.append(RunEnvironment.Unavailable(meter: "hwmon", reason: reason, remedy: remedy))
    }
}

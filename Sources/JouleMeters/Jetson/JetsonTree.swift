import JouleModel

/// The INA3221 chips of a Jetson board, through hwmon (JetPack 5 and later, mainline) or the iio driver of JetPack 4.
struct JetsonTree {
    static let board = "/proc/device-tree/compatible"
    static let iioDriver = "/sys/bus/i2c/drivers/ina3221x"

    /// Whether the device tree names one of NVIDIA's SoCs.
    let isTegra: Bool
    private(set) var sensors: [JetsonSensor] = []
    private(set) var unavailable: [RunEnvironment.Unavailable] = []

    private struct Found {
        let label: String
        let place: String
        let voltagePath: String
        let currentPath: String
    }

    init(root: HostRoot) {
        // A list of names, each ended by a zero byte: `nvidia,p3768-0000+p3767-0005`, `nvidia,p3767-0005`, `nvidia,tegra234`.
        isTegra = HostFile.textIfPresent(root.resolve(Self.board))?.contains("nvidia,tegra") ?? false
        guard isTegra else { return }
        var found = Self.hwmonRails(root)
        if found.isEmpty { found = Self.iioRails(root) }
        settle(found.filter { isReadable($0.voltagePath) && isReadable($0.currentPath) })
        if sensors.isEmpty, unavailable.isEmpty {
            unavailable.append(
                .init(
                    meter: "jetson", reason: "the board shows no INA3221 rail under \(HwmonTree.folder) or \(Self.iioDriver)",
                    remedy: "load the driver with `sudo modprobe ina3221`; in a container mount /sys read-only"))
        }
    }

    /// The chips that are read here, so that hwmon need not.
    var places: Set<String> { Set(sensors.map(\.place)) }

    private static func hwmonRails(_ root: HostRoot) -> [Found] {
        let folder = root.resolve(HwmonTree.folder)
        let names = (try? HostFile.names(in: folder)) ?? []
        return names.sorted(by: { ($0.count, $0) < ($1.count, $1) }).flatMap { name -> [Found] in
            let chip = "\(folder)/\(name)"
            guard HostFile.textIfPresent("\(chip)/name") == "ina3221" else { return [] }
            let place = HostFile.linkTarget("\(chip)/device") ?? name
            return (1...3).compactMap { channel in
                rail("\(chip)/in\(channel)_label", "\(chip)/in\(channel)_input", "\(chip)/curr\(channel)_input", place)
            }
        }
    }

    private static func iioRails(_ root: HostRoot) -> [Found] {
        let folder = root.resolve(iioDriver)
        let places = (try? HostFile.names(in: folder)) ?? []
        return places.filter { $0.contains("-") }.flatMap { place -> [Found] in
            let devices = ((try? HostFile.names(in: "\(folder)/\(place)")) ?? []).filter { $0.hasPrefix("iio:device") }
            return devices.flatMap { device in
                let chip = "\(folder)/\(place)/\(device)"
                return (0...2).compactMap { channel in
                    rail(
                        "\(chip)/rail_name_\(channel)", "\(chip)/in_voltage\(channel)_input", "\(chip)/in_current\(channel)_input", place)
                }
            }
        }
    }

    /// Nil for a channel that is wired to nothing.
    private static func rail(_ label: String, _ voltage: String, _ current: String, _ place: String) -> Found? {
        guard let label = HostFile.textIfPresent(label), !label.isEmpty, label != "NC", HostFile.exists(voltage), HostFile.exists(current)
        else { return nil }
        return Found(label: label, place: place, voltagePath: voltage, currentPath: current)
    }

    private mutating func isReadable(_ path: String) -> Bool {
        do throws(FileFailure) {
            let file = try KernelFile(path: path)
            if case .failed(let number) = file.signedNumber() { throw FileFailure(path: path, number: number) }
            return true
        } catch {
            unavailable.append(
                .init(
                    meter: "jetson", reason: error.reason,
                    remedy: error.isPermission ? "run `sudo chmod a+r \(path)` for this boot" : nil))
            return false
        }
    }

    /// Decides what counts: beside the module's input nothing but GPU and CPU has a figure of its own, and a rail never counts beside
    /// the one it is fed from.
    private mutating func settle(_ found: [Found]) {
        let labels = Set(found.map(\.label))
        let hasWhole = found.contains { JetsonRail(label: $0.label)?.isWhole == true }
        sensors = found.map { rail in
            let known = JetsonRail(label: rail.label)
            let scope = known?.scope ?? .other
            var remarks = [known == nil ? "what this rail feeds is not known" : known?.note].compactMap(\.self)
            let feeder = known?.within.flatMap { labels.contains($0) ? $0 : nil }
            if let feeder { remarks.append("fed from \(feeder), which counts") }
            // The ledger sets GPU and CPU beside their module apart by itself; memory and the rest it would add.
            let isPart = hasWhole && known?.isWhole == false && scope != .gpu && scope != .cpu
            if isPart { remarks.append("part of the module's input") }
            return JetsonSensor(
                label: rail.label, place: rail.place, scope: scope, countsInTotals: known != nil && feeder == nil && !isPart,
                note: remarks.isEmpty ? nil : remarks.joined(separator: "; "), voltagePath: rail.voltagePath,
                currentPath: rail.currentPath)
        }
        // The module first, then what counts, as they were found.
        sensors = sensors.enumerated().sorted {
            ($0.element.scope == .module ? 0 : 1, $0.offset) < ($1.element.scope == .module ? 0 : 1, $1.offset)
        }.map(\.element)
    }
}

extension KernelFile {
    /// What a read of one number with a sign gave.
    enum SignedNumber: Equatable {
        case value(Int64)
        /// The system's error number.
        case failed(Int32)
        case malformed
    }

    /// The number that the file holds; a current may be a little below zero.
    func signedNumber() -> SignedNumber {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { buffer in
            let (count, error) = read(into: buffer)
            if let error { return .failed(error) }
            var scanner = ByteScanner(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            scanner.skipBlanks()
            let isNegative = scanner.skip("-")
            guard let value = scanner.unsigned().flatMap({ Int64(exactly: $0) }) else { return .malformed }
            return .value(isNegative ? -value : value)
        }
    }
}

import JouleModel
import JouleUnits

/// What is known of one sensor of a chip: its files, its label and what it covers.
struct HwmonSensor: Hashable {
    let label: String?
    let energyPath: String?
    let powerPath: String?
    let averagePath: String?
    /// Over which the chip averages, where it says.
    let averagingInterval: Duration?
    var coverage: HwmonCoverage
    var device: String
}

/// What a sensor stands for.
struct HwmonCoverage: Hashable {
    let scope: Scope
    /// False for a part of what another sensor covers already, and for rails that nobody names.
    var countsInTotals = true
    /// Read with the slow values only, because the read itself disturbs the machine.
    var isCostly = false
    var note: String?
}

/// The chips whose power or energy readings are understood. A chip that is not among them is reported and not read.
enum HwmonDriver: Hashable {
    case amdEnergy
    case gpu
    case intelGPU
    /// One tile of an Intel card (`i915_gt0`).
    case intelTile
    case inaRail
    case acpiPowerMeter
    case powerSupply

    /// By the text in the chip's `name` file.
    init?(chip: String) {
        switch chip {
        case "amd_energy": self = .amdEnergy
        case "amdgpu": self = .gpu
        case "xe", "i915": self = .intelGPU
        case "power_meter": self = .acpiPowerMeter
        case "corsairpsu": self = .powerSupply
        default:
            if chip.hasPrefix("i915_gt") {
                self = .intelTile
                return
            }
            guard chip.hasPrefix("ina"), chip.dropFirst(3).first?.isNumber == true else { return nil }
            self = .inaRail
        }
    }

    /// Whether a read crosses a slow bus or calls into the firmware.
    var isSlow: Bool {
        switch self {
        case .amdEnergy, .gpu, .intelGPU, .intelTile: false
        case .inaRail, .acpiPowerMeter, .powerSupply: true
        }
    }

    /// What identifies a sensor from boot to boot.
    func device(place: String, label: String, isWhole: Bool) -> String {
        switch self {
        case .amdEnergy: label
        // A GPU is known by its PCI id; the reading of the whole card needs no label behind it.
        case .gpu, .intelGPU, .intelTile: isWhole ? place : "\(place)/\(label)"
        case .acpiPowerMeter where GraceSocket(label: label) != nil: label
        case .inaRail, .acpiPowerMeter, .powerSupply: "\(place)/\(label)"
        }
    }

    /// nil when this sensor of the chip is not understood.
    func coverage(label: String?) -> HwmonCoverage? {
        switch self {
        case .amdEnergy:
            guard let label else { return nil }
            if label.hasPrefix("Esocket") { return HwmonCoverage(scope: .package) }
            guard label.hasPrefix("Ecore") else { return nil }
            return HwmonCoverage(scope: .core, isCostly: true, note: "read with the slow values only: each read wakes its core")
        case .gpu:
            let note = label == "slowPPT" || label == "fastPPT" ? "an APU's figure: it holds the processor cores too" : nil
            return HwmonCoverage(scope: .gpu, countsInTotals: note == nil, note: note)
        case .intelGPU:
            let isPart = label == "pkg"
            return HwmonCoverage(scope: .gpu, countsInTotals: !isPart, note: isPart ? "part of the card" : nil)
        case .intelTile: return HwmonCoverage(scope: .gpu, countsInTotals: false, note: "a tile of the card")
        case .inaRail:
            let name = (label ?? "").uppercased()
            if ["VDD_IN", "VIN_SYS", "TOTAL", "SYS_5V0"].contains(where: name.contains) { return HwmonCoverage(scope: .node) }
            return HwmonCoverage(scope: .other, countsInTotals: false, note: "what this rail feeds is not known")
        case .acpiPowerMeter:
            if let socket = label.flatMap({ GraceSocket(label: $0) }) { return socket.coverage }
            return HwmonCoverage(scope: .node)
        case .powerSupply:
            return label == "power total" ? HwmonCoverage(scope: .node, note: "after the power supply's own loss") : nil
        }
    }
}

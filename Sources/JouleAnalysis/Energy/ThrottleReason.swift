/// Why a GPU's clocks are not at their highest: the bits of NVML's clocks-event-reasons mask.
package enum ThrottleReason: UInt64, CaseIterable, Sendable {
    case gpuIdle = 0x1
    case applicationsClocks = 0x2
    case swPowerCap = 0x4
    case hwSlowdown = 0x8
    case syncBoost = 0x10
    case swThermalSlowdown = 0x20
    case hwThermalSlowdown = 0x40
    case hwPowerBrake = 0x80
    case displayClocks = 0x100

    /// NVML's own name without its prefix, in lower case.
    package var name: String {
        switch self {
        case .gpuIdle: "gpu_idle"
        case .applicationsClocks: "applications_clocks"
        case .swPowerCap: "sw_power_cap"
        case .hwSlowdown: "hw_slowdown"
        case .syncBoost: "sync_boost"
        case .swThermalSlowdown: "sw_thermal_slowdown"
        case .hwThermalSlowdown: "hw_thermal_slowdown"
        case .hwPowerBrake: "hw_power_brake"
        case .displayClocks: "display_clocks"
        }
    }

    /// Whether the device was slowed down against its will, by heat or by the board.
    package var isSlowdown: Bool {
        switch self {
        case .hwSlowdown, .swThermalSlowdown, .hwThermalSlowdown, .hwPowerBrake: true
        case .gpuIdle, .applicationsClocks, .swPowerCap, .syncBoost, .displayClocks: false
        }
    }

    /// The reasons that a mask holds, lowest bit first; bits that no driver has named yet are left out.
    package static func reasons(in mask: UInt64) -> [ThrottleReason] { allCases.filter { mask & $0.rawValue != 0 } }
}

import JouleModel

/// What the rails of Jetson boards feed, by the names that NVIDIA's device trees give them.
///
/// Boards: Nano (`POM_5V_…`), TX2 (`VDD_SYS_…`), AGX Xavier (`GPU`, `CPU`, `SOC`, `CV`, `VDDRQ`, `SYS5V`), Xavier NX, Orin NX and Orin
/// Nano (`VDD_IN`, `VDD_CPU_GPU_CV`, `VDD_SOC`), AGX Orin (`VDD_GPU_SOC`, `VDD_CPU_CV`, `VIN_SYS_5V0`, `VDDQ_VDD2_1V8AO`).
struct JetsonRail: Hashable {
    let scope: Scope
    /// The input of the whole module: all other rails are parts of it.
    var isWhole = false
    /// The rail that this one is fed from, where that is metered too.
    var within: String?
    var note: String?

    /// Nil for a rail that is not known.
    init?(label: String) {
        switch label {
        case "VDD_IN", "POM_5V_IN":
            scope = .module
            isWhole = true
            note = "the module's input: GPU, CPU, memory and regulators, without the carrier board"
        case "GPU", "VDD_GPU", "VDD_SYS_GPU", "POM_5V_GPU": scope = .gpu
        case "VDD_GPU_SOC":
            scope = .gpu
            note = "with the logic of the SoC, which hangs on the same rail"
        case "CPU", "VDD_CPU", "VDD_SYS_CPU", "POM_5V_CPU": scope = .cpu
        case "VDD_CPU_CV":
            scope = .cpu
            note = "with the vision accelerators, which hang on the same rail"
        case "VDD_CPU_GPU_CV":
            scope = .other
            note = "CPU, GPU and vision accelerators together"
        case "VDDRQ", "VDD_SYS_DDR": scope = .dram
        case "VDDQ_VDD2_1V8AO":
            scope = .dram
            within = "VIN_SYS_5V0"
        case "SOC", "VDD_SOC", "VDD_SYS_SOC", "CV", "SYS5V", "VIN_SYS_5V0", "VDD_4V0_WIFI": scope = .other
        default: return nil
        }
    }
}

/// One rail of one monitoring chip: its files and what it means on this board.
struct JetsonSensor: Hashable {
    let label: String
    /// `1-0040`: bus and address of the chip.
    let place: String
    let scope: Scope
    let countsInTotals: Bool
    let note: String?
    /// Millivolts and milliamperes; their product is microwatts.
    let voltagePath: String
    let currentPath: String
}

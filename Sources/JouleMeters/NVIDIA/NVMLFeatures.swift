import CNVML
import JouleUnits

/// Where a device's power comes from, best first.
enum NVMLPowerSource: Hashable, Sendable {
    /// Field 186: the sensor's value at its last update.
    case instantField
    /// Field 185: the mean of up to the last second.
    case averageField
    /// `nvmlDeviceGetPowerUsage`: either of the two, as the architecture has it.
    case legacy

    var words: String {
        switch self {
        case .instantField: "power from field 186 (instant)"
        case .averageField: "power from field 185 (mean of up to the last second)"
        case .legacy: "power from nvmlDeviceGetPowerUsage (a mean of 1 s from Ampere on, GA100 excepted)"
        }
    }
}

/// What one device can tell, asked once: what it does not support is never asked for again.
struct NVMLFeatures: Hashable, Sendable {
    var counter = false
    var power: NVMLPowerSource?
    /// Whether field 185 is delivered beside another source of power.
    var average = false
    /// The field that gives the power of the whole module, on superchips whose GPU shares one with a CPU.
    var module: NVMLPowerSource?
    var utilization = false
    var memory: NVMLMemoryCall?
    var temperature = false
    var smClock = false
    var memoryClock = false
    var powerLimit = false
    var clockReasons = false

    init() {}

    init(probing device: NVMLDevice) {
        let functions = device.library.functions
        let handle = device.handle
        func number(_ call: (UnsafeMutablePointer<UInt32>) -> Int32?) -> Bool {
            var value: UInt32 = 0
            return Self.works { call(&value) }
        }
        counter = Self.works {
            var value: UInt64 = 0
            return functions.total_energy?(handle, &value)
        }
        let instant = Self.delivers(JB_NVML_FIELD_POWER_INSTANT, of: device)
        let average = Self.delivers(JB_NVML_FIELD_POWER_AVERAGE, of: device)
        if Self.delivers(JB_NVML_FIELD_POWER_INSTANT, of: device, scope: JB_NVML_SCOPE_MODULE) {
            module = .instantField
        } else if Self.delivers(JB_NVML_FIELD_POWER_AVERAGE, of: device, scope: JB_NVML_SCOPE_MODULE) {
            module = .averageField
        }
        if instant {
            power = .instantField
        } else if average {
            power = .averageField
        } else if module == nil, number({ functions.power_usage?(handle, $0) }) {
            // On a superchip this call may mean the module, and a GPU's power it must not pass for.
            power = .legacy
        }
        self.average = average && instant
        utilization = Self.works {
            var value = jb_nvml_utilization()
            return functions.utilization?(handle, &value)
        }
        memory = NVMLMemoryCall.allCases.first { call in Self.works { call.used(by: device).status.code } }
        temperature = number { functions.temperature?(handle, UInt32(JB_NVML_SENSOR_GPU), $0) }
        smClock = number { functions.clock?(handle, UInt32(JB_NVML_CLOCK_SM), $0) }
        memoryClock = number { functions.clock?(handle, UInt32(JB_NVML_CLOCK_MEMORY), $0) }
        powerLimit = number { functions.power_limit?(handle, $0) }
        clockReasons = Self.works {
            var value: UInt64 = 0
            return functions.clock_reasons?(handle, &value)
        }
    }

    /// Whether a call answers, within three tries: only a refusal for good is taken at its word at once.
    private static func works(_ call: () -> Int32?) -> Bool {
        for _ in 0..<3 {
            let status = NVMLLibrary.status(call())
            if status == .success { return true }
            if status.isUnsupported { return false }
        }
        return false
    }

    private static func delivers(_ id: Int, of device: NVMLDevice, scope: Int = JB_NVML_SCOPE_GPU) -> Bool {
        works {
            var field = jb_nvml_field()
            field.field = UInt32(id)
            field.scope = UInt32(scope)
            guard let ask = device.library.functions.fields else { return nil }
            let code = ask(device.handle, 1, &field)
            guard code == NVMLStatus.success.code, field.result == NVMLStatus.success.code else {
                return code == NVMLStatus.success.code ? field.result : code
            }
            return field.milliwatts == nil ? Int32(JB_NVML_NOT_SUPPORTED) : code
        }
    }

    /// What a reader of the channel should know.
    var note: String {
        var parts = counter ? ["total energy counter"] : ["no energy counter"]
        parts.append(power.map { $0.words } ?? "no power reading")
        if average { parts.append("average from field 185") }
        return parts.joined(separator: "; ")
    }
}

/// The two ways to ask for memory in use.
enum NVMLMemoryCall: CaseIterable, Hashable, Sendable {
    /// Without what the driver keeps for itself, as `nvidia-smi` prints it.
    case second
    /// With it: all that older drivers know.
    case first

    func used(by device: NVMLDevice) -> (status: NVMLStatus, used: ByteCount) {
        switch self {
        case .second:
            var memory = jb_nvml_memory_2()
            memory.version = JB_NVML_MEMORY_2_VERSION
            let status = NVMLLibrary.status(device.library.functions.memory_2?(device.handle, &memory))
            return (status, ByteCount(Int64(clamping: memory.used)))
        case .first:
            var memory = jb_nvml_memory()
            let status = NVMLLibrary.status(device.library.functions.memory?(device.handle, &memory))
            return (status, ByteCount(Int64(clamping: memory.used)))
        }
    }
}

extension jb_nvml_field {
    /// The value of a power field; nil where it is of a kind that no power is given in.
    var milliwatts: Double? {
        switch Int(kind) {
        case JB_NVML_VALUE_DOUBLE: value.real
        case JB_NVML_VALUE_UNSIGNED_INT: Double(value.word)
        case JB_NVML_VALUE_UNSIGNED_LONG, JB_NVML_VALUE_UNSIGNED_LONG_LONG: Double(value.wide)
        case JB_NVML_VALUE_SIGNED_LONG_LONG: Double(value.signed_wide)
        case JB_NVML_VALUE_SIGNED_INT: Double(value.signed_word)
        case JB_NVML_VALUE_UNSIGNED_SHORT: Double(value.half)
        default: nil
        }
    }
}

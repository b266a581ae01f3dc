import CAMDSMI
import JouleModel
import JouleUnits

/// Where a card's power comes from, best first.
enum AMDPowerSource: Hashable, Sendable {
    /// `current_socket_power`, on MI300 and later.
    case current
    /// `average_socket_power`, on MI200 and before and on Radeon cards.
    case average

    var words: String {
        switch self {
        case .current: "current socket power"
        case .average: "average socket power (a mean that the firmware takes)"
        }
    }
}

/// What one GPU can tell, asked once: what it does not support is never asked for again.
struct AMDFeatures: Hashable, Sendable {
    var counter = false
    var power: AMDPowerSource?
    /// Whether the mean is delivered beside the power now.
    var average = false
    var cap = false
    var activity = false
    var memory = false
    /// The sensor whose temperature is read: at the edge, or the hottest spot where the card has no other.
    var temperature: UInt32?
    var graphicsClock = false
    var memoryClock = false

    init() {}

    init(probing gpu: AMDGPU) {
        // The second die of an MI250 shows zeros, because the sensor is the first one's: a GPU that runs draws more than nothing.
        counter = Self.delivers { (gpu.energy().status, gpu.energy().energy.map { $0.rawValue > 0 } ?? false) }
        let hasCurrent = Self.delivers { (gpu.power().status, gpu.power().now.map { $0.rawValue > 0 } ?? false) }
        let hasAverage = Self.delivers { (gpu.power().status, gpu.power().average.map { $0.rawValue > 0 } ?? false) }
        power = hasCurrent ? .current : hasAverage ? .average : nil
        average = hasCurrent && hasAverage
        cap = Self.delivers { (gpu.powerCap().status, gpu.powerCap().cap != nil) }
        activity = Self.delivers { (gpu.activity().status, gpu.activity().percent != nil) }
        memory = Self.delivers { (gpu.memoryUsed().status, gpu.memoryUsed().bytes != nil) }
        temperature = [JB_AMDSMI_TEMPERATURE_EDGE, JB_AMDSMI_TEMPERATURE_HOTSPOT].map { UInt32($0) }.first { sensor in
            Self.delivers { (gpu.temperature(sensor).status, gpu.temperature(sensor).temperature != nil) }
        }
        graphicsClock = Self.delivers { (gpu.clock(JB_AMDSMI_CLOCK_GRAPHICS).status, gpu.clock(JB_AMDSMI_CLOCK_GRAPHICS).megahertz != nil) }
        memoryClock = Self.delivers { (gpu.clock(JB_AMDSMI_CLOCK_MEMORY).status, gpu.clock(JB_AMDSMI_CLOCK_MEMORY).megahertz != nil) }
    }

    /// Whether a call answers with a value, within three tries: only a refusal for good is taken at its word at once.
    private static func delivers(_ call: () -> (status: AMDSMIStatus, hasValue: Bool)) -> Bool {
        for _ in 0..<3 {
            let (status, hasValue) = call()
            if status == .success { return hasValue }
            if status.isUnsupported { return false }
        }
        return false
    }

    /// What a reader of the channel should know.
    var note: String {
        var parts = counter ? ["energy accumulator"] : ["no energy accumulator"]
        parts.append(power.map(\.words) ?? "no power reading")
        if temperature == UInt32(JB_AMDSMI_TEMPERATURE_HOTSPOT) { parts.append("temperature of the hottest spot") }
        return parts.joined(separator: "; ")
    }
}

/// One AMD GPU, read through the vendor's own library.
package struct AMDMeter: Meter {
    /// Half-width at 95 %, assumed; see `docs/meters/amd.md`.
    package static let gain = 0.05

    let library: AMDSMILibrary
    let place: String
    let features: AMDFeatures
    package let channels: [MeterChannel]

    /// Nil where the device has neither an accumulator nor a power reading.
    init?(gpu: AMDGPU, uuid: String, title: String, gain: Double) {
        let features = AMDFeatures(probing: gpu)
        guard features.counter || features.power != nil else { return nil }
        library = gpu.library
        place = gpu.place
        self.features = features
        var remarks = [features.note]
        if gpu.partitions > 0 {
            remarks.append("the whole GPU with its \(gpu.partitions + 1) partitions, which have no meter of their own")
        }
        channels = [
            MeterChannel(
                meter: "amd", scope: .gpu, device: uuid, name: title, kind: features.counter ? .counter : .power,
                hasEnergy: features.counter, hasPower: features.power != nil, gain: gain, note: remarks.joined(separator: "; "))
        ]
    }

    package func open() throws(Failure) -> any MeterReader {
        // The handle is asked for anew: it may not be sent between threads, and the device may be gone by now.
        guard let gpu = AMDGPU.all(in: library).gpus.first(where: { $0.place == place }) else {
            throw Failure(
                "meter.gone", "the GPU at \(place) does not answer any more",
                remedy: "look at `amd-smi list` and `dmesg`; a GPU that fell off the bus needs a restart of the machine")
        }
        return AMDReader(gpu: gpu, features: features)
    }
}

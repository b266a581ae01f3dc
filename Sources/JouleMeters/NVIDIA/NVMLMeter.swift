import JouleModel
import JouleUnits

/// One NVIDIA GPU, read through the driver's own library.
package struct NVMLMeter: Meter {
    /// Half-width at 95 % that `docs/meters/nvml.md` gives sources for.
    package static let gain = 0.05

    let library: NVMLLibrary
    let gpu: GPUIdentity
    let features: NVMLFeatures
    package let channels: [MeterChannel]

    /// Nil where the device has neither a counter nor a power reading.
    init?(device: NVMLDevice, choice: GPUSelection.Choice, gain: Double) {
        let features = NVMLFeatures(probing: device)
        guard features.counter || features.power != nil else { return nil }
        library = device.library
        gpu = choice.gpu
        self.features = features
        channels = [
            MeterChannel(
                meter: "nvml", scope: .gpu, device: choice.gpu.uuid, name: choice.gpu.title, kind: features.counter ? .counter : .power,
                hasEnergy: features.counter, hasPower: features.power != nil, gain: gain,
                note: ([features.note] + choice.migRemarks(migMode: device.migMode)).joined(separator: "; "),
                averagingWindow: features.power == .averageField ? .seconds(1) : nil)
        ]
    }

    package func open() throws(Failure) -> any MeterReader {
        // The handle is asked for anew: it may not be sent between threads, and the device may be gone by now.
        guard let device = NVMLDevice.all(in: library).devices.first(where: { $0.uuid == gpu.uuid }) else {
            throw Failure(
                "meter.gone", "\(gpu.title) (\(gpu.uuid)) does not answer any more",
                remedy: "look at `nvidia-smi` and `dmesg`; a GPU that fell off the bus needs a restart of the machine")
        }
        return NVMLReader(device: device, features: features)
    }

    /// The processes that compute on the GPU now and are neither this one nor started by it; nil where the driver does not tell.
    package func foreignProcesses(own: Int, tree: ProcessTree = ProcessTree()) -> [Int]? {
        NVMLDevice.all(in: library).devices.first { $0.uuid == gpu.uuid }?.processes?.filter { !tree.descends($0, from: own) }
    }
}

extension GPUSelection.Choice {
    /// What MIG means for a reading: the board has one sensor, whoever runs on it.
    func migRemarks(migMode: Bool?) -> [String] {
        if !slices.isEmpty {
            return ["a MIG slice cannot be metered on its own: this is the whole GPU that holds \(slices.joined(separator: " and "))"]
        }
        return migMode == true ? ["MIG is on: this is the whole GPU, all its slices together"] : []
    }
}

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
    ///
    /// - Parameter metered: the processors beside the modules that count already; this one is added. Several GPUs of one module show
    ///   one and the same power.
    init?(device: NVMLDevice, choice: GPUSelection.Choice, gain: Double, modules metered: inout Set<[UInt]>) {
        let features = NVMLFeatures(probing: device)
        guard features.counter || features.power != nil else { return nil }
        library = device.library
        gpu = choice.gpu
        self.features = features
        var channels = [
            MeterChannel(
                meter: "nvml", scope: .gpu, device: choice.gpu.uuid, name: choice.gpu.title, kind: features.counter ? .counter : .power,
                hasEnergy: features.counter, hasPower: features.power != nil, gain: gain,
                note: ([features.note] + choice.migRemarks(migMode: device.migMode)).joined(separator: "; "),
                averagingWindow: features.power == .averageField ? .seconds(1) : nil)
        ]
        if let source = features.module {
            let (counts, remark) = Self.countsModule(beside: device.nearbyProcessors, metered: &metered)
            channels.append(
                MeterChannel(
                    meter: "nvml", scope: .module, device: choice.gpu.uuid, name: "\(choice.gpu.title) module", kind: .power,
                    hasEnergy: false, hasPower: true, gain: gain,
                    note: (["the whole module with its CPU; \(source.words)"] + remark).joined(separator: "; "), countsInTotals: counts,
                    averagingWindow: source == .averageField ? .seconds(1) : nil))
        }
        self.channels = channels
    }

    /// GPUs next to the same processors are on one module: the first of them counts it.
    private static func countsModule(beside processors: [UInt]?, metered: inout Set<[UInt]>) -> (counts: Bool, remark: [String]) {
        guard let processors else {
            // Which module this is cannot be told: one alone counts, a second might be the same again.
            return metered.insert([]).inserted ? (true, []) : (false, ["not added: it may be the module of another GPU"])
        }
        return metered.insert(processors).inserted ? (true, []) : (false, ["not added: another GPU of this module shows it too"])
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

import JouleModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What looking for NVIDIA GPUs brought to light.
package struct NVIDIADiscovery: Sendable {
    package var found = MeterDiscovery()
    /// The selected GPUs, for `environment.json`.
    package var gpus: [RunEnvironment.GPU] = []
    package var driverVersion: String?
    package var cudaVersion: String?

    package init() {}

    /// Whether the family's own tool could be started at all; if not, the next source is worth a try.
    package var isUsable: Bool { driverVersion != nil || !gpus.isEmpty || !found.meters.isEmpty }

    /// The best that this machine has: NVML, and `nvidia-smi` where NVML cannot be started.
    ///
    /// - Throws: `meter.unknown-device` when a selector names no GPU, or more than one.
    package static func find(
        selectors: [DeviceSelector]? = nil, cudaVisibleDevices: String?, period: Duration, libraryNames: [String]? = nil,
        smi: NvidiaSMI? = NvidiaSMI()
    ) throws(Failure) -> NVIDIADiscovery {
        let direct = try NVMLMeter.discover(
            selectors: selectors, cudaVisibleDevices: cudaVisibleDevices, libraryNames: libraryNames)
        guard !direct.isUsable, let smi else { return direct }
        var fallback = try NvidiaSMIMeter.discover(
            selectors: selectors, cudaVisibleDevices: cudaVisibleDevices, period: period, smi: smi)
        fallback.found.unavailable = direct.found.unavailable + fallback.found.unavailable
        return fallback
    }
}

extension NVMLMeter {
    /// Looks for the GPUs that NVML shows.
    ///
    /// - Parameters:
    ///   - selectors: the GPUs by index in NVML's order, UUID or MIG slice; nil means those that `cudaVisibleDevices` leaves visible.
    ///   - cudaVisibleDevices: the value of the environment variable, nil where it is not set.
    ///   - libraryNames: names or paths of the library to try, nil for the driver's usual ones.
    ///   - gain: the sensor's gain, when the user knows better.
    /// - Throws: `meter.unknown-device` when NVML works and a selector names no GPU, or more than one.
    package static func discover(
        selectors: [DeviceSelector]? = nil, cudaVisibleDevices: String?, libraryNames: [String]? = nil, gain: Double = NVMLMeter.gain,
        processes tree: ProcessTree = ProcessTree()
    ) throws(Failure) -> NVIDIADiscovery {
        var discovery = NVIDIADiscovery()
        let library: NVMLLibrary
        do throws(LibraryAbsence) {
            library = try NVMLLibrary(names: libraryNames)
        } catch {
            discovery.report("nvml", error.reason, remedy: error.remedy)
            return discovery
        }
        discovery.driverVersion = library.driverVersion
        discovery.cudaVersion = library.cudaVersion

        let (devices, silent) = NVMLDevice.all(in: library)
        for (index, status) in silent {
            discovery.report(
                "nvml", "GPU \(index) does not answer: \(library.words(for: status))", remedy: "look at `nvidia-smi` and `dmesg`")
        }
        let selection = try GPUSelection.resolve(selectors, cudaVisibleDevices: cudaVisibleDevices, among: devices.map { $0.identity })
        discovery.report("nvml", selection, of: devices.count + silent.count)
        var modules: Set<[UInt]> = []
        for choice in selection.choices {
            guard let device = devices.first(where: { $0.uuid == choice.gpu.uuid }) else { continue }
            discovery.gpus.append(device.environment(processes: tree, own: Int(getpid())))
            if let meter = NVMLMeter(device: device, choice: choice, gain: gain, modules: &modules) {
                discovery.found.meters.append(meter)
            } else {
                discovery.report(
                    "nvml", "\(choice.gpu.title) has neither an energy counter nor a power reading",
                    remedy: "measure the host with another meter; virtual GPUs and many consumer boards of old have no sensor")
            }
        }
        return discovery
    }
}

extension NVIDIADiscovery {
    mutating func report(_ meter: String, _ reason: String, remedy: String?) {
        found.unavailable.append(RunEnvironment.Unavailable(meter: meter, reason: reason, remedy: remedy))
    }

    /// Says why a selection is empty or shorter than it was written.
    mutating func report(_ meter: String, _ selection: GPUSelection, of count: Int) {
        if count == 0 {
            report(meter, "the driver shows no GPU", remedy: "look at `nvidia-smi -L`; in a container start it with `--gpus all`")
        }
        if let remark = selection.remark {
            report(meter, remark, remedy: "correct or unset the variable, or name the GPUs with `device_ids`")
        }
    }
}

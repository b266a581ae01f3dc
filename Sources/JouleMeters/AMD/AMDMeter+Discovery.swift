import JouleModel
import JouleUnits

/// What looking for AMD GPUs brought to light.
package struct AMDDiscovery: Sendable {
    package var found = MeterDiscovery()
    /// The selected GPUs, for `environment.json`.
    package var gpus: [RunEnvironment.GPU] = []
    /// The PCI addresses of all GPUs that the library showed, selected or not: hwmon need not read them.
    package var places: Set<String> = []
    /// Whether nothing but the library is missing: there is a card of AMD's, or its driver.
    package var hasHardware = false

    package init() {}

    mutating func report(_ reason: String, remedy: String?) {
        found.unavailable.append(RunEnvironment.Unavailable(meter: "amd", reason: reason, remedy: remedy))
    }
}

extension AMDMeter {
    /// Looks for the GPUs that the amd-smi library shows.
    ///
    /// - Parameters:
    ///   - selectors: the GPUs by index in the library's order or `GPU-…`; nil means those that the variables leave visible.
    ///   - variables: the environment, of which `ROCR_VISIBLE_DEVICES`, `HIP_VISIBLE_DEVICES` and `CUDA_VISIBLE_DEVICES` are looked at.
    ///   - libraryNames: names or paths of the library to try, nil for ROCm's usual ones.
    ///   - gain: the sensor's gain, when the user knows better.
    /// - Throws: `meter.unknown-device` when the library works and a selector names no GPU, or more than one.
    package static func discover(
        selectors: [DeviceSelector]? = nil, variables: [String: String], root: HostRoot = HostRoot(), libraryNames: [String]? = nil,
        gain: Double? = nil
    ) throws(Failure) -> AMDDiscovery {
        var discovery = AMDDiscovery()
        discovery.hasHardware = HostFile.exists(root.resolve("/sys/module/amdgpu"))
        let library: AMDSMILibrary
        do throws(LibraryAbsence) {
            library = try AMDSMILibrary(names: libraryNames)
        } catch {
            discovery.report(error.reason, remedy: error.remedy)
            return discovery
        }
        let (gpus, failure) = AMDGPU.all(in: library)
        if let failure {
            discovery.report("the GPUs cannot be listed: \(library.words(for: failure))", remedy: "look at `amd-smi list` and `dmesg`")
            return discovery
        }
        guard !gpus.isEmpty else {
            discovery.report(
                "the library shows no GPU",
                remedy: "look at `amd-smi list`; in a container start it with `--device /dev/kfd --device /dev/dri`")
            return discovery
        }
        discovery.hasHardware = true
        discovery.places = Set(gpus.map(\.place))
        let identities = gpus.map { gpu in GPUIdentity(index: gpu.index, uuid: gpu.uuid(root: root), name: gpu.name ?? "AMD GPU") }
        let chosen: [GPUIdentity]
        if let selectors {
            chosen = try GPUSelection.resolve(selectors, cudaVisibleDevices: nil, among: identities).choices.map(\.gpu)
        } else {
            let visible = AMDVisibility(variables: variables, among: identities)
            chosen = visible.gpus
            for remark in visible.remarks {
                discovery.report(remark, remedy: "correct or unset the variable, or name the GPUs with `device_ids`")
            }
        }
        for identity in chosen {
            guard let gpu = gpus.first(where: { $0.index == identity.index }) else { continue }
            var known = RunEnvironment.GPU(index: gpu.index, uuid: identity.uuid)
            known.name = gpu.name
            known.pciBusID = gpu.place
            known.memoryBytes = gpu.totalMemory
            known.powerLimitWatts = gpu.powerCap().cap?.rawValue
            discovery.gpus.append(known)
            if let meter = AMDMeter(gpu: gpu, uuid: identity.uuid, title: identity.title, gain: gain ?? Self.gain) {
                discovery.found.meters.append(meter)
            } else {
                discovery.report(
                    "\(identity.title) has neither an energy accumulator nor a power reading",
                    remedy: "the second die of an MI250 reports through the first; else measure the host with another meter")
            }
        }
        return discovery
    }
}

import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension NvidiaSMIMeter {
    /// Looks for the GPUs that `nvidia-smi` lists. Starts the tool two to four times, and blocks until it has answered.
    ///
    /// - Parameters:
    ///   - selectors: as in `NVMLMeter.discover`; the tool's order is NVML's.
    ///   - period: how long the tool sleeps between two queries.
    /// - Throws: `meter.unknown-device` when the tool works and a selector names no GPU, or more than one.
    package static func discover(
        selectors: [DeviceSelector]? = nil, cudaVisibleDevices: String?, period: Duration, smi: NvidiaSMI?,
        gain: Double = NvidiaSMIMeter.gain, processes tree: ProcessTree = ProcessTree()
    ) throws(Failure) -> NVIDIADiscovery {
        var discovery = NVIDIADiscovery()
        guard let smi else {
            discovery.report("nvidia-smi", "there is no nvidia-smi on PATH", remedy: "install the NVIDIA driver")
            return discovery
        }
        let census: NvidiaSMICensus
        do throws(Failure) {
            census = try NvidiaSMICensus.take(with: smi)
        } catch {
            discovery.report("nvidia-smi", [error.message, error.cause].compactMap { $0 }.joined(separator: ": "), remedy: error.remedy)
            return discovery
        }
        discovery.driverVersion = census.driverVersion

        let slices = census.hasMIG ? try NvidiaSMICensus.slices(in: smi.output(["-L"])) : [:]
        let gpus = census.entries.map { entry in
            GPUIdentity(index: entry.gpu.index, uuid: entry.gpu.uuid, name: entry.gpu.name, slices: slices[entry.gpu.uuid] ?? [])
        }
        let selection = try GPUSelection.resolve(selectors, cudaVisibleDevices: cudaVisibleDevices, among: gpus)
        discovery.report("nvidia-smi", selection, of: gpus.count)
        let pids = try? NvidiaSMICensus.processes(in: smi.output(processQuery))

        var channels: [MeterChannel] = []
        var sources: [NvidiaSMIPower] = []
        for choice in selection.choices {
            guard var entry = census.entries.first(where: { $0.gpu.uuid == choice.gpu.uuid }) else { continue }
            entry.gpu.foreignProcesses = pids.map { list in
                list.filter { $0.uuid == choice.gpu.uuid && !tree.descends($0.pid, from: Int(getpid())) }.map { $0.pid }
            }
            discovery.gpus.append(entry.gpu)
            guard let source = entry.power else {
                discovery.report("nvidia-smi", "\(choice.gpu.title) has no power reading", remedy: "measure the host with another meter")
                continue
            }
            sources.append(source)
            let remarks = choice.migRemarks(migMode: entry.gpu.migMode)
            channels.append(
                MeterChannel(
                    meter: "nvidia-smi", scope: .gpu, device: choice.gpu.uuid, name: choice.gpu.title, kind: .power, hasEnergy: false,
                    hasPower: true, gain: gain, note: ([source.note] + remarks).joined(separator: "; ")))
        }
        if !channels.isEmpty {
            discovery.found.meters.append(
                NvidiaSMIMeter(
                    smi: smi, columns: census.tellsInstant ? NvidiaSMIColumn.allCases : NvidiaSMIColumn.common, period: period,
                    sources: sources, channels: channels))
        }
        return discovery
    }
}

import CNVML
import JouleModel
import JouleUnits

/// A GPU as NVML shows it: its handle is good for as long as the library is.
///
/// Used where the handle was asked for; it is not Sendable.
struct NVMLDevice {
    let library: NVMLLibrary
    let handle: jb_nvml_device
    let index: Int
    let uuid: String

    private var functions: jb_nvml { library.functions }

    /// All devices that answer, and for the others what the library says of them.
    static func all(in library: NVMLLibrary) -> (devices: [NVMLDevice], silent: [(index: Int, status: NVMLStatus)]) {
        var devices: [NVMLDevice] = []
        var silent: [(index: Int, status: NVMLStatus)] = []
        guard let count = library.number({ library.functions.count?($0) }) else { return ([], []) }
        for index in 0..<Int(count) {
            var handle: jb_nvml_device?
            let status = NVMLLibrary.status(library.functions.device_at?(UInt32(index), &handle))
            if status == .success, let handle, let uuid = library.text({ library.functions.uuid?(handle, $0, $1) }) {
                devices.append(NVMLDevice(library: library, handle: handle, index: index, uuid: uuid))
            } else {
                silent.append((index, status))
            }
        }
        return (devices, silent)
    }

    var identity: GPUIdentity {
        GPUIdentity(index: index, uuid: uuid, name: library.text { functions.name?(handle, $0, $1) }, slices: slices)
    }

    /// The UUIDs of the MIG slices that exist now. Slots without a slice answer that nothing was found.
    private var slices: [String] {
        guard migMode == true, let limit = library.number({ functions.mig_limit?(handle, $0) }) else { return [] }
        return (0..<limit).compactMap { index in
            var slice: jb_nvml_device?
            guard functions.mig_at?(handle, index, &slice) == NVMLStatus.success.code, let slice else { return nil }
            return library.text { functions.uuid?(slice, $0, $1) }
        }
    }

    var migMode: Bool? { pair { functions.mig_mode?(handle, $0, $1) }.map { $0.0 == 1 } }

    // MARK: What `environment.json` holds

    func environment(processes tree: ProcessTree, own: Int) -> RunEnvironment.GPU {
        var gpu = RunEnvironment.GPU(index: index, uuid: uuid)
        gpu.name = library.text { functions.name?(handle, $0, $1) }
        gpu.pciBusID = pciBusID
        gpu.memoryBytes = totalMemory
        gpu.smCount = smCount
        gpu.vbios = library.text { functions.vbios?(handle, $0, $1) }
        gpu.persistenceMode = library.number { functions.persistence?(handle, $0) }.map { $0 == 1 }
        gpu.migMode = migMode
        gpu.eccMode = pair { functions.ecc?(handle, $0, $1) }.map { $0.0 == 1 }
        gpu.powerLimitWatts = library.number { functions.power_limit?(handle, $0) }.map { Watts.milliwatts(Double($0)).rawValue }
        if let range = pair({ functions.power_limit_range?(handle, $0, $1) }) {
            gpu.powerLimitMinWatts = Watts.milliwatts(Double(range.0)).rawValue
            gpu.powerLimitMaxWatts = Watts.milliwatts(Double(range.1)).rawValue
        }
        gpu.smClockMaxMHz = library.number { functions.clock_limit?(handle, UInt32(JB_NVML_CLOCK_SM), $0) }.map { Double($0) }
        gpu.memoryClockMaxMHz = library.number { functions.clock_limit?(handle, UInt32(JB_NVML_CLOCK_MEMORY), $0) }.map { Double($0) }
        gpu.foreignProcesses = processes?.filter { !tree.descends($0, from: own) }
        return gpu
    }

    private func pair(_ call: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) -> Int32?) -> (UInt32, UInt32)? {
        var first: UInt32 = 0
        var second: UInt32 = 0
        return call(&first, &second) == NVMLStatus.success.code ? (first, second) : nil
    }

    /// The processors that lie next to the device, a bit for each; nil where the driver does not tell.
    var nearbyProcessors: [UInt]? {
        // Room for 4,096 processors.
        withUnsafeTemporaryAllocation(of: UInt.self, capacity: 64) { words in
            words.initialize(repeating: 0)
            guard let start = words.baseAddress, functions.cpu_affinity?(handle, UInt32(words.count), start) == NVMLStatus.success.code
            else { return nil }
            return words.contains { $0 != 0 } ? Array(words) : nil
        }
    }

    private var pciBusID: String? {
        var pci = jb_nvml_pci()
        guard functions.pci?(handle, &pci) == NVMLStatus.success.code else { return nil }
        return withUnsafeBytes(of: &pci.bus_id) { bytes in
            let text = bytes.prefix { $0 != 0 }
            return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        }
    }

    private var totalMemory: ByteCount? {
        var memory = jb_nvml_memory()
        guard functions.memory?(handle, &memory) == NVMLStatus.success.code else { return nil }
        return ByteCount(Int64(clamping: memory.total))
    }

    /// NVML counts CUDA cores, not multiprocessors; the architecture fixes how many of the ones make one of the others.
    private var smCount: Int? {
        var major: Int32 = 0
        var minor: Int32 = 0
        guard functions.compute_capability?(handle, &major, &minor) == NVMLStatus.success.code,
            let perMultiprocessor = Self.coresPerMultiprocessor(major: major, minor: minor),
            let cores = library.number({ functions.cores?(handle, $0) }), cores > 0,
            Int(cores) % perMultiprocessor == 0
        else { return nil }
        return Int(cores) / perMultiprocessor
    }

    /// 32-bit floating-point lanes of one multiprocessor, from the throughput table of the CUDA programming guide.
    static func coresPerMultiprocessor(major: Int32, minor: Int32) -> Int? {
        switch (major, minor) {
        case (3, _): 192
        case (5, _), (6, 1), (6, 2), (8, 6), (8, 7), (8, 9), (9, 0), (10, _), (11, _), (12, _): 128
        case (6, 0), (7, _), (8, 0): 64
        default: nil
        }
    }

    /// The processes that compute on the device now, by pid; nil where the driver does not tell.
    var processes: [Int]? {
        var count: UInt32 = 0
        guard let ask = functions.processes else { return nil }
        let first = NVMLStatus(code: ask(handle, &count, nil))
        if first == .success { return [] }
        guard first == .insufficientSize else { return nil }
        // Room for those that start between the two calls.
        count += 16
        return withUnsafeTemporaryAllocation(of: jb_nvml_process.self, capacity: Int(count)) { list in
            list.initialize(repeating: jb_nvml_process())
            guard ask(handle, &count, list.baseAddress) == NVMLStatus.success.code else { return nil }
            return list.prefix(Int(count)).map { Int($0.pid) }
        }
    }
}

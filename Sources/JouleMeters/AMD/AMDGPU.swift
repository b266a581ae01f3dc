import CAMDSMI
import JouleModel
import JouleUnits

/// A GPU as the amd-smi library shows it: its handle is good for as long as the library is.
///
/// Used where the handle was asked for; it is not Sendable.
struct AMDGPU {
    let library: AMDSMILibrary
    let handle: jb_amdsmi_processor
    /// Position in the library's order, which is that of the PCI bus.
    let index: Int
    /// `0000:c1:00.0`, as the kernel writes it.
    let place: String
    /// How many further processors the library shows on the same socket: partitions of this GPU, without a meter of their own.
    let partitions: Int

    private var functions: jb_amdsmi { library.functions }

    /// The GPUs, one for each socket, and what the library says where it cannot list them.
    static func all(in library: AMDSMILibrary) -> (gpus: [AMDGPU], failure: AMDSMIStatus?) {
        let functions = library.functions
        guard let listSockets = functions.sockets, let listProcessors = functions.processors else { return ([], .functionMissing) }
        let (sockets, status) = handles { listSockets($0, $1) }
        guard status == .success else { return ([], status) }
        var found: [(place: String, handle: jb_amdsmi_processor, partitions: Int)] = []
        for socket in sockets {
            let (processors, status) = handles { listProcessors(socket, $0, $1) }
            guard status == .success else { continue }
            let gpus = processors.filter { processor in
                var type: UInt32 = 0
                guard let ask = functions.processor_type else { return true }
                return ask(processor, &type) == AMDSMIStatus.success.code && type == UInt32(JB_AMDSMI_PROCESSOR_GPU)
            }
            guard let first = gpus.first, let place = address(of: first, functions) else { continue }
            found.append((place, first, gpus.count - 1))
        }
        // A GPU that is cut into partitions may be listed as several sockets that differ in the PCI function only.
        var whole: [(place: String, handle: jb_amdsmi_processor, partitions: Int)] = []
        for entry in found.sorted(by: { $0.place < $1.place }) {
            if let last = whole.last, last.place.dropLast(2) == entry.place.dropLast(2) {
                whole[whole.count - 1].partitions += 1 + entry.partitions
            } else {
                whole.append(entry)
            }
        }
        return (
            whole.enumerated().map { index, entry in
                AMDGPU(library: library, handle: entry.handle, index: index, place: entry.place, partitions: entry.partitions)
            }, nil
        )
    }

    /// Asks how many there are, then for that many.
    private static func handles(
        _ ask: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> UInt32
    ) -> (handles: [UnsafeMutableRawPointer], status: AMDSMIStatus) {
        var count: UInt32 = 0
        let first = AMDSMIStatus(code: ask(&count, nil))
        guard first == .success, count > 0 else { return ([], first) }
        var list = [UnsafeMutableRawPointer?](repeating: nil, count: Int(count))
        let second = AMDSMIStatus(code: list.withUnsafeMutableBufferPointer { ask(&count, $0.baseAddress) })
        return (list.prefix(Int(count)).compactMap(\.self), second)
    }

    private static func address(of processor: jb_amdsmi_processor, _ functions: jb_amdsmi) -> String? {
        var bdf: UInt64 = 0
        guard functions.bdf?(processor, &bdf) == AMDSMIStatus.success.code else { return nil }
        func hexadecimal(_ value: UInt64, _ width: Int) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let domain = hexadecimal(bdf >> 16, 4)
        return "\(domain):\(hexadecimal(bdf >> 8 & 0xff, 2)):\(hexadecimal(bdf >> 3 & 0x1f, 2)).\(bdf & 7)"
    }

    /// `AMD Instinct MI300X`.
    var name: String? {
        guard let ask = functions.asic else { return nil }
        // Large, so it lies on the heap for the moment of the question.
        let asic = UnsafeMutablePointer<jb_amdsmi_asic>.allocate(capacity: 1)
        asic.initialize(to: jb_amdsmi_asic())
        defer { asic.deallocate() }
        guard ask(handle, asic) == AMDSMIStatus.success.code else { return nil }
        let name = withUnsafeBytes(of: &asic.pointee.market_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return name.isEmpty || name == "N/A" ? nil : name
    }

    /// What the GPU is called in `ROCR_VISIBLE_DEVICES`, else the library's own UUID, else its place.
    ///
    /// The runtime's name is `GPU-` and the unique number that the kernel's driver shows; cards without one have no such name.
    func uuid(root: HostRoot) -> String {
        if let unique = HostFile.textIfPresent(root.resolve("/sys/bus/pci/devices/\(place)/unique_id")), !unique.isEmpty,
            unique.contains(where: { $0 != "0" })
        {
            return "GPU-\(unique)"
        }
        return libraryUUID ?? place
    }

    private var libraryUUID: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { room in
            room.initialize(repeating: 0)
            var length = UInt32(room.count - 1)
            guard let start = room.baseAddress, functions.uuid?(handle, &length, start) == AMDSMIStatus.success.code else { return nil }
            let text = String(cString: start)
            return text.isEmpty ? nil : text
        }
    }

    var totalMemory: ByteCount? {
        var bytes: UInt64 = 0
        guard functions.memory_total?(handle, UInt32(JB_AMDSMI_MEMORY_VRAM), &bytes) == AMDSMIStatus.success.code else { return nil }
        return ByteCount(Int64(clamping: bytes))
    }

    // MARK: Readings

    /// The energy that the accumulator stands for; absent where it is all ones, the library's sign for "none".
    func energy() -> (status: AMDSMIStatus, energy: Joules?) {
        var accumulator: UInt64 = 0
        var resolution: Float = 0
        var stamp: UInt64 = 0
        let status = AMDSMIStatus(functions.energy?(handle, &accumulator, &resolution, &stamp))
        guard status == .success, accumulator != .max, resolution > 0 else { return (status, nil) }
        return (status, .microjoules(Double(accumulator) * Double(resolution)))
    }

    /// The socket's power now and its mean, each where the card has it, in whole watts.
    func power() -> (status: AMDSMIStatus, now: Watts?, average: Watts?) {
        var room = jb_amdsmi_power()
        let status = AMDSMIStatus(functions.power?(handle, &room))
        guard status == .success, let generation = library.generation else { return (status, nil, nil) }
        return withUnsafeBytes(of: &room) { bytes in
            let words = bytes.bindMemory(to: UInt32.self)
            let (now, average) = AMDPowerWords.places(generation: generation)
            return (status, now.flatMap { AMDPowerWords.watts(words[$0]) }, AMDPowerWords.watts(words[average]))
        }
    }

    func powerCap() -> (status: AMDSMIStatus, cap: Watts?) {
        var cap = jb_amdsmi_power_cap()
        let status = AMDSMIStatus(functions.power_cap?(handle, 0, &cap))
        guard status == .success, cap.cap > 0 else { return (status, nil) }
        return (status, Self.capWatts(cap.cap))
    }

    /// Microwatts since ROCm 6.1.2 and watts before: no GPU is limited to 10 mW, and none to 10 kW.
    static func capWatts(_ value: UInt64) -> Watts { value < 10_000 ? Watts(Double(value)) : .microwatts(Double(value)) }
}

/// Where the power lies in the structure, which has changed twice.
///
/// ROCm 5.7 (generation 23): the mean first. ROCm 6.0 to 6.3 (24): now, mean. From 6.4 (25) on a 64-bit field stands before the two; it
/// is the host driver's on some versions and their choice of the two on others, so it is not read.
enum AMDPowerWords {
    static func places(generation: UInt32) -> (now: Int?, average: Int) {
        switch generation {
        case ..<24: (nil, 0)
        case 24: (0, 1)
        default: (2, 3)
        }
    }

    /// All ones in 16 or 32 bits say that the card has no such reading.
    static func watts(_ word: UInt32) -> Watts? { word == 0xFFFF || word == .max ? nil : Watts(Double(word)) }
}

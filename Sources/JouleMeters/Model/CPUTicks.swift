import JouleModel

/// What `/proc/stat` has counted since boot, in the kernel's ticks of 10 ms.
struct CPUTicks: Hashable {
    /// user, nice, system, irq, softirq. Guests run as user time of the host.
    var busy: UInt64 = 0
    /// idle and iowait. The kernel warns that iowait may go back.
    var idle: UInt64 = 0
    /// Time in which a hypervisor ran somebody else: neither our work nor our idling.
    var stolen: UInt64 = 0

    /// Share of the time since an earlier reading in which the processors worked; nil while no tick has passed.
    func load(since earlier: CPUTicks) -> Double? {
        guard busy >= earlier.busy, stolen >= earlier.stolen else { return nil }
        let worked = busy - earlier.busy
        let idled = idle >= earlier.idle ? idle - earlier.idle : 0
        let total = worked + idled + (stolen - earlier.stolen)
        return total > 0 ? Double(worked) / Double(total) : nil
    }

    /// The sum over some processors, or over all of them; nil when the bytes are no `/proc/stat`.
    init?(_ bytes: UnsafeRawBufferPointer, processors: CPUSet?) {
        var scanner = ByteScanner(bytes)
        var found = false
        while scanner.skip("cpu") {
            if let number = scanner.attachedNumber() {
                if let processors, processors.contains(Int(number)) {
                    guard add(&scanner) else { return nil }
                    found = true
                }
            } else if processors == nil {
                // The first line is the sum of all.
                guard add(&scanner) else { return nil }
                return
            }
            guard scanner.skipLine() else { break }
        }
        guard found else { return nil }
    }

    private mutating func add(_ scanner: inout ByteScanner) -> Bool {
        guard let user = scanner.unsigned(), let nice = scanner.unsigned(), let system = scanner.unsigned(),
            let idling = scanner.unsigned(), let waiting = scanner.unsigned(), let irq = scanner.unsigned(),
            let softirq = scanner.unsigned(), let steal = scanner.unsigned()
        else { return false }
        busy += user + nice + system + irq + softirq
        idle += idling + waiting
        stolen += steal
        return true
    }
}

/// `/proc/stat`, kept open, with a buffer for its processor lines; owned by one reader.
final class CPUTicksFile {
    private let file: KernelFile
    private let processors: CPUSet?
    private let buffer: UnsafeMutableRawBufferPointer

    /// - Parameter processors: those to sum over; nil takes the machine's own sum.
    init(root: HostRoot, processors: CPUSet?) throws(FileFailure) {
        file = try KernelFile(path: root.resolve("/proc/stat"))
        self.processors = processors
        // A line has ten numbers; the lines of processors come first and the long line of interrupts after them is not needed.
        let lines = (processors?.numbers.last ?? 0) + 2
        buffer = .allocate(byteCount: lines * 256, alignment: 1)
    }

    deinit { buffer.deallocate() }

    /// The ticks now, or why there are none.
    func read() -> (ticks: CPUTicks?, status: ReadStatus) {
        let (count, error) = file.read(into: buffer)
        if let error { return (nil, .failed(error, reading: "/proc/stat")) }
        guard let ticks = CPUTicks(UnsafeRawBufferPointer(rebasing: buffer[..<count]), processors: processors) else {
            return (nil, .retry("/proc/stat: no line for these processors"))
        }
        return (ticks, .ok)
    }
}

/// The processor as `/proc/cpuinfo` and the topology folders of sysfs describe it.
struct CPUDescription: Hashable {
    /// As the kernel prints it: `AMD EPYC 7763 64-Core Processor`.
    var model: String?
    /// `GenuineIntel`, `AuthenticAMD`.
    var vendor: String?
    /// Whether a hypervisor shows itself; nil where the architecture has no such sign.
    var isVirtual: Bool?
    /// Logical processors that are on.
    var online: CPUSet
    /// Those of them that this process may run on: affinity and the cgroup's cpuset.
    var visible: CPUSet
    /// Physical packages; nil when neither sysfs nor `/proc/cpuinfo` says.
    var sockets: Int?

    /// Logical processors of one package, as far as the kernel shows them.
    ///
    /// On bare metal this is the part's thread count (less those switched off); in a virtual machine it is whatever the
    /// hypervisor pretends, and says nothing of the silicon.
    var threadsPerSocket: Double? {
        guard let sockets, sockets > 0, online.count > 0 else { return nil }
        return Double(online.count) / Double(sockets)
    }

    /// nil when there is no `/proc/cpuinfo` (not a Linux).
    static func read(root: HostRoot) -> CPUDescription? {
        guard let text = HostFile.textIfPresent(root.resolve("/proc/cpuinfo")) else { return nil }
        let facts = CPUInfo(text: text)
        let online =
            HostFile.textIfPresent(root.resolve("/sys/devices/system/cpu/online")).flatMap { CPUSet(list: $0) }
            ?? CPUSet(facts.processors)
        return CPUDescription(
            model: facts.model, vendor: facts.vendor, isVirtual: virtualMachine(facts, root: root), online: online,
            visible: visible(online: online, root: root), sockets: sockets(online: online, facts: facts, root: root))
    }

    /// `Cpus_allowed_list` is what `sched_getaffinity` answers, but also names processors that are not there.
    private static func visible(online: CPUSet, root: HostRoot) -> CPUSet {
        guard let status = HostFile.textIfPresent(root.resolve("/proc/self/status")) else { return online }
        for line in status.split(separator: "\n") where line.hasPrefix("Cpus_allowed_list:") {
            guard let allowed = CPUSet(list: trimmed(line.dropFirst("Cpus_allowed_list:".count))) else { return online }
            let both = allowed.intersection(online)
            return both.count > 0 ? both : online
        }
        return online
    }

    private static func sockets(online: CPUSet, facts: CPUInfo, root: HostRoot) -> Int? {
        var packages: Set<Int64> = []
        for number in online.numbers {
            let path = root.resolve("/sys/devices/system/cpu/cpu\(number)/topology/physical_package_id")
            // Some Arm boards answer -1: the firmware does not say.
            if let package = HostFile.integerIfPresent(path), package >= 0 { packages.insert(package) }
        }
        if !packages.isEmpty { return packages.count }
        return facts.physicalIDs.isEmpty ? nil : facts.physicalIDs.count
    }

    private static func virtualMachine(_ facts: CPUInfo, root: HostRoot) -> Bool? {
        if let flag = facts.hasHypervisorFlag { return flag }
        // Arm's /proc/cpuinfo has no such flag; Xen and KVM guests still show a folder or a firmware vendor.
        if HostFile.exists(root.resolve("/sys/hypervisor/type")) { return true }
        guard let vendor = HostFile.textIfPresent(root.resolve("/sys/class/dmi/id/sys_vendor")) else { return nil }
        return ["QEMU", "KVM", "Xen", "VMware", "innotek"].contains { vendor.contains($0) } ? true : nil
    }
}

/// What the lines of `/proc/cpuinfo` say.
struct CPUInfo {
    private(set) var processors: [Int] = []
    private(set) var model: String?
    private(set) var vendor: String?
    private(set) var physicalIDs: Set<String> = []
    /// nil where there is no `flags` line (Arm calls its own `Features`).
    private(set) var hasHypervisorFlag: Bool?

    init(text: String) {
        var implementer: String?
        var part: String?
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = trimmed(line[line.index(after: colon)...])
            switch trimmed(line[..<colon]) {
            case "processor": if let number = Int(value) { processors.append(number) }
            case "model name": model = model ?? value
            case "vendor_id": vendor = vendor ?? value
            case "physical id": physicalIDs.insert(value)
            case "flags": hasHypervisorFlag = hasHypervisorFlag ?? value.split(separator: " ").contains("hypervisor")
            case "CPU implementer": implementer = implementer ?? value
            case "CPU part": part = part ?? value
            default: continue
            }
        }
        if model == nil, let implementer, let part { model = Self.armName(implementer: implementer, part: part) }
    }

    /// Arm cores carry two numbers instead of a name (Arm's main ID register, MIDR_EL1); the server cores among them.
    private static func armName(implementer: String, part: String) -> String {
        guard implementer == "0x41" else { return "Arm implementer \(implementer) part \(part)" }
        return switch part {
        case "0xd08": "Arm Cortex-A72"
        case "0xd0b": "Arm Cortex-A76"
        case "0xd0c": "Arm Neoverse-N1"
        case "0xd40": "Arm Neoverse-V1"
        case "0xd49": "Arm Neoverse-N2"
        case "0xd4f": "Arm Neoverse-V2"
        case "0xd84": "Arm Neoverse-V3"
        case "0xd8e": "Arm Neoverse-N3"
        default: "Arm part \(part)"
        }
    }
}

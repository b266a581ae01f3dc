import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the run's environment says of the machine, read once before a run.
package struct HostFacts: Sendable {
    package var cpu: RunEnvironment.CPU
    package var memory: RunEnvironment.Memory
    package var system: RunEnvironment.OperatingSystem

    package static func read(root: HostRoot = HostRoot()) -> HostFacts {
        HostFacts(cpu: readCPU(root: root), memory: readMemory(root: root), system: readSystem(root: root))
    }

    private static func readCPU(root: HostRoot) -> RunEnvironment.CPU {
        guard let description = CPUDescription.read(root: root) else {
            var cpu = RunEnvironment.CPU(logicalCores: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
            #if canImport(Darwin)
            cpu.model = darwinText("machdep.cpu.brand_string")
            #endif
            return cpu
        }
        var cpu = RunEnvironment.CPU(logicalCores: description.online.count)
        cpu.model = description.model
        cpu.sockets = description.sockets
        cpu.virtualMachine = description.isVirtual
        var governors: Set<String> = []
        var fastest: Int64?
        for number in description.online.numbers {
            let folder = root.resolve("/sys/devices/system/cpu/cpu\(number)/cpufreq")
            if let governor = HostFile.textIfPresent("\(folder)/scaling_governor") { governors.insert(governor) }
            // Hybrid parts have cores of several speeds; the fastest one stands for the part.
            if let kilohertz = HostFile.integerIfPresent("\(folder)/cpuinfo_max_freq") {
                fastest = max(fastest ?? kilohertz, kilohertz)
            }
        }
        cpu.governor = governors.isEmpty ? nil : governors.sorted().joined(separator: ", ")
        cpu.maxMHz = fastest.map { Double($0) / 1_000 }
        return cpu
    }

    private static func readMemory(root: HostRoot) -> RunEnvironment.Memory {
        let total = memoryTotal(root: root)
        var limit = ControlGroup(root: root).memoryLimit
        // Version 1 writes a number above all memory where there is no limit.
        if let total, let set = limit, set >= total { limit = nil }
        return RunEnvironment.Memory(totalBytes: total, limitBytes: limit)
    }

    /// `MemTotal`: what is installed, less what firmware and kernel keep for themselves.
    static func memoryTotal(root: HostRoot) -> ByteCount? {
        #if canImport(Darwin)
        var bytes: Int64 = 0
        var size = MemoryLayout<Int64>.size
        return sysctlbyname("hw.memsize", &bytes, &size, nil, 0) == 0 ? ByteCount(bytes) : nil
        #else
        guard let text = HostFile.textIfPresent(root.resolve("/proc/meminfo")) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("MemTotal:") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, let kibibytes = Int64(words[1]) else { return nil }
            return .kibibytes(kibibytes)
        }
        return nil
        #endif
    }

    private static func readSystem(root: HostRoot) -> RunEnvironment.OperatingSystem {
        var kernel = utsname()
        uname(&kernel)
        #if canImport(Darwin)
        var system = RunEnvironment.OperatingSystem(
            name: darwinText("kern.osproductversion").map { "macOS \($0)" } ?? "macOS")
        system.kernel = text(of: &kernel.release)
        system.hostname = text(of: &kernel.nodename)
        #else
        let release = ["/etc/os-release", "/usr/lib/os-release"].lazy
            .compactMap { HostFile.textIfPresent(root.resolve($0)) }.compactMap(releaseName).first
        var system = RunEnvironment.OperatingSystem(name: release ?? "Linux")
        system.kernel = HostFile.textIfPresent(root.resolve("/proc/sys/kernel/osrelease"))
        system.hostname = HostFile.textIfPresent(root.resolve("/proc/sys/kernel/hostname"))
        system.container = container(root: root)
        #endif
        // The instruction set is this program's own, whatever folder the other facts are read from.
        system.architecture = text(of: &kernel.machine)
        return system
    }

    private static func releaseName(_ text: String) -> String? {
        for key in ["PRETTY_NAME=", "NAME="] {
            for line in text.split(separator: "\n") where line.hasPrefix(key) {
                return line.dropFirst(key.count).trimmingQuotes
            }
        }
        return nil
    }

    private static func container(root: HostRoot) -> String? {
        if let engine = HostFile.textIfPresent(root.resolve("/run/systemd/container")), !engine.isEmpty { return engine }
        // Kubernetes pods may have Docker's mark as well, and the outer name tells more.
        let engine = ControlGroup(root: root).containerEngine
        if engine == "kubernetes" { return engine }
        if HostFile.exists(root.resolve("/run/.containerenv")) { return "podman" }
        if HostFile.exists(root.resolve("/.dockerenv")) { return "docker" }
        return engine
    }

    private static func text<Characters>(of field: inout Characters) -> String {
        withUnsafeBytes(of: &field) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }

    #if canImport(Darwin)
    private static func darwinText(_ name: String) -> String? {
        var size = 0
        guard sysctlbyname(name, nil, &size, nil, 0) == 0, size > 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    #endif
}

extension Substring {
    fileprivate var trimmingQuotes: String {
        let bare = trimmed(self)
        guard bare.count >= 2, let mark = bare.first, mark == bare.last, mark == "\"" || mark == "'" else { return bare }
        return String(bare.dropFirst().dropLast())
    }
}
